//! Orders, and the stores they asked.

use super::origin::{Origin, signed};
use crate::db::error::DbError;
use crate::db::schema::{OrderRow, OrderStoreRow};
use crate::domain::order::OrderState;
use crate::ports::changes::OrderChange;
use std::borrow::Cow;

impl<'a> From<&'a OrderChange> for OrderRow<'a> {
    fn from(order: &'a OrderChange) -> Self {
        Self {
            id: order.id.to_string().into(),
            customer_id: order.customer_id.to_string().into(),
            payment_id: order.payment_id.to_string().into(),
            status: order.status.as_str().into(),
            reasons: Cow::Borrowed(&order.reasons),
            archived: order.archived,
            next_due_at: order.next_due_at.map(|due| due.0),
            total: order.total,
            version: signed(order.version),
            created_at: order.created_at.0,
            updated_at: order.updated_at.0,
            body: Cow::Borrowed(&order.body),
        }
    }
}

impl OrderStoreRow<'static> {
    /// The rows of an order's submission; none for a later change of it.
    pub fn of(order: &OrderChange) -> impl Iterator<Item = Self> {
        order.new_stores.iter().map(|store_id| Self {
            store_id: store_id.to_string().into(),
            created_at: order.created_at.0,
            order_id: order.id.to_string().into(),
        })
    }
}

/// The order in the `body` of a row of `orders`.
///
/// # Errors
/// It does not convert.
pub fn order(id: &str, body: &str) -> Result<OrderState, DbError> {
    Origin("orders", id).json("body", body)
}
