//! The mall as those above it see it: what it is made of, who is let in, and what keeps it going.
//!
//! What may be asked of it is in the files beside this one: each finds the right actor, asks it, and hands its answer
//! back. Rules live in `domain`, decisions in the actors.

use super::closings::Closings;
use super::due::DueOrders;
use super::timekeeper::Timekeeper;
use crate::actors::admission::{Admission, Admitted};
use crate::actors::backstage::{Backstage, Ports, Terms};
use crate::actors::basket::BasketActor;
use crate::actors::clock::MallClock;
use crate::actors::counter::Counter;
use crate::actors::directory::{Directory, Quarters};
use crate::actors::error::MallError;
use crate::actors::idempotency::KeysInFlight;
use crate::actors::order_saga::OrderSaga;
use crate::actors::participants::Participants;
use crate::actors::payment::PaymentActor;
use crate::actors::principal::Principal;
use crate::actors::store::StoreActor;
use crate::actors::timers::Timers;
use crate::actors::troubles::Troubles;
use crate::domain::ids::{ProductId, StoreId};
use crate::domain::money::{Currency, Money};
use crate::domain::order::OrderPolicy;
use crate::metrics::Metrics;
use crate::ports::journal::{Cause, Journal};
use crate::ports::mall::KnownMall;
use crate::ports::reads::{ReadError, ReadModel};
use crate::ports::stop::Stop;
use crate::ports::time::Entropy;
use actix::ArbiterHandle;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex as AsyncMutex, Notify, Semaphore};

/// Idle actors are passivated after this. Longer costs memory, shorter costs a query when they wake.
const IDLE: Duration = Duration::from_mins(1);
/// How often idle actors are looked for.
const SWEEP: Duration = Duration::from_secs(5);

/// What a mall is made of.
pub struct MallParts {
    /// The ports it works through.
    pub ports: Ports,
    /// What it is agreed to be.
    pub terms: Terms,
    /// How many requests may be in the mall at a time.
    pub admission_limit: usize,
    /// How many orders may work off due timers at a time.
    pub timers_at_work: usize,
    /// What the mall knows of itself.
    pub known: KnownMall,
    /// Where actors live; at least one.
    pub arbiters: Vec<ArbiterHandle>,
}

/// The mall.
pub struct Mall {
    counter: Arc<Counter>,
    baskets: Directory<BasketActor>,
    admission: Admission,
    keys: KeysInFlight,
    timekeeper: Timekeeper,
    quarters: Arc<Quarters>,
    /// How many orders may work off due timers at a time, and the turns of those that do not.
    turns: (usize, Arc<Semaphore>),
    /// Told when a store begins to close.
    closing: Arc<Notify>,
    /// Held while the mall is filled with demo data, which must happen once.
    filling: AsyncMutex<()>,
}

impl Mall {
    /// Opens a mall over its parts. Timers do not run before [`Mall::run`].
    #[must_use]
    pub fn open(parts: MallParts) -> Arc<Self> {
        let MallParts { ports, terms, admission_limit, timers_at_work, known, arbiters } = parts;
        let metrics = ports.metrics.clone();
        let clock = MallClock::starting(ports.clock.clone(), known.course, known.newest);
        let timekeeper = Timekeeper::new(&known, clock.wall(), clock.now());
        let backstage = Arc::new(Backstage::new(ports, terms, clock, known.personalities));
        let quarters = Arc::new(Quarters::new(arbiters));
        let participants = Arc::new(Participants::new(backstage, &quarters));
        let counter = Arc::new(Counter::new(participants, &quarters));
        Arc::new(Self {
            baskets: Directory::new(&quarters, counter.clone()),
            counter,
            admission: Admission::new(admission_limit, move || metrics.commit_time()),
            keys: KeysInFlight::default(),
            timekeeper,
            quarters,
            turns: (timers_at_work, Arc::new(Semaphore::new(timers_at_work))),
            closing: Arc::default(),
            filling: AsyncMutex::default(),
        })
    }

    /// Reads the timers of the next minutes; the first call after a start finds everything overdue.
    ///
    /// # Errors
    /// The read model could not answer.
    pub async fn refill_timers(&self) -> Result<(), ReadError> {
        self.timers().refill(self.reads(), self.clock()).await
    }

