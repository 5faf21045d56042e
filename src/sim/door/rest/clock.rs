//! A running mall's time, as far as it was told: read once, and again whenever somebody sets it.

use crate::domain::clock::Speed;
use crate::domain::time::Timestamp;
use std::cell::Cell;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

/// The longest nap of somebody who waits for a time.
const LOOK: Duration = Duration::from_mins(1);

/// A running mall's time.
pub struct MallClock {
    read: Cell<Reading>,
    was_set: Cell<bool>,
    turned: Notify,
}

/// What a clock showed, and when.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// The mall's time.
    pub mall: Timestamp,
    /// When that was.
    pub at: Instant,
    /// How fast it passed.
    pub speed: Speed,
}

impl MallClock {
    /// The clock that was read so.
    #[must_use]
    pub fn new(read: Reading) -> Self {
        Self { read: Cell::new(read), was_set: Cell::new(false), turned: Notify::new() }
    }

    /// The mall's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let Reading { mall, at, speed } = self.read.get();
        let passed = i64::try_from(speed.of(at.elapsed()).as_micros()).unwrap_or(i64::MAX);
        Timestamp(mall.0.saturating_add(passed))
    }

    /// How fast it passes.
    #[must_use]
    pub const fn speed(&self) -> Speed {
        self.read.get().speed
    }

    /// Whether somebody has set it since.
    #[must_use]
    pub const fn was_set(&self) -> bool {
        self.was_set.get()
    }

    /// Somebody has set it, and it was read again.
    pub fn set(&self, read: Reading) {
        self.was_set.set(true);
        self.turn(read);
    }

    fn turn(&self, read: Reading) {
        self.read.set(read);
        self.turned.notify_waiters();
    }

    /// Something happened at a time: it is not earlier.
    pub fn at_least(&self, time: Timestamp) {
        if time > self.now() {
            let Reading { speed, .. } = self.read.get();
            self.turn(Reading { mall: time, at: Instant::now(), speed });
        }
    }

    /// Returns once it is that late.
    pub async fn until(&self, time: Timestamp) {
        loop {
            // In line before the look: a turn in between is not missed.
            let turned = self.turned.notified();
            let left = time.micros_since(self.now());
            if left == 0 {
                return;
            }
            let nap = self.speed().real(left).map_or(LOOK, |nap| nap.min(LOOK));
            tokio::select! {
                biased;
                () = turned => {}
                () = sleep(nap) => {}
            }
        }
    }
}
