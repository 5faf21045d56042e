//! The list of customers.

use crate::domain::customer::CustomerState;
use crate::domain::time::Timestamp;

/// A customer in the administrator's list.
#[derive(Clone, Debug)]
pub struct CustomerSummary {
    /// The customer.
    pub customer: CustomerState,
    /// Pieces in the customer's baskets.
    pub basket_size: u64,
    /// Authorized, minor units.
    pub authorized: i64,
    /// Held for orders, minor units.
    pub held: i64,
    /// Captured, minor units.
    pub captured: i64,
    /// Orders ever submitted.
    pub order_count: u64,
    /// When the customer last did something.
    pub last_activity_at: Timestamp,
}