    /// Runs timers, closings and housekeeping until `stop` is given.
    pub async fn run(self: Arc<Self>, stop: Stop) {
        let timers = actix::spawn(DueOrders::new(self.counter.clone(), self.turns.1.clone()).run(stop.clone()));
        let mall = self.clone();
        actix::spawn(async move { mall.note_restart().await });
        let closings = actix::spawn(Closings::new(self.counter.clone(), self.closing.clone()).run(stop.clone()));
        while !stop.is_stopped() {
            let somebody = self.is_somebody_awake();
            tokio::select! {
                biased;
                () = stop.stopped() => {}
                // Where nobody is awake nobody has to be looked for.
                () = self.quarters.woken(), if !somebody => {}
                () = tokio::time::sleep(SWEEP), if somebody => self.sweep(IDLE),
            }
        }
        // Both see the same signal; a panic in them has been reported by the runtime.
        let _ = (timers.await, closings.await);
    }

    /// Whether any actor is awake.
    #[must_use]
    pub fn is_somebody_awake(&self) -> bool {
        self.stores().awake() + self.baskets().awake() + self.payments().awake() + self.orders().awake() > 0
    }

    /// Told when a store begins to close.
    pub(super) fn closing(&self) -> &Notify {
        &self.closing
    }

    /// Passivates actors that have been idle for `idle`.
    pub fn sweep(&self, idle: Duration) {
        let asleep = self.stores().sweep(idle)
            + self.baskets().sweep(idle)
            + self.payments().sweep(idle)
            + self.orders().sweep(idle);
        if asleep > 0 {
            tracing::debug!(asleep, "idle actors were passivated");
        }
    }

    /// Lets every actor go at once, whoever still holds the mall.
    pub fn close(&self) {
        // An advance would wait for ever for a mall that rests.
        if let Some(advance) = self.timekeeper.advance() {
            advance.stop.stop();
        }
        self.stores().clear();
        self.baskets().clear();
        self.payments().clear();
        self.orders().clear();
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

    /// The store that sells a product.
    ///
    /// # Errors
    /// The read model could not answer.
    pub async fn store_of(&self, product_id: ProductId) -> Result<Option<StoreId>, MallError> {
        self.counter.store_of(product_id).await
    }

    pub(super) fn check_money(&self, money: Money) -> Result<(), MallError> {
        let currency = self.currency();
        if money.currency == currency { Ok(()) } else { Err(MallError::ForeignCurrency(currency)) }
    }

    pub(super) fn counter(&self) -> &Counter {
        &self.counter
    }

    pub(in crate::actors) fn backstage(&self) -> &Arc<Backstage> {
        self.counter.backstage()
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &dyn Journal {
        self.backstage().journal()
    }

    /// The read model.
    #[must_use]
    pub fn reads(&self) -> &dyn ReadModel {
        self.backstage().reads()
    }

    /// The mall's clock.
    #[must_use]
    pub fn clock(&self) -> &MallClock {
        self.backstage().clock()
    }

    /// The source of ids and secrets.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        self.backstage().entropy()
    }

    /// The metrics.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        self.backstage().metrics()
    }

    /// Delays and deadlines.
    #[must_use]
    pub fn policy(&self) -> &OrderPolicy {
        self.backstage().policy()
    }

    /// The delay of stores that do not set their own, milliseconds.
    #[must_use]
    pub fn store_delay_ms(&self) -> u64 {
        self.backstage().terms().store_delay_ms
    }

    /// The one currency.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.backstage().terms().currency
    }

    /// Held while the mall is filled with demo data.
    #[must_use]
    pub const fn filling(&self) -> &AsyncMutex<()> {
        &self.filling
    }

    /// Who sets the clock.
    pub(super) const fn timekeeper(&self) -> &Timekeeper {
        &self.timekeeper
    }

    /// The timers in memory.
    #[must_use]
    pub fn timers(&self) -> &Timers {
        self.backstage().timers()
    }

    /// How many orders work off due timers now.
    #[must_use]
    pub fn timers_at_work(&self) -> usize {
        let (all, free) = &self.turns;
        all.saturating_sub(free.available_permits())
    }

    /// The participants that do not answer.
    #[must_use]
    pub fn troubles(&self) -> &Troubles {
        self.backstage().troubles()
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
    pub fn stores(&self) -> &Directory<StoreActor> {
        self.counter.participants().stores()
    }

    /// The awake baskets.
    #[must_use]
    pub const fn baskets(&self) -> &Directory<BasketActor> {
        &self.baskets
    }

    /// The awake payments.
    #[must_use]
    pub fn payments(&self) -> &Directory<PaymentActor> {
        self.counter.participants().payments()
    }

    /// The awake sagas.
    #[must_use]
    pub fn orders(&self) -> &Directory<OrderSaga> {
        self.counter.orders()
    }
}
