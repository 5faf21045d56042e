//! The journal's statements on SQLite.
//!
//! One row a statement: there is no round trip to save, and diesel keeps the prepared statement of a single-row insert,
//! where a multi-row one would be prepared anew for every group size.

use super::rows::{
    BasketRow, CustomerRow, EventRow, OrderProgress, OrderRow, PaymentRow, ProductRow, ReplyRow, StoreRow, signed,
};
use crate::actors::ports::{Append, Change, RecordedEvent};
use crate::db::schema::{
    baskets, consumers, customers, events, holds, idempotency, order_stores, orders, payments, products, reservations,
    stores,
};
use crate::domain::time::Timestamp;
use diesel::connection::SimpleConnection;
use diesel::dsl::max;
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, RunQueryDsl, SqliteConnection, insert_into, update,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Remembered replies dropped in one commit at the most.
const FORGET_MAX: i64 = 500;

/// Starts a transaction that holds the write lock from the start: a deferred one can fail at once when it turns to
/// writing (measured), and waits for nobody.
pub fn begin(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute("BEGIN IMMEDIATE")
}

pub fn commit(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute("COMMIT")
}

pub fn rollback(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute("ROLLBACK")
}

pub fn checkpoint(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
}

/// The number of events in a stream.
pub fn last_version(conn: &mut SqliteConnection, stream_id: Uuid) -> QueryResult<u64> {
    let last = events::table
        .filter(events::stream_id.eq(stream_id.to_string()))
        .select(max(events::version))
        .first::<Option<i64>>(conn)
        .optional()?;
    Ok(last.flatten().unwrap_or(0).cast_unsigned())
}

/// Inserts events at the positions they were given.
pub fn write_events(conn: &mut SqliteConnection, recorded: &[(RecordedEvent, [u8; 32])]) -> QueryResult<()> {
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

/// The rows a group leaves behind: of several changes to one row only the last is written.
#[derive(Default)]
struct LastChanges<'a> {
    rows: HashMap<(u8, Uuid, Uuid), (usize, &'a Change)>,
}

impl<'a> LastChanges<'a> {
    fn of(appends: impl Iterator<Item = &'a Append>) -> Vec<&'a Change> {
        let mut last = Self::default();
        for (index, change) in appends.flat_map(|append| &append.changes).enumerate() {
            last.rows.insert(key(change), (index, change));
        }
        let mut rows: Vec<_> =
            last.rows.into_iter().map(|((kind, ..), (index, change))| (kind, index, change)).collect();
        // Kinds are numbered so that rows come after the rows they refer to.
        rows.sort_unstable_by_key(|(kind, index, _)| (*kind, *index));
        rows.into_iter().map(|(_, _, change)| change).collect()
    }
}

fn key(change: &Change) -> (u8, Uuid, Uuid) {
    match change {
        Change::Store(store) => (0, store.id.0, Uuid::nil()),
        Change::Customer(customer, _) => (1, customer.id.0, Uuid::nil()),
        Change::Product(_, product) => (2, product.id.0, Uuid::nil()),
        Change::Payment(payment) => (3, payment.id.0, Uuid::nil()),
        Change::Basket(basket) => (4, basket.id.0, Uuid::nil()),
        Change::Order(order) => (5, order.id.0, Uuid::nil()),
        Change::Hold(hold) => (6, hold.order_id.0, Uuid::nil()),
        Change::Reservation(reservation) => (7, reservation.order_id.0, reservation.store_id.0),
        Change::Cursor(cursor) => (8, name_key(cursor.consumer), Uuid::nil()),
    }
}

/// A name as a key of the width the other keys have.
fn name_key(name: &str) -> Uuid {
    let mut key = [0; 16];
    key.copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..16]);
    Uuid::from_bytes(key)
}

/// Writes the rows of the read model and the replies to remember.
pub fn write_changes<'a>(
    conn: &mut SqliteConnection,
    appends: impl Iterator<Item = &'a Append> + Clone,
) -> QueryResult<()> {
    for change in appends.clone().flat_map(|append| &append.changes) {
        if let Change::Order(order) = change {
            for store_id in &order.new_stores {
                let row =
                    (order_stores::store_id.eq(store_id.to_string()), order_stores::order_id.eq(order.id.to_string()));
                insert_into(order_stores::table).values(row).execute(conn)?;
            }
        }
    }
    for change in LastChanges::of(appends.clone()) {
        write_change(conn, change)?;
    }
    for record in appends.filter_map(|append| append.idempotency.as_ref()) {
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
    }?;
    Ok(())
}

/// Drops some remembered replies made before `before`, so few that nobody waits for it. Answers how many.
pub fn forget_replies(conn: &mut SqliteConnection, before: Timestamp) -> QueryResult<usize> {
    let some =
        idempotency::table.filter(idempotency::created_at.lt(before.0)).select(idempotency::key).limit(FORGET_MAX);
    let keys: Vec<Vec<u8>> = some.load(conn)?;
    diesel::delete(idempotency::table.filter(idempotency::key.eq_any(keys))).execute(conn)
}
