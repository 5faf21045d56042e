//! Payments: a (mock) bank authorization is a balance that orders draw on.
//!
//! Always `authorized = available + held + captured` and `refunded <= captured` (invariant I4). A hold belongs to one
//! order; holding, capturing or voiding it again changes nothing, so a saga may repeat itself after a crash.

pub mod event;

use super::event::PaymentEvent;
use super::ids::{CustomerId, OrderId, PaymentId};
use super::money::{AMOUNT_MINOR_MAX, Currency, Money};
use super::time::Timestamp;
use super::words::words;
use std::collections::BTreeMap;

words! {
    /// Whether an authorization can be drawn on.
    PaymentStatus {
        /// Money can be held.
        Authorized = "authorized",
        /// Given back; live holds end, new ones are refused.
        Voided = "voided",
    }
}

/// An authorization. Amounts are minor units of `currency`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentState {
    /// The authorization.
    pub id: PaymentId,
    /// Whose money it is.
    pub customer_id: CustomerId,
    /// The currency of every amount here.
    pub currency: Currency,
    /// Whether it can be drawn on.
    pub status: PaymentStatus,
    /// What the bank authorized, less what was given back.
    pub authorized: i64,
    /// What can still be held.
    pub available: i64,
    /// The sum of the live holds.
    pub held: i64,
    /// What the mall took.
    pub captured: i64,
    /// What the mall gave back of it.
    pub refunded: i64,
    /// The live holds.
    pub holds: BTreeMap<OrderId, i64>,
    /// Number of events in the payment's stream.
    pub version: u64,
    /// When it was authorized.
    pub created_at: Timestamp,
}

/// What an order or a person may ask of an authorization.
#[derive(Clone, Debug)]
pub enum PaymentCommand {
    /// Hold money for an order of this customer.
    Hold {
        /// The order.
        order_id: OrderId,
        /// The order's customer.
        customer_id: CustomerId,
        /// How much.
        amount: Money,
    },
    /// Hold money only if that was done already: the bank's service fails.
    Refuse(OrderId),
    /// Lower the hold of an order to this amount.
    LowerHold {
        /// The order.
        order_id: OrderId,
        /// What shall still be held.
        amount: Money,
    },
    /// Give the hold of an order back.
    VoidHold(OrderId),
    /// Take the hold of an order.
    Capture(OrderId),
    /// Give back what is available and refuse new holds.
    Void,
}

/// Why a payment command is refused.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum PaymentError {
    /// The amount is negative or beyond [`AMOUNT_MINOR_MAX`].
    #[error("amount must be 0 to {AMOUNT_MINOR_MAX} minor units")]
    Amount,
    /// Less is available than shall be held.
    #[error("{available} minor units are available, {requested} are needed")]
    NotEnoughMoney {
        /// What can still be held, minor units.
        available: i64,
        /// What was asked for, minor units.
        requested: i64,
    },
    /// The bank's service failed, as its personality has it.
    #[error("the bank's service failed")]
    ServiceFailed,
    /// The authorization belongs to another customer.
    #[error("the payment belongs to another customer")]
    NotYours,
    /// The order asks for another currency than was authorized.
    #[error("the payment is in {0}")]
    Currency(Currency),
}

/// Decides a new authorization.
///
/// # Errors
/// [`PaymentError::Amount`].
pub fn authorize(customer_id: CustomerId, amount: Money) -> Result<PaymentEvent, PaymentError> {
    if !(0..=AMOUNT_MINOR_MAX).contains(&amount.amount_minor) {
        return Err(PaymentError::Amount);
    }
    Ok(event::Authorized { customer_id, amount }.into())
}

impl PaymentState {
    /// The authorization before its first event.
    #[must_use]
    pub fn blank(id: PaymentId, currency: Currency) -> Self {
        Self {
            id,
            customer_id: CustomerId(uuid::Uuid::nil()),
            currency,
            status: PaymentStatus::Authorized,
            authorized: 0,
            available: 0,
            held: 0,
            captured: 0,
            refunded: 0,
            holds: BTreeMap::new(),
            version: 0,
            created_at: Timestamp(0),
        }
    }

