//! What shoppers ask: customers, baskets, payments.

use super::door::Mall;
use crate::actors::admission::Admitted;
use crate::actors::ask::{ask, in_time};
use crate::actors::basket::{Checkout, Shop};
use crate::actors::counter::PlaceOrder;
use crate::actors::error::{MallError, SubmissionError};
use crate::actors::payment::{Authorize, VoidPayment};
use crate::actors::presence::Presence;
use crate::actors::versions::Versions;
use crate::domain::basket::{BasketCommand, BasketState};
use crate::domain::customer;
use crate::domain::customer::CustomerState;
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId};
use crate::domain::money::Money;
use crate::domain::order::OrderState;
use crate::domain::payment::PaymentState;
use crate::ports::changes::Change;
use crate::ports::journal::Append;
use crate::ports::reply::{Reply, Responder};
use sha2::{Digest, Sha256};

impl Mall {
    /// Registers a customer; `token` is the secret it will be known by.
    ///
    /// # Errors
    /// [`MallError::Customer`] names the field.
    pub async fn register_customer(
        &self,
        name: &str,
        phone: &str,
        token: &[u8],
        responder: Responder<CustomerState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let (id, now) = (CustomerId(self.entropy().uuid()), self.clock().now());
        let event = customer::register(name, phone)?;
        let state = CustomerState::born(id, &event, now);
        let mut append = Append::default();
        append.stream(id.0, 0, &[event], now, &by.cause);
        let (reply, record) = responder.respond(&state, self.clock().wall());
        append.changes.push(Change::Customer(state, Sha256::digest(token).into()));
        append.idempotency = record;
        // On a task of its own: a permit is given back when the append is answered, and not when its caller has gone.
        let commit = actix::spawn(self.backstage().commit(append, reply, Some(by.permit), Presence::default()));
        in_time(async { commit.await.map_err(|_panicked| MallError::ActorFailed)? }).await
    }

    /// Makes a basket.
    ///
    /// # Errors
    /// [`MallError::Busy`] and other failures; nothing is refused.
    pub async fn create_basket(&self, responder: Responder<BasketState>, by: Admitted) -> Result<Reply, MallError> {
        let lease = self.baskets().create(BasketId(self.entropy().uuid()))?;
        ask(lease.addr(), Shop { command: BasketCommand::Create, expect: None, responder, by }).await
    }

    /// Runs a shopper's command on a basket.
    ///
    /// # Errors
    /// What the basket refuses; [`MallError::VersionMismatch`].
    pub async fn shop(
        &self,
        basket_id: BasketId,
        command: BasketCommand,
        expect: Option<Versions>,
        responder: Responder<BasketState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let lease = self.baskets().get(basket_id)?;
        ask(lease.addr(), Shop { command, expect, responder, by }).await
    }

    /// Makes an order of a basket and empties it, in one transaction.
    ///
    /// # Errors
    /// [`MallError::Basket`] for an empty basket; [`MallError::Submission`] names what cannot be ordered.
    pub async fn checkout(
        &self,
        basket_id: BasketId,
        order: PlaceOrder,
        expect: Option<Versions>,
        responder: Responder<OrderState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let lease = self.baskets().get(basket_id)?;
        let order_id = OrderId(self.entropy().uuid());
        ask(lease.addr(), Checkout { order_id, order, expect, responder, by: by.about(order_id) }).await
    }

    /// Authorizes a (mock) payment.
    ///
    /// # Errors
    /// [`MallError::NoSuchCustomer`], [`MallError::ForeignCurrency`], [`MallError::Payment`].
    pub async fn authorize_payment(
        &self,
        customer_id: CustomerId,
        amount: Money,
        responder: Responder<PaymentState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        self.check_money(amount)?;
        if self.reads().customer(customer_id).await?.is_none() {
            return Err(SubmissionError::UnknownCustomer(customer_id).into());
        }
        let lease = self.payments().create(PaymentId(self.entropy().uuid()))?;
        let Admitted { cause, permit, .. } = by;
        ask(lease.addr(), Authorize { customer_id, amount, responder, cause, permit }).await
    }

    /// Gives back what is available of a payment.
    ///
    /// # Errors
    /// [`MallError::NoSuchPayment`]; [`MallError::VersionMismatch`].
    pub async fn void_payment(
        &self,
        payment_id: PaymentId,
        expect: Option<Versions>,
        responder: Responder<PaymentState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let lease = self.payments().get(payment_id)?;
        ask(lease.addr(), VoidPayment { expect, responder, by }).await
    }
}
