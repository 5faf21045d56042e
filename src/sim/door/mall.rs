//! The door to a mall of this process: its own functions, without HTTP between, in a world.

use super::news::Verdicts;
use super::shelf::Shelf;
use super::{Asked, Door};
use crate::actors::admission::Admitted;
use crate::actors::counter::{LineRequest, PlaceOrder};
use crate::actors::error::MallError;
use crate::actors::idempotency::Claim;
use crate::actors::mall::Mall;
use crate::actors::principal::Principal;
use crate::domain::basket::{BasketCommand, BasketItem};
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId};
use crate::domain::money::Money;
use crate::domain::order::{CancelledBy, OnShortage, OrderCommand, OrderState};
use crate::domain::personality::Draw;
use crate::domain::time::Timestamp;
use crate::ports::journal::{AppendError, Cause};
use crate::ports::reads::ReadErrorKind;
use crate::ports::reply::{IdempotencyKey, KeyGuard, Reply, Responder};
use crate::sim::shopping::call::{Answer, Ask, Call, Seen, Verdict};
use crate::sim::shopping::errand::Wanted;
use crate::sim::world::World;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// How long a client waits for an answer before it takes the connection for broken.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How often somebody who waits for a time of the mall looks at a clock that stands still.
pub(super) const LOOK: Duration = Duration::from_mins(1);

/// The door to the mall of a world, whatever life it is in.
pub struct MallDoor {
    world: Rc<World>,
    shelf: Rc<Shelf>,
    verdicts: Verdicts,
}

impl MallDoor {
    /// The door to the mall of `world`, which sells what is on the shelf.
    #[must_use]
    pub fn new(world: Rc<World>, shelf: Rc<Shelf>) -> Self {
        let verdicts = Verdicts::default();
        let heard = verdicts.clone();
        world.listen(Arc::new(move |events| heard.hear(events)));
        Self { world, shelf, verdicts }
    }

    /// The world behind it.
    #[must_use]
    pub const fn world(&self) -> &Rc<World> {
        &self.world
    }

    /// What it sells.
    #[must_use]
    pub const fn shelf(&self) -> &Rc<Shelf> {
        &self.shelf
    }
}

impl Door for MallDoor {
    fn now(&self) -> Timestamp {
        match self.world.present() {
            Some(life) => life.mall().clock().now(),
            None => self.world.now(),
        }
    }

    async fn until(&self, time: Timestamp) {
        loop {
            let life = self.world.opened().await;
            let clock = life.mall().clock();
            // In line before the look: a turn in between is not missed.
            let turned = clock.turned();
            let left = time.micros_since(clock.now());
            if left == 0 {
                return;
            }
            let nap = clock.speed().real(left).map_or(LOOK, |nap| nap.max(Duration::from_millis(1)));
            tokio::select! {
                biased;
                () = life.ended() => sleep(Duration::from_millis(1)).await,
                () = turned => {}
                () = sleep(nap) => {}
            }
        }
    }

    async fn ask(&self, call: &Call) -> Asked {
        let sent = Instant::now();
        // Nobody listens at its address.
        let Some(life) = self.world.present() else { return Asked::unanswered(sent) };
        let (what, key) = (call.ask.name(), call.key.as_deref().unwrap_or("-"));
        self.world.mischief().note(format_args!("somebody asks for {what} with key {key}"));
        let mall = life.mall().clone();
        let sells = self.shelf.clone();
        let asked = life.call(timeout(ANSWER_WITHIN, ask(&mall, &sells, call)));
        let answer = match asked.await {
            Some(Ok(answer)) => answer,
            Some(Err(_)) | None => Answer::Unknown,
        };
        self.world.mischief().note(format_args!("{what} with key {key} is answered {answer:?}"));
        Asked { answer, sent }
    }

    async fn verdict(&self, order: OrderId) -> Verdict {
        self.verdicts.of(order).await
    }

    fn price(&self, lines: &[Wanted]) -> i64 {
        self.shelf.price(lines)
    }
}

