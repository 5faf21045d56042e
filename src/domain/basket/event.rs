//! Facts about baskets: the payloads behind the names in `domain::event`.

use crate::domain::ids::{CustomerId, OrderId, ProductId, StoreId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The basket was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Created {}

/// The basket belongs to a customer from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Claimed {
    /// The owner.
    pub customer_id: CustomerId,
}

/// The quantity of a product was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemSet {
    /// The product.
    pub product_id: ProductId,
    /// The store that sells it.
    pub store_id: StoreId,
    /// Pieces.
    pub quantity: u32,
}

/// A product was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemRemoved {
    /// The product.
    pub product_id: ProductId,
}

/// Everything was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cleared {}

/// The basket became an order; it is empty again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckedOut {
    /// The order made of the basket.
    pub order_id: OrderId,
}
