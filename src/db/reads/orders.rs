//! Orders: as they are, as they were, due ones, and lists.

use super::{cursor, events};
use crate::db::connection::{Backend, Connection};
use crate::db::error::{DbError, DbErrorKind};
use crate::db::rows;
use crate::db::rows::Origin;
use crate::db::schema::{holds, order_stores, orders, reservations};
use crate::db::sql::{LIKE_ESCAPE, Written, askable, contains, order_is_archived};
use crate::domain::event::OrderEvent;
use crate::domain::ids::{OrderId, PaymentId, StoreId};
use crate::domain::order::{OrderState, OrderStatus};
use crate::domain::time::Timestamp;
use crate::domain::upcast::decode;
use crate::ports::reads::orders::{OrderCounts, OrderFilter};
use crate::ports::reads::{Page, PageRequest};
use diesel::dsl::{count_star, exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::collections::BTreeMap;

/// An order.
///
/// # Errors
/// The database failed, or the row does not convert.
pub fn get(conn: &mut Connection, id: OrderId) -> Result<Option<OrderState>, DbError> {
    let body: Option<String> = orders::table.find(id.to_string()).select(orders::body).get_result(conn).optional()?;
    body.map(|body| rows::order(&id.to_string(), &body)).transpose()
}

/// An order after the first `version` events of its stream; `None` when it has fewer, or for version 0.
///
/// # Errors
/// The database failed, or an event does not convert.
pub fn at_version(conn: &mut Connection, id: OrderId, version: u64) -> Result<Option<OrderState>, DbError> {
    let recorded = events::of_stream(conn, id.0, version)?;
    if recorded.is_empty() || recorded.len() as u64 != version {
        return Ok(None);
    }
    let decode = |event: &crate::ports::journal::RecordedEvent| {
        let decoded = decode::<OrderEvent>(&event.name, &event.payload);
        decoded.map(|decoded| (decoded, event.occurred_at)).map_err(|error| {
            DbError::because(DbErrorKind::Corrupt, format!("events {} does not decode", event.position), error)
        })
    };
    let history: Vec<_> = recorded.iter().map(decode).collect::<Result<_, _>>()?;
    Ok(OrderState::fold(id, history.iter().map(|(event, at)| (event, *at))))
}

/// Orders whose attention is due in `[from, before)`, in due order.
///
/// # Errors
/// The database failed, or an id does not convert.
pub fn due(conn: &mut Connection, from: Timestamp, before: Timestamp) -> Result<Vec<(Timestamp, OrderId)>, DbError> {
    let rows: Vec<(Option<i64>, String)> = orders::table
        .filter(orders::next_due_at.ge(from.0))
        .filter(orders::next_due_at.lt(before.0))
        .order((orders::next_due_at.asc(), orders::id.asc()))
        .select((orders::next_due_at, orders::id))
        .load(conn)?;
    let due = rows.into_iter().filter_map(|(at, id)| at.map(|at| (Timestamp(at), id)));
    due.map(|(at, id)| Ok((at, Origin("orders", &id).id("id", &id)?))).collect()
}

/// When the first order after `now` needs attention.
///
/// # Errors
/// The database failed.
pub fn next_due(conn: &mut Connection, now: Timestamp) -> Result<Option<Timestamp>, DbError> {
    let later = orders::table.filter(orders::next_due_at.gt(now.0)).order(orders::next_due_at.asc());
    let first: Option<Option<i64>> = later.select(orders::next_due_at).first(conn).optional()?;
    Ok(first.flatten().map(Timestamp))
}

/// Whether what an order reserved at a store was handed over.
///
/// # Errors
/// The database failed.
pub fn is_shipped(conn: &mut Connection, order_id: OrderId, store_id: StoreId) -> Result<bool, DbError> {
    let status: Option<String> = reservations::table
        .find((order_id.to_string(), store_id.to_string()))
        .select(reservations::status)
        .get_result(conn)
        .optional()?;
    Ok(status.as_deref() == Some("shipped"))
}

/// Whether the hold of an order on an authorization was taken.
///
/// # Errors
/// The database failed.
pub fn is_captured(conn: &mut Connection, order_id: OrderId, payment_id: PaymentId) -> Result<bool, DbError> {
    let hold: Option<(String, String)> = holds::table
        .find(order_id.to_string())
        .select((holds::payment_id, holds::status))
        .get_result(conn)
        .optional()?;
    Ok(hold.is_some_and(|(payment, status)| payment == payment_id.to_string() && status == "captured"))
}

/// Orders by status, hidden ones included: every status, in the order of an order's life.
///
/// # Errors
/// The database failed.
pub fn counts(conn: &mut Connection) -> Result<OrderCounts, DbError> {
    let rows: Vec<(String, i64)> =
        orders::table.group_by(orders::status).select((orders::status, count_star())).load(conn)?;
    let rows: BTreeMap<String, i64> = rows.into_iter().collect();
    let count = |status: &OrderStatus| rows.get(status.as_str()).copied().unwrap_or(0).unsigned_abs();
    Ok(OrderStatus::ALL.iter().map(|status| (*status, count(status))).collect())
}

/// An order as books know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Events in its stream.
    pub version: u64,
    /// Where in its life it is.
    pub status: OrderStatus,
    /// What it costs, minor units.
    pub total: i64,
}

