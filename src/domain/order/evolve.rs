//! How an order changes with each event. Total: any event applies to any state, decisions are made elsewhere.

use super::event::{CompensationRequired, StoreRejected, Submitted};
use super::leg::{PaymentLeg, StoreAsked, StoreLeg};
use super::obligation::{Duty, Obligation};
use super::state::OrderState;
use super::words::{DeliveryStatus, OrderPaymentStatus, OrderStatus, Reason};
use crate::domain::event::OrderEvent;
use crate::domain::ids::{OrderId, StoreId};
use crate::domain::participant::Fulfilment;
use crate::domain::personality::Draw;
use crate::domain::time::Timestamp;

impl OrderState {
    /// The order after its first event.
    #[must_use]
    pub fn born(id: OrderId, submitted: &Submitted, at: Timestamp) -> Self {
        let leg = |asked: &StoreAsked| StoreLeg {
            store_id: asked.store_id,
            store_name: asked.store_name.clone(),
            fulfilment: asked.fulfilment,
            due_at: asked.due_at,
            status: DeliveryStatus::Pending,
            rejection: None,
            answered_at: None,
        };
        Self {
            id,
            customer_id: submitted.customer_id,
            payment_id: submitted.payment_id,
            on_shortage: submitted.on_shortage,
            status: OrderStatus::Pending,
            lines: submitted.lines.clone(),
            stores: submitted.stores.iter().map(leg).collect(),
            payment: PaymentLeg {
                due_at: submitted.payment_due_at,
                status: OrderPaymentStatus::Pending,
                held: 0,
                rejection: None,
                provider: submitted.payment_provider,
                answered_at: None,
            },
            total: submitted.total,
            confirm_by: submitted.confirm_by,
            pay_by: None,
            ships_at: None,
            reasons: Vec::new(),
            cancelled_by: None,
            cancel_reason: None,
            duties: Vec::new(),
            draw: submitted.draw.filter(|draw| *draw != Draw::of_order(id)),
            archived: false,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    /// The order after all of its events; `None` when the first is not a submission.
    pub fn fold<'a>(id: OrderId, events: impl IntoIterator<Item = (&'a OrderEvent, Timestamp)>) -> Option<Self> {
        let mut events = events.into_iter();
        let Some((OrderEvent::Submitted(submitted), at)) = events.next() else { return None };
        let mut state = Self::born(id, submitted, at);
        for (event, at) in events {
            state.evolve(event, at);
        }
        Some(state)
    }

    /// Applies one event after the first.
    pub fn evolve(&mut self, event: &OrderEvent, at: Timestamp) {
        match event {
            OrderEvent::Submitted(_)
            | OrderEvent::StoreConfirmationRequested(_)
            | OrderEvent::PaymentConfirmationRequested(_) => {}
            OrderEvent::StoreConfirmationReceived(received) => self.answered(Some(received.store_id), at),
            OrderEvent::PaymentConfirmationReceived(_) => self.answered(None, at),
            OrderEvent::ConfirmationIgnored(ignored) => self.answered(ignored.store_id, at),
            OrderEvent::PaymentConfirmed(confirmed) => {
                self.payment.status = OrderPaymentStatus::Confirmed;
                self.payment.held = confirmed.amount.amount_minor;
            }
            OrderEvent::PaymentRejected(rejected) => self.bank_refused(rejected.reason),
            OrderEvent::StoreConfirmed(confirmed) => self.set_leg(confirmed.store_id, DeliveryStatus::Confirmed),
            OrderEvent::StoreRejected(rejected) => self.store_refused(rejected),
            OrderEvent::LineDropped(dropped) => {
                self.lines.retain(|line| (line.store_id, line.product_id) != (dropped.store_id, dropped.product_id));
                self.total.amount_minor -= dropped.line_total.amount_minor;
            }
            OrderEvent::HoldLowered(lowered) => self.payment.held = lowered.amount.amount_minor,
            OrderEvent::Accepted(accepted) => {
                self.status = OrderStatus::Accepted;
                self.pay_by = Some(accepted.pay_by);
            }
            OrderEvent::Rejected(rejected) => {
                self.status = OrderStatus::Rejected;
                self.reasons.clone_from(&rejected.reasons);
            }
            OrderEvent::Cancelled(cancelled) => {
                self.status = OrderStatus::Cancelled;
                self.cancelled_by = Some(cancelled.by);
                self.cancel_reason.clone_from(&cancelled.reason);
            }
            OrderEvent::Paid(paid) => {
                self.status = OrderStatus::Paid;
                self.payment.status = OrderPaymentStatus::Captured;
                self.ships_at = Some(paid.ships_at);
                self.owe(Obligation::CaptureHold);
            }
            OrderEvent::Expired(_) => self.status = OrderStatus::Expired,
            OrderEvent::StoreShipped(shipped) => {
                self.set_leg(shipped.store_id, DeliveryStatus::Shipped);
                self.owe(Obligation::ShipStock { store_id: shipped.store_id });
            }
            OrderEvent::Delivered(_) => self.delivered(),
            OrderEvent::CompensationRequired(CompensationRequired { obligations, .. }) => {
                for obligation in obligations {
                    self.owe(*obligation);
                }
            }
            OrderEvent::ObligationMet(met) => self.met(met.obligation),
            OrderEvent::Archived(_) => self.archived = true,
        }
        self.version += 1;
        self.updated_at = at;
    }

