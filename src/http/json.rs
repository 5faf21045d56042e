//! Request bodies: JSON with a size limit, a deadline, and errors that name the field.
//!
//! Not JSON is 400, not declared as JSON 415, too large 413, too slow 408; well-formed but of the wrong shape is 422
//! with the JSON pointer of the field.

use super::problem::{ApiError, Code};
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

/// The largest body, bytes. An order of 100 lines is 9 KiB.
pub const BODY_MAX: usize = 64 * 1_024;
/// How much of a body that is too large is read and thrown away, so that its sender is done sending and sees the 413
/// instead of a reset connection.
const DRAIN_MAX: usize = 1_024 * 1_024;
/// How long a body may take. 64 KiB in 10 s is a slow modem.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// Up to here a floating point number is exact, 2^53 - 1.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// A request body.
pub trait RequestBody: DeserializeOwned {
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
            let raw = match tokio::time::timeout(BODY_DEADLINE, read(payload)).await {
                Ok(read) => read?,
                Err(_elapsed) => return Err(Code::RequestTimeout.into()),
            };
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

/// How long a refusal waits for the rest of a body.
const DRAIN: Duration = Duration::from_millis(10);

/// Reads a body nobody wants, as far as it is there already: over an unread one the connection would be closed, and its
/// client might never see the refusal.
pub(super) async fn drain(payload: Payload) {
    let _ = tokio::time::timeout(DRAIN, discard(payload)).await;
}

async fn discard(mut payload: Payload) {
    let mut drained = 0;
    while let Some(Ok(chunk)) = payload.next().await {
        drained += chunk.len();
        if drained > BODY_MAX {
            return;
        }
    }
}

async fn read(mut payload: Payload) -> Result<Bytes, ApiError> {
    let unreadable = |_| ApiError::new(Code::BadRequest, "the body ended early or is damaged");
    // Nearly every body comes in one piece, which is then taken as it is.
    let Some(first) = payload.next().await else { return Ok(Bytes::new()) };
    let first = first.map_err(unreadable)?;
    let Some(second) = payload.next().await else { return within_limit(first) };
    let mut body = BytesMut::from(&first[..]);
    body.extend_from_slice(&second.map_err(unreadable)?);
    let mut drained = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(unreadable)?;
        if body.len() <= BODY_MAX {
            body.extend_from_slice(&chunk);
        } else {
            drained += chunk.len();
            if drained > DRAIN_MAX {
                break;
            }
        }
    }
    within_limit(body.freeze())
}

fn within_limit(body: Bytes) -> Result<Bytes, ApiError> {
    if body.len() <= BODY_MAX {
        return Ok(body);
    }
    Err(ApiError::new(Code::BodyTooLarge, format!("a body has at most {BODY_MAX} bytes")))
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
pub(super) fn shape(pointer: &str, said: &str) -> ApiError {
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

/// A value that must be a JSON object; serde alone would take an array of the fields' values as well.
#[derive(Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OnlyMaps<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OnlyMaps<T> {
            type Value = T;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_map(OnlyMaps(PhantomData)).map(Object)
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug)]
pub struct Whole<const MIN: i64, const MAX: i64>(pub i64);

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InRange<const MIN: i64, const MAX: i64>;
        impl<const MIN: i64, const MAX: i64> Visitor<'_> for InRange<MIN, MAX> {
            type Value = i64;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a whole number from {MIN} to {MAX}")
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<i64, E> {
                let in_range = (MIN..=MAX).contains(&value).then_some(value);
                in_range.ok_or_else(|| E::custom(format_args!("must be a whole number from {MIN} to {MAX}")))
            }
            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<i64, E> {
                self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
            }
            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<i64, E> {
                // JSON knows no integers: 5.0 is one (JSON Schema 2020-12, 6.1.1).
                #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, so it is the same number")]
                let whole = (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64);
                whole.map_or_else(
                    || Err(E::custom(format_args!("must be a whole number from {MIN} to {MAX}"))),
                    |w| self.visit_i64(w),
                )
            }
        }
        deserializer.deserialize_any(InRange::<MIN, MAX>).map(Self)
    }
}

impl<const MIN: i64, const MAX: i64> Whole<MIN, MAX> {
    /// The number as a count; `MIN` is not negative for counts.
    #[must_use]
    pub const fn unsigned(self) -> u64 {
        self.0.unsigned_abs()
    }
}

/// Reads an optional field of an edit: absent keeps what is, `null` is refused.
///
/// # Errors
/// The value does not fit.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads one of the words of an enum.
///
/// # Errors
/// The text is none of `words`.
pub fn word<'de, D: Deserializer<'de>, T: Copy>(
    deserializer: D,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    all.iter().copied().find(|value| name(*value) == text).ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|value| name(*value)).collect();
        D::Error::custom(format_args!("must be one of {}", words.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
