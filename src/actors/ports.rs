//! What the actors need from the outside, as traits: the journal, the read model, the clock, randomness.
//!
//! `db` implements [`Journal`] and [`ReadModel`]; `app` chooses the implementations. The types here are what crosses the
//! line: appends with their state changes on the way in, views on the way out.

use super::idempotency::{IdempotencyRecord, Remember};
use crate::domain::basket::BasketState;
use crate::domain::catalogue::{Fulfilment, ProductState, StockLine, StoreState};
use crate::domain::customer::CustomerState;
use crate::domain::event::{DomainEvent, StreamKind};
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::money::Currency;
use crate::domain::order::{OrderState, OrderStatus, Participant, Reason, Request};
use crate::domain::payment::PaymentState;
use crate::domain::time::Timestamp;
use futures_util::future::BoxFuture;
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{broadcast, oneshot};
use uuid::Uuid;

/// Tells the time. Never runs backwards within a process, nor behind the newest event of the journal.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Makes ids and secrets.
pub trait Entropy: Send + Sync {
    /// A new `UUIDv7`; later ones compare greater.
    fn uuid(&self) -> Uuid;
    /// 256 unguessable bits.
    fn secret(&self) -> [u8; 32];
}

/// Why something happened: what belongs together, and the message that led to it.
#[derive(Clone, Debug)]
pub struct Cause {
    /// Groups everything one order or request led to.
    pub correlation_id: Uuid,
    /// The request, or the state of the saga, that asked for it.
    pub causation_id: Arc<str>,
}

/// An event on its way into the journal.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The kind of stream.
    pub stream: StreamKind,
    /// The stream.
    pub stream_id: Uuid,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// Its name in the table of `domain::event`.
    pub name: &'static str,
    /// Its payload, JSON.
    pub payload: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Why it happened.
    pub cause: Cause,
}

/// An event in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its place in the journal: 1, 2, 3 without gaps, in commit order.
    pub position: u64,
    /// The kind of stream.
    pub stream: StreamKind,
    /// The stream.
    pub stream_id: Uuid,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// Its name in the table of `domain::event`.
    pub name: Cow<'static, str>,
    /// Its payload, JSON.
    pub payload: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Groups everything one order or request led to.
    pub correlation_id: Uuid,
    /// The request, or the state of the saga, that asked for it.
    pub causation_id: Arc<str>,
}

/// A hold of an order on an authorization, for the read model.
#[derive(Clone, Debug)]
pub struct HoldChange {
    /// The authorization.
    pub payment_id: PaymentId,
    /// The order; an order has one hold.
    pub order_id: OrderId,
    /// Minor units.
    pub amount: i64,
    /// `held`, `captured` or `voided`.
    pub status: &'static str,
}

/// A reservation of an order at a store, for the read model.
#[derive(Clone, Debug)]
pub struct ReservationChange {
    /// The store.
    pub store_id: StoreId,
    /// The order; an order has one reservation a store.
    pub order_id: OrderId,
    /// What is put aside.
    pub lines: Vec<StockLine>,
    /// `reserved`, `released` or `shipped`.
    pub status: &'static str,
}

/// An order's row: the state as JSON, and the columns lists are filtered by.
#[derive(Clone, Debug)]
pub struct OrderChange {
    /// The order.
    pub id: OrderId,
    /// Who ordered.
    pub customer_id: CustomerId,
    /// The authorization.
    pub payment_id: PaymentId,
    /// Where in its life it is.
    pub status: OrderStatus,
    /// The reasons of a rejection, `,`-separated and -enclosed; empty without.
    pub reasons: String,
    /// Whether it is hidden from the lists.
    pub archived: bool,
    /// When it next needs attention: its durable timer.
    pub next_due_at: Option<Timestamp>,
    /// Minor units of the mall's currency.
    pub total: i64,
    /// Number of events in its stream.
    pub version: u64,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The stores asked; given with the submission only, empty in later changes.
    pub new_stores: Vec<StoreId>,
    /// The state, JSON.
    pub body: String,
}

