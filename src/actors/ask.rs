//! Asking an actor, with a deadline.
//!
//! actix mailboxes do not push back (every clone of an `Addr` has a free slot, measured on 0.13.5), so what bounds the
//! mall are permits (`admission`): a request takes one before it is sent, and it travels with the request until its
//! append is committed. That bounds the writer's queue as well.

use super::error::MallError;
use actix::dev::ToEnvelope;
use actix::{Actor, Addr, Context, Handler, Message};
use std::time::Duration;

/// How long an answer may take. Above every commit that is not in trouble (tens of milliseconds), below a browser's
/// patience.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// Sends `message` and waits for the answer, at most [`DEADLINE`]. The caller holds the lease of the actor meanwhile.
///
/// # Errors
/// What the actor answers; [`MallError::TimedOut`]; [`MallError::ActorFailed`] when the actor ended with the message in
/// hand. After the last two the message may still have taken effect.
pub async fn ask<A, M, T>(actor: &Addr<A>, message: M) -> Result<T, MallError>
where
    A: Actor<Context = Context<A>> + Handler<M>,
    Context<A>: ToEnvelope<A, M>,
    M: Message<Result = Result<T, MallError>> + Send + 'static,
    T: Send + 'static,
{
    in_time(async { actor.send(message).await.map_err(|_mailbox| MallError::ActorFailed)? }).await
}

/// Waits for an answer, at most [`DEADLINE`].
///
/// # Errors
/// What it is; [`MallError::TimedOut`].
pub async fn in_time<T>(answer: impl Future<Output = Result<T, MallError>>) -> Result<T, MallError> {
    tokio::time::timeout(DEADLINE, answer).await.unwrap_or(Err(MallError::TimedOut))
}
