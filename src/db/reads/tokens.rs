//! The tokens of the staff.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::schema::{TokenRow, tokens};
use crate::ports::changes::TokenRecord;
use diesel::prelude::*;

/// Every token, newest first, revoked ones included.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn list(conn: &mut Connection) -> Result<Vec<TokenRecord>, DbError> {
    let newest_first = (tokens::created_at.desc(), tokens::name);
    let rows: Vec<TokenRow<'_>> = tokens::table.order(newest_first).select(TokenRow::as_select()).load(conn)?;
    rows.into_iter().map(TokenRow::into_domain).collect()
}
