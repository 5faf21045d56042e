//! The real clock and the real randomness: the only file that reads either.

use crate::actors::ports::{Clock, Entropy};
use crate::domain::time::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

/// The wall clock, kept from running backwards.
pub struct SystemClock {
    latest: AtomicI64,
}

impl SystemClock {
    /// A clock that never shows a time before `floor`, the time of the journal's newest event: a saga that asked a
    /// participant at some time must never be shown an earlier one.
    #[must_use]
    pub const fn starting_at(floor: Timestamp) -> Self {
        Self { latest: AtomicI64::new(floor.0) }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let wall = chrono::Utc::now().timestamp_micros();
        Timestamp(self.latest.fetch_max(wall, Ordering::Relaxed).max(wall))
    }
}

/// The operating system's randomness.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).expect("the operating system always has randomness once it has booted");
        secret
    }
}
