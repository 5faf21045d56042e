//! The state tables held against the folds: every row has to be what its events say, and no more rows than streams.

use super::folds::Folds;
use super::orders::{compare_order_stores, compare_orders};
use super::problems::Problems;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::reads::log;
use crate::db::rows::{BasketRow, CustomerRow, PaymentRow, ProductRow, ReservationRow, Row, StoreRow};
use crate::db::schema::{baskets, customers, holds, payments, products, reservations, stores};
use crate::domain::ids::{OrderId, PaymentId, ProductId, StoreId};
use crate::domain::store::ProductState;
use crate::ports::changes::StoreHead;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// Rows read at a time from tables that grow with the orders.
const CHUNK: i64 = 4_000;

/// Compares every table with its folds, which are used up.
pub(super) fn compare(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    compare_catalogue(conn, folds, problems)?;
    compare_people(conn, folds, problems)?;
    compare_orders(conn, folds, problems)?;
    compare_order_stores(conn, folds, problems)?;
    compare_holds(conn, folds, problems)?;
    compare_reservations(conn, folds, problems)
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
        problems.expect("stores", &store.id.clone(), &store, &mut heads);
    }
    problems.leftovers("stores", &heads);
    for row in products::table.select(ProductRow::as_select()).load::<ProductRow>(conn)? {
        let store_id: StoreId = Row("products", &row.id).id("store_id", &row.store_id)?;
        let product = row.into_domain(currency)?;
        problems.expect("products", &product.id.clone(), &(store_id, product), &mut shelves);
    }
    problems.leftovers("products", &shelves);
    Ok(())
}

fn compare_people(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let currency = log::currency(conn)?;
    for row in customers::table.select(CustomerRow::as_select()).load::<CustomerRow>(conn)? {
        let customer = row.into_domain()?;
        problems.expect("customers", &customer.id.clone(), &customer, &mut folds.customers);
    }
    problems.leftovers("customers", &folds.customers);
    // The holds are compared in their own table.
    folds.payments.values_mut().for_each(|payment| payment.holds.clear());
    for row in payments::table.select(PaymentRow::as_select()).load::<PaymentRow>(conn)? {
        let payment = row.into_domain(currency, BTreeMap::new())?;
        problems.expect("payments", &payment.id.clone(), &payment, &mut folds.payments);
    }
    problems.leftovers("payments", &folds.payments);
    for row in baskets::table.select(BasketRow::as_select()).load::<BasketRow>(conn)? {
        let pieces = row.pieces;
        let basket = row.into_domain()?;
        if basket.items.iter().map(|item| i64::from(item.quantity)).sum::<i64>() != pieces {
            problems.note(|| format!("baskets {} does not hold {pieces} pieces", basket.id));
        }
        problems.expect("baskets", &basket.id.clone(), &basket, &mut folds.baskets);
    }
    problems.leftovers("baskets", &folds.baskets);
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
    problems.leftovers("holds", &folds.holds);
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
