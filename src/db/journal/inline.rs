//! The journal without a thread: every append is committed where it is submitted. For commands that write a stopped
//! mall.

use super::group::Job;
use super::writer::Writer;
use crate::ports::journal::{Append, Commit, Journal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::oneshot;

/// The journal that commits every append at once, on the caller's thread.
pub struct InlineJournal {
    writer: Mutex<Writer>,
    head: AtomicU64,
}

impl InlineJournal {
    /// A journal over `writer`.
    #[must_use]
    pub fn new(writer: Writer) -> Self {
        Self { head: AtomicU64::new(writer.head()), writer: Mutex::new(writer) }
    }
}

impl Journal for InlineJournal {
    fn submit(&self, append: Append) -> Commit {
        let (answer, commit) = oneshot::channel();
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.commit(&mut vec![Job::new(append, answer)], |head| self.head.store(head, Ordering::Release));
        commit
    }

    fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    fn depth(&self) -> usize {
        0
    }

    fn is_available(&self) -> bool {
        true
    }
}
