//! Replies remembered under idempotency keys.

use crate::db::connection::{Connection, by_engine};
use crate::db::error::DbError;
use crate::db::schema::{ReplyRow, idempotency};
use crate::ports::reply::IdempotencyRecord;
use diesel::prelude::*;

/// What was answered under a key. Age does not matter here: the writer removes what is too old.
///
/// # Errors
/// The database failed, or the row does not convert.
pub fn reply(conn: &mut Connection, key: &[u8; 32]) -> Result<Option<IdempotencyRecord>, DbError> {
    let query = idempotency::table.find(key.as_slice());
    by_engine!(conn => query.select(ReplyRow::as_select()).get_result(conn))
        .optional()?
        .map(ReplyRow::into_domain)
        .transpose()
}