/// Every order, by id.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn heads(conn: &mut Connection) -> Result<BTreeMap<OrderId, Head>, DbError> {
    let columns = (orders::id, orders::version, orders::status, orders::total);
    let rows: Vec<(String, i64, String, i64)> = orders::table.select(columns).order(orders::id).load(conn)?;
    let head = |(id, version, status, total): (String, i64, String, i64)| {
        let row = Origin("orders", &id);
        let status = row.word("status", &status, OrderStatus::parse)?;
        Ok((row.id("id", &id)?, Head { version: row.count("version", version)?, status, total }))
    };
    rows.into_iter().map(head).collect()
}

/// Narrows, sorts and pages a query over `orders`; `$at` and `$id` are the indexed columns to walk along.
macro_rules! paged {
    ($conn:expr, $query:expr, $at:expr, $id:expr, $filter:expr, $page:expr) => {{
        let (filter, page) = ($filter, $page);
        let archived = order_is_archived($conn);
        let mut query = $query.select((orders::created_at, orders::id, orders::body)).into_boxed::<Backend>();
        // A customer's or a store's orders are few beside those of a status: their index is the one to walk. SQLite has
        // no statistics here and takes either; what is not a bare column it looks for in no index.
        let narrow = filter.customer_id.is_some() || filter.store_id.is_some();
        query = match (filter.archived, narrow) {
            (false, _) => query.filter(orders::archived.eq(false)),
            (true, true) => query.filter(orders::archived.eq(true)),
            (true, false) => query.filter(archived),
        };
        if let Some(customer_id) = filter.customer_id {
            query = query.filter(orders::customer_id.eq(customer_id.to_string()));
        }
        if let Some(status) = filter.status {
            query = if narrow {
                query.filter(sql::<Text>("orders.status || ''").eq(status.as_str()))
            } else {
                query.filter(orders::status.eq(status.as_str()))
            };
        }
        if let Some(reason) = filter.reason {
            if !narrow {
                // The term is there for SQLite, which then walks the partial index of rejected orders.
                query = query.filter(Written("orders.reasons <> ''"));
            }
            query = query.filter(orders::reasons.like(contains(&format!(",{reason},"))).escape(LIKE_ESCAPE));
        }
        if let Some(q) = &filter.q {
            let (from, to) = ids_starting_with(q);
            let ordered = orders::id.ge(from.clone()).and(orders::id.lt(to.clone()));
            query = query.filter(ordered.or(orders::customer_id.ge(from).and(orders::customer_id.lt(to))));
        }
        if let Some(after) = filter.created_after {
            query = query.filter($at.ge(after.0));
        }
        if let Some(before) = filter.created_before {
            query = query.filter($at.lt(before.0));
        }
        // The first term of each is there for the index: neither database seeks by the second.
        let seen = page.cursor.as_deref().map(|seen| cursor::decode::<i64>(list_name(filter), seen)).transpose()?;
        query = match (seen, filter.oldest_first) {
            (Some((at, id)), true) => query.filter($at.ge(at)).filter($at.gt(at).or($id.gt(id))),
            (Some((at, id)), false) => query.filter($at.le(at)).filter($at.lt(at).or($id.lt(id))),
            // All of them. With this, walking the index is what SQLite takes to be least also where the limit is small and
            // sorting two rows out of all seems to cost nothing.
            (None, _) => query.filter($at.ge(i64::MIN)),
        };
        query = if filter.oldest_first {
            query.order(($at.asc(), $id.asc()))
        } else {
            query.order(($at.desc(), $id.desc()))
        };
        query.limit(cursor::fetch(page.limit))
    }};
}

/// Orders by when they were submitted, then by id, newest or oldest first.
///
/// # Errors
/// The database failed, a row does not convert, or the cursor is not one of this list in this order.
pub fn list(conn: &mut Connection, filter: &OrderFilter, page: &PageRequest) -> Result<Page<OrderState>, DbError> {
    let rows: Vec<(i64, String, String)> = match (filter.store_id, filter.customer_id) {
        (None, _) => paged!(conn, orders::table, orders::created_at, orders::id, filter, page).load(conn)?,
        // Along the customer's orders, which are fewer than a store's.
        (Some(store_id), Some(_)) => {
            let asked = order_stores::table
                .filter(order_stores::store_id.eq(store_id.to_string()))
                .filter(order_stores::created_at.eq(orders::created_at))
                .filter(order_stores::order_id.eq(orders::id));
            let of_both = orders::table.filter(exists(asked));
            paged!(conn, of_both, orders::created_at, orders::id, filter, page).load(conn)?
        }
        // Along the key of the store's orders.
        (Some(store_id), None) => {
            let joined = order_stores::table.inner_join(orders::table.on(orders::id.eq(order_stores::order_id)));
            let of_store = joined.filter(order_stores::store_id.eq(store_id.to_string()));
            paged!(conn, of_store, order_stores::created_at, order_stores::order_id, filter, page).load(conn)?
        }
    };
    let cursor = |(at, id, _): &(i64, String, String)| cursor::encode(list_name(filter), at, id);
    cursor::page(rows, page.limit, cursor, |(_, id, body)| rows::order(&id, &body))
}

const fn list_name(filter: &OrderFilter) -> &'static str {
    if filter.oldest_first { "orders.oldest" } else { "orders" }
}

/// The range `[from, to)` of the ids that start with `q`: ids are hex digits and hyphens, all of them below `g`.
fn ids_starting_with(q: &str) -> (String, String) {
    let from = askable(q).trim().to_lowercase();
    let to = format!("{from}g");
    (from, to)
}
