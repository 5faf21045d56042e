//! One request to a participant, and what its answer means for the order.

use crate::actors::ask::ask;
use crate::actors::error::MallError;
use crate::actors::participants::Participants;
use crate::actors::{payment, store};
use crate::domain::ids::{CustomerId, OrderId, PaymentId, StoreId};
use crate::domain::inventory::{StockLine, StoreRejection};
use crate::domain::money::Money;
use crate::domain::order::{Obligation, OrderCommand, Reason, Work};
use crate::domain::payment::{PaymentCommand, PaymentError};
use crate::domain::store::{StoreCommand, StoreError};
use crate::ports::journal::Cause;
use crate::ports::witness::{Mishap, Moment};
use std::sync::Arc;
use uuid::Uuid;

/// Who is asked: a store, or the bank about an authorization.
pub(super) fn participant(work: Work, payment_id: PaymentId) -> Uuid {
    match work {
        Work::ConfirmItems(store_id)
        | Work::Meet(Obligation::ReleaseStock { store_id } | Obligation::ShipStock { store_id }) => store_id.0,
        Work::ConfirmPayment
        | Work::LowerHold
        | Work::Meet(Obligation::VoidHold | Obligation::CaptureHold)
        | Work::PassTime => payment_id.0,
    }
}

/// One request to a participant.
pub(super) struct ParticipantRequest {
    pub(super) participants: Arc<Participants>,
    pub(super) order_id: OrderId,
    pub(super) customer_id: CustomerId,
    pub(super) payment_id: PaymentId,
    pub(super) total: Money,
    /// What the store of [`Work::ConfirmItems`] is to reserve.
    pub(super) lines: Vec<StockLine>,
    pub(super) cause: Cause,
    /// Whether whoever is to confirm refuses, unless it has confirmed already.
    pub(super) refused: bool,
}

impl ParticipantRequest {
    /// Sends it; the answer is what the order makes of it.
    pub(super) async fn send(self, work: Work) -> Result<OrderCommand, MallError> {
        let (participants, order_id) = (self.participants.clone(), self.order_id);
        let witness = participants.backstage().witness();
        witness.saw(Moment::Asked { order_id, work });
        if !arrives(witness.befalls(Moment::Asked { order_id, work })).await {
            return Err(MallError::TimedOut);
        }
        let answer = self.ask_for(work).await;
        let answered = Moment::Answered { order_id, work, well: answer.is_ok() };
        witness.saw(answered);
        if !arrives(witness.befalls(answered)).await {
            return Err(MallError::TimedOut);
        }
        answer
    }

    async fn ask_for(mut self, work: Work) -> Result<OrderCommand, MallError> {
        let (order_id, customer_id, amount) = (self.order_id, self.customer_id, self.total);
        match work {
            Work::ConfirmPayment => {
                let hold = PaymentCommand::Hold { order_id, customer_id, amount };
                let command = if self.refused { PaymentCommand::Refuse(order_id) } else { hold };
                bank_verdict(self.bank(command).await, amount)
            }
            Work::LowerHold => {
                let held = self.bank(PaymentCommand::LowerHold { order_id, amount }).await?;
                Ok(OrderCommand::LowerHold(Money::new(held, amount.currency)))
            }
            Work::ConfirmItems(store_id) => {
                let reserve = StoreCommand::Reserve { order_id, lines: std::mem::take(&mut self.lines) };
                let command = if self.refused { StoreCommand::Refuse(order_id) } else { reserve };
                store_verdict(store_id, self.store(store_id, command).await)
            }
            Work::Meet(obligation) => self.meet(obligation).await.map(|()| OrderCommand::Meet(obligation)),
            Work::PassTime => Ok(OrderCommand::PassTime),
        }
    }

    async fn meet(&self, obligation: Obligation) -> Result<(), MallError> {
        match obligation {
            Obligation::VoidHold => absent_is_done(self.bank(PaymentCommand::VoidHold(self.order_id)).await.map(drop)),
            Obligation::CaptureHold => self.bank(PaymentCommand::Capture(self.order_id)).await.map(drop),
            Obligation::ReleaseStock { store_id } => {
                absent_is_done(self.store(store_id, StoreCommand::Release(self.order_id)).await)
            }
            Obligation::ShipStock { store_id } => self.store(store_id, StoreCommand::Ship(self.order_id)).await,
        }
    }

    async fn bank(&self, command: PaymentCommand) -> Result<i64, MallError> {
        let lease = self.participants.payments().get(self.payment_id)?;
        ask(lease.addr(), payment::Serve { order_id: self.order_id, command, cause: self.cause.clone() }).await
    }

    async fn store(&self, store_id: StoreId, command: StoreCommand) -> Result<(), MallError> {
        let lease = self.participants.stores().get(store_id)?;
        ask(lease.addr(), store::Serve { command, cause: self.cause.clone() }).await
    }
}

/// Whether a question or an answer arrives; what befalls it takes its time.
async fn arrives(mishap: Option<Mishap>) -> bool {
    match mishap {
        Some(mishap) => mishap.suffer().await,
        None => true,
    }
}

/// A participant that does not exist holds nothing that could be given back.
fn absent_is_done(answer: Result<(), MallError>) -> Result<(), MallError> {
    match answer {
        Err(MallError::NoSuchPayment(_) | MallError::NoSuchStore(_)) => Ok(()),
        other => other,
    }
}

fn bank_verdict(answer: Result<i64, MallError>, total: Money) -> Result<OrderCommand, MallError> {
    match answer {
        Ok(held) => Ok(OrderCommand::ConfirmPayment(Money::new(held, total.currency))),
        Err(MallError::Payment(PaymentError::NotYours)) => Ok(OrderCommand::RejectPayment(Reason::PaymentNotYours)),
        Err(MallError::Payment(PaymentError::ServiceFailed)) => Ok(OrderCommand::RejectPayment(Reason::ServiceFailed)),
        Err(MallError::Payment(_)) => Ok(OrderCommand::RejectPayment(Reason::NotEnoughMoney)),
        Err(MallError::NoSuchPayment(_)) => Ok(OrderCommand::RejectPayment(Reason::PaymentNotFound)),
        Err(failed) => Err(failed),
    }
}

fn store_verdict(store_id: StoreId, answer: Result<(), MallError>) -> Result<OrderCommand, MallError> {
    match answer {
        Ok(()) => Ok(OrderCommand::ConfirmStore(store_id)),
        Err(MallError::Store(StoreError::CannotServe(why))) => Ok(OrderCommand::RejectStore(store_id, why)),
        Err(MallError::NoSuchStore(_)) => Ok(OrderCommand::RejectStore(store_id, StoreRejection::StoreClosed)),
        Err(failed) => Err(failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_asked_about_its_lines_and_the_bank_about_money() {
        let (store, payment_id) = (Uuid::from_u128(1), PaymentId(Uuid::from_u128(2)));
        let store_id = StoreId(store);
        for (work, asked) in [
            (Work::ConfirmItems(store_id), store),
            (Work::Meet(Obligation::ReleaseStock { store_id }), store),
            (Work::Meet(Obligation::ShipStock { store_id }), store),
            (Work::ConfirmPayment, payment_id.0),
            (Work::LowerHold, payment_id.0),
            (Work::Meet(Obligation::VoidHold), payment_id.0),
            (Work::Meet(Obligation::CaptureHold), payment_id.0),
        ] {
            assert_eq!(participant(work, payment_id), asked, "{work:?}");
        }
    }
}
