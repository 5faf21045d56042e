//! The way into the journal: what one decision writes, and what is answered once it is on disk.

use super::changes::Change;
use super::reply::Remember;
use crate::domain::event::{DomainEvent, StreamKind};
use crate::domain::time::Timestamp;
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tokio::sync::oneshot;
use uuid::Uuid;

/// Why something happened: what belongs together, and the message that led to it.
#[derive(Clone, Debug)]
pub struct Cause {
    /// Groups everything one order or request led to.
    pub correlation_id: Uuid,
    /// The request, or the state of the saga, that asked for it.
    pub causation_id: Arc<str>,
}

/// An event on its way into the journal.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The kind of stream.
    pub stream: StreamKind,
    /// The stream.
    pub stream_id: Uuid,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// Its name in the table of `domain::event`.
    pub name: &'static str,
    /// Its payload, JSON.
    pub payload: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Why it happened.
    pub cause: Cause,
}

/// An event in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its place in the journal: 1, 2, 3 without gaps, in commit order.
    pub position: u64,
    /// The kind of stream.
    pub stream: StreamKind,
    /// The stream.
    pub stream_id: Uuid,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// Its name in the table of `domain::event`.
    pub name: Cow<'static, str>,
    /// Its payload, JSON.
    pub payload: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Groups everything one order or request led to.
    pub correlation_id: Uuid,
    /// The request, or the state of the saga, that asked for it.
    pub causation_id: Arc<str>,
}

/// The memory of an actor, on which its appends are decided. They are handed over before those ahead of them are
/// committed: when one is refused, all that was decided on the same memory counts on what was never written, and the
/// journal refuses that too.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Held>);

#[derive(Debug, Default)]
struct Held {
    is_void: AtomicBool,
    /// Appends under way that were decided on it.
    under_way: AtomicU32,
}

impl Memory {
    /// Whether it holds what is not in the journal.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.0.is_void.load(Ordering::Acquire)
    }

    /// Says that it does: nothing that is decided on it is written any more.
    pub fn void(&self) {
        self.0.is_void.store(true, Ordering::Release);
    }

    /// Whether appends are under way that were decided on it, though its actor may have died.
    #[must_use]
    pub fn is_being_written(&self) -> bool {
        self.0.under_way.load(Ordering::Acquire) > 0
    }

    /// For an append that is decided on it.
    #[must_use]
    pub fn relied_on(&self) -> Reliance {
        self.0.under_way.fetch_add(1, Ordering::AcqRel);
        Reliance(self.clone())
    }
}

/// That an append counts on a memory, as long as it is under way.
#[derive(Debug)]
pub struct Reliance(Memory);

impl Reliance {
    /// The memory.
    #[must_use]
    pub const fn memory(&self) -> &Memory {
        &self.0
    }
}

impl Clone for Reliance {
    fn clone(&self) -> Self {
        self.0.relied_on()
    }
}

impl Drop for Reliance {
    fn drop(&mut self) {
        self.0.0.under_way.fetch_sub(1, Ordering::AcqRel);
    }
}

/// What one decision writes: all of it in one transaction, or none.
#[derive(Clone, Debug, Default)]
pub struct Append {
    /// Whose memory it was decided on; also of an append without events, whose answer says that what the memory holds
    /// is on disk.
    pub decided_on: Vec<Reliance>,
    /// The events, in order.
    pub events: Vec<NewEvent>,
    /// The rows of the read model that follow from them.
    pub changes: Vec<Change>,
    /// The reply to remember under the caller's idempotency key.
    pub idempotency: Option<Box<Remember>>,
}

impl Append {
    /// Adds the events of one stream, which had `version` events before.
    pub fn stream<E: DomainEvent>(&mut self, id: Uuid, version: u64, events: &[E], at: Timestamp, cause: &Cause) {
        self.events.extend(events.iter().zip(version + 1..).map(|(event, version)| NewEvent {
            stream: E::STREAM,
            stream_id: id,
            version,
            name: event.name(),
            payload: event.payload(),
            occurred_at: at,
            cause: cause.clone(),
        }));
    }
}

/// Why an append was not committed. Nothing of it was written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// A database constraint refused it: a defect, or memory that no longer matches the disk.
    #[error("the journal refused the append: {0}")]
    Refused(Arc<str>),
    /// It was decided on what the journal had refused before.
    #[error("the append was decided on what the journal refused")]
    Void,
    /// There is a reply under its idempotency key already: another process took the same request.
    #[error("there is a reply under the idempotency key already")]
    KeyTaken,
    /// The journal is shutting down.
    #[error("the journal is closed")]
    Closed,
}

impl AppendError {
    /// Logs what is a defect; a mall that closes is none.
    pub fn report(&self) {
        match self {
            Self::Refused(_) => {
                tracing::error!(error = %self, "an append failed; its actor starts over from the journal");
            }
            // Its cause has been reported.
            Self::Void | Self::KeyTaken => tracing::debug!(error = %self, "an append was not taken"),
            Self::Closed => tracing::debug!(error = %self, "an append came after the end"),
        }
    }
}

/// The answer to an append, once it is on disk.
pub type Commit = oneshot::Receiver<Result<(), AppendError>>;

/// Writes the journal. Appends are committed in the order they are submitted.
pub trait Journal: Send + Sync {
    /// Hands an append over. The answer comes after its commit; an empty append is a barrier.
    fn submit(&self, append: Append) -> Commit;

    /// The newest committed position.
    fn head(&self) -> u64;

    /// Appends waiting to be committed.
    fn depth(&self) -> usize;

    /// Whether appends are being committed. While they are not (a database server is away) they wait.
    fn is_available(&self) -> bool;
}
