//! What outside participants are asked and told because of an event of an order.
//!
//! Derived from the event alone, so that a repeated reading of the journal makes the same requests again.

use super::event::LineRequested;
use super::obligation::Obligation;
use crate::domain::event::OrderEvent;
use crate::domain::ids::{CustomerId, OrderId, PaymentId, StoreId};
use crate::domain::money::Money;
use crate::domain::participant::Participant;
use crate::domain::time::{Rfc3339, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// A request to an outside participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Say whether the store serves these lines, and put them aside.
    Confirm(ConfirmLines),
    /// Put what was set aside for the order back on the shelf.
    Release(StorePart),
    /// Hand over what was set aside for the order.
    Ship(StorePart),
    /// Say whether the money is there, and hold it.
    Hold(HoldMoney),
    /// Lower the hold of the order.
    Lower(MoneyPart),
    /// Give the hold of the order back.
    Void(BankPart),
    /// Take the hold of the order.
    Capture(MoneyPart),
}

/// Asks a store whether it serves its lines of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConfirmLines {
    /// The order.
    pub order_id: OrderId,
    /// The store.
    pub store_id: StoreId,
    /// When a missing answer becomes `CONFIRMATION_TIMEOUT`.
    #[serde(with = "Rfc3339")]
    pub answer_by: Timestamp,
    /// What the store is to serve.
    pub lines: Vec<LineRequested>,
}

/// Names a store's part of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StorePart {
    /// The order.
    pub order_id: OrderId,
    /// The store.
    pub store_id: StoreId,
}

/// Asks the bank to hold the total of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HoldMoney {
    /// The order.
    pub order_id: OrderId,
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

/// Names the bank's part of an order, with an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MoneyPart {
    /// The order.
    pub order_id: OrderId,
    /// What is still held, or taken.
    pub amount: Money,
}

/// Names the bank's part of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BankPart {
    /// The order.
    pub order_id: OrderId,
}

impl Request {
    /// Who it is for.
    #[must_use]
    pub const fn to(&self) -> Participant {
        match self {
            Self::Confirm(ConfirmLines { store_id, .. })
            | Self::Release(StorePart { store_id, .. })
            | Self::Ship(StorePart { store_id, .. }) => Participant::Store(*store_id),
            Self::Hold(_) | Self::Lower(_) | Self::Void(_) | Self::Capture(_) => Participant::Bank,
        }
    }

    /// The payload, JSON.
    #[must_use]
    pub fn payload(&self) -> String {
        let json = match self {
            Self::Confirm(request) => serde_json::to_string(request),
            Self::Release(request) | Self::Ship(request) => serde_json::to_string(request),
            Self::Hold(request) => serde_json::to_string(request),
            Self::Lower(request) | Self::Capture(request) => serde_json::to_string(request),
            Self::Void(request) => serde_json::to_string(request),
        };
        json.expect("requests hold only texts, integers and lists, which always serialise")
    }

    /// The names of the events that may lead to requests; all others never do.
    pub const CAUSES: &'static [&'static str] = &[
        "order.store_confirmation_requested",
        "order.payment_confirmation_requested",
        "order.compensation_required",
        "order.hold_lowered",
        "order.paid",
        "order.store_shipped",
    ];

    /// What an event of an order has outside participants be told; always the same for the same event.
    #[must_use]
    pub fn because_of(order_id: OrderId, event: &OrderEvent) -> Vec<Self> {
        match event {
            OrderEvent::StoreConfirmationRequested(asked) => vec![Self::Confirm(ConfirmLines {
                order_id,
                store_id: asked.store_id,
                answer_by: asked.answer_by,
                lines: asked.lines.clone(),
            })],
            OrderEvent::PaymentConfirmationRequested(asked) => vec![Self::Hold(HoldMoney {
                order_id,
                payment_id: asked.payment_id,
                customer_id: asked.customer_id,
                amount: asked.amount,
                answer_by: asked.answer_by,
            })],
            OrderEvent::CompensationRequired(required) => {
                required.outside.iter().filter_map(|obligation| Self::undoing(order_id, *obligation)).collect()
            }
            OrderEvent::HoldLowered(lowered) if !lowered.payment_provider.is_internal() => {
                vec![Self::Lower(MoneyPart { order_id, amount: lowered.amount })]
            }
            OrderEvent::Paid(paid) if !paid.payment_provider.is_internal() => {
                vec![Self::Capture(MoneyPart { order_id, amount: paid.amount })]
            }
            OrderEvent::StoreShipped(shipped) if !shipped.fulfilment.is_internal() => {
                vec![Self::Ship(StorePart { order_id, store_id: shipped.store_id })]
            }
            _ => vec![],
        }
    }

    const fn undoing(order_id: OrderId, obligation: Obligation) -> Option<Self> {
        match obligation {
            Obligation::VoidHold => Some(Self::Void(BankPart { order_id })),
            Obligation::ReleaseStock { store_id } => Some(Self::Release(StorePart { order_id, store_id })),
            // Told by the events of the sale itself.
            Obligation::CaptureHold | Obligation::ShipStock { .. } => None,
        }
    }
}
