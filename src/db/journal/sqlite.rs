//! The journal's statements on SQLite.
//!
//! One row a statement: there is no round trip to save, and diesel keeps the prepared statement of a single-row insert,
//! where a multi-row one would be prepared anew for every group size.

use super::availability::{Availability, COMPLAINT};
use super::changes::{last_changes, submitted_to};
use super::group::{FORGET_MAX, Group, NotWritten};
use super::head::HeadFile;
use super::refusal::is_constraint;
use crate::db::rows::EventIds;
use crate::db::schema::{
    BasketRow, ConsumerRow, CustomerRow, EventRow, HoldRow, OrderRow, PaymentRow, ProductRow, ReplyRow, ReservationRow,
    StatisticsRow, StoreRow, TokenRow, customers, events, idempotency, order_stores, orders,
};
use crate::domain::time::Timestamp;
use crate::ports::backoff::Backoff;
use crate::ports::changes::{Change, OrderChange};
use crate::ports::journal::{Append, RecordedEvent};
use diesel::connection::SimpleConnection;
use diesel::result::Error as DieselError;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl, SqliteConnection, insert_into};
use std::time::Duration;
use tokio::time::Instant;

/// Pauses between tries: short at first, since requests wait.
const AGAIN: Backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));

/// What SQLite says of a disk that is full.
const FULL: &str = "database or disk is full";

/// Writes the journal of a mall in a file.
pub struct SqliteJournal {
    conn: SqliteConnection,
    availability: Availability,
    head: Option<HeadFile>,
}

impl SqliteJournal {
    /// A journal over the connection that writes; where it ends is noted in `head`.
    #[must_use]
    pub fn new(conn: SqliteConnection, head: Option<HeadFile>) -> Self {
        Self { conn, availability: Availability::default(), head }
    }

    /// Whether it can write, as far as it knows.
    #[must_use]
    pub fn availability(&self) -> Availability {
        self.availability.clone()
    }

    /// Writes a group in one transaction, however often it takes, and answers how many replies were forgotten. While
    /// the file is held by somebody else, or the disk is full, nothing is written, and the journal waits.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub(super) fn write(&mut self, group: &Group<'_>) -> Result<usize, NotWritten> {
        let mut complained: Option<Instant> = None;
        let mut failures = 0;
        loop {
            let (failure, error) = match self.attempt(group) {
                Ok(forgotten) => {
                    self.availability.set(true);
                    if let Some(head) = &mut self.head {
                        head.note(group.tail);
                    }
                    if failures > 0 {
                        tracing::info!(failures, "the journal can be written again");
                    }
                    return Ok(forgotten);
                }
                Err(failed) => failed,
            };
            match failure {
                Failure::Refused => return Err(NotWritten::Refused(error)),
                Failure::Fatal => return Err(NotWritten::Fatal(error)),
                Failure::Passes => {}
            }
            self.availability.set(false);
            self.availability.end_when_overdue();
            failures += 1;
            if complained.is_none_or(|last| last.elapsed() >= COMPLAINT) {
                complained = Some(Instant::now());
                tracing::error!(%error, "the journal's file cannot be written; the journal waits until it can");
            }
            std::thread::park_timeout(AGAIN.longest(failures));
        }
    }

    /// One transaction. It holds the write lock from the start: a deferred one can fail at once when it turns to writing
    /// (measured), and waits for nobody. After a failure that is not fatal nothing is written.
    fn attempt(&mut self, group: &Group<'_>) -> Result<usize, (Failure, DieselError)> {
        let conn = &mut self.conn;
        let done = conn
            .batch_execute("BEGIN IMMEDIATE")
            .and_then(|()| write_events(conn, group.events))
            .and_then(|()| write_changes(conn, group.appends()))
            .and_then(|()| group.forget_before.map_or(Ok(0), |before| forget_replies(conn, before)))
            .map_err(|error| (Failure::of(&error), error))
            .and_then(|forgotten| match conn.batch_execute("COMMIT") {
                Ok(()) => Ok(forgotten),
                Err(error) => Err((Failure::of_commit(&error), error)),
            });
        if done.as_ref().is_err_and(|(failure, _)| *failure != Failure::Fatal) {
            // SQLite has ended some failed transactions itself, and says so; one that is still open fails the next begin,
            // and comes here again.
            let _ = conn.batch_execute("ROLLBACK");
        }
        done
    }

    /// Folds the write-ahead log into the file.
    pub fn close(mut self) {
        if let Err(error) = self.conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log could not be folded in; the next start does it");
        }
        if let Some(head) = self.head {
            head.close();
        }
    }
}

/// Inserts events at the positions they were given.
fn write_events(conn: &mut SqliteConnection, recorded: &[(RecordedEvent, [u8; 32])]) -> QueryResult<()> {
    let mut ids = EventIds::default();
    for (event, hash) in recorded {
        taken(insert_into(events::table).values(EventRow::new(event, hash, &mut ids)).execute(conn)?)?;
    }
    Ok(())
}

/// Writes the rows of the read model and the replies to remember.
fn write_changes<'a>(
    conn: &mut SqliteConnection,
    appends: impl Iterator<Item = &'a Append> + Clone,
) -> QueryResult<()> {
    for asked in submitted_to(appends.clone()) {
        taken(insert_into(order_stores::table).values(asked).execute(conn)?)?;
    }
    for change in last_changes(appends.clone()) {
        write_change(conn, change)?;
    }
    for record in appends.filter_map(|append| Some(&append.idempotency.as_ref()?.record)) {
        taken(insert_into(idempotency::table).values(ReplyRow::from(record)).execute(conn)?)?;
    }
    Ok(())
}

