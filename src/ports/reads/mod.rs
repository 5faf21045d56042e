//! Queries, answered from what is committed. One file a list: its filter and its rows.

pub mod customers;
pub mod events;
pub mod orders;
pub mod products;
pub mod statistics;
pub mod stores;

use super::changes::TokenRecord;
use super::reply::IdempotencyRecord;
use crate::domain::basket::BasketState;
use crate::domain::customer::CustomerState;
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::money::Currency;
use crate::domain::order::OrderState;
use crate::domain::payment::PaymentState;
use crate::domain::store::StoreState;
use crate::domain::time::Timestamp;
use customers::CustomerSummary;
use events::{EventFilter, EventPage};
use futures_util::future::BoxFuture;
use orders::{OrderCounts, OrderFilter};
use products::{ProductFilter, ProductView};
use statistics::SpanRecord;
use stores::{StoreFilter, StoreView};
use uuid::Uuid;

/// Why the read model could not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// The database is busy or all connections are taken; trying again helps.
    Busy,
    /// The database holds something this build cannot read.
    Corrupt,
    /// The database cannot be reached.
    Unavailable,
    /// The cursor of a page request is none, or was made for another list or sort; the caller is to start over.
    BadCursor,
}

/// The read model could not answer.
#[derive(Debug, thiserror::Error)]
#[error("the read model could not answer ({kind:?})")]
pub struct ReadError {
    /// What to do about it.
    pub kind: ReadErrorKind,
    /// What the database said.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// The answer of a query.
pub type Read<'a, T> = BoxFuture<'a, Result<T, ReadError>>;

/// Part of a list, newest first.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last.
    pub next_cursor: Option<String>,
}

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// The most items, 1 to 200 over HTTP; exports ask for more.
    pub limit: usize,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Answers queries from what is committed.
pub trait ReadModel: Send + Sync {
    /// A store with products and live reservations, to wake its actor.
    fn load_store(&self, id: StoreId) -> Read<'_, Option<StoreState>>;
    /// A basket.
    fn basket(&self, id: BasketId) -> Read<'_, Option<BasketState>>;
    /// A payment with its live holds.
    fn payment(&self, id: PaymentId) -> Read<'_, Option<PaymentState>>;
    /// An order.
    fn order(&self, id: OrderId) -> Read<'_, Option<OrderState>>;
    /// An order as it was at a version of its stream.
    fn order_at(&self, id: OrderId, version: u64) -> Read<'_, Option<OrderState>>;
    /// Whether what an order reserved at a store was handed over.
    fn is_shipped(&self, order_id: OrderId, store_id: StoreId) -> Read<'_, bool>;
    /// Whether the hold of an order on an authorization was taken.
    fn is_captured(&self, order_id: OrderId, payment_id: PaymentId) -> Read<'_, bool>;
    /// The store that sells a product, archived or not.
    fn store_of_product(&self, id: ProductId) -> Read<'_, Option<StoreId>>;
    /// Orders whose attention is due in `[from, before)`, in due order.
    fn due_orders(&self, from: Timestamp, before: Timestamp) -> Read<'_, Vec<(Timestamp, OrderId)>>;
    /// When the first order after `now` needs attention.
    fn next_due(&self, now: Timestamp) -> Read<'_, Option<Timestamp>>;
    /// What was answered under an idempotency key.
    fn idempotent_reply(&self, key: [u8; 32]) -> Read<'_, Option<IdempotencyRecord>>;

    /// A customer.
    fn customer(&self, id: CustomerId) -> Read<'_, Option<CustomerState>>;
    /// The customer whose access token has this SHA-256.
    fn customer_by_token(&self, token_hash: [u8; 32]) -> Read<'_, Option<CustomerId>>;
    /// Customers with what they have and did; `q` is part of the name, phone or id.
    fn customers(&self, q: Option<String>, page: PageRequest) -> Read<'_, Page<CustomerSummary>>;
    /// A store that is neither archived nor about to be.
    fn store(&self, id: StoreId) -> Read<'_, Option<StoreView>>;
    /// Stores whose closing has begun and not ended.
    fn closing_stores(&self) -> Read<'_, Vec<StoreId>>;
    /// Stores that are neither archived nor about to be.
    fn stores(&self, filter: StoreFilter, page: PageRequest) -> Read<'_, Page<StoreView>>;
    /// A product that is not archived.
    fn product(&self, id: ProductId) -> Read<'_, Option<ProductView>>;
    /// Products that are not archived.
    fn products(&self, filter: ProductFilter, page: PageRequest) -> Read<'_, Page<ProductView>>;
    /// Products by id, archived ones included.
    fn products_by_id(&self, ids: Vec<ProductId>) -> Read<'_, Vec<ProductView>>;
    /// Payments of a customer, or of all.
    fn payments(&self, customer_id: Option<CustomerId>, page: PageRequest) -> Read<'_, Page<PaymentState>>;
    /// Orders.
    fn orders(&self, filter: OrderFilter, page: PageRequest) -> Read<'_, Page<OrderState>>;
    /// Orders by status.
    fn order_counts(&self) -> Read<'_, OrderCounts>;
    /// At most `limit` events; `after` and `descending` say where to start and which way.
    fn events(&self, filter: EventFilter, limit: usize) -> Read<'_, EventPage>;
    /// The ids of a customer's orders, payments and baskets, whose streams are the customer's business.
    fn streams_of_customer(&self, id: CustomerId) -> Read<'_, Vec<Uuid>>;
    /// What was counted of orders, by spans of time.
    fn statistics(&self) -> Read<'_, Vec<SpanRecord>>;
    /// The last position a durable consumer has dealt with; 0 for one that never ran.
    fn cursor(&self, consumer: &'static str) -> Read<'_, u64>;
    /// The tokens of the staff, newest first, revoked ones included.
    fn tokens(&self) -> Read<'_, Vec<TokenRecord>>;
    /// The currency and identity of this journal.
    fn log(&self) -> Read<'_, LogIdentity>;
    /// Checks the invariants of `domain` over the whole database.
    fn audit(&self) -> Read<'_, AuditReport>;
}

/// What a journal is: born with the database, never changed.
#[derive(Clone, Debug)]
pub struct LogIdentity {
    /// Random id; a wiped database cannot be mistaken for the old one.
    pub log_id: Uuid,
    /// The currency of the mall.
    pub currency: Currency,
}

/// The result of checking one invariant.
#[derive(Clone, Debug)]
pub struct InvariantReport {
    /// `I1` to `I15`.
    pub id: &'static str,
    /// What it says.
    pub name: &'static str,
    /// How many rows were checked.
    pub checked: u64,
    /// What breaks it, at most 20.
    pub violations: Vec<String>,
}

/// The result of an audit.
#[derive(Clone, Debug)]
pub struct AuditReport {
    /// The position audited.
    pub position: u64,
    /// One report an invariant.
    pub invariants: Vec<InvariantReport>,
}