impl OrderChange {
    /// The row of a state; `submitted` when its submission is in the same append.
    #[must_use]
    pub fn of(state: &OrderState, submitted: bool) -> Self {
        let stores = state.stores.iter().map(|leg| leg.store_id);
        let mut reasons = String::new();
        for reason in &state.reasons {
            reasons.push_str(if reasons.is_empty() { "," } else { "" });
            reasons.push_str(reason.as_str());
            reasons.push(',');
        }
        Self {
            id: state.id,
            customer_id: state.customer_id,
            payment_id: state.payment_id,
            status: state.status,
            reasons,
            archived: state.archived,
            next_due_at: state.next_due(),
            total: state.total.amount_minor,
            version: state.version,
            created_at: state.created_at,
            updated_at: state.updated_at,
            new_stores: if submitted { stores.collect() } else { Vec::new() },
            body: serde_json::to_string(state).expect("an order holds only texts, integers and lists"),
        }
    }
}

/// One row of the read model, as it is after the append. Full rows, not differences: within one commit the last wins.
#[derive(Clone, Debug)]
pub enum Change {
    /// A store without its products.
    Store(StoreHead),
    /// A product.
    Product(StoreId, ProductState),
    /// A reservation.
    Reservation(ReservationChange),
    /// A customer with the SHA-256 of its access token.
    Customer(CustomerState, [u8; 32]),
    /// An authorization without its holds.
    Payment(PaymentState),
    /// A hold.
    Hold(HoldChange),
    /// A basket.
    Basket(BasketState),
    /// An order.
    Order(Box<OrderChange>),
    /// How far a durable consumer of the journal is.
    Cursor(Cursor),
    /// A token of the staff.
    Token(TokenRecord),
}

/// What the holder of a token of the staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRole {
    /// Everything.
    Admin,
    /// Read everything but the list of tokens.
    Reader,
}

impl TokenRole {
    /// The role as the database and answers have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Reader => "reader",
        }
    }

    /// The role of a text, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Admin, Self::Reader].into_iter().find(|role| role.as_str() == text)
    }
}

/// A token of the staff. Its secret is known to its holder alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// What it is called; among the tokens that are not revoked no two have one name.
    pub name: Arc<str>,
    /// What its holder may do.
    pub role: TokenRole,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// How far a durable consumer of the journal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The consumer.
    pub consumer: &'static str,
    /// The last position it has dealt with.
    pub position: u64,
}

/// A store without its products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreHead {
    /// The store.
    pub id: StoreId,
    /// What it is called.
    pub name: Arc<str>,
    /// Where it is.
    pub location: Arc<str>,
    /// Whether it takes part in shopping.
    pub participating: bool,
    /// How long it takes to confirm, milliseconds.
    pub confirmation_delay_ms: u64,
    /// Who confirms for it.
    pub fulfilment: Fulfilment,
    /// Whether it closed for good.
    pub archived: bool,
    /// Number of events in its stream.
    pub version: u64,
    /// When it was opened.
    pub created_at: Timestamp,
}

impl From<&StoreState> for StoreHead {
    fn from(state: &StoreState) -> Self {
        Self {
            id: state.id,
            name: state.name.clone(),
            location: state.location.clone(),
            participating: state.participating,
            confirmation_delay_ms: state.confirmation_delay_ms,
            fulfilment: state.fulfilment,
            archived: state.archived,
            version: state.version,
            created_at: state.created_at,
        }
    }
}

/// The memory of an actor, on which its appends are decided. They are handed over before those ahead of them are
/// committed: when one is refused, all that was decided on the same memory counts on what was never written, and the
/// journal refuses that too.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<AtomicBool>);

