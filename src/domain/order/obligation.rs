//! What an order owes its participants.

use crate::domain::ids::StoreId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something to be done at a participant because of a change of the order; re-sent until acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Obligation {
    /// The bank gives the hold back.
    VoidHold,
    /// The bank captures the hold.
    CaptureHold,
    /// A store puts its reservation back on the shelf.
    ReleaseStock {
        /// The store.
        store_id: StoreId,
    },
    /// A store hands its reservation over.
    ShipStock {
        /// The store.
        store_id: StoreId,
    },
}

impl Obligation {
    /// Whether it undoes something, as opposed to carrying a sale through.
    #[must_use]
    pub const fn is_compensation(self) -> bool {
        matches!(self, Self::VoidHold | Self::ReleaseStock { .. })
    }
}

/// An obligation and whether it was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// What is to be done.
    #[serde(flatten)]
    pub obligation: Obligation,
    /// Whether the participant acknowledged it.
    pub met: bool,
}
