//! Who takes part in an order besides the mall, and who confirms for them.

use super::ids::StoreId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who confirms for a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fulfilment {
    /// Plaza itself, from the stock it keeps.
    #[default]
    Internal,
    /// An outside service, asked by an event.
    External,
}

impl Fulfilment {
    /// The value as the API and the database write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
        }
    }

    /// Whether it is Plaza itself.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        *self == Self::Internal
    }

    /// The value of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Internal, Self::External].into_iter().find(|value| value.as_str() == name)
    }
}

/// Who is served by an outside process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Participant {
    /// A store.
    Store(StoreId),
    /// The bank.
    Bank,
}
