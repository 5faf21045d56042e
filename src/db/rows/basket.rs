//! Baskets.

use super::origin::{Origin, signed};
use crate::db::error::DbError;
use crate::db::schema::BasketRow;
use crate::domain::basket::BasketState;
use crate::domain::time::Timestamp;

impl From<&BasketState> for BasketRow<'static> {
    fn from(basket: &BasketState) -> Self {
        let items = serde_json::to_string(&basket.items).expect("basket items hold only ids and integers");
        Self {
            id: basket.id.to_string().into(),
            customer_id: basket.customer_id.map(|id| id.to_string().into()),
            items: items.into(),
            pieces: pieces(basket),
            version: signed(basket.version),
            created_at: basket.created_at.0,
            updated_at: basket.updated_at.0,
        }
    }
}

impl BasketRow<'_> {
    /// The basket.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn into_domain(self) -> Result<BasketState, DbError> {
        let origin = Origin("baskets", &self.id);
        Ok(BasketState {
            id: origin.id("id", &self.id)?,
            customer_id: self.customer_id.as_deref().map(|id| origin.id("customer_id", id)).transpose()?,
            items: origin.json("items", &self.items)?,
            version: origin.count("version", self.version)?,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        })
    }
}

/// What the column `pieces` counts.
pub fn pieces(basket: &BasketState) -> i64 {
    basket.items.iter().map(|item| i64::from(item.quantity)).sum()
}
