//! The time of a world: tokio's, which stands still while anything can run.

use crate::domain::time::Timestamp;
use crate::ports::time::Clock;
use tokio::time::Instant;

/// Where virtual time starts, unless it is said: 2026-01-01T00:00:00Z.
pub const EPOCH: Timestamp = Timestamp(1_767_225_600_000_000);

/// tokio's clock as the mall's: it stands still under paused time.
pub struct VirtualClock {
    start: Instant,
    from: Timestamp,
}

impl VirtualClock {
    /// A clock that starts now, when it is `from` in the world.
    pub(super) fn starting(from: Timestamp) -> Self {
        Self { start: Instant::now(), from }
    }

    /// When it started.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let elapsed = self.start.elapsed();
        Timestamp(self.from.0 + i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX))
    }

    /// Nobody sets it.
    fn is_steady(&self) -> bool {
        true
    }
}
