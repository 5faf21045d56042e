//! The identity of the journal, and how far its consumers are.

use crate::db::connection::Connection;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::schema::{EventRow, LogRow, consumers, events, log};
use crate::domain::clock::Course;
use crate::domain::event::MallEvent;
use crate::domain::money::Currency;
use crate::domain::upcast::decode;
use crate::ports::reads::LogIdentity;
use diesel::prelude::*;
use uuid::Uuid;

/// The currency and identity of this journal.
///
/// # Errors
/// [`DbErrorKind::Corrupt`] when the database was never given one.
pub fn identity(conn: &mut Connection) -> Result<LogIdentity, DbError> {
    let row = log::table.select(LogRow::as_select()).first(conn).optional()?;
    row.ok_or_else(|| DbError::new(DbErrorKind::Corrupt, "table log is empty: the mall was never founded"))?.into_view()
}

/// The course the mall's clock was last set to, and how often it was set.
///
/// # Errors
/// The database failed, or the event cannot be read.
pub fn clock(conn: &mut Connection, log_id: Uuid) -> Result<(Option<Course>, u64), DbError> {
    let newest = events::table
        .filter(events::stream_id.eq(log_id.to_string()))
        .order(events::version.desc())
        .select(EventRow::as_select());
    let Some(row) = newest.first::<EventRow<'_>>(conn).optional()? else { return Ok((None, 0)) };
    let event = row.into_view()?;
    let unreadable = |error| DbError::because(DbErrorKind::Corrupt, "the mall's clock cannot be read", error);
    let MallEvent::ClockSet(set) = decode(&event.name, &event.payload).map_err(unreadable)?;
    Ok((Some(Course::from(&set)), event.version))
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
