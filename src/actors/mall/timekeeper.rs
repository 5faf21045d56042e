//! What is known of the setting of the mall's clock: its speed, and an advance under way.

use crate::domain::clock::Speed;
use crate::domain::ids::OrderId;
use crate::domain::time::Timestamp;
use crate::ports::mall::KnownMall;
use crate::ports::stop::Stop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex as AsyncMutex;
use uuid::Uuid;

/// Until when the clock is advanced.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    /// A time.
    Time(Timestamp),
    /// A span from now.
    By(Duration),
    /// So many instants at which something is due.
    Next(u32),
}

/// What keeps an instant from coming to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stalled {
    /// The order that is due and not settled.
    pub order_id: OrderId,
    /// The store or authorization that does not answer, if that is known.
    pub participant: Option<Uuid>,
}

/// An advance under way.
#[derive(Clone, Debug)]
pub(super) struct Advance {
    pub(super) target: Option<Timestamp>,
    pub(super) stalled: Option<Stalled>,
    /// Given when it is to stop.
    pub(super) stop: Stop,
    /// Given when it has ended.
    pub(super) ended: Stop,
}

/// What the clock does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockStatus {
    /// It runs.
    Running,
    /// It stands still.
    Paused,
    /// It goes from instant to instant.
    Advancing,
    /// It waits at one for the mall to come to rest.
    Stalled,
}

/// The clock as people see it.
#[derive(Clone, Debug)]
pub struct ClockView {
    /// The mall's time.
    pub now: Timestamp,
    /// The wall clock's.
    pub wall: Timestamp,
    /// Its speed; while it is advanced, the one it has afterwards.
    pub speed: Speed,
    /// What it does.
    pub status: ClockStatus,
    /// Where an advance ends.
    pub target: Option<Timestamp>,
    /// What an advance waits for.
    pub stalled: Option<Stalled>,
    /// The version of the mall's stream that set it last; 0 when none did.
    pub version: u64,
}

/// Sets the mall's clock, and keeps the mall's own stream.
pub struct Timekeeper {
    pub(super) log_id: Uuid,
    /// Events in the mall's stream.
    version: AtomicU64,
    /// The one of them that set the clock last.
    clock_version: AtomicU64,
    /// Whether a restart could not go on where the clock was last set: that is to be written down.
    pub(super) moved: bool,
    /// One event of the mall's stream at a time.
    pub(super) setting: AsyncMutex<()>,
    advance: Mutex<Option<Advance>>,
    /// The speed the clock has when no advance holds it.
    speed: Mutex<Speed>,
}

impl Timekeeper {
    /// The keeper of a clock that starts from what is known, at `now`.
    #[must_use]
    pub fn new(known: &KnownMall, wall: Timestamp, now: Timestamp) -> Self {
        Self {
            log_id: known.log_id,
            version: AtomicU64::new(known.version),
            clock_version: AtomicU64::new(known.course_version),
            moved: known.course.is_some_and(|course| course.at(wall).0.abs_diff(now.0) > 1_000_000),
            setting: AsyncMutex::default(),
            advance: Mutex::default(),
            speed: Mutex::new(known.course.map_or(Speed::PLAIN, |course| course.speed)),
        }
    }

    pub(super) fn advance(&self) -> Option<Advance> {
        self.advance.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_advance(&self, advance: Option<Advance>) {
        *self.advance.lock().unwrap_or_else(PoisonError::into_inner) = advance;
    }

    pub(super) fn note_stalled(&self, stalled: Option<Stalled>) {
        if let Some(advance) = self.advance.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            advance.stalled = stalled;
        }
    }

    pub(super) fn speed(&self) -> Speed {
        *self.speed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_speed(&self, speed: Speed) {
        *self.speed.lock().unwrap_or_else(PoisonError::into_inner) = speed;
    }

    pub(super) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    pub(super) fn note_written(&self, version: u64) {
        self.version.store(version, Ordering::Release);
    }

    pub(super) fn clock_version(&self) -> u64 {
        self.clock_version.load(Ordering::Acquire)
    }

    pub(super) fn note_set(&self, version: u64) {
        self.clock_version.store(version, Ordering::Release);
    }
}
