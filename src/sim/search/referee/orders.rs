//! What the events of an order may say, and when.

use super::{EVENTS_MAX, Referee};
use crate::domain::event::OrderEvent;
use crate::domain::ids::OrderId;
use crate::domain::order::event::{Accepted, Paid, Rejected, Submitted};
use crate::domain::order::{OrderState, OrderStatus, Reason};
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How long the mall waits, by the terms of its contract, for what it was late with asking for, milliseconds.
const LATE_ASKED_MS: u64 = 2_000;

/// What an event is of.
pub(super) struct Of {
    pub(super) order: OrderId,
    pub(super) submitted: Arc<Submitted>,
    /// What the order was before.
    pub(super) before: Option<OrderStatus>,
    /// When it happened.
    pub(super) at: Timestamp,
}

impl Of {
    /// When the verdict of a participant is due.
    pub(super) fn due_of(&self, who: Participant) -> Timestamp {
        match who {
            Participant::Bank => self.submitted.payment_due_at,
            Participant::Store(store) => {
                let asked = self.submitted.stores.iter().find(|asked| asked.store_id == store);
                asked.map_or(self.at, |asked| asked.due_at)
            }
        }
    }
}

impl Referee {
    pub(super) fn judge_order(
        &mut self,
        order: OrderId,
        name: &str,
        event: &OrderEvent,
        before: Option<OrderStatus>,
        at: Timestamp,
    ) {
        if let OrderEvent::Submitted(submitted) = event {
            return self.judge_submission(order, submitted, at);
        }
        let Some(course) = self.orders.get_mut(&order) else { return };
        course.events += 1;
        let parts = course.submitted.stores.len() + course.submitted.lines.len() + 1;
        let most = EVENTS_MAX.0 + EVENTS_MAX.1 * parts as u64;
        // Said once, whatever follows.
        let (too_many, ended) = (course.events == most + 1, course.ended);
        let of = Of { order, submitted: course.submitted.clone(), before, at };
        if too_many {
            self.finds("moderation", "order", at, format!("order {order} has made more than {most} events"));
        }
        let follows_an_end = matches!(
            event,
            OrderEvent::ObligationMet(_)
                | OrderEvent::CompensationRequired(_)
                | OrderEvent::ConfirmationIgnored(_)
                | OrderEvent::Archived(_)
        );
        if let Some(end) = ended.filter(|_| !follows_an_end) {
            self.finds("I7 the end", "order", at, format!("order {order}: {name} follows {end}"));
        }
        match event {
            OrderEvent::PaymentConfirmed(confirmed) => self.bank_confirms(&of, confirmed.amount),
            OrderEvent::PaymentRejected(rejected) => self.bank_refuses(&of, rejected.reason),
            OrderEvent::PaymentConfirmationReceived(_) => self.service_agrees(&of, Participant::Bank),
            OrderEvent::StoreConfirmed(confirmed) => self.store_confirms(&of, confirmed.store_id),
            OrderEvent::StoreRejected(rejected) => self.store_refuses(&of, rejected),
            OrderEvent::StoreConfirmationReceived(said) => self.service_agrees(&of, Participant::Store(said.store_id)),
            OrderEvent::HoldLowered(lowered) => self.holds(order, lowered.amount),
            OrderEvent::LineDropped(dropped) => self.drops(&of, dropped),
            OrderEvent::Accepted(accepted) => self.accepts(&of, accepted),
            OrderEvent::Paid(paid) => self.pays(&of, paid),
            OrderEvent::StoreShipped(_) => self.ships(&of),
            OrderEvent::Expired(_) => self.expires(&of),
            OrderEvent::Rejected(rejected) => self.rejects(&of, rejected),
            OrderEvent::Cancelled(_) => self.cancels(&of),
            OrderEvent::Delivered(_) => self.end(order, "order.delivered"),
            OrderEvent::ConfirmationIgnored(_) => self.saw("a verdict came after the end".to_owned()),
            _ => {}
        }
    }

    fn accepts(&mut self, of: &Of, accepted: &Accepted) {
        let Of { order, at, .. } = *of;
        let pay_by = at.plus_millis(self.terms.pay_deadline_ms);
        if accepted.pay_by != pay_by {
            let said = format!("order {order} was accepted at {at} and is to be paid by {}", accepted.pay_by);
            self.finds("the pay deadline", "order", at, said);
        }
        self.comes_after(of, &[OrderStatus::Pending], "accepted");
        let kept = self.folds.orders.get(&order).into_iter().flat_map(OrderState::kept_stores);
        let closed = kept.map(|leg| leg.store_id).find(|store| self.closed.contains(store));
        if let Some(store) = closed {
            let said = format!("order {order} was accepted, and store {store} is closed");
            self.finds("I14 no sale of a closed store", "order", at, said);
        }
        let heard_us = self.heard_us;
        let Some(course) = self.orders.get_mut(&order) else { return };
        course.pay_by = Some(accepted.pay_by);
        course.accepted_us = Some(heard_us);
        let (total, agreed) = (course.kept_total(), course.is_agreed());
        if !agreed || accepted.total.amount_minor != total {
            let said = format!("order {order} is accepted for {}; all agreed: {agreed}, to {total}", accepted.total);
            self.finds("accepted when all have agreed", "order", at, said);
        }
    }

    /// Whether the order was what it has to have been.
    fn comes_after(&mut self, of: &Of, expected: &[OrderStatus], is: &str) {
        if !of.before.is_some_and(|before| expected.contains(&before)) {
            let said = format!("order {} was {:?} and is {is}", of.order, of.before);
            self.finds("the course", "order", of.at, said);
        }
    }

