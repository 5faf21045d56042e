//! What the events of an order may say, and when.

use super::{Course, EVENTS_MAX, Referee};
use crate::domain::event::OrderEvent;
use crate::domain::ids::OrderId;
use crate::domain::order::event::Submitted;
use crate::domain::order::{OrderState, OrderStatus, Reason};
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use std::collections::BTreeSet;

/// How long the mall waits, by the terms of its contract, for what it was late with asking for, milliseconds.
const LATE_ASKED_MS: u64 = 2_000;

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
        let (too_many, ended) = (course.events > EVENTS_MAX, course.ended);
        let (pay_by, ships_at) = (course.pay_by, course.ships_at);
        let submitted = course.submitted.clone();
        if too_many {
            self.finds("moderation", "order", at, format!("order {order} has made more than {EVENTS_MAX} events"));
        }
        if let Some(end) = ended {
            let follows = matches!(
                event,
                OrderEvent::ObligationMet(_)
                    | OrderEvent::CompensationRequired(_)
                    | OrderEvent::ConfirmationIgnored(_)
                    | OrderEvent::Archived(_)
            );
            if !follows {
                self.finds("I7 the end", "order", at, format!("order {order}: {name} follows {end}"));
            }
        }
        let written = self.written_ms();
        let inside = submitted.payment_provider.is_internal();
        let early = |due: Timestamp| at < due;
        match event {
            OrderEvent::PaymentConfirmed(confirmed) => {
                if inside {
                    self.is_on_time(order, "the bank's confirmation", submitted.payment_due_at, at, written);
                }
                if inside && early(submitted.payment_due_at) {
                    let said = format!("order {order} heard the bank at {at}, due at {}", submitted.payment_due_at);
                    self.finds("not before it is due", "order", at, said);
                }
                let total = self.folds.orders.get(&order).map_or(submitted.total, |order| order.total);
                let asked_for = total.amount_minor..=submitted.total.amount_minor;
                if !asked_for.contains(&confirmed.amount.amount_minor) {
                    let said = format!("order {order}: {} is held of {total}", confirmed.amount);
                    self.finds("I5 the hold", "order", at, said);
                }
            }
            OrderEvent::PaymentRejected(rejected) => {
                self.refuses(order, rejected.reason);
                self.judge_refusal_of_money(order, rejected.reason, &submitted, at);
            }
            OrderEvent::StoreConfirmed(confirmed) => {
                let asked = submitted.stores.iter().find(|asked| asked.store_id == confirmed.store_id);
                match asked {
                    None => {
                        let said = format!("order {order} never asked store {}", confirmed.store_id);
                        self.finds("asked", "order", at, said);
                    }
                    Some(asked) if asked.fulfilment.is_internal() && !early(asked.due_at) => {
                        self.is_on_time(order, "a store's confirmation", asked.due_at, at, written);
                    }
                    Some(asked) if asked.fulfilment.is_internal() => {
                        let said = format!("order {order} heard a store at {at}, due at {}", asked.due_at);
                        self.finds("not before it is due", "order", at, said);
                    }
                    Some(_) => {}
                }
            }
            OrderEvent::StoreRejected(rejected) => {
                self.refuses(order, rejected.reason);
                for short in &rejected.lines {
                    let lines = submitted
                        .lines
                        .iter()
                        .filter(|line| (line.store_id, line.product_id) == (rejected.store_id, short.product_id));
                    let wanted: i64 = lines.map(|line| i64::from(line.quantity)).sum();
                    if short.requested != wanted {
                        let said = format!("order {order} wants {wanted} pieces, and was refused {short:?}");
                        self.finds("no shortage", "order", at, said);
                    }
                }
                let asked = submitted.stores.iter().find(|asked| asked.store_id == rejected.store_id);
                let internal = asked.is_some_and(|asked| asked.fulfilment.is_internal());
                let due = asked.map_or(at, |asked| asked.due_at);
                self.saw(format!("a store refused: {}", rejected.reason));
                if rejected.reason == Reason::OutOfStock && internal && early(due) {
                    let said = format!("order {order} was refused by a store at {at}, due at {due}");
                    self.finds("not before it is due", "order", at, said);
                }
                let short = |shortage: &crate::domain::inventory::Shortage| shortage.available >= shortage.requested;
                if internal && rejected.lines.iter().any(short) {
                    let said = format!("order {order} was refused what there is: {:?}", rejected.lines);
                    self.finds("no shortage", "order", at, said);
                }
                let excused = self.characters.contains(&Participant::Store(rejected.store_id));
                if rejected.reason == Reason::ServiceFailed && internal && !excused {
                    let said = format!("order {order}: a store failed that never was to");
                    self.finds("no failure without a cause", "order", at, said);
                }
            }
            OrderEvent::Accepted(accepted) => {
                let pay_by = at.plus_millis(self.terms.pay_deadline_ms);
                if accepted.pay_by != pay_by {
                    let said = format!("order {order} was accepted at {at} and is to be paid by {}", accepted.pay_by);
                    self.finds("the pay deadline", "order", at, said);
                }
                if before != Some(OrderStatus::Pending) {
                    self.finds("the course", "order", at, format!("order {order} was {before:?} and is accepted"));
                }
                let kept = self.folds.orders.get(&order).into_iter().flat_map(OrderState::kept_stores);
                let closed = kept.map(|leg| leg.store_id).find(|store| self.closed.contains(store));
                if let Some(store) = closed {
                    let said = format!("order {order} was accepted, and store {store} is closed");
                    self.finds("I14 no sale of a closed store", "order", at, said);
                }
                let heard_us = self.heard_us;
                if let Some(course) = self.orders.get_mut(&order) {
                    course.pay_by = Some(accepted.pay_by);
                    course.accepted_us = Some(heard_us);
                }
            }
            OrderEvent::Paid(paid) => {
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
            OrderEvent::StoreShipped(_) => {
                self.is_on_time(order, "its shipping", ships_at.unwrap_or(at), at, written);
                if ships_at.is_none_or(early) {
                    let said = format!("order {order} ships at {ships_at:?}, and was shipped at {at}");
                    self.finds("not before it is due", "order", at, said);
                }
            }
            OrderEvent::Expired(_) => {
                self.is_on_time(order, "its expiry", pay_by.unwrap_or(at), at, 0);
                if before != Some(OrderStatus::Accepted) || pay_by.is_none_or(early) {
                    let said = format!("order {order} was {before:?}, to be paid by {pay_by:?}, and expired at {at}");
                    self.finds("not before it is due", "order", at, said);
                }
                self.end(order, "order.expired");
            }
            OrderEvent::Rejected(rejected) => {
                if before != Some(OrderStatus::Pending) {
                    self.finds("the course", "order", at, format!("order {order} was {before:?} and is rejected"));
                }
                let refused = self.orders.get(&order).map(|course| course.refused.clone()).unwrap_or_default();
                let named: BTreeSet<Reason> =
                    rejected.reasons.iter().copied().filter(|reason| *reason != Reason::ConfirmationTimeout).collect();
                if refused != named || rejected.reasons.is_empty() {
                    let said = format!("order {order} was refused for {refused:?}, and rejected for {named:?}");
                    self.finds("all reasons", "order", at, said);
                }
                for reason in &rejected.reasons {
                    self.saw(format!("rejected: {reason}"));
                    self.judge_reason(order, *reason, &submitted, at);
                }
                self.end(order, "order.rejected");
            }
            OrderEvent::Cancelled(_) => {
                if !matches!(before, Some(OrderStatus::Pending | OrderStatus::Accepted)) {
                    self.finds("the course", "order", at, format!("order {order} was {before:?} and is cancelled"));
                }
                self.saw(format!("cancelled while {}", before.map_or("unknown", OrderStatus::as_str)));
                self.end(order, "order.cancelled");
            }
            OrderEvent::Delivered(_) => self.end(order, "order.delivered"),
            OrderEvent::ConfirmationIgnored(_) => self.saw("a verdict came after the end".to_owned()),
            OrderEvent::LineDropped(_) => self.saw("a line was dropped".to_owned()),
            _ => {}
        }
    }

    /// What an answer may have to wait for that is on time, milliseconds: the submission's commit, that of an answer from
    /// outside which the order heard just before, the participant's and the order's own; and a moment for turns.
    const fn written_ms(&self) -> u64 {
        4 * self.terms.commit_within_ms + 10
    }

    fn refuses(&mut self, order: OrderId, reason: Reason) {
        if let Some(course) = self.orders.get_mut(&order) {
            course.refused.insert(reason);
        }
    }

    fn end(&mut self, order: OrderId, name: &'static str) {
        self.saw(format!("ended: {name}"));
        if let Some(course) = self.orders.get_mut(&order) {
            course.ended = Some(name);
        }
    }

    fn judge_submission(&mut self, order: OrderId, submitted: &Submitted, at: Timestamp) {
        *self.drawn_on.entry(submitted.payment_id).or_default() += 1;
        let sum: i64 = submitted.lines.iter().map(|line| line.unit_price.amount_minor * i64::from(line.quantity)).sum();
        if sum != submitted.total.amount_minor {
            let said = format!("order {order}: the total is {}, its lines cost {sum}", submitted.total);
            self.finds("I11 the total", "order", at, said);
        }
        for line in &submitted.lines {
            if !self.has_price(line.product_id, line.unit_price.amount_minor) {
                let said = format!("order {order}: {} is not the price of {}", line.unit_price, line.product_id);
                self.finds("the price", "order", at, said);
            }
        }
        let delays = submitted.stores.iter().map(|asked| {
            let delay = self.folds.stores.get(&asked.store_id).map_or(0, |store| store.confirmation_delay_ms);
            (Participant::Store(asked.store_id), asked.fulfilment, delay, asked.due_at)
        });
        let bank =
            (Participant::Bank, submitted.payment_provider, self.terms.payment_delay_ms, submitted.payment_due_at);
        let asked: Vec<_> = delays.chain([bank]).collect();
        let longest = asked.iter().map(|(.., delay, _)| *delay).max().unwrap_or_default();
        let confirm_by = at.plus_millis(longest).plus_millis(self.terms.grace_ms);
        if submitted.confirm_by != confirm_by {
            let said = format!("order {order} of {at} times out at {}, not at {confirm_by}", submitted.confirm_by);
            self.finds("the time-out", "order", at, said);
        }
        for (who, served_by, delay, due_at) in asked {
            // Whoever is served from outside has until the time-out.
            let due = if served_by.is_internal() { at.plus_millis(delay) } else { confirm_by };
            if due_at != due && !self.characters.contains(&who) {
                let said = format!("order {order} of {at} hears {who:?} at {due_at}, not at {due}");
                self.finds("the delay of a confirmation", "order", at, said);
            }
        }
        if let Some(said) = self.books.is_not_what_was_in_the_basket(order, &submitted.lines) {
            self.finds("checkout takes the basket", "order", at, said);
        }
        let course = Course {
            submitted: submitted.clone(),
            at,
            pay_by: None,
            accepted_us: None,
            ships_at: None,
            ended: None,
            events: 1,
            refused: BTreeSet::new(),
        };
        self.orders.insert(order, course);
    }

    fn judge_refusal_of_money(&mut self, order: OrderId, reason: Reason, submitted: &Submitted, at: Timestamp) {
        self.saw(format!("the bank refused: {reason}"));
        if !submitted.payment_provider.is_internal() {
            return;
        }
        if at < submitted.payment_due_at {
            let said = format!("order {order} was refused by the bank at {at}, due at {}", submitted.payment_due_at);
            self.finds("not before it is due", "order", at, said);
        }
        let payment = self.folds.payments.get(&submitted.payment_id);
        let alone = self.drawn_on.get(&submitted.payment_id) == Some(&1);
        // What is there can only have become less since the bank looked.
        let there = payment.map_or(0, |payment| payment.available);
        if reason == Reason::NotEnoughMoney && alone && there >= submitted.total.amount_minor {
            let said = format!("order {order} of {} was refused, and {there} are there", submitted.total);
            self.finds("no lack of money", "order", at, said);
        }
        if reason == Reason::ServiceFailed && !self.characters.contains(&Participant::Bank) {
            let said = format!("order {order}: the bank failed that never was to");
            self.finds("no failure without a cause", "order", at, said);
        }
    }

    fn judge_reason(&mut self, order: OrderId, reason: Reason, submitted: &Submitted, at: Timestamp) {
        if reason != Reason::ConfirmationTimeout {
            return;
        }
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
        if (self.only_closes || self.is_calm) && inside && is_patient {
            let said =
                format!("order {order} timed out at {at} though all that went wrong was that the mall was closed");
            self.finds("no time-out for a mall that was closed", "order", at, said);
        }
    }
}
