//! The state tables held against the folds: every row has to be what its events say, and no more rows than streams.

use super::folds::Folds;
use super::orders::{compare_order_stores, compare_orders};
use super::problems::Problems;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::reads::log;
use crate::db::rows::{Origin, pieces};
use crate::db::schema::{
    BasketRow, CustomerRow, HoldRow, PaymentRow, ProductRow, ReservationRow, StoreRow, baskets, customers, holds,
    payments, products, reservations, stores,
};
use crate::domain::ids::{OrderId, PaymentId, ProductId, StoreId};
use crate::domain::inventory::StockLine;
use crate::domain::store::ProductState;
use crate::ports::changes::StoreHead;
use diesel::prelude::*;
use std::collections::BTreeMap;

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
    let mut heads: BTreeMap<StoreId, StoreHead> = BTreeMap::new();
    let mut shelves: BTreeMap<ProductId, (StoreId, ProductState)> = BTreeMap::new();
    for (id, store) in std::mem::take(&mut folds.stores) {
        heads.insert(id, StoreHead::from(&store));
        shelves.extend(store.products.into_iter().map(|(product_id, product)| (product_id, (id, product))));
    }
    for row in stores::table.order(stores::id).select(StoreRow::as_select()).load::<StoreRow<'_>>(conn)? {
        let store = row.into_domain()?;
        problems.expect("stores", &store.id.clone(), &store, &mut heads);
    }
    problems.leftovers("stores", &heads);
    for row in products::table.order(products::id).select(ProductRow::as_select()).load::<ProductRow<'_>>(conn)? {
        let store_id: StoreId = row.store()?;
        let product = row.into_domain(currency)?;
        problems.expect("products", &product.id.clone(), &(store_id, product), &mut shelves);
    }
    problems.leftovers("products", &shelves);
    Ok(())
}

fn compare_people(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let currency = log::currency(conn)?;
    for row in customers::table.order(customers::id).select(CustomerRow::as_select()).load::<CustomerRow<'_>>(conn)? {
        let customer = row.into_domain()?;
        problems.expect("customers", &customer.id.clone(), &customer, &mut folds.customers);
    }
    problems.leftovers("customers", &folds.customers);
    // The holds are compared in their own table.
    folds.payments.values_mut().for_each(|payment| payment.holds.clear());
    for row in payments::table.order(payments::id).select(PaymentRow::as_select()).load::<PaymentRow<'_>>(conn)? {
        let payment = row.into_domain(currency, BTreeMap::new())?;
        problems.expect("payments", &payment.id.clone(), &payment, &mut folds.payments);
    }
    problems.leftovers("payments", &folds.payments);
    for row in baskets::table.order(baskets::id).select(BasketRow::as_select()).load::<BasketRow<'_>>(conn)? {
        let stored = row.clone();
        let basket = row.into_domain()?;
        if pieces(&basket) != stored.pieces {
            problems.note(|| format!("baskets {} does not hold {} pieces", basket.id, stored.pieces));
        } else if BasketRow::from(&basket) != stored {
            problems.note(|| format!("baskets {} is not as it is written: {}", basket.id, stored.items));
        }
        problems.expect("baskets", &basket.id.clone(), &basket, &mut folds.baskets);
    }
    problems.leftovers("baskets", &folds.baskets);
    Ok(())
}

fn compare_holds(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let mut after = String::new();
    loop {
        let rows: Vec<HoldRow<'_>> = holds::table
            .filter(holds::order_id.gt(&after))
            .order(holds::order_id.asc())
            .limit(CHUNK)
            .select(HoldRow::as_select())
            .load(conn)?;
        let Some(last) = rows.last() else { break };
        after = last.order_id.clone().into_owned();
        for row in rows {
            let origin = Origin("holds", &row.order_id);
            let order_id: OrderId = origin.id("order_id", &row.order_id)?;
            let hold: (PaymentId, i64, &str) = (origin.id("payment_id", &row.payment_id)?, row.amount, &row.status);
            match folds.holds.remove(&order_id) {
                Some(fold) if fold == hold => {}
                fold => problems.note(|| format!("holds {order_id} is {hold:?}, its events say {fold:?}")),
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
        let rows: Vec<ReservationRow<'_>> = reservations::table
            .filter(reservations::order_id.gt(order).or(further))
            .order((reservations::order_id.asc(), reservations::store_id.asc()))
            .limit(CHUNK)
            .select(ReservationRow::as_select())
            .load(conn)?;
        let Some(last) = rows.last() else { break };
        after = (last.order_id.clone().into_owned(), last.store_id.clone().into_owned());
        for row in rows {
            compare_reservation(row, folds, problems)?;
        }
    }
    for (order_id, store_id) in folds.reservations.keys() {
        problems.note(|| format!("reservations {order_id} at {store_id} has events and no row"));
    }
    Ok(())
}

fn compare_reservation(row: ReservationRow<'_>, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let store_id: StoreId = Origin("reservations", &row.order_id).id("store_id", &row.store_id)?;
    let (status, text) = (row.status.clone(), row.lines.clone());
    let (order_id, lines) = row.into_domain()?;
    // The same lines may be written in several ways, and only one is.
    let is_text = |folded: &[StockLine]| serde_json::to_string(folded).is_ok_and(|written| written == text);
    match folds.reservations.remove(&(order_id, store_id)) {
        Some((folded, folded_status)) if is_text(&folded) && folded_status == status => {}
        fold => problems
            .note(|| format!("reservations {order_id} at {store_id} is {status} {lines:?}, its events say {fold:?}")),
    }
    Ok(())
}
