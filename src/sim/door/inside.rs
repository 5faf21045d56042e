//! The door to a mall that serves people, from within its process: its own functions, without HTTP between, in its own time.

use super::mall::{ANSWER_WITHIN, LOOK, ask};
use super::news::Verdicts;
use super::ours::Ours;
use super::shelf::Shelf;
use super::{Asked, Door, Since};
use crate::actors::mall::Mall;
use crate::domain::clock::Speed;
use crate::domain::ids::{CustomerId, OrderId};
use crate::domain::time::Timestamp;
use crate::ports::journal::RecordedEvent;
use crate::sim::shopping::call::{Answer, Call, Verdict};
use crate::sim::shopping::errand::Wanted;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// The door to a mall that serves people. Shoppers take no more than half of the room it has, and live in its time: while
/// its clock stands still nobody comes, and everybody hurries with it.
pub struct InsideDoor {
    mall: Arc<Mall>,
    shelf: Rc<Shelf>,
    verdicts: Verdicts,
    customers: RefCell<BTreeSet<CustomerId>>,
    ours: Ours,
    /// Requests under way.
    inside: Cell<usize>,
}

impl InsideDoor {
    /// The door to a mall that sells what is on the shelf.
    #[must_use]
    pub fn new(mall: Arc<Mall>, shelf: Rc<Shelf>) -> Self {
        let (verdicts, customers, ours) = (Verdicts::default(), RefCell::default(), Ours::default());
        Self { mall, shelf, verdicts, customers, ours, inside: Cell::new(0) }
    }

    /// The mall behind it.
    #[must_use]
    pub const fn mall(&self) -> &Arc<Mall> {
        &self.mall
    }

    /// Whether the mall's time stands still.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.mall.clock().speed() == Speed::PAUSED
    }

    /// Those who have registered.
    #[must_use]
    pub fn customers(&self) -> BTreeSet<CustomerId> {
        self.customers.borrow().clone()
    }

    /// Reads committed events of the whole mall; answers those of the customers who came this way.
    pub fn hear(&self, events: &[RecordedEvent]) -> Vec<RecordedEvent> {
        let knows = |customer| self.customers.borrow().contains(&customer);
        let ours = events.iter().filter(|event| self.ours.takes(&event.name, event.stream_id, &event.payload, knows));
        let ours: Vec<RecordedEvent> = ours.cloned().collect();
        self.verdicts.hear(&ours);
        ours
    }

    /// Returns once it is that late in the mall, and answers when that was to be by the machine's clock: whoever waits for a
    /// clock that is set or advanced is not late.
    async fn reached(&self, time: Timestamp) -> Instant {
        let clock = self.mall.clock();
        let mut due = None;
        loop {
            // In line before the look: a turn in between is not missed.
            let turned = clock.turned();
            let left = time.micros_since(clock.now());
            let now = Instant::now();
            if left == 0 {
                return due.unwrap_or(now);
            }
            let nap = clock.speed().real(left).map_or(LOOK, |nap| nap.max(Duration::from_millis(1)));
            due = Some(now + nap);
            tokio::select! {
                biased;
                () = turned => due = None,
                () = sleep(nap) => {}
            }
        }
    }
}

impl Door for InsideDoor {
    fn now(&self) -> Timestamp {
        self.mall.clock().now()
    }

    async fn passed(&self, since: Since, span: Duration) -> Instant {
        self.reached(since.time.plus(span)).await
    }

    async fn until(&self, time: Timestamp) {
        self.reached(time).await;
    }

    async fn ask(&self, call: &Call) -> Asked {
        let sent = Instant::now();
        if (self.inside.get() + 1) * 2 > self.mall.admission().limit() {
            return Asked { answer: Answer::Busy, sent };
        }
        let _place = Place::at(&self.inside);
        let asked = timeout(ANSWER_WITHIN, ask(&self.mall, &self.shelf, call)).await;
        let answer = asked.unwrap_or(Answer::Unknown);
        if let Answer::Customer(customer) = answer {
            self.customers.borrow_mut().insert(customer);
        }
        Asked { answer, sent }
    }

    async fn verdict(&self, order: OrderId) -> Verdict {
        self.verdicts.of(order).await
    }

    fn price(&self, lines: &[Wanted]) -> i64 {
        self.shelf.price(lines)
    }
}

/// The place of a request under way.
struct Place<'a>(&'a Cell<usize>);

impl<'a> Place<'a> {
    fn at(inside: &'a Cell<usize>) -> Self {
        inside.set(inside.get() + 1);
        Self(inside)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
