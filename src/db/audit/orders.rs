//! One walk through the orders: I5, I6, I9, I10, I11, I14 and I15, each against its hold and reservations.

use super::findings::Findings;
use super::journal::Streams;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::rows;
use crate::db::schema::{holds, orders, reservations};
use crate::domain::inventory::StockLine;
use crate::domain::order::{OrderPaymentStatus, OrderState, OrderStatus};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Rows read at a time; bodies are a few kB.
const CHUNK: i64 = 2_000;

/// What an order has at its participants.
#[derive(Default)]
struct Claims {
    /// Amount and status of the hold.
    hold: Option<(i64, String)>,
    /// Stores with a live reservation.
    reserved: Vec<String>,
    /// What stores have shipped: lines as JSON.
    shipped: BTreeMap<String, String>,
}

pub(super) fn check(conn: &mut Connection, streams: &Streams, findings: &mut Findings) -> Result<(), DbError> {
    let mut after = String::new();
    loop {
        let chunk: Vec<(String, Option<i64>, i64, String)> = orders::table
            .filter(orders::id.gt(&after))
            .order(orders::id.asc())
            .limit(CHUNK)
            .select((orders::id, orders::next_due_at, orders::total, orders::body))
            .load(conn)?;
        let Some((last, ..)) = chunk.last() else { return Ok(()) };
        let mut claims = claims(conn, &after, last)?;
        after.clone_from(last);
        for (id, due, total, body) in chunk {
            let claims = claims.remove(&id).unwrap_or_default();
            match rows::order(&id, &body) {
                Ok(order) => {
                    findings.check(11, order.total.amount_minor == total, || format!("order {id}: two totals"));
                    check_order(&order, &claims, due.is_some(), streams, findings);
                }
                Err(_) => findings.violated(8, || format!("order {id} has an unreadable body")),
            }
        }
    }
}

/// Holds, live and shipped reservations of the orders in `(after, last]`.
fn claims(conn: &mut Connection, after: &str, last: &str) -> Result<BTreeMap<String, Claims>, DbError> {
    let held: Vec<(String, i64, String)> = holds::table
        .filter(holds::order_id.gt(after).and(holds::order_id.le(last)))
        .select((holds::order_id, holds::amount, holds::status))
        .load(conn)?;
    let reserved: Vec<(String, String, String, String)> = reservations::table
        .filter(reservations::order_id.gt(after).and(reservations::order_id.le(last)))
        .filter(reservations::status.ne("released"))
        .order((reservations::order_id, reservations::store_id))
        .select((reservations::order_id, reservations::store_id, reservations::lines, reservations::status))
        .load(conn)?;
    let mut claims: BTreeMap<String, Claims> = BTreeMap::new();
    for (order, amount, status) in held {
        claims.entry(order).or_default().hold = Some((amount, status));
    }
    for (order, store, lines, status) in reserved {
        let claims = claims.entry(order).or_default();
        if status == "shipped" {
            claims.shipped.insert(store, lines);
        } else {
            claims.reserved.push(store);
        }
    }
    Ok(claims)
}

fn check_order(order: &OrderState, claims: &Claims, has_timer: bool, streams: &Streams, findings: &mut Findings) {
    let (id, status) = (order.id, order.status);
    let hold = claims.hold.as_ref().map(|(amount, status)| (*amount, status.as_str()));
    if status == OrderStatus::Accepted {
        let total = order.total.amount_minor;
        let covered = hold == Some((total, "held"));
        findings.check(5, covered, || format!("order {id}: the total is {total}, the hold {hold:?}"));
        for leg in order.kept_stores() {
            let reserved = claims.reserved.contains(&leg.store_id.to_string());
            findings.check(5, reserved, || format!("order {id}: nothing is reserved at store {}", leg.store_id));
        }
    }
    if order.is_settled() {
        let is_free = hold.is_none_or(|(_, status)| status != "held") && claims.reserved.is_empty() && !has_timer;
        findings.check(6, is_free, || {
            format!("order {id} is settled; hold {hold:?}, reserved at {:?}, timer {has_timer}", claims.reserved)
        });
    }
    if status == OrderStatus::Delivered && order.is_settled() {
        check_delivered(order, claims, findings);
    }
    let outcome = streams.outcomes.get(&id.0).copied();
    findings.check(9, outcome == status.is_terminal().then_some(status), || {
        format!("order {id} is {status}, its events say {outcome:?}")
    });
    if status == OrderStatus::Expired {
        let captured = hold.is_some_and(|(_, status)| status == "captured");
        let is_free = !captured && order.payment.status != OrderPaymentStatus::Captured;
        findings.check(10, is_free, || format!("order {id} is expired, and its hold captured"));
    }
    let sum: Option<i64> = order.lines.iter().try_fold(0_i64, |sum, line| {
        sum.checked_add(line.unit_price.amount_minor.checked_mul(i64::from(line.quantity))?)
    });
    findings.check(11, sum == Some(order.total.amount_minor), || {
        format!("order {id}: the total is {}, its lines cost {sum:?}", order.total)
    });
    let Some(accepted) = streams.accepted_at.get(&id.0) else { return };
    for leg in order.kept_stores() {
        let closed = streams.closed_at.get(&leg.store_id.0);
        findings.check(14, closed.is_none_or(|closed| accepted < closed), || {
            format!("order {id} was accepted at {accepted}, store {} closed at {closed:?}", leg.store_id)
        });
    }
}

/// What was delivered left the shelf, and was paid for.
fn check_delivered(order: &OrderState, claims: &Claims, findings: &mut Findings) {
    let (id, total) = (order.id, order.total.amount_minor);
    let hold = claims.hold.as_ref().map(|(amount, status)| (*amount, status.as_str()));
    findings.check(15, hold == Some((total, "captured")), || {
        format!("order {id} is delivered for {total}, its hold is {hold:?}")
    });
    for leg in order.kept_stores() {
        let shipped = claims.shipped.get(&leg.store_id.to_string());
        let lines = shipped.and_then(|lines| serde_json::from_str::<Vec<StockLine>>(lines).ok());
        let ordered = StockLine::pieces(&order.lines_of(leg.store_id));
        findings.check(15, lines.is_some_and(|lines| StockLine::pieces(&lines) == ordered), || {
            format!("order {id} is delivered, store {} shipped {shipped:?}", leg.store_id)
        });
    }
}
