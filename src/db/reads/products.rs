//! Products, each with the store that sells it.

use super::{cursor, log};
use crate::db::connection::{Backend, Connection};
use crate::db::error::DbError;
use crate::db::rows::Origin;
use crate::db::schema::{ProductRow, products, stores};
use crate::db::sql::{LIKE_ESCAPE, contains, lower};
use crate::domain::ids::{ProductId, StoreId};
use crate::domain::money::Currency;
use crate::ports::reads::products::{ProductFilter, ProductSort, ProductView};
use crate::ports::reads::{Page, PageRequest};
use diesel::prelude::*;

/// The most ids one query asks for; SQLite allows 32 766 values in a statement.
const IDS_MAX: usize = 1_000;

/// A product and of its store the name and whether it participates.
type Joined = (ProductRow<'static>, String, bool);

/// Products with their stores: the start of every query here.
macro_rules! joined {
    () => {
        products::table.inner_join(stores::table.on(stores::id.eq(products::store_id))).select((
            ProductRow::as_select(),
            stores::name,
            stores::participating,
        ))
    };
}

/// Sorts by an expression with the id as tie-break, and starts after the cursor.
macro_rules! sorted {
    ($query:expr, $list:expr, $page:expr, $order:ident, $after:ident, $expression:expr, $key:ty, $bound:expr) => {{
        let mut query = $query;
        if let Some(cursor) = &$page.cursor {
            let (key, id) = cursor::decode::<$key>($list, cursor)?;
            let tied = $expression.eq($bound(key.clone())).and(products::id.$after(id));
            query = query.filter($expression.$after($bound(key)).or(tied));
        }
        query.order(($expression.$order(), products::id.$order()))
    }};
}

/// The store that sells a product, archived or not.
///
/// # Errors
/// The database failed, or the row does not convert.
pub fn store_of(conn: &mut Connection, id: ProductId) -> Result<Option<StoreId>, DbError> {
    let store: Option<String> =
        products::table.find(id.to_string()).select(products::store_id).get_result(conn).optional()?;
    store.map(|store| Origin("products", &id.to_string()).id("store_id", &store)).transpose()
}

/// A product that is not archived.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn get(conn: &mut Connection, id: ProductId) -> Result<Option<ProductView>, DbError> {
    let active = joined!().filter(products::id.eq(id.to_string())).filter(products::archived.eq(false));
    let Some(row) = active.get_result::<Joined>(conn).optional()? else { return Ok(None) };
    let currency = log::currency(conn)?;
    view(row, currency).map(Some)
}

/// Products by id, archived ones included, in no particular order; ids nobody has are left out.
///
/// # Errors
/// The database failed, or a row does not convert.
pub fn by_id(conn: &mut Connection, ids: &[ProductId]) -> Result<Vec<ProductView>, DbError> {
    let currency = log::currency(conn)?;
    let mut views = Vec::with_capacity(ids.len());
    for some in ids.chunks(IDS_MAX) {
        let rows: Vec<Joined> = joined!().filter(products::id.eq_any(texts(some))).load(conn)?;
        for row in rows {
            views.push(view(row, currency)?);
        }
    }
    Ok(views)
}

/// Products that are not archived.
///
/// # Errors
/// The database failed, a row does not convert, or the cursor is not one of this list in this order.
pub fn list(conn: &mut Connection, filter: &ProductFilter, page: &PageRequest) -> Result<Page<ProductView>, DbError> {
    let mut query = joined!().filter(products::archived.eq(false)).into_boxed::<Backend>();
    if let Some(store_id) = filter.store_id {
        query = query.filter(products::store_id.eq(store_id.to_string()));
    }
    if filter.participating_only {
        query = query.filter(stores::participating.eq(true));
    }
    if let Some(q) = &filter.q {
        let pattern = contains(q);
        let named = lower(products::name).like(lower(pattern.clone())).escape(LIKE_ESCAPE);
        let coded = lower(products::sku).like(lower(pattern.clone())).escape(LIKE_ESCAPE);
        let described = lower(products::description).like(lower(pattern)).escape(LIKE_ESCAPE);
        query = query.filter(named.or(coded).or(described));
    }
    let (sort, list) = (filter.sort, list_name(filter.sort));
    let available = products::on_hand - products::reserved;
    let query = match sort {
        ProductSort::Newest => {
            if let Some(cursor) = &page.cursor {
                query = query.filter(products::id.lt(cursor::decode::<()>(list, cursor)?.1));
            }
            query.order(products::id.desc())
        }
        ProductSort::Name => sorted!(query, list, page, asc, gt, lower(products::name), String, lower),
        ProductSort::Price => sorted!(query, list, page, asc, gt, products::price, i64, i64::from),
        ProductSort::PriceDescending => sorted!(query, list, page, desc, lt, products::price, i64, i64::from),
        ProductSort::Stock => sorted!(query, list, page, asc, gt, available, i64, i64::from),
        ProductSort::StockDescending => sorted!(query, list, page, desc, lt, available, i64, i64::from),
    };
    let rows: Vec<Joined> = query.limit(cursor::fetch(page.limit)).load(conn)?;
    let currency = log::currency(conn)?;
    cursor::page(rows, page.limit, |(row, ..)| cursor_after(row, sort), |row| view(row, currency))
}

/// Each order is a list of its own: a cursor of one cannot continue another.
const fn list_name(sort: ProductSort) -> &'static str {
    match sort {
        ProductSort::Newest => "products",
        ProductSort::Name => "products.name",
        ProductSort::Price => "products.price",
        ProductSort::PriceDescending => "products.-price",
        ProductSort::Stock => "products.stock",
        ProductSort::StockDescending => "products.-stock",
    }
}

fn cursor_after(row: &ProductRow<'_>, sort: ProductSort) -> String {
    let list = list_name(sort);
    match sort {
        ProductSort::Newest => cursor::encode(list, &(), &row.id),
        ProductSort::Name => cursor::encode(list, &row.name, &row.id),
        ProductSort::Price | ProductSort::PriceDescending => cursor::encode(list, &row.price, &row.id),
        ProductSort::Stock | ProductSort::StockDescending => {
            cursor::encode(list, &(row.on_hand - row.reserved), &row.id)
        }
    }
}

fn view((row, store_name, store_participating): Joined, currency: Currency) -> Result<ProductView, DbError> {
    let store_id = row.store()?;
    Ok(ProductView {
        product: row.into_domain(currency)?,
        store_id,
        store_name: store_name.into(),
        store_participating,
    })
}

/// Ids as the database holds them.
fn texts<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
