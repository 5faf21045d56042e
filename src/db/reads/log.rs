//! The identity of the journal, and how far its consumers are.

use crate::db::connection::Connection;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::schema::{LogRow, consumers, log};
use crate::domain::money::Currency;
use crate::ports::reads::LogIdentity;
use diesel::prelude::*;

/// The currency and identity of this journal.
///
/// # Errors
/// [`DbErrorKind::Corrupt`] when the database was never given one.
pub fn identity(conn: &mut Connection) -> Result<LogIdentity, DbError> {
    let row = log::table.select(LogRow::as_select()).first(conn).optional()?;
    row.ok_or_else(|| DbError::new(DbErrorKind::Corrupt, "table log is empty: the mall was never founded"))?.into_view()
}

/// The last position a consumer has dealt with; 0 for one that never ran.
///
/// # Errors
/// The database failed.
pub fn cursor(conn: &mut Connection, consumer: &str) -> Result<u64, DbError> {
    let position: Option<i64> = consumers::table.find(consumer).select(consumers::position).first(conn).optional()?;
    Ok(position.unwrap_or(0).unsigned_abs())
}

/// The currency of every amount. One lookup of the only row, a few microseconds.
///
/// # Errors
/// As [`identity`].
pub fn currency(conn: &mut Connection) -> Result<Currency, DbError> {
    Ok(identity(conn)?.currency)
}
