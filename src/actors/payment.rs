//! One payment authorization.
//!
//! Invariant: `authorized = available + held + captured`. Several orders may draw on one authorization; each hold is
//! checked against what is left in one turn of this actor. Asked by the mall (authorize, void) and by order sagas
//! (hold, lower, void, capture), each keyed by the order, so repeating is harmless.

use super::admission::{Admitted, Permit};
use super::backstage::Backstage;
use super::directory::Resident;
use super::error::MallError;
use super::presence::Presence;
use super::versions::Versions;
use crate::domain::event::PaymentEvent;
use crate::domain::ids::{CustomerId, OrderId, PaymentId};
use crate::domain::money::Money;
use crate::domain::payment;
use crate::domain::payment::{PaymentCommand, PaymentState};
use crate::ports::changes::{Change, HoldChange};
use crate::ports::journal::{Append, Cause};
use crate::ports::reads::Read;
use crate::ports::reply::{Reply, Responder};
use crate::ports::witness::{Actors, Moment};
use actix::{Actor, Context, Handler, Message, ResponseFuture};
use std::sync::Arc;

/// Authorizes a new payment.
#[derive(Message)]
#[rtype(result = "Result<Reply, MallError>")]
pub struct Authorize {
    /// Whose money it is.
    pub customer_id: CustomerId,
    /// How much.
    pub amount: Money,
    /// Renders the answer.
    pub responder: Responder<PaymentState>,
    /// Who asked.
    pub cause: Cause,
    /// The request's permit.
    pub permit: Permit,
}

/// Gives back what is available.
#[derive(Message)]
#[rtype(result = "Result<Reply, MallError>")]
pub struct VoidPayment {
    /// The version the payment must be at.
    pub expect: Option<Versions>,
    /// Renders the answer.
    pub responder: Responder<PaymentState>,
    /// Who asked.
    pub by: Admitted,
}

/// A saga's command. Answers what is held for the order afterwards, minor units.
#[derive(Message)]
#[rtype(result = "Result<i64, MallError>")]
pub struct Serve {
    /// The order.
    pub order_id: OrderId,
    /// Hold, lower, void or capture.
    pub command: PaymentCommand,
    /// The saga that asked.
    pub cause: Cause,
}

/// Asks whose payment it is.
#[derive(Clone, Message)]
#[rtype(result = "Result<CustomerId, MallError>")]
pub struct GetOwner;

/// One authorization, awake.
pub struct PaymentActor {
    id: PaymentId,
    backstage: Arc<Backstage>,
    presence: Presence,
    state: Option<PaymentState>,
}

impl Resident for PaymentActor {
    type Id = PaymentId;
    type Shared = Backstage;
    type State = PaymentState;

    fn wake(id: PaymentId, backstage: Arc<Backstage>, presence: Presence, newborn: bool) -> Self {
        let state = newborn.then(|| PaymentState::blank(id, backstage.terms().currency));
        Self { id, backstage, presence, state }
    }

    fn read(backstage: &Backstage, id: PaymentId) -> Read<'_, Option<PaymentState>> {
        backstage.reads().payment(id)
    }

    fn take(&mut self, state: Option<PaymentState>) {
        self.state = state;
    }
}

impl Actor for PaymentActor {
    type Context = Context<Self>;
}

impl PaymentActor {
    fn state(&self) -> Result<&PaymentState, MallError> {
        self.backstage.witness().saw(Moment::Turn { of: Actors::Payment });
        self.presence.check()?;
        self.state.as_ref().ok_or(MallError::NoSuchPayment(self.id))
    }

    /// Applies `event` and returns what is to be written.
    fn apply(&mut self, event: Option<PaymentEvent>, cause: &Cause) -> Append {
        let now = self.backstage.now();
        let mut append = Append::default();
        let (Some(state), Some(event)) = (self.state.as_mut(), event) else { return append };
        append.stream(self.id.0, state.version, std::slice::from_ref(&event), now, cause);
        state.evolve(&event, now);
        append.changes.extend(hold_change(self.id, &event));
        append.changes.push(Change::Payment(state.without_holds()));
        append
    }

