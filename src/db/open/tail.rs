//! The end of the journal, looked at before anything is written behind it.

use super::error::OpenError;
use crate::db::chain;
use crate::db::connection::{Connection, by_engine};
use crate::db::guards;
use crate::db::journal::group::Tail;
use crate::db::place::Place;
use crate::db::schema::{EventRow, events};
use crate::domain::time::Timestamp;
use diesel::prelude::*;

/// How many of the newest events have their hashes checked at a start: enough to notice a torn end, few enough not to
/// be noticed (a whole start on a million events took 25 to 74 ms, docs/PERFORMANCE.md). `plaza verify` checks all of
/// them.
const TAIL_CHECKED: i64 = 10_000;

/// Checks positions and hashes of the newest events.
pub fn check_tail(conn: &mut Connection, place: &Place) -> Result<(Tail, Timestamp), OpenError> {
    let database = |error: diesel::result::Error| OpenError::Database { place: place.clone(), source: error.into() };
    let damaged = |what: String| OpenError::Damaged { place: place.clone(), what };
    let head: Option<i64> =
        events::table.select(diesel::dsl::max(events::position)).get_result(conn).map_err(database)?;
    let head = head.unwrap_or(0);
    let counter = guards::wrong_counter(conn, head);
    if let Some(wrong) = counter.map_err(|source| OpenError::Database { place: place.clone(), source })? {
        return Err(damaged(wrong));
    }
    let newest = events::table.filter(events::position.ge(head - TAIL_CHECKED)).order(events::position);
    let rows: QueryResult<Vec<EventRow<'_>>> = by_engine!(conn => newest.select(EventRow::as_select()).load(conn));
    let rows = rows.map_err(database)?;
    let Some(first) = rows.first() else {
        return Ok((Tail { position: 0, hash: chain::GENESIS }, Timestamp(0)));
    };
    let mut expected = first.position;
    // The first row of the stretch is trusted, unless it is the first of all.
    let mut previous = (expected == 1).then_some(chain::GENESIS);
    let mut newest = Timestamp(0);
    for row in &rows {
        if row.position != expected {
            return Err(damaged(format!("event {expected} is missing")));
        }
        let stored = <[u8; 32]>::try_from(&*row.hash).map_err(|_| damaged(format!("event {expected} has no hash")))?;
        if previous.is_some_and(|previous| chain::next_hash(&previous, &row.hashed()) != stored) {
            return Err(damaged(format!("event {expected} does not match its hash")));
        }
        (previous, newest, expected) = (Some(stored), newest.max(Timestamp(row.occurred_at)), expected + 1);
    }
    let hash = previous.unwrap_or(chain::GENESIS);
    Ok((Tail { position: head.cast_unsigned(), hash }, newest))
}
