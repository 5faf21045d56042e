//! Customers.

use super::origin::{Origin, signed};
use super::seal;
use crate::db::error::DbError;
use crate::db::schema::CustomerRow;
use crate::domain::customer::CustomerState;
use crate::domain::time::Timestamp;
use std::borrow::Cow;

impl<'a> CustomerRow<'a> {
    /// The row of a customer whose access token has this hash.
    #[must_use]
    pub fn new(customer: &'a CustomerState, token_hash: &'a [u8; 32]) -> Self {
        let mut row = Self {
            id: customer.id.to_string().into(),
            name: Cow::Borrowed(&customer.name),
            phone: Cow::Borrowed(&customer.phone),
            token_hash: Cow::Borrowed(token_hash),
            version: signed(customer.version),
            created_at: customer.created_at.0,
            seal: None,
        };
        row.seal = Some(seal::of(&row));
        row
    }

    /// The customer.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn into_domain(self) -> Result<CustomerState, DbError> {
        let origin = Origin("customers", &self.id);
        Ok(CustomerState {
            id: origin.id("id", &self.id)?,
            version: origin.count("version", self.version)?,
            created_at: Timestamp(self.created_at),
            name: self.name.into(),
            phone: self.phone.into(),
        })
    }
}
