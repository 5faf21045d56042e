//! Errors as the outside sees them: RFC 9457 problems.
//!
//! A handler answers an [`ApiError`]; `middleware` renders it with the trace id of its request. The kinds of problem are in
//! `codes`; what a refusal of the mall means is in `refusal`.

use super::codes::Code;
use super::values::Money;
use crate::http::headers::{REQUEST_ID, secure};
use crate::log_limit::seldom;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use utoipa::ToSchema;

/// How long a caller that was refused for lack of room should wait, seconds. The mall's queues empty within one.
const RETRY_AFTER_S: u32 = 1;

/// What is wrong with one field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// What is wrong, for programs.
    pub code: Cow<'static, str>,
    /// What is wrong, for people.
    pub detail: String,
}

/// A problem (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem<'a> {
    /// Identifies the kind of problem.
    pub r#type: String,
    /// The kind of problem, for people.
    pub title: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time.
    pub detail: &'a str,
    /// The kind of problem, for programs.
    pub code: &'a str,
    /// Finds the request in Plaza's logs.
    pub trace_id: String,
    /// The fields at fault; empty when it is not about fields.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub errors: &'a [FieldError],
    /// The total as it is now, where another one was expected.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
}

#[derive(Debug)]
struct Fault {
    code: Code,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    total: Option<Money>,
    source: Option<Box<dyn StdError>>,
    trace_id: Option<String>,
}

/// A request that is answered with a problem.
#[derive(Debug)]
pub struct ApiError(Box<Fault>);

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self::new(code, "")
    }
}

impl ApiError {
    /// A problem; `detail` says what happened this time.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Fault {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            total: None,
            source: None,
            trace_id: None,
        }))
    }

    /// A problem of one field.
    pub fn field(
        code: Code,
        pointer: impl Into<String>,
        what: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        let error = FieldError { pointer: pointer.into(), code: what.into(), detail: detail.into() };
        Self::new(code, format!("{}: {}", error.pointer, error.detail)).with_errors(vec![error])
    }

    /// A field of the request that says something invalid: 422.
    pub fn invalid(pointer: impl Into<String>, what: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::field(Code::ValidationFailed, pointer, what, detail)
    }

    /// The same problem, with the fields at fault.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// The same problem, with the total as it is now.
    #[must_use]
    pub fn with_total(mut self, total: Money) -> Self {
        self.0.total = Some(total);
        self
    }

    /// The same problem, with what caused it; the cause goes to the log, never into the answer.
    #[must_use]
    pub fn caused_by(mut self, source: impl StdError + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// The same problem, of the request with this trace id.
    #[must_use]
    pub fn traced(mut self, trace_id: String) -> Self {
        self.0.trace_id = Some(trace_id);
        self
    }

    /// What went wrong.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.0.code
    }

    /// The problem of an error that came from actix-web itself.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => Code::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
            StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
            status if status.is_server_error() => Code::InternalError,
            _ => Code::BadRequest,
        };
        code.into()
    }

    /// The answer to the request with this trace id.
    #[must_use]
    pub fn render(&self, trace_id: String) -> HttpResponse {
        let Fault { code, detail, errors, total, .. } = &*self.0;
        let problem = Problem {
            r#type: format!("urn:plaza:problem:{}", code.as_str()),
            title: code.title(),
            status: code.status().as_u16(),
            detail: if detail.is_empty() { code.title() } else { detail },
            code: code.as_str(),
            trace_id,
            errors,
            total: *total,
        };
        let mut answer = HttpResponse::build(code.status());
        answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if code.is_retryable() && *code != Code::RequestTimeout {
            answer.insert_header((header::RETRY_AFTER, RETRY_AFTER_S));
        }
        if *code == Code::UnsupportedEncoding {
            answer.insert_header((header::ACCEPT_ENCODING, "identity"));
        }
        if *code == Code::Unauthorized {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"plaza\""));
        }
        answer.body(serde_json::to_vec(&problem).expect("a problem holds only texts and numbers"))
    }

    /// Logs a failure of Plaza (5xx that is not mere business) once, with everything that led to it.
    pub fn log(&self, trace_id: &str) {
        let Fault { code, detail, source, .. } = &*self.0;
        if !code.status().is_server_error() {
            return;
        }
        let mut chain = String::new();
        let mut next: Option<&dyn StdError> = source.as_deref();
        while let Some(error) = next {
            chain.push_str(if chain.is_empty() { "" } else { ": " });
            chain.push_str(&error.to_string());
            next = error.source();
        }
        if code.is_retryable() {
            // As many as there are callers; `plaza_refusals` counts them.
            if let Some(left_out) = seldom(code.as_str()) {
                tracing::warn!(trace_id, code = code.as_str(), %detail, chain, left_out, "requests are refused");
            }
        } else {
            tracing::error!(trace_id, code = code.as_str(), %detail, chain, "a request failed");
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.as_str(), self.0.detail)
    }
}

impl StdError for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        // Only what never passed `middleware` as an answer is rendered here: it misses the headers put on there.
        let trace_id = self.0.trace_id.clone().unwrap_or_default();
        let request_id = HeaderValue::from_str(&trace_id);
        let mut response = self.render(trace_id);
        secure(response.headers_mut(), true);
        if let Ok(request_id) = request_id {
            response.headers_mut().insert(REQUEST_ID, request_id);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_never_shows_its_cause() {
        let cause = std::io::Error::other("/secret/path");
        let error = ApiError::from(Code::InternalError).caused_by(cause);
        let body = actix_web::body::to_bytes(error.render("t".to_owned()).into_body());
        let body = futures_util::FutureExt::now_or_never(body).unwrap().unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("secret"));
    }
}
