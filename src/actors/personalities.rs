//! How the participants behave, for the sagas that ask them.

use crate::domain::event::MallEvent;
use crate::domain::participant::Participant;
use crate::domain::personality::{Personalities, Personality};
use crate::domain::time::Timestamp;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The personalities as the journal has them.
pub struct Registry {
    known: RwLock<Personalities>,
    /// Spares every order the lock in a mall without any.
    any: AtomicBool,
}

impl Registry {
    /// A registry that begins with what the journal says.
    #[must_use]
    pub fn new(known: Personalities) -> Self {
        Self { any: AtomicBool::new(!known.is_empty()), known: RwLock::new(known) }
    }

    /// How a participant behaves; `None` as Plaza itself.
    #[must_use]
    pub fn of(&self, participant: Participant) -> Option<Arc<Personality>> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        self.read(|known| known.of(participant).map(|known| known.personality.clone()))
    }

    /// Looks at all of them.
    pub fn read<T>(&self, look: impl FnOnce(&Personalities) -> T) -> T {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes on what was committed.
    pub fn evolve(&self, event: &MallEvent, version: u64, at: Timestamp) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        match event {
            MallEvent::PersonalitySet(set) => known.set(set, version, at),
            MallEvent::PersonalityReset(reset) => known.reset(reset),
            MallEvent::ClockSet(_) => {}
        }
        self.any.store(!known.is_empty(), Ordering::Release);
    }
}
