//! What a refusal of the mall means over HTTP: one exhaustive match per error type.

use super::codes::Code;
use super::problem::ApiError;
use crate::actors::error::{MallError, SubmissionError, TokenError};
use crate::domain::basket::BasketError;
use crate::domain::customer::CustomerError;
use crate::domain::order::OrderError;
use crate::domain::payment::PaymentError;
use crate::domain::store::StoreError;
use crate::domain::text::TextError;
use crate::ports::journal::AppendError;
use crate::ports::reads::{ReadError, ReadErrorKind};

impl From<MallError> for ApiError {
    fn from(error: MallError) -> Self {
        let said = error.to_string();
        match error {
            MallError::Store(refused) => refused.into(),
            MallError::Basket(refused) => refused.into(),
            MallError::Customer(refused) => refused.into(),
            MallError::Payment(refused) => refused.into(),
            MallError::Order(refused) => refused.into(),
            MallError::Submission(refused) => refused.into(),
            MallError::NoSuchStore(_) => Self::new(Code::UnknownStore, said),
            MallError::NoSuchProduct(_) => Self::new(Code::UnknownProduct, said),
            MallError::NoSuchCustomer(_) => Self::new(Code::UnknownCustomer, said),
            MallError::NoSuchBasket(_) => Self::new(Code::UnknownBasket, said),
            MallError::NoSuchPayment(_) => Self::new(Code::UnknownPayment, said),
            MallError::NoSuchOrder(_) => Self::new(Code::UnknownOrder, said),
            // The routes check currencies where they know the field; this is the net below them.
            MallError::ForeignCurrency(_) => Self::invalid("", "foreign_currency", said),
            MallError::VersionMismatch { .. } => Self::new(Code::VersionMismatch, said),
            MallError::KeyReused => Self::new(Code::IdempotencyKeyReused, said),
            MallError::Token(refused) => refused.into(),
            MallError::ClockAdvancing => Self::new(Code::ClockAdvancing, said),
            MallError::ClockBackwards(_) => Self::field(Code::ClockBackwards, "/to", "clock_backwards", said),
            MallError::ClockTooFar => Self::invalid("", "out_of_range", said),
            MallError::Personality(refused) => Self::invalid(refused.pointer, "out_of_range", refused.must),
            MallError::TooManyOutages => Self::invalid("/participant", "too_many_outages", said),
            MallError::ExternalParticipant => Self::new(Code::ExternalParticipant, said),
            MallError::NotEmpty => Self::new(Code::MallNotEmpty, said),
            MallError::NothingToShip { .. } | MallError::NothingToCapture(_) => Self::new(Code::InternalError, said),
            MallError::Busy => Self::new(Code::Busy, said),
            MallError::TimedOut | MallError::ActorFailed => Self::new(Code::NoAnswer, said),
            MallError::Append(error) => error.into(),
            MallError::Read(error) => error.into(),
        }
    }
}

impl From<AppendError> for ApiError {
    fn from(error: AppendError) -> Self {
        let code = match &error {
            AppendError::Refused(_) => Code::InternalError,
            AppendError::Void | AppendError::KeyTaken | AppendError::Closed => Code::Unavailable,
        };
        Self::from(code).caused_by(error)
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        let code = match error.kind {
            ReadErrorKind::Busy => Code::Busy,
            ReadErrorKind::BadCursor => {
                let detail = "use next_cursor of the page before, with the same filters and sort";
                return Self::field(Code::InvalidCursor, "?cursor", "invalid_cursor", detail);
            }
            ReadErrorKind::Corrupt => Code::InternalError,
            ReadErrorKind::Unavailable => Code::Unavailable,
        };
        Self::from(code).caused_by(error)
    }
}

const fn text_code(error: TextError) -> &'static str {
    match error {
        TextError::Blank => "blank",
        TextError::TooLong { .. } => "too_long",
        TextError::Control => "control_character",
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let said = error.to_string();
        match error {
            StoreError::Text { field, error } => {
                Self::invalid(format!("/{field}"), text_code(error), error.to_string())
            }
            StoreError::ConfirmationDelay => Self::invalid("/confirmation_delay_ms", "out_of_range", said),
            StoreError::Price => Self::invalid("/price/amount_minor", "out_of_range", said),
            StoreError::Stock => Self::invalid("/stock", "out_of_range", said),
            StoreError::SkuTaken(_) => Self::field(Code::SkuTaken, "/sku", "sku_taken", said),
            StoreError::NoSuchProduct(_) => Self::new(Code::UnknownProduct, said),
            StoreError::Archived => Self::new(Code::UnknownStore, said),
            // Only sagas reserve; no route leads here.
            StoreError::CannotServe(_) => Self::new(Code::OrderState, said),
        }
    }
}

