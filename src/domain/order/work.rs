//! What an order wants done at a moment, derived from its state alone.
//!
//! Nothing about work is stored but the state: after a crash the same work is found again, asked again, and every
//! participant answers a repeated request without a second effect.

use super::leg::{PaymentLeg, StoreLeg};
use super::obligation::Obligation;
use super::state::OrderState;
use super::words::{DeliveryStatus, OrderPaymentStatus, OrderStatus};
use crate::domain::ids::StoreId;
use crate::domain::participant::Fulfilment;
use crate::domain::time::Timestamp;

/// One thing to do for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Ask the bank to hold the total.
    ConfirmPayment,
    /// Ask a store to reserve its lines.
    ConfirmItems(StoreId),
    /// Ask the bank to lower the hold to the total.
    LowerHold,
    /// Carry an obligation out at its participant.
    Meet(Obligation),
    /// Decide what the passing of time means: a time-out, an expiry, a shipping.
    PassTime,
}

impl OrderState {
    /// Everything to do at `now`.
    ///
    /// No verdict times out before `patience`: what fell due while the mall was closed is asked first, and gets as long
    /// to answer as it would have had.
    #[must_use]
    pub fn work(&self, now: Timestamp, patience: Timestamp) -> Vec<Work> {
        let duties = self.duties.iter().filter(|duty| !duty.met);
        let mut work: Vec<Work> = duties.map(|duty| Work::Meet(duty.obligation)).collect();
        match self.status {
            OrderStatus::Pending => self.pending_work(now, patience, &mut work),
            OrderStatus::Accepted if self.pay_by.is_some_and(|by| by <= now) => work.push(Work::PassTime),
            OrderStatus::Paid if self.ships_at.is_some_and(|at| at <= now) => work.push(Work::PassTime),
            OrderStatus::Accepted
            | OrderStatus::Paid
            | OrderStatus::Delivered
            | OrderStatus::Rejected
            | OrderStatus::Cancelled
            | OrderStatus::Expired => {}
        }
        work
    }

    fn pending_work(&self, now: Timestamp, patience: Timestamp, work: &mut Vec<Work>) {
        if self.times_out(now, patience) {
            work.push(Work::PassTime);
            return;
        }
        work.extend(self.due_inside(now));
        if self.hold_is_too_high() {
            work.push(Work::LowerHold);
        }
    }

    /// Whether a verdict is missing and its time has run out.
    #[must_use]
    pub fn times_out(&self, now: Timestamp, patience: Timestamp) -> bool {
        self.status == OrderStatus::Pending && self.confirm_by.max(patience) <= now
    }

    /// The bank and the stores as far as Plaza's books are to confirm for them now: those Plaza itself confirms for
    /// when they are due, those served from outside once the service said yes.
    pub fn due_inside(&self, now: Timestamp) -> impl Iterator<Item = Work> {
        let waits = self.status == OrderStatus::Pending;
        let is_due = move |asked_at: Option<Timestamp>| waits && asked_at.is_some_and(|at| at <= now);
        let bank = is_due(self.payment.asked_at(self.confirm_by));
        let due = self.stores.iter().filter(move |leg| is_due(leg.asked_at(self.confirm_by)));
        let stores = due.map(|leg| Work::ConfirmItems(leg.store_id));
        bank.then_some(Work::ConfirmPayment).into_iter().chain(stores)
    }

    /// When the order next needs attention; `None` when it is settled.
    ///
    /// Written to the read model with every change, this is the order's durable timer.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        if self.duties.iter().any(|duty| !duty.met) {
            return Some(self.updated_at);
        }
        match self.status {
            OrderStatus::Pending => self.pending_due(),
            OrderStatus::Accepted => self.pay_by,
            OrderStatus::Paid => self.ships_at,
            OrderStatus::Delivered | OrderStatus::Rejected | OrderStatus::Cancelled | OrderStatus::Expired => None,
        }
    }

    fn pending_due(&self) -> Option<Timestamp> {
        if self.hold_is_too_high() {
            return Some(self.updated_at);
        }
        let stores = self.stores.iter().filter_map(|leg| leg.asked_at(self.confirm_by));
        stores.chain(self.payment.asked_at(self.confirm_by)).chain([self.confirm_by]).min()
    }

    /// When the order next needs attention after `now`; what is due already is [`OrderState::work`].
    #[must_use]
    pub fn due_after(&self, now: Timestamp, patience: Timestamp) -> Option<Timestamp> {
        let times: &mut dyn Iterator<Item = Timestamp> = match self.status {
            OrderStatus::Pending => {
                let stores = self.stores.iter().filter_map(|leg| leg.asked_at(self.confirm_by));
                &mut stores.chain(self.payment.asked_at(self.confirm_by)).chain([self.confirm_by.max(patience)])
            }
            OrderStatus::Accepted => &mut self.pay_by.into_iter(),
            OrderStatus::Paid => &mut self.ships_at.into_iter(),
            OrderStatus::Delivered | OrderStatus::Rejected | OrderStatus::Cancelled | OrderStatus::Expired => {
                return None;
            }
        };
        times.filter(|due| *due > now).min()
    }

    /// When the answer to `work` was to be known, for those with a due time.
    #[must_use]
    pub fn due_of(&self, work: Work) -> Option<Timestamp> {
        match work {
            Work::ConfirmPayment => self.payment.asked_at(self.confirm_by),
            Work::ConfirmItems(store_id) => self.leg(store_id).and_then(|leg| leg.asked_at(self.confirm_by)),
            Work::LowerHold | Work::Meet(_) | Work::PassTime => None,
        }
    }

    /// Whether every verdict is in and more is held than the kept lines cost.
    fn hold_is_too_high(&self) -> bool {
        self.payment.status == OrderPaymentStatus::Confirmed
            && self.kept_stores().all(|leg| leg.status == DeliveryStatus::Confirmed)
            && self.payment.held > self.total.amount_minor
    }
}

impl StoreLeg {
    /// When the store's books are to be asked to reserve; `None` while an outside service has not said yes, once the
    /// verdict is known, and when it was drawn for after the time-out: that somebody is late with asking, and is given more
    /// time, must not bring it back.
    fn asked_at(&self, confirm_by: Timestamp) -> Option<Timestamp> {
        let open = self.status == DeliveryStatus::Pending && self.is_kept();
        let at = match self.fulfilment {
            Fulfilment::Internal => Some(self.due_at).filter(|due| *due <= confirm_by),
            Fulfilment::External => self.answered_at,
        };
        at.filter(|_| open)
    }
}

impl PaymentLeg {
    /// When the bank's books are to be asked to hold, as for a store.
    fn asked_at(&self, confirm_by: Timestamp) -> Option<Timestamp> {
        let at = match self.provider {
            Fulfilment::Internal => Some(self.due_at).filter(|due| *due <= confirm_by),
            Fulfilment::External => self.answered_at,
        };
        at.filter(|_| self.status == OrderPaymentStatus::Pending)
    }
}
