//! What is measured of a run: shoppers by what the driver does with them, orders by what the journal says of them.
//!
//! Every part of the run that a threshold names has counts of its own. An order belongs to the parts in which it was
//! submitted, a shopper to those in which it came, a request to those in which it was sent. Of an order that has ended
//! nothing is kept but what it counted.

pub mod behaviour;
mod heard;
pub mod promises;
pub mod shelves;

use super::counts::{Counts, Stretch};
use super::course::{Course, Level};
use super::remarkable::{Remarkable, Remarked, Trail, remarked};
use super::warm_up::Looks;
use crate::domain::clock::Speed;
use crate::domain::ids::OrderId;
use crate::domain::order::Reason;
use crate::domain::participant::Participant;
use crate::domain::personality::Outage;
use crate::domain::time::Timestamp;
use crate::sim::driver::Took;
use crate::sim::shopping::call::{Answer, Ask, Call};
use behaviour::{Behaved, Behaviours};
use hdrhistogram::Histogram;
use promises::{Promise, Promises};
use shelves::{Scarce, Shelves};
use std::collections::{BTreeMap, VecDeque};
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
    paid: bool,
    /// Who has not said anything yet.
    awaited: Vec<Participant>,
    trail: Trail,
}

/// How many of the orders that ended last are kept.
const LATEST: usize = 12;

/// Who asks what became known lately.
#[derive(Clone, Copy, Debug)]
pub enum Window {
    /// Whoever ends a run before its time.
    Aborts,
    /// Whoever shows it.
    Points,
}

/// What is measured of a run.
pub struct Measures {
    stretches: Vec<(Stretch, Counts)>,
    /// What became known since each of those who ask asked last.
    windows: [Option<Counts>; 2],
    course: Course,
    open: BTreeMap<OrderId, Open>,
    outages: Vec<(Participant, Outage)>,
    looks: Looks,
    remarkable: Remarkable,
    behaviours: Behaviours,
    shelves: Shelves,
    promises: Promises,
    /// The orders that ended last, oldest first.
    latest: VecDeque<(OrderId, Trail)>,
    /// Orders without their verdict.
    pending: u64,
    /// Orders that were paid and not delivered.
    unshipped: u64,
    under_way: u64,
    /// How fast the mall's time passes.
    speed: Speed,
}

impl Measures {
    /// Nothing yet of a run whose shoppers may come within `span`. The first part is all of the run; the others are counted
    /// in the order given.
    #[must_use]
    pub fn new(span: (Timestamp, Timestamp), stretches: &[Stretch], outages: Vec<(Participant, Outage)>) -> Self {
        let all = std::iter::once(&Stretch::ALL).chain(stretches);
        Self {
            stretches: all.map(|stretch| (*stretch, Counts::default())).collect(),
            windows: [None, None],
            course: Course::of(span.0, span.1),
            open: BTreeMap::new(),
            outages,
            looks: Looks::over(span.0, span.1),
            remarkable: Remarkable::default(),
            behaviours: Behaviours::default(),
            shelves: Shelves::default(),
            promises: Promises::default(),
            latest: VecDeque::new(),
            pending: 0,
            unshipped: 0,
            under_way: 0,
            speed: Speed::PLAIN,
        }
    }

    /// The mall's time passes so fast from now on. What is late is late by the clock on the wall: at a hundred times the speed
    /// a commit of ten milliseconds is a second of the mall's time.
    pub fn passes(&mut self, speed: Speed) {
        self.speed = speed;
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

    /// Counts what is left on shelves from now on.
    pub fn know(&mut self, shelves: Shelves) {
        self.shelves = shelves;
    }

    /// What the bank and the stores did, the bank first and the busiest stores next.
    #[must_use]
    pub fn behaved(&self, most: usize) -> Vec<Behaved> {
        self.behaviours.told(most, |who| self.name(who))
    }

    /// What a store is called, where that is known.
    #[must_use]
    pub fn name(&self, who: Participant) -> Option<String> {
        match who {
            Participant::Store(store) => self.shelves.name(store).map(str::to_owned),
            Participant::Bank => None,
        }
    }

    /// The products of which least is left; none where the shelves are not known.
    #[must_use]
    pub fn scarcest(&self, most: usize) -> Vec<Scarce> {
        self.shelves.scarcest(most)
    }

    /// The orders that ended last, newest first, each with how it did.
    #[must_use]
    pub fn latest(&self) -> Vec<Remarked> {
        let ended = |(order, trail): &(OrderId, Trail)| remarked(*order, trail.last().to_owned(), trail);
        self.latest.iter().rev().map(ended).collect()
    }

    /// How the promises of the mall are kept, at a look. `keys` are the answers under keys, and those of them
    /// that contradict one before.
    pub fn promises(&mut self, keys: (u64, u64)) -> Vec<Promise> {
        self.promises.look(keys, self.shelves.promised())
    }

    /// Somebody was told for the first time that an order is there.
    pub fn acknowledged(&mut self, order: OrderId) {
        self.promises.acknowledged(order);
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

    /// What became known since whoever asks asked last; none the first time.
    pub fn take_window(&mut self, whose: Window) -> Option<Counts> {
        self.windows[whose as usize].replace(Counts::default())
    }

    fn count(&mut self, at: Timestamp, count: impl Fn(&mut Counts)) {
        self.windows.iter_mut().flatten().for_each(&count);
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
}
