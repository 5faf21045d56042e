//! `/stores/{id}/products`: what a store sells.

use super::bulk::Archived;
use super::door::caller::Caller;
use super::door::csv::{self, Format};
use super::door::json::{Json, RequestBody};
use super::door::query::{self, Query};
use super::door::reply::{Answer, rendered, respond, unremembered};
use super::door::values::{List, Money, MoneyIn};
use super::product_body::Product;
use super::products::{Pieces, Sort, list};
use super::state::State;
use super::stores;
use crate::actors::store::Expect;
use crate::domain::ids::{ProductId, StoreId};
use crate::domain::store::{ProductEdit, StoreCommand, StoreState};
use crate::ports::reads::PageRequest;
use crate::ports::reads::products::{ProductFilter, ProductSort};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// How many products leave the shelf in one append: others are served in between.
const ARCHIVED_AT_ONCE: usize = 500;

/// A product to put on the shelf.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProduct {
    /// What it is called.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// What it is.
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// The stock keeping unit, unique within the store; made up when absent.
    #[schema(min_length = 1, max_length = 64)]
    sku: Option<String>,
    /// The price of one piece; 0 for a free item.
    #[schema(value_type = Money)]
    price: MoneyIn,
    /// Pieces available.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000)]
    stock: Pieces,
}

impl RequestBody for NewProduct {}

/// Which products of a store are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShelfQuery {
    /// Part of the name, SKU or description, any case.
    #[param(max_length = 200)]
    q: Option<String>,
    /// The order of the list; `newest` when absent.
    #[param(inline)]
    sort: Option<Sort>,
    /// `csv` for all rows as CSV.
    #[param(inline)]
    format: Option<Format>,
    /// Whether the CSV begins with a byte order mark, as spreadsheets want it.
    bom: Option<bool>,
    /// The most items, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Put a product on a store's shelf.
#[utoipa::path(post, path = "/api/v1/stores/{id}/products", tag = "products", request_body = NewProduct, responses((status = 201, body = Product)))]
pub async fn create_product(state: State, caller: Caller, body: Json<NewProduct>) -> Answer {
    let Json { value: new, raw } = body;
    let store_id: StoreId = caller.id("id")?;
    let edit = ProductEdit {
        sku: new.sku,
        name: Some(new.name),
        description: new.description,
        price: Some(state.amount(new.price, "/price")?),
        stock: Some(new.stock.0),
    };
    let given = caller.once(&state, &raw, async |ticket| {
        let id = ProductId(state.mall.entropy().uuid());
        let location = format!("/api/v1/products/{id}");
        let responder = ticket.responder(move |store: &StoreState| Product::reply(201, Some(location), store, id));
        let command = StoreCommand::AddProduct(id, edit);
        Ok(state.mall.administer(store_id, command, None, responder, caller.admit(&state)?).await?)
    });
    Ok(given.await?.into())
}

/// List a store's products.
#[utoipa::path(get, path = "/api/v1/stores/{id}/products", tag = "products", params(ShelfQuery),
    responses((status = 200, content((List<Product> = "application/json"), (String = "text/csv")))))]
pub async fn list_store_products(state: State, caller: Caller, query: Query<ShelfQuery>) -> Answer {
    let store = stores::find(&state, caller.id("id")?).await?;
    let ShelfQuery { q, sort, format, bom, limit, cursor } = query.0;
    let sort = sort.map_or(ProductSort::Newest, ProductSort::from);
    let filter =
        ProductFilter { store_id: Some(store.store.id), participating_only: false, q: query::search(q)?, sort };
    list(state, filter, csv::asked(&caller, format, bom), query::page(limit, cursor)?).await
}

/// Take every product of a store off the shelf for good.
///
/// A large shelf goes in parts: when the answer is an error, a repeated request does the rest.
#[utoipa::path(delete, path = "/api/v1/stores/{id}/products", tag = "products", responses((status = 200, body = Archived)))]
pub async fn archive_store_products(state: State, caller: Caller) -> Answer {
    let id = caller.id("id")?;
    stores::find(&state, id).await?;
    let mut expect = caller.expected_versions()?.map(Expect::Store);
    let filter = ProductFilter { store_id: Some(id), ..ProductFilter::default() };
    let (mut archived, mut cursor) = (0, None);
    loop {
        let page = PageRequest { limit: ARCHIVED_AT_ONCE, cursor };
        let page = state.reads.products(filter.clone(), page).await?;
        let ids: Vec<ProductId> = page.items.iter().map(|view| view.product.id).collect();
        archived += ids.len() as u64;
        let command = StoreCommand::ArchiveProducts(ids);
        let responder = unremembered(move |_: &StoreState| rendered(200, None, None, &Archived { archived }));
        // The version counts before the first part; each part moves it on.
        let reply = state.mall.administer(id, command, expect.take(), responder, caller.admit(&state)?).await?;
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(respond(reply));
        }
    }
}
