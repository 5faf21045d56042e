//! Stores: for their actors with everything in them, for lists with the number of their products.

use super::{cursor, log};
use crate::db::connection::{Backend, Connection};
use crate::db::error::DbError;
use crate::db::schema::{ProductRow, ReservationRow, StoreRow, products, reservations, stores};
use crate::db::sql::{LIKE_ESCAPE, Written, contains, lower};
use crate::domain::ids::StoreId;
use crate::domain::store::StoreState;
use crate::ports::reads::stores::{StoreFilter, StoreView};
use crate::ports::reads::{Page, PageRequest};
use diesel::dsl::count_star;
use diesel::prelude::*;
use std::collections::BTreeMap;

const LIST: &str = "stores";

/// Stores that are neither archived nor about to be.
macro_rules! open {
    () => {
        stores::table.filter(stores::archived.eq(false)).filter(stores::closing.eq(false))
    };
}

/// A store with its live reservations and its products: the active ones, and archived ones that orders still wait for.
/// Archived products without reservations cannot change any more and stay on disk.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn load(conn: &mut Connection, id: StoreId) -> Result<Option<StoreState>, DbError> {
    let row = stores::table.find(id.to_string()).select(StoreRow::as_select()).get_result(conn).optional()?;
    let Some(head) = row.map(StoreRow::into_domain).transpose()? else { return Ok(None) };
    let currency = log::currency(conn)?;
    let products: Vec<ProductRow<'_>> = products::table
        .filter(products::store_id.eq(id.to_string()))
        .filter(products::archived.eq(false).or(products::reserved.gt(0)))
        .select(ProductRow::as_select())
        .load(conn)?;
    let reservations: Vec<ReservationRow<'_>> = reservations::table
        .filter(reservations::store_id.eq(id.to_string()))
        // Written out, so that SQLite sees that the partial index of live reservations fits.
        .filter(Written("reservations.status = 'reserved'"))
        .select(ReservationRow::as_select())
        .load(conn)?;
    let products = products.into_iter().map(|row| row.into_domain(currency).map(|product| (product.id, product)));
    Ok(Some(StoreState {
        id,
        name: head.name,
        location: head.location,
        participating: head.participating,
        confirmation_delay_ms: head.confirmation_delay_ms,
        fulfilment: head.fulfilment,
        closing: head.closing,
        archived: head.archived,
        products: products.collect::<Result<_, _>>()?,
        reservations: reservations.into_iter().map(ReservationRow::into_domain).collect::<Result<_, _>>()?,
        version: head.version,
        created_at: head.created_at,
    }))
}

/// Stores whose closing has begun and not ended.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn closing(conn: &mut Connection) -> Result<Vec<StoreId>, DbError> {
    // Written out, so that SQLite sees that the partial index fits.
    let rows = stores::table.filter(Written("stores.closing")).order(stores::id).select(StoreRow::as_select());
    rows.load::<StoreRow<'_>>(conn)?.into_iter().map(|row| row.into_domain().map(|store| store.id)).collect()
}

/// A store that is neither archived nor about to be.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn get(conn: &mut Connection, id: StoreId) -> Result<Option<StoreView>, DbError> {
    let Some(row) = open!()
        .filter(stores::id.eq(id.to_string()))
        .select(StoreRow::as_select())
        .first::<StoreRow<'_>>(conn)
        .optional()?
    else {
        return Ok(None);
    };
    let counts = product_counts(conn, &[&row.id])?;
    view(row, &counts).map(Some)
}

/// Stores that are neither archived nor about to be, newest first.
///
/// # Errors
/// The database failed, a row does not convert, or the cursor is not one of this list.
pub fn list(conn: &mut Connection, filter: &StoreFilter, page: &PageRequest) -> Result<Page<StoreView>, DbError> {
    let mut query = open!().into_boxed::<Backend>();
    if let Some(participating) = filter.participating {
        query = query.filter(stores::participating.eq(participating));
    }
    if let Some(q) = &filter.q {
        let pattern = contains(q);
        let named = lower(stores::name).like(lower(pattern.clone())).escape(LIKE_ESCAPE);
        query = query.filter(named.or(lower(stores::location).like(lower(pattern)).escape(LIKE_ESCAPE)));
    }
    if let Some(after) = &page.cursor {
        query = query.filter(stores::id.lt(cursor::decode::<()>(LIST, after)?.1));
    }
    let query = query.order(stores::id.desc()).limit(cursor::fetch(page.limit));
    let rows: Vec<StoreRow<'_>> = query.select(StoreRow::as_select()).load(conn)?;
    let ids: Vec<&str> = rows.iter().map(|row| &*row.id).collect();
    let counts = product_counts(conn, &ids)?;
    cursor::page(rows, page.limit, |row| cursor::encode(LIST, &(), &row.id), |row| view(row, &counts))
}

/// Active products of each of these stores; stores without any are left out.
fn product_counts(conn: &mut Connection, ids: &[&str]) -> Result<BTreeMap<String, i64>, DbError> {
    let counts: Vec<(String, i64)> = products::table
        .filter(products::store_id.eq_any(ids))
        .filter(products::archived.eq(false))
        .group_by(products::store_id)
        .select((products::store_id, count_star()))
        .load(conn)?;
    Ok(counts.into_iter().collect())
}

fn view(row: StoreRow<'_>, counts: &BTreeMap<String, i64>) -> Result<StoreView, DbError> {
    let product_count = counts.get(&*row.id).copied().unwrap_or(0).unsigned_abs();
    Ok(StoreView { store: row.into_domain()?, product_count })
}
