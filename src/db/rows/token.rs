//! Tokens of the staff.

use super::origin::Origin;
use super::seal;
use crate::db::error::DbError;
use crate::db::schema::TokenRow;
use crate::domain::time::Timestamp;
use crate::ports::changes::{TokenRecord, TokenRole};
use std::borrow::Cow;

impl<'a> From<&'a TokenRecord> for TokenRow<'a> {
    fn from(token: &'a TokenRecord) -> Self {
        let mut row = Self {
            token_hash: Cow::Borrowed(&token.hash),
            name: Cow::Borrowed(&token.name),
            role: token.role.as_str().into(),
            created_at: token.created_at.0,
            revoked_at: token.revoked_at.map(|at| at.0),
            seal: None,
        };
        row.seal = Some(seal::of(&row));
        row
    }
}

impl TokenRow<'_> {
    /// The token.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn into_domain(self) -> Result<TokenRecord, DbError> {
        let origin = Origin("tokens", &self.name);
        Ok(TokenRecord {
            hash: origin.hash("token_hash", &self.token_hash)?,
            role: origin.word("role", &self.role, TokenRole::parse)?,
            created_at: Timestamp(self.created_at),
            revoked_at: self.revoked_at.map(Timestamp),
            name: self.name.into(),
        })
    }
}
