//! The one table of problem codes: status, code and title of each, and whether trying again can help.

use actix_web::http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:ident, $code:literal, $title:literal $(, $retryable:ident)?;)*) => {
        /// What went wrong.
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
    /// The request cannot be read at all.
    BadRequest = BAD_REQUEST, "bad_request", "The request cannot be read";
    /// The body is not JSON.
    MalformedJson = BAD_REQUEST, "malformed_json", "The body is not JSON";
    /// An id in the path is not a UUID.
    InvalidId = BAD_REQUEST, "invalid_id", "An id in the path is not a UUID";
    /// The cursor was not made by this list.
    InvalidCursor = BAD_REQUEST, "invalid_cursor", "The cursor is not one of this list";
    /// A header cannot be read.
    InvalidHeader = BAD_REQUEST, "invalid_header", "A request header cannot be read";
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
    /// There is no such simulation, or report of it.
    UnknownSimulation = NOT_FOUND, "unknown_simulation", "There is no such simulation, or it has no report";
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
    /// There is a simulation already.
    SimulationRunning = CONFLICT, "simulation_running", "A simulation is under way";
    /// The simulation runs in virtual time, as fast as it can.
    SimulationVirtual = CONFLICT, "simulation_virtual", "A simulation in virtual time cannot be changed";
    /// The simulation is not over.
    ReportNotReady = CONFLICT, "report_not_ready", "The simulation has no report yet";
    /// The simulation is not to be changed any more.
    SimulationOver = CONFLICT, "simulation_over", "The simulation cannot be changed";
    /// The clock is being advanced.
    ClockAdvancing = CONFLICT, "clock_advancing", "The mall's clock is being advanced";
    /// An outside service confirms for the participant.
    ExternalParticipant = CONFLICT, "external_participant", "An outside service confirms for this participant";
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
    /// The scenario asks for what nobody may ask of a mall over the network.
    ScenarioNotAllowedHere = UNPROCESSABLE_ENTITY, "scenario_not_allowed_here", "The scenario is not for this mall";
    /// The clock would run backwards.
    ClockBackwards = UNPROCESSABLE_ENTITY, "clock_backwards", "The mall's clock never runs backwards";
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
    /// The database cannot be reached, or the mall is stopping.
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "The mall cannot answer now", retryable;
    /// Every place at the live event stream is taken.
    TooManyStreams = SERVICE_UNAVAILABLE, "too_many_streams", "Too many live event streams are open", retryable;
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
}
