//! Who is awake: id -> actor. Wakes an actor on first use, passivates idle ones, replaces failed ones.
//!
//! Actors decide and cache, they own no truth: any of them may be dropped and woken again from the read model, as long
//! as nothing it decided is uncommitted. A [`Lease`] or a [`Busy`] mark keeps an actor awake while it is needed.

mod quarters;

use super::ask::ask;
use super::error::MallError;
use super::presence::{Busy, Presence};
use crate::log_limit::seldom;
use crate::ports::journal::Memory;
use crate::ports::reads::{Read, ReadErrorKind};
use actix::dev::ToEnvelope;
use actix::{Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture};
pub use quarters::Quarters;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Locks the map is split into, so that workers rarely wait for each other.
const SHARDS: usize = 16;
/// An actor that fails more often than this within [`FAILURE_WINDOW`] is left alone until the window has passed:
/// it would fail again, and every wake reads the database.
const FAILURES_MAX: u32 = 5;
const FAILURE_WINDOW: Duration = Duration::from_mins(1);

/// How long a load is tried again while the database is busy. Below the deadline of an answer, so that whoever waits is
/// told what came of it.
const LOAD_PATIENCE: Duration = Duration::from_secs(6);
/// The pause before a load is tried again; being busy took two seconds to find out.
const LOAD_AGAIN: Duration = Duration::from_millis(50);

/// An actor the directory can wake.
pub trait Resident: Actor<Context = Context<Self>> {
    /// What it is found by.
    type Id: Copy + Ord + Hash + Send + 'static;
    /// What all of its kind share.
    type Shared: Send + Sync + 'static;
    /// What it remembers.
    type State: 'static;

    /// The actor before it has its state; `newborn` when there is nothing to load.
    fn wake(id: Self::Id, shared: Arc<Self::Shared>, presence: Presence, newborn: bool) -> Self;

    /// Reads the state of `id`; `None` when there is none.
    fn read(shared: &Self::Shared, id: Self::Id) -> Read<'_, Option<Self::State>>;

    /// Takes the state that was read.
    fn take(&mut self, state: Option<Self::State>);
}

/// Loads the state of an actor that was just woken; its messages wait for it. One load an actor, however many wait:
/// while the database is busy it is tried again, and when that takes too long the messages are answered
/// [`MallError::Busy`], which is certain to have had no effect.
///
/// The one before it may have died and left appends that are not written yet, decided on `before`: what is read until they
/// are does not show them, and nobody would ever undo what they do.
fn load<A: Resident>(
    actor: &A,
    id: A::Id,
    shared: Arc<A::Shared>,
    presence: Presence,
    before: Option<Memory>,
    ctx: &mut Context<A>,
) {
    let loading = async move {
        let started = tokio::time::Instant::now();
        let is_patient = || started.elapsed() < LOAD_PATIENCE;
        while before.as_ref().is_some_and(Memory::is_being_written) {
            if !is_patient() {
                return None;
            }
            tokio::time::sleep(LOAD_AGAIN).await;
        }
        loop {
            match A::read(&shared, id).await {
                Err(error) if error.kind == ReadErrorKind::Busy && is_patient() => {
                    tokio::time::sleep(LOAD_AGAIN).await;
                }
                loaded => return Some(loaded),
            }
        }
    };
    ctx.wait(loading.into_actor(actor).map(move |loaded, actor, _| match loaded {
        Some(Ok(state)) => actor.take(state),
        None => presence.not_loaded(),
        Some(Err(error)) => {
            if let Some(left_out) = seldom("an actor could not be woken") {
                tracing::error!(kind = std::any::type_name::<A>(), %error, left_out, "actors cannot be woken");
            }
            presence.not_loaded();
        }
    }));
}

/// An awake actor's address; it stays awake as long as the lease lives.
pub struct Lease<A: Actor> {
    addr: Addr<A>,
    _busy: Busy,
}

impl<A: Actor> Lease<A> {
    /// Where to send.
    #[must_use]
    pub const fn addr(&self) -> &Addr<A> {
        &self.addr
    }
}

struct Entry<A: Actor> {
    addr: Addr<A>,
    presence: Presence,
    /// What the one before it had decided on, which died and left appends that were not written yet.
    before: Option<Memory>,
}

impl<A: Actor> Entry<A> {
    /// What is under way that was decided by this one, or by the one before it: whoever wakes in its place waits for that.
    fn left_behind(&self) -> Option<Memory> {
        let earlier = || self.before.clone().filter(Memory::is_being_written);
        self.presence.being_written().or_else(earlier)
    }

    /// Whether it can be forgotten.
    fn is_idle(&self, now: Instant, idle: Duration) -> bool {
        self.presence.is_idle(now, idle) && self.left_behind().is_none()
    }

    fn is_well(&self) -> bool {
        self.addr.connected() && self.presence.check().is_ok()
    }

    fn lease(&self, now: Instant) -> Lease<A> {
        self.presence.used(now);
        Lease { addr: self.addr.clone(), _busy: self.presence.busy() }
    }
}

