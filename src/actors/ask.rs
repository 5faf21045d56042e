//! Asking an actor: with a deadline, and with a permit that bounds how much work the mall takes on.
//!
//! actix mailboxes do not push back (every clone of an `Addr` has a free slot, measured on 0.13.5), so the limit is a
//! semaphore: a request takes a permit before it is sent and the permit travels with it until its append is committed.
//! That bounds the writer's queue as well.

use super::directory::{Lease, Resident};
use super::error::MallError;
use actix::dev::ToEnvelope;
use actix::{Context, Handler, Message};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long an answer may take. Above every commit that is not in trouble (tens of milliseconds), below a browser's
/// patience.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// The right to have one request in the mall; returned when dropped.
#[derive(Debug)]
pub struct Permit(#[allow(dead_code, reason = "held for its Drop")] OwnedSemaphorePermit);

/// Hands out permits.
#[derive(Clone, Debug)]
pub struct Admission {
    semaphore: Arc<Semaphore>,
    limit: usize,
}

impl Admission {
    /// At most `limit` requests at a time.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { semaphore: Arc::new(Semaphore::new(limit)), limit }
    }

    /// Takes a permit without waiting.
    ///
    /// # Errors
    /// [`MallError::Busy`] when none is left.
    pub fn admit(&self) -> Result<Permit, MallError> {
        self.semaphore.clone().try_acquire_owned().map(Permit).map_err(|_| MallError::Busy)
    }

    /// Waits for a permit; for work that must not be refused, like due timers.
    pub async fn wait(&self) -> Permit {
        let permit = self.semaphore.clone().acquire_owned().await;
        Permit(permit.expect("the semaphore is never closed"))
    }

    /// Permits in use.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.limit - self.semaphore.available_permits()
    }

    /// Permits there are.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.limit
    }
}

/// Sends `message` and waits for the answer, at most [`DEADLINE`].
///
/// # Errors
/// What the actor answers; [`MallError::TimedOut`]; [`MallError::ActorFailed`] when the actor ended with the message in
/// hand. After the last two the message may still have taken effect.
pub async fn ask<A, M, T>(lease: &Lease<A>, message: M) -> Result<T, MallError>
where
    A: Resident + Handler<M>,
    A: actix::Actor<Context = Context<A>>,
    Context<A>: ToEnvelope<A, M>,
    M: Message<Result = Result<T, MallError>> + Send + 'static,
    T: Send + 'static,
{
    match tokio::time::timeout(DEADLINE, lease.addr().send(message)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_mailbox)) => Err(MallError::ActorFailed),
        Err(_elapsed) => Err(MallError::TimedOut),
    }
}
