//! Why the mall could not do what was asked. `http::door::refusal` maps every variant to a status and a code.

use crate::domain::basket::BasketError;
use crate::domain::customer::CustomerError;
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::money::Currency;
use crate::domain::order::OrderError;
use crate::domain::payment::PaymentError;
use crate::domain::personality::{OUTAGES_MAX, PersonalityError};
use crate::domain::store::StoreError;
use crate::domain::time::Timestamp;
use crate::ports::journal::AppendError;
use crate::ports::reads::ReadError;
use std::sync::Arc;

/// A refused or failed request.
#[derive(Debug, thiserror::Error)]
pub enum MallError {
    /// A store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A basket refused.
    #[error(transparent)]
    Basket(#[from] BasketError),
    /// A registration was refused.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// A payment refused.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// An order refused.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// A submission names something that cannot be ordered or paid with.
    #[error(transparent)]
    Submission(#[from] SubmissionError),

    /// There is no such store, or it is archived.
    #[error("there is no store {0}")]
    NoSuchStore(StoreId),
    /// There is no such product, or it is archived.
    #[error("there is no product {0}")]
    NoSuchProduct(ProductId),
    /// There is no such customer.
    #[error("there is no customer {0}")]
    NoSuchCustomer(CustomerId),
    /// There is no such basket.
    #[error("there is no basket {0}")]
    NoSuchBasket(BasketId),
    /// There is no such payment.
    #[error("there is no payment {0}")]
    NoSuchPayment(PaymentId),
    /// There is no such order.
    #[error("there is no order {0}")]
    NoSuchOrder(OrderId),
    /// An amount is in another currency than the mall's.
    #[error("the mall trades in {0}")]
    ForeignCurrency(Currency),
    /// The resource has moved on since the caller read it (`If-Match`).
    #[error("the resource is at version {actual}, and at none that If-Match names")]
    VersionMismatch {
        /// The version the resource has.
        actual: u64,
    },
    /// An idempotency key was used again for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// A token was not made or revoked.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The clock is being advanced.
    #[error("the clock is being advanced; wait for it, or stop it")]
    ClockAdvancing,
    /// The clock would run backwards.
    #[error("it is {0} in the mall, and its clock never runs backwards")]
    ClockBackwards(Timestamp),
    /// The clock cannot be advanced so far at once.
    #[error("must be at most 400 days ahead")]
    ClockTooFar,
    /// A personality makes no sense.
    #[error(transparent)]
    Personality(#[from] PersonalityError),
    /// A participant has as many outages as it can have.
    #[error("has {OUTAGES_MAX} outages already; set its personality with fewer")]
    TooManyOutages,
    /// An outside service confirms for the participant, and has its own character.
    #[error("an outside service confirms for this participant, and behaves as it does")]
    ExternalParticipant,
    /// Demo data needs an empty mall.
    #[error("the mall already has stores; demo data is for an empty one")]
    NotEmpty,

    /// A store is to hand over what it never put aside, or does not have any more. Nobody but a defect gets here.
    #[error("store {store_id} has nothing put aside for order {order_id}, and has shipped nothing for it")]
    NothingToShip {
        /// The store.
        store_id: StoreId,
        /// The order.
        order_id: OrderId,
    },
    /// The bank is to take what it never held, or has given back. Nobody but a defect gets here.
    #[error("nothing is held for order {0}, and nothing was taken")]
    NothingToCapture(OrderId),

    /// The mall has all the work it can take.
    #[error("the mall is busy")]
    Busy,
    /// An answer did not come in time. What was asked may still happen.
    #[error("no answer in time; the request may still take effect")]
    TimedOut,
    /// An actor failed while it held the request. What was asked may have happened.
    #[error("the actor failed; the request may have taken effect")]
    ActorFailed,
    /// The journal did not take the append.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A query failed.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// What a submission names that cannot be ordered or paid with.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SubmissionError {
    /// The customer does not exist.
    #[error("there is no customer {0}")]
    UnknownCustomer(CustomerId),
    /// The payment does not exist.
    #[error("there is no payment {0}")]
    UnknownPayment(PaymentId),
    /// The payment belongs to another customer.
    #[error("payment {0} belongs to another customer")]
    PaymentNotYours(PaymentId),
    /// The product does not exist or is archived.
    #[error("there is no product {product_id}")]
    UnknownProduct {
        /// Index of the line.
        line: usize,
        /// The product.
        product_id: ProductId,
    },
    /// The product's store does not take part in shopping.
    #[error("the store of product {product_id} does not participate")]
    StoreNotParticipating {
        /// Index of the line.
        line: usize,
        /// The product.
        product_id: ProductId,
    },
}

/// The longest name of a token, characters.
pub const NAME_MAX: usize = 64;
/// The most tokens in use: each is somebody who has to be known.
pub const TOKENS_MAX: usize = 1_000;

/// Why a token was not made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The name cannot be one.
    #[error("a token's name has 1 to {NAME_MAX} letters, digits, dots, dashes and underscores")]
    Name,
    /// A token in use has the name.
    #[error("there is a token {0} already; revoke it first, or choose another name")]
    Taken(Arc<str>),
    /// No token in use has the name.
    #[error("no token in use is called {0}")]
    Unknown(Arc<str>),
    /// There are as many as there can be.
    #[error("the mall has {TOKENS_MAX} tokens in use; revoke some first")]
    TooMany,
    /// A reader's token would close the mall, and nobody could make an administrator's.
    #[error("the first token of a mall is an administrator's: readers make none")]
    ReaderFirst,
    /// Who asks was known when the request began, and is not any more.
    #[error("the token of this request was revoked, or the mall was closed, before it was carried out")]
    Gone,
    /// Without it the mall would be open to everybody who can reach its address.
    #[error("{0} is the last token, and without one this mall would be open to other machines; make another one first")]
    Last(Arc<str>),
    /// Without it nobody could change anything, nor make another token.
    #[error("{0} is the last administrator's token, and readers make none; make another administrator first")]
    LastAdmin(Arc<str>),
    /// The journal did not take it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The journal takes nothing at the moment, so nothing was begun.
    #[error("the journal takes nothing at the moment, and no token was made")]
    Unavailable,
    /// Nobody waits for the secret any more, so nothing was begun.
    #[error("the answer would come too late, and no token was made")]
    TooLate,
}
