//! One store with its products and stock.
//!
//! Invariant: stock is checked and reserved in one turn of this actor, so the last piece is sold once. Decisions are
//! made from memory and handed to the journal in order; the actor goes on deciding while they are committed, and no
//! answer leaves before its commit. Asked by the mall (administration), the counter (quotes) and order sagas
//! (reserve, release, ship); a closing that ends archives it.

use super::admission::Permit;
use super::backstage::Backstage;
use super::directory::Resident;
use super::error::MallError;
use super::presence::Presence;
use super::versions::Versions;
use crate::domain::event::StoreEvent;
use crate::domain::ids::{OrderId, ProductId, StoreId};
use crate::domain::money::Money;
use crate::domain::participant::Fulfilment;
use crate::domain::store::{StoreCommand, StoreError, StoreState};
use crate::ports::changes::{Change, ReservationChange, StoreHead};
use crate::ports::journal::{Append, Cause};
use crate::ports::reads::Read;
use crate::ports::reply::{Reply, Responder};
use crate::ports::witness::{Actors, Moment};
use actix::{Actor, Context, Handler, Message, ResponseFuture};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The versions a caller insists on.
#[derive(Clone, Debug)]
pub enum Expect {
    /// Of the store.
    Store(Versions),
    /// Of a product.
    Product(ProductId, Versions),
}

/// An administrator's command.
#[derive(Message)]
#[rtype(result = "Result<Reply, MallError>")]
pub struct Administer {
    /// What to do.
    pub command: StoreCommand,
    /// The version it must be at.
    pub expect: Option<Expect>,
    /// Renders the answer.
    pub responder: Responder<StoreState>,
    /// Who asked.
    pub cause: Cause,
    /// The request's permit.
    pub permit: Permit,
}

/// A command of the mall's own: a saga reserves, releases or ships, a closing ends.
#[derive(Message)]
#[rtype(result = "Result<(), MallError>")]
pub struct Serve {
    /// What to do.
    pub command: StoreCommand,
    /// Who asked.
    pub cause: Cause,
}

/// Asks for today's prices.
#[derive(Clone, Message)]
#[rtype(result = "Result<Quote, MallError>")]
pub struct GetQuote {
    /// The products.
    pub products: Vec<ProductId>,
}

/// Asks which orders count on the store.
#[derive(Message)]
#[rtype(result = "Result<Vec<OrderId>, MallError>")]
pub struct WaitingOrders;

/// Today's prices of a store.
#[derive(Clone, Debug)]
pub struct Quote {
    /// What it is called.
    pub store_name: Arc<str>,
    /// Whether it takes part in shopping.
    pub participating: bool,
    /// Who confirms for it.
    pub fulfilment: Fulfilment,
    /// How long it takes to confirm, milliseconds.
    pub confirmation_delay_ms: u64,
    /// One entry a product asked for; `None` when it is not on the shelf.
    pub products: Vec<Option<QuotedProduct>>,
}

/// Today's price of a product.
#[derive(Clone, Debug)]
pub struct QuotedProduct {
    /// The stock keeping unit.
    pub sku: Arc<str>,
    /// What it is called.
    pub name: Arc<str>,
    /// The price of one piece.
    pub price: Money,
}

/// One store, awake.
pub struct StoreActor {
    id: StoreId,
    backstage: Arc<Backstage>,
    presence: Presence,
    state: Option<StoreState>,
}

impl Resident for StoreActor {
    type Id = StoreId;
    type Shared = Backstage;
    type State = StoreState;

    fn wake(id: StoreId, backstage: Arc<Backstage>, presence: Presence, newborn: bool) -> Self {
        let state = newborn.then(|| StoreState::blank(id));
        Self { id, backstage, presence, state }
    }

    fn read(backstage: &Backstage, id: StoreId) -> Read<'_, Option<StoreState>> {
        backstage.reads().load_store(id)
    }

    fn take(&mut self, state: Option<StoreState>) {
        self.state = state;
    }
}

impl Actor for StoreActor {
    type Context = Context<Self>;
}

impl StoreActor {
    fn state(&self) -> Result<&StoreState, MallError> {
        self.backstage.witness().saw(Moment::Turn { of: Actors::Store });
        self.presence.check()?;
        self.state.as_ref().ok_or(MallError::NoSuchStore(self.id))
    }

    fn check_expectation(&self, expect: Option<&Expect>) -> Result<(), MallError> {
        let state = self.state()?;
        match expect {
            None => Ok(()),
            Some(Expect::Store(versions)) => versions.check(state.version),
            Some(Expect::Product(id, versions)) => {
                versions.check(state.product(*id).ok_or(MallError::NoSuchProduct(*id))?.version)
            }
        }
    }

