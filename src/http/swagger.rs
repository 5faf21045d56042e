//! Swagger UI, from the vendored assets.

use super::door::codes::Code;
use super::door::reply::Answer;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::Config;

/// What the page may load: its own scripts, and the styles it writes into itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("/openapi.json")
        .try_it_out_enabled(true)
        .validator_url("none")
        .display_request_duration(true)
        .doc_expansion("list")
        .default_models_expand_depth(0)
        .persist_authorization(true);
    Arc::new(config)
});

/// Sends to the page; relative addresses in it need the slash.
pub async fn redirect() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/swagger/")).finish()
}

/// A file of the page.
pub async fn file(path: web::Path<String>) -> Answer {
    let found = utoipa_swagger_ui::serve(&path, CONFIG.clone());
    let Ok(Some(file)) = found else { return Err(Code::NotFound.into()) };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, file.content_type))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    Ok(response.body(file.bytes.into_owned()))
}