/// What is remembered of a reply.
fn render<S: 'static, T: Serialize>(status: u16, show: impl Fn(&S) -> T + Send + 'static) -> impl FnOnce(&S) -> Reply {
    move |state| Reply {
        status,
        version: None,
        location: None,
        body: serde_json::to_vec(&show(state)).unwrap_or_default(),
    }
}

fn read<T: DeserializeOwned>(reply: &Reply) -> Option<T> {
    serde_json::from_slice(&reply.body).ok()
}

fn seen(order: &OrderState) -> Seen {
    let OrderState { id, version, status, total, pay_by, .. } = order;
    let stores = order.stores.iter().map(|leg| leg.due_at);
    let due = stores.chain([order.payment.due_at]).max().unwrap_or_default();
    Seen { id: *id, version: *version, status: *status, total: total.amount_minor, due, pay_by: *pay_by }
}

/// A claim on a key, if the request has one and is the first.
type Ticket = Option<(IdempotencyKey, KeyGuard)>;

/// Asks a mall of this process, once.
pub(super) async fn ask(mall: &Arc<Mall>, shelf: &Shelf, call: &Call) -> Answer {
    match attempt(mall, shelf, call).await {
        Ok(answer) => answer,
        Err(error) => refused(&error),
    }
}

async fn attempt(mall: &Arc<Mall>, shelf: &Shelf, call: &Call) -> Result<Answer, MallError> {
    let principal = call.customer.map_or(Principal::Open, Principal::Customer);
    let cause = Cause { correlation_id: mall.entropy().uuid(), causation_id: call.cause().into() };
    let ticket = match &call.key {
        None => None,
        Some(key) => {
            let key = hashed(principal, key, call);
            match mall.keys().claim(key, mall.reads()).await? {
                Claim::Replay(reply) => return Ok(answer(&call.ask, &reply)),
                Claim::First(guard) => Some((key, guard)),
            }
        }
    };
    let by = mall.admit(cause, principal)?;
    let reply = carry_out(mall, shelf, call, ticket, by).await?;
    Ok(answer(&call.ask, &reply))
}

async fn carry_out(
    mall: &Arc<Mall>,
    shelf: &Shelf,
    call: &Call,
    ticket: Ticket,
    by: Admitted,
) -> Result<Reply, MallError> {
    let order = |status| render(status, seen);
    match &call.ask {
        Ask::Register { name } => {
            let token = mall.entropy().secret();
            let responder =
                Responder::new(ticket, render(201, |customer: &crate::domain::customer::CustomerState| customer.id));
            mall.register_customer(name, "555", &token, responder, by).await
        }
        Ask::Authorize { amount } => {
            let amount = Money::new(*amount, mall.currency());
            let responder =
                Responder::new(ticket, render(201, |payment: &crate::domain::payment::PaymentState| payment.id));
            mall.authorize_payment(customer(call), amount, responder, by).await
        }
        Ask::MakeBasket => {
            let responder =
                Responder::new(ticket, render(201, |basket: &crate::domain::basket::BasketState| basket.id));
            mall.create_basket(responder, by).await
        }
        Ask::Put { basket, wanted } => put(mall, shelf, *basket, *wanted, by).await,
        Ask::Checkout { basket, payment, on_shortage, .. } => {
            let of = mall.reads().basket(*basket).await?.ok_or(MallError::NoSuchBasket(*basket))?;
            let lines =
                of.items.iter().map(|item| LineRequest { product_id: item.product_id, quantity: item.quantity });
            let order_of = placed(call, mall, *payment, *on_shortage, lines.collect());
            mall.checkout(*basket, order_of, None, Responder::new(ticket, order(201)), by).await
        }
        Ask::Submit { lines, payment, on_shortage, .. } => {
            let line = |wanted: &Wanted| {
                let item = shelf.item(*wanted);
                LineRequest {
                    product_id: item.map_or(crate::domain::ids::ProductId(Uuid::nil()), |item| item.id),
                    quantity: wanted.quantity,
                }
            };
            let order_of = placed(call, mall, *payment, *on_shortage, lines.iter().map(line).collect());
            mall.place_order(order_of, Responder::new(ticket, order(201)), by).await
        }
        Ask::Pay(id) => mall.command_order(*id, OrderCommand::Pay, None, Responder::new(ticket, order(200)), by).await,
        Ask::Cancel(id) => {
            let cancel = OrderCommand::Cancel { by: CancelledBy::Customer, reason: None };
            mall.command_order(*id, cancel, None, Responder::new(ticket, order(200)), by).await
        }
        Ask::Void(payment) => {
            let responder =
                Responder::new(ticket, render(200, |payment: &crate::domain::payment::PaymentState| payment.id));
            mall.void_payment(*payment, None, responder, by).await
        }
    }
}

