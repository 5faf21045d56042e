//! The two engines a journal is written with. The writer decides once a group which it is; below, each uses its own
//! connection and its own statements.

use super::availability::Availability;
use super::group::{Group, NotWritten};
use super::head::HeadFile;
use super::postgres::PostgresJournal;
use super::sqlite::SqliteJournal;
use crate::db::connection::Connection;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::place::Place;

/// What writes the journal.
pub enum Engine {
    /// An SQLite file.
    Sqlite(SqliteJournal),
    /// A PostgreSQL server.
    Postgres(Box<PostgresJournal>),
}

impl Engine {
    /// Makes the connection the journal's writer, which notes in `head` where it ends. On a server, writers of the past are
    /// shut out from here on.
    ///
    /// # Errors
    /// The database failed.
    pub fn take(conn: Connection, place: &Place, head: Option<HeadFile>) -> Result<Self, DbError> {
        match (conn, place) {
            (Connection::Sqlite(conn), _) => Ok(Self::Sqlite(SqliteJournal::new(conn, head))),
            (Connection::Postgres(session), Place::Server(url)) => {
                Ok(Self::Postgres(Box::new(PostgresJournal::begin(session, url.clone())?)))
            }
            (Connection::Postgres(_), _) => Err(DbError::new(DbErrorKind::Unavailable, "a session without an address")),
        }
    }

    /// Writes a group in one transaction, and answers how many replies were forgotten.
    ///
    /// # Errors
    /// [`NotWritten`]. A server that cannot say what became of a group ends the process itself (`postgres`).
    pub(super) fn write(&mut self, group: &Group<'_>) -> Result<usize, NotWritten> {
        match self {
            Self::Sqlite(journal) => journal.write(group),
            Self::Postgres(journal) => journal.write(group).map_err(NotWritten::Refused),
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