impl From<BasketError> for ApiError {
    fn from(error: BasketError) -> Self {
        let said = error.to_string();
        match error {
            BasketError::Quantity => Self::invalid("/quantity", "out_of_range", said),
            BasketError::Full => Self::new(Code::BasketFull, said),
            BasketError::NoSuchItem(_) => Self::new(Code::UnknownItem, said),
            BasketError::NotYours => Self::new(Code::BasketTaken, said),
            BasketError::Empty => Self::new(Code::EmptyBasket, said),
        }
    }
}

impl From<CustomerError> for ApiError {
    fn from(error: CustomerError) -> Self {
        match error {
            CustomerError::Name(error) => Self::invalid("/name", text_code(error), error.to_string()),
            CustomerError::Phone(error) => Self::invalid("/phone", text_code(error), error.to_string()),
        }
    }
}

impl From<PaymentError> for ApiError {
    fn from(error: PaymentError) -> Self {
        let said = error.to_string();
        match error {
            PaymentError::Amount => Self::invalid("/amount/amount_minor", "out_of_range", said),
            PaymentError::Currency(_) => Self::invalid("/amount/currency", "foreign_currency", said),
            PaymentError::NotEnoughMoney { .. } | PaymentError::ServiceFailed | PaymentError::NotYours => {
                Self::new(Code::PaymentState, said)
            }
        }
    }
}

impl From<OrderError> for ApiError {
    fn from(error: OrderError) -> Self {
        let said = error.to_string();
        match error {
            OrderError::LineCount => Self::invalid("/items", "out_of_range", said),
            OrderError::Quantity { line } => Self::invalid(format!("/items/{line}/quantity"), "out_of_range", said),
            OrderError::TotalTooLarge => Self::invalid("/items", "total_too_large", said),
            OrderError::TotalChanged(total) => {
                Self::field(Code::TotalChanged, "/expected_total", "total_changed", said).with_total(total.into())
            }
            OrderError::CancelReason(error) => Self::invalid("/reason", text_code(error), error.to_string()),
            // Outside services answer over the bus; no route leads here.
            OrderError::Answer(_) | OrderError::NotAllowed { .. } => Self::new(Code::OrderState, said),
            OrderError::PayDeadlinePassed(_) => Self::new(Code::PayDeadlinePassed, said),
        }
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        let said = error.to_string();
        match error {
            TokenError::Name => Self::invalid("/name", "invalid_value", said),
            TokenError::Taken(_) => Self::field(Code::TokenTaken, "/name", "token_taken", said),
            TokenError::Unknown(_) => Self::new(Code::UnknownToken, said),
            TokenError::TooMany => Self::new(Code::TooManyTokens, said),
            TokenError::Last(_) | TokenError::LastAdmin(_) => Self::new(Code::LastToken, said),
            TokenError::ReaderFirst => Self::invalid("/role", "invalid_value", said),
            TokenError::Gone => Self::new(Code::Unauthorized, said),
            TokenError::Unavailable | TokenError::TooLate => Self::new(Code::Unavailable, said),
            TokenError::Append(error) => error.into(),
        }
    }
}

impl From<SubmissionError> for ApiError {
    fn from(error: SubmissionError) -> Self {
        let said = error.to_string();
        let product = |line: usize| format!("/items/{line}/product_id");
        match error {
            SubmissionError::UnknownCustomer(_) => Self::invalid("/customer_id", "unknown_customer", said),
            SubmissionError::UnknownPayment(_) => Self::invalid("/payment_id", "unknown_payment", said),
            SubmissionError::PaymentNotYours(_) => Self::invalid("/payment_id", "payment_not_yours", said),
            SubmissionError::UnknownProduct { line, .. } => Self::invalid(product(line), "unknown_product", said),
            SubmissionError::StoreNotParticipating { line, .. } => {
                Self::invalid(product(line), "store_not_participating", said)
            }
        }
    }
}
