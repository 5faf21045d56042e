//! The real clock and the real randomness: the only file that reads either.

use crate::domain::time::Timestamp;
use crate::ports::stop::Stop;
use crate::ports::time::{Clock, Entropy, Standing};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How often the wall clock is held against the time that has passed.
const LOOK: Duration = Duration::from_secs(1);
/// The smallest step that is told. Clocks that are kept right by NTP move by less than a millisecond between two looks.
const STEP_MIN_US: i64 = 1_000_000;
/// A look that took longer says nothing: the process stood still between its two readings.
const LOOK_MAX: Duration = Duration::from_millis(100);

/// The wall clock, kept from running backwards: when it is set back, time goes on from where it was.
pub struct SystemClock {
    /// A reading, and the monotonic instant it was taken at.
    anchor: Mutex<(Instant, Timestamp)>,
    steps: Mutex<Steps>,
}

impl SystemClock {
    /// A clock that never shows a time before `floor`, the time of the journal's newest event: a saga that asked a
    /// participant at some time must never be shown an earlier one.
    #[must_use]
    pub fn starting_at(floor: Timestamp) -> Self {
        let (now, wall) = (Instant::now(), wall());
        if floor > wall {
            tracing::warn!(
                %floor,
                %wall,
                by_s = floor.micros_since(wall) / 1_000_000,
                "the journal's newest event is later than the wall clock; time goes on from the event"
            );
        }
        Self {
            anchor: Mutex::new((now, floor.max(wall))),
            steps: Mutex::new(Steps { seen: (now, wall), last_us: None }),
        }
    }

    /// Tells of every step of the wall clock, until `stop` is given.
    pub async fn watch(self: Arc<Self>, stop: Stop) {
        while !stop.is_stopped() {
            self.look();
            tokio::select! {
                biased;
                () = stop.stopped() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    fn look(&self) {
        let (now, wall) = (Instant::now(), wall());
        if now.elapsed() > LOOK_MAX {
            return;
        }
        let step = self.steps.lock().unwrap_or_else(PoisonError::into_inner).step(now, wall);
        let Some(step) = step else { return };
        let by_s = step.unsigned_abs() / 1_000_000;
        if step > 0 {
            tracing::warn!("the wall clock stepped forward by {by_s} s; what was due meanwhile is due now");
        } else {
            tracing::warn!("the wall clock stepped back by {by_s} s; time goes on from where it was");
        }
    }
}

/// The wall clock held against the time that has passed. A machine that slept has a wall clock that stepped forward.
struct Steps {
    /// The last reading, and the monotonic instant it was taken at.
    seen: (Instant, Timestamp),
    /// The newest step, microseconds.
    last_us: Option<i64>,
}

impl Steps {
    /// The step since the last reading, microseconds.
    fn step(&mut self, now: Instant, wall: Timestamp) -> Option<i64> {
        let passed = i64::try_from(now.duration_since(self.seen.0).as_micros()).unwrap_or(i64::MAX);
        let step = wall.0.saturating_sub(self.seen.1.0).saturating_sub(passed);
        self.seen = (now, wall);
        if step.abs() < STEP_MIN_US {
            return None;
        }
        self.last_us = Some(step);
        self.last_us
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

    fn standing(&self) -> Standing {
        let last_us = self.steps.lock().unwrap_or_else(PoisonError::into_inner).last_us;
        Standing { ahead_ms: self.now().micros_since(wall()) / 1_000, last_step_ms: last_us.map(|step| step / 1_000) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_what_the_wall_clock_moved_and_the_time_did_not() {
        let start = Instant::now();
        let mut steps = Steps { seen: (start, Timestamp(0)), last_us: None };
        let mut at = |passed_ms: u64, wall_ms: i64| {
            let step = steps.step(start + Duration::from_millis(passed_ms), Timestamp(wall_ms * 1_000));
            (step.map(|step| step / 1_000), steps.last_us.map(|step| step / 1_000))
        };
        assert_eq!(at(1_000, 1_000), (None, None));
        assert_eq!(at(9_000, 9_900), (None, None), "late, and kept right");
        assert_eq!(at(10_000, 3_610_900), (Some(3_600_000), Some(3_600_000)));
        assert_eq!(at(11_000, 3_611_900), (None, Some(3_600_000)), "it is told once");
        assert_eq!(at(12_000, 12_900), (Some(-3_600_000), Some(-3_600_000)));
    }

    #[test]
    fn a_clock_says_how_far_it_is_ahead_of_the_wall() {
        let right = SystemClock::starting_at(Timestamp(0));
        assert_eq!(right.standing(), Standing::default());
        let ahead = SystemClock::starting_at(wall().plus_millis(3_600_000)).standing().ahead_ms;
        assert!((3_500_000..=3_600_000).contains(&ahead), "{ahead}");
    }
}
