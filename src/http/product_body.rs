//! A product as the API shows it.

use super::door::csv::Row;
use super::door::reply::rendered;
use super::door::values::{Money, Time};
use crate::domain::ids::{ProductId, StoreId};
use crate::domain::store::{ProductState, StoreState};
use crate::ports::reads::products::ProductView;
use crate::ports::reply::Reply;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A product.
#[derive(Debug, Serialize, ToSchema)]
pub struct Product<'a> {
    /// The product.
    id: Uuid,
    /// The store that sells it.
    store_id: Uuid,
    /// What the store is called.
    store_name: &'a str,
    /// The stock keeping unit, unique within the store.
    sku: &'a str,
    /// What it is called.
    name: &'a str,
    /// What it is.
    description: &'a str,
    /// The price of one piece.
    price: Money,
    /// Pieces that can still be promised.
    stock: i64,
    /// Pieces put aside for orders.
    reserved: i64,
    /// Number of changes, stock movements included, for `If-Match`.
    version: u64,
    /// When it was put on the shelf.
    #[schema(inline)]
    created_at: Time,
}

impl<'a> Product<'a> {
    /// A product on the shelf of a store.
    #[must_use]
    pub fn of(product: &'a ProductState, store_id: StoreId, store_name: &'a str) -> Self {
        Self {
            id: product.id.0,
            store_id: store_id.0,
            store_name,
            sku: &product.sku,
            name: &product.name,
            description: &product.description,
            price: product.price.into(),
            stock: product.stock.available(),
            reserved: product.stock.reserved,
            version: product.version,
            created_at: Time(product.created_at),
        }
    }

    /// A product as a list has it.
    #[must_use]
    pub fn viewed(view: &'a ProductView) -> Self {
        Self::of(&view.product, view.store_id, &view.store_name)
    }

    /// The reply to a change of a product.
    #[must_use]
    pub fn reply(status: u16, location: Option<String>, store: &'a StoreState, id: ProductId) -> Reply {
        // A command on a product is refused when the store has none of this id.
        let product = store.products.get(&id);
        let body = product.map(|product| Self::of(product, store.id, &store.name));
        rendered(status, product.map(|product| product.version), location, &body)
    }
}

/// The columns of products in CSV.
pub const COLUMNS: &str = "id,store_id,store_name,sku,name,description,price_minor,currency,stock,reserved,version,\
                           created_at\r\n";

/// A product as a row of CSV.
#[must_use]
pub fn row(view: &ProductView) -> String {
    let product = &view.product;
    let mut row = Row::default();
    row.cell(product.id).cell(view.store_id).text(&view.store_name).text(&product.sku).text(&product.name);
    row.text(&product.description).money(product.price).cell(product.stock.available()).cell(product.stock.reserved);
    row.cell(product.version).cell(product.created_at).end()
}
