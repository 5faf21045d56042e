//! A participant's part of an order.

use super::words::{DeliveryStatus, OrderPaymentStatus, Reason};
use crate::domain::ids::StoreId;
use crate::domain::participant::Fulfilment;
use crate::domain::time::{Rfc3339, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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
    /// Why it cannot serve, if so.
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
