//! The tokens of the staff.

use crate::db::connection::Connection;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::schema::tokens;
use crate::domain::time::Timestamp;
use crate::ports::changes::{TokenRecord, TokenRole};
use diesel::prelude::*;

type Row = (Vec<u8>, String, String, i64, Option<i64>);

/// Every token, newest first, revoked ones included.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn list(conn: &mut Connection) -> Result<Vec<TokenRecord>, DbError> {
    let newest_first = (tokens::created_at.desc(), tokens::name);
    let rows: Vec<Row> = tokens::table.order(newest_first).load(conn)?;
    rows.into_iter().map(record).collect()
}

fn record((hash, name, role, created_at, revoked_at): Row) -> Result<TokenRecord, DbError> {
    let corrupt = |what: &str| DbError::new(DbErrorKind::Corrupt, format!("token {name} has an unreadable {what}"));
    let hash = <[u8; 32]>::try_from(hash.as_slice()).map_err(|_| corrupt("hash"))?;
    let role = TokenRole::parse(&role).ok_or_else(|| corrupt("role"))?;
    let (created_at, revoked_at) = (Timestamp(created_at), revoked_at.map(Timestamp));
    Ok(TokenRecord { hash, name: name.into(), role, created_at, revoked_at })
}
