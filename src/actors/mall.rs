//! The mall: what `http` and `sim` may ask for, and what the actors share.
//!
//! Each method finds the right actor, asks it, and hands its answer back; rules live in `domain`, decisions in the
//! actors. Orders are priced here: quotes come from the stores, ownership from the payment.

use super::admission::{Admission, Permit};
use super::ask::{Turns, ask, in_time};
use super::basket::{BasketActor, Checkout, Shop};
use super::directory::{Directory, Presence};
use super::error::{MallError, SubmissionError};
use super::idempotency::KeysInFlight;
use super::order_saga;
use super::order_saga::{AwaitVerdict, Learn, OrderSaga, Submit, TimerDue};
use super::payment::{Authorize, GetOwner, PaymentActor, VoidPayment};
use super::principal::Principal;
use super::store::{Administer, BeginClosing, Expect, GetQuote, Quote, StopClosing, StoreActor};
use super::timers::Timers;
use super::troubles::{Failed, Troubles};
use super::versions::Versions;
use crate::domain::basket::{BasketCommand, BasketState};
use crate::domain::catalogue::{StoreCommand, StoreState};
use crate::domain::customer;
use crate::domain::customer::CustomerState;
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::money::{Currency, Money};
use crate::domain::order::{OnShortage, OrderCommand, OrderLine, OrderPolicy, OrderState, Submission};
use crate::domain::payment::PaymentState;
use crate::domain::time::Timestamp;
use crate::log_limit::seldom;
use crate::metrics::Metrics;
use crate::ports::changes::Change;
use crate::ports::journal::{Append, AppendError, Cause, Journal};
use crate::ports::reads::ReadModel;
use crate::ports::reply::{Reply, Responder};
use crate::ports::time::{Clock, Entropy};
use actix::{ArbiterHandle, ResponseFuture};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Mutex as AsyncMutex, oneshot, watch};

/// An actor nobody needed for so long goes to sleep. Longer costs memory, shorter costs a query when it wakes.
const IDLE: Duration = Duration::from_mins(1);
/// How often idle actors are looked for.
const SWEEP: Duration = Duration::from_secs(5);
/// How many sagas may work off due timers at a time: enough to fill every group commit, few enough to bound the
/// journal's queue after a restart with many overdue orders.
const TIMERS_AT_WORK: usize = 2_048;

/// How many sagas are told at a time that a store closes.
const TOLD_AT_A_TIME: usize = 64;
/// How long a saga that works off a timer keeps its turn. One that waits longer waits for a participant in trouble, and
/// goes on without.
const TURN_MAX: Duration = Duration::from_secs(1);

/// What a mall is made of.
pub struct MallParts {
    /// Writes the journal.
    pub journal: Arc<dyn Journal>,
    /// Answers queries.
    pub reads: Arc<dyn ReadModel>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Delays and deadlines.
    pub policy: OrderPolicy,
    /// The delay of stores that do not set their own, milliseconds.
    pub store_delay_ms: u64,
    /// The one currency.
    pub currency: Currency,
    /// How many requests may be in the mall at a time.
    pub admission_limit: usize,
    /// Where actors live; at least one.
    pub arbiters: Vec<ArbiterHandle>,
}

/// One line of an order to be priced.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The product.
    pub product_id: ProductId,
    /// Pieces.
    pub quantity: u32,
}

/// An order to be placed.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// Who orders.
    pub customer_id: CustomerId,
    /// The authorization to draw on.
    pub payment_id: PaymentId,
    /// What is wanted.
    pub lines: Vec<Wanted>,
    /// What shall happen when a store is short.
    pub on_shortage: OnShortage,
    /// What the customer was shown as the total.
    pub expected_total: Option<Money>,
}

/// A request that was let in: who asked, and the permit it holds.
pub struct Admitted {
    /// Why it happens: the request.
    pub cause: Cause,
    /// Who asked.
    pub principal: Principal,
    /// The right to be in the mall.
    pub permit: Permit,
}

impl Admitted {
    /// The same request, belonging to what happens to an order.
    #[must_use]
    pub fn about(mut self, order_id: OrderId) -> Self {
        self.cause.correlation_id = order_id.0;
        self
    }
}

