//! An actor's pulse: whether it is needed, when it was last used, and whether its memory still holds.

use super::error::MallError;
use crate::ports::journal::{Memory, Reliance};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

#[derive(Default)]
struct Vitals {
    busy: AtomicU32,
    /// Appends handed to the journal and not answered yet.
    uncommitted: AtomicU32,
    last_used: Mutex<Option<Instant>>,
    /// It never had its state: the database was busy or away. Nothing was decided.
    not_loaded: AtomicBool,
    memory: Memory,
}

/// An actor's side of its entry: marks itself busy or failed.
#[derive(Clone, Default)]
pub struct Presence(Arc<Vitals>);

impl Presence {
    /// Keeps the actor awake until the mark is dropped.
    #[must_use]
    pub fn busy(&self) -> Busy {
        self.0.busy.fetch_add(1, Ordering::AcqRel);
        Busy(self.0.clone())
    }

    /// Says that the actor's memory no longer matches the journal: nothing it decided is written any more, and the next
    /// message wakes a new one.
    pub fn fail(&self) {
        self.0.memory.void();
    }

    /// Notes that the actor's state could not be loaded.
    pub fn not_loaded(&self) {
        self.0.not_loaded.store(true, Ordering::Release);
    }

    /// Marks an append as handed over, until the mark is dropped: it is on disk, or refused.
    #[must_use]
    pub fn writing(&self) -> Writing {
        self.0.uncommitted.fetch_add(1, Ordering::AcqRel);
        Writing(self.0.clone())
    }

    /// Whether everything the actor decided is on disk.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.0.uncommitted.load(Ordering::Acquire) == 0
    }

    /// Notes that somebody needed the actor.
    pub fn used(&self, now: Instant) {
        *self.0.last_used.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Whether nobody has needed the actor for `idle`, nothing it decided is uncommitted, and nobody waits for it.
    #[must_use]
    pub fn is_idle(&self, now: Instant, idle: Duration) -> bool {
        let last_used = *self.0.last_used.lock().unwrap_or_else(PoisonError::into_inner);
        let unused = last_used.is_none_or(|last_used| now.duration_since(last_used) >= idle);
        unused && self.0.busy.load(Ordering::Acquire) == 0
    }

    /// For an append that is decided on the actor's memory.
    #[must_use]
    pub fn relied_on(&self) -> Reliance {
        self.0.memory.relied_on()
    }

    /// Its memory, if appends are under way that were decided on it; also once it has died.
    #[must_use]
    pub fn being_written(&self) -> Option<Memory> {
        self.0.memory.is_being_written().then(|| self.0.memory.clone())
    }

    /// Refuses to go on with an actor that failed or has no state.
    ///
    /// # Errors
    /// [`MallError::ActorFailed`]; [`MallError::Busy`] when its state could not be loaded.
    pub fn check(&self) -> Result<(), MallError> {
        if self.0.memory.is_void() {
            return Err(MallError::ActorFailed);
        }
        if self.0.not_loaded.load(Ordering::Acquire) { Err(MallError::Busy) } else { Ok(()) }
    }
}

/// Keeps an actor awake.
pub struct Busy(Arc<Vitals>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::AcqRel);
    }
}

/// An append of an actor that is not answered yet.
pub struct Writing(Arc<Vitals>);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.uncommitted.fetch_sub(1, Ordering::AcqRel);
    }
}
