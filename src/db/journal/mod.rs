//! The journal: one writer, group commit, answers after the commit.
//!
//! [`JournalThread`] runs the writer on its own thread; [`InlineJournal`] commits on the caller's, for
//! commands on a stopped mall; a world has its own, which queues and groups (`sim::world::journal`). All three are
//! [`Journal`](crate::ports::journal::Journal)s over the same [`writer::Writer`].
//!
//! The writer is the same on both engines; [`engine::Engine`] is where they part. On SQLite an I/O error while
//! committing leaves the outcome unknown, and a panic leaves the transaction open (diesel does not roll back): both
//! are fatal ([`writer::OnFatal`]): a server's process aborts, and the next start recovers from disk. On PostgreSQL a lost session is replaced, and the server
//! is asked what became of the group (`postgres`).

pub mod availability;
mod changes;
pub mod engine;
pub mod group;
pub mod head;
mod inline;
mod postgres;
mod refusal;
mod sqlite;
mod thread;
pub mod writer;

pub use inline::InlineJournal;
pub use thread::JournalThread;