/// The mall.
pub struct Mall {
    parts: MallParts,
    patience: Timestamp,
    admission: Admission,
    timers_at_work: Turns,
    timers: Timers,
    troubles: Troubles,
    keys: KeysInFlight,
    stores: Directory<StoreActor>,
    baskets: Directory<BasketActor>,
    payments: Directory<PaymentActor>,
    orders: Directory<OrderSaga>,
    /// Held while the mall is filled with demo data, which must happen once.
    filling: AsyncMutex<()>,
    /// Which store sells a product; never changes, so it is never dropped.
    sold_by: RwLock<HashMap<ProductId, StoreId>>,
}

impl Mall {
    /// Opens a mall over its parts. Timers do not run before [`Mall::run`].
    #[must_use]
    pub fn open(parts: MallParts) -> Arc<Self> {
        let arbiters = || parts.arbiters.clone();
        let patience = parts.policy.after(parts.clock.now(), parts.policy.grace_ms);
        Arc::new(Self {
            patience,
            admission: Admission::new(parts.admission_limit, {
                let metrics = parts.metrics.clone();
                move || metrics.commit_time()
            }),
            timers_at_work: Turns::new(TIMERS_AT_WORK),
            timers: Timers::default(),
            troubles: Troubles::default(),
            keys: KeysInFlight::default(),
            stores: Directory::new(arbiters()),
            baskets: Directory::new(arbiters()),
            payments: Directory::new(arbiters()),
            orders: Directory::new(arbiters()),
            filling: AsyncMutex::default(),
            sold_by: RwLock::default(),
            parts,
        })
    }

