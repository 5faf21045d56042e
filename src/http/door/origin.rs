//! Which names and which pages a mall answers.
//!
//! An open mall trusts whoever reaches it, and a browser lets every page in the world reach loopback: a page whose name
//! was pointed at 127.0.0.1 (DNS rebinding) could read it, any page could send it simple requests. So an open mall goes
//! by loopback names only, and requests that change something are refused when a browser says that another site's page
//! sent them. Programs that are no browsers say neither and are let through.

use super::codes::Code;
use super::problem::ApiError;
use crate::http::state::HttpState;
use actix_web::dev::ServiceRequest;
use actix_web::http::Version;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::uri::Authority;
use std::net::IpAddr;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a request that was meant for another host, or was sent by another site's page.
///
/// # Errors
/// 400 without a usable `Host`, 421 for a foreign one, 403 for a foreign page.
pub fn check(state: &HttpState, request: &ServiceRequest) -> Result<(), ApiError> {
    let host = host(request)?;
    let is_open = !state.tokens.is_closed();
    if is_open && host.is_some_and(|host| !is_loopback(host)) {
        let detail = "a mall without a token answers to localhost, 127.0.0.1 and [::1] only";
        return Err(ApiError::new(Code::Misdirected, detail));
    }
    if is_foreign(state, request, host, is_open) && (!request.method().is_safe() || takes_a_seat(request)) {
        return Err(Code::CrossSite.into());
    }
    Ok(())
}

/// A live stream changes nothing, but holds a seat for as long as the foreign page likes.
fn takes_a_seat(request: &ServiceRequest) -> bool {
    request.path() == super::auth::STREAM
}

/// The host a request is for: of its target, or of its one `Host` header (RFC 9112, 3.2). HTTP/1.0 needs none.
fn host(request: &ServiceRequest) -> Result<Option<&str>, ApiError> {
    let bad = |detail: &'static str| ApiError::new(Code::BadRequest, detail);
    let mut headers = request.headers().get_all(header::HOST);
    let header = match (headers.next(), headers.next()) {
        (Some(_), Some(_)) => return Err(bad("a request has one Host")),
        (Some(value), None) => Some(value.to_str().map_err(|_| bad("Host is not a host"))?),
        (None, _) if request.version() >= Version::HTTP_11 => return Err(bad("HTTP/1.1 needs a Host")),
        (None, _) => None,
    };
    let target = request.uri().authority().map(Authority::as_str);
    Ok(target.or(header))
}

/// Whether a host names this machine alone.
fn is_loopback(host: &str) -> bool {
    let name = name_of(host);
    let is_name = |name: &str| {
        let name = name.strip_suffix('.').unwrap_or(name);
        // RFC 6761, 6.3: names below localhost are loopback too.
        name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
    };
    name.parse::<IpAddr>().map_or_else(|_| is_name(name), |address| address.is_loopback())
}

/// A host without its port and brackets.
fn name_of(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return match rest.split_once(']') {
            Some((name, port)) if port.is_empty() || is_port(port) => name,
            _ => "",
        };
    }
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a browser says that another site's page sent the request (`Origin`, RFC 6454; Fetch Metadata).
fn is_foreign(state: &HttpState, request: &ServiceRequest, host: Option<&str>, is_open: bool) -> bool {
    let (Ok(origin), Ok(site)) = (only(request, &header::ORIGIN), only(request, &SEC_FETCH_SITE)) else { return true };
    if origin.is_some_and(|origin| state.settings.cors_origins.iter().any(|known| known == origin)) {
        return false;
    }
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return true;
    }
    // A proxy that gives the mall another name than the browser knows is only believed where tokens protect it.
    if site == Some("same-origin") && !is_open {
        return false;
    }
    origin.is_some_and(|origin| {
        let of_page = origin.split_once("://").filter(|(scheme, _)| ["http", "https"].contains(scheme));
        of_page.is_none_or(|(_, page)| host.is_none_or(|host| !page.eq_ignore_ascii_case(host)))
    })
}

/// A header no browser sends twice, nor in bytes that are no text.
fn only<'a>(request: &'a ServiceRequest, name: &HeaderName) -> Result<Option<&'a str>, Code> {
    let mut values = request.headers().get_all(name);
    let value = values.next().map(HeaderValue::to_str).transpose().map_err(|_| Code::CrossSite)?;
    if values.next().is_some() { Err(Code::CrossSite) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_has_few_names() {
        for own in [
            "localhost",
            "LocalHost:8080",
            "localhost.:80",
            "shop.localhost",
            "127.0.0.1:8080",
            "127.8.9.1",
            "[::1]:80",
            "[::1]",
        ] {
            assert!(is_loopback(own), "{own}");
        }
        for foreign in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:80",
            "notlocalhost",
            "10.0.0.1",
            "[::2]",
            "[::1].evil.example",
            "[::1]evil",
            "0.0.0.0",
            "",
            "localhost:80:80x",
        ] {
            assert!(!is_loopback(foreign), "{foreign}");
        }
    }
}
