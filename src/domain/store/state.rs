//! What a store remembers.

use crate::domain::ids::{OrderId, ProductId, StoreId};
use crate::domain::inventory::{Stock, StockLine};
use crate::domain::money::Money;
use crate::domain::participant::Fulfilment;
use crate::domain::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One product of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductState {
    /// The product.
    pub id: ProductId,
    /// The stock keeping unit, unique among the store's active products.
    pub sku: Arc<str>,
    /// What it is called.
    pub name: Arc<str>,
    /// What it is.
    pub description: Arc<str>,
    /// The price of one piece.
    pub price: Money,
    /// Pieces on hand and reserved.
    pub stock: Stock,
    /// Whether it was taken off the shelf for good.
    pub archived: bool,
    /// Number of changes to this product, stock movements included.
    pub version: u64,
    /// When it was put on the shelf.
    pub created_at: Timestamp,
}

/// A store, its products and its live reservations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreState {
    /// The store.
    pub id: StoreId,
    /// What the store is called.
    pub name: Arc<str>,
    /// Where it is.
    pub location: Arc<str>,
    /// Whether it takes part in shopping.
    pub participating: bool,
    /// How long it takes to confirm, milliseconds from the submit.
    pub confirmation_delay_ms: u64,
    /// Who confirms for it.
    pub fulfilment: Fulfilment,
    /// Whether it is about to be archived: it reserves nothing any more.
    pub closing: bool,
    /// Whether it closed for good.
    pub archived: bool,
    /// Its products, archived ones included.
    pub products: BTreeMap<ProductId, ProductState>,
    /// Stock put aside and neither released nor shipped yet.
    pub reservations: BTreeMap<OrderId, Vec<StockLine>>,
    /// Number of events in the store's stream.
    pub version: u64,
    /// When it was opened.
    pub created_at: Timestamp,
}

impl StoreState {
    /// The store before its first event.
    #[must_use]
    pub fn blank(id: StoreId) -> Self {
        Self {
            id,
            name: Arc::from(""),
            location: Arc::from(""),
            participating: false,
            confirmation_delay_ms: 0,
            fulfilment: Fulfilment::Internal,
            closing: false,
            archived: false,
            products: BTreeMap::new(),
            reservations: BTreeMap::new(),
            version: 0,
            created_at: Timestamp(0),
        }
    }

    /// The active product of this id.
    #[must_use]
    pub fn product(&self, id: ProductId) -> Option<&ProductState> {
        self.products.get(&id).filter(|product| !product.archived)
    }
}
