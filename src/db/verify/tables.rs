//! The state tables held against the folds: every row has to be what its events say, and no more rows than streams.

use super::Problems;
use super::folds::{Folds, Tally};
use crate::db::error::DbError;
use crate::db::pool::Connection;
use crate::db::queries::log;
use crate::db::rows::{BasketRow, CustomerRow, PaymentRow, ProductRow, ReservationRow, Row, StoreRow};
use crate::db::schema::{baskets, customers, holds, order_stores, orders, payments, products, reservations, stores};
use crate::domain::ids::{OrderId, PaymentId, ProductId, StoreId};
use crate::domain::order::OrderState;
use crate::domain::store::ProductState;
use crate::ports::changes::{OrderChange, StoreHead};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::fmt::{Debug, Display};
use std::hash::Hash;

/// Rows read at a time from tables that grow with the orders.
const CHUNK: i64 = 4_000;
/// The most ids one query asks for; SQLite allows 32 766 values in a statement.
const IDS_MAX: usize = 1_000;

/// Compares every table with its folds, which are used up.
pub(super) fn compare(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    compare_catalogue(conn, folds, problems)?;
    compare_people(conn, folds, problems)?;
    compare_orders(conn, folds, problems)?;
    compare_order_stores(conn, folds, problems)?;
    compare_holds(conn, folds, problems)?;
    compare_reservations(conn, folds, problems)
}

/// Takes the fold of a row away and compares.
fn expect<K: Display + Eq + Hash, V: PartialEq + Debug>(
    table: &str,
    key: &K,
    row: &V,
    folds: &mut HashMap<K, V>,
    problems: &mut Problems,
) {
    match folds.remove(key) {
        Some(fold) if fold == *row => {}
        Some(fold) => problems.note(|| format!("{table} {key} is {row:?}, its events say {fold:?}")),
        None => problems.note(|| format!("{table} {key} has no events")),
    }
}

/// Notes folds that no row took away.
fn leftovers<K: Display, V>(table: &str, folds: &HashMap<K, V>, problems: &mut Problems) {
    for key in folds.keys() {
        problems.note(|| format!("{table} {key} has events and no row"));
    }
}

fn compare_catalogue(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let currency = log::currency(conn)?;
    let mut heads: HashMap<StoreId, StoreHead> = HashMap::new();
    let mut shelves: HashMap<ProductId, (StoreId, ProductState)> = HashMap::new();
    for (id, store) in folds.stores.drain() {
        heads.insert(id, StoreHead::from(&store));
        shelves.extend(store.products.into_iter().map(|(product_id, product)| (product_id, (id, product))));
    }
    for row in stores::table.select(StoreRow::as_select()).load::<StoreRow>(conn)? {
        let store = row.into_domain()?;
        expect("stores", &store.id.clone(), &store, &mut heads, problems);
    }
    leftovers("stores", &heads, problems);
    for row in products::table.select(ProductRow::as_select()).load::<ProductRow>(conn)? {
        let store_id: StoreId = Row("products", &row.id).id("store_id", &row.store_id)?;
        let product = row.into_domain(currency)?;
        expect("products", &product.id.clone(), &(store_id, product), &mut shelves, problems);
    }
    leftovers("products", &shelves, problems);
    Ok(())
}

fn compare_people(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let currency = log::currency(conn)?;
    for row in customers::table.select(CustomerRow::as_select()).load::<CustomerRow>(conn)? {
        let customer = row.into_domain()?;
        expect("customers", &customer.id.clone(), &customer, &mut folds.customers, problems);
    }
    leftovers("customers", &folds.customers, problems);
    // The holds are compared in their own table.
    folds.payments.values_mut().for_each(|payment| payment.holds.clear());
    for row in payments::table.select(PaymentRow::as_select()).load::<PaymentRow>(conn)? {
        let payment = row.into_domain(currency, BTreeMap::new())?;
        expect("payments", &payment.id.clone(), &payment, &mut folds.payments, problems);
    }
    leftovers("payments", &folds.payments, problems);
    for row in baskets::table.select(BasketRow::as_select()).load::<BasketRow>(conn)? {
        let pieces = row.pieces;
        let basket = row.into_domain()?;
        if basket.items.iter().map(|item| i64::from(item.quantity)).sum::<i64>() != pieces {
            problems.note(|| format!("baskets {} does not hold {pieces} pieces", basket.id));
        }
        expect("baskets", &basket.id.clone(), &basket, &mut folds.baskets, problems);
    }
    leftovers("baskets", &folds.baskets, problems);
    Ok(())
}

