//! Lists of stores.

use crate::ports::changes::StoreHead;

/// Which stores are wanted.
#[derive(Clone, Debug, Default)]
pub struct StoreFilter {
    /// Only participating ones, or only others.
    pub participating: Option<bool>,
    /// Part of the name or location, any case.
    pub q: Option<String>,
}

/// A store in lists.
#[derive(Clone, Debug)]
pub struct StoreView {
    /// The store.
    pub store: StoreHead,
    /// Its active products.
    pub product_count: u64,
}
