//! Who asks, and what that lets them see and do.

use super::codes::Code;
use super::problem::ApiError;
use crate::actors::admission::Admitted;
use crate::actors::principal::Principal;
use crate::domain::ids::CustomerId;
use crate::http::state::HttpState;
use crate::ports::journal::Cause;
use actix_web::dev::Payload;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use std::future::{Ready, ready};
use std::str::FromStr;
use std::sync::Arc;
use tracing_actix_web::RequestId;
use uuid::Uuid;

/// The caller of a request.
#[derive(Clone)]
pub struct Caller(pub(super) HttpRequest);

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // `auth` puts it there for every route; a handler that is served past it does not run.
        let known = request.extensions().get::<Principal>().is_some();
        ready(if known { Ok(Self(request.clone())) } else { Err(Code::InternalError.into()) })
    }
}

impl Caller {
    /// Who asks.
    #[must_use]
    pub fn principal(&self) -> Principal {
        self.0.extensions().get::<Principal>().copied().unwrap_or(Principal::Anonymous)
    }

    /// Passes when what belongs to `customer` may be seen; otherwise it does not exist for this caller.
    ///
    /// # Errors
    /// The problem `unknown`, a 404.
    pub fn check_sees(&self, customer: CustomerId, unknown: Code) -> Result<(), ApiError> {
        if self.principal().may_see(customer) { Ok(()) } else { Err(unknown.into()) }
    }

    /// Passes when the caller may name `customer` in a body; other customers do not exist for a customer.
    ///
    /// # Errors
    /// 422 at `/customer_id`.
    pub fn check_named(&self, customer: CustomerId) -> Result<(), ApiError> {
        if self.principal().may_act_for(customer) {
            return Ok(());
        }
        Err(ApiError::invalid("/customer_id", "unknown_customer", format!("there is no customer {customer}")))
    }

    /// The customer a list is limited to: a customer sees only what is its own.
    ///
    /// # Errors
    /// 404 when a customer asks for another one's list.
    pub fn limit_to(&self, asked: Option<Uuid>) -> Result<Option<CustomerId>, ApiError> {
        match (self.principal(), asked.map(CustomerId)) {
            (Principal::Open | Principal::Reader(_) | Principal::Admin(_), asked) => Ok(asked),
            (Principal::Customer(own), None) => Ok(Some(own)),
            (Principal::Customer(own), Some(asked)) if own == asked => Ok(Some(own)),
            (Principal::Customer(_) | Principal::Anonymous, _) => Err(Code::UnknownCustomer.into()),
        }
    }

    /// The id of the request, which logs and problems carry.
    #[must_use]
    pub fn request_id(&self) -> Uuid {
        self.0.extensions().get::<RequestId>().map_or_else(Uuid::nil, |id| (*id).into())
    }

    /// Passes while what the caller proved still counts. Asked again where something is done: between the head of a
    /// request and its body its token may be revoked, or an open mall closed.
    pub(super) fn check_stands(&self, state: &HttpState) -> Result<(), ApiError> {
        if state.tokens.still_knows(self.principal()) { Ok(()) } else { Err(Code::Unauthorized.into()) }
    }

    /// Asks the mall to let the request in.
    ///
    /// # Errors
    /// 401 when who asks is not known any more; 503 when the mall is busy.
    pub fn admit(&self, state: &HttpState) -> Result<Admitted, ApiError> {
        self.check_stands(state)?;
        let correlation_id = self.request_id();
        let causation_id = Arc::from(format!("req-{correlation_id}").as_str());
        let cause = Cause { correlation_id, causation_id };
        Ok(state.mall.admit(cause, self.principal())?)
    }

    /// An id of the path.
    ///
    /// # Errors
    /// 400 when it is not a UUID.
    pub fn id<T: FromStr>(&self, name: &'static str) -> Result<T, ApiError> {
        let raw = self.0.match_info().get(name).unwrap_or_default();
        raw.parse().map_err(|_| ApiError::new(Code::InvalidId, format!("{name} must be a UUID")))
    }

    /// A variable part of the path.
    #[must_use]
    pub fn segment(&self, name: &'static str) -> &str {
        self.0.match_info().get(name).unwrap_or_default()
    }

    /// A header as it was sent.
    #[must_use]
    pub fn header_value(&self, name: &HeaderName) -> Option<&HeaderValue> {
        self.0.headers().get(name)
    }
}
