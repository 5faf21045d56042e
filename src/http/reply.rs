//! Answers: how a resource, its version and its address become an HTTP response.

use super::caller::{Given, IDEMPOTENCY_REPLAYED};
use crate::ports::reply::Reply;
use actix_web::HttpResponse;
use actix_web::http::header::{ETag, EntityTag};
use actix_web::http::{StatusCode, header};
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

/// The entity tag of what [`shown`] sends, without its quotes.
#[must_use]
pub fn tag_of(version: u64, body: &[u8]) -> String {
    let hash = blake3::hash(body).to_hex();
    format!("v{version}.{}", &hash[..8])
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
            response.headers_mut().insert(IDEMPOTENCY_REPLAYED, header::HeaderValue::from_static("true"));
        }
        response
    }
}
