//! The identity of the journal, and how far its consumers are.

use super::origin::{Origin, signed};
use crate::db::error::DbError;
use crate::db::schema::{ConsumerRow, LogRow};
use crate::ports::changes::Cursor;
use crate::ports::reads::LogIdentity;
use std::borrow::Cow;

impl LogRow<'_> {
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
        Self { name: Cow::Borrowed(cursor.consumer), position: signed(cursor.position) }
    }
}
