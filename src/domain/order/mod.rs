//! The order and its saga, pure: what it is, what may happen to it, and what it wants done next.
//!
//! An order is submitted with a price snapshot and a due time for every confirmation; it waits for one verdict of the
//! bank and one of each store; it is accepted, paid and delivered, or rejected, cancelled or expired. `decide` turns a
//! command into events, `evolve` applies an event, and `work` says which participants are to be asked at a moment.
//!
//! Whatever must be undone or carried through elsewhere is an [`Obligation`] in the state, recorded with the change that
//! causes it and kept until acknowledged; the status never waits for it.

mod answer;
mod decide;
pub mod event;
mod evolve;
pub mod request;
mod status;
mod work;

pub use answer::{Answer, AnswerError, Stocked};
pub use decide::{Decision, OrderCommand, OrderError, OrderPolicy, Submission};
pub use request::{BankPart, ConfirmLines, HoldMoney, MoneyPart, Participant, Request, StorePart};
pub use status::{
    CancelledBy, Compensation, DeliveryStatus, OnShortage, OrderAction, OrderPaymentStatus, OrderStatus, Reason,
};
pub use work::Work;

use super::catalogue::{Fulfilment, StockLine};
use super::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use super::money::{Currency, Money};
use super::time::{Rfc3339, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most lines an order or basket may have.
pub const LINES_MAX: usize = 100;
/// The most pieces one line may have.
pub const QUANTITY_MAX: u32 = 10_000;
/// The longest cancellation reason, in characters.
pub const CANCEL_REASON_MAX: usize = 200;

/// One line: a product, the price of that moment, and how many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderLine {
    /// The product.
    pub product_id: ProductId,
    /// The store that sells it.
    pub store_id: StoreId,
    /// The store's name when it was ordered.
    pub store_name: Arc<str>,
    /// The stock keeping unit when it was ordered.
    pub sku: Arc<str>,
    /// The product's name when it was ordered.
    pub product_name: Arc<str>,
    /// The price of one piece when it was ordered.
    pub unit_price: Money,
    /// Pieces.
    pub quantity: u32,
}

impl OrderLine {
    /// Price times quantity. Submission has checked that it fits.
    #[must_use]
    pub fn line_total(&self) -> Money {
        self.unit_price.checked_mul(self.quantity).expect("submission refuses lines whose total overflows")
    }
}

/// A store asked to confirm, as fixed by the submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoreAsked {
    /// The store.
    pub store_id: StoreId,
    /// Its name when it was ordered.
    pub store_name: Arc<str>,
    /// Who confirms for it.
    pub fulfilment: Fulfilment,
    /// When its confirmation is due.
    #[serde(with = "Rfc3339")]
    pub due_at: Timestamp,
}

/// One store's part of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreLeg {
    /// The store.
    pub store_id: StoreId,
    /// Its name when it was ordered.
    pub store_name: Arc<str>,
    /// Who confirms for it.
    pub fulfilment: Fulfilment,
    /// When its confirmation is due.
    pub due_at: Timestamp,
    /// How far it is.
    pub status: DeliveryStatus,
    /// Why it can not serve, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Reason>,
    /// When the outside service that confirms for it gave its first answer, if that was not a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
}

impl StoreLeg {
    /// Whether the order still counts on this store.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        self.rejection.is_none()
    }
}

/// The bank's part of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentLeg {
    /// When the bank's confirmation is due.
    pub due_at: Timestamp,
    /// How far it is.
    pub status: OrderPaymentStatus,
    /// What is held for the order, minor units.
    pub held: i64,
    /// Why the bank refused, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Reason>,
    /// Who confirms for the bank.
    #[serde(default, skip_serializing_if = "Fulfilment::is_internal")]
    pub provider: Fulfilment,
    /// When an outside bank gave its first answer, if that was not a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
}

/// Something to be done at a participant because of a change of the order; re-sent until acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Obligation {
    /// The bank gives the hold back.
    VoidHold,
    /// The bank captures the hold.
    CaptureHold,
    /// A store puts its reservation back on the shelf.
    ReleaseStock {
        /// The store.
        store_id: StoreId,
    },
    /// A store hands its reservation over.
    ShipStock {
        /// The store.
        store_id: StoreId,
    },
}

impl Obligation {
    /// Whether it undoes something, as opposed to carrying a sale through.
    #[must_use]
    pub const fn is_compensation(self) -> bool {
        matches!(self, Self::VoidHold | Self::ReleaseStock { .. })
    }
}

/// An obligation and whether it was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// What is to be done.
    #[serde(flatten)]
    pub obligation: Obligation,
    /// Whether the participant acknowledged it.
    pub met: bool,
}

/// What a store is short of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shortage {
    /// The product.
    pub product_id: ProductId,
    /// Pieces the order wants, summed over its lines.
    pub requested: i64,
    /// Pieces the store can promise.
    pub available: i64,
}

