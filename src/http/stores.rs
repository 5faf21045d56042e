//! `/stores`: open, list, read, edit, take part, close.

use super::door::caller::Caller;
use super::door::fields::{Whole, present};
use super::door::json::{Json, RequestBody};
use super::door::problem::ApiError;
use super::door::query::{self, Query};
use super::door::reply::{Answer, no_content, ok, rendered, respond, unremembered};
use super::door::values::{List, Time};
use super::door::words::Fulfilment;
use super::state::State;
use crate::actors::store::Expect;
use crate::domain::ids::StoreId;
use crate::domain::store::{self, CONFIRMATION_DELAY_MS_MAX, StoreCommand, StoreState};
use crate::ports::reads::stores::{StoreFilter, StoreView};
use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

type Delay = Whole<0, { CONFIRMATION_DELAY_MS_MAX.cast_signed() }>;

/// A store to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStore {
    /// What it is called.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// Where it is.
    #[schema(min_length = 1, max_length = 200)]
    location: String,
    /// How long it takes to confirm, milliseconds from the submit; the mall's default when absent.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 86_400_000)]
    confirmation_delay_ms: Option<Delay>,
    /// Who confirms for it; `internal` when absent.
    fulfilment: Option<Fulfilment>,
}

impl RequestBody for NewStore {}

/// A change of a store; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditStore {
    /// What it is called.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1, max_length = 120)]
    name: Option<String>,
    /// Where it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    location: Option<String>,
    /// How long it takes to confirm, milliseconds from the submit.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, nullable = false, minimum = 0, maximum = 86_400_000)]
    confirmation_delay_ms: Option<Delay>,
    /// Who confirms for it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    fulfilment: Option<Fulfilment>,
}

impl RequestBody for EditStore {}

/// A store.
#[derive(Debug, Serialize, ToSchema)]
pub struct Store<'a> {
    /// The store.
    id: Uuid,
    /// What it is called.
    name: &'a str,
    /// Where it is.
    location: &'a str,
    /// Whether it takes part in shopping.
    participating: bool,
    /// How long it takes to confirm, milliseconds from the submit.
    confirmation_delay_ms: u64,
    /// Who confirms for it.
    fulfilment: Fulfilment,
    /// Its products.
    product_count: u64,
    /// Number of changes, for `If-Match`.
    version: u64,
    /// When it was opened.
    #[schema(inline)]
    created_at: Time,
}

impl<'a> Store<'a> {
    fn of(store: &'a StoreState) -> Self {
        let active = store.products.values().filter(|product| !product.archived);
        Self {
            id: store.id.0,
            name: &store.name,
            location: &store.location,
            participating: store.participating,
            confirmation_delay_ms: store.confirmation_delay_ms,
            fulfilment: Fulfilment(store.fulfilment),
            product_count: active.count() as u64,
            version: store.version,
            created_at: Time(store.created_at),
        }
    }

    fn viewed(StoreView { store, product_count }: &'a StoreView) -> Self {
        Self {
            id: store.id.0,
            name: &store.name,
            location: &store.location,
            participating: store.participating,
            confirmation_delay_ms: store.confirmation_delay_ms,
            fulfilment: Fulfilment(store.fulfilment),
            product_count: *product_count,
            version: store.version,
            created_at: Time(store.created_at),
        }
    }
}

/// Which stores are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StoreQuery {
    /// Only stores that take part in shopping, or only others.
    participating: Option<bool>,
    /// Part of the name or location, any case.
    #[param(max_length = 200)]
    q: Option<String>,
    /// The most items, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Open a store.
///
/// It does not take part in shopping yet: see `PUT /stores/{id}/participation`.
#[utoipa::path(post, path = "/api/v1/stores", tag = "stores", request_body = NewStore, responses((status = 201, body = Store)))]
pub async fn create_store(state: State, caller: Caller, body: Json<NewStore>) -> Answer {
    let Json { value: new, raw } = body;
    let edit = store::StoreEdit {
        name: Some(new.name),
        location: Some(new.location),
        confirmation_delay_ms: new.confirmation_delay_ms.map(Whole::unsigned),
        fulfilment: new.fulfilment.map(|fulfilment| fulfilment.0),
    };
    let given = caller.once(&state, &raw, async |ticket| {
        let responder = ticket.responder(|store: &StoreState| {
            rendered(201, Some(store.version), Some(format!("/api/v1/stores/{}", store.id)), &Store::of(store))
        });
        Ok(state.mall.create_store(edit, responder, caller.admit(&state)?).await?)
    });
    Ok(given.await?.into())
}

