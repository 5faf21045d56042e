//! Books of stock and baskets, kept by the events alone and with sums of their own: what the mall says is compared with
//! them.

use crate::domain::event::{BasketEvent, StoreEvent};
use crate::domain::ids::{BasketId, OrderId, ProductId};
use crate::domain::inventory::{Stock, StockLine};
use crate::domain::line::OrderLine;
use std::collections::BTreeMap;

/// Pieces by product.
type Pieces = BTreeMap<ProductId, i64>;

/// The books.
#[derive(Default)]
pub(super) struct Books {
    /// Pieces on hand, and those put aside.
    stock: BTreeMap<ProductId, (i64, i64)>,
    baskets: BTreeMap<BasketId, Pieces>,
    /// What was in the baskets that became orders.
    checked_out: BTreeMap<OrderId, Pieces>,
}

impl Books {
    /// Books what happened at a store. Answers the products it concerns.
    pub(super) fn store(&mut self, event: &StoreEvent) -> Vec<ProductId> {
        let each = |lines: &[StockLine]| lines.iter().map(|line| (line.product_id, i64::from(line.quantity))).collect();
        let (lines, on_hand, aside): (Vec<(ProductId, i64)>, i64, i64) = match event {
            StoreEvent::ProductAdded(added) => {
                self.stock.insert(added.product_id, (added.stock, 0));
                return vec![added.product_id];
            }
            StoreEvent::StockSet(set) => {
                let stock = self.stock.entry(set.product_id).or_default();
                stock.0 = set.available + stock.1;
                return vec![set.product_id];
            }
            StoreEvent::StockReserved(moved) => (each(&moved.lines), 0, 1),
            StoreEvent::StockReleased(moved) => (each(&moved.lines), 0, -1),
            StoreEvent::StockShipped(moved) => (each(&moved.lines), -1, -1),
            _ => return Vec::new(),
        };
        for (product, pieces) in &lines {
            let stock = self.stock.entry(*product).or_default();
            stock.0 += on_hand * pieces;
            stock.1 += aside * pieces;
        }
        lines.into_iter().map(|(product, _)| product).collect()
    }

    /// What is wrong with the stock of a product, as the mall has it.
    pub(super) fn differs(&self, product: ProductId, stock: Stock) -> Option<String> {
        let (on_hand, aside) = self.stock.get(&product).copied().unwrap_or_default();
        let same = (on_hand, aside) == (stock.on_hand, stock.reserved);
        (!same)
            .then(|| format!("product {product} has {stock:?}, by the events {on_hand} on hand and {aside} put aside"))
    }

    /// Books what happened to a basket.
    pub(super) fn basket(&mut self, basket: BasketId, event: &BasketEvent) {
        let items = self.baskets.entry(basket).or_default();
        match event {
            BasketEvent::ItemSet(set) => drop(items.insert(set.product_id, i64::from(set.quantity))),
            BasketEvent::ItemRemoved(removed) => drop(items.remove(&removed.product_id)),
            BasketEvent::Cleared(_) => items.clear(),
            BasketEvent::CheckedOut(out) => drop(self.checked_out.insert(out.order_id, std::mem::take(items))),
            BasketEvent::Created(_) | BasketEvent::Claimed(_) => {}
        }
    }

    /// What is wrong with the lines of an order that was made of a basket.
    pub(super) fn is_not_what_was_in_the_basket(&mut self, order: OrderId, lines: &[OrderLine]) -> Option<String> {
        let wanted = self.checked_out.remove(&order)?;
        let mut ordered = Pieces::new();
        for line in lines {
            *ordered.entry(line.product_id).or_default() += i64::from(line.quantity);
        }
        (ordered != wanted).then(|| format!("order {order} has {ordered:?}, its basket had {wanted:?}"))
    }

    /// A basket that became an order which was never placed.
    pub(super) fn without_order(&self) -> Option<OrderId> {
        self.checked_out.keys().next().copied()
    }

    /// Whether a basket is empty by the books.
    pub(super) fn is_empty(&self, basket: BasketId) -> bool {
        self.baskets.get(&basket).is_none_or(BTreeMap::is_empty)
    }
}