struct Shard<A: Resident> {
    awake: BTreeMap<A::Id, Entry<A>>,
    /// Failures since the time given; entries go when their window has passed.
    failures: BTreeMap<A::Id, (u32, Instant)>,
}

/// The awake actors of one kind.
pub struct Directory<A: Resident> {
    shards: Vec<Mutex<Shard<A>>>,
    quarters: Arc<Quarters>,
    shared: Arc<A::Shared>,
}

impl<A: Resident> Directory<A> {
    /// A directory that spreads its actors over `quarters` by id, and hands each `shared`.
    #[must_use]
    pub fn new(quarters: &Arc<Quarters>, shared: Arc<A::Shared>) -> Self {
        let empty = || Mutex::new(Shard { awake: BTreeMap::new(), failures: BTreeMap::new() });
        let shards = (0..SHARDS).map(|_| empty()).collect();
        Self { shards, quarters: quarters.clone(), shared }
    }

    /// The actor of `id`, woken from the read model if need be. Whether the aggregate exists is the actor's to say.
    ///
    /// # Errors
    /// [`MallError::ActorFailed`] when the actor failed too often.
    pub fn get(&self, id: A::Id) -> Result<Lease<A>, MallError> {
        self.enter(id, false)
    }

    /// The actor of an id that was just made: there is nothing to load.
    ///
    /// # Errors
    /// [`MallError::ActorFailed`], which cannot happen for a new id.
    pub fn create(&self, id: A::Id) -> Result<Lease<A>, MallError> {
        self.enter(id, true)
    }

    /// Asks what has no effect, answered or not. Whoever gives its memory up with the question in hand, as a store does of
    /// which an append was refused, is woken again and asked once more.
    ///
    /// # Errors
    /// What the actor answers; [`MallError::Busy`] when it does not.
    pub async fn learn<M, T>(&self, id: A::Id, question: M) -> Result<T, MallError>
    where
        A: Handler<M>,
        Context<A>: ToEnvelope<A, M>,
        M: Message<Result = Result<T, MallError>> + Clone + Send + 'static,
        T: Send + 'static,
    {
        let asked = async || {
            let lease = self.get(id)?;
            ask(lease.addr(), question.clone()).await
        };
        let mut answer = asked().await;
        if matches!(answer, Err(MallError::ActorFailed)) {
            answer = asked().await;
        }
        match answer {
            Err(MallError::TimedOut | MallError::ActorFailed) => Err(MallError::Busy),
            answer => answer,
        }
    }

    fn enter(&self, id: A::Id, newborn: bool) -> Result<Lease<A>, MallError> {
        let now = Instant::now();
        let hash = hash(id);
        let mut shard = self.shard(hash);
        match shard.awake.get(&id) {
            Some(entry) if entry.is_well() => return Ok(entry.lease(now)),
            // One that never had its state decided nothing, and what was refused may have been one order's alone: they
            // are simply woken again. One that died may die again.
            Some(entry) if entry.addr.connected() => {}
            Some(_) => shard.count_failure(id, now)?,
            None => {}
        }
        let before = shard.awake.get(&id).and_then(Entry::left_behind);
        let presence = Presence::default();
        let (resident, common) = (presence.clone(), self.shared.clone());
        let waits_for = before.clone();
        let addr = A::start_in_arbiter(self.quarters.wake(hash), move |ctx| {
            let actor = A::wake(id, common.clone(), resident.clone(), newborn);
            if !newborn {
                load(&actor, id, common, resident, waits_for, ctx);
            }
            actor
        });
        let entry = Entry { addr, presence, before };
        let lease = entry.lease(now);
        shard.awake.insert(id, entry);
        Ok(lease)
    }

    /// Passivates actors that have been idle for `idle`. Returns how many.
    ///
    /// Dropping the last address ends an actor; one that is leased or busy is left alone, so nothing uncommitted or
    /// unanswered is lost.
    pub fn sweep(&self, idle: Duration) -> usize {
        let (now, mut asleep) = (Instant::now(), 0);
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let before = shard.awake.len();
            shard.awake.retain(|_, entry| !entry.is_idle(now, idle));
            asleep += before - shard.awake.len();
            shard.failures.retain(|_, (_, since)| now.duration_since(*since) < FAILURE_WINDOW);
        }
        asleep
    }

    /// Lets every actor go, busy or not.
    pub fn clear(&self) {
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).awake.clear();
        }
    }

    /// How many actors are awake.
    #[must_use]
    pub fn awake(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).awake.len()).sum()
    }

    fn shard(&self, hash: u64) -> MutexGuard<'_, Shard<A>> {
        let index = usize::try_from(hash).unwrap_or(usize::MAX) % SHARDS;
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where an id belongs, the same in every process: which arbiter an actor lives on is part of what it does when.
fn hash(id: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

impl<A: Resident> Shard<A> {
    fn count_failure(&mut self, id: A::Id, now: Instant) -> Result<(), MallError> {
        let (count, since) = self.failures.entry(id).or_insert((0, now));
        if now.duration_since(*since) >= FAILURE_WINDOW {
            (*count, *since) = (0, now);
        }
        if *count >= FAILURES_MAX {
            return Err(MallError::ActorFailed);
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
