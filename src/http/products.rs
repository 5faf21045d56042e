//! `/products`: the catalogue of all participating stores, and single products.

use super::bulk::{self, Archived, Ids};
use super::door::caller::Caller;
use super::door::codes::Code;
use super::door::csv::{self, Csv, Format};
use super::door::fields::{Whole, present};
use super::door::json::{Json, RequestBody};
use super::door::problem::ApiError;
use super::door::query::{self, Query};
use super::door::reply::{Answer, no_content, ok, rendered, respond, shown, unremembered};
use super::door::values::{List, Money, MoneyIn};
use super::product_body::{self, Product};
use super::state::State;
use crate::actors::error::MallError;
use crate::actors::store::Expect;
use crate::domain::ids::{ProductId, StoreId};
use crate::domain::inventory::STOCK_MAX;
use crate::domain::store::{ProductEdit, StoreCommand, StoreState};
use crate::ports::reads::PageRequest;
use crate::ports::reads::products::{ProductFilter, ProductSort};
use crate::ports::reply::Reply;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How many pieces there are.
pub(super) type Pieces = Whole<0, STOCK_MAX>;

/// A change of a product; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditProduct {
    /// What it is called.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1, max_length = 120)]
    name: Option<String>,
    /// What it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 2000)]
    description: Option<String>,
    /// The stock keeping unit, unique within the store.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1, max_length = 64)]
    sku: Option<String>,
    /// The price of one piece.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Money>, nullable = false)]
    price: Option<MoneyIn>,
    /// Pieces available; what is reserved stays reserved.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, nullable = false, minimum = 0, maximum = 1_000_000_000)]
    stock: Option<Pieces>,
}

impl RequestBody for EditProduct {}

/// How products are sorted.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum Sort {
    /// Newest first.
    #[serde(rename = "newest")]
    Newest,
    /// By name, A to Z.
    #[serde(rename = "name")]
    Name,
    /// Cheapest first.
    #[serde(rename = "price")]
    Price,
    /// Dearest first.
    #[serde(rename = "-price")]
    PriceDescending,
    /// Least available first.
    #[serde(rename = "stock")]
    Stock,
    /// Most available first.
    #[serde(rename = "-stock")]
    StockDescending,
}

impl From<Sort> for ProductSort {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Newest => Self::Newest,
            Sort::Name => Self::Name,
            Sort::Price => Self::Price,
            Sort::PriceDescending => Self::PriceDescending,
            Sort::Stock => Self::Stock,
            Sort::StockDescending => Self::StockDescending,
        }
    }
}

/// Which products are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CatalogueQuery {
    /// Part of the name, SKU or description, any case.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Only of this store.
    store_id: Option<Uuid>,
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

/// List the catalogue: the products of participating stores.
#[utoipa::path(get, path = "/api/v1/products", tag = "products", params(CatalogueQuery),
    responses((status = 200, content((List<Product> = "application/json"), (String = "text/csv")))))]
pub async fn list_products(state: State, caller: Caller, query: Query<CatalogueQuery>) -> Answer {
    let CatalogueQuery { q, store_id, sort, format, bom, limit, cursor } = query.0;
    let sort = sort.map_or(ProductSort::Newest, ProductSort::from);
    let filter =
        ProductFilter { store_id: store_id.map(StoreId), participating_only: true, q: query::search(q)?, sort };
    list(state, filter, csv::asked(&caller, format, bom), query::page(limit, cursor)?).await
}

/// The products of a filter: a page, or all as CSV.
pub(super) async fn list(state: State, filter: ProductFilter, csv: Option<Csv>, page: PageRequest) -> Answer {
    if let Some(csv) = csv {
        let read = async move |page| state.reads.products(filter.clone(), page).await;
        return Ok(csv.export("products.csv", product_body::COLUMNS, product_body::row, read));
    }
    let page = state.reads.products(filter, page).await?;
    let items = page.items.iter().map(Product::viewed).collect();
    Ok(csv::negotiated(ok(None, &List { items, next_cursor: page.next_cursor })))
}

/// Read a product.
#[utoipa::path(get, path = "/api/v1/products/{id}", tag = "products", responses((status = 200, body = Product)))]
pub async fn get_product(state: State, caller: Caller) -> Answer {
    let id = caller.id("id")?;
    let view = state.reads.product(id).await?.ok_or(MallError::NoSuchProduct(id))?;
    Ok(shown(view.product.version, &Product::viewed(&view)))
}

