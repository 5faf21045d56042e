//! Facts about payments: the payloads behind the names in `domain::event`.

use crate::domain::ids::{CustomerId, OrderId};
use crate::domain::money::Money;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The bank authorized an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Authorized {
    /// Whose money it is.
    pub customer_id: CustomerId,
    /// How much.
    pub amount: Money,
}

/// Part of the authorization is held for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// For which order.
    pub order_id: OrderId,
    /// How much.
    pub amount: Money,
}

/// A hold was lowered because lines of the order were dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldLowered {
    /// The order of the hold.
    pub order_id: OrderId,
    /// What is still held.
    pub amount: Money,
}

/// A hold went back to the available amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldVoided {
    /// The order of the hold.
    pub order_id: OrderId,
    /// How much went back.
    pub amount: Money,
}

/// A hold was captured: the money is the mall's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Captured {
    /// The order of the hold.
    pub order_id: OrderId,
    /// How much.
    pub amount: Money,
}

/// What was available was given back; nothing more can be held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Voided {
    /// How much was given back.
    pub amount: Money,
}
