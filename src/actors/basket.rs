//! One basket.
//!
//! Exists before the customer registers and survives restarts. Checkout empties it in the same transaction that submits
//! the order: the basket prepares its events, the order's saga commits them with its own, and until then this actor
//! takes no other message. Asked by the mall; goes to the counter with the order.

use super::admission::Admitted;
use super::counter::{Counter, LineRequest, PlaceOrder};
use super::directory::Resident;
use super::error::MallError;
use super::presence::Presence;
use super::principal::Principal;
use super::versions::Versions;
use crate::domain::basket::{BasketCommand, BasketError, BasketState, event};
use crate::domain::event::BasketEvent;
use crate::domain::ids::{BasketId, OrderId};
use crate::domain::order::OrderState;
use crate::ports::changes::Change;
use crate::ports::journal::{Append, Cause};
use crate::ports::reads::Read;
use crate::ports::reply::{Reply, Responder};
use crate::ports::witness::{Actors, Moment};
use actix::{Actor, ActorFutureExt, AtomicResponse, Context, Handler, Message, ResponseFuture, WrapFuture};
use std::sync::Arc;

/// A shopper's command.
#[derive(Message)]
#[rtype(result = "Result<Reply, MallError>")]
pub struct Shop {
    /// What to do.
    pub command: BasketCommand,
    /// The version the basket must be at.
    pub expect: Option<Versions>,
    /// Renders the answer.
    pub responder: Responder<BasketState>,
    /// Who asked.
    pub by: Admitted,
}

/// Makes an order of the basket.
#[derive(Message)]
#[rtype(result = "Result<Reply, MallError>")]
pub struct Checkout {
    /// Its id.
    pub order_id: OrderId,
    /// The order to make; its lines are the basket's.
    pub order: PlaceOrder,
    /// The version the basket must be at.
    pub expect: Option<Versions>,
    /// Renders the answer.
    pub responder: Responder<OrderState>,
    /// Who asked.
    pub by: Admitted,
}

/// One basket, awake.
pub struct BasketActor {
    id: BasketId,
    counter: Arc<Counter>,
    presence: Presence,
    state: Option<BasketState>,
}

impl Resident for BasketActor {
    type Id = BasketId;
    type Shared = Counter;
    type State = BasketState;

    fn wake(id: BasketId, counter: Arc<Counter>, presence: Presence, newborn: bool) -> Self {
        let state = newborn.then(|| BasketState::blank(id));
        Self { id, counter, presence, state }
    }

    fn read(counter: &Counter, id: BasketId) -> Read<'_, Option<BasketState>> {
        counter.backstage().reads().basket(id)
    }

    fn take(&mut self, state: Option<BasketState>) {
        self.state = state;
    }
}

impl Actor for BasketActor {
    type Context = Context<Self>;
}

impl BasketActor {
    /// The basket, for somebody who may change it: whoever knows its id until it belongs to a customer.
    fn state_at(&self, expect: Option<&Versions>, principal: Principal) -> Result<&BasketState, MallError> {
        self.counter.backstage().witness().saw(Moment::Turn { of: Actors::Basket });
        self.presence.check()?;
        let unknown = MallError::NoSuchBasket(self.id);
        let Some(state) = self.state.as_ref() else { return Err(unknown) };
        if state.customer_id.is_some_and(|owner| !principal.may_act_for(owner)) {
            return Err(unknown);
        }
        expect.map_or(Ok(()), |versions| versions.check(state.version))?;
        Ok(state)
    }

    /// What writing `events` means, and the basket after them.
    fn prepare(&self, state: &BasketState, events: &[BasketEvent], cause: &Cause) -> (Append, BasketState) {
        let now = self.counter.backstage().now();
        let (mut append, mut next) = (Append::default(), state.clone());
        append.stream(self.id.0, state.version, events, now, cause);
        for event in events {
            next.evolve(event, now);
        }
        if !events.is_empty() {
            append.changes.push(Change::Basket(next.clone()));
        }
        (append, next)
    }

    fn prepare_checkout(&self, message: &Checkout) -> Result<(Vec<LineRequest>, Append, BasketState), MallError> {
        let state = self.state_at(message.expect.as_ref(), message.by.principal)?;
        if state.items.is_empty() {
            return Err(BasketError::Empty.into());
        }
        let mut events = state.decide(&BasketCommand::Claim(message.order.customer_id))?;
        events.push(event::CheckedOut { order_id: message.order_id }.into());
        let wanted =
            state.items.iter().map(|item| LineRequest { product_id: item.product_id, quantity: item.quantity });
        let (mut append, next) = self.prepare(state, &events, &message.by.cause);
        append.decided_on.push(self.presence.relied_on());
        Ok((wanted.collect(), append, next))
    }
}

impl Handler<Shop> for BasketActor {
    type Result = ResponseFuture<Result<Reply, MallError>>;

    fn handle(&mut self, message: Shop, _: &mut Self::Context) -> Self::Result {
        let prepared = self.state_at(message.expect.as_ref(), message.by.principal).and_then(|state| {
            let events = state.decide(&message.command)?;
            Ok(self.prepare(state, &events, &message.by.cause))
        });
        let (mut append, next) = match prepared {
            Ok(prepared) => prepared,
            Err(refused) => return self.counter.backstage().refuse(refused, Some(message.by.permit), &self.presence),
        };
        let (reply, record) = message.responder.respond(&next, self.counter.backstage().clock().wall());
        append.idempotency = record;
        self.state = Some(next);
        self.counter.backstage().commit(append, reply, Some(message.by.permit), self.presence.clone())
    }
}

impl Handler<Checkout> for BasketActor {
    type Result = AtomicResponse<Self, Result<Reply, MallError>>;

    fn handle(&mut self, message: Checkout, _: &mut Self::Context) -> Self::Result {
        let prepared = self.prepare_checkout(&message);
        let (counter, presence) = (self.counter.clone(), self.presence.clone());
        let submit = async move {
            let (lines, companion, next) = match prepared {
                Ok(prepared) => prepared,
                Err(refused) => return counter.backstage().refuse(refused, None, &presence).await,
            };
            let Checkout { order_id, order, responder, by, .. } = message;
            let submission = counter.price(PlaceOrder { lines, ..order }).await?;
            let reply = counter.open(order_id, submission, companion, responder, by).await?;
            Ok((reply, next))
        };
        AtomicResponse::new(Box::pin(submit.into_actor(self).map(|submitted, actor, _| match submitted {
            Ok((reply, next)) => {
                actor.state = Some(next);
                Ok(reply)
            }
            Err(error) => {
                // Whether the order was submitted is unknown here: the next message finds out from the read model.
                if matches!(error, MallError::TimedOut | MallError::ActorFailed | MallError::Append(_)) {
                    actor.presence.fail();
                }
                Err(error)
            }
        })))
    }
}
