//! The identity of the journal, and how far its consumers are.

use super::origin::{Origin, signed};
use super::seal;
use crate::db::error::DbError;
use crate::db::schema::{ConsumerRow, LogRow};
use crate::ports::changes::Cursor;
use crate::ports::reads::LogIdentity;
use std::borrow::Cow;

impl<'a> LogRow<'a> {
    /// The only row.
    #[must_use]
    pub fn new(log_id: Cow<'a, str>, currency: Cow<'a, str>, created_at: i64) -> Self {
        let mut row = Self { one: 1, log_id, currency, created_at, seal: None };
        row.seal = Some(seal::of(&row));
        row
    }

    /// What the journal is.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn into_view(self) -> Result<LogIdentity, DbError> {
        let origin = Origin("log", &self.log_id);
        Ok(LogIdentity {
            log_id: origin.id("log_id", &self.log_id)?,
            currency: self.currency.parse().map_err(|error| origin.corrupt("currency", error))?,
        })
    }
}

impl<'a> From<&'a Cursor> for ConsumerRow<'a> {
    fn from(cursor: &'a Cursor) -> Self {
        let (name, position) = (Cow::Borrowed(cursor.consumer), signed(cursor.position));
        let mut row = Self { name, position, seal: None };
        row.seal = Some(seal::of(&row));
        row
    }
}