    fn respond(
        &mut self,
        event: Option<PaymentEvent>,
        responder: Responder<PaymentState>,
        cause: &Cause,
        permit: Permit,
    ) -> ResponseFuture<Result<Reply, MallError>> {
        let mut append = self.apply(event, cause);
        let Some(state) = &self.state else { return Box::pin(async { Err(MallError::ActorFailed) }) };
        let (reply, record) = responder.respond(state, self.backstage.clock().wall());
        append.idempotency = record;
        self.backstage.commit(append, reply, Some(permit), self.presence.clone())
    }

    fn decide(&self, command: &PaymentCommand, expect: Option<Versions>) -> Result<Option<PaymentEvent>, MallError> {
        let state = self.state()?;
        expect.map_or(Ok(()), |versions| versions.check(state.version))?;
        Ok(state.decide(command)?)
    }
}

fn hold_change(payment_id: PaymentId, event: &PaymentEvent) -> Option<Change> {
    let (order_id, amount, status) = match event {
        PaymentEvent::Held(held) => (held.order_id, held.amount, "held"),
        PaymentEvent::HoldLowered(lowered) => (lowered.order_id, lowered.amount, "held"),
        PaymentEvent::HoldVoided(voided) => (voided.order_id, voided.amount, "voided"),
        PaymentEvent::Captured(captured) => (captured.order_id, captured.amount, "captured"),
        PaymentEvent::Authorized(_) | PaymentEvent::Voided(_) => return None,
    };
    Some(Change::Hold(HoldChange { payment_id, order_id, amount: amount.amount_minor, status }))
}

impl Handler<Authorize> for PaymentActor {
    type Result = ResponseFuture<Result<Reply, MallError>>;

    fn handle(&mut self, message: Authorize, _: &mut Self::Context) -> Self::Result {
        match payment::authorize(message.customer_id, message.amount) {
            Ok(event) => self.respond(Some(event), message.responder, &message.cause, message.permit),
            Err(refused) => Box::pin(async { Err(refused.into()) }),
        }
    }
}

impl Handler<VoidPayment> for PaymentActor {
    type Result = ResponseFuture<Result<Reply, MallError>>;

    fn handle(&mut self, message: VoidPayment, _: &mut Self::Context) -> Self::Result {
        let VoidPayment { expect, responder, by } = message;
        let decided = match self.state() {
            Ok(state) if !by.principal.may_act_for(state.customer_id) => Err(MallError::NoSuchPayment(self.id)),
            _ => self.decide(&PaymentCommand::Void, expect),
        };
        match decided {
            Ok(event) => self.respond(event, responder, &by.cause, by.permit),
            Err(refused) => self.backstage.refuse(refused, Some(by.permit), &self.presence),
        }
    }
}

impl Handler<Serve> for PaymentActor {
    type Result = ResponseFuture<Result<i64, MallError>>;

    fn handle(&mut self, message: Serve, _: &mut Self::Context) -> Self::Result {
        match self.decide(&message.command, None) {
            Ok(event) => {
                let is_repeated = event.is_none();
                let append = self.apply(event, &message.cause);
                let held = self.state.as_ref().and_then(|state| state.holds.get(&message.order_id)).copied();
                let done = self.backstage.commit(append, held.unwrap_or(0), None, self.presence.clone());
                match message.command {
                    PaymentCommand::Capture(order_id) if is_repeated => {
                        // Nothing is held: taken before, which is on disk by then, or never held.
                        let (backstage, payment_id) = (self.backstage.clone(), self.id);
                        Box::pin(async move {
                            let taken = done.await?;
                            let was_taken = backstage.reads().is_captured(order_id, payment_id).await?;
                            if was_taken { Ok(taken) } else { Err(MallError::NothingToCapture(order_id)) }
                        })
                    }
                    _ => done,
                }
            }
            Err(refused) => self.backstage.refuse(refused, None, &self.presence),
        }
    }
}

impl Handler<GetOwner> for PaymentActor {
    type Result = Result<CustomerId, MallError>;

    fn handle(&mut self, _: GetOwner, _: &mut Self::Context) -> Self::Result {
        self.state().map(|state| state.customer_id)
    }
}
