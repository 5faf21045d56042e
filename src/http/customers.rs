//! `/customers`: registration, which hands out the access token, and the administrator's list.

use super::door::caller::Caller;
use super::door::codes::Code;
use super::door::json::{Json, RequestBody};
use super::door::once::Given;
use super::door::problem::ApiError;
use super::door::query::{self, Query};
use super::door::reply::{Answer, ok, rendered, to_json};
use super::door::seal::Seal;
use super::door::values::{List, Money, Time};
use super::state::State;
use crate::actors::error::MallError;
use crate::domain::customer::CustomerState;
use crate::ports::reads::customers::CustomerSummary as Summary;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What every customer's access token starts with, so that one found in a log or a repository is recognised.
const TOKEN_PREFIX: &str = "plz_cus_";

/// A customer to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    /// What the customer is called.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// How to reach the customer.
    #[schema(min_length = 1, max_length = 40)]
    phone: String,
}

impl RequestBody for NewCustomer {}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Customer<'a> {
    /// The customer.
    id: Uuid,
    /// What the customer is called.
    name: &'a str,
    /// How to reach the customer.
    phone: &'a str,
    /// When the customer registered.
    #[schema(inline)]
    created_at: Time,
}

impl<'a> Customer<'a> {
    fn of(customer: &'a CustomerState) -> Self {
        let CustomerState { id, name, phone, created_at, .. } = customer;
        Self { id: id.0, name, phone, created_at: Time(*created_at) }
    }
}

/// A customer that has just registered.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisteredCustomer {
    /// The customer.
    id: Uuid,
    /// What the customer is called.
    name: String,
    /// How to reach the customer.
    phone: String,
    /// When the customer registered.
    #[schema(format = DateTime)]
    created_at: String,
    /// Proves to be this customer (`Authorization: Bearer …`). Absent when the answer is given again to somebody who
    /// does not prove to be the one it was given to.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
}

/// A customer in the administrator's list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerSummary<'a> {
    /// The customer.
    id: Uuid,
    /// What the customer is called.
    name: &'a str,
    /// How to reach the customer.
    phone: &'a str,
    /// When the customer registered.
    #[schema(inline)]
    created_at: Time,
    /// Pieces in the customer's baskets.
    basket_size: u64,
    /// Authorized money.
    authorized: Money,
    /// Held for orders.
    held: Money,
    /// Taken for paid orders.
    captured: Money,
    /// Orders ever submitted.
    order_count: u64,
    /// When the customer last did something.
    #[schema(inline)]
    last_activity_at: Time,
}

/// Which customers are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// Part of the name, phone number or id, any case.
    #[param(max_length = 200)]
    q: Option<String>,
    /// The most items, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Register a customer.
///
/// The answer holds the access token, once. A request repeated under its `Idempotency-Key` gets the same customer; the
/// token is with it again only for a caller that proves who it is. Whoever lost the first answer registers anew, with
/// another key.
#[utoipa::path(post, path = "/api/v1/customers", tag = "customers", request_body = NewCustomer, responses((status = 201, body = RegisteredCustomer)))]
pub async fn register_customer(state: State, caller: Caller, body: Json<NewCustomer>) -> Answer {
    let Json { value: NewCustomer { name, phone }, raw } = body;
    let seal = Seal::of(&caller)?;
    let token = format!("{TOKEN_PREFIX}{}", HEXLOWER.encode(&state.mall.entropy().secret()));
    let given = caller.once(&state, &raw, async |ticket| {
        let sealed_token = seal.close(&token);
        let responder = ticket.responder(move |customer: &CustomerState| {
            let customer = Customer::of(customer);
            let location = format!("/api/v1/customers/{}", customer.id);
            rendered(201, None, Some(location), &Remembered { customer, sealed_token })
        });
        let admitted = caller.admit(&state)?;
        Ok(state.mall.register_customer(&name, &phone, token.as_bytes(), responder, admitted).await?)
    });
    Ok(shown(given.await?, token, &seal)?.into())
}

/// What is remembered of a registration.
#[derive(Serialize)]
struct Remembered<'a> {
    #[serde(flatten)]
    customer: Customer<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_token: Option<String>,
}

#[derive(Deserialize)]
struct Recalled {
    id: Uuid,
    name: String,
    phone: String,
    created_at: String,
    sealed_token: Option<String>,
}

/// The answer to a registration: with `token` the first time, with what the seal opens when it is given again.
fn shown(mut given: Given, token: String, seal: &Seal) -> Result<Given, ApiError> {
    let damaged = |error| ApiError::new(Code::InternalError, "a remembered registration is damaged").caused_by(error);
    let stored: Recalled = serde_json::from_slice(&given.reply.body).map_err(damaged)?;
    let Recalled { id, name, phone, created_at, sealed_token } = stored;
    let again = || sealed_token.and_then(|sealed| seal.open(&sealed));
    let access_token = if given.replayed { again() } else { Some(token) };
    given.reply.body = to_json(&RegisteredCustomer { id, name, phone, created_at, access_token });
    Ok(given)
}

/// Read a customer.
#[utoipa::path(get, path = "/api/v1/customers/{id}", tag = "customers", responses((status = 200, body = Customer)))]
pub async fn get_customer(state: State, caller: Caller) -> Answer {
    let id = caller.id("id")?;
    caller.check_sees(id, Code::UnknownCustomer)?;
    let customer = state.reads.customer(id).await?.ok_or(MallError::NoSuchCustomer(id))?;
    Ok(ok(Some(customer.version), &Customer::of(&customer)))
}

/// List the customers, with what they have and did.
#[utoipa::path(get, path = "/api/v1/customers", tag = "customers", params(CustomerQuery), responses((status = 200, body = List<CustomerSummary>)))]
pub async fn list_customers(state: State, query: Query<CustomerQuery>) -> Answer {
    let CustomerQuery { q, limit, cursor } = query.0;
    let page = state.reads.customers(query::search(q)?, query::page(limit, cursor)?).await?;
    let currency = state.mall.currency();
    let items: Vec<_> = page.items.iter().map(|summary| summarise(summary, currency)).collect();
    Ok(ok(None, &List { items, next_cursor: page.next_cursor }))
}

fn summarise(summary: &Summary, currency: crate::domain::money::Currency) -> CustomerSummary<'_> {
    let Customer { id, name, phone, created_at } = Customer::of(&summary.customer);
    CustomerSummary {
        id,
        name,
        phone,
        created_at,
        basket_size: summary.basket_size,
        authorized: Money::of(summary.authorized, currency),
        held: Money::of(summary.held, currency),
        captured: Money::of(summary.captured, currency),
        order_count: summary.order_count,
        last_activity_at: Time(summary.last_activity_at),
    }
}
