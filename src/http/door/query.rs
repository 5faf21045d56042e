//! Query strings: unknown, doubled and unreadable parameters are refused by name.

use super::codes::Code;
use super::json::shape;
use super::problem::{ApiError, FieldError};
use crate::domain::time::Timestamp;
use crate::ports::reads::PageRequest;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::future::{Ready, ready};

/// Items of a page when the caller does not say.
const LIMIT_DEFAULT: usize = 50;
/// The most items of a page.
const LIMIT_MAX: usize = 200;

/// The parameters of a query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let said = error.inner().to_string();
        let name = error.path().to_string();
        if said.starts_with("unknown field") {
            let detail = said.replacen("unknown field", "unknown parameter", 1);
            return ApiError::invalid(format!("?{name}"), "unknown_parameter", detail);
        }
        if let Some(name) = said.strip_prefix("missing field `") {
            return ApiError::invalid(format!("?{}", name.trim_end_matches('`')), "missing_parameter", "is required");
        }
        if let Some(name) = said.strip_prefix("duplicate field `") {
            let pointer = format!("?{}", name.trim_end_matches('`'));
            return ApiError::invalid(pointer, "duplicate_parameter", "is given twice");
        }
        let error = FieldError { pointer: format!("?{name}"), code: Cow::Borrowed("invalid_value"), detail: said };
        ApiError::new(Code::ValidationFailed, format!("?{name}: {}", error.detail)).with_errors(vec![error])
    })
}

/// Which part of a list a caller wants.
///
/// # Errors
/// 422 for a limit that is not 1 to 200.
pub fn page(limit: Option<usize>, cursor: Option<String>) -> Result<PageRequest, ApiError> {
    let limit = limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(shape("?limit", &format!("must be a whole number from 1 to {LIMIT_MAX}")));
    }
    Ok(PageRequest { limit, cursor: text(cursor) })
}

/// The longest text that is looked for, characters: as long as the longest name.
const SEARCH_MAX: usize = 200;

/// A text to look for; nothing but white space looks for nothing.
///
/// # Errors
/// 422 for a text that is longer than anything it could be found in.
pub fn search(raw: Option<String>) -> Result<Option<String>, ApiError> {
    match text(raw) {
        Some(text) if text.chars().count() > SEARCH_MAX => {
            Err(ApiError::invalid("?q", "too_long", format!("must have at most {SEARCH_MAX} characters")))
        }
        found => Ok(found),
    }
}

/// A text; nothing but white space is none.
#[must_use]
pub fn text(raw: Option<String>) -> Option<String> {
    raw.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Reads an RFC 3339 time.
///
/// # Errors
/// The text is not RFC 3339.
pub fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    let parsed = Timestamp::parse_rfc3339(&text);
    parsed.map(Some).map_err(|_| D::Error::custom("must be an RFC 3339 time like 2026-11-22T10:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only the errors matter")]
    struct Example {
        limit: Option<usize>,
        archived: Option<bool>,
        #[serde(default, deserialize_with = "time")]
        after: Option<Timestamp>,
    }

    #[test]
    fn parameters_are_refused_by_name() {
        for (query, named) in [
            ("limit=a", "?limit"),
            ("foo=1", "?foo"),
            ("limit=1&limit=2", "?limit"),
            ("archived=yes", "?archived"),
            ("after=yesterday", "?after"),
        ] {
            let error = parse::<Example>(query).expect_err(query).to_string();
            assert!(error.contains(named), "{query}: {error}");
        }
        assert!(parse::<Example>("limit=5&archived=true&after=2026-11-22T10:00:00%2B01:00").is_ok());
    }
}
