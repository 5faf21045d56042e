//! Customers: a name and a phone number under an id. A customer registers once and does not change.

pub mod event;

use super::event::CustomerEvent;
use super::ids::CustomerId;
use super::text::{self, TextError};
use super::time::Timestamp;
use std::sync::Arc;

/// The longest name, in characters.
pub const NAME_MAX: usize = 120;
/// The longest phone number, in characters.
pub const PHONE_MAX: usize = 40;

/// A registered customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerState {
    /// The customer.
    pub id: CustomerId,
    /// What the customer is called.
    pub name: Arc<str>,
    /// How to reach the customer.
    pub phone: Arc<str>,
    /// When the customer registered.
    pub created_at: Timestamp,
    /// Number of events in the customer's stream.
    pub version: u64,
}

/// Why a registration is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CustomerError {
    /// The name breaks a rule.
    #[error("name {0}")]
    Name(TextError),
    /// The phone number breaks a rule.
    #[error("phone {0}")]
    Phone(TextError),
}

/// Decides a registration.
///
/// # Errors
/// [`CustomerError`] names the field.
pub fn register(name: &str, phone: &str) -> Result<CustomerEvent, CustomerError> {
    let name = text::required(name, NAME_MAX).map_err(CustomerError::Name)?;
    let phone = text::required(phone, PHONE_MAX).map_err(CustomerError::Phone)?;
    Ok(event::Registered { name, phone }.into())
}

impl CustomerState {
    /// The customer after its first event.
    #[must_use]
    pub fn born(id: CustomerId, event: &CustomerEvent, at: Timestamp) -> Self {
        let CustomerEvent::Registered(registered) = event;
        let (name, phone) = (registered.name.clone(), registered.phone.clone());
        Self { id, name, phone, created_at: at, version: 1 }
    }
}