    /// Decides, applies, and returns what is to be written.
    fn decide(&mut self, command: &StoreCommand, cause: &Cause) -> Result<Append, MallError> {
        let now = self.backstage.now();
        let state = self.state()?;
        let events = match state.decide(command) {
            Err(StoreError::Archived) => return Err(MallError::NoSuchStore(self.id)),
            Err(StoreError::NoSuchProduct(id)) => return Err(MallError::NoSuchProduct(id)),
            decided => decided?,
        };
        let mut append = Append::default();
        append.stream(self.id.0, state.version, &events, now, cause);
        let Some(state) = self.state.as_mut() else { return Ok(append) };
        let mut products = BTreeSet::new();
        for event in &events {
            // Before the event for archiving (all products), after it for the rest: both find the same ids.
            products.extend(state.touched_by(event));
            state.evolve(event, now);
            append.changes.extend(reservation_change(self.id, event));
        }
        if !events.is_empty() {
            append.changes.push(Change::Store(StoreHead::from(&*state)));
            let touched = products.iter().filter_map(|id| state.products.get(id));
            append.changes.extend(touched.map(|product| Change::Product(self.id, product.clone())));
            // An archived product matters only while something of it is reserved.
            state.products.retain(|_, product| !product.archived || product.stock.reserved > 0);
        }
        Ok(append)
    }

    /// Hands `append` to the journal and answers `answer` once it is committed.
    fn commit<T: 'static>(
        &self,
        append: Append,
        answer: T,
        permit: Option<Permit>,
    ) -> ResponseFuture<Result<T, MallError>> {
        self.backstage.commit(append, answer, permit, self.presence.clone())
    }
}

fn reservation_change(store_id: StoreId, event: &StoreEvent) -> Option<Change> {
    let (order_id, lines, status) = match event {
        StoreEvent::StockReserved(reserved) => (reserved.order_id, &reserved.lines, "reserved"),
        StoreEvent::StockReleased(released) => (released.order_id, &released.lines, "released"),
        StoreEvent::StockShipped(shipped) => (shipped.order_id, &shipped.lines, "shipped"),
        _ => return None,
    };
    Some(Change::Reservation(ReservationChange { store_id, order_id, lines: lines.clone(), status }))
}

impl Handler<Administer> for StoreActor {
    type Result = ResponseFuture<Result<Reply, MallError>>;

    fn handle(&mut self, message: Administer, _: &mut Self::Context) -> Self::Result {
        let Administer { command, expect, responder, cause, permit } = message;
        let decided = self.check_expectation(expect.as_ref()).and_then(|()| self.decide(&command, &cause));
        let mut append = match decided {
            Ok(append) => append,
            Err(refused) => return self.backstage.refuse(refused, Some(permit), &self.presence),
        };
        let Some(state) = &self.state else { return Box::pin(async { Err(MallError::ActorFailed) }) };
        let (reply, record) = responder.respond(state, self.backstage.clock().wall());
        append.idempotency = record;
        self.commit(append, reply, Some(permit))
    }
}

impl Handler<Serve> for StoreActor {
    type Result = ResponseFuture<Result<(), MallError>>;

    fn handle(&mut self, Serve { command, cause }: Serve, _: &mut Self::Context) -> Self::Result {
        match self.decide(&command, &cause) {
            Ok(append) if append.events.is_empty() => {
                // Nothing is put aside: done before, which is on disk by then, or never promised.
                let (barrier, backstage, store_id) = (self.commit(append, (), None), self.backstage.clone(), self.id);
                Box::pin(async move {
                    barrier.await?;
                    match command {
                        StoreCommand::Ship(order_id) if !backstage.reads().is_shipped(order_id, store_id).await? => {
                            Err(MallError::NothingToShip { store_id, order_id })
                        }
                        _ => Ok(()),
                    }
                })
            }
            Ok(append) => self.commit(append, (), None),
            Err(refused) => self.backstage.refuse(refused, None, &self.presence),
        }
    }
}

impl Handler<GetQuote> for StoreActor {
    type Result = ResponseFuture<Result<Quote, MallError>>;

    fn handle(&mut self, GetQuote { products }: GetQuote, _: &mut Self::Context) -> Self::Result {
        let state = match self.state() {
            Ok(state) => state,
            Err(refused) => return self.backstage.refuse(refused, None, &self.presence),
        };
        let quoted = products.iter().map(|id| {
            state.product(*id).map(|product| QuotedProduct {
                sku: product.sku.clone(),
                name: product.name.clone(),
                price: product.price,
            })
        });
        let quote = Quote {
            store_name: state.name.clone(),
            participating: state.participating,
            fulfilment: state.fulfilment,
            confirmation_delay_ms: state.confirmation_delay_ms,
            products: quoted.collect(),
        };
        let can_be_ordered = quote.participating && quote.products.iter().all(Option::is_some);
        if can_be_ordered || self.presence.is_settled() {
            return Box::pin(async { Ok(quote) });
        }
        // A refusal is to follow, which must not rest on what a crash undoes.
        self.commit(Append::default(), quote, None)
    }
}

impl Handler<WaitingOrders> for StoreActor {
    type Result = Result<Vec<OrderId>, MallError>;

    fn handle(&mut self, _: WaitingOrders, _: &mut Self::Context) -> Self::Result {
        Ok(self.state()?.reservations.keys().copied().collect())
    }
}
