//! Stores, their products and what is reserved in them.

use super::origin::{Origin, signed};
use crate::db::error::DbError;
use crate::db::schema::{ProductRow, ReservationRow, StoreRow};
use crate::domain::ids::{OrderId, StoreId};
use crate::domain::inventory::{Stock, StockLine};
use crate::domain::money::{Currency, Money};
use crate::domain::participant::Fulfilment;
use crate::domain::store::ProductState;
use crate::domain::time::Timestamp;
use crate::ports::changes::{ReservationChange, StoreHead};
use std::borrow::Cow;

impl<'a> From<&'a StoreHead> for StoreRow<'a> {
    fn from(store: &'a StoreHead) -> Self {
        Self {
            id: store.id.to_string().into(),
            name: Cow::Borrowed(&store.name),
            location: Cow::Borrowed(&store.location),
            participating: store.participating,
            confirmation_delay_ms: signed(store.confirmation_delay_ms),
            fulfilment: store.fulfilment.as_str().into(),
            closing: store.closing,
            archived: store.archived,
            version: signed(store.version),
            created_at: store.created_at.0,
        }
    }
}

impl StoreRow<'_> {
    /// The store without its products.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn into_domain(self) -> Result<StoreHead, DbError> {
        let origin = Origin("stores", &self.id);
        Ok(StoreHead {
            id: origin.id("id", &self.id)?,
            participating: self.participating,
            confirmation_delay_ms: origin.count("confirmation_delay_ms", self.confirmation_delay_ms)?,
            fulfilment: origin.word("fulfilment", &self.fulfilment, Fulfilment::parse)?,
            closing: self.closing,
            archived: self.archived,
            version: origin.count("version", self.version)?,
            created_at: Timestamp(self.created_at),
            name: self.name.into(),
            location: self.location.into(),
        })
    }
}

impl<'a> ProductRow<'a> {
    /// The row of a product in this store.
    #[must_use]
    pub fn new(store_id: StoreId, product: &'a ProductState) -> Self {
        Self {
            id: product.id.to_string().into(),
            store_id: store_id.to_string().into(),
            sku: Cow::Borrowed(&product.sku),
            name: Cow::Borrowed(&product.name),
            description: Cow::Borrowed(&product.description),
            price: product.price.amount_minor,
            on_hand: product.stock.on_hand,
            reserved: product.stock.reserved,
            archived: product.archived,
            version: signed(product.version),
            created_at: product.created_at.0,
        }
    }

    /// The product.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn into_domain(self, currency: Currency) -> Result<ProductState, DbError> {
        let origin = Origin("products", &self.id);
        Ok(ProductState {
            id: origin.id("id", &self.id)?,
            price: Money::new(self.price, currency),
            stock: Stock { on_hand: self.on_hand, reserved: self.reserved },
            archived: self.archived,
            version: origin.count("version", self.version)?,
            created_at: Timestamp(self.created_at),
            sku: self.sku.into(),
            name: self.name.into(),
            description: self.description.into(),
        })
    }

    /// Its store.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn store(&self) -> Result<StoreId, DbError> {
        Origin("products", &self.id).id("store_id", &self.store_id)
    }
}

impl<'a> From<&'a ReservationChange> for ReservationRow<'a> {
    fn from(reservation: &'a ReservationChange) -> Self {
        let lines = serde_json::to_string(&reservation.lines).expect("stock lines hold only ids and integers");
        Self {
            order_id: reservation.order_id.to_string().into(),
            store_id: reservation.store_id.to_string().into(),
            lines: lines.into(),
            status: reservation.status.into(),
        }
    }
}

impl ReservationRow<'_> {
    /// Whose it is, and what it puts aside.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn into_domain(self) -> Result<(OrderId, Vec<StockLine>), DbError> {
        let origin = Origin("reservations", &self.order_id);
        Ok((origin.id("order_id", &self.order_id)?, origin.json("lines", &self.lines)?))
    }
}
