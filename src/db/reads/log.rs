//! The identity of the journal, and how far its consumers are.

use crate::db::connection::Connection;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::schema::{EventRow, LogRow, consumers, events, log};
use crate::domain::clock::Course;
use crate::domain::event::MallEvent;
use crate::domain::money::Currency;
use crate::domain::personality::Personalities;
use crate::domain::time::Timestamp;
use crate::domain::upcast::decode;
use crate::ports::mall::KnownMall;
use crate::ports::reads::LogIdentity;
use diesel::dsl::max;
use diesel::prelude::*;
use uuid::Uuid;

/// The currency and identity of this journal.
///
/// # Errors
/// [`DbErrorKind::Corrupt`] when the database was never given one.
pub fn identity(conn: &mut Connection) -> Result<LogIdentity, DbError> {
    let row = log::table.select(LogRow::as_select()).get_result(conn).optional()?;
    row.ok_or_else(|| DbError::new(DbErrorKind::Corrupt, "table log is empty: the mall was never founded"))?.into_view()
}

/// What the mall's own stream says, when the newest event of the journal happened at `newest`.
///
/// # Errors
/// The database failed, or an event cannot be read.
pub fn mall(conn: &mut Connection, log_id: Uuid, newest: Timestamp) -> Result<KnownMall, DbError> {
    let stream = || events::table.filter(events::stream_id.eq(log_id.to_string()));
    let version: Option<i64> = stream().select(max(events::version)).get_result(conn)?;
    let course = stream().filter(events::name.eq("mall.clock_set")).order(events::version.desc());
    let course = course.select(EventRow::as_select()).first::<EventRow<'_>>(conn).optional()?;
    let (course, course_version) = match course.map(mall_event).transpose()? {
        Some((MallEvent::ClockSet(set), version, _)) => (Some(Course::from(&set)), version),
        Some((MallEvent::PersonalitySet(_) | MallEvent::PersonalityReset(_), ..)) | None => (None, 0),
    };
    let changes = stream().filter(events::name.ne("mall.clock_set")).order(events::version.asc());
    let mut personalities = Personalities::default();
    for row in changes.select(EventRow::as_select()).load::<EventRow<'_>>(conn)? {
        match mall_event(row)? {
            (MallEvent::PersonalitySet(set), version, at) => personalities.set(&set, version, at),
            (MallEvent::PersonalityReset(reset), ..) => personalities.reset(&reset),
            (MallEvent::ClockSet(_), ..) => {}
        }
    }
    let version = version.unwrap_or(0).unsigned_abs();
    Ok(KnownMall { log_id, version, course, course_version, personalities, newest })
}

fn mall_event(row: EventRow<'_>) -> Result<(MallEvent, u64, Timestamp), DbError> {
    let event = row.into_view()?;
    let unreadable = |error| DbError::because(DbErrorKind::Corrupt, "the mall's own stream cannot be read", error);
    Ok((decode(&event.name, &event.payload).map_err(unreadable)?, event.version, event.occurred_at))
}

/// The newest position, and when the newest event happened; 0 and the beginning of time when there is none.
///
/// # Errors
/// The database failed.
pub fn newest(conn: &mut Connection) -> Result<(u64, Timestamp), DbError> {
    let newest = events::table.select((max(events::position), max(events::occurred_at)));
    let (position, at): (Option<i64>, Option<i64>) = newest.get_result(conn)?;
    Ok((position.unwrap_or(0).unsigned_abs(), Timestamp(at.unwrap_or(0))))
}

/// The newest position; 0 when there is none. One step down the index.
///
/// # Errors
/// The database failed.
pub fn end(conn: &mut Connection) -> Result<u64, DbError> {
    let position: Option<i64> = events::table.select(max(events::position)).get_result(conn)?;
    Ok(position.unwrap_or(0).unsigned_abs())
}

/// The hash of an event, if there is one at that position.
///
/// # Errors
/// The database failed.
pub fn hash_at(conn: &mut Connection, position: u64) -> Result<Option<Vec<u8>>, DbError> {
    let at = i64::try_from(position).unwrap_or(i64::MAX);
    Ok(events::table.find(at).select(events::hash).get_result(conn).optional()?)
}

/// The last position a consumer has dealt with; 0 for one that never ran.
///
/// # Errors
/// The database failed.
pub fn cursor(conn: &mut Connection, consumer: &str) -> Result<u64, DbError> {
    let position: Option<i64> =
        consumers::table.find(consumer).select(consumers::position).get_result(conn).optional()?;
    Ok(position.unwrap_or(0).unsigned_abs())
}

/// The currency of every amount. One lookup of the only row, a few microseconds.
///
/// # Errors
/// As [`identity`].
pub fn currency(conn: &mut Connection) -> Result<Currency, DbError> {
    Ok(identity(conn)?.currency)
}
