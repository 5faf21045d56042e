//! Replies remembered under idempotency keys.

use super::origin::{Origin, signed};
use super::seal;
use crate::db::error::DbError;
use crate::db::schema::ReplyRow;
use crate::domain::time::Timestamp;
use crate::ports::reply::{IdempotencyRecord, Reply};
use std::borrow::Cow;

impl<'a> From<&'a IdempotencyRecord> for ReplyRow<'a> {
    fn from(record: &'a IdempotencyRecord) -> Self {
        let mut row = Self {
            key: Cow::Borrowed(&record.key),
            request_hash: Cow::Borrowed(&record.request_hash),
            status: i32::from(record.reply.status),
            version: record.reply.version.map(signed),
            location: record.reply.location.as_deref().map(Cow::Borrowed),
            body: Cow::Borrowed(&record.reply.body),
            created_at: record.created_at.0,
            seal: None,
        };
        row.seal = Some(seal::of(&row));
        row
    }
}

impl ReplyRow<'_> {
    /// What was answered.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn into_domain(self) -> Result<IdempotencyRecord, DbError> {
        // The key is a hash of a secret of the caller's: it is not named in errors.
        let origin = Origin("idempotency", "(a key)");
        Ok(IdempotencyRecord {
            key: origin.hash("key", &self.key)?,
            request_hash: origin.hash("request_hash", &self.request_hash)?,
            reply: Reply {
                status: u16::try_from(self.status).map_err(|error| origin.corrupt("status", error))?,
                version: self.version.map(|version| origin.count("version", version)).transpose()?,
                location: self.location.map(Cow::into_owned),
                body: self.body.into_owned(),
            },
            created_at: Timestamp(self.created_at),
        })
    }
}
