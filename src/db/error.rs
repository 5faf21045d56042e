//! Why the database could not do something: an opaque error with a comparable [`kind`](DbError::kind).

use super::dialect;
use crate::ports::reads::{ReadError, ReadErrorKind};
use std::error::Error as StdError;

/// What to do about a failed query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DbErrorKind {
    /// Locked, or all connections are taken; trying again helps.
    Busy,
    /// A row does not convert, or the file is damaged.
    Corrupt,
    /// The database can not be opened or asked.
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
    pub fn kind_of(error: &diesel::result::Error) -> DbErrorKind {
        use diesel::result::Error;
        match error {
            Error::DatabaseError(kind, information) => dialect::kind_of(*kind, information.message()),
            Error::DeserializationError(_) => DbErrorKind::Corrupt,
            _ => DbErrorKind::Unavailable,
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> DbErrorKind {
        self.kind
    }
}

impl From<diesel::result::Error> for DbError {
    fn from(error: diesel::result::Error) -> Self {
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
