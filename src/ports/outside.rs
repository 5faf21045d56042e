//! Participants outside the process: requests to them, their answers, and the messages that are undeliverable.

use super::feed::Undelivered;
use super::journal::RecordedEvent;
use crate::domain::clock::Speed;
use crate::domain::ids::{OrderId, ProductId};
use crate::domain::order::{Reason, Request};
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;

/// A request to an outside participant, with the event that led to it.
#[derive(Clone, Debug)]
pub struct OutgoingRequest {
    /// The event.
    pub event: RecordedEvent,
    /// Which of the event's requests this is, from 1.
    pub number: usize,
    /// The request.
    pub request: Request,
    /// How fast the mall's time passes, in which the times of the request are.
    pub speed: Speed,
}

/// Takes requests to outside participants.
pub trait RequestSink: Send + Sync {
    /// Takes requests in order; all are safe with the bus when it answers.
    fn send(&self, requests: Vec<OutgoingRequest>) -> BoxFuture<'_, Result<(), Undelivered>>;
}

/// Why an answer of an outside service was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It can never be taken.
    #[error("{0}")]
    Poison(String),
    /// Not now; trying again helps.
    #[error("{0}")]
    Later(String),
}

/// Takes answers of outside services, whatever the bus.
pub trait AnswerDesk: Send + Sync {
    /// Takes an answer; what follows from it is committed when this answers. Repeated and late answers are taken too.
    fn take(&self, from: Participant, confirms: bool, body: &[u8]) -> BoxFuture<'static, Result<(), NotTaken>>;
}

/// An undeliverable message of an outside service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Where it was sent.
    pub subject: String,
    /// Why it was not taken.
    pub reason: String,
    /// When it was given up.
    pub at: Timestamp,
}

/// The undeliverable messages of outside services.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadLetters {
    /// How many are kept.
    pub count: u64,
    /// The newest.
    pub last: Option<DeadLetter>,
}

/// The longest body of an answer, bytes.
pub const BODY_MAX: usize = 64 * 1024;

/// An answer as outside services write it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// The order that is answered for.
    pub order_id: OrderId,
    /// Why it is refused; only and always when it is.
    pub reason: Option<Reason>,
    /// What the store has of the products it is short of; only with `OUT_OF_STOCK`.
    #[serde(default)]
    pub lines: Vec<LineBody>,
}

/// What an outside store has of a product.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineBody {
    /// The product.
    pub product_id: ProductId,
    /// Pieces the store can promise.
    pub available: u32,
}
