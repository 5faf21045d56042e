//! Rows as diesel reads them, and what they become: domain states and views.
//!
//! A row that does not convert was damaged or written by a newer build: [`DbErrorKind::Corrupt`], naming table and id.
//! Amounts are minor units; their currency is the mall's, which only the table `log` knows.

use super::error::{DbError, DbErrorKind};
use super::schema::{baskets, customers, events, idempotency, log, payments, products, reservations, stores};
use crate::domain::basket::BasketState;
use crate::domain::customer::CustomerState;
use crate::domain::event::{StreamKind, all_names};
use crate::domain::ids::OrderId;
use crate::domain::inventory::{Stock, StockLine};
use crate::domain::money::{Currency, Money};
use crate::domain::order::OrderState;
use crate::domain::participant::Fulfilment;
use crate::domain::payment::{PaymentState, PaymentStatus};
use crate::domain::store::ProductState;
use crate::domain::time::Timestamp;
use crate::ports::changes::StoreHead;
use crate::ports::journal::RecordedEvent;
use crate::ports::reads::LogIdentity;
use crate::ports::reply::{IdempotencyRecord, Reply};
use diesel::prelude::*;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::error::Error as StdError;
use std::sync::LazyLock;
use uuid::Uuid;

/// A row being converted: the table and the id that an error has to name.
#[derive(Clone, Copy)]
pub struct Row<'a>(pub &'static str, pub &'a str);

