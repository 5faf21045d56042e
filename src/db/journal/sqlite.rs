//! The journal's statements on SQLite.
//!
//! One row a statement: there is no round trip to save, and diesel keeps the prepared statement of a single-row insert,
//! where a multi-row one would be prepared anew for every group size.

use super::availability::{Availability, COMPLAINT};
use super::changes::{last_changes, submitted_to};
use super::group::{FORGET_MAX, Group};
use super::refusal::is_constraint;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::rows::EventIds;
use crate::db::schema::{
    BasketRow, ConsumerRow, CustomerRow, EventRow, HoldRow, OrderRow, PaymentRow, ProductRow, ReplyRow, ReservationRow,
    StoreRow, TokenRow, customers, events, idempotency, order_stores, orders,
};
use crate::domain::time::Timestamp;
use crate::ports::changes::{Change, OrderChange};
use crate::ports::journal::{Append, RecordedEvent};
use diesel::connection::SimpleConnection;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl, SqliteConnection, insert_into};
use std::time::Instant;

/// Writes the journal of a mall in a file.
pub struct SqliteJournal {
    conn: SqliteConnection,
    availability: Availability,
}

impl SqliteJournal {
    /// A journal over the connection that writes.
    #[must_use]
    pub fn new(conn: SqliteConnection) -> Self {
        Self { conn, availability: Availability::default() }
    }

    /// Whether it can write, as far as it knows.
    #[must_use]
    pub fn availability(&self) -> Availability {
        self.availability.clone()
    }

    /// Writes a group in one transaction, and answers how many replies were forgotten.
    ///
    /// # Errors
    /// What a constraint refused; nothing is written then. Any other failure ends the process.
    pub fn write(&mut self, group: &Group<'_>) -> QueryResult<usize> {
        self.begin();
        let conn = &mut self.conn;
        let written = write_events(conn, group.events)
            .and_then(|()| write_changes(conn, group.appends()))
            .and_then(|()| group.forget_before.map_or(Ok(0), |before| forget_replies(conn, before)));
        match written {
            Ok(forgotten) => {
                or_abort(conn.batch_execute("COMMIT"), "committing");
                self.availability.set(true);
                Ok(forgotten)
            }
            Err(error) if is_constraint(&error) => {
                or_abort(conn.batch_execute("ROLLBACK"), "rolling back");
                Err(error)
            }
            Err(error) => or_abort(Err(error), "writing"),
        }
    }

    /// Starts a transaction that holds the write lock: a deferred one can fail at once when it turns to writing
    /// (measured), and waits for nobody. While somebody else holds the file nothing is written, and the journal waits.
    fn begin(&mut self) {
        let mut complained: Option<Instant> = None;
        loop {
            match self.conn.batch_execute("BEGIN IMMEDIATE") {
                Err(error) if DbError::kind_of(&error) == DbErrorKind::Busy => {
                    self.availability.set(false);
                    self.availability.end_when_overdue();
                    if complained.is_none_or(|last| last.elapsed() >= COMPLAINT) {
                        complained = Some(Instant::now());
                        tracing::error!(%error, "another process holds the journal's file; the journal waits for it");
                    }
                }
                begun => return or_abort(begun, "starting a transaction"),
            }
        }
    }

    /// Folds the write-ahead log into the file.
    pub fn close(mut self) {
        if let Err(error) = self.conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log could not be folded in; the next start does it");
        }
    }
}

/// Inserts events at the positions they were given.
fn write_events(conn: &mut SqliteConnection, recorded: &[(RecordedEvent, [u8; 32])]) -> QueryResult<()> {
    let mut ids = EventIds::default();
    for (event, hash) in recorded {
        insert_into(events::table).values(EventRow::new(event, hash, &mut ids)).execute(conn)?;
    }
    Ok(())
}

/// Writes the rows of the read model and the replies to remember.
fn write_changes<'a>(
    conn: &mut SqliteConnection,
    appends: impl Iterator<Item = &'a Append> + Clone,
) -> QueryResult<()> {
    for asked in submitted_to(appends.clone()) {
        insert_into(order_stores::table).values(asked).execute(conn)?;
    }
    for change in last_changes(appends.clone()) {
        write_change(conn, change)?;
    }
    for record in appends.filter_map(|append| Some(&append.idempotency.as_ref()?.record)) {
        insert_into(idempotency::table).values(ReplyRow::from(record)).execute(conn)?;
    }
    Ok(())
}

fn write_change(conn: &mut SqliteConnection, change: &Change) -> QueryResult<()> {
    match change {
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
    }?;
    Ok(())
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

/// After an I/O error the outcome of a transaction is unknown (measured: the next commit may succeed as if nothing had
/// happened), so going on could answer wrongly. Only the disk knows; the next start reads it.
fn or_abort<T>(result: QueryResult<T>, doing: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => {
            tracing::error!(%error, "the journal failed while {doing}; ending the process, the next start recovers from disk");
            std::process::abort()
        }
    }
}
