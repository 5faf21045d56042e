//! What people and orders may ask of a store, and why it refuses.

use crate::domain::ids::{OrderId, ProductId};
use crate::domain::inventory::{STOCK_MAX, StockLine, StoreRejection};
use crate::domain::money::{AMOUNT_MINOR_MAX, Money};
use crate::domain::participant::Fulfilment;
use crate::domain::text::TextError;
use std::sync::Arc;

/// The longest name of a store or product, in characters.
pub const NAME_MAX: usize = 120;
/// The longest location, in characters.
pub const LOCATION_MAX: usize = 200;
/// The longest product description, in characters.
pub const DESCRIPTION_MAX: usize = 2_000;
/// The longest SKU, in characters.
pub const SKU_MAX: usize = 64;
/// The longest confirmation delay a store may have: one day. Longer ones would outlive every pay deadline.
pub const CONFIRMATION_DELAY_MS_MAX: u64 = 86_400_000;

/// What can be edited of a store; `None` keeps the present value.
#[derive(Clone, Debug, Default)]
pub struct StoreEdit {
    /// What the store is called.
    pub name: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// How long it takes to confirm, milliseconds from the submit.
    pub confirmation_delay_ms: Option<u64>,
    /// Who confirms for it.
    pub fulfilment: Option<Fulfilment>,
}

/// What can be edited of a product; `None` keeps the present value.
#[derive(Clone, Debug, Default)]
pub struct ProductEdit {
    /// The stock keeping unit.
    pub sku: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// The price of one piece.
    pub price: Option<Money>,
    /// Pieces available.
    pub stock: Option<i64>,
}

/// What people and orders may ask of a store.
#[derive(Clone, Debug)]
pub enum StoreCommand {
    /// Open the store.
    Create(StoreEdit),
    /// Change the store.
    Edit(StoreEdit),
    /// Take part in shopping, or no longer.
    Participate(bool),
    /// Close the store for good: reserve nothing any more.
    Close,
    /// End a closing, once every order that waits for the store has been told.
    Archive,
    /// Put a product on the shelf.
    AddProduct(ProductId, ProductEdit),
    /// Change a product.
    EditProduct(ProductId, ProductEdit),
    /// Take products off the shelf for good; ones already archived are skipped.
    ArchiveProducts(Vec<ProductId>),
    /// Put everything an order wants aside, or nothing.
    Reserve {
        /// The order.
        order_id: OrderId,
        /// What it wants; a product may appear more than once.
        lines: Vec<StockLine>,
    },
    /// Serve the order only if that was promised already: the store's service fails.
    Refuse(OrderId),
    /// Put an order's reservation back on the shelf.
    Release(OrderId),
    /// Hand an order's reservation over.
    Ship(OrderId),
}

/// Why a store command is refused.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum StoreError {
    /// A text breaks a rule.
    #[error("{field} {error}")]
    Text {
        /// The field, as the API names it.
        field: &'static str,
        /// The rule.
        error: TextError,
    },
    /// The delay is beyond [`CONFIRMATION_DELAY_MS_MAX`].
    #[error("confirmation_delay_ms must be at most {CONFIRMATION_DELAY_MS_MAX}")]
    ConfirmationDelay,
    /// The price is negative or beyond [`AMOUNT_MINOR_MAX`].
    #[error("price must be 0 to {AMOUNT_MINOR_MAX} minor units")]
    Price,
    /// The stock is negative or beyond [`STOCK_MAX`].
    #[error("stock must be 0 to {STOCK_MAX}")]
    Stock,
    /// Another active product of the store has this SKU.
    #[error("another product of the store has the SKU {0}")]
    SkuTaken(Arc<str>),
    /// The store has no active product of this id.
    #[error("the store has no product {0}")]
    NoSuchProduct(ProductId),
    /// The store is closed for good, or about to be.
    #[error("the store is archived")]
    Archived,
    /// The order cannot be served; the order's saga decides what that means.
    #[error("the store cannot serve the order")]
    CannotServe(StoreRejection),
}
