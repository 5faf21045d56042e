//! Who takes part in an order besides the mall, and who confirms for them.

use super::ids::StoreId;
use super::words::words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

words! {
    /// Who confirms for a store.
    #[derive(Default)]
    Fulfilment {
        /// Plaza itself, from the stock it keeps.
        #[default]
        Internal = "internal",
        /// An outside service, asked by an event.
        External = "external",
    }
}

impl Fulfilment {
    /// Whether it is Plaza itself.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        *self == Self::Internal
    }
}

/// Who confirms an order. Written as `{"kind":"store","id":"…"}` and `{"kind":"bank"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Participant {
    /// The bank.
    Bank,
    /// A store.
    Store(StoreId),
}
