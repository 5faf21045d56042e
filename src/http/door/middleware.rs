//! What every request passes: a span with a request id, a rate limit, security headers, and the one place where errors
//! and panics become problems.

use super::body::bounded;
use super::codes::Code;
use super::connection::Line;
use super::etags::{Tags, condition};
use super::payload::drain;
use super::problem::ApiError;
use super::{origin, spelling};
use crate::http::headers::{REQUEST_ID, secure};
use crate::http::state::{HttpState, State};
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{self, EntityTag, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode, Version};
use actix_web::{Error, HttpMessage};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use std::future::{Ready, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

/// The span of a request. It holds the route and never the address: that may carry a token or a name.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let request_id = request.extensions().get::<RequestId>().map(ToString::to_string);
        let method = request.method().as_str();
        tracing::info_span!(
            "request",
            request_id,
            method,
            route = tracing::field::Empty,
            status = tracing::field::Empty
        )
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        if span.is_disabled() {
            return;
        }
        let status = match outcome {
            Ok(response) => {
                span.record("route", response.request().match_pattern());
                response.status()
            }
            Err(error) => error.as_response_error().status_code(),
        };
        span.record("status", status.as_u16());
        span.in_scope(|| tracing::debug!("request answered"));
    }
}

/// Turns errors and panics into problems, and puts the headers on that every answer has.
pub struct Boundary {
    state: State,
}

impl Boundary {
    /// A boundary of the door with this state.
    #[must_use]
    pub const fn new(state: State) -> Self {
        Self { state }
    }
}

/// [`Boundary`] around a service.
pub struct BoundaryService<S> {
    service: Rc<S>,
    state: State,
}

impl<S, B> Transform<S, ServiceRequest> for Boundary
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = BoundaryService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(BoundaryService { service: Rc::new(service), state: self.state.clone() }))
    }
}

impl<S, B> Service<ServiceRequest> for BoundaryService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let trace_id = request.extensions().get::<RequestId>().map_or_else(String::new, ToString::to_string);
        let is_api = request.path().starts_with("/api/");
        let under_way = request.conn_data::<Line>().map(Line::begin);
        let is_head = request.method() == Method::HEAD;
        if let Err(refused) = check(&self.state, &request) {
            return Box::pin(async move {
                drain(request.parts_mut().1.take()).await;
                let response = request.into_response(refused.render(trace_id.clone()));
                Ok(finish(response, &trace_id, is_api))
            });
        }
        // The request must not be held on to here: the router changes it, and refuses to when it is shared.
        let running = catch_unwind(AssertUnwindSafe(|| self.service.call(request)));
        Box::pin(async move {
            let outcome = match running {
                Ok(running) => AssertUnwindSafe(running).catch_unwind().await,
                Err(panic) => Err(panic),
            };
            match outcome {
                Ok(Ok(response)) => {
                    let response = unchunked(as_problem(unless_known(response), &trace_id));
                    let response = response.map_body(|_, body| bounded(body, is_head, under_way));
                    Ok(finish(response, &trace_id, is_api))
                }
                Ok(Err(error)) => {
                    let error = fault(&error);
                    error.log(&trace_id);
                    Err(error.traced(trace_id).into())
                }
                // The panic hook has printed message and place.
                Err(_panic) => {
                    let error = ApiError::new(Code::InternalError, "");
                    tracing::error!(trace_id, "a request handler panicked");
                    Err(error.traced(trace_id).into())
                }
            }
        })
    }
}

/// The problem of an error that never reached a handler's answer.
fn fault(error: &Error) -> ApiError {
    match error.as_error::<ApiError>() {
        Some(known) => known.code().into(),
        None => ApiError::of_status(error.as_response_error().status_code()),
    }
}

fn as_problem<B: MessageBody + 'static>(response: ServiceResponse<B>, trace_id: &str) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response.map_into_boxed_body();
    }
    let rendered = match response.response().error().map(|error| (error.as_error::<ApiError>(), error)) {
        Some((Some(error), _)) => {
            error.log(trace_id);
            error.render(trace_id.to_owned())
        }
        Some((None, error)) => {
            let problem = ApiError::of_status(error.as_response_error().status_code());
            problem.log(trace_id);
            problem.render(trace_id.to_owned())
        }
        // Answers with a body of their own: /readyz, and files.
        None if response.headers().contains_key(header::CONTENT_TYPE) => return response.map_into_boxed_body(),
        None => ApiError::of_status(status).render(trace_id.to_owned()),
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut response: ServiceResponse<BoxBody> = response.into_response(rendered);
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

/// Says only that nothing has changed to who names the entity tag of the answer (RFC 9110, 13.1.2).
fn unless_known<B: MessageBody + 'static>(response: ServiceResponse<B>) -> ServiceResponse<BoxBody> {
    let request = response.request();
    let known = request.headers().contains_key(header::IF_NONE_MATCH);
    if !known || !request.method().is_safe() || response.status() != StatusCode::OK {
        return response.map_into_boxed_body();
    }
    let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()?.parse::<EntityTag>().ok());
    let is_known = tag.is_some_and(|tag| match condition(request.headers(), &header::IF_NONE_MATCH) {
        Ok(Some(Tags::Any)) => true,
        Ok(Some(Tags::These(known))) => known.iter().any(|known| known.weak_eq(&tag)),
        Ok(None) | Err(()) => false,
    });
    if !is_known {
        return response.map_into_boxed_body();
    }
    let mut response = response.map_body(|_, _| BoxBody::new(()));
    *response.response_mut().status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().remove(header::CONTENT_TYPE);
    response
}

/// To HTTP/1.0, which has no chunks, the end of a stream is the connection's.
fn unchunked(mut response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    if response.request().version() < Version::HTTP_11 && response.response().body().size() == BodySize::Stream {
        let head = response.response_mut().head_mut();
        head.no_chunking(true);
        head.set_connection_type(ConnectionType::Close);
    }
    response
}

fn finish<B>(mut response: ServiceResponse<B>, trace_id: &str, is_api: bool) -> ServiceResponse<B> {
    let headers = response.headers_mut();
    secure(headers, is_api);
    if let Ok(trace_id) = HeaderValue::from_str(trace_id) {
        headers.insert(REQUEST_ID, trace_id);
    }
    response
}

/// What is asked of every request before it is routed.
fn check(state: &HttpState, request: &ServiceRequest) -> Result<(), ApiError> {
    if !spelling::is_plain(request.path()) {
        return Err(Code::NotFound.into());
    }
    within_limit(state, request)?;
    origin::check(state, request)?;
    // Before anything that costs more: the router, who asks, a task of its own, the body.
    if request.method().is_safe() { Ok(()) } else { Ok(state.mall.has_room()?) }
}

/// Requests after which peers not seen lately are forgotten.
const FORGET_EVERY: u32 = 10_000;

fn within_limit(state: &HttpState, request: &ServiceRequest) -> Result<(), ApiError> {
    static SEEN: AtomicU32 = AtomicU32::new(0);
    let (Some(limiter), Some(peer)) = (&state.limiter, request.peer_addr()) else { return Ok(()) };
    if SEEN.fetch_add(1, Ordering::Relaxed).is_multiple_of(FORGET_EVERY) {
        limiter.retain_recent();
    }
    limiter.check_key(&peer.ip()).map_err(|_| ApiError::from(Code::RateLimited))
}
