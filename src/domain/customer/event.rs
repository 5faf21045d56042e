//! Facts about customers: the payloads behind the names in `domain::event`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The customer registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Registered {
    /// What the customer is called.
    pub name: Arc<str>,
    /// How to reach the customer.
    pub phone: Arc<str>,
}
