//! The timer service: tells a saga when it is due.
//!
//! The durable timer is `orders.next_due_at`, written with the event that wants it; this is only its memory for the next
//! ten minutes, and of answers that are withheld: the database has those as overdue, which a restart finds and looks at
//! again. A saga that is told too early, twice, or after it has moved on finds no work and does nothing. Overdue timers
//! of a restart fire at once, in due order.

mod pending;

use super::clock::MallClock;
use crate::domain::ids::OrderId;
use crate::domain::time::Timestamp;
use crate::ports::reads::{ReadError, ReadModel};
use crate::ports::stop::Stop;
use pending::Pending;
use std::cmp::Reverse;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex as AsyncMutex, Notify};
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
        let next_beyond = pending.note_stored(due);
        if due >= pending.horizon {
            pending.next.remove(&order_id);
            drop(pending);
            if next_beyond {
                self.sooner.notify_one();
            }
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
            {
                let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
                overdue.retain(|(_, order_id)| !pending.withheld.contains(order_id));
            }
            self.remember(overdue);
        }
        if clock.is_steady() { self.look_ahead(reads).await } else { Ok(()) }
    }

    /// Finds out what the database has beyond the memory, so that nobody has to look before.
    async fn look_ahead(&self, reads: &dyn ReadModel) -> Result<(), ReadError> {
        let (before, horizon) = {
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            // Forgotten before the queries: what is committed meanwhile is noted by its saga.
            ([pending.first_stored.take(), pending.beyond.take()], pending.horizon)
        };
        let found = async {
            let first = reads.next_due(Timestamp(0)).await?;
            Ok([first, reads.next_due(Timestamp(horizon.0.saturating_sub(1))).await?])
        };
        let found = found.await;
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.is_blind = found.is_err();
        for due in found.as_ref().unwrap_or(&before).iter().flatten() {
            pending.note_stored(*due);
        }
        found.map(drop)
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

    /// Has `tell` tell sagas that they are due, one after the other, until `stop` is given.
    pub async fn run(&self, reads: &dyn ReadModel, clock: &MallClock, stop: &Stop, tell: impl AsyncFn(OrderId)) {
        let mut next_refill = Instant::now() + REFILL;
        let mut again = Instant::now();
        while !stop.is_stopped() {
            let mut turned = pin!(clock.turned());
            turned.as_mut().enable();
            for (due, order_id) in self.due(clock.now()) {
                self.telling(Some(due));
                tell(order_id).await;
            }
            self.telling(None);
            let regular = Instant::now() >= next_refill && self.may_have_lost_one(clock);
            if Instant::now() >= again && (regular || self.is_left_behind(clock)) {
                next_refill = Instant::now() + REFILL;
                if let Err(error) = self.refill(reads, clock).await {
                    tracing::error!(%error, "timers could not be read; trying again later");
                    again = Instant::now() + NAP_MAX;
                }
            }
            let nap = self.nap(clock, next_refill, again);
            tokio::select! {
                biased;
                () = stop.stopped() => {}
                () = self.sooner.notified() => {}
                () = turned => {}
                () = tokio::time::sleep(nap.unwrap_or_default()), if nap.is_some() => {}
            }
        }
    }

    /// Whether the clock has stepped to where the memory ends: what is due now may only be in the database.
    fn is_left_behind(&self, clock: &MallClock) -> bool {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = clock.is_steady() && pending.horizon > Timestamp(0) && !pending.is_blind;
        let known = if is_known { pending.beyond } else { Some(pending.horizon) };
        pending.is_blind || known.is_some_and(|known| clock.now().plus(horizon(clock) / 2) >= known)
    }

    /// Whether an order may be overdue for so long that the memory must have lost it.
    fn may_have_lost_one(&self, clock: &MallClock) -> bool {
        let first = self.pending.lock().unwrap_or_else(PoisonError::into_inner).first_stored;
        !clock.is_steady() || first.is_some_and(|first| first.plus(clock.speed().of(REFILL)) <= clock.now())
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

    /// How long nothing is to be done; `None` when nothing ever is, unless somebody says so. What is overdue and lost is
    /// looked for from `next_refill` on, and the database is not read before `again`.
    fn nap(&self, clock: &MallClock, next_refill: Instant, again: Instant) -> Option<Duration> {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, really, speed) = (clock.now(), Instant::now(), clock.speed());
        let due = pending.heap.peek().and_then(|Reverse((due, _))| speed.real(due.micros_since(now)));
        let told_again = pending.again.peek().map(|Reverse((at, _))| at.saturating_duration_since(really));
        let first = due.into_iter().chain(told_again).min();
        if !clock.is_steady() {
            return Some(first.unwrap_or(NAP_MAX).min(NAP_MAX));
        }
        // What is over already is over as well while time stands still.
        let until =
            |time: Timestamp, now| if time <= now { Some(Duration::ZERO) } else { speed.real(time.micros_since(now)) };
        let beyond = pending.beyond.and_then(|due| until(due, now.plus(horizon(clock) / 2)));
        let unread = (pending.horizon == Timestamp(0) || pending.is_blind).then_some(Duration::ZERO);
        let lost = pending.first_stored.and_then(|first| until(first.plus(speed.of(REFILL)), now));
        let lost = lost.map(|lost| lost.max(next_refill.saturating_duration_since(really)));
        let read = beyond.into_iter().chain(unread).chain(lost).min();
        let read = read.map(|read| read.max(again.saturating_duration_since(really)));
        first.into_iter().chain(read).min()
    }
}

/// How much of the mall's time is kept in memory.
fn horizon(clock: &MallClock) -> Duration {
    HORIZON.max(clock.speed().of(HORIZON_REAL))
}