impl Row<'_> {
    fn corrupt(self, column: &str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> DbError {
        let Self(table, id) = self;
        DbError::because(DbErrorKind::Corrupt, format!("{table} {id} has an unreadable {column}"), source)
    }

    /// The id in `text`.
    ///
    /// # Errors
    /// [`DbErrorKind::Corrupt`] when it is none.
    pub fn id<T: From<Uuid>>(self, column: &str, text: &str) -> Result<T, DbError> {
        Uuid::parse_str(text).map(T::from).map_err(|error| self.corrupt(column, error))
    }

    /// The number in `value`, which cannot be negative.
    ///
    /// # Errors
    /// [`DbErrorKind::Corrupt`] when it is.
    pub fn count(self, column: &str, value: i64) -> Result<u64, DbError> {
        u64::try_from(value).map_err(|error| self.corrupt(column, error))
    }

    /// What the JSON in `text` says.
    ///
    /// # Errors
    /// [`DbErrorKind::Corrupt`] when it says something else.
    pub fn json<T: DeserializeOwned>(self, column: &str, text: &str) -> Result<T, DbError> {
        serde_json::from_str(text).map_err(|error| self.corrupt(column, error))
    }

    /// The value a word stands for.
    ///
    /// # Errors
    /// [`DbErrorKind::Corrupt`] when it stands for none.
    pub fn word<T>(self, column: &str, word: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, DbError> {
        parse(word).ok_or_else(|| self.corrupt(column, format!("unknown word {word:?}")))
    }

    fn hash(self, column: &str, bytes: Vec<u8>) -> Result<[u8; 32], DbError> {
        bytes.try_into().map_err(|bytes: Vec<u8>| self.corrupt(column, format!("{} bytes, not 32", bytes.len())))
    }
}

/// The row of `log`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = log)]
pub struct LogRow {
    log_id: String,
    currency: String,
}

impl LogRow {
    /// What the journal is.
    pub(super) fn into_view(self) -> Result<LogIdentity, DbError> {
        let row = Row("log", &self.log_id);
        Ok(LogIdentity {
            log_id: row.id("log_id", &self.log_id)?,
            currency: self.currency.parse().map_err(|error| row.corrupt("currency", error))?,
        })
    }
}

/// A row of `stores`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = stores)]
pub struct StoreRow {
    /// The store.
    pub id: String,
    name: String,
    location: String,
    participating: bool,
    confirmation_delay_ms: i64,
    fulfilment: String,
    archived: bool,
    version: i64,
    created_at: i64,
}

impl StoreRow {
    /// The store without its products.
    pub(super) fn into_domain(self) -> Result<StoreHead, DbError> {
        let row = Row("stores", &self.id);
        Ok(StoreHead {
            id: row.id("id", &self.id)?,
            participating: self.participating,
            confirmation_delay_ms: row.count("confirmation_delay_ms", self.confirmation_delay_ms)?,
            fulfilment: row.word("fulfilment", &self.fulfilment, Fulfilment::parse)?,
            archived: self.archived,
            version: row.count("version", self.version)?,
            created_at: Timestamp(self.created_at),
            name: self.name.into(),
            location: self.location.into(),
        })
    }
}

/// A row of `products`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = products)]
pub struct ProductRow {
    /// The product.
    pub id: String,
    /// Its store.
    pub store_id: String,
    sku: String,
    /// What it is called.
    pub name: String,
    description: String,
    /// Minor units.
    pub price: i64,
    /// Pieces in the store.
    pub on_hand: i64,
    /// Pieces put aside.
    pub reserved: i64,
    archived: bool,
    version: i64,
    created_at: i64,
}

impl ProductRow {
    /// The product.
    pub(super) fn into_domain(self, currency: Currency) -> Result<ProductState, DbError> {
        let row = Row("products", &self.id);
        Ok(ProductState {
            id: row.id("id", &self.id)?,
            price: Money::new(self.price, currency),
            stock: Stock { on_hand: self.on_hand, reserved: self.reserved },
            archived: self.archived,
            version: row.count("version", self.version)?,
            created_at: Timestamp(self.created_at),
            sku: self.sku.into(),
            name: self.name.into(),
            description: self.description.into(),
        })
    }
}

/// A row of `reservations`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = reservations)]
pub struct ReservationRow {
    /// The order.
    pub order_id: String,
    /// The store.
    pub store_id: String,
    lines: String,
    /// `reserved`, `released` or `shipped`.
    pub status: String,
}

impl ReservationRow {
    /// Whose it is, and what it puts aside.
    pub(super) fn into_domain(self) -> Result<(OrderId, Vec<StockLine>), DbError> {
        let row = Row("reservations", &self.order_id);
        Ok((row.id("order_id", &self.order_id)?, row.json("lines", &self.lines)?))
    }
}

/// A row of `customers`, without the hash of its access token.
#[derive(Queryable, Selectable)]
#[diesel(table_name = customers)]
pub struct CustomerRow {
    /// The customer.
    pub id: String,
    name: String,
    phone: String,
    version: i64,
    created_at: i64,
}

impl CustomerRow {
    /// The customer.
    pub(super) fn into_domain(self) -> Result<CustomerState, DbError> {
        let row = Row("customers", &self.id);
        Ok(CustomerState {
            id: row.id("id", &self.id)?,
            version: row.count("version", self.version)?,
            created_at: Timestamp(self.created_at),
            name: self.name.into(),
            phone: self.phone.into(),
        })
    }
}

/// A row of `payments`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = payments)]
pub struct PaymentRow {
    /// The authorization.
    pub id: String,
    customer_id: String,
    status: String,
    authorized: i64,
    available: i64,
    held: i64,
    captured: i64,
    refunded: i64,
    version: i64,
    created_at: i64,
}

impl PaymentRow {
    /// The authorization with these live holds.
    pub(super) fn into_domain(
        self,
        currency: Currency,
        holds: BTreeMap<OrderId, i64>,
    ) -> Result<PaymentState, DbError> {
        let row = Row("payments", &self.id);
        Ok(PaymentState {
            id: row.id("id", &self.id)?,
            customer_id: row.id("customer_id", &self.customer_id)?,
            currency,
            status: row.word("status", &self.status, PaymentStatus::parse)?,
            authorized: self.authorized,
            available: self.available,
            held: self.held,
            captured: self.captured,
            refunded: self.refunded,
            holds,
            version: row.count("version", self.version)?,
            created_at: Timestamp(self.created_at),
        })
    }
}

/// A row of `baskets`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = baskets)]
pub struct BasketRow {
    /// The basket.
    pub id: String,
    customer_id: Option<String>,
    items: String,
    /// The sum of the items' quantities.
    pub pieces: i64,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

impl BasketRow {
    /// The basket.
    pub(super) fn into_domain(self) -> Result<BasketState, DbError> {
        let row = Row("baskets", &self.id);
        Ok(BasketState {
            id: row.id("id", &self.id)?,
            customer_id: self.customer_id.as_deref().map(|id| row.id("customer_id", id)).transpose()?,
            items: row.json("items", &self.items)?,
            version: row.count("version", self.version)?,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        })
    }
}

/// The order in the `body` of a row of `orders`.
pub(super) fn order(id: &str, body: &str) -> Result<OrderState, DbError> {
    Row("orders", id).json("body", body)
}

/// A row of `events`, without its hash.
#[derive(Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventRow {
    /// Its place in the journal.
    pub position: i64,
    /// The kind of stream.
    pub stream: String,
    /// The stream.
    pub stream_id: String,
    /// Its place in the stream.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its payload, JSON.
    pub payload: String,
    /// When it happened, microseconds.
    pub occurred_at: i64,
    /// What it belongs to.
    pub correlation_id: String,
    /// What asked for it.
    pub causation_id: String,
}

impl EventRow {
    /// The event.
    pub(super) fn into_view(self) -> Result<RecordedEvent, DbError> {
        let position = self.position.to_string();
        let row = Row("events", &position);
        Ok(RecordedEvent {
            position: row.count("position", self.position)?,
            stream: row.word("stream", &self.stream, StreamKind::parse)?,
            stream_id: row.id("stream_id", &self.stream_id)?,
            version: row.count("version", self.version)?,
            name: event_name(self.name),
            payload: self.payload,
            occurred_at: Timestamp(self.occurred_at),
            correlation_id: row.id("correlation_id", &self.correlation_id)?,
            causation_id: self.causation_id.into(),
        })
    }
}

/// The name as the table of `domain::event` has it; an unknown one (of a newer build) is passed on as it is.
fn event_name(name: String) -> Cow<'static, str> {
    static NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| all_names().into_iter().collect());
    NAMES.get(name.as_str()).map_or(Cow::Owned(name), |known| Cow::Borrowed(*known))
}

/// A row of `idempotency`.
#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency)]
pub struct IdempotencyRow {
    key: Vec<u8>,
    request_hash: Vec<u8>,
    status: i32,
    version: Option<i64>,
    location: Option<String>,
    body: Vec<u8>,
    created_at: i64,
}

impl IdempotencyRow {
    /// What was answered.
    pub(super) fn into_domain(self) -> Result<IdempotencyRecord, DbError> {
        // The key is a hash of a secret of the caller's: it is not named in errors.
        let row = Row("idempotency", "(a key)");
        Ok(IdempotencyRecord {
            key: row.hash("key", self.key)?,
            request_hash: row.hash("request_hash", self.request_hash)?,
            reply: Reply {
                status: u16::try_from(self.status).map_err(|error| row.corrupt("status", error))?,
                version: self.version.map(|version| row.count("version", version)).transpose()?,
                location: self.location,
                body: self.body,
            },
            created_at: Timestamp(self.created_at),
        })
    }
}
