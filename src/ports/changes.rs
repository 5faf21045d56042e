//! The rows of the read model, as an append changes them.

use crate::domain::basket::BasketState;
use crate::domain::customer::CustomerState;
use crate::domain::ids::{CustomerId, OrderId, PaymentId, StoreId};
use crate::domain::inventory::StockLine;
use crate::domain::order::{OrderState, OrderStatus};
use crate::domain::participant::Fulfilment;
use crate::domain::payment::PaymentState;
use crate::domain::store::{ProductState, StoreState};
use crate::domain::time::Timestamp;
use crate::domain::words::words;
use crate::ports::reads::statistics::SpanRecord;
use std::sync::Arc;

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
    /// What was counted of orders in a span of time.
    Statistics(SpanRecord),
}

words! {
    /// What the holder of a token of the staff may do.
    TokenRole {
        /// Everything.
        Admin = "admin",
        /// Read everything but the list of tokens.
        Reader = "reader",
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
    /// Whether it is about to be archived.
    pub closing: bool,
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
            closing: state.closing,
            archived: state.archived,
            version: state.version,
            created_at: state.created_at,
        }
    }
}
