//! The way out of the journal: committed events as they come, and durable consumers of them.

use super::journal::RecordedEvent;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::broadcast;

/// Committed events as they come, in order. A reader that falls too far behind is told `Lagged` and reads the gap from
/// the read model.
pub type LiveEvents = broadcast::Receiver<Arc<[RecordedEvent]>>;

/// Where committed events can be followed.
pub trait Feed: Send + Sync {
    /// Events committed from now on.
    fn subscribe(&self) -> LiveEvents;
}

/// Where committed events are handed over, as soon as they are on disk.
pub trait Announce: Send + Sync {
    /// Hands the events of one commit on. Only the journal's writer calls this, after the commit.
    fn announce(&self, events: Vec<RecordedEvent>);
}

/// A durable consumer's part that is its own: what to do about events.
pub trait Consume: Send + Sync {
    /// Deals with the next events of the journal, in order and without a gap. Answers whether there was anything to do.
    ///
    /// Called again with the same events after a crash and after an error: effects must bear repetition. An event that
    /// can never be dealt with is to be skipped here, with a word in the log; an error holds the consumer up.
    fn consume<'a>(&'a self, events: &'a [RecordedEvent]) -> BoxFuture<'a, Result<bool, Undelivered>>;
}

/// Events could not be dealt with now; trying again helps.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Undelivered(pub String);
