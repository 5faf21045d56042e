//! Lists of orders.

use crate::domain::ids::{CustomerId, StoreId};
use crate::domain::order::{OrderStatus, Reason};
use crate::domain::time::Timestamp;

/// Which orders are wanted.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// Of one customer.
    pub customer_id: Option<CustomerId>,
    /// In one status.
    pub status: Option<OrderStatus>,
    /// With lines of one store.
    pub store_id: Option<StoreId>,
    /// Rejected for a reason.
    pub reason: Option<Reason>,
    /// Whose order or customer id starts so.
    pub q: Option<String>,
    /// Submitted at or after.
    pub created_after: Option<Timestamp>,
    /// Submitted before.
    pub created_before: Option<Timestamp>,
    /// Hidden ones instead of the others.
    pub archived: bool,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
}

/// Numbers of orders by status.
pub type OrderCounts = Vec<(OrderStatus, u64)>;
