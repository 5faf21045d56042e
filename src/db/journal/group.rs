//! What one transaction of the journal writes, and who waits for it.

use crate::domain::time::Timestamp;
use crate::ports::journal::{Append, AppendError, RecordedEvent};
use diesel::result::Error as DieselError;
use tokio::sync::oneshot;

/// The most appends in one commit. Larger groups would delay every answer in them; at 300 an fsync is already a small
/// part of the commit (docs/PERFORMANCE.md).
pub const GROUP_MAX: usize = 512;
/// Remembered replies dropped in one commit at the most.
pub(super) const FORGET_MAX: i64 = 500;

/// What one transaction writes.
pub struct Group<'a> {
    /// Where the journal ends after it.
    pub tail: Tail,
    /// The events with their hashes, at the positions they were given.
    pub events: &'a [(RecordedEvent, [u8; 32])],
    /// The appends they come from.
    pub jobs: &'a [Job],
    /// Remembered replies older than this may go.
    pub forget_before: Option<Timestamp>,
}

impl<'a> Group<'a> {
    /// The appends.
    pub(super) fn appends(&self) -> impl Iterator<Item = &'a Append> + Clone + use<'a> {
        self.jobs.iter().map(Job::append)
    }

    /// Whether there is nothing to write: barriers only.
    pub(super) fn is_empty(&self) -> bool {
        let is_empty = |append: &Append| append.changes.is_empty() && append.idempotency.is_none();
        self.events.is_empty() && self.forget_before.is_none() && self.appends().all(is_empty)
    }
}

/// Why a group was not written.
#[derive(Debug)]
pub(super) enum NotWritten {
    /// The database refused it, and nothing of it is written.
    Refused(DieselError),
    /// Whether it is written only the disk knows, or the file is no longer what it was: nothing can be written any more.
    Fatal(DieselError),
}

/// An append and where its answer goes.
pub struct Job {
    append: Append,
    answer: oneshot::Sender<Result<(), AppendError>>,
}

impl Job {
    /// What is to be written.
    #[must_use]
    pub const fn append(&self) -> &Append {
        &self.append
    }

    /// An append on its way.
    #[must_use]
    pub const fn new(append: Append, answer: oneshot::Sender<Result<(), AppendError>>) -> Self {
        Self { append, answer }
    }

    /// Answers; a caller that hung up is not an error, the append stands.
    pub fn answer(self, result: Result<(), AppendError>) {
        let _ = self.answer.send(result);
    }
}

/// The end of the journal: where the next event goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    /// The newest position; 0 for an empty journal.
    pub position: u64,
    /// The newest hash; [`GENESIS`](crate::db::chain::GENESIS) for an empty journal.
    pub hash: [u8; 32],
}
