//! What a personality consists of.

use super::decimal::Decimal;
use super::delay::Delay;
use super::error::{PersonalityError, wrong};
use crate::domain::time::{Rfc3339, Timestamp};
use crate::domain::words::words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most outages a personality may have.
pub const OUTAGES_MAX: usize = 100;

words! {
    /// What becomes of the answers a participant owes while it is out.
    OutageMode {
        /// They wait for its end.
        Hold = "hold",
        /// It refuses at once.
        Refuse = "refuse",
        /// They never come.
        Silent = "silent",
    }
}

words! {
    /// Why a participant refuses by its personality.
    Refusal {
        /// Its service failed.
        ServiceFailed = "SERVICE_FAILED",
    }
}

/// A time during which a participant is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outage {
    /// Since when.
    #[serde(with = "Rfc3339")]
    #[schemars(with = "Rfc3339")]
    pub from: Timestamp,
    /// Until when; it answers from then on.
    #[serde(with = "Rfc3339")]
    #[schemars(with = "Rfc3339")]
    pub until: Timestamp,
    /// What becomes of the answers it owes meanwhile.
    pub mode: OutageMode,
}

impl Outage {
    pub(super) fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// How often something happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// The share of all answers, 0 to 1.
    pub share: Decimal,
}

/// How often a participant refuses, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Refuse {
    /// The share of all answers, 0 to 1.
    pub share: Decimal,
    /// Why.
    pub reason: Refusal,
}

/// How a participant behaves. What is left out is as Plaza itself behaves: answers when they are due.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Personality {
    /// How long it takes, in place of its nominal delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// How often it refuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuse: Option<Refuse>,
    /// How often it never answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent: Option<Share>,
    /// How often its answer is lost on the way, and it is asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lose_answer: Option<Share>,
    /// How often its answer comes twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_answer: Option<Share>,
    /// When it is out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outages: Vec<Outage>,
    /// What its chance is drawn from: the same seed gives the same order the same fate.
    #[serde(default)]
    pub seed: u64,
}

impl Personality {
    /// Whether every part makes sense, and all of them together.
    ///
    /// # Errors
    /// The first part that does not.
    pub fn check(&self) -> Result<(), PersonalityError> {
        if let Some(delay) = &self.delay {
            delay.check()?;
        }
        let [refuse, silent] = self.ends();
        for (name, share) in [
            ("/refuse/share", refuse),
            ("/silent/share", silent),
            ("/lose_answer/share", share(self.lose_answer)),
            ("/repeat_answer/share", share(self.repeat_answer)),
        ] {
            if share > Decimal::ONE {
                return Err(wrong(name, "must be 0 to 1"));
            }
        }
        if refuse.millionths() + silent.millionths() > Decimal::ONE.millionths() {
            return Err(wrong("/silent/share", "must be at most 1 together with that of refuse"));
        }
        if self.outages.len() > OUTAGES_MAX {
            return Err(wrong("/outages", "must be at most 100"));
        }
        match self.outages.iter().position(|outage| outage.until <= outage.from) {
            Some(index) => Err(wrong(format!("/outages/{index}/until"), "must be after from")),
            None => Ok(()),
        }
    }

    /// Whether it is as Plaza itself behaves.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// How often it refuses, and how often it never answers.
    pub(super) fn ends(&self) -> [Decimal; 2] {
        [self.refuse.map_or(Decimal::ZERO, |refuse| refuse.share), share(self.silent)]
    }

    /// Adds an outage, and forgets those that ended before `kept`: no order waits any more that was due in them.
    ///
    /// # Errors
    /// There are too many already.
    pub fn with_outage(mut self, outage: Outage, kept: Timestamp) -> Result<Self, PersonalityError> {
        self.outages.retain(|past| past.until > kept);
        self.outages.push(outage);
        self.check().map(|()| self)
    }
}

/// The share of what may be left out.
pub(super) fn share(share: Option<Share>) -> Decimal {
    share.unwrap_or_default().share
}
