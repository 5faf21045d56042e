//! Books of stock and baskets, kept by the events alone and with sums of their own: what the mall says is compared with
//! them.

use crate::domain::event::{BasketEvent, PaymentEvent, StoreEvent};
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, ProductId};
use crate::domain::inventory::{Stock, StockLine};
use crate::domain::line::OrderLine;
use crate::domain::payment::PaymentState;
use std::collections::{BTreeMap, BTreeSet};

/// Pieces by product.
type Pieces = BTreeMap<ProductId, i64>;

/// An authorization, minor units.
#[derive(Debug, Default)]
struct Account {
    owner: Option<CustomerId>,
    authorized: i64,
    captured: i64,
    is_voided: bool,
    holds: BTreeMap<OrderId, i64>,
}

/// The books.
#[derive(Default)]
pub(super) struct Books {
    /// Pieces on hand, and those put aside.
    stock: BTreeMap<ProductId, (i64, i64)>,
    /// What was available of each product, each with when that was heard.
    available: BTreeMap<ProductId, Vec<(i64, u64)>>,
    money: BTreeMap<PaymentId, Account>,
    baskets: BTreeMap<BasketId, Pieces>,
    /// Whose each basket is, once it is somebody's.
    owners: BTreeMap<BasketId, Option<CustomerId>>,
    /// What was ever put where.
    put: BTreeSet<(BasketId, ProductId, i64)>,
    /// What was in the baskets that became orders.
    checked_out: BTreeMap<OrderId, (BasketId, Pieces)>,
}

impl Books {
    /// Books what happened at a store, heard `heard_us` microseconds after the world began. Answers the products it
    /// concerns.
    pub(super) fn store(&mut self, event: &StoreEvent, heard_us: u64) -> Vec<ProductId> {
        let products = self.moved(event);
        for product in &products {
            let (on_hand, aside) = self.stock.get(product).copied().unwrap_or_default();
            self.available.entry(*product).or_default().push((on_hand - aside, heard_us));
        }
        products
    }

    /// What was available of a product at any time since then.
    pub(super) fn available_since(&self, product: ProductId, since_us: u64) -> Vec<i64> {
        let was = self.available.get(&product).map(Vec::as_slice).unwrap_or_default();
        // What was so when the time began counts as well.
        let first = was.partition_point(|(_, heard_us)| *heard_us < since_us).saturating_sub(1);
        was[first..].iter().map(|(available, _)| *available).collect()
    }

    fn moved(&mut self, event: &StoreEvent) -> Vec<ProductId> {
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

    /// Books what happened to an authorization.
    pub(super) fn payment(&mut self, payment: PaymentId, event: &PaymentEvent) {
        let account = self.money.entry(payment).or_default();
        match event {
            PaymentEvent::Authorized(authorized) => {
                account.owner = Some(authorized.customer_id);
                account.authorized = authorized.amount.amount_minor;
            }
            PaymentEvent::Held(held) => _ = account.holds.insert(held.order_id, held.amount.amount_minor),
            PaymentEvent::HoldLowered(lowered) => {
                account.holds.insert(lowered.order_id, lowered.amount.amount_minor);
            }
            PaymentEvent::HoldVoided(voided) => _ = account.holds.remove(&voided.order_id),
            PaymentEvent::Captured(captured) => {
                account.holds.remove(&captured.order_id);
                account.captured += captured.amount.amount_minor;
            }
            PaymentEvent::Voided(_) => account.is_voided = true,
        }
    }

    /// What is wrong with an authorization, as the mall has it. Of one that was taken back nothing is available, and
    /// what is given back to it is the customer's at once.
    pub(super) fn disagrees(&self, has: &PaymentState) -> Option<String> {
        let account = self.money.get(&has.id)?;
        let held: i64 = account.holds.values().sum();
        let authorized = if account.is_voided { held + account.captured } else { account.authorized };
        let booked = (authorized, authorized - held - account.captured, held, account.captured);
        let is = (has.authorized, has.available, has.held, has.captured);
        (is != booked).then(|| {
            format!(
                "authorization {} has authorized, available, held, captured {is:?}, by its events {booked:?}",
                has.id
            )
        })
    }

    /// Whose money an authorization is, and how much it was of.
    pub(super) fn authorized(&self, payment: PaymentId) -> Option<(Option<CustomerId>, i64)> {
        self.money.get(&payment).map(|account| (account.owner, account.authorized))
    }

    /// Whose money an authorization is.
    pub(super) fn owner(&self, payment: PaymentId) -> Option<CustomerId> {
        self.money.get(&payment)?.owner
    }

    /// Whether an authorization was taken back.
    pub(super) fn is_voided(&self, payment: PaymentId) -> bool {
        self.money.get(&payment).is_some_and(|account| account.is_voided)
    }

    /// Whether there is such a basket.
    pub(super) fn has_basket(&self, basket: BasketId) -> bool {
        self.owners.contains_key(&basket)
    }

    /// Whose a basket is, once it is somebody's.
    pub(super) fn basket_of(&self, basket: BasketId) -> Option<CustomerId> {
        self.owners.get(&basket).copied().flatten()
    }

    /// Whether the basket an order was made of, where it was made of one, is not the customer's.
    pub(super) fn was_of_another(&self, order: OrderId, customer: CustomerId) -> bool {
        let basket = self.checked_out.get(&order).map(|(basket, _)| basket);
        basket.is_some_and(|basket| self.owners.get(basket) != Some(&Some(customer)))
    }

    /// Whether so many pieces were ever put into a basket.
    pub(super) fn was_put(&self, basket: BasketId, product: ProductId, pieces: i64) -> bool {
        self.put.contains(&(basket, product, pieces))
    }

    /// Books what happened to a basket.
    pub(super) fn basket(&mut self, basket: BasketId, event: &BasketEvent) {
        let items = self.baskets.entry(basket).or_default();
        match event {
            BasketEvent::ItemSet(set) => {
                items.insert(set.product_id, i64::from(set.quantity));
                self.put.insert((basket, set.product_id, i64::from(set.quantity)));
            }
            BasketEvent::ItemRemoved(removed) => _ = items.remove(&removed.product_id),
            BasketEvent::Cleared(_) => items.clear(),
            BasketEvent::CheckedOut(out) => {
                let was = std::mem::take(items);
                self.checked_out.insert(out.order_id, (basket, was));
            }
            BasketEvent::Created(_) => _ = self.owners.insert(basket, None),
            BasketEvent::Claimed(claimed) => _ = self.owners.insert(basket, Some(claimed.customer_id)),
        }
    }

    /// What is wrong with the lines of an order that was made of a basket.
    pub(super) fn is_not_what_was_in_the_basket(&mut self, order: OrderId, lines: &[OrderLine]) -> Option<String> {
        let (_, wanted) = self.checked_out.remove(&order)?;
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
