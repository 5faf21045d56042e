//! `/livez`, `/healthz`, `/readyz`: whether the process is there, and whether it takes requests.

use super::door::reply::{Answer, ok, to_json};
use super::state::State;
use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Serialize;
use std::sync::atomic::Ordering;
use utoipa::ToSchema;

/// Whether the process is there and whether it takes requests.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, `ready` or `not_ready`.
    status: &'static str,
}

/// Tell whether the process lives.
#[utoipa::path(get, path = "/livez", tag = "operation", responses((status = 200, body = Health)))]
pub async fn livez() -> Answer {
    Ok(ok(None, &Health { status: "ok" }))
}

/// Tell whether the process lives; another name of `/livez`.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = Health)))]
pub async fn healthz() -> Answer {
    livez().await
}

/// Tell whether the mall takes requests.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn readyz(state: State) -> Answer {
    let mall = &state.mall;
    if state.ready.load(Ordering::Acquire) && mall.journal().is_available() && mall.timers().are_told() {
        return Ok(ok(None, &Health { status: "ready" }));
    }
    Ok(HttpResponse::ServiceUnavailable()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::RETRY_AFTER, 1))
        .body(to_json(&Health { status: "not_ready" })))
}
