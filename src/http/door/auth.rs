//! Who may do what: every route is served through [`guard`], which knows the route's role from the table and not from
//! the address of the request.

use super::codes::Code;
use super::payload::drain;
use super::problem::ApiError;
use super::roles::{Access, Route};
use crate::actors::principal::Principal;
use crate::http::state::State;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// The one path whose requests may carry the token in the address: `EventSource` cannot send headers.
pub const STREAM: &str = "/api/v1/events/stream";

/// Lets a request pass to the handler of `route`, or answers 401 or 403. The handler finds the principal in the request.
///
/// # Errors
/// What the handler fails with.
pub async fn guard<B: MessageBody + 'static>(
    route: &'static Route,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match admit(route, &request).await {
        Ok(principal) => {
            request.extensions_mut().insert(principal);
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(refused) => {
            drain(request.parts_mut().1.take()).await;
            Ok(request.error_response(refused).map_into_right_body())
        }
    }
}

/// Who lets a request in, before a byte of its body is looked at.
async fn admit(route: &Route, request: &ServiceRequest) -> Result<Principal, ApiError> {
    let principal = principal(route, request).await?;
    if allows(route, principal) {
        return Ok(principal);
    }
    Err(if principal == Principal::Anonymous { Code::Unauthorized } else { Code::Forbidden }.into())
}

/// Whether the table lets `principal` use `route`.
fn allows(route: &Route, principal: Principal) -> bool {
    match (route.access, principal) {
        // A stale token must not spoil a public page.
        (Access::Public, _)
        | (_, Principal::Open | Principal::Admin(_))
        | (Access::Customer, Principal::Customer(_))
        | (Access::Reader, Principal::Reader(_)) => true,
        (Access::Customer, Principal::Reader(_)) => route.method == "GET",
        (Access::Customer | Access::Reader | Access::Admin, Principal::Anonymous)
        | (Access::Reader | Access::Admin, Principal::Customer(_))
        | (Access::Admin, Principal::Reader(_)) => false,
    }
}

async fn principal(route: &Route, request: &ServiceRequest) -> Result<Principal, ApiError> {
    let state = request.app_data::<State>().ok_or(Code::InternalError)?;
    if !state.tokens.is_closed() {
        return Ok(Principal::Open);
    }
    let Some(token) = token(route, request) else { return Ok(Principal::Anonymous) };
    let hash: [u8; 32] = Sha256::digest(&*token).into();
    if let Some(staff) = state.tokens.who(&hash) {
        return Ok(staff);
    }
    let customer = state.reads.customer_by_token(hash).await?;
    Ok(customer.map_or(Principal::Anonymous, Principal::Customer))
}

fn token<'a>(route: &Route, request: &'a ServiceRequest) -> Option<Cow<'a, str>> {
    let mut shown = request.headers().get_all(header::AUTHORIZATION);
    if let Some(value) = shown.next() {
        // Whoever shows two is nobody: a proxy and this server might each believe another one.
        return bearer(value).filter(|_| shown.next().is_none()).map(Cow::Borrowed);
    }
    // Only here may a token be in the address; the request span leaves it out.
    if route.path != STREAM {
        return None;
    }
    let mut pairs = form_urlencoded::parse(request.query_string().as_bytes());
    pairs.find(|(name, _)| name == "access_token").map(|(_, token)| token)
}

/// The token of an `Authorization: Bearer …` header (RFC 6750, 2.1).
pub fn bearer(value: &header::HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
