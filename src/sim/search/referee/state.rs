//! What has to be true of the state after a commit, and at the end.

use super::Referee;
use crate::domain::ids::OrderId;
use crate::domain::inventory::StockLine;
use crate::domain::order::{DeliveryStatus, OrderStatus};
use crate::domain::time::Timestamp;

impl Referee {
    /// What has to be true of an order after every commit that touched it or what it has at its participants.
    pub(super) fn check_order(&mut self, id: OrderId, at: Timestamp) {
        let Some(order) = self.folds.orders.get(&id) else {
            return self.finds(
                "I12 one effect",
                "order",
                at,
                format!("order {id} has effects and was never submitted"),
            );
        };
        let mut wrong = Vec::new();
        let hold = self.folds.holds.get(&id);
        let sum: i64 = order.lines.iter().map(|line| line.line_total().amount_minor).sum();
        if sum != order.total.amount_minor {
            wrong.push(("I11 the total", format!("the total is {}, its lines cost {sum}", order.total)));
        }
        let reservation = |store| self.folds.reservations.get(&(id, store));
        if order.status == OrderStatus::Accepted {
            if hold != Some(&(order.payment_id, order.total.amount_minor, "held")) {
                wrong.push(("I5 the hold", format!("it is accepted for {}, the hold is {hold:?}", order.total)));
            }
            for leg in order.kept_stores() {
                if leg.status != DeliveryStatus::Confirmed
                    || !is(reservation(leg.store_id), "reserved", &order.lines_of(leg.store_id))
                {
                    let has = reservation(leg.store_id);
                    wrong.push(("I5 the reservation", format!("store {} has {has:?}", leg.store_id)));
                }
            }
        }
        if order.is_settled() {
            let live: Vec<_> = order.stores.iter().filter_map(|leg| reservation(leg.store_id)).collect();
            if live.iter().any(|(_, status)| *status == "reserved") || hold.is_some_and(|hold| hold.2 == "held") {
                wrong.push(("I6 nothing is left", format!("it is settled; hold {hold:?}, reservations {live:?}")));
            }
            if order.status == OrderStatus::Delivered {
                if hold != Some(&(order.payment_id, order.total.amount_minor, "captured")) {
                    wrong.push(("I15 the sale", format!("it is delivered for {}, hold {hold:?}", order.total)));
                }
                for leg in order.kept_stores() {
                    if !is(reservation(leg.store_id), "shipped", &order.lines_of(leg.store_id)) {
                        let has = reservation(leg.store_id);
                        wrong.push(("I15 the sale", format!("store {} shipped {has:?}", leg.store_id)));
                    }
                }
            } else if hold.is_some_and(|hold| hold.2 == "captured")
                || live.iter().any(|(_, status)| *status == "shipped")
            {
                wrong.push(("I10 no sale", format!("it is {}; hold {hold:?}, {live:?}", order.status)));
            }
        }
        if let Some(course) = self.orders.get(&id) {
            let (total, is_pending) = (course.kept_total(), order.status == OrderStatus::Pending);
            if is_pending && course.is_lost() {
                wrong.push(("what is wanted when a store is short", format!("it waits, and {:?}", course.refused)));
            }
            if is_pending && course.is_agreed() && course.held == total {
                wrong.push(("accepted when all have agreed", format!("it waits, and all agreed to {total}")));
            }
            if !course.is_lost() && order.total.amount_minor != total {
                let said = format!("its total is {}, what is kept costs {total}", order.total);
                wrong.push(("a line falls with its store", said));
            }
        }
        for (law, said) in wrong {
            self.finds(law, "order", at, format!("order {id}: {said}"));
        }
    }

    /// What has to be true once the mall was healed and has had its time.
    pub fn at_the_end(&mut self, now: Timestamp) {
        let open: Vec<_> = self.folds.orders.values().filter(|order| !order.is_settled()).collect();
        let said = open.first().map(|order| {
            let duties: Vec<_> = order.duties.iter().filter(|duty| !duty.met).map(|duty| duty.obligation).collect();
            let owes = if duties.is_empty() { "nothing".to_owned() } else { format!("{duties:?}") };
            format!(
                "{} orders are not settled, one of them {}, {} since {}, which owes {owes}",
                open.len(),
                order.id,
                order.status,
                order.updated_at
            )
        });
        if let Some(said) = said {
            self.finds("every order ends", "order", now, said);
        }
        let captured: i64 = self.folds.payments.values().map(|payment| payment.captured).sum();
        let sold = self.folds.orders.values().filter(|order| order.status == OrderStatus::Delivered);
        let sold: i64 = sold.map(|order| order.total.amount_minor).sum();
        if captured != sold {
            self.finds("money in is money out", "mall", now, format!("{captured} was captured, {sold} was sold"));
        }
        if let Some(store) = self.closing.difference(&self.closed).next() {
            let said = format!("store {store} began to close, and never did");
            self.finds("every store that closes is gone", "store", now, said);
        }
        self.everybody_was_told(now);
        if let Some((late, course)) = self.orders.iter().find(|(_, course)| course.ended.is_none()) {
            let (late, at) = (*late, course.at);
            self.finds("every order ends", "order", now, format!("order {late} of {at} has no outcome"));
        }
    }
}

fn is(reservation: Option<&(Vec<StockLine>, &'static str)>, status: &str, lines: &[StockLine]) -> bool {
    reservation.is_some_and(|(reserved, is)| *is == status && StockLine::pieces(reserved) == StockLine::pieces(lines))
}
