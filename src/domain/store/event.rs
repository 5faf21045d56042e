//! Facts about stores: the payloads behind the names in `domain::event`.

use crate::domain::ids::{OrderId, ProductId};
use crate::domain::inventory::StockLine;
use crate::domain::money::Money;
use crate::domain::participant::Fulfilment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The store was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Created {
    /// What the store is called.
    pub name: Arc<str>,
    /// Where it is.
    pub location: Arc<str>,
    /// How long it takes to confirm, milliseconds from the submit.
    pub confirmation_delay_ms: u64,
    /// Who confirms for it.
    pub fulfilment: Fulfilment,
}

/// The store was edited; every field is the new value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Edited {
    /// What the store is called.
    pub name: Arc<str>,
    /// Where it is.
    pub location: Arc<str>,
    /// How long it takes to confirm, milliseconds from the submit.
    pub confirmation_delay_ms: u64,
    /// Who confirms for it.
    pub fulfilment: Fulfilment,
}

/// The store takes part in shopping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Joined {}

/// The store no longer takes part in shopping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Left {}

/// The store closes for good: it reserves nothing from here on. The orders that wait for it are told next, and when
/// the last one knows, it is archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClosingStarted {}

/// The store closed for good, with its products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Archived {}

/// A product was put on the shelf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductAdded {
    /// The product.
    pub product_id: ProductId,
    /// The stock keeping unit, unique within the store.
    pub sku: Arc<str>,
    /// What it is called.
    pub name: Arc<str>,
    /// What it is.
    pub description: Arc<str>,
    /// The price of one piece.
    pub price: Money,
    /// Pieces available.
    pub stock: i64,
}

/// A product was edited; every field is the new value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductEdited {
    /// The product.
    pub product_id: ProductId,
    /// The stock keeping unit, unique within the store.
    pub sku: Arc<str>,
    /// What it is called.
    pub name: Arc<str>,
    /// What it is.
    pub description: Arc<str>,
    /// The price of one piece.
    pub price: Money,
}

/// A product was taken off the shelf for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductArchived {
    /// The product.
    pub product_id: ProductId,
}

/// The available amount was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StockSet {
    /// The product.
    pub product_id: ProductId,
    /// Pieces available now; reservations stay.
    pub available: i64,
}

/// Stock was put aside for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StockReserved {
    /// The order.
    pub order_id: OrderId,
    /// What was put aside, one line a product.
    pub lines: Vec<StockLine>,
}

/// Reserved stock went back on the shelf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StockReleased {
    /// The order.
    pub order_id: OrderId,
    /// What went back.
    pub lines: Vec<StockLine>,
}

/// Reserved stock left the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StockShipped {
    /// The order.
    pub order_id: OrderId,
    /// What left.
    pub lines: Vec<StockLine>,
}
