//! The two engines a journal is written with. The writer decides once a group which it is; below, each uses its own
//! connection and its own statements.

use super::postgres::PostgresJournal;
use super::sqlite::SqliteJournal;
use super::writer::{Job, Tail};
use crate::db::error::{DbError, DbErrorKind};
use crate::db::place::Place;
use crate::db::pool::Connection;
use crate::domain::time::Timestamp;
use crate::ports::journal::{Append, RecordedEvent};
use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind as Kind, Error as DieselError};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long one piece of work may take before the journal counts as unable to write: what is not sound is said within
/// three seconds.
const STUCK_AFTER: Duration = Duration::from_secs(2);

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

/// Whether the journal can write, and whether it is asked to end; shared between the writer and those who ask.
#[derive(Clone, Debug, Default)]
pub struct Availability(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// The last try failed.
    failed: AtomicBool,
    /// Since when the writer has been at the work in hand.
    trying: Mutex<Option<Instant>>,
    closing: OnceLock<Instant>,
}

impl Availability {
    /// Whether the journal can write, as far as it knows: its last try committed, and none has been under way for long.
    #[must_use]
    pub fn is_available(&self) -> bool {
        let trying = *self.0.trying.lock().unwrap_or_else(PoisonError::into_inner);
        !self.0.failed.load(Ordering::Acquire) && trying.is_none_or(|since| since.elapsed() < STUCK_AFTER)
    }

    /// Whether the journal was to end so long ago, even without an answer of its database.
    #[must_use]
    pub fn is_closing_for(&self, patience: Duration) -> bool {
        self.0.closing.get().is_some_and(|since| since.elapsed() >= patience)
    }

    /// The journal is to end.
    pub fn close(&self) {
        self.0.closing.get_or_init(Instant::now);
    }

    /// A try committed, or failed.
    pub(super) fn set(&self, available: bool) {
        self.0.failed.store(!available, Ordering::Release);
    }

    /// The writer is at work from now on, or rests.
    pub(super) fn work(&self, at_work: bool) {
        *self.0.trying.lock().unwrap_or_else(PoisonError::into_inner) = at_work.then(Instant::now);
    }
}

/// What writes the journal.
pub enum Engine {
    /// An SQLite file.
    Sqlite(SqliteJournal),
    /// A PostgreSQL server.
    Postgres(Box<PostgresJournal>),
}

impl Engine {
    /// Makes the connection the journal's writer. On a server, writers of the past are shut out from here on.
    ///
    /// # Errors
    /// The database failed.
    pub fn take(conn: Connection, place: &Place) -> Result<Self, DbError> {
        match (conn, place) {
            (Connection::Sqlite(conn), _) => Ok(Self::Sqlite(SqliteJournal::new(conn))),
            (Connection::Postgres(session), Place::Server(url)) => {
                Ok(Self::Postgres(Box::new(PostgresJournal::begin(session, url.clone())?)))
            }
            (Connection::Postgres(_), _) => Err(DbError::new(DbErrorKind::Unavailable, "a session without an address")),
        }
    }

    /// Writes a group in one transaction, and answers how many replies were forgotten.
    ///
    /// # Errors
    /// What the database refused; nothing is written then.
    pub(super) fn write(&mut self, group: &Group<'_>) -> QueryResult<usize> {
        match self {
            Self::Sqlite(journal) => journal.write(group),
            Self::Postgres(journal) => journal.write(group),
        }
    }

    /// Whether it can write, as far as it knows.
    pub(super) fn availability(&self) -> Availability {
        match self {
            Self::Sqlite(journal) => journal.availability(),
            Self::Postgres(journal) => journal.availability(),
        }
    }

    /// Whether it can be kept waiting for as long as somebody else likes.
    pub(super) const fn depends_on_a_server(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Leaves the database in order: folds SQLite's write-ahead log into the file; ends the session.
    pub(super) fn close(self) {
        match self {
            Self::Sqlite(journal) => journal.close(),
            Self::Postgres(journal) => drop(journal),
        }
    }
}

/// Whether a constraint refused a statement: a defect, or memory that no longer matches the disk.
pub(super) const fn is_constraint(error: &DieselError) -> bool {
    matches!(
        error,
        DieselError::DatabaseError(
            Kind::UniqueViolation | Kind::ForeignKeyViolation | Kind::NotNullViolation | Kind::CheckViolation,
            _
        )
    )
}

/// Whether what was refused is a reply under a key that has one.
pub(super) fn is_key_taken(error: &DieselError) -> bool {
    // SQLite tells the column in its message alone.
    matches!(error, DieselError::DatabaseError(Kind::UniqueViolation, said)
        if said.table_name() == Some("idempotency") || said.message().contains("idempotency.key"))
}
