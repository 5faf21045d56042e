//! Which participants have a personality.

use super::behaviour::Personality;
use super::event::{PersonalityReset, PersonalitySet};
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
    /// A participant was given one, at that version of the mall's stream.
    pub fn set(&mut self, set: &PersonalitySet, version: u64, at: Timestamp) {
        let known = Known { personality: Arc::new(set.personality.clone()), set_at: at, version };
        self.0.insert(set.participant, known);
    }

    /// A participant has none any more.
    pub fn reset(&mut self, reset: &PersonalityReset) {
        self.0.remove(&reset.participant);
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
