//! What a run found wrong.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was broken: an invariant, or the name of a check. Two findings of one law are the same defect to whoever
    /// shrinks a plan.
    pub law: String,
    /// The kind of thing it was broken by: an order, a store, an authorization, the mall.
    pub of: String,
    /// In words.
    pub said: String,
    /// When, microseconds of virtual time since the opening.
    pub at: u64,
}

impl Finding {
    /// What stays the same while a plan is shrunk.
    #[must_use]
    pub fn signature(&self) -> (&str, &str) {
        (&self.law, &self.of)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.law, self.of, self.said)
    }
}
