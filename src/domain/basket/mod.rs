//! Baskets: which products a shopper wants, and how many. Stock and prices are looked at elsewhere: a basket may hold
//! more than there is.

pub mod event;

use super::event::BasketEvent;
use super::ids::{BasketId, CustomerId, ProductId, StoreId};
use super::line::{LINES_MAX, QUANTITY_MAX};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One product in a basket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasketItem {
    /// The product.
    pub product_id: ProductId,
    /// The store that sells it.
    pub store_id: StoreId,
    /// Pieces, 1 to [`QUANTITY_MAX`].
    pub quantity: u32,
}

/// A basket, items in the order they were put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasketState {
    /// The basket.
    pub id: BasketId,
    /// The owner, once known.
    pub customer_id: Option<CustomerId>,
    /// What is in it.
    pub items: Vec<BasketItem>,
    /// Number of events in the basket's stream.
    pub version: u64,
    /// When the basket was made.
    pub created_at: Timestamp,
    /// When the basket last changed.
    pub updated_at: Timestamp,
}

/// What a shopper may do with a basket.
#[derive(Clone, Debug)]
pub enum BasketCommand {
    /// Make the basket.
    Create,
    /// Give the basket to a customer.
    Claim(CustomerId),
    /// Set the quantity of a product.
    SetItem(BasketItem),
    /// Take a product out.
    RemoveItem(ProductId),
    /// Take everything out.
    Clear,
}

/// Why a basket command is refused.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum BasketError {
    /// The quantity is 0 or beyond [`QUANTITY_MAX`].
    #[error("quantity must be 1 to {QUANTITY_MAX}")]
    Quantity,
    /// The basket holds [`LINES_MAX`] products already.
    #[error("a basket holds at most {LINES_MAX} products")]
    Full,
    /// The product is not in the basket.
    #[error("the basket has no item for product {0}")]
    NoSuchItem(ProductId),
    /// The basket belongs to another customer.
    #[error("the basket belongs to another customer")]
    NotYours,
    /// There is nothing to check out.
    #[error("the basket is empty")]
    Empty,
}

impl BasketState {
    /// The basket before its first event.
    #[must_use]
    pub const fn blank(id: BasketId) -> Self {
        let never = Timestamp(0);
        Self { id, customer_id: None, items: Vec::new(), version: 0, created_at: never, updated_at: never }
    }

    /// Decides a command; no events means that nothing needs to change.
    ///
    /// # Errors
    /// [`BasketError`] says what the shopper can do about it.
    pub fn decide(&self, command: &BasketCommand) -> Result<Vec<BasketEvent>, BasketError> {
        match *command {
            BasketCommand::Create => Ok(vec![event::Created {}.into()]),
            BasketCommand::Claim(customer_id) => match self.customer_id {
                Some(owner) if owner == customer_id => Ok(vec![]),
                Some(_) => Err(BasketError::NotYours),
                None => Ok(vec![event::Claimed { customer_id }.into()]),
            },
            BasketCommand::SetItem(item) => self.set_item(item),
            BasketCommand::RemoveItem(product_id) if self.item(product_id).is_some() => {
                Ok(vec![event::ItemRemoved { product_id }.into()])
            }
            BasketCommand::RemoveItem(product_id) => Err(BasketError::NoSuchItem(product_id)),
            BasketCommand::Clear if self.items.is_empty() => Ok(vec![]),
            BasketCommand::Clear => Ok(vec![event::Cleared {}.into()]),
        }
    }

    fn set_item(&self, item: BasketItem) -> Result<Vec<BasketEvent>, BasketError> {
        if !(1..=QUANTITY_MAX).contains(&item.quantity) {
            return Err(BasketError::Quantity);
        }
        match self.item(item.product_id) {
            Some(present) if present.quantity == item.quantity => return Ok(vec![]),
            None if self.items.len() >= LINES_MAX => return Err(BasketError::Full),
            _ => {}
        }
        let BasketItem { product_id, store_id, quantity } = item;
        Ok(vec![event::ItemSet { product_id, store_id, quantity }.into()])
    }

    /// Applies one event.
    pub fn evolve(&mut self, event: &BasketEvent, at: Timestamp) {
        match event {
            BasketEvent::Created(_) => self.created_at = at,
            BasketEvent::Claimed(claimed) => self.customer_id = Some(claimed.customer_id),
            BasketEvent::ItemSet(set) => {
                let item = BasketItem { product_id: set.product_id, store_id: set.store_id, quantity: set.quantity };
                match self.items.iter_mut().find(|present| present.product_id == set.product_id) {
                    Some(present) => *present = item,
                    None => self.items.push(item),
                }
            }
            BasketEvent::ItemRemoved(removed) => self.items.retain(|item| item.product_id != removed.product_id),
            BasketEvent::Cleared(_) | BasketEvent::CheckedOut(_) => self.items.clear(),
        }
        self.version += 1;
        self.updated_at = at;
    }

    /// The item of a product, if it is in the basket.
    #[must_use]
    pub fn item(&self, product_id: ProductId) -> Option<&BasketItem> {
        self.items.iter().find(|item| item.product_id == product_id)
    }
}
