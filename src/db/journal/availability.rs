//! Whether the journal can write, and the end of a process whose database does not let it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long one piece of work may take before the journal counts as unable to write: what is not sound is said within
/// three seconds.
const STUCK_AFTER: Duration = Duration::from_secs(2);
/// How long a journal that is to end goes on trying to write.
const CLOSING_PATIENCE: Duration = Duration::from_secs(3);
/// How often whoever shuts the journal looks whether a commit is through.
const GATE_LOOKS: Duration = Duration::from_millis(2);
/// How often the log says that the database lets nobody write.
pub(super) const COMPLAINT: Duration = Duration::from_secs(5);

/// Whether the journal can write, and whether it is asked to end; shared between the writer and those who ask.
#[derive(Clone, Debug, Default)]
pub struct Availability(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// The last try failed.
    failed: AtomicBool,
    /// Since when the writer has been at the work in hand.
    trying: Mutex<Option<Instant>>,
    closing: OnceLock<Instant>,
    /// Held while a group is committed; whether nothing more may be.
    gate: Mutex<bool>,
}

/// What is held while a group is committed.
pub(super) struct Committing<'a>(#[allow(dead_code, reason = "it is held")] MutexGuard<'a, bool>);

impl Availability {
    /// Whether the journal can write, as far as it knows: its last try committed, and none has been under way for long.
    #[must_use]
    pub fn is_available(&self) -> bool {
        let trying = *self.0.trying.lock().unwrap_or_else(PoisonError::into_inner);
        !self.0.failed.load(Ordering::Acquire) && trying.is_none_or(|since| since.elapsed() < STUCK_AFTER)
    }

    /// Lets a group be committed, unless nothing may be any more.
    pub(super) fn enter(&self) -> Option<Committing<'_>> {
        let gate = self.0.gate.lock().unwrap_or_else(PoisonError::into_inner);
        (!*gate).then_some(Committing(gate))
    }

    /// Has nothing more committed. A commit that is under way is waited for, but not for longer than that.
    pub fn shut(&self, patience: Duration) {
        self.set(false);
        let began = Instant::now();
        while began.elapsed() < patience {
            if let Ok(mut gate) = self.0.gate.try_lock() {
                *gate = true;
                return;
            }
            std::thread::park_timeout(GATE_LOOKS);
        }
    }

    /// Whether the journal is to end.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.0.closing.get().is_some()
    }

    /// Ends the process when the journal was to end some seconds ago; for whoever waits for the database.
    pub(super) fn end_when_overdue(&self) {
        if self.0.closing.get().is_some_and(|since| since.elapsed() >= CLOSING_PATIENCE) {
            end_unanswered();
        }
    }

    /// The journal is to end.
    pub fn close(&self) {
        self.0.closing.get_or_init(Instant::now);
    }

    /// A try committed, or failed.
    pub(super) fn set(&self, available: bool) {
        self.0.failed.store(!available, Ordering::Release);
    }

    /// The writer is at work from now on, or rests.
    pub fn work(&self, at_work: bool) {
        *self.0.trying.lock().unwrap_or_else(PoisonError::into_inner) = at_work.then(Instant::now);
    }
}

/// What the process ends with when its database server did not let it end in order.
const UNANSWERED: i32 = 4;

/// Ends the process without its database. Nothing is lost by it: what was not answered was not promised.
pub(super) fn end_unanswered() -> ! {
    tracing::error!(
        "the mall is to end and its database does not let it: what was not answered may or may not be written"
    );
    std::process::exit(UNANSWERED)
}
