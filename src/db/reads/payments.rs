//! Payment authorizations.

use super::{cursor, log};
use crate::db::connection::{Backend, Connection, by_engine};
use crate::db::error::DbError;
use crate::db::rows::Origin;
use crate::db::schema::{PaymentRow, holds, payments};
use crate::db::sql::Written;
use crate::domain::ids::{CustomerId, OrderId, PaymentId};
use crate::domain::payment::PaymentState;
use crate::ports::reads::{Page, PageRequest};
use diesel::prelude::*;
use std::collections::BTreeMap;

const LIST: &str = "payments";

/// A payment with its live holds.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn get(conn: &mut Connection, id: PaymentId) -> Result<Option<PaymentState>, DbError> {
    let row = payments::table.find(id.to_string());
    let row: Option<PaymentRow<'_>> =
        by_engine!(conn => row.select(PaymentRow::as_select()).get_result(conn)).optional()?;
    let Some(row) = row else { return Ok(None) };
    let holds = live_holds(conn, id)?;
    let currency = log::currency(conn)?;
    row.into_domain(currency, holds).map(Some)
}

fn live_holds(conn: &mut Connection, id: PaymentId) -> Result<BTreeMap<OrderId, i64>, DbError> {
    let live = holds::table
        .filter(holds::payment_id.eq(id.to_string()))
        // Written out, so that SQLite sees that the partial index of live holds fits.
        .filter(Written("holds.status = 'held'"))
        .select((holds::order_id, holds::amount));
    let rows: Vec<(String, i64)> = by_engine!(conn => live.load(conn))?;
    rows.into_iter().map(|(order, amount)| Ok((Origin("holds", &order).id("order_id", &order)?, amount))).collect()
}

/// Payments of a customer, or of all, newest first. Their `holds` are left empty: lists show amounts only.
///
/// # Errors
/// The database failed, a row does not convert, or the cursor is not one of this list.
pub fn list(
    conn: &mut Connection,
    customer_id: Option<CustomerId>,
    page: &PageRequest,
) -> Result<Page<PaymentState>, DbError> {
    let mut query = payments::table.into_boxed::<Backend>();
    if let Some(customer_id) = customer_id {
        query = query.filter(payments::customer_id.eq(customer_id.to_string()));
    }
    if let Some(after) = &page.cursor {
        query = query.filter(payments::id.lt(cursor::decode::<()>(LIST, after)?.1));
    }
    let query = query.order(payments::id.desc()).limit(cursor::fetch(page.limit));
    let rows: Vec<PaymentRow<'_>> = query.select(PaymentRow::as_select()).load(conn)?;
    let currency = log::currency(conn)?;
    let view = |row: PaymentRow| row.into_domain(currency, BTreeMap::new());
    cursor::page(rows, page.limit, |row| cursor::encode(LIST, &(), &row.id), view)
}
