//! What outside services answer for a store or the bank, and which answers make sense.
//!
//! Outside services decide, Plaza keeps the books: a yes is remembered in the order's stream and then carried out in
//! Plaza's books like any confirmation, so reservations, holds and their undoing are the same for inside and outside.
//! The first answer wins; it is written before anything is done about it, so that no crash lets a later one win.

use super::state::OrderState;
use super::words::Reason;
use crate::domain::ids::{ProductId, StoreId};
use crate::domain::inventory::Shortage;

/// The answer of an outside service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The store serves its lines, the bank holds the total.
    Confirm,
    /// The store or the bank refuses.
    Reject {
        /// Why.
        reason: Reason,
        /// What the store has of products it is short of; only with [`Reason::OutOfStock`].
        lines: Vec<Stocked>,
    },
}

/// What an outside store has of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stocked {
    /// The product.
    pub product_id: ProductId,
    /// Pieces it can promise.
    pub available: u32,
}

/// Why an answer makes no sense; asking the service again would not help.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum AnswerError {
    /// The order has no such store, or Plaza itself confirms for it.
    #[error("no outside service was asked to confirm this part of the order")]
    NotAsked,
    /// A store gave a reason of the bank, or the other way round.
    #[error("{0} is not a reason this service may give")]
    Reason(Reason),
    /// Lines were given with a reason that has none.
    #[error("only OUT_OF_STOCK has lines")]
    Lines,
    /// A line names a product the order does not want from this store.
    #[error("the order has no line for product {0} at this store")]
    UnknownProduct(ProductId),
}

impl OrderState {
    /// What a store that refuses is short of.
    ///
    /// # Errors
    /// [`AnswerError`] when the refusal is not one a store can give.
    pub(super) fn shortages(
        &self,
        store_id: StoreId,
        reason: Reason,
        lines: &[Stocked],
    ) -> Result<Vec<Shortage>, AnswerError> {
        match reason {
            Reason::OutOfStock => {}
            Reason::ProductUnavailable | Reason::StoreClosed if lines.is_empty() => {}
            Reason::ProductUnavailable | Reason::StoreClosed => return Err(AnswerError::Lines),
            other => return Err(AnswerError::Reason(other)),
        }
        let wanted = self.lines_of(store_id);
        let shortage = |stocked: &Stocked| {
            let lines = wanted.iter().filter(|line| line.product_id == stocked.product_id);
            let requested = lines.map(|line| i64::from(line.quantity)).sum();
            let (product_id, available) = (stocked.product_id, i64::from(stocked.available));
            if requested == 0 {
                Err(AnswerError::UnknownProduct(product_id))
            } else {
                Ok(Shortage { product_id, requested, available })
            }
        };
        lines.iter().map(shortage).collect()
    }
}

/// Whether the bank may refuse so.
///
/// # Errors
/// [`AnswerError`] when it may not.
pub(super) const fn check_bank(reason: Reason, lines: &[Stocked]) -> Result<(), AnswerError> {
    match reason {
        Reason::NotEnoughMoney | Reason::PaymentNotFound | Reason::PaymentNotYours if lines.is_empty() => Ok(()),
        Reason::NotEnoughMoney | Reason::PaymentNotFound | Reason::PaymentNotYours => Err(AnswerError::Lines),
        other => Err(AnswerError::Reason(other)),
    }
}
