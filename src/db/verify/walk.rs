//! The walk through the journal: every row checked against the one before it, and folded.

use super::folds::Folds;
use super::orders::compare_ended_orders;
use super::problems::Problems;
use crate::db::chain;
use crate::db::connection::{Connection, by_engine};
use crate::db::error::DbError;
use crate::db::reads::log;
use crate::db::rows::Origin;
use crate::db::schema::{EventRow, events};
use crate::domain::event::StreamKind;
use crate::domain::time::Timestamp;
use diesel::prelude::*;

/// Rows read at a time.
const CHUNK: i64 = 4_000;

/// How far the walk is.
pub struct Walk {
    pub events: u64,
    pub position: u64,
    hash: [u8; 32],
    pub folds: Folds,
    pub problems: Problems,
}

impl Walk {
    /// Before the first row.
    pub fn begin(conn: &mut Connection) -> Result<Self, DbError> {
        let folds = Folds::new(&log::identity(conn)?);
        Ok(Self { events: 0, position: 0, hash: chain::GENESIS, folds, problems: Problems::default() })
    }

    /// Reads the next chunk; `false` when there is none.
    pub fn step(&mut self, conn: &mut Connection) -> Result<bool, DbError> {
        let chunk = events::table
            .filter(events::position.gt(i64::try_from(self.position).unwrap_or(i64::MAX)))
            .order(events::position.asc())
            .limit(CHUNK);
        let rows: Vec<EventRow<'_>> = by_engine!(conn => chunk.select(EventRow::as_select()).load(conn))?;
        for row in &rows {
            self.visit(row)?;
        }
        compare_ended_orders(conn, &mut self.folds, &mut self.problems)?;
        Ok(!rows.is_empty())
    }

    fn visit(&mut self, row: &EventRow<'_>) -> Result<(), DbError> {
        let place = row.position.to_string();
        let at = Origin("events", &place);
        let (position, version) = (at.count("position", row.position)?, at.count("version", row.version)?);
        if position != self.position + 1 {
            self.problems.note(|| format!("position {position} follows {}", self.position));
        }
        self.position = position;
        self.events += 1;
        self.check_hash(row);
        let (Ok(id), Some(kind)) = (at.id("stream_id", &row.stream_id), StreamKind::parse(&row.stream)) else {
            self.problems.note(|| format!("event {position} belongs to no known stream"));
            return Ok(());
        };
        let applied = self.folds.apply(kind, id, version, &row.name, &row.payload, Timestamp(row.occurred_at));
        if let Err(problem) = applied {
            self.problems.note(|| format!("event {position} ({} of {} {id}): {problem}", row.name, row.stream));
        }
        Ok(())
    }

    /// Each row is held against the stored hash of the row before, so one changed row is one problem and not all the
    /// rest of the journal.
    fn check_hash(&mut self, row: &EventRow<'_>) {
        let hash = chain::next_hash(&self.hash, &row.hashed());
        if row.hash != hash.as_slice() {
            self.problems.note(|| format!("event {}: the hash chain is broken", row.position));
        }
        self.hash = row.hash.as_ref().try_into().unwrap_or(hash);
    }
}