    /// Runs timers and housekeeping until `stop` turns true.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let timers = actix::spawn(self.timers.clone().run(self.clone(), stop.clone()));
        while !*stop.borrow() {
            tokio::select! {
                biased;
                _ = stop.changed() => {}
                () = tokio::time::sleep(SWEEP) => self.sweep(),
            }
        }
        // The timers see the same signal; a panic in them has been reported by the runtime.
        let _ = timers.await;
    }

    fn sweep(&self) {
        let now = self.clock().now();
        let asleep = self.stores.sweep(now, IDLE)
            + self.baskets.sweep(now, IDLE)
            + self.payments.sweep(now, IDLE)
            + self.orders.sweep(now, IDLE);
        if asleep > 0 {
            tracing::debug!(asleep, "idle actors went to sleep");
        }
    }

    /// Lets every actor go: actors hold the mall and the mall holds their addresses, so neither would ever be freed.
    pub fn close(&self) {
        self.stores.clear();
        self.baskets.clear();
        self.payments.clear();
        self.orders.clear();
    }

    /// Lets a request in.
    ///
    /// # Errors
    /// [`MallError::Busy`] when the mall has all the work it can take.
    pub fn admit(&self, cause: Cause, principal: Principal) -> Result<Admitted, MallError> {
        let permit = self.admission.admit().inspect_err(|_| self.metrics().refused())?;
        Ok(Admitted { cause, principal, permit })
    }

    /// Whether a request would be let in now, before anything is known of it.
    ///
    /// # Errors
    /// As [`Mall::admit`].
    pub fn has_room(&self) -> Result<(), MallError> {
        self.admission.check().inspect_err(|_| self.metrics().refused())
    }

    /// Opens a store.
    ///
    /// # Errors
    /// [`MallError::Store`] names the field.
    pub async fn create_store(
        self: &Arc<Self>,
        mut edit: crate::domain::catalogue::StoreEdit,
        responder: Responder<StoreState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        edit.confirmation_delay_ms.get_or_insert(self.parts.store_delay_ms);
        let lease = self.stores.create(self, StoreId(self.entropy().uuid()))?;
        let Admitted { cause, permit, .. } = by;
        let command = StoreCommand::Create(edit);
        ask(&lease, Administer { command, expect: None, responder, cause, permit }).await
    }

    /// Runs an administrator's command on a store.
    ///
    /// # Errors
    /// What the store refuses; [`MallError::VersionMismatch`].
    pub async fn administer(
        self: &Arc<Self>,
        store_id: StoreId,
        command: StoreCommand,
        expect: Option<Expect>,
        responder: Responder<StoreState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        self.check_currency(&command)?;
        let lease = self.stores.get(self, store_id)?;
        let Admitted { cause, permit, .. } = by;
        ask(&lease, Administer { command, expect, responder, cause, permit }).await
    }

    fn check_currency(&self, command: &StoreCommand) -> Result<(), MallError> {
        let price = match command {
            StoreCommand::AddProduct(_, edit) | StoreCommand::EditProduct(_, edit) => edit.price,
            _ => None,
        };
        price.map_or(Ok(()), |price| self.check_money(price))
    }

    fn check_money(&self, money: Money) -> Result<(), MallError> {
        let currency = self.parts.currency;
        if money.currency == currency { Ok(()) } else { Err(MallError::ForeignCurrency(currency)) }
    }

    /// Closes a store for good.
    ///
    /// The store stops reserving first; every pending order that counts on it is rejected (or loses its lines) before
    /// the closing is written, so no order for a closed store is ever accepted (invariant I14).
    ///
    /// # Errors
    /// [`MallError::NoSuchStore`]; [`MallError::VersionMismatch`].
    pub async fn archive_store(
        self: &Arc<Self>,
        store_id: StoreId,
        expect: Option<Expect>,
        responder: Responder<StoreState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let lease = self.stores.get(self, store_id)?;
        let waiting = ask(&lease, BeginClosing { expect }).await?;
        let closed = self.close_for(store_id, waiting, responder, by).await;
        if closed.is_err() {
            // The store that could not be closed goes on; that it can not even be told is the same failure once more.
            let _ = ask(&lease, StopClosing).await;
        }
        closed
    }

    async fn close_for(
        self: &Arc<Self>,
        store_id: StoreId,
        waiting: Vec<OrderId>,
        responder: Responder<StoreState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let tell = |order_id| async move {
            let saga = self.orders.get(self, order_id)?;
            ask(&saga, Learn(OrderCommand::CloseStore(store_id))).await
        };
        stream::iter(waiting).map(Ok).try_for_each_concurrent(TOLD_AT_A_TIME, tell).await?;
        // Releases may have moved the version on; the expectation was checked when the closing began.
        self.administer(store_id, StoreCommand::Archive, None, responder, by).await
    }

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
        let (reply, record) = responder.respond(&state, now);
        append.changes.push(Change::Customer(state, Sha256::digest(token).into()));
        append.idempotency = record;
        // On a task of its own: a permit is given back when the append is answered, and not when its caller has gone.
        let commit = actix::spawn(self.commit(append, reply, Some(by.permit), Presence::default()));
        in_time(async { commit.await.map_err(|_panicked| MallError::ActorFailed)? }).await
    }

    /// Makes a basket.
    ///
    /// # Errors
    /// [`MallError::Busy`] and other failures; nothing is refused.
    pub async fn create_basket(
        self: &Arc<Self>,
        responder: Responder<BasketState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let lease = self.baskets.create(self, BasketId(self.entropy().uuid()))?;
        ask(&lease, Shop { command: BasketCommand::Create, expect: None, responder, by }).await
    }

    /// Runs a shopper's command on a basket.
    ///
    /// # Errors
    /// What the basket refuses; [`MallError::VersionMismatch`].
    pub async fn shop(
        self: &Arc<Self>,
        basket_id: BasketId,
        command: BasketCommand,
        expect: Option<Versions>,
        responder: Responder<BasketState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let lease = self.baskets.get(self, basket_id)?;
        ask(&lease, Shop { command, expect, responder, by }).await
    }

    /// Makes an order of a basket and empties it, in one transaction.
    ///
    /// # Errors
    /// [`MallError::Basket`] for an empty basket; [`MallError::Submission`] names what can not be ordered.
    pub async fn checkout(
        self: &Arc<Self>,
        basket_id: BasketId,
        order: PlaceOrder,
        expect: Option<Versions>,
        responder: Responder<OrderState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let lease = self.baskets.get(self, basket_id)?;
        let order_id = OrderId(self.entropy().uuid());
        ask(&lease, Checkout { order_id, order, expect, responder, by: by.about(order_id) }).await
    }

    /// Authorizes a (mock) payment.
    ///
    /// # Errors
    /// [`MallError::NoSuchCustomer`], [`MallError::ForeignCurrency`], [`MallError::Payment`].
    pub async fn authorize_payment(
        self: &Arc<Self>,
        customer_id: CustomerId,
        amount: Money,
        responder: Responder<PaymentState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        self.check_money(amount)?;
        if self.reads().customer(customer_id).await?.is_none() {
            return Err(SubmissionError::UnknownCustomer(customer_id).into());
        }
        let lease = self.payments.create(self, PaymentId(self.entropy().uuid()))?;
        let Admitted { cause, permit, .. } = by;
        ask(&lease, Authorize { customer_id, amount, responder, cause, permit }).await
    }

    /// Gives back what is available of a payment.
    ///
    /// # Errors
    /// [`MallError::NoSuchPayment`]; [`MallError::VersionMismatch`].
    pub async fn void_payment(
        self: &Arc<Self>,
        payment_id: PaymentId,
        expect: Option<Versions>,
        responder: Responder<PaymentState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let lease = self.payments.get(self, payment_id)?;
        ask(&lease, VoidPayment { expect, responder, by }).await
    }

    /// Submits an order.
    ///
    /// # Errors
    /// [`MallError::Submission`] names what can not be ordered or paid with; [`MallError::Order`] names the line.
    pub async fn place_order(
        self: &Arc<Self>,
        order: PlaceOrder,
        responder: Responder<OrderState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let submission = self.price(order).await?;
        let order_id = OrderId(self.entropy().uuid());
        let saga = self.orders.create(self, order_id)?;
        let Admitted { cause, permit, .. } = by.about(order_id);
        ask(&saga, Submit { submission, companion: Append::default(), responder, cause, permit }).await
    }

    /// Runs a person's command on an order: pay, cancel or archive.
    ///
    /// # Errors
    /// [`MallError::NoSuchOrder`]; [`MallError::Order`] when the state does not allow it; [`MallError::VersionMismatch`].
    pub async fn command_order(
        self: &Arc<Self>,
        order_id: OrderId,
        command: OrderCommand,
        expect: Option<Versions>,
        responder: Responder<OrderState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let saga = self.orders.get(self, order_id)?;
        ask(&saga, order_saga::Command { command, expect, responder, by: by.about(order_id) }).await
    }

    /// Takes the answer of an outside service: [`OrderCommand::AnswerStore`] or [`OrderCommand::AnswerPayment`]. Returns
    /// once it is committed; a repeated or late one changes nothing and is no error.
    ///
    /// # Errors
    /// [`MallError::NoSuchOrder`]; [`MallError::Order`] when the answer makes no sense for the order.
    pub async fn answer_order(self: &Arc<Self>, order_id: OrderId, answer: OrderCommand) -> Result<(), MallError> {
        let saga = self.orders.get(self, order_id)?;
        ask(&saga, Learn(answer)).await
    }

    /// Waits until an order is no longer pending, at most `patience`. Answers whether waiting longer is of no use.
    pub async fn await_verdict(self: &Arc<Self>, order_id: OrderId, patience: Duration) -> bool {
        let verdict = async {
            if let Ok(saga) = self.orders.get(self, order_id) {
                // The answer and every failure mean the same here: look at the order now.
                let _ = saga.addr().send(AwaitVerdict).await;
            }
        };
        tokio::time::timeout(patience, verdict).await.is_ok()
    }

    /// Tells an order's saga that it is due, once fewer than [`TIMERS_AT_WORK`] are at work.
    pub(super) async fn wake_order(self: &Arc<Self>, order_id: OrderId, due: Timestamp) {
        let asked_at = self.clock().now();
        if let Err(again) = self.troubles.may_ask(order_id.0, asked_at) {
            return self.timers.schedule(again, order_id);
        }
        let turn = self.timers_at_work.wait().await;
        let mall = self.clone();
        actix::spawn(async move {
            let (hears, mut notice) = oneshot::channel();
            let mut told = pin!(async {
                let saga = mall.orders.get(&mall, order_id)?;
                saga.addr().send(TimerDue { hears }).await.map_err(|_mailbox| MallError::ActorFailed)?
            });
            let in_time = tokio::time::timeout(TURN_MAX, &mut told).await;
            drop(turn);
            let told = match in_time {
                Ok(told) => told,
                Err(_elapsed) => {
                    // It waits for a participant; or it is still being loaded, and has heard nothing.
                    if notice.try_recv().is_err() {
                        mall.timers.note_told(order_id, due, false);
                    }
                    told.await
                }
            };
            match told {
                // One that was never born (its submission was refused) ends here.
                Ok(()) | Err(MallError::NoSuchOrder(_)) => {
                    mall.troubles.answered(order_id.0);
                    mall.timers.note_told(order_id, due, true);
                }
                Err(error) => {
                    let Failed { again, tell } = mall.troubles.failed(order_id.0, asked_at, mall.clock().now());
                    if let (Some(failures), Some(left_out)) = (tell, seldom("a due order could not be told")) {
                        tracing::warn!(%order_id, %error, failures, left_out, "a due order cannot be told; it will be told again");
                    }
                    mall.timers.note_told(order_id, due, false);
                    mall.timers.schedule(again, order_id);
                }
            }
        });
    }

    /// Prices an order: today's prices from its stores, and a payment that is the customer's.
    pub(super) async fn price(self: &Arc<Self>, order: PlaceOrder) -> Result<Submission, MallError> {
        let PlaceOrder { customer_id, payment_id, lines: wanted, on_shortage, expected_total } = order;
        self.check_payment(customer_id, payment_id).await?;
        let mut by_store: Vec<(StoreId, Vec<usize>)> = Vec::new();
        for (line, item) in wanted.iter().enumerate() {
            let product_id = item.product_id;
            let unknown = SubmissionError::UnknownProduct { line, product_id };
            let store_id = self.store_of(product_id).await?.ok_or(unknown)?;
            match by_store.iter_mut().find(|(known, _)| *known == store_id) {
                Some((_, lines)) => lines.push(line),
                None => by_store.push((store_id, vec![line])),
            }
        }
        let mut lines: Vec<Option<OrderLine>> = vec![None; wanted.len()];
        let mut stores = Vec::with_capacity(by_store.len());
        for (store_id, indices) in by_store {
            let products = indices.iter().map(|line| wanted[*line].product_id).collect();
            let lease = self.stores.get(self, store_id)?;
            let quote = ask(&lease, GetQuote { products }).await.map_err(without_effect);
            let quote = quote.map_err(|error| unknown_store_is_unknown_product(error, &indices, &wanted))?;
            stores.push((store_id, quote.fulfilment, quote.confirmation_delay_ms));
            quoted_lines(store_id, &quote, &indices, &wanted, &mut lines)?;
        }
        let lines = lines.into_iter().flatten().collect();
        Ok(Submission { customer_id, payment_id, on_shortage, lines, expected_total, stores })
    }

    async fn check_payment(self: &Arc<Self>, customer_id: CustomerId, payment_id: PaymentId) -> Result<(), MallError> {
        let lease = self.payments.get(self, payment_id)?;
        match ask(&lease, GetOwner).await.map_err(without_effect) {
            Ok(owner) if owner == customer_id => Ok(()),
            Ok(_) => match self.reads().customer(customer_id).await? {
                Some(_) => Err(SubmissionError::PaymentNotYours(payment_id).into()),
                None => Err(SubmissionError::UnknownCustomer(customer_id).into()),
            },
            Err(MallError::NoSuchPayment(_)) => match self.reads().customer(customer_id).await? {
                Some(_) => Err(SubmissionError::UnknownPayment(payment_id).into()),
                None => Err(SubmissionError::UnknownCustomer(customer_id).into()),
            },
            Err(failed) => Err(failed),
        }
    }

    /// The store that sells a product.
    ///
    /// # Errors
    /// The read model could not answer.
    pub async fn store_of(&self, product_id: ProductId) -> Result<Option<StoreId>, MallError> {
        let known = self.sold_by.read().unwrap_or_else(PoisonError::into_inner).get(&product_id).copied();
        if known.is_some() {
            return Ok(known);
        }
        let found = self.reads().store_of_product(product_id).await?;
        if let Some(store_id) = found {
            self.sold_by.write().unwrap_or_else(PoisonError::into_inner).insert(product_id, store_id);
        }
        Ok(found)
    }

    /// Hands `append` to the journal and answers `answer` once it is committed; on failure the actor of `presence`
    /// starts over.
    pub(super) fn commit<T: 'static>(
        &self,
        mut append: Append,
        answer: T,
        permit: Option<Permit>,
        presence: Presence,
    ) -> ResponseFuture<Result<T, MallError>> {
        append.decided_on.push(presence.memory());
        let commit = self.parts.journal.submit(append);
        // Awake until committed.
        let busy = presence.busy();
        Box::pin(async move {
            let committed = commit.await.unwrap_or(Err(AppendError::Closed));
            drop((permit, busy));
            match committed {
                Ok(()) => Ok(answer),
                Err(error) => {
                    error.report();
                    presence.fail();
                    Err(error.into())
                }
            }
        })
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &dyn Journal {
        &*self.parts.journal
    }

    /// The read model.
    #[must_use]
    pub fn reads(&self) -> &dyn ReadModel {
        &*self.parts.reads
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.parts.clock
    }

    /// The source of ids and secrets.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.parts.entropy
    }

    /// The metrics.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.parts.metrics
    }

    /// Before this no verdict times out: the mall has just opened, and asks first what fell due while it was closed.
    #[must_use]
    pub const fn patience(&self) -> Timestamp {
        self.patience
    }

    /// Delays and deadlines.
    #[must_use]
    pub const fn policy(&self) -> &OrderPolicy {
        &self.parts.policy
    }

    /// The delay of stores that do not set their own, milliseconds.
    #[must_use]
    pub const fn store_delay_ms(&self) -> u64 {
        self.parts.store_delay_ms
    }

    /// The one currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.parts.currency
    }

    /// Held while the mall is filled with demo data.
    #[must_use]
    pub const fn filling(&self) -> &AsyncMutex<()> {
        &self.filling
    }

    /// The timers in memory.
    #[must_use]
    pub const fn timers(&self) -> &Timers {
        &self.timers
    }

    /// The participants that do not answer.
    #[must_use]
    pub const fn troubles(&self) -> &Troubles {
        &self.troubles
    }

    /// The permits of requests.
    #[must_use]
    pub const fn admission(&self) -> &Admission {
        &self.admission
    }

    /// The idempotency keys of running requests.
    #[must_use]
    pub const fn keys(&self) -> &KeysInFlight {
        &self.keys
    }

    /// The awake stores.
    #[must_use]
    pub const fn stores(&self) -> &Directory<StoreActor> {
        &self.stores
    }

    /// The awake baskets.
    #[must_use]
    pub const fn baskets(&self) -> &Directory<BasketActor> {
        &self.baskets
    }

    /// The awake payments.
    #[must_use]
    pub const fn payments(&self) -> &Directory<PaymentActor> {
        &self.payments
    }

    /// The awake sagas.
    #[must_use]
    pub const fn orders(&self) -> &Directory<OrderSaga> {
        &self.orders
    }
}