/// A row of `orders` as the writer makes it from a state, without the stores.
#[derive(Queryable, Selectable)]
#[diesel(table_name = orders)]
struct OrderRow {
    id: String,
    customer_id: String,
    payment_id: String,
    status: String,
    reasons: String,
    archived: bool,
    next_due_at: Option<i64>,
    total: i64,
    version: i64,
    created_at: i64,
    updated_at: i64,
    body: String,
}

impl OrderRow {
    /// Whether the row is what the writer makes of this state, every column of it.
    fn is_of(&self, state: &OrderState) -> bool {
        let change = OrderChange::of(state, false);
        self.customer_id == change.customer_id.to_string()
            && self.payment_id == change.payment_id.to_string()
            && self.status == change.status.as_str()
            && self.reasons == change.reasons
            && self.archived == change.archived
            && self.next_due_at == change.next_due_at.map(|at| at.0)
            && self.total == change.total
            && u64::try_from(self.version) == Ok(change.version)
            && self.created_at == change.created_at.0
            && self.updated_at == change.updated_at.0
            && self.body == change.body
    }
}

/// Compares settled orders whose row is at the same version: nothing further can happen to them in this snapshot, so
/// their folds are dropped. The others wait for more events.
pub(super) fn compare_ended_orders(
    conn: &mut Connection,
    folds: &mut Folds,
    problems: &mut Problems,
) -> Result<(), DbError> {
    let ended = std::mem::take(&mut folds.ended);
    for row in order_rows(conn, &ended)? {
        let id: OrderId = Row("orders", &row.id).id("id", &row.id)?;
        let at_row = |order: &OrderState| u64::try_from(row.version) == Ok(order.version);
        if let Some(order) = folds.orders.get(&id).filter(|order| at_row(order)) {
            compare_order(&row, order, problems);
            folds.compared.insert(id, order.version);
            folds.orders.remove(&id);
        }
    }
    Ok(())
}

fn order_rows(conn: &mut Connection, ids: &[OrderId]) -> Result<Vec<OrderRow>, DbError> {
    let mut rows = Vec::new();
    for some in ids.chunks(IDS_MAX) {
        let texts: Vec<String> = some.iter().map(ToString::to_string).collect();
        let query = orders::table.filter(orders::id.eq_any(texts)).select(OrderRow::as_select());
        rows.append(&mut query.load(conn)?);
    }
    Ok(rows)
}

fn compare_order(row: &OrderRow, order: &OrderState, problems: &mut Problems) {
    if !row.is_of(order) {
        problems.note(|| {
            format!(
                "orders {} is {} at version {}: {}; its events say {} at version {}: {}",
                row.id,
                row.status,
                row.version,
                row.body,
                order.status,
                order.version,
                OrderChange::of(order, false).body
            )
        });
    }
}

/// Compares the orders that are left, and finds rows without events.
fn compare_orders(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let mut after = String::new();
    loop {
        let query = orders::table.filter(orders::id.gt(&after)).order(orders::id.asc()).limit(CHUNK);
        let ids: Vec<String> = query.select(orders::id).load(conn)?;
        let Some(last) = ids.last() else { break };
        after.clone_from(last);
        let ids = ids.iter().map(|id| Row("orders", id).id("id", id)).collect::<Result<Vec<OrderId>, _>>()?;
        let left: Vec<OrderId> = ids.into_iter().filter(|id| !folds.compared.contains_key(id)).collect();
        for row in order_rows(conn, &left)? {
            match folds.orders.remove(&Row("orders", &row.id).id("id", &row.id)?) {
                Some(order) => compare_order(&row, &order, problems),
                None => problems.note(|| format!("orders {} has no events", row.id)),
            }
        }
    }
    leftovers("orders", &folds.orders, problems);
    Ok(())
}

