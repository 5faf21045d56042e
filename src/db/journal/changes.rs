//! The rows a group of appends leaves behind.

use crate::db::schema::OrderStoreRow;
use crate::ports::changes::Change;
use crate::ports::journal::Append;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The changes that are to be written: of several to one row only the last, and rows after the rows they refer to.
pub fn last_changes<'a>(appends: impl Iterator<Item = &'a Append>) -> Vec<&'a Change> {
    let mut last = BTreeMap::new();
    for (index, change) in appends.flat_map(|append| &append.changes).enumerate() {
        last.insert(key(change), (index, change));
    }
    let mut rows: Vec<_> = last.into_iter().map(|((kind, ..), (index, change))| (kind, index, change)).collect();
    // Kinds are numbered so that rows come after the rows they refer to.
    rows.sort_unstable_by_key(|(kind, index, _)| (*kind, *index));
    rows.into_iter().map(|(_, _, change)| change).collect()
}

/// The rows that say which stores an order was submitted to: in the append of the submission, which may not be the
/// order's last in a group.
pub fn submitted_to<'a>(appends: impl Iterator<Item = &'a Append>) -> impl Iterator<Item = OrderStoreRow<'static>> {
    let orders = appends.flat_map(|append| &append.changes).filter_map(|change| match change {
        Change::Order(order) => Some(order),
        _ => None,
    });
    orders.flat_map(|order| OrderStoreRow::of(order))
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
        Change::Cursor(cursor) => (8, name_key(cursor.consumer.as_bytes()), Uuid::nil()),
        Change::Token(token) => (9, name_key(&token.hash), Uuid::nil()),
        Change::Statistics(span) => {
            (10, Uuid::from_u64_pair(span.step_s.cast_unsigned(), span.slot.cast_unsigned()), Uuid::nil())
        }
    }
}

/// A name as a key of the width the other keys have.
fn name_key(name: &[u8]) -> Uuid {
    let mut key = [0; 16];
    key.copy_from_slice(&blake3::hash(name).as_bytes()[..16]);
    Uuid::from_bytes(key)
}
