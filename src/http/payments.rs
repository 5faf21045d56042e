//! `/payments`: mock authorizations that orders draw on.

use super::door::caller::Caller;
use super::door::codes::Code;
use super::door::json::{Json, NoBody, RequestBody};
use super::door::problem::ApiError;
use super::door::query::{self, Query};
use super::door::reply::{Answer, ok, rendered};
use super::door::values::{List, Money, MoneyIn, Time};
use super::door::words::PaymentStatus;
use super::state::State;
use crate::actors::error::MallError;
use crate::domain::ids::{CustomerId, PaymentId};
use crate::domain::payment::PaymentState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A payment to authorize.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// Whose money it is.
    customer_id: Uuid,
    /// How much; 0 is allowed.
    #[schema(value_type = Money)]
    amount: MoneyIn,
}

impl RequestBody for NewPayment {}

/// A payment authorization: a balance, `authorized = available + held + captured`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Payment {
    /// The authorization.
    id: Uuid,
    /// Whose money it is.
    customer_id: Uuid,
    /// Whether it can be drawn on.
    status: PaymentStatus,
    /// What the (mock) bank authorized, less what was given back.
    authorized: Money,
    /// What can still be held.
    available: Money,
    /// Held for orders.
    held: Money,
    /// Taken for paid orders.
    captured: Money,
    /// Given back of what was taken.
    refunded: Money,
    /// Number of changes, for `If-Match`.
    version: u64,
    /// When it was authorized.
    #[schema(inline)]
    created_at: Time,
}

impl Payment {
    fn of(payment: &PaymentState) -> Self {
        let money = |amount| Money::of(amount, payment.currency);
        Self {
            id: payment.id.0,
            customer_id: payment.customer_id.0,
            status: PaymentStatus(payment.status),
            authorized: money(payment.authorized),
            available: money(payment.available),
            held: money(payment.held),
            captured: money(payment.captured),
            refunded: money(payment.refunded),
            version: payment.version,
            created_at: Time(payment.created_at),
        }
    }
}

/// Which payments are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaymentQuery {
    /// Only of this customer.
    customer_id: Option<Uuid>,
    /// The most items, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Authorize a (mock) payment.
///
/// Several orders may draw on one authorization until it is used up.
#[utoipa::path(post, path = "/api/v1/payments", tag = "payments", request_body = NewPayment, responses((status = 201, body = Payment)))]
pub async fn authorize_payment(state: State, caller: Caller, body: Json<NewPayment>) -> Answer {
    let Json { value: new, raw } = body;
    let customer_id = CustomerId(new.customer_id);
    caller.check_named(customer_id)?;
    let amount = state.amount(new.amount, "/amount")?;
    let given = caller.once(&state, &raw, async |ticket| {
        let responder = ticket.responder(|payment: &PaymentState| {
            let location = format!("/api/v1/payments/{}", payment.id);
            rendered(201, Some(payment.version), Some(location), &Payment::of(payment))
        });
        Ok(state.mall.authorize_payment(customer_id, amount, responder, caller.admit(&state)?).await?)
    });
    Ok(given.await?.into())
}

/// List payments.
#[utoipa::path(get, path = "/api/v1/payments", tag = "payments", params(PaymentQuery), responses((status = 200, body = List<Payment>)))]
pub async fn list_payments(state: State, caller: Caller, query: Query<PaymentQuery>) -> Answer {
    let PaymentQuery { customer_id, limit, cursor } = query.0;
    let customer_id = caller.limit_to(customer_id)?;
    let page = state.reads.payments(customer_id, query::page(limit, cursor)?).await?;
    Ok(ok(None, &List::of(page, |payment| Payment::of(&payment))))
}

/// Read a payment.
#[utoipa::path(get, path = "/api/v1/payments/{id}", tag = "payments", responses((status = 200, body = Payment)))]
pub async fn get_payment(state: State, caller: Caller) -> Answer {
    let payment = find(&state, &caller, caller.id("id")?).await?;
    Ok(ok(Some(payment.version), &Payment::of(&payment)))
}

async fn find(state: &State, caller: &Caller, id: PaymentId) -> Result<PaymentState, ApiError> {
    let payment = state.reads.payment(id).await?.ok_or(MallError::NoSuchPayment(id))?;
    caller.check_sees(payment.customer_id, Code::UnknownPayment)?;
    Ok(payment)
}

/// Give back what is available of a payment; nothing more can be held.
#[utoipa::path(post, path = "/api/v1/payments/{id}/void", tag = "payments", responses((status = 200, body = Payment)))]
pub async fn void_payment(state: State, caller: Caller, body: NoBody) -> Answer {
    let id = caller.id("id")?;
    let expect = caller.expected_versions()?;
    let given = caller.once(&state, &body.raw, async |ticket| {
        let responder = ticket
            .responder(|payment: &PaymentState| rendered(200, Some(payment.version), None, &Payment::of(payment)));
        Ok(state.mall.void_payment(id, expect, responder, caller.admit(&state)?).await?)
    });
    Ok(given.await?.into())
}
