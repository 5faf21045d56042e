//! Answers: how a resource, its version and its address become an HTTP response.

use super::etags::tag_of;
use super::once::Given;
use super::problem::ApiError;
use crate::http::headers::IDEMPOTENCY_REPLAYED;
use crate::ports::reply::{Reply, Responder};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ETag, EntityTag, HeaderValue};
use serde::Serialize;

/// A rendered reply of a resource at a version.
#[must_use]
pub fn rendered(status: u16, version: Option<u64>, location: Option<String>, body: &impl Serialize) -> Reply {
    Reply { status, version, location, body: to_json(body) }
}

/// A reply without a body.
#[must_use]
pub const fn no_content() -> Reply {
    Reply { status: 204, version: None, location: None, body: Vec::new() }
}

/// A body as JSON.
#[must_use]
pub fn to_json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("answers hold only texts, numbers and lists")
}

/// A 200 with a resource at a version, or with something that has none.
#[must_use]
pub fn ok(version: Option<u64>, body: &impl Serialize) -> HttpResponse {
    respond(rendered(200, version, None, body))
}

/// A 200 with a resource at a version that shows more than its own changes: another's name or price, or the time. Its
/// entity tag says both.
#[must_use]
pub fn shown(version: u64, body: &impl Serialize) -> HttpResponse {
    let body = to_json(body);
    let tag = EntityTag::new_strong(tag_of(version, &body));
    let mut response = HttpResponse::Ok();
    response.insert_header(ETag(tag)).insert_header((header::CONTENT_TYPE, "application/json")).body(body)
}

/// The response a reply stands for.
#[must_use]
pub fn respond(reply: Reply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    if let Some(version) = reply.version {
        response.insert_header((header::ETAG, format!("\"v{version}\"")));
    }
    if let Some(location) = reply.location {
        response.insert_header((header::LOCATION, location));
    }
    if reply.body.is_empty() {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, "application/json"));
    response.body(reply.body)
}

impl From<Given> for HttpResponse {
    fn from(given: Given) -> Self {
        let mut response = respond(given.reply);
        if given.replayed {
            response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}
/// What a handler answers.
pub type Answer = Result<HttpResponse, ApiError>;

/// A responder whose reply nobody repeats: the request has no idempotency key, or another append carries it.
#[must_use]
pub fn unremembered<S>(render: impl FnOnce(&S) -> Reply + Send + 'static) -> Responder<S> {
    Responder::new(None, render)
}
