//! What one shopper sets out to do, written out: a plan holds errands, and running one draws nothing further.

use crate::domain::order::OnShortage;
use serde::{Deserialize, Serialize};

/// What one shopper sets out to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errand {
    /// Its number, which its keys are made of: whoever is left out of a plan leaves the others as they were.
    pub number: u64,
    /// When it comes, milliseconds from the opening.
    pub at_ms: u64,
    /// The customer it comes for: its own number unless it comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<u64>,
    /// What it wants.
    pub lines: Vec<Wanted>,
    /// How much money it brings.
    #[serde(default)]
    pub funds: Funds,
    /// What shall happen when a store is short.
    #[serde(default = "reject_all", skip_serializing_if = "is_reject_all")]
    pub on_shortage: OnShortage,
    /// Whether it fills a basket first.
    #[serde(default, skip_serializing_if = "is_false")]
    pub basket: bool,
    /// Whether it says what its order may cost: the prices it saw.
    #[serde(default, skip_serializing_if = "is_false")]
    pub expects: bool,
    /// How long it looks and thinks before each step up to its order, milliseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub think_ms: u64,
    /// How it sends its order, where that is not once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manner: Option<Manner>,
    /// What it does about its order, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Act>,
}

impl Errand {
    /// The customer it comes for.
    #[must_use]
    pub fn customer(&self) -> u64 {
        self.customer.unwrap_or(self.number)
    }
}

/// A line of an order that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The number of the store, from 0.
    pub store: u32,
    /// The number of the product in it, from 0.
    pub product: u32,
    /// Pieces.
    pub quantity: u32,
}

/// How much money a shopper authorizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Funds {
    /// What its order costs, at the prices it saw.
    #[default]
    Enough,
    /// So much less, in minor units; at least one.
    Short(i64),
    /// So much more, in minor units.
    Over(i64),
}

/// How an order is sent, where that is not once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// Again once it is answered, under the same key: the same answer has to come.
    Again,
    /// Twice at the same time, under the same key.
    Doubled,
    /// Again with other lines, under the same key: it has to be refused.
    Altered,
    /// Somebody else tries to pay it, to call it off, to take the money back, to order for it and to fill its
    /// basket: nothing of it is done.
    Robbed,
    /// The connection breaks off after so many milliseconds, and it is sent again under the same key.
    BrokenOff(u64),
    /// The shopper goes away after so many milliseconds, and never comes back.
    GoneAfter(u64),
}

/// Something a shopper does about its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// What.
    #[serde(rename = "do")]
    pub what: Deed,
    /// From when on it counts.
    pub after: After,
    /// So many milliseconds later; earlier when negative, where what it counts from is known before.
    #[serde(default)]
    pub ms: i64,
    /// Whether it is asked again once it is answered.
    #[serde(default, skip_serializing_if = "is_false")]
    pub again: bool,
}

/// What can be done about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Pay it.
    Pay,
    /// Call it off.
    Cancel,
    /// Take back what is left of the authorization.
    Void,
}

/// What the time of an act counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// The answer to the submission.
    Submission,
    /// When the last confirmation is due, by the mall's clock.
    Due,
    /// The news that it was accepted; not at all when it was not.
    Acceptance,
    /// When the pay deadline passes, by the mall's clock; not at all when it was not accepted.
    PayBy,
}

const fn reject_all() -> OnShortage {
    OnShortage::RejectAll
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_reject_all(policy: &OnShortage) -> bool {
    matches!(policy, OnShortage::RejectAll)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}
