//! JSON bodies, and errors that name the field.
//!
//! Not JSON is 400, not declared as JSON 415; well-formed but of the wrong shape is 422 with the JSON pointer of the
//! field.

use super::codes::Code;
use super::fields::Object;
use super::payload;
use super::problem::ApiError;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

/// A request body.
pub trait RequestBody: DeserializeOwned {
    /// The most bytes it may have.
    const MOST: usize = payload::BODY_MAX;

    /// What no body at all means, for routes where it means something.
    #[must_use]
    fn empty() -> Option<Self> {
        None
    }
}

/// A body nobody needs: none, or `{}`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl RequestBody for Nothing {
    fn empty() -> Option<Self> {
        Some(Self {})
    }
}

/// No body, or `{}`.
pub type NoBody = Json<Nothing>;

/// A JSON body, with the bytes it was read from.
pub struct Json<T> {
    /// The body.
    pub value: T,
    /// Its bytes, for the request hash of an idempotency key.
    pub raw: Bytes,
}

impl<T: RequestBody + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_encoded = request.headers().get_all(header::CONTENT_ENCODING).any(|codings| {
            let mut codings = codings.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
            !codings.all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case(b"identity"))
        });
        let is_json = request.content_type().eq_ignore_ascii_case("application/json");
        let payload = payload.take();
        Box::pin(async move {
            let raw = payload::read(payload, T::MOST).await?;
            if is_encoded {
                return Err(Code::UnsupportedEncoding.into());
            }
            if raw.is_empty()
                && let Some(value) = T::empty()
            {
                return Ok(Self { value, raw });
            }
            if !is_json {
                return Err(Code::UnsupportedMediaType.into());
            }
            Ok(Self { value: parse(&raw)?, raw })
        })
    }
}

fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(raw);
    let parsed: Object<T> = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        refused(&pointer, error.inner())
    })?;
    reader.end().map_err(|error| refused("", &error))?;
    Ok(parsed.0)
}

fn refused(pointer: &str, error: &serde_json::Error) -> ApiError {
    let said = error.to_string();
    let without_place = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let is_about_shape = match error.classify() {
        Category::Data => true,
        // A number beyond 64 bits of float is well-formed JSON.
        Category::Syntax => without_place == "number out of range",
        Category::Eof | Category::Io => false,
    };
    if is_about_shape { shape(pointer, without_place) } else { ApiError::new(Code::MalformedJson, said) }
}

/// The problem of a value of the wrong shape, from the words of serde.
#[must_use]
pub fn shape(pointer: &str, said: &str) -> ApiError {
    let named = |prefix: &str| said.strip_prefix(prefix)?.strip_prefix(" `")?.split('`').next();
    if let Some(field) = named("missing field") {
        return ApiError::invalid(format!("{pointer}/{}", escape(field)), "missing_field", "is required");
    }
    if let Some(field) = named("duplicate field") {
        return ApiError::invalid(format!("{pointer}/{}", escape(field)), "duplicate_field", "is given twice");
    }
    if named("unknown field").is_some() {
        return ApiError::invalid(pointer, "unknown_field", said.to_owned());
    }
    let what = if said == "number out of range" || said.starts_with("must be a whole number") {
        "out_of_range"
    } else if said.starts_with("invalid type") || said.starts_with("invalid length") {
        "invalid_type"
    } else {
        "invalid_value"
    };
    ApiError::invalid(pointer, what, said.to_owned())
}

/// A path in a document as a JSON pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        pointer.push('/');
        match segment {
            Segment::Seq { index } => pointer.push_str(&index.to_string()),
            Segment::Map { key } => pointer.push_str(&escape(key)),
            Segment::Enum { variant } => pointer.push_str(&escape(variant)),
            Segment::Unknown => pointer.push('?'),
        }
    }
    pointer
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::door::fields::{Whole, present};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only the errors matter")]
    struct Line {
        quantity: Whole<1, 10_000>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only the errors matter")]
    struct Order {
        items: Vec<Object<Line>>,
        #[serde(default, deserialize_with = "present")]
        note: Option<String>,
    }

    fn refusal(body: &str) -> serde_json::Value {
        let error = parse::<Order>(body.as_bytes()).expect_err(body);
        let body = actix_web::body::to_bytes(error.render(String::new()).into_body());
        serde_json::from_slice(&futures_util::FutureExt::now_or_never(body).unwrap().unwrap()).unwrap()
    }

    #[test]
    fn refused_fields_are_named_by_pointer() {
        for (body, pointer, code) in [
            (r#"{"items":[{"quantity":1.5}]}"#, "/items/0/quantity", "out_of_range"),
            (r#"{"items":[{"quantity":0}]}"#, "/items/0/quantity", "out_of_range"),
            (r#"{"items":[{"quantity":-1}]}"#, "/items/0/quantity", "out_of_range"),
            (r#"{"items":[{"quantity":99999999999999999999}]}"#, "/items/0/quantity", "out_of_range"),
            (r#"{"items":[{"quantity":1e999}]}"#, "/items/0/quantity", "out_of_range"),
            (r#"{"items":[{"quantity":"1"}]}"#, "/items/0/quantity", "invalid_type"),
            (r#"{"items":[{}]}"#, "/items/0/quantity", "missing_field"),
            (r#"{"items":[[1]]}"#, "/items/0", "invalid_type"),
            (r#"{"items":[],"price":1}"#, "/price", "unknown_field"),
            (r#"{"items":[],"items":[]}"#, "/items", "duplicate_field"),
            (r#"{"items":[],"note":null}"#, "/note", "invalid_type"),
            ("[]", "", "invalid_type"),
            ("null", "", "invalid_type"),
        ] {
            let problem = refusal(body);
            assert_eq!(problem["status"], 422, "{body}");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
            assert_eq!(problem["errors"][0]["code"], code, "{body}");
        }
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for body in ["", "{", "{\"items\":[],}", "{\"items\":[]} x", "{'items':[]}", "\u{feff}{}"] {
            assert_eq!(refusal(body)["code"], "malformed_json", "{body}");
        }
    }
}