/// A question that had no answer has had no effect either.
fn without_effect(error: MallError) -> MallError {
    match error {
        MallError::TimedOut | MallError::ActorFailed => MallError::Busy,
        error => error,
    }
}

fn quoted_lines(
    store_id: StoreId,
    quote: &Quote,
    indices: &[usize],
    wanted: &[Wanted],
    lines: &mut [Option<OrderLine>],
) -> Result<(), SubmissionError> {
    for (line, product) in indices.iter().copied().zip(&quote.products) {
        let Wanted { product_id, quantity } = wanted[line];
        let product = product.as_ref().ok_or(SubmissionError::UnknownProduct { line, product_id })?;
        if !quote.participating {
            return Err(SubmissionError::StoreNotParticipating { line, product_id });
        }
        lines[line] = Some(OrderLine {
            product_id,
            store_id,
            store_name: quote.store_name.clone(),
            sku: product.sku.clone(),
            product_name: product.name.clone(),
            unit_price: product.price,
            quantity,
        });
    }
    Ok(())
}

fn unknown_store_is_unknown_product(error: MallError, indices: &[usize], wanted: &[Wanted]) -> MallError {
    match (error, indices.first()) {
        (MallError::NoSuchStore(_), Some(line)) => {
            SubmissionError::UnknownProduct { line: *line, product_id: wanted[*line].product_id }.into()
        }
        (error, _) => error,
    }
}
