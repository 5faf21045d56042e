//! Identifiers: `UUIDv7` newtypes, so that an order id cannot be passed where a store id is meant.
//!
//! Version 7 ids start with a millisecond timestamp: lists sorted by id are sorted by age. They are made by the
//! randomness port (`ports::time::Entropy`), never here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        #[schemars(inline)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.as_hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }
    };
}

id!(
    /// Identifies a store.
    StoreId
);
id!(
    /// Identifies a product of one store.
    ProductId
);
id!(
    /// Identifies a registered customer.
    CustomerId
);
id!(
    /// Identifies a basket; unguessable enough to serve as a capability until the basket belongs to a customer.
    BasketId
);
id!(
    /// Identifies a payment authorization.
    PaymentId
);
id!(
    /// Identifies an order and its saga.
    OrderId
);
