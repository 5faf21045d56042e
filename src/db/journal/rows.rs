//! Rows as the writer inserts them.

use crate::db::schema::{baskets, customers, events, idempotency, orders, payments, products, stores, tokens};
use crate::domain::basket::BasketState;
use crate::domain::customer::CustomerState;
use crate::domain::ids::StoreId;
use crate::domain::payment::PaymentState;
use crate::domain::store::ProductState;
use crate::ports::changes::{OrderChange, StoreHead, TokenRecord};
use crate::ports::reply::IdempotencyRecord;
use diesel::prelude::{AsChangeset, Insertable};

#[derive(Insertable)]
#[diesel(table_name = events)]
pub struct EventRow<'a> {
    pub position: i64,
    pub stream: &'a str,
    pub stream_id: &'a str,
    pub version: i64,
    pub name: &'a str,
    pub payload: &'a str,
    pub occurred_at: i64,
    pub correlation_id: &'a str,
    pub causation_id: &'a str,
    pub hash: &'a [u8],
}

#[derive(Insertable)]
#[diesel(table_name = tokens)]
pub struct TokenRow<'a> {
    pub token_hash: &'a [u8],
    pub name: &'a str,
    pub role: &'static str,
    pub created_at: i64,
    pub revoked_at: Option<i64>,
}

impl<'a> From<&'a TokenRecord> for TokenRow<'a> {
    fn from(token: &'a TokenRecord) -> Self {
        Self {
            token_hash: &token.hash,
            name: &token.name,
            role: token.role.as_str(),
            created_at: token.created_at.0,
            revoked_at: token.revoked_at.map(|at| at.0),
        }
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = stores)]
pub struct StoreRow<'a> {
    pub id: String,
    pub name: &'a str,
    pub location: &'a str,
    pub participating: bool,
    pub confirmation_delay_ms: i64,
    pub fulfilment: &'static str,
    pub archived: bool,
    pub version: i64,
    pub created_at: i64,
}

impl<'a> From<&'a StoreHead> for StoreRow<'a> {
    fn from(store: &'a StoreHead) -> Self {
        Self {
            id: store.id.to_string(),
            name: &store.name,
            location: &store.location,
            participating: store.participating,
            confirmation_delay_ms: signed(store.confirmation_delay_ms),
            fulfilment: store.fulfilment.as_str(),
            archived: store.archived,
            version: signed(store.version),
            created_at: store.created_at.0,
        }
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = products)]
pub struct ProductRow<'a> {
    pub id: String,
    pub store_id: String,
    pub sku: &'a str,
    pub name: &'a str,
    pub description: &'a str,
    pub price: i64,
    pub on_hand: i64,
    pub reserved: i64,
    pub archived: bool,
    pub version: i64,
    pub created_at: i64,
}

impl<'a> ProductRow<'a> {
    pub fn new(store_id: StoreId, product: &'a ProductState) -> Self {
        Self {
            id: product.id.to_string(),
            store_id: store_id.to_string(),
            sku: &product.sku,
            name: &product.name,
            description: &product.description,
            price: product.price.amount_minor,
            on_hand: product.stock.on_hand,
            reserved: product.stock.reserved,
            archived: product.archived,
            version: signed(product.version),
            created_at: product.created_at.0,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = customers)]
pub struct CustomerRow<'a> {
    pub id: String,
    pub name: &'a str,
    pub phone: &'a str,
    pub token_hash: &'a [u8],
    pub version: i64,
    pub created_at: i64,
}

impl<'a> CustomerRow<'a> {
    pub fn new(customer: &'a CustomerState, token_hash: &'a [u8; 32]) -> Self {
        Self {
            id: customer.id.to_string(),
            name: &customer.name,
            phone: &customer.phone,
            token_hash,
            version: signed(customer.version),
            created_at: customer.created_at.0,
        }
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = payments)]
pub struct PaymentRow {
    pub id: String,
    pub customer_id: String,
    pub status: &'static str,
    pub authorized: i64,
    pub available: i64,
    pub held: i64,
    pub captured: i64,
    pub refunded: i64,
    pub version: i64,
    pub created_at: i64,
}

impl From<&PaymentState> for PaymentRow {
    fn from(payment: &PaymentState) -> Self {
        Self {
            id: payment.id.to_string(),
            customer_id: payment.customer_id.to_string(),
            status: payment.status.as_str(),
            authorized: payment.authorized,
            available: payment.available,
            held: payment.held,
            captured: payment.captured,
            refunded: payment.refunded,
            version: signed(payment.version),
            created_at: payment.created_at.0,
        }
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = baskets, treat_none_as_null = true)]
pub struct BasketRow {
    pub id: String,
    pub customer_id: Option<String>,
    pub items: String,
    pub pieces: i64,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

impl From<&BasketState> for BasketRow {
    fn from(basket: &BasketState) -> Self {
        Self {
            id: basket.id.to_string(),
            customer_id: basket.customer_id.map(|id| id.to_string()),
            items: serde_json::to_string(&basket.items).expect("basket items hold only ids and integers"),
            pieces: basket.items.iter().map(|item| i64::from(item.quantity)).sum(),
            version: signed(basket.version),
            created_at: basket.created_at.0,
            updated_at: basket.updated_at.0,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = orders)]
pub struct OrderRow<'a> {
    pub id: &'a str,
    pub customer_id: String,
    pub payment_id: String,
    pub created_at: i64,
    #[diesel(embed)]
    pub progress: OrderProgress<'a>,
}

/// The columns of an order that change.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = orders, treat_none_as_null = true)]
pub struct OrderProgress<'a> {
    pub status: &'a str,
    pub reasons: &'a str,
    pub archived: bool,
    pub next_due_at: Option<i64>,
    pub total: i64,
    pub version: i64,
    pub updated_at: i64,
    pub body: &'a str,
}

impl<'a> OrderRow<'a> {
    pub fn new(id: &'a str, order: &'a OrderChange) -> Self {
        Self {
            id,
            customer_id: order.customer_id.to_string(),
            payment_id: order.payment_id.to_string(),
            created_at: order.created_at.0,
            progress: OrderProgress::from(order),
        }
    }
}

impl<'a> From<&'a OrderChange> for OrderProgress<'a> {
    fn from(order: &'a OrderChange) -> Self {
        Self {
            status: order.status.as_str(),
            reasons: &order.reasons,
            archived: order.archived,
            next_due_at: order.next_due_at.map(|due| due.0),
            total: order.total,
            version: signed(order.version),
            updated_at: order.updated_at.0,
            body: &order.body,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = idempotency)]
pub struct ReplyRow<'a> {
    pub key: &'a [u8],
    pub request_hash: &'a [u8],
    pub status: i32,
    pub version: Option<i64>,
    pub location: Option<&'a str>,
    pub body: &'a [u8],
    pub created_at: i64,
}

impl<'a> From<&'a IdempotencyRecord> for ReplyRow<'a> {
    fn from(record: &'a IdempotencyRecord) -> Self {
        Self {
            key: &record.key,
            request_hash: &record.request_hash,
            status: i32::from(record.reply.status),
            version: record.reply.version.map(signed),
            location: record.reply.location.as_deref(),
            body: &record.reply.body,
            created_at: record.created_at.0,
        }
    }
}

/// Counts as the database has them: versions, positions and delays never reach 2^63.
pub const fn signed(count: u64) -> i64 {
    count.cast_signed()
}
