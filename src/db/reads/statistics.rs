//! What was counted of orders, by spans of time.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::schema::{StatisticsRow, statistics};
use crate::ports::reads::statistics::SpanRecord;
use diesel::prelude::*;

/// Every span that is kept.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn list(conn: &mut Connection) -> Result<Vec<SpanRecord>, DbError> {
    let rows: Vec<StatisticsRow<'_>> = statistics::table.select(StatisticsRow::as_select()).load(conn)?;
    rows.into_iter().map(StatisticsRow::into_domain).collect()
}
