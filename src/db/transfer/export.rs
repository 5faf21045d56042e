//! Writing a mall as lines of JSON.

use super::format::{End, FORMAT, Header, Line, Moved};
use super::records;
use super::records::Record;
use crate::db::connection::Connection;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::schema::{LogRow, events, log};
use crate::db::sql;
use diesel::prelude::*;
use serde::Serialize;
use std::io::Write;

/// How many rows are written between two reports of progress.
const REPORTED_EVERY: u64 = 1_000;

/// Writes everything the database holds to `out`; `progress` is told rows written and the events there are.
///
/// # Errors
/// The database failed or was never founded, or `out` could not be written to.
pub fn export(
    conn: &mut Connection,
    out: &mut impl Write,
    mut progress: impl FnMut(u64, u64),
) -> Result<Moved, DbError> {
    sql::snapshot(conn, |conn| {
        sql::unhurried(conn)?;
        let header = header(conn)?;
        line(out, &header)?;
        let mut moved = Moved { rows: 0, events: 0 };
        records::read_all(conn, &mut |record| {
            moved.rows += 1;
            moved.events += u64::from(matches!(record, Record::Event(_)));
            if moved.rows.is_multiple_of(REPORTED_EVERY) {
                progress(moved.rows, header.events);
            }
            line(out, &Line::Row(record))
        })?;
        line(out, &Line::End(End { rows: moved.rows, events: moved.events }))?;
        out.flush().map_err(unwritable)?;
        Ok(moved)
    })
}

fn header(conn: &mut Connection) -> Result<Header, DbError> {
    let founded: Option<LogRow<'_>> = log::table.select(LogRow::as_select()).get_result(conn).optional()?;
    let LogRow { log_id, currency, created_at, .. } =
        founded.ok_or_else(|| DbError::new(DbErrorKind::Corrupt, "the mall was never founded"))?;
    let events: i64 = events::table.count().get_result(conn)?;
    Ok(Header {
        plaza_export: FORMAT,
        log_id: log_id.into(),
        currency: currency.into(),
        created_at,
        events: events.unsigned_abs(),
    })
}

fn line(out: &mut impl Write, line: &impl Serialize) -> Result<(), DbError> {
    serde_json::to_writer(&mut *out, line).map_err(|error| unwritable(error.into()))?;
    out.write_all(b"\n").map_err(unwritable)
}

fn unwritable(error: std::io::Error) -> DbError {
    DbError::because(DbErrorKind::Unavailable, format!("the export could not be written: {error}"), error)
}
