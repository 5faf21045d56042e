//! Stock of one product: what is on hand, what of it is reserved, and the arithmetic between the two.

use super::ids::ProductId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most pieces a product may have on hand; far below the point where sums of quantities overflow.
pub const STOCK_MAX: i64 = 1_000_000_000;

/// Pieces of one product. Always `on_hand >= reserved >= 0` (invariant I1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// Pieces in the store, reserved ones included.
    pub on_hand: i64,
    /// Pieces put aside for orders.
    pub reserved: i64,
}

impl Stock {
    /// Pieces that can still be promised.
    #[must_use]
    pub const fn available(self) -> i64 {
        self.on_hand - self.reserved
    }

    /// Sets the available amount and leaves reservations alone.
    #[must_use]
    pub const fn with_available(self, available: i64) -> Self {
        Self { on_hand: available + self.reserved, reserved: self.reserved }
    }

    /// Puts `quantity` pieces aside.
    #[must_use]
    pub const fn reserve(self, quantity: i64) -> Self {
        Self { on_hand: self.on_hand, reserved: self.reserved + quantity }
    }

    /// Puts `quantity` reserved pieces back.
    #[must_use]
    pub const fn release(self, quantity: i64) -> Self {
        Self { on_hand: self.on_hand, reserved: self.reserved - quantity }
    }

    /// Hands `quantity` reserved pieces over.
    #[must_use]
    pub const fn ship(self, quantity: i64) -> Self {
        Self { on_hand: self.on_hand - quantity, reserved: self.reserved - quantity }
    }

    /// Whether invariant I1 holds.
    #[must_use]
    pub const fn is_sound(self) -> bool {
        self.reserved >= 0 && self.on_hand >= self.reserved
    }
}

/// Pieces of one product of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StockLine {
    /// The product.
    pub product_id: ProductId,
    /// Pieces.
    pub quantity: u32,
}

impl StockLine {
    /// How many of each product: an order may name one in several lines, its store puts them aside together.
    #[must_use]
    pub fn pieces(lines: &[Self]) -> BTreeMap<ProductId, u64> {
        let mut pieces = BTreeMap::new();
        for line in lines {
            *pieces.entry(line.product_id).or_default() += u64::from(line.quantity);
        }
        pieces
    }
}

/// What a store is short of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shortage {
    /// The product.
    pub product_id: ProductId,
    /// Pieces the order wants, summed over its lines.
    pub requested: i64,
    /// Pieces the store can promise.
    pub available: i64,
}

/// Why a store cannot serve an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreRejection {
    /// Less is available than ordered.
    OutOfStock(Vec<Shortage>),
    /// A product was archived after the order was submitted.
    ProductUnavailable(ProductId),
    /// The store was archived after the order was submitted.
    StoreClosed,
    /// Its service failed, as its personality has it.
    ServiceFailed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_is_sound_while_no_more_is_promised_than_there_is() {
        for (on_hand, reserved, sound) in
            [(0, 0, true), (5, 0, true), (5, 5, true), (5, 6, false), (5, -1, false), (-1, 0, false), (-1, -1, false)]
        {
            assert_eq!(Stock { on_hand, reserved }.is_sound(), sound, "I1 with {on_hand} on hand, {reserved} reserved");
        }
    }

    #[test]
    fn pieces_of_one_product_add_up_over_the_lines() {
        let line =
            |product: u128, quantity| StockLine { product_id: ProductId(uuid::Uuid::from_u128(product)), quantity };
        let pieces = StockLine::pieces(&[line(1, 2), line(2, 5), line(1, 3)]);
        assert_eq!(
            pieces.into_iter().map(|(id, pieces)| (id.0.as_u128(), pieces)).collect::<Vec<_>>(),
            [(1, 5), (2, 5)]
        );
    }
}
