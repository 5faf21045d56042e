//! The interface: the prebuilt bundle in `static/`, inside the binary.
//!
//! Assets with a hash in their name never change and are kept for a year; `index.html` is asked for again each time and
//! answers every address the interface knows. Any other address is 404: with the interface's page for a browser that
//! shows it to a person, with a problem for everybody else, so that a probe of a wrong address is never green.

use super::door::codes::Code;
use super::door::payload::drain;
use super::door::problem::ApiError;
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use data_encoding::HEXLOWER;
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

/// The addresses of the interface's own pages, as `ui/src/router` has them; a `:` stands for any segment.
const PAGES: &[&str] = &[
    "/",
    "/lab",
    "/guide",
    "/shopping",
    "/checkout",
    "/orders",
    "/orders/:id",
    "/admin/stores",
    "/admin/stores/:id/products",
    "/admin/orders",
    "/admin/orders/events",
    "/admin/customers",
    "/admin/access",
];

/// Serves a file of the bundle, a page of the interface, or a 404. Nothing here is anybody's secret.
///
/// # Errors
/// 404 when the address is none of the interface's; 405 for other methods.
pub async fn fallback(request: HttpRequest, body: Payload) -> Result<HttpResponse, ApiError> {
    drain(body.into_inner()).await;
    let path = request.path();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let asset = path.trim_start_matches('/');
    let found = Bundle::get(asset).filter(|_| !is_precompressed(asset));
    match found {
        Some(found) if is_read => return Ok(file(&request, asset, &found, StatusCode::OK)),
        Some(_) => return Ok(not_allowed()),
        None => {}
    }
    let is_page = PAGES.iter().any(|page| is_at(page, path));
    match Bundle::get("index.html") {
        _ if is_page && !is_read => Ok(not_allowed()),
        Some(index) if is_page => Ok(file(&request, "index.html", &index, StatusCode::OK)),
        None if is_page && path == "/" => Ok(page(StatusCode::OK).body(NO_BUNDLE)),
        // A person with a wrong address gets the interface, which says so; a program gets a problem.
        Some(index) if is_navigation(&request) => Ok(file(&request, "index.html", &index, StatusCode::NOT_FOUND)),
        _ => Err(Code::NotFound.into()),
    }
}

fn is_at(page: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (page.split('/'), path.split('/'));
    let same = |(wanted, given): (&str, &str)| wanted == given || (wanted.starts_with(':') && !given.is_empty());
    page.split('/').count() == path.split('/').count() && wanted.by_ref().zip(given.by_ref()).all(same)
}

/// Whether a browser is showing the address to a person: only then does it name HTML as what it wants.
fn is_navigation(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let wants_html = header("accept").is_some_and(|accept| accept.contains("text/html"));
    let navigates = header("sec-fetch-mode").is_none_or(|mode| mode == "navigate");
    *request.method() == Method::GET && wants_html && navigates && !is_machine_path(request.path())
}

fn not_allowed() -> HttpResponse {
    HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "GET, HEAD")).finish()
}

/// Whether programs ask here, who want a problem and not a page.
fn is_machine_path(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    ["api", "swagger", "assets"].contains(&first) || first.contains('.')
}

/// The `.br` and `.gz` siblings are served under the name of the file they are of.
fn is_precompressed(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "br" || extension == "gz")
}

fn page(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    response
}

fn file(request: &HttpRequest, path: &str, found: &EmbeddedFile, status: StatusCode) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    let is_hashed = path.starts_with("assets/");
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, if is_hashed { FOR_A_YEAR } else { "no-cache" }))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::ETAG, etag(&found.metadata.sha256_hash())))
        .insert_header((header::CONTENT_TYPE, content_type(path)));
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
    format!("\"{}\"", HEXLOWER.encode(&hash[..8]))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_are_those_of_the_router() {
        let router = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/router/index.ts");
        let router = std::fs::read_to_string(router).unwrap();
        let quoted = router.split('\'').filter(|text| text.starts_with('/') && !text.contains("(.*)"));
        let known: std::collections::BTreeSet<_> = quoted.collect();
        assert_eq!(known, PAGES.iter().copied().collect());
    }

    #[test]
    fn an_address_is_a_pages_segment_by_segment() {
        assert!(is_at("/orders/:id", "/orders/1") && is_at("/", "/"));
        for other in ["/orders/", "/orders/1/2", "/order/1", "/orders"] {
            assert!(!is_at("/orders/:id", other), "{other}");
        }
    }
}
