//! What is measured of a run: shoppers by what the driver does with them, orders by what the journal says of them.
//!
//! Every part of the run that a threshold names has counts of its own. An order belongs to the parts in which it was
//! submitted, a shopper to those in which it came, a request to those in which it was sent. Of an order that has ended
//! nothing is kept but what it counted.

use super::counts::{Counts, Stretch};
use super::course::{Course, Level};
use super::faults::is_withheld;
use super::remarkable::{Remarkable, Remarked, Trail};
use super::warm_up::Looks;
use crate::domain::event::{OrderEvent, PaymentEvent, StreamKind};
use crate::domain::ids::OrderId;
use crate::domain::order::event::Submitted;
use crate::domain::order::{OrderStatus, Reason};
use crate::domain::participant::Participant;
use crate::domain::personality::Outage;
use crate::domain::personality::event::PersonalitySet;
use crate::domain::time::Timestamp;
use crate::domain::upcast::decode;
use crate::ports::journal::RecordedEvent;
use crate::sim::driver::Took;
use crate::sim::shopping::call::{Answer, Ask, Call};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::time::Duration;

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// An order that has not ended.
struct Open {
    submitted_at: Timestamp,
    due: Timestamp,
    /// Whether its verdict may be withheld by an outage: it is not late then.
    withheld: bool,
    total: i64,
    pieces: u64,
    settled: bool,
    /// Why the last store that refused did.
    refused_for: Option<Reason>,
    trail: Trail,
}

/// What is measured of a run.
pub struct Measures {
    stretches: Vec<(Stretch, Counts)>,
    /// What became known since it was asked last, where that is asked.
    window: Option<Counts>,
    course: Course,
    open: BTreeMap<OrderId, Open>,
    outages: Vec<(Participant, Outage)>,
    looks: Looks,
    remarkable: Remarkable,
    /// Orders without their verdict.
    pending: u64,
    /// Orders that were paid and not delivered.
    unshipped: u64,
    under_way: u64,
}

impl Measures {
    /// Nothing yet of a run whose shoppers may come within `span`. The first part is all of the run; the others are counted
    /// in the order given.
    #[must_use]
    pub fn new(span: (Timestamp, Timestamp), stretches: &[Stretch], outages: Vec<(Participant, Outage)>) -> Self {
        let all = std::iter::once(&Stretch::ALL).chain(stretches);
        Self {
            stretches: all.map(|stretch| (*stretch, Counts::default())).collect(),
            window: None,
            course: Course::beginning(span.0),
            open: BTreeMap::new(),
            outages,
            looks: Looks::over(span.0, span.1),
            remarkable: Remarkable::default(),
            pending: 0,
            unshipped: 0,
            under_way: 0,
        }
    }

    /// The run is over: nothing more changes.
    pub fn close(&mut self, at: Timestamp) {
        self.looks.before(at, self.open.len() as u64);
    }

    /// What was counted of all of it.
    #[must_use]
    pub fn all(&self) -> &Counts {
        &self.stretches[0].1
    }

    /// What was counted of the part of that place among those given.
    #[must_use]
    pub fn of(&self, stretch: usize) -> &Counts {
        &self.stretches[stretch + 1].1
    }

    /// What was counted of the parts from that place among those given on, together.
    #[must_use]
    pub fn from(&self, stretch: usize) -> Counts {
        self.stretches.iter().skip(stretch + 1).fold(Counts::default(), |all, (_, more)| all.and(more))
    }

    /// How many orders had not ended, one time after the other.
    #[must_use]
    pub const fn looks(&self) -> &Looks {
        &self.looks
    }

    /// The orders that are worth a look.
    #[must_use]
    pub fn remarkable(&self) -> Vec<Remarked> {
        self.remarkable.told(self.open.iter().map(|(id, order)| (*id, &order.trail)))
    }

    /// What happened one after the other.
    #[must_use]
    pub const fn course(&self) -> &Course {
        &self.course
    }

    /// Orders of the run that have not ended.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// Orders of the run without their verdict.
    #[must_use]
    pub const fn pending(&self) -> u64 {
        self.pending
    }

    /// Orders that were paid and not delivered.
    #[must_use]
    pub const fn unshipped(&self) -> u64 {
        self.unshipped
    }

    /// When the last verdict is due that is not there.
    #[must_use]
    pub fn awaited(&self) -> Option<Timestamp> {
        self.open.values().filter(|order| !order.settled).map(|order| order.due).max()
    }

    /// Shoppers under way.
    #[must_use]
    pub const fn under_way(&self) -> u64 {
        self.under_way
    }

