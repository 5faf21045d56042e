//! What the timer service remembers: who is told when, and who is being told.

use crate::domain::ids::OrderId;
use crate::domain::time::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use tokio::time::Instant;

/// The timers in memory.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) heap: BinaryHeap<Reverse<(Timestamp, OrderId)>>,
    /// When each order is next told: what else the heap has of it is passed over.
    pub(super) next: BTreeMap<OrderId, Timestamp>,
    /// Orders that are told again at a moment of real time: they, or whom they asked, could not be reached.
    pub(super) again: BinaryHeap<Reverse<(Instant, OrderId)>>,
    pub(super) next_again: BTreeMap<OrderId, Instant>,
    /// When the timers were due of orders that could not be told, and are told again later.
    pub(super) untold: BTreeMap<OrderId, Timestamp>,
    /// Orders that were taken out to be told and do not rest yet: how often, and when the first timer was due.
    pub(super) under_way: BTreeMap<OrderId, (u32, Timestamp)>,
    /// Orders that are told at a time of which the database does not know: answers they wait for are withheld.
    pub(super) withheld: BTreeSet<OrderId>,
    /// When the timer was due that waits to be told, and since when it waits.
    pub(super) telling: Option<(Timestamp, Instant)>,
    /// How often an order was told since the start.
    pub(super) told: u64,
    /// Timers before this are in the heap; later ones only in the database.
    pub(super) horizon: Timestamp,
    /// Whether it could not be found out what the database has beyond the memory: it has to be asked again.
    pub(super) is_blind: bool,
    /// The first of those later ones, as far as is known.
    pub(super) beyond: Option<Timestamp>,
    /// The first timer in the database: from some time after it on, an order may be overdue that the heap has lost.
    pub(super) first_stored: Option<Timestamp>,
}

impl Pending {
    /// Notes a timer that is in the database. Answers whether it is the first of those beyond the horizon.
    pub(super) fn note_stored(&mut self, due: Timestamp) -> bool {
        let sooner = |known: &Option<Timestamp>| known.is_none_or(|known| due < known);
        if sooner(&self.first_stored) {
            self.first_stored = Some(due);
        }
        let is_next = due >= self.horizon && sooner(&self.beyond);
        if is_next {
            self.beyond = Some(due);
        }
        is_next
    }

    /// Keeps the earlier of two times of one order.
    pub(super) fn add(&mut self, due: Timestamp, order_id: OrderId) {
        let next = self.next.entry(order_id).or_insert(Timestamp(i64::MAX));
        if due < *next {
            *next = due;
            self.heap.push(Reverse((due, order_id)));
        }
    }

    /// Keeps the earlier of two moments at which an order is told again.
    pub(super) fn add_again(&mut self, at: Instant, order_id: OrderId) {
        if self.next_again.get(&order_id).is_none_or(|known| at < *known) {
            self.next_again.insert(order_id, at);
            self.again.push(Reverse((at, order_id)));
        }
    }

    /// When the first timer is due; what was superseded is dropped.
    pub(super) fn first(&mut self) -> Option<Timestamp> {
        while let Some(Reverse((due, order_id))) = self.heap.peek().copied() {
            if self.next.get(&order_id) == Some(&due) {
                return Some(due);
            }
            self.heap.pop();
        }
        None
    }

    /// Takes an order out to be told.
    pub(super) fn take(&mut self, order_id: OrderId, due: Timestamp, taken: &mut Vec<(Timestamp, OrderId)>) {
        self.withheld.remove(&order_id);
        self.told += 1;
        self.under_way.entry(order_id).or_insert((0, due)).0 += 1;
        taken.push((due, order_id));
    }
}