    /// Remembers that the outside service of a store (or of the bank) has answered.
    fn answered(&mut self, store_id: Option<StoreId>, at: Timestamp) {
        match store_id {
            Some(store_id) => {
                let leg = self.stores.iter_mut().find(|leg| leg.store_id == store_id);
                if let Some(leg) = leg.filter(|leg| leg.fulfilment == Fulfilment::External) {
                    leg.answered_at.get_or_insert(at);
                }
            }
            None if self.payment.provider == Fulfilment::External => {
                self.payment.answered_at.get_or_insert(at);
            }
            None => {}
        }
    }

    fn bank_refused(&mut self, reason: Reason) {
        self.payment.rejection = Some(reason);
        self.payment.status = match reason {
            Reason::NotEnoughMoney => OrderPaymentStatus::NotEnoughMoney,
            _ => OrderPaymentStatus::Invalid,
        };
    }

    fn store_refused(&mut self, rejected: &StoreRejected) {
        self.set_leg(
            rejected.store_id,
            match rejected.reason {
                Reason::OutOfStock => DeliveryStatus::OutOfStock,
                _ => DeliveryStatus::Unavailable,
            },
        );
        if let Some(leg) = self.stores.iter_mut().find(|leg| leg.store_id == rejected.store_id) {
            leg.rejection = Some(rejected.reason);
        }
    }

    fn delivered(&mut self) {
        self.status = OrderStatus::Delivered;
        for leg in self.stores.iter_mut().filter(|leg| leg.status == DeliveryStatus::Shipped) {
            leg.status = DeliveryStatus::Delivered;
        }
    }

    fn owe(&mut self, obligation: Obligation) {
        if !self.duties.iter().any(|duty| duty.obligation == obligation) {
            self.duties.push(Duty { obligation, met: false });
        }
    }

    fn met(&mut self, obligation: Obligation) {
        for duty in self.duties.iter_mut().filter(|duty| duty.obligation == obligation) {
            duty.met = true;
        }
        match obligation {
            Obligation::VoidHold => {
                self.payment.held = 0;
                if self.payment.rejection.is_none() {
                    self.payment.status = OrderPaymentStatus::Voided;
                }
            }
            Obligation::CaptureHold => self.payment.held = 0,
            Obligation::ReleaseStock { store_id } => {
                if self.leg(store_id).is_some_and(StoreLeg::is_kept) {
                    self.set_leg(store_id, DeliveryStatus::Released);
                }
            }
            Obligation::ShipStock { .. } => {}
        }
    }

    fn set_leg(&mut self, store_id: StoreId, status: DeliveryStatus) {
        if let Some(leg) = self.stores.iter_mut().find(|leg| leg.store_id == store_id) {
            leg.status = status;
        }
    }
}