    /// What became known since this was asked last.
    pub fn take_window(&mut self) -> Counts {
        self.window.replace(Counts::default()).unwrap_or_default()
    }

    fn count(&mut self, at: Timestamp, count: impl Fn(&mut Counts)) {
        self.window.iter_mut().for_each(&count);
        self.stretches.iter_mut().filter(|(stretch, _)| stretch.holds(at)).for_each(|(_, counts)| count(counts));
    }

    /// A shopper has come.
    pub fn came(&mut self, at: Timestamp) {
        self.looks.before(at, self.open.len() as u64);
        self.under_way += 1;
        self.course.at(at).offered += 1;
        self.level(at);
        let (under_way, pending) = (self.under_way, self.pending);
        self.count(at, |counts| {
            counts.offered += 1;
            counts.started += 1;
            // Histograms grow as they need to.
            let _ = (counts.in_flight.record(under_way), counts.pending.record(pending));
        });
    }

    fn level(&mut self, at: Timestamp) {
        let level = Level { under_way: self.under_way, pending: self.pending, open: self.open.len() as u64 };
        self.course.level(at, level);
    }

    /// A shopper was not let in.
    pub fn dropped(&mut self, at: Timestamp) {
        let step = self.course.at(at);
        step.offered += 1;
        step.dropped += 1;
        self.count(at, |counts| {
            counts.offered += 1;
            counts.dropped += 1;
        });
    }

    /// A shopper has gone.
    pub fn gone(&mut self, at: Timestamp) {
        self.under_way = self.under_way.saturating_sub(1);
        self.level(at);
    }

    /// A request was answered, well or not.
    pub fn answered(&mut self, at: Timestamp, answer: &Answer) {
        let well = !matches!(answer, Answer::Refused { .. } | Answer::Busy | Answer::Unknown);
        self.count(at, |counts| {
            counts.requests += 1;
            counts.errors += u64::from(!well);
        });
    }

    /// How long the answer to a request took over the network.
    pub fn timed(&mut self, at: Timestamp, call: &Call, answer: &Answer, took: Took) {
        let (intended, sent) = (micros(took.since_intended), micros(took.since_sent));
        // Asked again, it is not over.
        let is_over = answer.is_final();
        if call.ask.orders() {
            let step = self.course.at(at);
            step.service_us = step.service_us.max(sent);
            if is_over {
                step.submit_us = step.submit_us.max(intended);
                step.submit.count(intended);
            }
        }
        self.count(at, |counts| {
            // Histograms grow as they need to.
            let record = |spread: &mut Histogram<u64>, micros| _ = spread.record(micros);
            if is_over {
                record(&mut counts.request, intended);
            }
            match call.ask {
                Ask::Submit { .. } | Ask::Checkout { .. } => {
                    record(&mut counts.service, sent);
                    if is_over {
                        record(&mut counts.submit, intended);
                    }
                    if is_over && matches!(call.ask, Ask::Checkout { .. }) {
                        record(&mut counts.checkout, intended);
                    }
                }
                Ask::Pay(_) if is_over => record(&mut counts.pay, intended),
                _ => {}
            }
        });
    }

    /// A step of a shopper began so much later than it was to.
    pub fn began(&mut self, at: Timestamp, late: Duration) {
        self.count(at, |counts| _ = counts.lag.record(micros(late)));
    }

    /// An event was heard of so long after its time.
    pub fn heard_after(&mut self, at: Timestamp, after: Duration) {
        self.count(at, |counts| _ = counts.commit_to_event.record(micros(after)));
    }

    /// Reads committed events.
    pub fn hear(&mut self, events: &[RecordedEvent]) {
        for event in events {
            match event.stream {
                StreamKind::Order => self.hear_order(event),
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
        match told {
            OrderEvent::Accepted(_) => self.settled(id, OrderStatus::Accepted, &[], event.occurred_at),
            OrderEvent::Rejected(rejected) => {
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
        let (mut due, mut withheld) = (Timestamp(0), false);
        for (participant, at) in dues {
            due = due.max(at);
            withheld |= is_withheld(&self.outages, participant, at);
        }
        let pieces = submitted.lines.iter().map(|line| u64::from(line.quantity)).sum();
        let total = submitted.total.amount_minor;
        let mut trail = Trail::default();
        trail.add(&event.name, at);
        self.open.insert(
            id,
            Open { submitted_at: at, due, withheld, total, pieces, settled: false, refused_for: None, trail },
        );
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
        let late = is_late.then(|| at.micros_since(order.due));
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
            self.remarkable.ended(id, order.trail);
            self.count(order.submitted_at, count);
        }
        self.level(at);
    }
}
