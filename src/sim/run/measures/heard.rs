//! What committed events say of orders and money.

use super::behaviour::answer_in;
use super::{LATEST, Measures, Open};
use crate::domain::event::{OrderEvent, PaymentEvent, StreamKind};
use crate::domain::ids::OrderId;
use crate::domain::order::event::Submitted;
use crate::domain::order::{OrderStatus, Reason};
use crate::domain::participant::Participant;
use crate::domain::personality::event::PersonalitySet;
use crate::domain::time::Timestamp;
use crate::domain::upcast::decode;
use crate::ports::journal::RecordedEvent;
use crate::sim::run::counts::Counts;
use crate::sim::run::faults::is_withheld;
use crate::sim::run::remarkable::Trail;

impl Measures {
    /// Reads committed events.
    pub fn hear(&mut self, events: &[RecordedEvent]) {
        for event in events {
            match event.stream {
                StreamKind::Order => self.hear_order(event),
                StreamKind::Store => self.shelves.hear(event),
                StreamKind::Mall if event.name == "mall.personality_set" => {
                    let set: Result<PersonalitySet, _> = serde_json::from_str(&event.payload);
                    let outages = set.map(|set| (set.participant, set.personality.outages));
                    let (who, outages) = outages.unwrap_or((Participant::Bank, Vec::new()));
                    self.outages.extend(outages.into_iter().map(|outage| (who, outage)));
                }
                StreamKind::Payment if event.name == "payment.authorized" => {
                    if let Ok(PaymentEvent::Authorized(authorized)) = decode(&event.name, &event.payload) {
                        self.count(event.occurred_at, |counts| counts.authorized += authorized.amount.amount_minor);
                    }
                }
                _ => {}
            }
        }
    }

    fn hear_order(&mut self, event: &RecordedEvent) {
        let id = OrderId(event.stream_id);
        match self.open.get_mut(&id) {
            Some(order) => order.trail.add(&event.name, event.occurred_at),
            None => self.remarkable.heard(id, &event.name, event.occurred_at),
        }
        // What nothing is counted of is not decoded.
        let counts = matches!(
            &*event.name,
            "order.submitted"
                | "order.accepted"
                | "order.rejected"
                | "order.cancelled"
                | "order.expired"
                | "order.payment_confirmed"
                | "order.payment_rejected"
                | "order.store_confirmed"
                | "order.store_rejected"
                | "order.line_dropped"
                | "order.paid"
                | "order.delivered"
        );
        if !counts {
            return;
        }
        let Ok(told) = decode::<OrderEvent>(&event.name, &event.payload) else { return };
        if let OrderEvent::Submitted(submitted) = &told {
            return self.submitted(id, submitted, event);
        }
        // One that the mall had before the run is none of its own.
        let Some(order) = self.open.get_mut(&id) else { return };
        let submitted_at = order.submitted_at;
        let (total, pieces) = (order.total, order.pieces);
        if let Some((who, refused)) = answer_in(&told) {
            order.awaited.retain(|awaited| *awaited != who);
            self.behaviours.answered(who, submitted_at, event.occurred_at, refused);
        }
        match told {
            OrderEvent::Accepted(_) => {
                self.promises.verdict(id, !order.settled);
                self.settled(id, OrderStatus::Accepted, &[], event.occurred_at);
            }
            OrderEvent::Rejected(rejected) => {
                self.promises.verdict(id, !order.settled);
                if rejected.reasons.contains(&Reason::ConfirmationTimeout) {
                    order.awaited.iter().for_each(|who| self.behaviours.silent(*who));
                }
                self.settled(id, OrderStatus::Rejected, &rejected.reasons, event.occurred_at);
                let why = rejected.reasons.first().copied();
                self.end(id, event.occurred_at, |counts| counts.refuse(total, why));
            }
            OrderEvent::StoreRejected(refused) => order.refused_for = Some(refused.reason),
            OrderEvent::LineDropped(dropped) => {
                let why = order.refused_for;
                order.total -= dropped.line_total.amount_minor;
                order.pieces = pieces.saturating_sub(u64::from(dropped.quantity));
                let amount = dropped.line_total.amount_minor;
                self.count(submitted_at, |counts| counts.refuse(amount, why));
            }
            OrderEvent::Cancelled(_) => {
                self.course.at(event.occurred_at).cancelled += 1;
                self.settled(id, OrderStatus::Cancelled, &[], event.occurred_at);
                self.end(id, event.occurred_at, |counts| counts.cancelled += 1);
            }
            OrderEvent::Expired(_) => {
                self.course.at(event.occurred_at).expired += 1;
                self.end(id, event.occurred_at, |counts| counts.expired += 1);
            }
            OrderEvent::Paid(paid) => {
                // It is owed once.
                let is_owed = !std::mem::replace(&mut order.paid, true) && paid.amount.amount_minor == total;
                self.promises.paid(id, is_owed);
                self.unshipped += 1;
                self.course.at(event.occurred_at).captured += paid.amount.amount_minor;
                self.count(submitted_at, |counts| counts.captured += paid.amount.amount_minor);
            }
            OrderEvent::Delivered(_) => {
                self.unshipped = self.unshipped.saturating_sub(1);
                self.course.at(event.occurred_at).delivered += 1;
                self.end(id, event.occurred_at, |counts| {
                    counts.delivered += 1;
                    counts.served += pieces;
                });
            }
            _ => {}
        }
    }

