//! One line of an order, and how many lines and pieces there may be.

use super::ids::{ProductId, StoreId};
use super::money::Money;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most lines an order or basket may have.
pub const LINES_MAX: usize = 100;
/// The most pieces one line may have.
pub const QUANTITY_MAX: u32 = 10_000;

/// One line: a product, the price of that moment, and how many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderLine {
    /// The product.
    pub product_id: ProductId,
    /// The store that sells it.
    pub store_id: StoreId,
    /// The store's name when it was ordered.
    pub store_name: Arc<str>,
    /// The stock keeping unit when it was ordered.
    pub sku: Arc<str>,
    /// The product's name when it was ordered.
    pub product_name: Arc<str>,
    /// The price of one piece when it was ordered.
    pub unit_price: Money,
    /// Pieces.
    pub quantity: u32,
}

impl OrderLine {
    /// Price times quantity. Submission has checked that it fits.
    #[must_use]
    pub fn line_total(&self) -> Money {
        self.unit_price.checked_mul(self.quantity).expect("submission refuses lines whose total overflows")
    }
}
