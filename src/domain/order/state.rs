//! What an order remembers.

use super::leg::{PaymentLeg, StoreLeg};
use super::obligation::{Duty, Obligation};
use super::words::{CancelledBy, Compensation, DeliveryStatus, OnShortage, OrderAction, OrderStatus, Reason};
use crate::domain::ids::{CustomerId, OrderId, PaymentId, StoreId};
use crate::domain::inventory::StockLine;
use crate::domain::line::OrderLine;
use crate::domain::money::{Currency, Money};
use crate::domain::participant::Fulfilment;
use crate::domain::personality::Draw;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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
    /// What its fates are drawn from, if not its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<Draw>,
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

    /// What its fates are drawn from.
    #[must_use]
    pub fn draw(&self) -> Draw {
        self.draw.unwrap_or(Draw::of_order(self.id))
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
