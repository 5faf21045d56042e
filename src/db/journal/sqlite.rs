//! The journal's statements on SQLite.
//!
//! One row a statement: there is no round trip to save, and diesel keeps the prepared statement of a single-row insert,
//! where a multi-row one would be prepared anew for every group size.

use super::availability::{Availability, COMPLAINT};
use super::changes::last_changes;
use super::group::{FORGET_MAX, Group};
use super::refusal::is_constraint;
use super::rows::{
    BasketRow, CustomerRow, EventRow, OrderProgress, OrderRow, PaymentRow, ProductRow, ReplyRow, StoreRow, TokenRow,
    signed,
};
use crate::db::error::{DbError, DbErrorKind};
use crate::db::schema::{
    baskets, consumers, customers, events, holds, idempotency, order_stores, orders, payments, products, reservations,
    stores, tokens,
};
use crate::domain::time::Timestamp;
use crate::ports::changes::Change;
use crate::ports::journal::{Append, RecordedEvent};
use diesel::connection::SimpleConnection;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl, SqliteConnection, insert_into, update};
use std::time::Instant;
use uuid::Uuid;

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
    for (event, hash) in recorded {
        let (mut stream_id, mut correlation_id) = (Uuid::encode_buffer(), Uuid::encode_buffer());
        let row = EventRow {
            position: signed(event.position),
            stream: event.stream.as_str(),
            stream_id: event.stream_id.as_hyphenated().encode_lower(&mut stream_id),
            version: signed(event.version),
            name: &event.name,
            payload: &event.payload,
            occurred_at: event.occurred_at.0,
            correlation_id: event.correlation_id.as_hyphenated().encode_lower(&mut correlation_id),
            causation_id: &event.causation_id,
            hash,
        };
        insert_into(events::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Writes the rows of the read model and the replies to remember.
fn write_changes<'a>(
    conn: &mut SqliteConnection,
    appends: impl Iterator<Item = &'a Append> + Clone,
) -> QueryResult<()> {
    for change in appends.clone().flat_map(|append| &append.changes) {
        if let Change::Order(order) = change {
            for store_id in &order.new_stores {
                let row = (
                    order_stores::store_id.eq(store_id.to_string()),
                    order_stores::created_at.eq(order.created_at.0),
                    order_stores::order_id.eq(order.id.to_string()),
                );
                insert_into(order_stores::table).values(row).execute(conn)?;
            }
        }
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
        Change::Store(store) => {
            let row = StoreRow::from(store);
            insert_into(stores::table).values(&row).on_conflict(stores::id).do_update().set(&row).execute(conn)
        }
        Change::Product(store_id, product) => {
            let row = ProductRow::new(*store_id, product);
            insert_into(products::table).values(&row).on_conflict(products::id).do_update().set(&row).execute(conn)
        }
        Change::Customer(customer, token_hash) => {
            insert_into(customers::table).values(CustomerRow::new(customer, token_hash)).execute(conn)
        }
        Change::Payment(payment) => {
            let row = PaymentRow::from(payment);
            insert_into(payments::table).values(&row).on_conflict(payments::id).do_update().set(&row).execute(conn)
        }
        Change::Basket(basket) => {
            let row = BasketRow::from(basket);
            insert_into(baskets::table).values(&row).on_conflict(baskets::id).do_update().set(&row).execute(conn)
        }
        Change::Order(order) => {
            let id = order.id.to_string();
            // Most changes find their row; only a submission (or one followed by more in the same group) inserts.
            let updated = if order.new_stores.is_empty() {
                update(orders::table.filter(orders::id.eq(&id))).set(OrderProgress::from(&**order)).execute(conn)?
            } else {
                0
            };
            if updated == 0 {
                insert_into(orders::table).values(OrderRow::new(&id, order)).execute(conn)
            } else {
                Ok(1)
            }
        }
        Change::Hold(hold) => {
            let (amount, status) = (holds::amount.eq(hold.amount), holds::status.eq(hold.status));
            let (order_id, payment_id) = (hold.order_id.to_string(), hold.payment_id.to_string());
            let row = (holds::order_id.eq(order_id), holds::payment_id.eq(payment_id), amount, status);
            insert_into(holds::table)
                .values(row)
                .on_conflict(holds::order_id)
                .do_update()
                .set((amount, status))
                .execute(conn)
        }
        Change::Reservation(reservation) => {
            let lines = serde_json::to_string(&reservation.lines).expect("stock lines hold only ids and integers");
            let status = reservations::status.eq(reservation.status);
            let row = (
                reservations::order_id.eq(reservation.order_id.to_string()),
                reservations::store_id.eq(reservation.store_id.to_string()),
                reservations::lines.eq(lines),
                status,
            );
            insert_into(reservations::table)
                .values(row)
                .on_conflict((reservations::order_id, reservations::store_id))
                .do_update()
                .set(status)
                .execute(conn)
        }
        Change::Cursor(cursor) => {
            let position = consumers::position.eq(signed(cursor.position));
            insert_into(consumers::table)
                .values((consumers::name.eq(cursor.consumer), position))
                .on_conflict(consumers::name)
                .do_update()
                .set(position)
                .execute(conn)
        }
        Change::Token(token) => {
            let row = TokenRow::from(token);
            let revoked_at = tokens::revoked_at.eq(row.revoked_at);
            insert_into(tokens::table)
                .values(row)
                .on_conflict(tokens::token_hash)
                .do_update()
                .set(revoked_at)
                .execute(conn)
        }
    }?;
    Ok(())
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
