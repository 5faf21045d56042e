//! Why the database could not do something: an opaque error with a comparable [`kind`](DbError::kind).

use crate::ports::reads::{ReadError, ReadErrorKind};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use std::error::Error as StdError;

/// What to do about a failed query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DbErrorKind {
    /// Locked, or all connections are taken; trying again helps.
    Busy,
    /// A row does not convert, or the file is damaged.
    Corrupt,
    /// The database cannot be opened or asked.
    Unavailable,
    /// A cursor that was not made for this list.
    BadCursor,
}

/// A query failed. The cause is for the log, never for the caller.
#[derive(Debug, thiserror::Error)]
#[error("{context}")]
pub struct DbError {
    kind: DbErrorKind,
    context: String,
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl DbError {
    /// An error of that kind without a cause below it.
    pub(crate) fn new(kind: DbErrorKind, context: impl Into<String>) -> Self {
        Self { kind, context: context.into(), source: None }
    }

    /// An error of that kind with what caused it.
    pub(crate) fn because(
        kind: DbErrorKind,
        context: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { kind, context: context.into(), source: Some(source.into()) }
    }

    /// What an error of diesel's means.
    #[must_use]
    pub fn kind_of(error: &DieselError) -> DbErrorKind {
        match error {
            DieselError::DatabaseError(kind, information) => kind_of(*kind, information.message()),
            DieselError::DeserializationError(_) => DbErrorKind::Corrupt,
            _ => DbErrorKind::Unavailable,
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> DbErrorKind {
        self.kind
    }
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        Self::because(Self::kind_of(&error), "a query failed", error)
    }
}

impl From<DbError> for ReadError {
    fn from(error: DbError) -> Self {
        let kind = match error.kind {
            DbErrorKind::Busy => ReadErrorKind::Busy,
            DbErrorKind::Corrupt => ReadErrorKind::Corrupt,
            DbErrorKind::Unavailable => ReadErrorKind::Unavailable,
            DbErrorKind::BadCursor => ReadErrorKind::BadCursor,
        };
        Self { kind, source: Box::new(error) }
    }
}

/// What an error of the database means. diesel passes SQLite's result code on as its text only (`sqlite3_errstr`), and
/// of PostgreSQL's codes tells few apart.
fn kind_of(kind: DatabaseErrorKind, message: &str) -> DbErrorKind {
    if matches!(kind, DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand) {
        return DbErrorKind::Unavailable;
    }
    let is_timeout = message.contains("canceling statement due to");
    if is_timeout || message.contains("locked") || message.contains("busy") {
        DbErrorKind::Busy
    } else if message.contains("malformed") || message.contains("not a database") {
        DbErrorKind::Corrupt
    } else {
        DbErrorKind::Unavailable
    }
}