/// Why a store can not serve an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreRejection {
    /// Less is available than ordered.
    OutOfStock(Vec<Shortage>),
    /// A product was archived after the order was submitted.
    ProductUnavailable(ProductId),
    /// The store was archived after the order was submitted.
    StoreClosed,
}

/// Everything an order is. Serialised, it is the order's row in the read model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderState {
    /// The order.
    pub id: OrderId,
    /// Who ordered.
    pub customer_id: CustomerId,
    /// The authorization the order draws on.
    pub payment_id: PaymentId,
    /// What shall happen when a store is short.
    pub on_shortage: OnShortage,
    /// Where in its life the order is.
    pub status: OrderStatus,
    /// The kept lines.
    pub lines: Vec<OrderLine>,
    /// One leg a store, dropped ones included.
    pub stores: Vec<StoreLeg>,
    /// The bank's leg.
    pub payment: PaymentLeg,
    /// The sum of the kept lines (invariant I11).
    pub total: Money,
    /// When a missing verdict becomes a rejection.
    pub confirm_by: Timestamp,
    /// Until when an accepted order may be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_by: Option<Timestamp>,
    /// When the stores of a paid order ship.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ships_at: Option<Timestamp>,
    /// Why the order was rejected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Who cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_by: Option<CancelledBy>,
    /// Why it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<Arc<str>>,
    /// What must happen at participants because of what happened here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duties: Vec<Duty>,
    /// Whether an administrator hid the order from the lists.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// Number of events in the order's stream.
    pub version: u64,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl OrderState {
    /// The currency of the order.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.total.currency
    }

    /// The leg of a store.
    #[must_use]
    pub fn leg(&self, store_id: StoreId) -> Option<&StoreLeg> {
        self.stores.iter().find(|leg| leg.store_id == store_id)
    }

    /// The stores the order still counts on.
    pub fn kept_stores(&self) -> impl Iterator<Item = &StoreLeg> {
        self.stores.iter().filter(|leg| leg.is_kept())
    }

    /// What a store is to reserve.
    #[must_use]
    pub fn lines_of(&self, store_id: StoreId) -> Vec<StockLine> {
        let lines = self.lines.iter().filter(|line| line.store_id == store_id);
        lines.map(|line| StockLine { product_id: line.product_id, quantity: line.quantity }).collect()
    }

    /// Whether the participant of an obligation is served from outside.
    #[must_use]
    pub fn is_met_outside(&self, obligation: Obligation) -> bool {
        let served_by = match obligation {
            Obligation::VoidHold | Obligation::CaptureHold => Some(self.payment.provider),
            Obligation::ReleaseStock { store_id } | Obligation::ShipStock { store_id } => {
                self.leg(store_id).map(|leg| leg.fulfilment)
            }
        };
        served_by == Some(Fulfilment::External)
    }

    /// Whether nothing further can change the order's outcome.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        self.status.is_terminal()
    }

    /// Whether the saga is over: terminal, and everything owed to participants acknowledged.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.is_terminal() && self.duties.iter().all(|duty| duty.met)
    }

    /// How far undoing is.
    #[must_use]
    pub fn compensation(&self) -> Compensation {
        let mut undone = self.duties.iter().filter(|duty| duty.obligation.is_compensation()).peekable();
        if undone.peek().is_none() {
            Compensation::None
        } else if undone.all(|duty| duty.met) {
            Compensation::Done
        } else {
            Compensation::Pending
        }
    }

    /// The stores' statuses in one: the least advanced kept store, or what ended the order.
    #[must_use]
    pub fn delivery_status(&self) -> DeliveryStatus {
        let any = |status| self.stores.iter().any(|leg| leg.status == status);
        if matches!(self.status, OrderStatus::Rejected | OrderStatus::Cancelled | OrderStatus::Expired) {
            let ended = [DeliveryStatus::OutOfStock, DeliveryStatus::Unavailable, DeliveryStatus::Released];
            if let Some(status) = ended.into_iter().find(|status| any(*status)) {
                return status;
            }
        }
        self.kept_stores().map(|leg| leg.status).min().unwrap_or(DeliveryStatus::Pending)
    }

    /// What a person may do with the order now.
    #[must_use]
    pub fn allowed_actions(&self, now: Timestamp) -> Vec<OrderAction> {
        match self.status {
            OrderStatus::Accepted if self.pay_by.is_some_and(|by| now < by) => {
                vec![OrderAction::Pay, OrderAction::Cancel]
            }
            OrderStatus::Pending | OrderStatus::Accepted => vec![OrderAction::Cancel],
            OrderStatus::Paid
            | OrderStatus::Delivered
            | OrderStatus::Rejected
            | OrderStatus::Cancelled
            | OrderStatus::Expired => vec![],
        }
    }
}
