//! What every actor shares: the ports, the mall's terms, the timers, and the way into the journal.
//!
//! The lowest storey of the actors: it knows none of them.

use super::admission::Permit;
use super::clock::MallClock;
use super::error::MallError;
use super::personalities::Registry;
use super::presence::Presence;
use super::timers::Timers;
use super::troubles::Troubles;
use crate::domain::money::Currency;
use crate::domain::order::OrderPolicy;
use crate::domain::personality::Personalities;
use crate::domain::time::Timestamp;
use crate::metrics::Metrics;
use crate::ports::journal::{Append, AppendError, Journal};
use crate::ports::reads::ReadModel;
use crate::ports::time::{Clock, Entropy};
use crate::ports::witness::Witness;
use actix::ResponseFuture;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The ports of a mall.
#[derive(Clone)]
pub struct Ports {
    /// Writes the journal.
    pub journal: Arc<dyn Journal>,
    /// Answers queries.
    pub reads: Arc<dyn ReadModel>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Looks on.
    pub witness: Arc<dyn Witness>,
}

/// What a mall is agreed to be.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Delays and deadlines.
    pub policy: OrderPolicy,
    /// The delay of stores that do not set their own, milliseconds.
    pub store_delay_ms: u64,
    /// The one currency.
    pub currency: Currency,
}

/// A commit that takes longer means that the journal stood still.
const STANDSTILL: Duration = Duration::from_secs(2);
/// Until who was not answered while the journal stood still has asked again (`troubles`).
const ASKED_AGAIN: Duration = Duration::from_secs(45);

/// Until when no verdict times out.
struct Patience {
    latest: Mutex<Bounds>,
    clock: Arc<MallClock>,
    policy: OrderPolicy,
}

/// Until when a verdict may still come: a time of the mall, and a moment of real time. Both have to pass, for the mall's
/// time may be so fast that none of it is long enough for an answer, or stand still.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The mall's time.
    pub mall: Timestamp,
    /// Real time.
    pub real: Instant,
}

impl Bounds {
    /// The later of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { mall: self.mall.max(other.mall), real: self.real.max(other.real) }
    }
}

impl Patience {
    fn opening(clock: Arc<MallClock>, policy: OrderPolicy) -> Self {
        let opening = Bounds { mall: policy.after(clock.now(), policy.grace_ms), real: Instant::now() };
        Self { latest: Mutex::new(opening), clock, policy }
    }

    fn latest(&self) -> MutexGuard<'_, Bounds> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing could be written: that a verdict is late is nobody's fault but the mall's.
    fn journal_stood_still(&self) {
        let mall = self.policy.after(self.clock.now(), self.policy.grace_ms);
        let mut latest = self.latest();
        *latest = latest.and(Bounds { mall, real: Instant::now() + ASKED_AGAIN });
    }
}

/// What every actor shares.
pub struct Backstage {
    ports: Ports,
    terms: Terms,
    clock: Arc<MallClock>,
    patience: Arc<Patience>,
    timers: Timers,
    troubles: Troubles,
    personalities: Registry,
}

impl Backstage {
    /// The backstage of a mall that opens now.
    #[must_use]
    pub fn new(ports: Ports, terms: Terms, clock: MallClock, personalities: Personalities) -> Self {
        let clock = Arc::new(clock);
        let patience = Arc::new(Patience::opening(clock.clone(), terms.policy.clone()));
        Self {
            ports,
            terms,
            clock,
            patience,
            timers: Timers::default(),
            troubles: Troubles::default(),
            personalities: Registry::new(personalities),
        }
    }

    /// Hands `append` to the journal and answers `answer` once it is committed; on failure the actor of `presence`
    /// starts over.
    pub fn commit<T: 'static>(
        &self,
        mut append: Append,
        answer: T,
        permit: Option<Permit>,
        presence: Presence,
    ) -> ResponseFuture<Result<T, MallError>> {
        append.decided_on.push(presence.relied_on());
        let commit = self.ports.journal.submit(append);
        // Awake until committed.
        let (busy, writing) = (presence.busy(), presence.writing());
        let (patience, asked) = (self.patience.clone(), Instant::now());
        Box::pin(async move {
            let committed = commit.await.unwrap_or(Err(AppendError::Closed));
            if let Err(error) = &committed {
                error.report();
                presence.fail();
            }
            if asked.elapsed() >= STANDSTILL {
                patience.journal_stood_still();
            }
            drop((permit, busy, writing));
            Ok(committed.map(|()| answer)?)
        })
    }

    /// Refuses, once everything the refusal may rest on is on disk: who is told that an order is cancelled must not
    /// find it open after a crash.
    pub fn refuse<T: 'static>(
        &self,
        refusal: MallError,
        permit: Option<Permit>,
        presence: &Presence,
    ) -> ResponseFuture<Result<T, MallError>> {
        if presence.is_settled() || presence.check().is_err() {
            return Box::pin(async { Err(refusal) });
        }
        let barrier = self.commit(Append::default(), (), permit, presence.clone());
        Box::pin(async move { barrier.await.and(Err(refusal)) })
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &dyn Journal {
        &*self.ports.journal
    }

    /// The read model.
    #[must_use]
    pub fn reads(&self) -> &dyn ReadModel {
        &*self.ports.reads
    }

    /// The mall's clock.
    #[must_use]
    pub fn clock(&self) -> &MallClock {
        &self.clock
    }

    /// The mall's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The source of ids and secrets.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.ports.entropy
    }

    /// The metrics.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.ports.metrics
    }

    /// Who looks on.
    #[must_use]
    pub fn witness(&self) -> &dyn Witness {
        &*self.ports.witness
    }

    /// What the mall is agreed to be.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Delays and deadlines.
    #[must_use]
    pub const fn policy(&self) -> &OrderPolicy {
        &self.terms.policy
    }

    /// Before this no verdict times out: the mall has just opened, or its journal stood still a moment ago, and it asks
    /// first what fell due meanwhile.
    #[must_use]
    pub fn patience(&self) -> Bounds {
        if !self.journal().is_available() {
            self.patience.journal_stood_still();
        }
        *self.patience.latest()
    }

    /// The timers in memory.
    #[must_use]
    pub const fn timers(&self) -> &Timers {
        &self.timers
    }

    /// How the participants behave.
    #[must_use]
    pub const fn personalities(&self) -> &Registry {
        &self.personalities
    }

    /// The participants that do not answer.
    #[must_use]
    pub const fn troubles(&self) -> &Troubles {
        &self.troubles
    }
}
