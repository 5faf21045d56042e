//! Reading the columns of a row: what cannot be read is said with the table and the id.

use crate::db::error::{DbError, DbErrorKind};
use serde::de::DeserializeOwned;
use std::error::Error as StdError;
use uuid::Uuid;

/// A row being converted: the table and the id that an error has to name.
#[derive(Clone, Copy)]
pub struct Origin<'a>(pub &'static str, pub &'a str);

impl Origin<'_> {
    /// The error that a column cannot be read.
    pub fn corrupt(self, column: &str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> DbError {
        let Self(table, id) = self;
        DbError::because(DbErrorKind::Corrupt, format!("{table} {id} has an unreadable {column}"), source)
    }

    /// The id in `text`.
    ///
    /// # Errors
    /// [`DbErrorKind::Corrupt`] when it is none, or not written as ids are: no query would find it.
    pub fn id<T: From<Uuid>>(self, column: &str, text: &str) -> Result<T, DbError> {
        let id = Uuid::parse_str(text).map_err(|error| self.corrupt(column, error))?;
        if id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) != text {
            return Err(self.corrupt(column, format!("{text} is not how {id} is written")));
        }
        Ok(id.into())
    }

    /// The number in `value`, which cannot be negative.
    ///
    /// # Errors
    /// [`DbErrorKind::Corrupt`] when it is.
    pub fn count(self, column: &str, value: i64) -> Result<u64, DbError> {
        u64::try_from(value).map_err(|error| self.corrupt(column, error))
    }

    /// What the JSON in `text` says.
    ///
    /// # Errors
    /// [`DbErrorKind::Corrupt`] when it says something else.
    pub fn json<T: DeserializeOwned>(self, column: &str, text: &str) -> Result<T, DbError> {
        serde_json::from_str(text).map_err(|error| self.corrupt(column, error))
    }

    /// The value a word stands for.
    ///
    /// # Errors
    /// [`DbErrorKind::Corrupt`] when it stands for none.
    pub fn word<T>(self, column: &str, word: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, DbError> {
        parse(word).ok_or_else(|| self.corrupt(column, format!("unknown word {word:?}")))
    }

    /// The hash in `bytes`.
    ///
    /// # Errors
    /// [`DbErrorKind::Corrupt`] when there are not 32 of them.
    pub fn hash(self, column: &str, bytes: &[u8]) -> Result<[u8; 32], DbError> {
        bytes.try_into().map_err(|_| self.corrupt(column, format!("{} bytes, not 32", bytes.len())))
    }
}

/// Counts as the database has them: versions, positions and delays never reach 2^63.
pub const fn signed(count: u64) -> i64 {
    count.cast_signed()
}
