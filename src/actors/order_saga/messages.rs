//! What a saga is told.

use crate::actors::admission::{Admitted, Permit};
use crate::actors::error::MallError;
use crate::actors::versions::Versions;
use crate::domain::order::{OrderCommand, OrderState, Submission};
use crate::ports::journal::{Append, Cause};
use crate::ports::reply::{Reply, Responder};
use actix::Message;
use tokio::sync::oneshot;

/// Submits the order this saga was created for.
#[derive(Message)]
#[rtype(result = "Result<Reply, MallError>")]
pub struct Submit {
    /// The priced order.
    pub submission: Submission,
    /// What is to be committed with it: the basket it came from.
    pub companion: Append,
    /// Renders the answer.
    pub responder: Responder<OrderState>,
    /// Who asked.
    pub cause: Cause,
    /// The request's permit.
    pub permit: Permit,
}

/// A person's command: pay, cancel or archive.
#[derive(Message)]
#[rtype(result = "Result<Reply, MallError>")]
pub struct Command {
    /// What to do.
    pub command: OrderCommand,
    /// The version the order must be at.
    pub expect: Option<Versions>,
    /// Renders the answer.
    pub responder: Responder<OrderState>,
    /// Who asked.
    pub by: Admitted,
}

/// Says that a timer of the order is due. Answered once the saga rests: nothing is asked or uncommitted.
#[derive(Message)]
#[rtype(result = "Result<(), MallError>")]
pub struct TimerDue {
    /// Told at once, before the work.
    pub hears: oneshot::Sender<()>,
}

/// Tells the order something it has to know: that a store is about to close for good, or what an outside service
/// answered. Answered once it is committed.
#[derive(Message)]
#[rtype(result = "Result<(), MallError>")]
pub struct Notify(pub OrderCommand);

/// Asks to be told when the order is no longer pending.
#[derive(Message)]
#[rtype(result = "Result<(), MallError>")]
pub struct AwaitVerdict;