/// List the stores.
#[utoipa::path(get, path = "/api/v1/stores", tag = "stores", params(StoreQuery), responses((status = 200, body = List<Store>)))]
pub async fn list_stores(state: State, query: Query<StoreQuery>) -> Answer {
    let StoreQuery { participating, q, limit, cursor } = query.0;
    let filter = StoreFilter { participating, q: query::search(q)? };
    let page = state.reads.stores(filter, query::page(limit, cursor)?).await?;
    let items = page.items.iter().map(Store::viewed).collect();
    Ok(ok(None, &List { items, next_cursor: page.next_cursor }))
}

/// Read a store.
#[utoipa::path(get, path = "/api/v1/stores/{id}", tag = "stores", responses((status = 200, body = Store)))]
pub async fn get_store(state: State, caller: Caller) -> Answer {
    let view = find(&state, caller.id("id")?).await?;
    Ok(ok(Some(view.store.version), &Store::viewed(&view)))
}

/// A store that is not archived.
///
/// # Errors
/// 404 when there is none.
pub(super) async fn find(state: &State, id: StoreId) -> Result<StoreView, ApiError> {
    let found = state.reads.store(id).await?;
    Ok(found.ok_or(crate::actors::error::MallError::NoSuchStore(id))?)
}

/// Rebrand or edit a store.
#[utoipa::path(patch, path = "/api/v1/stores/{id}", tag = "stores", request_body = EditStore, responses((status = 200, body = Store)))]
pub async fn edit_store(state: State, caller: Caller, body: Json<EditStore>) -> Answer {
    let edit = body.value;
    let edit = store::StoreEdit {
        name: edit.name,
        location: edit.location,
        confirmation_delay_ms: edit.confirmation_delay_ms.map(Whole::unsigned),
        fulfilment: edit.fulfilment.map(|fulfilment| fulfilment.0),
    };
    administer(&state, &caller, StoreCommand::Edit(edit)).await
}

/// Let a store take part in shopping.
#[utoipa::path(put, path = "/api/v1/stores/{id}/participation", tag = "stores", responses((status = 200, body = Store)))]
pub async fn join_mall(state: State, caller: Caller) -> Answer {
    administer(&state, &caller, StoreCommand::Participate(true)).await
}

/// Take a store out of shopping.
///
/// Its products leave the catalogue; orders already submitted are still served.
#[utoipa::path(delete, path = "/api/v1/stores/{id}/participation", tag = "stores", responses((status = 200, body = Store)))]
pub async fn leave_mall(state: State, caller: Caller) -> Answer {
    administer(&state, &caller, StoreCommand::Participate(false)).await
}

async fn administer(state: &State, caller: &Caller, command: StoreCommand) -> Answer {
    let id = caller.id("id")?;
    let expect = caller.expected_versions()?.map(Expect::Store);
    let responder = unremembered(|store: &StoreState| rendered(200, Some(store.version), None, &Store::of(store)));
    Ok(respond(state.mall.administer(id, command, expect, responder, caller.admit(state)?).await?))
}

/// Close a store for good, with its products.
///
/// Pending orders that wait for it are rejected with `STORE_CLOSED`, or lose its lines.
#[utoipa::path(delete, path = "/api/v1/stores/{id}", tag = "stores", responses((status = 204)))]
pub async fn archive_store(state: State, caller: Caller) -> Result<HttpResponse, ApiError> {
    let id = caller.id("id")?;
    let expect = caller.expected_versions()?.map(Expect::Store);
    let responder = unremembered(|_: &StoreState| no_content());
    Ok(respond(state.mall.archive_store(id, expect, responder, caller.admit(&state)?).await?))
}
