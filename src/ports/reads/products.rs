//! Lists of products.

use crate::domain::ids::StoreId;
use crate::domain::store::ProductState;
use std::sync::Arc;

/// How products are sorted; each is made unique by the id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProductSort {
    /// Newest first.
    #[default]
    Newest,
    /// By name, A to Z.
    Name,
    /// Cheapest first.
    Price,
    /// Dearest first.
    PriceDescending,
    /// Least available first.
    Stock,
    /// Most available first.
    StockDescending,
}

/// Which products are wanted.
#[derive(Clone, Debug, Default)]
pub struct ProductFilter {
    /// Of one store.
    pub store_id: Option<StoreId>,
    /// Only of participating stores.
    pub participating_only: bool,
    /// Part of the name, SKU or description, any case.
    pub q: Option<String>,
    /// The order of the list.
    pub sort: ProductSort,
}

/// A product with the store that sells it.
#[derive(Clone, Debug)]
pub struct ProductView {
    /// The product.
    pub product: ProductState,
    /// Its store.
    pub store_id: StoreId,
    /// The store's name.
    pub store_name: Arc<str>,
    /// Whether the store takes part in shopping.
    pub store_participating: bool,
}