impl Memory {
    /// Whether it holds what is not in the journal.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Says that it does: nothing that is decided on it is written any more.
    pub fn void(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// What one decision writes: all of it in one transaction, or none.
#[derive(Clone, Debug, Default)]
pub struct Append {
    /// Whose memory it was decided on; also of an append without events, whose answer says that what the memory holds
    /// is on disk.
    pub decided_on: Vec<Memory>,
    /// The events, in order.
    pub events: Vec<NewEvent>,
    /// The rows of the read model that follow from them.
    pub changes: Vec<Change>,
    /// The reply to remember under the caller's idempotency key.
    pub idempotency: Option<Box<Remember>>,
}

impl Append {
    /// Adds the events of one stream, which had `version` events before.
    pub fn stream<E: DomainEvent>(&mut self, id: Uuid, version: u64, events: &[E], at: Timestamp, cause: &Cause) {
        self.events.extend(events.iter().zip(version + 1..).map(|(event, version)| NewEvent {
            stream: E::STREAM,
            stream_id: id,
            version,
            name: event.name(),
            payload: event.payload(),
            occurred_at: at,
            cause: cause.clone(),
        }));
    }
}

/// Why an append was not committed. Nothing of it was written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// A database constraint refused it: a defect, or memory that no longer matches the disk.
    #[error("the journal refused the append: {0}")]
    Refused(Arc<str>),
    /// It was decided on what the journal had refused before.
    #[error("the append was decided on what the journal refused")]
    Void,
    /// There is a reply under its idempotency key already: another process took the same request.
    #[error("there is a reply under the idempotency key already")]
    KeyTaken,
    /// The journal is shutting down.
    #[error("the journal is closed")]
    Closed,
}

impl AppendError {
    /// Logs what is a defect; a mall that closes is none.
    pub fn report(&self) {
        match self {
            Self::Refused(_) => {
                tracing::error!(error = %self, "an append failed; its actor starts over from the journal");
            }
            // Its cause has been reported.
            Self::Void | Self::KeyTaken => tracing::debug!(error = %self, "an append was not taken"),
            Self::Closed => tracing::debug!(error = %self, "an append came after the end"),
        }
    }
}

/// The answer to an append, once it is on disk.
pub type Commit = oneshot::Receiver<Result<(), AppendError>>;

/// Writes the journal. Appends are committed in the order they are submitted.
pub trait Journal: Send + Sync {
    /// Hands an append over. The answer comes after its commit; an empty append is a barrier.
    fn submit(&self, append: Append) -> Commit;

    /// The newest committed position.
    fn head(&self) -> u64;

    /// Appends waiting to be committed.
    fn depth(&self) -> usize;

    /// Whether appends are being committed. While they are not (a database server is away) they wait.
    fn is_available(&self) -> bool;
}

/// Committed events as they come, in order. A reader that falls too far behind is told `Lagged` and reads the gap from
/// the read model.
pub type LiveEvents = broadcast::Receiver<Arc<[RecordedEvent]>>;

/// Where committed events can be followed.
pub trait Feed: Send + Sync {
    /// Events committed from now on.
    fn subscribe(&self) -> LiveEvents;
}

/// A durable consumer's part that is its own: what to do about events.
pub trait Consume: Send + Sync {
    /// Deals with the next events of the journal, in order and without a gap. Answers whether there was anything to do.
    ///
    /// Called again with the same events after a crash and after an error: effects must bear repetition. An event that
    /// can never be dealt with is to be skipped here, with a word in the log; an error holds the consumer up.
    fn consume<'a>(&'a self, events: &'a [RecordedEvent]) -> BoxFuture<'a, Result<bool, Undelivered>>;
}

/// Events could not be dealt with now; trying again helps.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Undelivered(pub String);

/// A request to an outside participant, with the event that led to it.
#[derive(Clone, Debug)]
pub struct OutgoingRequest {
    /// The event.
    pub event: RecordedEvent,
    /// Which of the event's requests this is, from 1.
    pub number: usize,
    /// The request.
    pub request: Request,
}

/// Takes requests to outside participants.
pub trait RequestSink: Send + Sync {
    /// Takes requests in order; all are safe with the bus when it answers.
    fn send(&self, requests: Vec<OutgoingRequest>) -> BoxFuture<'_, Result<(), Undelivered>>;
}

/// Why an answer of an outside service was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It can never be taken.
    #[error("{0}")]
    Poison(String),
    /// Not now; trying again helps.
    #[error("{0}")]
    Later(String),
}

/// Takes answers of outside services, whatever the bus.
pub trait AnswerDesk: Send + Sync {
    /// Takes an answer; what follows from it is committed when this answers. Repeated and late answers are taken too.
    fn take(&self, from: Participant, confirms: bool, body: &[u8]) -> BoxFuture<'static, Result<(), NotTaken>>;
}

/// A message nobody could make sense of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Where it was sent.
    pub subject: String,
    /// Why it was not taken.
    pub reason: String,
    /// When it was given up.
    pub at: Timestamp,
}

/// The messages nobody could make sense of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadLetters {
    /// How many are kept.
    pub count: u64,
    /// The newest.
    pub last: Option<DeadLetter>,
}

/// Why the read model could not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// The database is busy or all connections are taken; trying again helps.
    Busy,
    /// The database holds something this build can not read.
    Corrupt,
    /// The database can not be reached.
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

