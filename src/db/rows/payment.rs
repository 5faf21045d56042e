//! Authorizations and the holds on them.

use super::origin::{Origin, signed};
use crate::db::error::DbError;
use crate::db::schema::{HoldRow, PaymentRow};
use crate::domain::ids::OrderId;
use crate::domain::money::Currency;
use crate::domain::payment::{PaymentState, PaymentStatus};
use crate::domain::time::Timestamp;
use crate::ports::changes::HoldChange;
use std::collections::BTreeMap;

impl From<&PaymentState> for PaymentRow<'static> {
    fn from(payment: &PaymentState) -> Self {
        Self {
            id: payment.id.to_string().into(),
            customer_id: payment.customer_id.to_string().into(),
            status: payment.status.as_str().into(),
            authorized: payment.authorized,
            available: payment.available,
            held: payment.held,
            captured: payment.captured,
            refunded: payment.refunded,
            version: signed(payment.version),
            created_at: payment.created_at.0,
        }
    }
}

impl PaymentRow<'_> {
    /// The authorization with these live holds.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn into_domain(self, currency: Currency, holds: BTreeMap<OrderId, i64>) -> Result<PaymentState, DbError> {
        let origin = Origin("payments", &self.id);
        Ok(PaymentState {
            id: origin.id("id", &self.id)?,
            customer_id: origin.id("customer_id", &self.customer_id)?,
            currency,
            status: origin.word("status", &self.status, PaymentStatus::parse)?,
            authorized: self.authorized,
            available: self.available,
            held: self.held,
            captured: self.captured,
            refunded: self.refunded,
            holds,
            version: origin.count("version", self.version)?,
            created_at: Timestamp(self.created_at),
        })
    }
}

impl From<&HoldChange> for HoldRow<'static> {
    fn from(hold: &HoldChange) -> Self {
        Self {
            order_id: hold.order_id.to_string().into(),
            payment_id: hold.payment_id.to_string().into(),
            amount: hold.amount,
            status: hold.status.into(),
        }
    }
}
