//! How the participants behave, for the sagas that ask them.

use crate::domain::event::MallEvent;
use crate::domain::participant::Participant;
use crate::domain::personality::{Personalities, Personality};
use crate::domain::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The personalities as the journal has them.
pub struct Registry {
    known: RwLock<Personalities>,
    /// When each was changed last, since the start.
    changed: RwLock<BTreeMap<Participant, Timestamp>>,
    /// How often they were set or taken back, those of the start included; 0 spares every order the lock.
    changes: AtomicU64,
}

impl Registry {
    /// A registry that begins with what the journal says.
    #[must_use]
    pub fn new(known: Personalities) -> Self {
        let changes = AtomicU64::new(known.iter().count() as u64);
        Self { known: RwLock::new(known), changed: RwLock::default(), changes }
    }

    /// How often they were changed: whoever looks at one, and finds another number afterwards, may have looked too early.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// How a participant behaves; `None` as Plaza itself.
    #[must_use]
    pub fn of(&self, participant: Participant) -> Option<Arc<Personality>> {
        if self.changes() == 0 {
            return None;
        }
        self.read(|known| known.of(participant).map(|known| known.personality.clone()))
    }

    /// When it was changed last, since the start.
    #[must_use]
    pub fn changed_at(&self, participant: Participant) -> Option<Timestamp> {
        if self.changes() == 0 {
            return None;
        }
        self.changed.read().unwrap_or_else(PoisonError::into_inner).get(&participant).copied()
    }

    /// Looks at all of them.
    pub fn read<T>(&self, look: impl FnOnce(&Personalities) -> T) -> T {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes on what was committed.
    pub fn evolve(&self, event: &MallEvent, version: u64, at: Timestamp) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let participant = match event {
            MallEvent::PersonalitySet(set) => {
                known.set(set, version, at);
                set.participant
            }
            MallEvent::PersonalityReset(reset) => {
                known.reset(reset);
                reset.participant
            }
            MallEvent::ClockSet(_) => return,
        };
        self.changed.write().unwrap_or_else(PoisonError::into_inner).insert(participant, at);
        self.changes.fetch_add(1, Ordering::AcqRel);
    }
}
