//! Errors as the outside sees them: RFC 9457 problems, from one table of codes.
//!
//! A handler answers an [`ApiError`]; `middleware` renders it with the trace id of its request. What a refusal of the
//! mall means is in `refusal`.

use super::values::Money;
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

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $code:literal, $title:literal $(, $retryable:ident)?;)*) => {
        /// What went wrong: the one table of problem codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// The code as answers carry it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The same sentence for every problem of the code.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// Whether sending the same request again can help.
            #[must_use]
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$name => codes!(@retryable $($retryable)?),)* }
            }
        }
    };
    (@retryable retryable) => { true };
    (@retryable) => { false };
}

codes! {
    /// The request can not be read at all.
    BadRequest = BAD_REQUEST, "bad_request", "The request can not be read";
    /// The body is not JSON.
    MalformedJson = BAD_REQUEST, "malformed_json", "The body is not JSON";
    /// An id in the path is not a UUID.
    InvalidId = BAD_REQUEST, "invalid_id", "An id in the path is not a UUID";
    /// The cursor was not made by this list.
    InvalidCursor = BAD_REQUEST, "invalid_cursor", "The cursor is not one of this list";
    /// A header can not be read.
    InvalidHeader = BAD_REQUEST, "invalid_header", "A request header can not be read";
    /// Nobody is known by the token, or there is none.
    Unauthorized = UNAUTHORIZED, "unauthorized", "A known access token is needed";
    /// The token is known, but may not do this.
    Forbidden = FORBIDDEN, "forbidden", "The access token does not allow this";
    /// A page of another site sent it.
    CrossSite = FORBIDDEN, "cross_site", "A page of another site may not do this";
    /// No route of this path.
    NotFound = NOT_FOUND, "not_found", "There is nothing at this address";
    /// No such store.
    UnknownStore = NOT_FOUND, "unknown_store", "There is no such store";
    /// No such product.
    UnknownProduct = NOT_FOUND, "unknown_product", "There is no such product";
    /// No such customer.
    UnknownCustomer = NOT_FOUND, "unknown_customer", "There is no such customer";
    /// No such basket.
    UnknownBasket = NOT_FOUND, "unknown_basket", "There is no such basket";
    /// The product is not in the basket.
    UnknownItem = NOT_FOUND, "unknown_item", "The product is not in the basket";
    /// No such payment.
    UnknownPayment = NOT_FOUND, "unknown_payment", "There is no such payment";
    /// No such order.
    UnknownOrder = NOT_FOUND, "unknown_order", "There is no such order";
    /// No such token.
    UnknownToken = NOT_FOUND, "unknown_token", "There is no such token";
    /// The path exists, the method does not.
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method_not_allowed", "This method is not allowed here";
    /// The request was meant for another host.
    Misdirected = MISDIRECTED_REQUEST, "misdirected", "This mall does not go by that name";
    /// The body took too long.
    RequestTimeout = REQUEST_TIMEOUT, "request_timeout", "The body did not arrive in time", retryable;
    /// Another product of the store has the SKU.
    SkuTaken = CONFLICT, "sku_taken", "Another product of the store has this SKU";
    /// Prices have moved since the customer saw the total.
    TotalChanged = CONFLICT, "total_changed", "The total is another one now";
    /// The order's state does not allow the action.
    OrderState = CONFLICT, "order_state", "The order's state does not allow this";
    /// The order was not paid in time.
    PayDeadlinePassed = CONFLICT, "pay_deadline_passed", "The order's pay deadline has passed";
    /// The payment's state does not allow the action.
    PaymentState = CONFLICT, "payment_state", "The payment's state does not allow this";
    /// The store does not take part in shopping.
    StoreNotParticipating = CONFLICT, "store_not_participating", "The store does not participate";
    /// The basket belongs to somebody else.
    BasketTaken = CONFLICT, "basket_taken", "The basket belongs to another customer";
    /// The basket holds as many products as it can.
    BasketFull = CONFLICT, "basket_full", "The basket is full";
    /// A token in use has the name.
    TokenTaken = CONFLICT, "token_taken", "There is a token of this name";
    /// There are as many tokens as there can be.
    TooManyTokens = CONFLICT, "too_many_tokens", "The mall has too many tokens";
    /// Without the token the mall would be open to other machines.
    LastToken = CONFLICT, "last_token", "The mall cannot do without this token";
    /// Demo data is for an empty mall.
    MallNotEmpty = CONFLICT, "mall_not_empty", "The mall already has stores";
    /// The resource has moved on.
    VersionMismatch = PRECONDITION_FAILED, "version_mismatch", "The resource has changed since it was read";
    /// The body is too large.
    BodyTooLarge = PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large";
    /// The body is not declared as JSON.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body must be application/json";
    /// The body is encoded in a way Plaza does not decode.
    UnsupportedEncoding = UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding", "The body is encoded; send it as it is";
    /// The request is well-formed, but says something invalid.
    ValidationFailed = UNPROCESSABLE_ENTITY, "validation_failed", "The request says something invalid";
    /// There is nothing to check out.
    EmptyBasket = UNPROCESSABLE_ENTITY, "empty_basket", "The basket is empty";
    /// The idempotency key stands for another request.
    IdempotencyKeyReused = UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The idempotency key was used for another request";
    /// Too many requests of one peer.
    RateLimited = TOO_MANY_REQUESTS, "rate_limited", "Too many requests", retryable;
    /// A defect, or damage.
    InternalError = INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong in Plaza";
    /// The mall has all the work it can take.
    Busy = SERVICE_UNAVAILABLE, "busy", "The mall is busy", retryable;
    /// No answer came in time; what was asked may still happen.
    NoAnswer = SERVICE_UNAVAILABLE, "no_answer", "No answer in time; the request may still take effect", retryable;
    /// The database can not be reached, or the mall is stopping.
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "The mall can not answer now", retryable;
    /// Every place at the live event stream is taken.
    TooManyStreams = SERVICE_UNAVAILABLE, "too_many_streams", "Too many live event streams are open", retryable;
}

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
        super::middleware::secure(response.headers_mut(), true);
        if let Ok(request_id) = request_id {
            response.headers_mut().insert(super::middleware::REQUEST_ID, request_id);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_is_written_once_and_is_an_error() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(Code::ALL.iter().all(|code| code.status().as_u16() >= 400));
    }

    #[test]
    fn a_problem_never_shows_its_cause() {
        let cause = std::io::Error::other("/secret/path");
        let error = ApiError::from(Code::InternalError).caused_by(cause);
        let body = actix_web::body::to_bytes(error.render("t".to_owned()).into_body());
        let body = futures_util::FutureExt::now_or_never(body).unwrap().unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("secret"));
    }
}
