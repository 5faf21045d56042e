//! `/customers`: registration, which hands out the access token, and the administrator's list.

use super::caller::{Caller, Given};
use super::json::{Json, RequestBody};
use super::problem::{ApiError, Code};
use super::query::{self, Query};
use super::reply::{ok, rendered, to_json};
use super::values::{List, Money, Time};
use super::{Answer, State};
use crate::actors::error::MallError;
use crate::actors::ports::CustomerSummary as Summary;
use crate::domain::customer::CustomerState;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
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
#[derive(Debug, Serialize, Deserialize, ToSchema)]
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
    /// Proves to be this customer (`Authorization: Bearer …`). Shown here and never again.
    access_token: String,
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
    q: Option<String>,
    /// The most items, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Register a customer.
///
/// The answer holds the access token, once. A request repeated under its `Idempotency-Key` gets the same token again.
#[utoipa::path(post, path = "/api/v1/customers", tag = "customers", request_body = NewCustomer, responses((status = 201, body = RegisteredCustomer)))]
pub async fn register_customer(state: State, caller: Caller, body: Json<NewCustomer>) -> Answer {
    let Json { value: NewCustomer { name, phone }, raw } = body;
    let seal = Seal::of(caller.idempotency_key()?.unwrap_or_default());
    let given = caller.once(&state, &raw, async |ticket| {
        let secret = state.mall.entropy().secret();
        let token = token(&secret);
        let sealed_token = hex(&seal.apply(&secret));
        let responder = ticket.responder(move |customer: &CustomerState| {
            let customer = Customer::of(customer);
            let location = format!("/api/v1/customers/{}", customer.id);
            rendered(201, None, Some(location), &Sealed { customer, sealed_token })
        });
        let admitted = caller.admit(&state)?;
        Ok(state.mall.register_customer(&name, &phone, token.as_bytes(), responder, admitted).await?)
    });
    Ok(unseal(given.await?, &seal)?.into())
}

/// What is remembered of a registration. The token is not stored in clear: it is sealed with the idempotency key, which
/// only its sender knows (the database holds a hash of it), so that the sender gets the same token again after a lost
/// answer, and a reader of the database gets none.
#[derive(Serialize)]
struct Sealed<'a> {
    #[serde(flatten)]
    customer: Customer<'a>,
    sealed_token: String,
}

#[derive(Deserialize)]
struct Unsealed {
    id: Uuid,
    name: String,
    phone: String,
    created_at: String,
    sealed_token: String,
}

/// A one-time pad made of an idempotency key; each key stands for one registration, so for one token.
struct Seal([u8; 32]);

impl Seal {
    fn of(key: &str) -> Self {
        Self(Sha256::new().chain_update("plaza/token-seal").chain_update(key).finalize().into())
    }

    /// Seals a secret, or opens a sealed one.
    fn apply(&self, secret: &[u8; 32]) -> [u8; 32] {
        std::array::from_fn(|index| secret[index] ^ self.0[index])
    }
}

fn unseal(mut given: Given, seal: &Seal) -> Result<Given, ApiError> {
    let damaged = |detail: &'static str| ApiError::new(Code::InternalError, detail);
    let stored: Unsealed = serde_json::from_slice(&given.reply.body)
        .map_err(|error| damaged("a remembered registration is damaged").caused_by(error))?;
    let sealed = from_hex(&stored.sealed_token).ok_or_else(|| damaged("a remembered token is damaged"))?;
    let Unsealed { id, name, phone, created_at, .. } = stored;
    let access_token = token(&seal.apply(&sealed));
    given.reply.body = to_json(&RegisteredCustomer { id, name, phone, created_at, access_token });
    Ok(given)
}

fn token(secret: &[u8; 32]) -> String {
    format!("{TOKEN_PREFIX}{}", hex(secret))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    bytes?.try_into().ok()
}

/// Read a customer.
#[utoipa::path(get, path = "/api/v1/customers/{id}", tag = "customers", responses((status = 200, body = Customer)))]
pub async fn get_customer(state: State, caller: Caller) -> Answer {
    let id = caller.id("id")?;
    caller.principal().check(id, Code::UnknownCustomer)?;
    let customer = state.mall.reads().customer(id).await?.ok_or(MallError::NoSuchCustomer(id))?;
    Ok(ok(Some(customer.version), &Customer::of(&customer)))
}

/// List the customers, with what they have and did.
#[utoipa::path(get, path = "/api/v1/customers", tag = "customers", params(CustomerQuery), responses((status = 200, body = List<CustomerSummary>)))]
pub async fn list_customers(state: State, query: Query<CustomerQuery>) -> Answer {
    let CustomerQuery { q, limit, cursor } = query.0;
    let page = state.mall.reads().customers(query::text(q), query::page(limit, cursor)?).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_token_opens_with_its_key_only() {
        let secret = [7; 32];
        let sealed = Seal::of("key-1").apply(&secret);
        assert_ne!(sealed, secret);
        assert_eq!(Seal::of("key-1").apply(&from_hex(&hex(&sealed)).unwrap()), secret);
        assert_ne!(Seal::of("key-2").apply(&sealed), secret);
    }
}
