//! Customers: by id, by access token, and the administrator's list with what each has and did.

use super::cursor;
use crate::db::connection::{Backend, Connection, by_engine};
use crate::db::error::DbError;
use crate::db::rows::Origin;
use crate::db::schema::{CustomerRow, baskets, customers, orders, payments};
use crate::db::sql;
use crate::db::sql::{LIKE_ESCAPE, contains, lower};
use crate::domain::customer::CustomerState;
use crate::domain::ids::CustomerId;
use crate::domain::time::Timestamp;
use crate::ports::reads::customers::CustomerSummary;
use crate::ports::reads::{Page, PageRequest};
use diesel::dsl::{count_star, max, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::collections::BTreeMap;
use uuid::Uuid;

const LIST: &str = "customers";

/// A customer.
///
/// # Errors
/// The database failed, or the row does not convert.
pub fn get(conn: &mut Connection, id: CustomerId) -> Result<Option<CustomerState>, DbError> {
    let row = customers::table.find(id.to_string());
    let row: Option<CustomerRow<'_>> =
        by_engine!(conn => row.select(CustomerRow::as_select()).get_result(conn)).optional()?;
    row.map(CustomerRow::into_domain).transpose()
}

/// The customer whose access token has this SHA-256.
///
/// # Errors
/// The database failed, or the row does not convert.
pub fn by_token(conn: &mut Connection, token_hash: &[u8; 32]) -> Result<Option<CustomerId>, DbError> {
    let query = customers::table.filter(customers::token_hash.eq(token_hash.as_slice())).select(customers::id);
    let id: Option<String> = query.get_result(conn).optional()?;
    id.map(|id| Origin("customers", &id).id("id", &id)).transpose()
}

/// The ids of a customer's orders, payments and baskets.
///
/// # Errors
/// The database failed, or an id does not convert.
pub fn streams_of(conn: &mut Connection, id: CustomerId) -> Result<Vec<Uuid>, DbError> {
    let customer = id.to_string();
    let orders: Vec<String> = orders::table.filter(orders::customer_id.eq(&customer)).select(orders::id).load(conn)?;
    let payments: Vec<String> =
        payments::table.filter(payments::customer_id.eq(&customer)).select(payments::id).load(conn)?;
    let baskets: Vec<String> =
        baskets::table.filter(baskets::customer_id.eq(&customer)).select(baskets::id).load(conn)?;
    let tables = [("orders", orders), ("payments", payments), ("baskets", baskets)];
    let ids = tables.iter().flat_map(|(table, ids)| ids.iter().map(|id| Origin(table, id).id("id", id)));
    ids.collect()
}

/// Customers with what they have and did, newest first; `q` is part of the name, phone or id.
///
/// # Errors
/// The database failed, a row does not convert, or the cursor is not one of this list.
pub fn list(conn: &mut Connection, q: Option<&str>, page: &PageRequest) -> Result<Page<CustomerSummary>, DbError> {
    let mut query = customers::table.into_boxed::<Backend>();
    if let Some(q) = q {
        let pattern = contains(q);
        let named = lower(customers::name).like(lower(pattern.clone())).escape(LIKE_ESCAPE);
        let phoned = lower(customers::phone).like(lower(pattern.clone())).escape(LIKE_ESCAPE);
        query = query.filter(named.or(phoned).or(customers::id.like(lower(pattern)).escape(LIKE_ESCAPE)));
    }
    if let Some(after) = &page.cursor {
        query = query.filter(customers::id.lt(cursor::decode::<()>(LIST, after)?.1));
    }
    let query = query.order(customers::id.desc()).limit(cursor::fetch(page.limit));
    let rows: Vec<CustomerRow<'_>> = query.select(CustomerRow::as_select()).load(conn)?;
    let mut doings = doings(conn, &rows)?;
    cursor::page(
        rows,
        page.limit,
        |row| cursor::encode(LIST, &(), &row.id),
        |row| {
            let doings = doings.remove(&*row.id).unwrap_or_default();
            Ok(doings.of(row.into_domain()?))
        },
    )
}

/// What one customer has and did.
#[derive(Default)]
struct Doings {
    basket_size: u64,
    authorized: i64,
    held: i64,
    captured: i64,
    order_count: u64,
    last: Option<i64>,
}

impl Doings {
    fn of(self, customer: CustomerState) -> CustomerSummary {
        let last = self.last.map_or(customer.created_at, Timestamp);
        CustomerSummary {
            basket_size: self.basket_size,
            authorized: self.authorized,
            held: self.held,
            captured: self.captured,
            order_count: self.order_count,
            last_activity_at: last.max(customer.created_at),
            customer,
        }
    }
}

/// What these customers have and did: three grouped queries, however many they are.
///
/// PostgreSQL's sum of a BIGINT is a NUMERIC, hence the casts.
fn doings(conn: &mut Connection, rows: &[CustomerRow]) -> Result<BTreeMap<String, Doings>, DbError> {
    let ids: Vec<&str> = rows.iter().map(|row| &*row.id).collect();
    let mut doings: BTreeMap<String, Doings> = BTreeMap::new();

    let in_baskets: Vec<(Option<String>, i64, Option<i64>)> = baskets::table
        .filter(baskets::customer_id.eq_any(&ids))
        .group_by(baskets::customer_id)
        .select((baskets::customer_id, sql::<BigInt>("CAST(SUM(pieces) AS BIGINT)"), max(baskets::updated_at)))
        .load(conn)?;
    for (customer, pieces, last) in in_baskets {
        let of = doings.entry(customer.unwrap_or_default()).or_default();
        of.basket_size = pieces.unsigned_abs();
        of.last = of.last.max(last);
    }

    let paid: Vec<(String, i64, i64, i64, Option<i64>)> = payments::table
        .filter(payments::customer_id.eq_any(&ids))
        .group_by(payments::customer_id)
        .select((
            payments::customer_id,
            sql::capped_sum(conn, "authorized"),
            sql::capped_sum(conn, "held"),
            sql::capped_sum(conn, "captured"),
            max(payments::created_at),
        ))
        .load(conn)?;
    for (customer, authorized, held, captured, last) in paid {
        let of = doings.entry(customer).or_default();
        (of.authorized, of.held, of.captured) = (authorized, held, captured);
        of.last = of.last.max(last);
    }

    let ordered: Vec<(String, i64, Option<i64>)> = orders::table
        .filter(orders::customer_id.eq_any(&ids))
        .group_by(orders::customer_id)
        .select((orders::customer_id, count_star(), max(orders::updated_at)))
        .load(conn)?;
    for (customer, count, last) in ordered {
        let of = doings.entry(customer).or_default();
        of.order_count = count.unsigned_abs();
        of.last = of.last.max(last);
    }
    Ok(doings)
}
