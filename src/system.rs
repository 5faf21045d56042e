//! The real clock and the real randomness: the only file that reads either.

use crate::domain::time::Timestamp;
use crate::ports::time::{Clock, Entropy};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use uuid::Uuid;

/// The wall clock, kept from running backwards: when it is set back, time goes on from where it was.
pub struct SystemClock {
    /// A reading, and the monotonic instant it was taken at.
    anchor: Mutex<(Instant, Timestamp)>,
}

impl SystemClock {
    /// A clock that never shows a time before `floor`, the time of the journal's newest event: a saga that asked a
    /// participant at some time must never be shown an earlier one.
    #[must_use]
    pub fn starting_at(floor: Timestamp) -> Self {
        let wall = wall();
        if floor > wall {
            tracing::warn!(%floor, %wall, "the clock is behind the journal's newest event; time goes on from the event");
        }
        Self { anchor: Mutex::new((Instant::now(), floor.max(wall))) }
    }
}

fn wall() -> Timestamp {
    Timestamp(chrono::Utc::now().timestamp_micros())
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed = i64::try_from(anchor.0.elapsed().as_micros()).unwrap_or(i64::MAX);
        let steady = Timestamp(anchor.1.0.saturating_add(elapsed));
        let wall = wall();
        if wall > steady {
            *anchor = (Instant::now(), wall);
        }
        wall.max(steady)
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

    fn bits(&self) -> u64 {
        getrandom::u64().expect("the operating system always has randomness once it has booted")
    }
}
