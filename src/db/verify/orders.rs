//! Orders and the stores they asked, held against the folds.

use super::folds::{Folds, Tally};
use super::problems::Problems;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::rows::Origin;
use crate::db::schema::{OrderRow, order_stores, orders};
use crate::domain::ids::OrderId;
use crate::domain::order::OrderState;
use crate::ports::changes::OrderChange;
use diesel::prelude::*;

/// Rows read at a time.
const CHUNK: i64 = 4_000;
/// The most ids one query asks for; SQLite allows 32 766 values in a statement.
const IDS_MAX: usize = 1_000;

/// Compares settled orders whose row is at the same version: nothing further can happen to them in this snapshot, so
/// their folds are dropped. The others wait for more events.
pub fn compare_ended_orders(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let ended = std::mem::take(&mut folds.ended);
    for row in order_rows(conn, &ended)? {
        let id: OrderId = Origin("orders", &row.id).id("id", &row.id)?;
        let at_row = |order: &OrderState| u64::try_from(row.version) == Ok(order.version);
        if let Some(order) = folds.orders.get(&id).filter(|order| at_row(order)) {
            compare_order(&row, order, problems);
            folds.compared.insert(id, order.version);
            folds.orders.remove(&id);
        }
    }
    Ok(())
}

fn order_rows(conn: &mut Connection, ids: &[OrderId]) -> Result<Vec<OrderRow<'static>>, DbError> {
    let mut rows = Vec::new();
    for some in ids.chunks(IDS_MAX) {
        let texts: Vec<String> = some.iter().map(ToString::to_string).collect();
        let query = orders::table.filter(orders::id.eq_any(texts)).select(OrderRow::as_select());
        rows.append(&mut query.load(conn)?);
    }
    Ok(rows)
}

fn compare_order(row: &OrderRow<'_>, order: &OrderState, problems: &mut Problems) {
    let change = OrderChange::of(order, false);
    if *row != OrderRow::from(&change) {
        problems.note(|| {
            format!(
                "orders {} is {} at version {}: {}; its events say {} at version {}: {}",
                row.id, row.status, row.version, row.body, order.status, order.version, change.body
            )
        });
    }
}

/// Compares the orders that are left, and finds rows without events.
pub fn compare_orders(conn: &mut Connection, folds: &mut Folds, problems: &mut Problems) -> Result<(), DbError> {
    let mut after = String::new();
    loop {
        let query = orders::table.filter(orders::id.gt(&after)).order(orders::id.asc()).limit(CHUNK);
        let ids: Vec<String> = query.select(orders::id).load(conn)?;
        let Some(last) = ids.last() else { break };
        after.clone_from(last);
        let ids = ids.iter().map(|id| Origin("orders", id).id("id", id)).collect::<Result<Vec<OrderId>, _>>()?;
        let left: Vec<OrderId> = ids.into_iter().filter(|id| !folds.compared.contains_key(id)).collect();
        for row in order_rows(conn, &left)? {
            match folds.orders.remove(&Origin("orders", &row.id).id("id", &row.id)?) {
                Some(order) => compare_order(&row, &order, problems),
                None => problems.note(|| format!("orders {} has no events", row.id)),
            }
        }
    }
    problems.leftovers("orders", &folds.orders);
    Ok(())
}

/// Compares the stores the orders asked. Rows that are wrong by themselves are named; that rows are missing is counted.
pub fn compare_order_stores(conn: &mut Connection, folds: &Folds, problems: &mut Problems) -> Result<(), DbError> {
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
