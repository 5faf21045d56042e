//! Reading a mall from lines of JSON into an empty database.

use super::format::{End, FORMAT, Header, Line, Moved, OLDEST};
use super::records::{Batch, Record, all_empty};
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::schema::{EventRow, LogRow, NOT_SAID, log};
use crate::db::{chain, guards, sql};
use diesel::Connection as _;
use diesel::prelude::*;
use std::io::BufRead;

/// How many rows are written together.
const BATCH: usize = 1_000;
/// The longest line that is read; an order of 100 lines stays far below.
const LINE_MAX: u64 = 16 << 20;
/// What the oldest format leaves out.
const ORDERS_SUBMITTED: &str = "UPDATE order_stores \
     SET created_at = (SELECT orders.created_at FROM orders WHERE orders.id = order_stores.order_id)";

/// Why a mall could not be imported. Nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The database holds a mall already.
    #[error("there is a mall already; import into an empty database or directory")]
    NotEmpty,
    /// The file is not an export, or not one this build reads.
    #[error("this is not an export that this version reads: {0}")]
    Foreign(String),
    /// A line cannot be read.
    #[error("line {line} cannot be read: {why}")]
    Line {
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The file ends before its end, or holds something else than it says.
    #[error("the export is not whole: {0}")]
    Cut(String),
    /// The hash chain is broken.
    #[error("event {0} does not match its hash: the export was damaged or changed")]
    Chain(i64),
    /// The database failed.
    #[error("the database refused the import")]
    Database(#[from] DbError),
}

impl From<diesel::result::Error> for ImportError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Reads a mall from `input` into a database whose tables are made and empty; `progress` is told rows read and the
/// events there are. One transaction: all of it, or nothing.
///
/// # Errors
/// [`ImportError`] says which line is wrong.
pub fn import(
    conn: &mut Connection,
    input: &mut impl BufRead,
    mut progress: impl FnMut(u64, u64),
) -> Result<Moved, ImportError> {
    conn.transaction(|conn| {
        sql::unhurried(conn)?;
        if log::table.count().get_result::<i64>(conn)? > 0 || !all_empty(conn)? {
            return Err(ImportError::NotEmpty);
        }
        let mut lines = Lines { input, read: 0 };
        let header = header(&mut lines)?;
        let mut rows = Rows { batch: Batch::default(), hash: chain::GENESIS, moved: Moved { rows: 0, events: 0 } };
        let end = loop {
            match lines.next::<Line>()? {
                Some(Line::Row(Record::OrderStore(asked)))
                    if asked.created_at == NOT_SAID && header.plaza_export != OLDEST =>
                {
                    let why = "it does not say when the order was submitted".to_owned();
                    return Err(ImportError::Line { line: lines.read, why });
                }
                Some(Line::Row(record)) => rows.take(record, conn)?,
                Some(Line::End(end)) => break end,
                None => return Err(ImportError::Cut(format!("it stops after {} rows", rows.moved.rows))),
            }
            if rows.moved.rows.is_multiple_of(BATCH as u64) {
                progress(rows.moved.rows, header.events);
            }
        };
        rows.batch.write(conn)?;
        check_end(end, rows.moved, &header)?;
        if header.plaza_export == OLDEST {
            diesel::sql_query(ORDERS_SUBMITTED).execute(conn)?;
        }
        found(conn, header)?;
        guards::count_on_from(conn, rows.moved.events.cast_signed())?;
        Ok(rows.moved)
    })
}

fn header(lines: &mut Lines<'_, impl BufRead>) -> Result<Header, ImportError> {
    let foreign = |why: String| ImportError::Foreign(why);
    let first: Option<serde_json::Value> =
        lines.next().map_err(|_| foreign("it does not start with JSON".to_owned()))?;
    let first = first.ok_or_else(|| foreign("it is empty".to_owned()))?;
    match first["plaza_export"].as_u64() {
        Some(format) if (u64::from(OLDEST)..=u64::from(FORMAT)).contains(&format) => {}
        Some(format) => {
            return Err(foreign(format!("it has format {format}, this version reads {OLDEST} to {FORMAT}")));
        }
        None => return Err(foreign("its first line does not say plaza_export".to_owned())),
    }
    serde_json::from_value(first).map_err(|error| foreign(error.to_string()))
}

fn check_end(end: End, moved: Moved, header: &Header) -> Result<(), ImportError> {
    let said = Moved { rows: end.rows, events: end.events };
    if said != moved || header.events != moved.events {
        return Err(ImportError::Cut(format!("it says {said:?} at its end, but holds {moved:?}")));
    }
    Ok(())
}

fn found(conn: &mut Connection, header: Header) -> QueryResult<()> {
    let Header { log_id, currency, created_at, .. } = header;
    let row = LogRow::new(log_id.into(), currency.into(), created_at);
    diesel::insert_into(log::table).values(row).execute(conn).map(drop)
}

/// Rows on their way in.
struct Rows {
    batch: Batch,
    /// Of the newest event.
    hash: [u8; 32],
    moved: Moved,
}

impl Rows {
    fn take(&mut self, record: Record, conn: &mut Connection) -> Result<(), ImportError> {
        self.moved.rows += 1;
        if let Record::Event(event) = &record {
            self.chain(event)?;
        }
        if self.batch.push(record) >= BATCH {
            self.batch.write(conn)?;
        }
        Ok(())
    }

    /// Checks that the event is the next one, and that it is what it was.
    fn chain(&mut self, event: &EventRow<'_>) -> Result<(), ImportError> {
        self.moved.events += 1;
        self.hash = chain::next_hash(&self.hash, &event.hashed());
        let in_place = u64::try_from(event.position) == Ok(self.moved.events);
        if in_place && event.hash.as_ref() == self.hash { Ok(()) } else { Err(ImportError::Chain(event.position)) }
    }
}

/// Lines of JSON, counted.
struct Lines<'a, R> {
    input: &'a mut R,
    read: u64,
}

impl<R: BufRead> Lines<'_, R> {
    /// The next line; `None` at the end.
    fn next<T: serde::de::DeserializeOwned>(&mut self) -> Result<Option<T>, ImportError> {
        use std::io::Read as _;
        self.read += 1;
        let wrong = |why: String| ImportError::Line { line: self.read, why };
        let mut line = Vec::new();
        let read = self.input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line);
        if read.map_err(|error| wrong(error.to_string()))? == 0 {
            return Ok(None);
        }
        serde_json::from_slice(&line).map(Some).map_err(|error| wrong(error.to_string()))
    }
}
