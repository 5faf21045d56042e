//! Facts about orders: the payloads behind the names in `domain::event`.

use super::leg::StoreAsked;
use super::obligation::Obligation;
use super::words::{CancelledBy, OnShortage, Reason};
use crate::domain::ids::{CustomerId, PaymentId, ProductId, StoreId};
use crate::domain::inventory::Shortage;
use crate::domain::line::OrderLine;
use crate::domain::money::Money;
use crate::domain::participant::Fulfilment;
use crate::domain::personality::Draw;
use crate::domain::time::{Rfc3339, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The customer ordered. Prices are fixed here and never looked up again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Submitted {
    /// Who ordered.
    pub customer_id: CustomerId,
    /// The authorization the order draws on.
    pub payment_id: PaymentId,
    /// What shall happen when a store is short.
    pub on_shortage: OnShortage,
    /// What was ordered, with the prices of that moment.
    pub lines: Vec<OrderLine>,
    /// The stores asked, each with the time its confirmation is due.
    pub stores: Vec<StoreAsked>,
    /// When the bank's confirmation is due.
    #[serde(with = "Rfc3339")]
    pub payment_due_at: Timestamp,
    /// Who confirms for the bank; left out when it is Plaza itself.
    #[serde(default, skip_serializing_if = "Fulfilment::is_internal")]
    pub payment_provider: Fulfilment,
    /// When a missing verdict becomes `CONFIRMATION_TIMEOUT`.
    #[serde(with = "Rfc3339")]
    pub confirm_by: Timestamp,
    /// The sum of price times quantity.
    pub total: Money,
    /// What chance is drawn from for this order (`SIMULATION.md`): the hash of the idempotency key of its submission, or
    /// its id; journals of before version 0.2 leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<Draw>,
}

/// The bank holds the money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentConfirmed {
    /// How much is held.
    pub amount: Money,
}

/// The bank refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentRejected {
    /// Why.
    pub reason: Reason,
}

/// An outside service was asked to confirm for a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoreConfirmationRequested {
    /// The store.
    pub store_id: StoreId,
    /// When a missing answer becomes `CONFIRMATION_TIMEOUT`.
    #[serde(with = "Rfc3339")]
    pub answer_by: Timestamp,
    /// What the store is to serve; journals of before version 0.2 leave it out.
    #[serde(default)]
    pub lines: Vec<LineRequested>,
}

/// What an outside store is asked to serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineRequested {
    /// The product.
    pub product_id: ProductId,
    /// The stock keeping unit when it was ordered.
    pub sku: Arc<str>,
    /// The product's name when it was ordered.
    pub product_name: Arc<str>,
    /// Pieces.
    pub quantity: u32,
    /// The price of one piece when it was ordered.
    pub unit_price: Money,
}

impl From<&OrderLine> for LineRequested {
    fn from(line: &OrderLine) -> Self {
        Self {
            product_id: line.product_id,
            sku: line.sku.clone(),
            product_name: line.product_name.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
        }
    }
}

/// An outside bank was asked to hold the total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentConfirmationRequested {
    /// The authorization the order draws on.
    pub payment_id: PaymentId,
    /// Whose order it is.
    pub customer_id: CustomerId,
    /// What is to be held.
    pub amount: Money,
    /// When a missing answer becomes `CONFIRMATION_TIMEOUT`.
    #[serde(with = "Rfc3339")]
    pub answer_by: Timestamp,
}

/// The outside service of a store said yes; Plaza's books are next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoreConfirmationReceived {
    /// The store.
    pub store_id: StoreId,
}

/// The outside bank said yes; Plaza's books are next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentConfirmationReceived {}

/// A store reserved everything asked of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoreConfirmed {
    /// The store.
    pub store_id: StoreId,
}

/// A store cannot serve the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoreRejected {
    /// The store.
    pub store_id: StoreId,
    /// Why.
    pub reason: Reason,
    /// What it is short of; empty for other reasons.
    pub lines: Vec<Shortage>,
}

/// A line of a store that cannot serve was dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineDropped {
    /// The store.
    pub store_id: StoreId,
    /// The product.
    pub product_id: ProductId,
    /// Pieces no longer ordered.
    pub quantity: u32,
    /// By how much the total fell.
    pub line_total: Money,
}

/// The hold was lowered to the total of the kept lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldLowered {
    /// What is still held.
    pub amount: Money,
    /// Who confirms for the bank; left out when it is Plaza itself.
    #[serde(default, skip_serializing_if = "Fulfilment::is_internal")]
    pub payment_provider: Fulfilment,
}

/// All verdicts are in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accepted {
    /// What is to be paid; it is held.
    pub total: Money,
    /// Until when it may be paid.
    #[serde(with = "Rfc3339")]
    pub pay_by: Timestamp,
}

/// The order failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rejected {
    /// Every reason known at that moment.
    pub reasons: Vec<Reason>,
}

/// The order was called off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cancelled {
    /// By whom.
    pub by: CancelledBy,
    /// Why, in the words of whoever cancelled.
    pub reason: Option<Arc<str>>,
}

/// The customer paid: the hold is captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Paid {
    /// How much.
    pub amount: Money,
    /// Who confirms for the bank; left out when it is Plaza itself.
    #[serde(default, skip_serializing_if = "Fulfilment::is_internal")]
    pub payment_provider: Fulfilment,
    /// When the stores ship.
    #[serde(with = "Rfc3339")]
    pub ships_at: Timestamp,
}

/// The pay deadline passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expired {}

/// A store handed its lines over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoreShipped {
    /// The store.
    pub store_id: StoreId,
    /// Who confirms for it; left out when it is Plaza itself.
    #[serde(default, skip_serializing_if = "Fulfilment::is_internal")]
    pub fulfilment: Fulfilment,
}

/// Every kept store shipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivered {}

/// What must be undone elsewhere because of the change in the same append.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CompensationRequired {
    /// What must be undone; re-sent until acknowledged.
    pub obligations: Vec<Obligation>,
    /// Those whose participant is served from outside and is told as well; left out when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<Obligation>,
}

/// A participant acknowledged one obligation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObligationMet {
    /// Which.
    #[serde(flatten)]
    pub obligation: Obligation,
}

/// A verdict arrived after the order had ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfirmationIgnored {
    /// The store whose verdict it was; none for the bank's.
    pub store_id: Option<StoreId>,
}

/// An administrator hid the order from the lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Archived {}