/// Which stores are wanted.
#[derive(Clone, Debug, Default)]
pub struct StoreFilter {
    /// Only participating ones, or only others.
    pub participating: Option<bool>,
    /// Part of the name or location, any case.
    pub q: Option<String>,
}

/// A store in lists.
#[derive(Clone, Debug)]
pub struct StoreView {
    /// The store.
    pub store: StoreHead,
    /// Its active products.
    pub product_count: u64,
}

/// How products are sorted; each is made unique by the id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProductSort {
    /// Newest first.
    #[default]
    Newest,
    /// By name, A to Z.
    Name,
    /// Cheapest first.
    Price,
    /// Dearest first.
    PriceDescending,
    /// Least available first.
    Stock,
    /// Most available first.
    StockDescending,
}

/// Which products are wanted.
#[derive(Clone, Debug, Default)]
pub struct ProductFilter {
    /// Of one store.
    pub store_id: Option<StoreId>,
    /// Only of participating stores.
    pub participating_only: bool,
    /// Part of the name, SKU or description, any case.
    pub q: Option<String>,
    /// The order of the list.
    pub sort: ProductSort,
}

/// A product with the store that sells it.
#[derive(Clone, Debug)]
pub struct ProductView {
    /// The product.
    pub product: ProductState,
    /// Its store.
    pub store_id: StoreId,
    /// The store's name.
    pub store_name: Arc<str>,
    /// Whether the store takes part in shopping.
    pub store_participating: bool,
}

/// A customer in the administrator's list.
#[derive(Clone, Debug)]
pub struct CustomerSummary {
    /// The customer.
    pub customer: CustomerState,
    /// Pieces in the customer's baskets.
    pub basket_size: u64,
    /// Authorized, minor units.
    pub authorized: i64,
    /// Held for orders, minor units.
    pub held: i64,
    /// Captured, minor units.
    pub captured: i64,
    /// Orders ever submitted.
    pub order_count: u64,
    /// When the customer last did something.
    pub last_activity_at: Timestamp,
}

/// Which orders are wanted.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// Of one customer.
    pub customer_id: Option<CustomerId>,
    /// In one status.
    pub status: Option<OrderStatus>,
    /// With lines of one store.
    pub store_id: Option<StoreId>,
    /// Rejected for a reason.
    pub reason: Option<Reason>,
    /// Whose order or customer id starts so.
    pub q: Option<String>,
    /// Submitted at or after.
    pub created_after: Option<Timestamp>,
    /// Submitted before.
    pub created_before: Option<Timestamp>,
    /// Hidden ones instead of the others.
    pub archived: bool,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// After this position (or before it when descending).
    pub after: Option<u64>,
    /// Of one stream.
    pub stream_id: Option<Uuid>,
    /// Up to this position.
    pub up_to: Option<u64>,
    /// Of one of these names, for example `order.submitted`; of any when empty.
    pub names: Vec<String>,
    /// Newest first.
    pub descending: bool,
}

/// Numbers of orders by status.
pub type OrderCounts = Vec<(OrderStatus, u64)>;

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
    /// What was answered under an idempotency key.
    fn idempotent_reply(&self, key: [u8; 32]) -> Read<'_, Option<IdempotencyRecord>>;

    /// A customer.
    fn customer(&self, id: CustomerId) -> Read<'_, Option<CustomerState>>;
    /// The customer whose access token has this SHA-256.
    fn customer_by_token(&self, token_hash: [u8; 32]) -> Read<'_, Option<CustomerId>>;
    /// Customers with what they have and did; `q` is part of the name, phone or id.
    fn customers(&self, q: Option<String>, page: PageRequest) -> Read<'_, Page<CustomerSummary>>;
    /// A store that is not archived.
    fn store(&self, id: StoreId) -> Read<'_, Option<StoreView>>;
    /// Stores that are not archived.
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
    /// Events; `after` and `descending` say where to start and which way.
    fn events(&self, filter: EventFilter, limit: usize) -> Read<'_, Vec<RecordedEvent>>;
    /// The ids of a customer's orders, payments and baskets, whose streams are the customer's business.
    fn streams_of_customer(&self, id: CustomerId) -> Read<'_, Vec<Uuid>>;
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
    /// Random id; a wiped database can not be mistaken for the old one.
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