    /// Decides a command; no event means that it was done before.
    ///
    /// # Errors
    /// [`PaymentError`] says why the money cannot be had.
    pub fn decide(&self, command: &PaymentCommand) -> Result<Option<PaymentEvent>, PaymentError> {
        match *command {
            PaymentCommand::Hold { order_id, customer_id, amount } => self.hold(order_id, customer_id, amount),
            // What was held and not heard of is still held.
            PaymentCommand::Refuse(order_id) if self.holds.contains_key(&order_id) => Ok(None),
            PaymentCommand::Refuse(_) => Err(PaymentError::ServiceFailed),
            PaymentCommand::LowerHold { order_id, amount } => Ok(match self.holds.get(&order_id) {
                Some(held) if *held > amount.amount_minor => Some(event::HoldLowered { order_id, amount }.into()),
                _ => None,
            }),
            PaymentCommand::VoidHold(order_id) => Ok(self
                .holds
                .get(&order_id)
                .map(|held| event::HoldVoided { order_id, amount: self.money(*held) }.into())),
            PaymentCommand::Capture(order_id) => {
                Ok(self.holds.get(&order_id).map(|held| event::Captured { order_id, amount: self.money(*held) }.into()))
            }
            PaymentCommand::Void if self.status == PaymentStatus::Voided => Ok(None),
            PaymentCommand::Void => Ok(Some(event::Voided { amount: self.money(self.available) }.into())),
        }
    }

    fn hold(
        &self,
        order_id: OrderId,
        customer_id: CustomerId,
        amount: Money,
    ) -> Result<Option<PaymentEvent>, PaymentError> {
        if self.customer_id != customer_id {
            return Err(PaymentError::NotYours);
        }
        if self.holds.contains_key(&order_id) {
            return Ok(None);
        }
        if amount.currency != self.currency {
            return Err(PaymentError::Currency(self.currency));
        }
        if self.status == PaymentStatus::Voided || amount.amount_minor > self.available {
            return Err(PaymentError::NotEnoughMoney { available: self.available, requested: amount.amount_minor });
        }
        Ok(Some(event::Held { order_id, amount }.into()))
    }

    /// Applies one event.
    pub fn evolve(&mut self, event: &PaymentEvent, at: Timestamp) {
        match event {
            PaymentEvent::Authorized(authorized) => {
                self.customer_id = authorized.customer_id;
                self.currency = authorized.amount.currency;
                self.authorized = authorized.amount.amount_minor;
                self.available = authorized.amount.amount_minor;
                self.created_at = at;
            }
            PaymentEvent::Held(held) => {
                self.available -= held.amount.amount_minor;
                self.held += held.amount.amount_minor;
                self.holds.insert(held.order_id, held.amount.amount_minor);
            }
            PaymentEvent::HoldLowered(lowered) => {
                let before = self.holds.insert(lowered.order_id, lowered.amount.amount_minor).unwrap_or(0);
                self.give_back(before - lowered.amount.amount_minor);
            }
            PaymentEvent::HoldVoided(voided) => {
                self.holds.remove(&voided.order_id);
                self.give_back(voided.amount.amount_minor);
            }
            PaymentEvent::Captured(captured) => {
                self.holds.remove(&captured.order_id);
                self.held -= captured.amount.amount_minor;
                self.captured += captured.amount.amount_minor;
            }
            PaymentEvent::Voided(voided) => {
                self.status = PaymentStatus::Voided;
                self.available -= voided.amount.amount_minor;
                self.authorized -= voided.amount.amount_minor;
            }
        }
        self.version += 1;
    }

    /// Moves held money back: to the available amount, or, once voided, to the customer's card.
    fn give_back(&mut self, amount: i64) {
        self.held -= amount;
        match self.status {
            PaymentStatus::Authorized => self.available += amount,
            PaymentStatus::Voided => self.authorized -= amount,
        }
    }

    /// The authorization without its holds, as its row in the read model has it.
    #[must_use]
    pub const fn without_holds(&self) -> Self {
        Self {
            id: self.id,
            customer_id: self.customer_id,
            currency: self.currency,
            status: self.status,
            authorized: self.authorized,
            available: self.available,
            held: self.held,
            captured: self.captured,
            refunded: self.refunded,
            holds: BTreeMap::new(),
            version: self.version,
            created_at: self.created_at,
        }
    }

    /// Whether invariant I4 holds. Looks at every hold: see [`Self::is_sound_with`] for after each of many events.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.is_sound_with(self.holds.values().sum())
    }

    /// Whether invariant I4 holds when the live holds add up to `live`.
    #[must_use]
    pub fn is_sound_with(&self, live: i64) -> bool {
        let amounts = [self.authorized, self.available, self.held, self.captured, self.refunded];
        amounts.iter().all(|amount| *amount >= 0)
            && self.authorized == self.available + self.held + self.captured
            && self.refunded <= self.captured
            && self.held == live
    }

    /// `amount` minor units of this payment's currency.
    #[must_use]
    pub const fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.currency)
    }
}

#[cfg(test)]
mod tests;
