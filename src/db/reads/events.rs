//! The journal, read.

use crate::db::connection::{Backend, Connection, by_engine};
use crate::db::error::DbError;
use crate::db::schema::{EventRow, events};
use crate::db::sql::askable;
use crate::ports::journal::RecordedEvent;
use crate::ports::reads::events::{EventFilter, EventPage, PAGE_BYTES};
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::Text;
use uuid::Uuid;

diesel::define_sql_function! {
    /// The bytes of a text, which both databases know without reading it.
    fn octet_length(text: Text) -> Integer;
}

/// Events in the order of their positions, or against it; `after` is exclusive both ways.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn list(conn: &mut Connection, filter: &EventFilter, limit: usize) -> Result<EventPage, DbError> {
    // One more than asked for, to know whether there is one.
    let found = sizes(conn, filter, limit.saturating_add(1))?;
    let mut bytes = 0;
    let fits = found.iter().take(limit).take_while(|(_, size)| {
        bytes += usize::try_from(*size).unwrap_or(usize::MAX);
        bytes <= PAGE_BYTES
    });
    let fitting = fits.count().max(1).min(found.len());
    let positions: Vec<i64> = found[..fitting].iter().map(|(position, _)| *position).collect();
    let mut events = at(conn, &positions)?;
    if filter.descending {
        events.reverse();
    }
    Ok(EventPage { events, more: fitting < found.len() })
}

/// Which events a filter lets through, and the bytes of their payloads.
///
/// One stream is read along its versions, which run with the positions and have an index: no sorting, however long.
fn sizes(conn: &mut Connection, filter: &EventFilter, limit: usize) -> Result<Vec<(i64, i32)>, DbError> {
    let sized = (events::position, octet_length(events::payload));
    let mut query = events::table.select(sized).into_boxed::<Backend>();
    if !filter.names.is_empty() {
        let names = filter.names.iter().map(|name| askable(name).into_owned());
        query = query.filter(events::name.eq_any(names.collect::<Vec<_>>()));
    }
    if let Some(correlation_id) = filter.correlation_id {
        query = query.filter(events::correlation_id.eq(correlation_id.to_string()));
    }
    if let Some(up_to) = filter.up_to {
        query = query.filter(events::position.le(sql_integer(up_to)));
    }
    let after = filter.after.map(sql_integer);
    query = match (after, filter.descending) {
        (Some(after), false) => query.filter(events::position.gt(after)),
        (Some(after), true) => query.filter(events::position.lt(after)),
        (None, _) => query,
    };
    if let Some(stream_id) = filter.stream_id {
        query = query.filter(events::stream_id.eq(stream_id.to_string()));
        // A reader that follows a stream passes the position of its last event: its version is where to go on.
        let seen = after.map(|after| version_at(conn, stream_id, after)).transpose()?.flatten();
        query = match (seen, filter.descending) {
            (Some(seen), false) => query.filter(events::version.gt(seen)),
            (Some(seen), true) => query.filter(events::version.lt(seen)),
            (None, _) => query,
        };
    }
    query = match (filter.stream_id.is_some(), filter.descending) {
        (true, false) => query.order(events::version.asc()),
        (true, true) => query.order(events::version.desc()),
        (false, false) => query.order(events::position.asc()),
        (false, true) => query.order(events::position.desc()),
    };
    Ok(query.limit(i64::try_from(limit).unwrap_or(i64::MAX)).load(conn)?)
}

/// The events at some positions.
fn at(conn: &mut Connection, positions: &[i64]) -> Result<Vec<RecordedEvent>, DbError> {
    let (Some(first), Some(last)) = (positions.iter().min(), positions.iter().max()) else { return Ok(Vec::new()) };
    macro_rules! all {
        () => {
            events::table.order(events::position.asc()).select(EventRow::as_select())
        };
    }
    let is_dense = usize::try_from(last - first).is_ok_and(|steps| steps + 1 == positions.len());
    let rows: Vec<EventRow<'_>> = if is_dense {
        // A stretch of the whole journal: one statement for however many, which stays prepared.
        by_engine!(conn => all!().filter(events::position.between(*first, *last)).load(conn))?
    } else {
        by_engine!(conn => all!().filter(events::position.eq_any(positions)).load(conn))?
    };
    rows.into_iter().map(EventRow::into_view).collect()
}

/// The first `version` events of a stream.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn of_stream(conn: &mut Connection, stream_id: Uuid, version: u64) -> Result<Vec<RecordedEvent>, DbError> {
    let query = events::table
        .filter(events::stream_id.eq(stream_id.to_string()))
        .filter(events::version.le(sql_integer(version)))
        .order(events::version.asc());
    let rows: Vec<EventRow<'_>> = by_engine!(conn => query.select(EventRow::as_select()).load(conn))?;
    rows.into_iter().map(EventRow::into_view).collect()
}

/// The newest position; 0 in an empty journal.
///
/// # Errors
/// The database failed.
pub fn head(conn: &mut Connection) -> Result<u64, DbError> {
    let head: Option<i64> = events::table.select(max(events::position)).get_result(conn)?;
    Ok(head.unwrap_or(0).unsigned_abs())
}

fn version_at(conn: &mut Connection, stream_id: Uuid, position: i64) -> Result<Option<i64>, DbError> {
    let query = events::table.find(position).filter(events::stream_id.eq(stream_id.to_string()));
    Ok(query.select(events::version).get_result(conn).optional()?)
}

/// Numbers beyond what the database counts to mean its end.
fn sql_integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
