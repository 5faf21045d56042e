//! Baskets.

use crate::db::connection::{Connection, by_engine};
use crate::db::error::DbError;
use crate::db::schema::{BasketRow, baskets};
use crate::domain::basket::BasketState;
use crate::domain::ids::BasketId;
use diesel::prelude::*;

/// A basket.
///
/// # Errors
/// The database failed, or the row does not convert.
pub fn get(conn: &mut Connection, id: BasketId) -> Result<Option<BasketState>, DbError> {
    let row = baskets::table.find(id.to_string());
    let row: Option<BasketRow<'_>> =
        by_engine!(conn => row.select(BasketRow::as_select()).get_result(conn)).optional()?;
    row.map(BasketRow::into_domain).transpose()
}
