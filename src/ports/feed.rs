//! The way out of the journal: committed events as they come, and durable consumers of them.

use super::changes::Change;
use super::journal::RecordedEvent;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// One who is handed committed events as they come, in order, for as long as it lives.
pub trait Listener: Send {
    /// The events of the next commit; of that one still when the future is dropped before it is ready.
    ///
    /// # Errors
    /// [`Lagged`].
    fn next(&mut self) -> BoxFuture<'_, Result<Arc<[RecordedEvent]>, Lagged>>;
}

/// The listener has fallen too far behind: commits were left out for it, and none up to now is handed to it any more.
/// The read model has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lagged;

/// Committed events as they come.
pub type LiveEvents = Box<dyn Listener>;

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

    /// What is to be saved with the position, in one append: absolute, so that saving it again changes nothing.
    fn saves(&self) -> Vec<Change> {
        Vec::new()
    }

    /// What was to be saved is.
    fn saved(&self) {}
}

/// Events could not be dealt with now; trying again helps.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Undelivered(pub String);
