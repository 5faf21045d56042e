//! The interface: the prebuilt bundle in `static/`, inside the binary.
//!
//! Assets with a hash in their name never change and are kept for a year; `index.html` is asked for again each time and
//! answers every address the interface knows. What is neither is a problem, so the API's 404s stay problems.

use super::problem::{ApiError, Code};
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use rust_embed::{Embed, EmbeddedFile};
use std::borrow::Cow;

#[derive(Embed)]
#[folder = "static/"]
#[exclude = ".gitkeep"]
struct Bundle;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const FOR_A_YEAR: &str = "public, max-age=31536000, immutable";
/// Shown at `/` by a build without the interface.
const NO_BUNDLE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Plaza</title>\
                         <h1>Plaza</h1><p>This build has no interface. The API is at <a href=\"/swagger/\">/swagger/</a>.</p>";

/// Serves a file of the bundle, the interface, or a 404.
///
/// # Errors
/// 404 when there is no such file and the address is none of the interface's; 405 for other methods.
pub async fn fallback(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let path = request.path().trim_start_matches('/');
    if is_machine_path(path) {
        return Err(Code::NotFound.into());
    }
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(found) = Bundle::get(path).filter(|_| !is_precompressed(path)) {
        return Ok(if is_read { file(&request, path, &found) } else { not_allowed() });
    }
    let is_page = is_read && !has_extension(path) && accepts_html(&request);
    match (is_page, Bundle::get("index.html")) {
        (true, Some(index)) => Ok(file(&request, "index.html", &index)),
        (true, None) if path.is_empty() => Ok(page().body(NO_BUNDLE)),
        _ if path.is_empty() && !is_read => Ok(not_allowed()),
        (true | false, _) => Err(Code::NotFound.into()),
    }
}

fn not_allowed() -> HttpResponse {
    HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "GET, HEAD")).finish()
}

/// Whether programs ask here, who want a problem and not a page.
fn is_machine_path(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    ["api", "swagger", "openapi.json", "asyncapi.yaml", "livez", "readyz", "metrics"].contains(&first)
}

/// The `.br` and `.gz` siblings are served under the name of the file they are of.
fn is_precompressed(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "br" || extension == "gz")
}

fn has_extension(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

fn accepts_html(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    // Without the header everything is accepted (RFC 9110, 12.5.1).
    accept.is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*"))
}

fn page() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    response
}

fn file(request: &HttpRequest, path: &str, found: &EmbeddedFile) -> HttpResponse {
    let etag = etag(&found.metadata.sha256_hash());
    let is_known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known == etag.as_str());
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    let is_hashed = path.starts_with("assets/");
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, if is_hashed { FOR_A_YEAR } else { "no-cache" }))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::ETAG, etag));
    if is_known {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, content_type(path)));
    match compressed(request, path) {
        Some((encoding, smaller)) => response.insert_header((header::CONTENT_ENCODING, encoding)).body(bytes(smaller)),
        None => response.body(bytes(Bundle::get(path).map_or_else(|| found.data.clone(), |file| file.data))),
    }
}

fn bytes(data: Cow<'static, [u8]>) -> actix_web::web::Bytes {
    match data {
        Cow::Borrowed(data) => actix_web::web::Bytes::from_static(data),
        Cow::Owned(data) => data.into(),
    }
}

fn compressed(request: &HttpRequest, path: &str) -> Option<(&'static str, Cow<'static, [u8]>)> {
    let accepted = request.headers().get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let accepts = |encoding| {
        accepted.split(',').any(|part| {
            let (name, quality) = part.split_once(';').unwrap_or((part, ""));
            name.trim() == encoding && quality.trim() != "q=0"
        })
    };
    [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(encoding, extension)| {
        accepts(encoding)
            .then(|| Bundle::get(&format!("{path}.{extension}")))
            .flatten()
            .map(|file| (encoding, file.data))
    })
}

/// The first 64 bits of the content's hash: enough to tell one build's file from another's.
fn etag(hash: &[u8; 32]) -> String {
    let start = hash.iter().take(8).fold(0_u64, |start, byte| start << 8 | u64::from(*byte));
    format!("\"{start:016x}\"")
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "webmanifest" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
