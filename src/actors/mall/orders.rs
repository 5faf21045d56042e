//! What is asked of orders: by customers, by outside services, and by whoever waits for a verdict.

use super::door::Mall;
use crate::actors::admission::Admitted;
use crate::actors::ask::ask;
use crate::actors::counter::PlaceOrder;
use crate::actors::error::MallError;
use crate::actors::order_saga::{AwaitVerdict, Command, Notify};
use crate::actors::versions::Versions;
use crate::domain::ids::OrderId;
use crate::domain::order::{OrderCommand, OrderState};
use crate::ports::journal::Append;
use crate::ports::reply::{Reply, Responder};
use std::time::Duration;

impl Mall {
    /// Submits an order.
    ///
    /// # Errors
    /// [`MallError::Submission`] names what cannot be ordered or paid with; [`MallError::Order`] names the line.
    pub async fn place_order(
        &self,
        order: PlaceOrder,
        responder: Responder<OrderState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let submission = self.counter().price(order).await?;
        let order_id = OrderId(self.entropy().uuid());
        self.counter().open(order_id, submission, Append::default(), responder, by).await
    }

    /// Runs a person's command on an order: pay, cancel or archive.
    ///
    /// # Errors
    /// [`MallError::NoSuchOrder`]; [`MallError::Order`] when the state does not allow it;
    /// [`MallError::VersionMismatch`].
    pub async fn command_order(
        &self,
        order_id: OrderId,
        command: OrderCommand,
        expect: Option<Versions>,
        responder: Responder<OrderState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let saga = self.orders().get(order_id)?;
        ask(saga.addr(), Command { command, expect, responder, by: by.about(order_id) }).await
    }

    /// Takes the answer of an outside service: [`OrderCommand::AnswerStore`] or [`OrderCommand::AnswerPayment`].
    /// Returns once it is committed; a repeated or late one changes nothing and is no error.
    ///
    /// # Errors
    /// [`MallError::NoSuchOrder`]; [`MallError::Order`] when the answer makes no sense for the order.
    pub async fn answer_order(&self, order_id: OrderId, answer: OrderCommand) -> Result<(), MallError> {
        let saga = self.orders().get(order_id)?;
        ask(saga.addr(), Notify(answer)).await
    }

    /// Waits until an order is no longer pending, at most `patience`. Answers whether waiting longer is of no use.
    pub async fn await_verdict(&self, order_id: OrderId, patience: Duration) -> bool {
        let verdict = async {
            if let Ok(saga) = self.orders().get(order_id) {
                // The answer and every failure mean the same here: look at the order now.
                let _ = saga.addr().send(AwaitVerdict).await;
            }
        };
        tokio::time::timeout(patience, verdict).await.is_ok()
    }
}
