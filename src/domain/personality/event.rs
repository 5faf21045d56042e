//! Facts about personalities, in the mall's own stream.

use super::behaviour::Personality;
use crate::domain::participant::Participant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A participant behaves so from here on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonalitySet {
    /// Who.
    pub participant: Participant,
    /// How it behaves.
    pub personality: Personality,
}

/// A participant behaves as Plaza itself does from here on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonalityReset {
    /// Who.
    pub participant: Participant,
}