/// Compares the stores the orders asked. Rows that are wrong by themselves are named; that rows are missing is counted.
fn compare_order_stores(conn: &mut Connection, folds: &Folds, problems: &mut Problems) -> Result<(), DbError> {
    let mut found = Tally::default();
    let mut after = (String::new(), i64::MIN, String::new());
    loop {
        let (store, at, order) = &after;
        let later = order_stores::created_at.gt(at);
        let beside = order_stores::created_at.eq(at).and(order_stores::order_id.gt(order));
        let rows: Vec<(String, i64, String, Option<i64>)> = order_stores::table
            .left_join(orders::table.on(orders::id.eq(order_stores::order_id)))
            .filter(order_stores::store_id.ge(store))
            .filter(order_stores::store_id.gt(store).or(later).or(beside))
            .order((order_stores::store_id, order_stores::created_at, order_stores::order_id))
            .limit(CHUNK)
            .select((
                order_stores::store_id,
                order_stores::created_at,
                order_stores::order_id,
                orders::created_at.nullable(),
            ))
            .load(conn)?;
        let Some((store, at, order, _)) = rows.last() else { break };
        after = (store.clone(), *at, order.clone());
        for (store, at, order, submitted) in rows {
            if submitted != Some(at) {
                problems.note(|| {
                    format!("order_stores has order {order} at store {store} at {at}, the order is of {submitted:?}")
                });
            }
            found.add(&store, at, &order);
        }
    }
    if found != folds.asked {
        let (found, asked) = (found.rows, folds.asked.rows);
        problems
            .note(|| format!("order_stores has {found} rows that are not the {asked} which the orders' events say"));
    }
    Ok(())
}

fn compare_holds(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let mut after = String::new();
    loop {
        let rows: Vec<(String, String, i64, String)> = holds::table
            .filter(holds::order_id.gt(&after))
            .order(holds::order_id.asc())
            .limit(CHUNK)
            .select((holds::order_id, holds::payment_id, holds::amount, holds::status))
            .load(conn)?;
        let Some((last, ..)) = rows.last() else { break };
        after.clone_from(last);
        for (order, payment, amount, status) in rows {
            let row = Row("holds", &order);
            let (order_id, payment_id): (OrderId, PaymentId) =
                (row.id("order_id", &order)?, row.id("payment_id", &payment)?);
            match folds.holds.remove(&order_id) {
                Some(fold) if (fold.0, fold.1, fold.2) == (payment_id, amount, status.as_str()) => {}
                fold => problems.note(|| {
                    format!("holds {order_id} is {:?}, its events say {fold:?}", (payment_id, amount, &status))
                }),
            }
        }
    }
    leftovers("holds", &folds.holds, problems);
    Ok(())
}

fn compare_reservations(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let mut after = (String::new(), String::new());
    loop {
        let (order, store) = &after;
        let further = reservations::order_id.eq(order).and(reservations::store_id.gt(store));
        let rows: Vec<ReservationRow> = reservations::table
            .filter(reservations::order_id.gt(order).or(further))
            .order((reservations::order_id.asc(), reservations::store_id.asc()))
            .limit(CHUNK)
            .select(ReservationRow::as_select())
            .load(conn)?;
        let Some(last) = rows.last() else { break };
        after = (last.order_id.clone(), last.store_id.clone());
        for row in rows {
            compare_reservation(row, folds, problems)?;
        }
    }
    for (order_id, store_id) in folds.reservations.keys() {
        problems.note(|| format!("reservations {order_id} at {store_id} has events and no row"));
    }
    Ok(())
}

fn compare_reservation(row: ReservationRow, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let store_id: StoreId = Row("reservations", &row.order_id).id("store_id", &row.store_id)?;
    let status = row.status.clone();
    let (order_id, lines) = row.into_domain()?;
    match folds.reservations.remove(&(order_id, store_id)) {
        Some((folded, folded_status)) if folded == lines && folded_status == status => {}
        fold => problems
            .note(|| format!("reservations {order_id} at {store_id} is {status} {lines:?}, its events say {fold:?}")),
    }
    Ok(())
}
