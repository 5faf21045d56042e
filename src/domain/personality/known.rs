//! Which participants have a personality.

use super::Personality;
use crate::domain::event::MallEvent;
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A personality, and since when its participant has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// How the participant behaves.
    pub personality: Arc<Personality>,
    /// Since when.
    pub set_at: Timestamp,
    /// The version of the mall's stream that says so.
    pub version: u64,
}

/// The personalities of a mall: folded from its own stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Personalities(BTreeMap<Participant, Known>);

impl Personalities {
    /// Applies an event of the mall's stream.
    pub fn evolve(&mut self, event: &MallEvent, version: u64, at: Timestamp) {
        match event {
            MallEvent::PersonalitySet(set) => {
                let personality = Arc::new(set.personality.clone());
                self.0.insert(set.participant, Known { personality, set_at: at, version });
            }
            MallEvent::PersonalityReset(reset) => drop(self.0.remove(&reset.participant)),
            MallEvent::ClockSet(_) => {}
        }
    }

    /// The personality of a participant, if it has one.
    #[must_use]
    pub fn of(&self, participant: Participant) -> Option<&Known> {
        self.0.get(&participant)
    }

    /// Everybody who has one, the bank first.
    pub fn iter(&self) -> impl Iterator<Item = (Participant, &Known)> {
        self.0.iter().map(|(participant, known)| (*participant, known))
    }

    /// Whether nobody has one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
