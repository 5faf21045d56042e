//! What a shopper asks of a mall, and what it is answered.

use super::errand::Wanted;
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId};
use crate::domain::order::{OnShortage, OrderStatus};
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One request, and the key it is sent under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who asks, once it is known.
    pub customer: Option<CustomerId>,
    /// Its idempotency key, where it has one: the same request is sent again under the same.
    pub key: Option<String>,
    /// What is asked.
    pub ask: Ask,
    /// Milliseconds after which the connection breaks off, the first time.
    pub breaks_off: Option<u64>,
    /// Whether it is asked again, under its key, until there is an answer.
    pub insists: bool,
}

impl Call {
    /// What its events name as their cause: what is asked, and its key.
    #[must_use]
    pub fn cause(&self) -> String {
        match &self.key {
            Some(key) => format!("{} {key}", self.ask.name()),
            None => self.ask.name().to_owned(),
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// To be registered.
    Register {
        /// The name.
        name: String,
    },
    /// An authorization.
    Authorize {
        /// Minor units.
        amount: i64,
    },
    /// A basket.
    MakeBasket,
    /// Something into a basket.
    Put {
        /// The basket.
        basket: BasketId,
        /// What.
        wanted: Wanted,
    },
    /// An order of what is in a basket.
    Checkout {
        /// The basket.
        basket: BasketId,
        /// The authorization it draws on.
        payment: PaymentId,
        /// What shall happen when a store is short.
        on_shortage: OnShortage,
        /// What it may cost, minor units, where that is said.
        expected: Option<i64>,
    },
    /// An order.
    Submit {
        /// What is wanted.
        lines: Vec<Wanted>,
        /// The authorization it draws on.
        payment: PaymentId,
        /// What shall happen when a store is short.
        on_shortage: OnShortage,
        /// What it may cost, minor units, where that is said.
        expected: Option<i64>,
    },
    /// To pay an order.
    Pay(OrderId),
    /// To call an order off.
    Cancel(OrderId),
    /// What is left of an authorization back.
    Void(PaymentId),
}

impl Ask {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Register { .. } => "register",
            Self::Authorize { .. } => "authorize",
            Self::MakeBasket => "basket",
            Self::Put { .. } => "put",
            Self::Checkout { .. } => "checkout",
            Self::Submit { .. } => "submit",
            Self::Pay(_) => "pay",
            Self::Cancel(_) => "cancel",
            Self::Void(_) => "void",
        }
    }

    /// What an order may cost that is asked for, where that is said.
    #[must_use]
    pub const fn expects(&self) -> Option<i64> {
        match self {
            Self::Checkout { expected, .. } | Self::Submit { expected, .. } => *expected,
            _ => None,
        }
    }

    /// Whether it makes an order.
    #[must_use]
    pub const fn orders(&self) -> bool {
        matches!(self, Self::Checkout { .. } | Self::Submit { .. })
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Registered.
    Customer(CustomerId),
    /// Authorized.
    Payment(PaymentId),
    /// A basket.
    Basket(BasketId),
    /// An order, as it is now.
    Order(Box<Seen>),
    /// Done; there is nothing to see.
    Done,
    /// Refused: trying again is of no use.
    Refused {
        /// The code of the refusal, as in `application/problem+json`.
        code: String,
    },
    /// Not now, and certainly without effect.
    Busy,
    /// No answer: the connection broke, or the time ran out. Nobody knows whether it had an effect.
    Unknown,
}

impl Answer {
    /// Whether asking again may help.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Busy | Self::Unknown)
    }
}

/// An order as an answer shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The order.
    pub id: OrderId,
    /// Events in its stream.
    pub version: u64,
    /// Where in its life it is.
    pub status: OrderStatus,
    /// Its total, minor units.
    pub total: i64,
    /// When the last of its confirmations is due.
    pub due: Timestamp,
    /// Until when it can be paid, once it is accepted.
    pub pay_by: Option<Timestamp>,
}

/// What became of an order that waited for its verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it is now: not pending.
    pub status: OrderStatus,
    /// Until when it can be paid, if it was accepted.
    pub pay_by: Option<Timestamp>,
    /// When that was, in the mall's time.
    pub at: Timestamp,
}