    fn submitted(&mut self, id: OrderId, submitted: &Submitted, event: &RecordedEvent) {
        let at = event.occurred_at;
        self.looks.before(at, self.open.len() as u64);
        let bank = (Participant::Bank, submitted.payment_due_at);
        let dues =
            submitted.stores.iter().map(|asked| (Participant::Store(asked.store_id), asked.due_at)).chain([bank]);
        let (mut due, mut withheld, mut awaited) = (Timestamp(0), false, Vec::new());
        for (participant, at) in dues {
            awaited.push(participant);
            due = due.max(at);
            withheld |= is_withheld(&self.outages, participant, at);
        }
        self.course.reach(due);
        let pieces = submitted.lines.iter().map(|line| u64::from(line.quantity)).sum();
        let total = submitted.total.amount_minor;
        let mut trail = Trail::default();
        trail.add(&event.name, at);
        let (settled, refused_for) = (false, None);
        self.open.insert(
            id,
            Open { submitted_at: at, due, withheld, total, pieces, settled, refused_for, paid: false, awaited, trail },
        );
        self.promises.submitted(id);
        self.pending += 1;
        self.level(at);
        self.course.at(at).submitted += 1;
        self.count(at, |counts| {
            counts.submitted += 1;
            counts.wanted += pieces;
        });
    }

    /// An order has its verdict, if it had none before.
    fn settled(&mut self, id: OrderId, verdict: OrderStatus, reasons: &[Reason], at: Timestamp) {
        let Some(order) = self.open.get_mut(&id).filter(|order| !order.settled) else { return };
        order.settled = true;
        self.pending -= 1;
        let submitted_at = order.submitted_at;
        let took = at.micros_since(submitted_at);
        self.remarkable.settled(id, took);
        // What never came cannot be late, and whoever called off did not wait for it.
        let is_late =
            verdict != OrderStatus::Cancelled && !order.withheld && !reasons.contains(&Reason::ConfirmationTimeout);
        let late = is_late.then(|| {
            let late = at.micros_since(order.due);
            // While time stands still what is due is stamped with its instant.
            self.speed.real(late).map_or(late, |real| u64::try_from(real.as_micros()).unwrap_or(u64::MAX))
        });
        self.level(at);
        let step = self.course.at(at);
        step.latest_us = step.latest_us.max(late.unwrap_or_default());
        step.settle.count(took);
        match verdict {
            OrderStatus::Accepted => step.accepted += 1,
            OrderStatus::Rejected => step.rejected += 1,
            _ => {}
        }
        self.count(submitted_at, |counts| {
            counts.settled += 1;
            let _ = counts.settle.record(took);
            if let Some(late) = late {
                let _ = counts.lateness.record(late);
            }
            match verdict {
                OrderStatus::Accepted => counts.accepted += 1,
                OrderStatus::Rejected => counts.rejected += 1,
                _ => {}
            }
            for reason in reasons {
                *counts.reasons.entry(*reason).or_default() += 1;
            }
        });
    }

    /// An order has ended: nothing more of it is counted.
    fn end(&mut self, id: OrderId, at: Timestamp, count: impl Fn(&mut Counts)) {
        self.looks.before(at, self.open.len() as u64);
        if let Some(order) = self.open.remove(&id) {
            if self.latest.len() == LATEST {
                self.latest.pop_front();
            }
            self.latest.push_back((id, order.trail.clone()));
            self.remarkable.ended(id, order.trail);
            self.count(order.submitted_at, count);
        }
        self.level(at);
    }
}