/// Edit a product: name, description, SKU, price, stock.
///
/// `stock` sets the available amount; what is reserved for orders stays reserved.
#[utoipa::path(patch, path = "/api/v1/products/{id}", tag = "products", request_body = EditProduct, responses((status = 200, body = Product)))]
pub async fn edit_product(state: State, caller: Caller, body: Json<EditProduct>) -> Answer {
    let id: ProductId = caller.id("id")?;
    let edit = body.value;
    let price = edit.price.map(|price| state.amount(price, "/price")).transpose()?;
    let edit = ProductEdit {
        sku: edit.sku,
        name: edit.name,
        description: edit.description,
        price,
        stock: edit.stock.map(|stock| stock.0),
    };
    let responder = move |store: &StoreState| Product::reply(200, None, store, id);
    administer(&state, &caller, id, StoreCommand::EditProduct(id, edit), responder).await
}

/// Take a product off the shelf for good.
#[utoipa::path(delete, path = "/api/v1/products/{id}", tag = "products", responses((status = 204)))]
pub async fn archive_product(state: State, caller: Caller) -> Answer {
    let id: ProductId = caller.id("id")?;
    // Archiving skips what is archived already; a path names something that exists.
    if state.reads.product(id).await?.is_none() {
        return Err(MallError::NoSuchProduct(id).into());
    }
    administer(&state, &caller, id, StoreCommand::ArchiveProducts(vec![id]), |_| no_content()).await
}

async fn administer(
    state: &State,
    caller: &Caller,
    id: ProductId,
    command: StoreCommand,
    render: impl FnOnce(&StoreState) -> Reply + Send + 'static,
) -> Answer {
    let store_id = state.mall.store_of(id).await?.ok_or(MallError::NoSuchProduct(id))?;
    let expect = caller.expected_versions()?.map(|versions| Expect::Product(id, versions));
    let responder = unremembered(render);
    let reply = state.mall.administer(store_id, command, expect, responder, caller.admit(state)?).await;
    Ok(respond(reply.map_err(|error| match error {
        MallError::NoSuchStore(_) => MallError::NoSuchProduct(id),
        error => error,
    })?))
}

/// Take several products off the shelf for good.
///
/// Nothing happens when one of them is unknown. Products of several stores are archived store by store.
#[utoipa::path(post, path = "/api/v1/products/archive", tag = "products", request_body = Ids, responses((status = 200, body = Archived)))]
pub async fn archive_products(state: State, caller: Caller, body: Json<Ids>) -> Answer {
    let Json { value: ids, raw } = body;
    let ids: Vec<ProductId> = ids.distinct()?.into_iter().map(ProductId).collect();
    let given = caller.once(&state, &raw, async |ticket| {
        let by_store = by_store(&state, &ids).await?;
        let archived = by_store.iter().map(|(_, ids)| ids.len() as u64).sum();
        for (store_id, ids) in by_store {
            let command = StoreCommand::ArchiveProducts(ids);
            let responder = unremembered(|_: &StoreState| no_content());
            let admitted = ticket.step(caller.admit(&state)?);
            state.mall.administer(store_id, command, None, responder, admitted).await?;
        }
        ticket.commit(&state, rendered(200, None, None, &Archived { archived })).await
    });
    Ok(given.await?.into())
}

async fn by_store(state: &State, ids: &[ProductId]) -> Result<Vec<(StoreId, Vec<ProductId>)>, ApiError> {
    let views = state.reads.products_by_id(ids.to_vec()).await?;
    let mut by_store: Vec<(StoreId, Vec<ProductId>)> = Vec::new();
    let mut unknown = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let Some(view) = views.iter().find(|view| view.product.id == *id) else {
            unknown.push(bulk::unknown(index, Code::UnknownProduct, format!("there is no product {id}")));
            continue;
        };
        // Archived already: a repeated request does the rest.
        if view.product.archived {
            continue;
        }
        match by_store.iter_mut().find(|(store_id, _)| *store_id == view.store_id) {
            Some((_, products)) if products.contains(id) => {}
            Some((_, products)) => products.push(*id),
            None => by_store.push((view.store_id, vec![*id])),
        }
    }
    if unknown.is_empty() {
        return Ok(by_store);
    }
    Err(ApiError::new(Code::UnknownProduct, "some products do not exist").with_errors(unknown))
}