async fn put(mall: &Mall, shelf: &Shelf, basket: BasketId, wanted: Wanted, by: Admitted) -> Result<Reply, MallError> {
    let (Some(item), Some(store_id)) = (shelf.item(wanted), shelf.store(wanted.store)) else {
        return Err(MallError::NoSuchBasket(basket));
    };
    let item = BasketItem { product_id: item.id, store_id, quantity: wanted.quantity };
    mall.shop(basket, BasketCommand::SetItem(item), None, Responder::new(None, render(200, |_basket| ())), by).await
}

/// Who asks; whoever is not registered is nobody.
fn customer(call: &Call) -> CustomerId {
    call.customer.unwrap_or(CustomerId(Uuid::nil()))
}

fn placed(
    call: &Call,
    mall: &Mall,
    payment_id: PaymentId,
    on_shortage: OnShortage,
    lines: Vec<LineRequest>,
) -> PlaceOrder {
    let draw = call.key.as_deref().map(Draw::of_key);
    let expected_total = call.ask.expects().map(|total| Money::new(total, mall.currency()));
    PlaceOrder { customer_id: customer(call), payment_id, lines, on_shortage, expected_total, draw }
}

/// As the HTTP door hashes keys and requests: who asks, and all of what is asked.
fn hashed(principal: Principal, key: &str, call: &Call) -> IdempotencyKey {
    let of = |parts: [&[u8]; 2]| -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
            hash.update([0]);
        }
        hash.finalize().into()
    };
    let who = format!("{principal:?}");
    let what = format!("{:?}", call.ask);
    IdempotencyKey { key: of([who.as_bytes(), key.as_bytes()]), request_hash: of([what.as_bytes(), b""]) }
}

fn answer(ask: &Ask, reply: &Reply) -> Answer {
    let read = match ask {
        Ask::Register { .. } => read(reply).map(Answer::Customer),
        Ask::Authorize { .. } => read(reply).map(Answer::Payment),
        Ask::MakeBasket => read(reply).map(Answer::Basket),
        Ask::Put { .. } | Ask::Void(_) => Some(Answer::Done),
        Ask::Checkout { .. } | Ask::Submit { .. } | Ask::Pay(_) | Ask::Cancel(_) => {
            read(reply).map(|seen| Answer::Order(Box::new(seen)))
        }
    };
    read.unwrap_or(Answer::Unknown)
}

/// What a caller is told of a failure, as the HTTP door would.
#[must_use]
pub fn refused(error: &MallError) -> Answer {
    match error {
        MallError::Busy | MallError::Append(AppendError::Refused(_) | AppendError::Void | AppendError::KeyTaken) => {
            Answer::Busy
        }
        MallError::Read(failed) if matches!(failed.kind, ReadErrorKind::Busy | ReadErrorKind::Unavailable) => {
            Answer::Busy
        }
        MallError::TimedOut | MallError::ActorFailed | MallError::Append(AppendError::Closed) | MallError::Read(_) => {
            Answer::Unknown
        }
        said => Answer::Refused { code: said.to_string() },
    }
}
