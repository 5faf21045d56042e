//! The time of a world: tokio's, which stands still while anything can run, and a wall clock that may be set.

use crate::domain::time::Timestamp;
use crate::ports::time::Clock;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// Where virtual time starts, unless it is said: 2026-01-01T00:00:00Z.
pub const EPOCH: Timestamp = Timestamp(1_767_225_600_000_000);

/// The clock of the machine that a mall is on, through all its lives: it stands still under paused time. Within a life it
/// never runs backwards, as that of the server does not.
pub struct VirtualClock {
    start: Instant,
    from: Timestamp,
    /// Whether somebody may set the wall clock, so that whoever waits has to look at it now and then.
    may_be_set: bool,
    state: Mutex<State>,
}

struct State {
    /// A reading of this life, and when it was taken.
    anchor: (Instant, Timestamp),
    /// By how much the wall clock was set since the start, microseconds.
    set_us: i64,
}

impl VirtualClock {
    /// A clock that starts now, when it is `from` in the world.
    pub(super) fn starting(from: Timestamp, may_be_set: bool) -> Self {
        let start = Instant::now();
        Self { start, from, may_be_set, state: Mutex::new(State { anchor: (start, from), set_us: 0 }) }
    }

    /// When it started.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// The time that has passed since, whatever the wall clock shows, microseconds.
    #[must_use]
    pub fn elapsed_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// What the wall clock shows.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        self.wall_of(&self.state())
    }

    fn wall_of(&self, state: &State) -> Timestamp {
        Timestamp(self.from.0.saturating_add_unsigned(self.elapsed_us()).saturating_add(state.set_us))
    }

    /// Sets the wall clock forward, or back where `by_us` is negative.
    pub fn set(&self, by_us: i64) {
        let mut state = self.state();
        state.set_us = state.set_us.saturating_add(by_us);
    }

    /// A new life begins, whose journal ends at `floor`: what the one before knew of the time is forgotten.
    pub(super) fn begin(&self, floor: Timestamp) {
        let mut state = self.state();
        state.anchor = (Instant::now(), self.wall_of(&state).max(floor));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        if !self.may_be_set {
            return Timestamp(self.from.0.saturating_add_unsigned(self.elapsed_us()));
        }
        let mut state = self.state();
        let elapsed = u64::try_from(state.anchor.0.elapsed().as_micros()).unwrap_or(u64::MAX);
        let steady = Timestamp(state.anchor.1.0.saturating_add_unsigned(elapsed));
        let wall = self.wall_of(&state);
        if wall > steady {
            state.anchor = (Instant::now(), wall);
        }
        wall.max(steady)
    }

    fn is_steady(&self) -> bool {
        !self.may_be_set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_life_never_sees_its_wall_clock_set_back_and_the_next_one_begins_at_its_newest_event() {
        let clock = VirtualClock::starting(Timestamp(0), true);
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(clock.now(), Timestamp(10_000_000));
        clock.set(-8_000_000);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!((clock.now(), clock.wall()), (Timestamp(11_000_000), Timestamp(3_000_000)));
        clock.begin(Timestamp(6_000_000));
        assert_eq!(clock.now(), Timestamp(6_000_000));
        tokio::time::advance(Duration::from_secs(1)).await;
        clock.set(60_000_000);
        assert_eq!((clock.now(), clock.elapsed_us()), (Timestamp(64_000_000), 12_000_000));
        clock.set(-60_000_000);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(clock.now(), Timestamp(65_000_000));
    }
}