    fn pay_by(&self, order: OrderId) -> Option<Timestamp> {
        self.orders.get(&order).and_then(|course| course.pay_by)
    }

    fn pays(&mut self, of: &Of, paid: &Paid) {
        let Of { order, at, before, .. } = *of;
        let pay_by = self.pay_by(order);
        if before != Some(OrderStatus::Accepted) || pay_by.is_none_or(|pay_by| at >= pay_by) {
            let said = format!("order {order} was {before:?}, to be paid by {pay_by:?}, and paid at {at}");
            self.finds("paid in time", "order", at, said);
        }
        let ships_at = at.plus_millis(self.terms.shipping_delay_ms);
        if paid.ships_at != ships_at {
            let said = format!("order {order} was paid at {at} and ships at {}", paid.ships_at);
            self.finds("the shipping delay", "order", at, said);
        }
        if let Some(course) = self.orders.get_mut(&order) {
            course.ships_at = Some(paid.ships_at);
        }
    }

    fn ships(&mut self, of: &Of) {
        let Of { order, at, .. } = *of;
        let ships_at = self.orders.get(&order).and_then(|course| course.ships_at);
        self.is_on_time(order, "its shipping", ships_at.unwrap_or(at), at, self.written_ms());
        if ships_at.is_none_or(|due| at < due) {
            let said = format!("order {order} ships at {ships_at:?}, and was shipped at {at}");
            self.finds("not before it is due", "order", at, said);
        }
    }

    fn expires(&mut self, of: &Of) {
        let Of { order, at, before, .. } = *of;
        let pay_by = self.pay_by(order);
        self.is_on_time(order, "its expiry", pay_by.unwrap_or(at), at, 0);
        if before != Some(OrderStatus::Accepted) || pay_by.is_none_or(|due| at < due) {
            let said = format!("order {order} was {before:?}, to be paid by {pay_by:?}, and expired at {at}");
            self.finds("not before it is due", "order", at, said);
        }
        self.end(order, "order.expired");
    }

    fn rejects(&mut self, of: &Of, rejected: &Rejected) {
        let Of { order, at, .. } = *of;
        self.comes_after(of, &[OrderStatus::Pending], "rejected");
        if let Some(course) = self.orders.get(&order) {
            let refused: BTreeSet<Reason> = course.refused.values().copied().collect();
            let (named, late): (BTreeSet<Reason>, BTreeSet<Reason>) =
                rejected.reasons.iter().partition(|reason| **reason != Reason::ConfirmationTimeout);
            let lost = course.is_lost();
            if refused != named || rejected.reasons.is_empty() {
                let said = format!("order {order} was refused for {refused:?}, and rejected for {named:?}");
                self.finds("all reasons", "order", at, said);
            }
            if late.is_empty() && !lost {
                let said = format!("order {order} was rejected for {named:?}, and could have been served in part");
                self.finds("what is wanted when a store is short", "order", at, said);
            }
        }
        for reason in &rejected.reasons {
            self.saw(format!("rejected: {reason}"));
            if *reason == Reason::ConfirmationTimeout {
                self.judge_time_out(of);
            }
        }
        self.end(order, "order.rejected");
    }

    fn cancels(&mut self, of: &Of) {
        self.comes_after(of, &[OrderStatus::Pending, OrderStatus::Accepted], "cancelled");
        self.saw(format!("cancelled while {}", of.before.map_or("unknown", OrderStatus::as_str)));
        self.end(of.order, "order.cancelled");
    }

    fn end(&mut self, order: OrderId, name: &'static str) {
        self.saw(format!("ended: {name}"));
        if let Some(course) = self.orders.get_mut(&order) {
            course.ended = Some(name);
        }
    }

    /// What an answer may have to wait for that is on time, milliseconds: the submission's commit, that of an answer from
    /// outside which the order heard just before, the participant's and the order's own; and a moment for turns.
    pub(super) const fn written_ms(&self) -> u64 {
        4 * self.terms.commit_within_ms + 10
    }

    /// In a calm run what is due happens then; `slack_ms` for what was to be written before.
    pub(super) fn is_on_time(&mut self, order: OrderId, what: &str, due: Timestamp, at: Timestamp, slack_ms: u64) {
        if self.is_calm && at > due.plus_millis(slack_ms) {
            self.finds("on time", "order", at, format!("order {order}: {what} was due at {due}, and is of {at}"));
        }
    }

    fn judge_time_out(&mut self, of: &Of) {
        let Of { order, at, ref submitted, .. } = *of;
        if at < submitted.confirm_by {
            let said = format!("order {order} timed out at {at}, not to before {}", submitted.confirm_by);
            self.finds("not before it is due", "order", at, said);
        }
        let inside = submitted.payment_provider.is_internal()
            && submitted.stores.iter().all(|asked| asked.fulfilment.is_internal());
        // A grace that is shorter than a commit times out whom nobody kept waiting.
        let is_patient = self.terms.grace_ms > 10 * self.terms.commit_within_ms.max(100);
        // An answer in the last moment is written down, carried out and noted before; and with so short a grace the mall
        // itself is late with asking, and waits for what it asked.
        let late = if is_patient { 0 } else { LATE_ASKED_MS + self.terms.grace_ms };
        self.is_on_time(order, "its time-out", submitted.confirm_by, at, self.written_ms() + late);
        if self.only_closes && inside && is_patient {
            let said =
                format!("order {order} timed out at {at} though all that went wrong was that the mall was closed");
            self.finds("no time-out for a mall that was closed", "order", at, said);
        }
    }
}
