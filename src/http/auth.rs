//! Who asks: bearer tokens against the table of routes. In the way only when the mall has an admin token.

use super::State;
use super::caller::Principal;
use super::problem::{ApiError, Code};
use super::roles::{Access, Route};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use subtle::ConstantTimeEq;

/// Lets a request pass to its route, or answers 401 or 403.
///
/// # Errors
/// What the route fails with.
pub async fn authorize<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match admit(&request).await {
        Ok(principal) => {
            request.extensions_mut().insert(principal);
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(refused) => Ok(request.error_response(refused).map_into_right_body()),
    }
}

async fn admit(request: &ServiceRequest) -> Result<Principal, ApiError> {
    let pattern = request.match_pattern();
    // No pattern: the interface, or nothing; both are public, and the API has no route without one.
    let Some(pattern) = pattern else { return Ok(Principal::Anonymous) };
    let route = Route::find(request.method().as_str(), &pattern);
    let access = route.map(|route| route.access);
    let principal = match token(request, &pattern) {
        None => Principal::Anonymous,
        Some(token) => known(request, &token).await?.unwrap_or(Principal::Anonymous),
    };
    match (access, principal) {
        // A stale token must not spoil a public page.
        (Some(Access::Public), _)
        | (Some(Access::Customer), Principal::Customer(_))
        | (_, Principal::Admin | Principal::Open) => Ok(principal),
        // What is not in the table is for the administrator.
        (Some(Access::Admin) | None, Principal::Customer(_)) => Err(Code::Forbidden.into()),
        (Some(Access::Admin | Access::Customer) | None, Principal::Anonymous) => Err(Code::Unauthorized.into()),
    }
}

fn token<'a>(request: &'a ServiceRequest, pattern: &str) -> Option<Cow<'a, str>> {
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| value.split_once(' '));
    if let Some((scheme, token)) = bearer {
        return scheme.eq_ignore_ascii_case("bearer").then(|| Cow::Borrowed(token.trim()));
    }
    // EventSource can not send headers. Only here may a token be in the address; the request span leaves it out.
    if pattern != "/api/v1/events/stream" {
        return None;
    }
    let mut pairs = form_urlencoded::parse(request.query_string().as_bytes());
    pairs.find(|(name, _)| name == "access_token").map(|(_, token)| token)
}

async fn known(request: &ServiceRequest, token: &str) -> Result<Option<Principal>, ApiError> {
    let Some(state) = request.app_data::<State>().cloned() else { return Ok(None) };
    let hash: [u8; 32] = Sha256::digest(token).into();
    if state.settings.admin_token.is_some_and(|admin| bool::from(admin.ct_eq(&hash))) {
        return Ok(Some(Principal::Admin));
    }
    Ok(state.mall.reads().customer_by_token(hash).await?.map(Principal::Customer))
}
