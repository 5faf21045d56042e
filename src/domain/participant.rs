//! Who takes part in an order besides the mall, and who confirms for them.

use super::ids::StoreId;
use super::words::words;

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

/// Who is served by an outside process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Participant {
    /// A store.
    Store(StoreId),
    /// The bank.
    Bank,
}
