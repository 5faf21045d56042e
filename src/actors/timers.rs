//! The timer service: tells a saga when it is due.
//!
//! The durable timer is `orders.next_due_at`, written with the event that wants it; this is only its memory for the
//! ten minutes. A saga that is told too early, twice, or after it has moved on finds no work and does nothing,
//! so entries are never cancelled. Overdue timers of a restart fire at once, in due order.

use super::clock::MallClock;
use crate::domain::ids::OrderId;
use crate::domain::time::Timestamp;
use crate::ports::reads::{ReadError, ReadModel};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex as AsyncMutex, Notify, watch};
use tokio::time::Instant;

/// How far ahead timers are kept in memory, of the mall's time. Longer costs memory, shorter more queries.
const HORIZON: Duration = Duration::from_mins(10);
/// How long that really lasts at the least, however fast the mall's time passes.
const HORIZON_REAL: Duration = Duration::from_mins(1);
/// How often the next stretch is read, and orders overdue for longer are told again: the net under a failed saga.
const REFILL: Duration = Duration::from_secs(30);
/// The longest sleep: the clock is looked at again at least this often, so a stepped wall clock is noticed.
const NAP_MAX: Duration = Duration::from_secs(1);

/// After how long without a turn the timers count as stuck: a turn lasts a second at most.
const STUCK_AFTER: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Pending {
    heap: BinaryHeap<Reverse<(Timestamp, OrderId)>>,
    /// When each order is next told: what else the heap has of it is passed over.
    next: HashMap<OrderId, Timestamp>,
    /// Orders that are told again at a moment of real time: they, or whom they asked, could not be reached.
    again: BinaryHeap<Reverse<(Instant, OrderId)>>,
    next_again: HashMap<OrderId, Instant>,
    /// When the timers were due of orders that could not be told, and are told again later.
    untold: HashMap<OrderId, Timestamp>,
    /// Orders that were taken out to be told and do not rest yet: how often, and when the first timer was due.
    under_way: HashMap<OrderId, (u32, Timestamp)>,
    /// Orders that are told at a time of which the database does not know: answers they wait for are withheld.
    withheld: HashSet<OrderId>,
    /// When the timer was due that waits to be told, and since when it waits.
    telling: Option<(Timestamp, Instant)>,
    /// How often an order was told since the start.
    told: u64,
    /// Timers before this are in the heap; later ones only in the database.
    horizon: Timestamp,
}

impl Pending {
    /// Keeps the earlier of two times of one order.
    fn add(&mut self, due: Timestamp, order_id: OrderId) {
        let next = self.next.entry(order_id).or_insert(Timestamp(i64::MAX));
        if due < *next {
            *next = due;
            self.heap.push(Reverse((due, order_id)));
        }
    }

    /// Keeps the earlier of two moments at which an order is told again.
    fn add_again(&mut self, at: Instant, order_id: OrderId) {
        if self.next_again.get(&order_id).is_none_or(|known| at < *known) {
            self.next_again.insert(order_id, at);
            self.again.push(Reverse((at, order_id)));
        }
    }

    /// When the first timer is due; what was superseded is dropped.
    fn first(&mut self) -> Option<Timestamp> {
        while let Some(Reverse((due, order_id))) = self.heap.peek().copied() {
            if self.next.get(&order_id) == Some(&due) {
                return Some(due);
            }
            self.heap.pop();
        }
        None
    }

    /// Takes an order out to be told.
    fn take(&mut self, order_id: OrderId, due: Timestamp, taken: &mut Vec<(Timestamp, OrderId)>) {
        self.withheld.remove(&order_id);
        self.told += 1;
        self.under_way.entry(order_id).or_insert((0, due)).0 += 1;
        taken.push((due, order_id));
    }
}

/// What became of telling an order.
#[derive(Clone, Copy, Debug)]
pub enum Told {
    /// It knows, and rests.
    Done,
    /// It has heard nothing so far, and may yet.
    NotYet,
    /// It could not be told, and is told again then.
    Again(Instant),
}

/// Schedules wake-ups.
#[derive(Clone, Default)]
pub struct Timers {
    pending: Arc<Mutex<Pending>>,
    /// Held while the next stretch is read.
    reading: Arc<AsyncMutex<()>>,
    sooner: Arc<Notify>,
}

