//! The `AsyncAPI` document, for those who build on the event stream.

use super::door::reply::Answer;
use super::state::State;
use crate::bus::asyncapi;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use std::sync::LazyLock;

static DOCUMENT: LazyLock<web::Bytes> = LazyLock::new(|| asyncapi::document().into());

/// Get the description of the event stream (`AsyncAPI` 3.0).
#[utoipa::path(get, path = "/asyncapi.yaml", tag = "events", responses((status = 200, body = String, content_type = "application/yaml")))]
pub async fn get_asyncapi(_: State) -> Answer {
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/yaml"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(DOCUMENT.clone()))
}
