//! The timer service: tells a saga when it is due.
//!
//! The durable timer is `orders.next_due_at`, written with the event that wants it; this is only its memory for the
//! ten minutes. A saga that is told too early, twice, or after it has moved on finds no work and does nothing,
//! so entries are never cancelled. Overdue timers of a restart fire at once, in due order.

use crate::domain::ids::OrderId;
use crate::domain::time::Timestamp;
use crate::ports::reads::{ReadError, ReadModel};
use crate::ports::time::Clock;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// How far ahead timers are kept in memory, milliseconds. Longer costs memory, shorter more queries.
const HORIZON_MS: u64 = 600_000;
/// How often the next stretch is read, and orders overdue for longer are told again: the net under a failed saga.
const REFILL: Duration = Duration::from_secs(30);
/// The longest sleep: the wall clock is looked at again at least this often, so a stepped clock is noticed.
const NAP_MAX: Duration = Duration::from_secs(1);

/// After how long without a turn the timers count as stuck: a turn lasts a second at most.
const STUCK_AFTER: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Pending {
    heap: BinaryHeap<Reverse<(Timestamp, OrderId)>>,
    /// When each order is next told: what else the heap has of it is passed over.
    next: HashMap<OrderId, Timestamp>,
    /// When the timers were due of orders that could not be told, and are told again later.
    untold: HashMap<OrderId, Timestamp>,
    /// When the timer was due that waits to be told, and since when it waits.
    telling: Option<(Timestamp, Instant)>,
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
}

/// Schedules wake-ups.
#[derive(Clone, Default)]
pub struct Timers {
    pending: Arc<Mutex<Pending>>,
    sooner: Arc<Notify>,
}

impl Timers {
    /// Has `order_id` told at `due`. The caller has committed `due` as the order's `next_due_at`, or an earlier one.
    pub fn schedule(&self, due: Timestamp, order_id: OrderId) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if due >= pending.horizon {
            return;
        }
        let first = pending.heap.peek().is_none_or(|Reverse((head, _))| due < *head);
        pending.add(due, order_id);
        drop(pending);
        if first {
            self.sooner.notify_one();
        }
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
    pub async fn refill(&self, reads: &dyn ReadModel, now: Timestamp) -> Result<(), ReadError> {
        let (from, until) = {
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            let from = pending.horizon;
            // Moved before the query: what is committed meanwhile is scheduled by its saga.
            pending.horizon = pending.horizon.max(now.plus_millis(HORIZON_MS));
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
        if from > Timestamp(0) {
            let long_ago = Timestamp(now.0 - i64::try_from(REFILL.as_micros()).unwrap_or(i64::MAX));
            self.remember(reads.due_orders(Timestamp(0), long_ago).await?);
        }
        Ok(())
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
        clock: &dyn Clock,
        mut stop: watch::Receiver<bool>,
        tell: impl AsyncFn(OrderId, Timestamp),
    ) {
        let mut next_refill = Instant::now() + REFILL;
        while !*stop.borrow() {
            for (due, order_id) in self.due(clock.now()) {
                self.telling(Some(due));
                tell(order_id, due).await;
            }
            self.telling(None);
            if Instant::now() >= next_refill || self.is_left_behind(clock.now()) {
                next_refill = Instant::now() + REFILL;
                if let Err(error) = self.refill(reads, clock.now()).await {
                    tracing::error!(%error, "timers could not be read; trying again later");
                }
            }
            let nap = self.nap(clock.now());
            tokio::select! {
                biased;
                _ = stop.changed() => {}
                () = self.sooner.notified() => {}
                () = tokio::time::sleep(nap) => {}
            }
        }
    }

    /// Whether the clock has stepped to where the memory ends: what is due now may only be in the database.
    fn is_left_behind(&self, now: Timestamp) -> bool {
        let horizon = self.pending.lock().unwrap_or_else(PoisonError::into_inner).horizon;
        now.plus_millis(HORIZON_MS / 2) > horizon
    }

    fn telling(&self, due: Option<Timestamp>) {
        let telling = due.map(|due| (due, Instant::now()));
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).telling = telling;
    }

    /// Notes that an order could not be told of a timer that was due then, or that it was.
    pub fn note_told(&self, order_id: OrderId, due: Timestamp, is_told: bool) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if is_told {
            pending.untold.remove(&order_id);
        } else {
            pending.untold.entry(order_id).or_insert(due);
        }
    }

    /// Whether timers are told: none has waited for its turn for long, however late it was.
    #[must_use]
    pub fn are_told(&self) -> bool {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.telling.is_none_or(|(_, since)| since.elapsed() < STUCK_AFTER)
    }

    /// How late the oldest timer is that nobody has been told of, microseconds.
    #[must_use]
    pub fn lateness_us(&self, now: Timestamp) -> u64 {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = pending.telling.map(|(due, _)| due).or_else(|| pending.heap.peek().map(|Reverse((due, _))| *due));
        let oldest = pending.untold.values().copied().chain(waiting).min();
        oldest.map_or(0, |due| now.micros_since(due))
    }

    fn due(&self, now: Timestamp) -> Vec<(Timestamp, OrderId)> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = Vec::new();
        while let Some(Reverse((at, order_id))) = pending.heap.peek().copied().filter(|Reverse((at, _))| *at <= now) {
            pending.heap.pop();
            if pending.next.get(&order_id) == Some(&at) {
                pending.next.remove(&order_id);
                due.push((at, order_id));
            }
        }
        due
    }

    fn nap(&self, now: Timestamp) -> Duration {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        match pending.heap.peek() {
            Some(Reverse((due, _))) => Duration::from_micros(due.micros_since(now)).min(NAP_MAX),
            None => NAP_MAX,
        }
    }
}