impl Timers {
    /// Has `order_id` told at `due`, and no longer when it was to be told before. The caller has committed `due` as the
    /// order's `next_due_at`, or an earlier one.
    pub fn schedule(&self, due: Timestamp, order_id: OrderId) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.withheld.remove(&order_id);
        if due >= pending.horizon {
            pending.next.remove(&order_id);
            return;
        }
        self.replace(pending, due, order_id);
    }

    /// Has `order_id` told at `due`, however far ahead, and not before: answers it waits for are withheld, of which the
    /// database knows only that they are overdue.
    pub fn withhold(&self, due: Timestamp, order_id: OrderId) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.withheld.insert(order_id);
        self.replace(pending, due, order_id);
    }

    /// In place of when the order was to be told before.
    fn replace(&self, mut pending: MutexGuard<'_, Pending>, due: Timestamp, order_id: OrderId) {
        pending.next.remove(&order_id);
        let first = pending.heap.peek().is_none_or(|Reverse((head, _))| due < *head);
        pending.add(due, order_id);
        drop(pending);
        if first {
            self.sooner.notify_one();
        }
    }

    /// Tells every order from which an answer is withheld: what withheld it has changed.
    pub fn release_withheld(&self, now: Timestamp) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        for order_id in std::mem::take(&mut pending.withheld) {
            pending.add(now, order_id);
        }
        drop(pending);
        self.sooner.notify_one();
    }

    /// How often an order was told that it is due, since the start.
    #[must_use]
    pub fn told(&self) -> u64 {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).told
    }

    /// How many orders wait for an answer that is withheld.
    #[must_use]
    pub fn withheld(&self) -> usize {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).withheld.len()
    }

    /// Nothing of this order is due any more.
    pub fn forget(&self, order_id: OrderId) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.next.remove(&order_id);
        pending.withheld.remove(&order_id);
    }

    /// Has `order_id` told at a moment of real time, whatever the mall's clock does: something technical is tried again.
    pub fn tell_again(&self, at: Instant, order_id: OrderId) {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).add_again(at, order_id);
        self.sooner.notify_one();
    }

    /// When the first timer in memory is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).first()
    }

    /// Whether every timer that is due was told and answered: none is due, being told, or told again later.
    #[must_use]
    pub fn are_at_rest(&self, now: Timestamp) -> bool {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.first().is_none_or(|due| due > now) && pending.under_way.is_empty() && pending.next_again.is_empty()
    }

    /// An order that keeps the mall from resting.
    #[must_use]
    pub fn restless(&self) -> Option<OrderId> {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.under_way.keys().chain(pending.next_again.keys()).min().copied()
    }

    /// Timers in memory.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).next.len()
    }

    /// Whether no timer is in memory.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads what is due within the horizon; the first call after a start finds everything overdue.
    ///
    /// # Errors
    /// The read model could not answer.
    pub async fn refill(&self, reads: &dyn ReadModel, clock: &MallClock) -> Result<(), ReadError> {
        let now = clock.now();
        let from = self.read_until(reads, now.plus(horizon(clock))).await?;
        if from > Timestamp(0) {
            let overdue = i64::try_from(clock.speed().of(REFILL).as_micros()).unwrap_or(i64::MAX);
            let long_ago = Timestamp(now.0.saturating_sub(overdue));
            let mut overdue = reads.due_orders(Timestamp(0), long_ago).await?;
            let withheld = self.pending.lock().unwrap_or_else(PoisonError::into_inner).withheld.clone();
            overdue.retain(|(_, order_id)| !withheld.contains(order_id));
            self.remember(overdue);
        }
        Ok(())
    }

    /// Reads what is due before `until`, as far as it is not in memory. Answers from where it had to.
    ///
    /// # Errors
    /// The read model could not answer.
    pub async fn read_until(&self, reads: &dyn ReadModel, until: Timestamp) -> Result<Timestamp, ReadError> {
        // Who comes second finds the memory whole, and not only promised.
        let _alone = self.reading.lock().await;
        let (from, until) = {
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            let from = pending.horizon;
            // Moved before the query: what is committed meanwhile is scheduled by its saga.
            pending.horizon = pending.horizon.max(until);
            (from, pending.horizon)
        };
        let due = match reads.due_orders(from, until).await {
            Ok(due) => due,
            Err(error) => {
                self.pending.lock().unwrap_or_else(PoisonError::into_inner).horizon = from;
                return Err(error);
            }
        };
        self.remember(due);
        Ok(from)
    }

    fn remember(&self, due: Vec<(Timestamp, OrderId)>) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        for (due, order_id) in due {
            pending.add(due, order_id);
        }
        drop(pending);
        self.sooner.notify_one();
    }

    /// Has `tell` tell sagas that they are due, one after the other, until `stop` turns true.
    pub async fn run(
        &self,
        reads: &dyn ReadModel,
        clock: &MallClock,
        mut stop: watch::Receiver<bool>,
        tell: impl AsyncFn(OrderId),
    ) {
        let mut next_refill = Instant::now() + REFILL;
        while !*stop.borrow() {
            let mut turned = pin!(clock.turned());
            turned.as_mut().enable();
            for (due, order_id) in self.due(clock.now()) {
                self.telling(Some(due));
                tell(order_id).await;
            }
            self.telling(None);
            if Instant::now() >= next_refill || self.is_left_behind(clock) {
                next_refill = Instant::now() + REFILL;
                if let Err(error) = self.refill(reads, clock).await {
                    tracing::error!(%error, "timers could not be read; trying again later");
                }
            }
            let nap = self.nap(clock);
            tokio::select! {
                biased;
                _ = stop.changed() => {}
                () = self.sooner.notified() => {}
                () = turned => {}
                () = tokio::time::sleep(nap) => {}
            }
        }
    }

    /// Whether the clock has stepped to where the memory ends: what is due now may only be in the database.
    fn is_left_behind(&self, clock: &MallClock) -> bool {
        let known = self.pending.lock().unwrap_or_else(PoisonError::into_inner).horizon;
        clock.now().plus(horizon(clock) / 2) > known
    }

    fn telling(&self, due: Option<Timestamp>) {
        let telling = due.map(|due| (due, Instant::now()));
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).telling = telling;
    }

    /// Notes what became of telling an order that was taken out.
    pub fn note_told(&self, order_id: OrderId, told: Told) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let due = pending.under_way.get(&order_id).map(|(_, due)| *due);
        match (told, due) {
            (Told::Done, _) => drop(pending.untold.remove(&order_id)),
            (Told::NotYet | Told::Again(_), Some(due)) => drop(pending.untold.entry(order_id).or_insert(due)),
            (Told::NotYet | Told::Again(_), None) => {}
        }
        if let Told::NotYet = told {
            return;
        }
        if let Some((times, _)) = pending.under_way.get_mut(&order_id) {
            *times -= 1;
            if *times == 0 {
                pending.under_way.remove(&order_id);
            }
        }
        if let Told::Again(at) = told {
            pending.add_again(at, order_id);
            drop(pending);
            self.sooner.notify_one();
        }
    }

    /// Whether timers are told: none has waited for its turn for long, however late it was.
    #[must_use]
    pub fn are_told(&self) -> bool {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.telling.is_none_or(|(_, since)| since.elapsed() < STUCK_AFTER)
    }

    /// How late the oldest timer really is that nobody has been told of, microseconds.
    #[must_use]
    pub fn lateness_us(&self, clock: &MallClock) -> u64 {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = pending.telling.map(|(due, _)| due).or_else(|| pending.heap.peek().map(|Reverse((due, _))| *due));
        let oldest = pending.untold.values().copied().chain(waiting).min();
        oldest.map_or(0, |due| clock.lateness_us(due))
    }

    fn due(&self, now: Timestamp) -> Vec<(Timestamp, OrderId)> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = Vec::new();
        while let Some(Reverse((at, order_id))) = pending.heap.peek().copied().filter(|Reverse((at, _))| *at <= now) {
            pending.heap.pop();
            if pending.next.get(&order_id) == Some(&at) {
                pending.next.remove(&order_id);
                pending.take(order_id, at, &mut taken);
            }
        }
        let really = Instant::now();
        while let Some(Reverse((at, order_id))) = pending.again.peek().copied().filter(|Reverse((at, _))| *at <= really)
        {
            pending.again.pop();
            if pending.next_again.get(&order_id) == Some(&at) {
                pending.next_again.remove(&order_id);
                let due = pending.untold.get(&order_id).copied().unwrap_or(now);
                pending.take(order_id, due, &mut taken);
            }
        }
        taken
    }

    fn nap(&self, clock: &MallClock) -> Duration {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let due = pending.heap.peek().and_then(|Reverse((due, _))| clock.speed().real(due.micros_since(clock.now())));
        let again = pending.again.peek().map(|Reverse((at, _))| at.saturating_duration_since(Instant::now()));
        due.into_iter().chain(again).min().unwrap_or(NAP_MAX).min(NAP_MAX)
    }
}

/// How much of the mall's time is kept in memory.
fn horizon(clock: &MallClock) -> Duration {
    HORIZON.max(clock.speed().of(HORIZON_REAL))
}