fn write_change(conn: &mut SqliteConnection, change: &Change) -> QueryResult<()> {
    let rows = match change {
        Change::Store(store) => StoreRow::from(store).upsert(conn),
        Change::Product(store_id, product) => ProductRow::new(*store_id, product).upsert(conn),
        Change::Customer(customer, token_hash) => {
            insert_into(customers::table).values(CustomerRow::new(customer, token_hash)).execute(conn)
        }
        Change::Payment(payment) => PaymentRow::from(payment).upsert(conn),
        Change::Basket(basket) => BasketRow::from(basket).upsert(conn),
        Change::Order(order) => write_order(conn, order),
        Change::Hold(hold) => HoldRow::from(hold).upsert(conn),
        Change::Reservation(reservation) => ReservationRow::from(reservation).upsert(conn),
        Change::Cursor(cursor) => ConsumerRow::from(cursor).upsert(conn),
        Change::Token(token) => TokenRow::from(token).upsert(conn),
        Change::Statistics(span) => StatisticsRow::from(span).upsert(conn),
    }?;
    taken(rows)
}

/// Refuses what a trigger left out: a row that nobody misses is missing all the same.
fn taken(rows: usize) -> QueryResult<()> {
    if rows == 0 { Err(DieselError::NotFound) } else { Ok(()) }
}

/// Most changes find their row; only a submission (or one followed by more in the same group) inserts.
fn write_order(conn: &mut SqliteConnection, order: &OrderChange) -> QueryResult<usize> {
    let row = OrderRow::from(order);
    if order.new_stores.is_empty() && row.update(conn)? > 0 {
        return Ok(1);
    }
    insert_into(orders::table).values(row).execute(conn)
}

/// Drops some remembered replies made before `before`, so few that nobody waits for it. Answers how many.
fn forget_replies(conn: &mut SqliteConnection, before: Timestamp) -> QueryResult<usize> {
    let some =
        idempotency::table.filter(idempotency::created_at.lt(before.0)).select(idempotency::key).limit(FORGET_MAX);
    let keys: Vec<Vec<u8>> = some.load(conn)?;
    diesel::delete(idempotency::table.filter(idempotency::key.eq_any(keys))).execute(conn)
}

/// Whether that is what SQLite says of a file that does not hold what it wrote.
pub(super) fn is_damaged(said: &str) -> bool {
    matches!(said, "database disk image is malformed" | "file is not a database")
}

/// What to do about a transaction that failed.
#[derive(Debug, PartialEq, Eq)]
enum Failure {
    /// A constraint, a trigger, or a value that cannot be stored: trying again helps nobody.
    Refused,
    /// It passes: what has not been written may wait for as long as it takes.
    Passes,
    /// The file is no longer what it was, or nobody knows what is written.
    Fatal,
}

impl Failure {
    /// diesel hands on what `sqlite3_errmsg` says, which is the fixed text of the code (`sqlite3_errstr`) where nothing is
    /// to be said of the statement; what a trigger raises is anything else.
    fn of(error: &DieselError) -> Self {
        match error.to_string().as_str() {
            FULL
            | "database is locked"
            | "database table is locked"
            | "database schema is locked"
            | "database schema has changed"
            | "disk I/O error"
            | "out of memory"
            | "unable to open database file"
            | "attempt to write a readonly database"
            | "locking protocol"
            | "interrupted"
            | "cannot start a transaction within a transaction" => Self::Passes,
            damaged if is_damaged(damaged) => Self::Fatal,
            _ => Self::Refused,
        }
    }

    /// Of a commit. A full disk took none of it: the frame that ends a transaction is the last to be written, and the next
    /// try writes over those before it. After any other error than that and a refusal the outcome is unknown (measured:
    /// the next commit may succeed as if nothing had happened), so going on could answer wrongly. Only the disk knows; the
    /// next start reads it.
    fn of_commit(error: &DieselError) -> Self {
        match error.to_string().as_str() {
            FULL => Self::Passes,
            _ if is_constraint(error) => Self::Refused,
            _ => Self::Fatal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::result::DatabaseErrorKind as Kind;

    #[test]
    fn only_of_a_commit_that_failed_for_a_known_reason_is_it_known_that_nothing_is_written() {
        let said = |kind, text: &str| DieselError::DatabaseError(kind, Box::new(text.to_owned()));
        for (error, before, at_commit) in [
            (said(Kind::Unknown, FULL), Failure::Passes, Failure::Passes),
            (said(Kind::Unknown, "disk I/O error"), Failure::Passes, Failure::Fatal),
            (said(Kind::Unknown, "database disk image is malformed"), Failure::Fatal, Failure::Fatal),
            (said(Kind::ForeignKeyViolation, "FOREIGN KEY constraint failed"), Failure::Refused, Failure::Refused),
            (said(Kind::Unknown, "the journal is append-only"), Failure::Refused, Failure::Fatal),
        ] {
            assert_eq!((Failure::of(&error), Failure::of_commit(&error)), (before, at_commit), "{error}");
        }
    }
}
