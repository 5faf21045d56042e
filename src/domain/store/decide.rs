//! What a store does with a command.

use super::command::{StoreCommand, StoreError};
use super::event;
use super::state::StoreState;
use crate::domain::event::StoreEvent;
use crate::domain::ids::{OrderId, ProductId};
use crate::domain::inventory::{Shortage, StockLine, StoreRejection};

impl StoreState {
    /// Decides a command; no events means that nothing needs to change.
    ///
    /// # Errors
    /// [`StoreError`] names the field or the reason.
    pub fn decide(&self, command: &StoreCommand) -> Result<Vec<StoreEvent>, StoreError> {
        match command {
            // What was promised before the store closed is still kept.
            StoreCommand::Release(order_id) => return Ok(self.end_reservation(*order_id, released)),
            StoreCommand::Ship(order_id) => return Ok(self.end_reservation(*order_id, shipped)),
            StoreCommand::Reserve { order_id, lines } => return self.reserve(*order_id, lines),
            // A promise that was kept and not heard of is still one.
            StoreCommand::Refuse(order_id) if self.reservations.contains_key(order_id) => return Ok(vec![]),
            StoreCommand::Refuse(_) => return Err(StoreError::CannotServe(StoreRejection::ServiceFailed)),
            StoreCommand::Archive if self.archived => return Ok(vec![]),
            StoreCommand::Archive => return Ok(vec![event::Archived {}.into()]),
            _ if self.archived => return Err(StoreError::Archived),
            StoreCommand::Close if self.closing => return Ok(vec![]),
            StoreCommand::Close => return Ok(vec![event::ClosingStarted {}.into()]),
            _ if self.closing => return Err(StoreError::Archived),
            _ => {}
        }
        match command {
            StoreCommand::Create(edit) => Ok(vec![self.created(edit)?]),
            StoreCommand::Edit(edit) => self.edited(edit),
            StoreCommand::Participate(wanted) if *wanted == self.participating => Ok(vec![]),
            StoreCommand::Participate(true) => Ok(vec![event::Joined {}.into()]),
            StoreCommand::Participate(false) => Ok(vec![event::Left {}.into()]),
            StoreCommand::AddProduct(id, edit) => self.product_added(*id, edit),
            StoreCommand::EditProduct(id, edit) => self.product_edited(*id, edit),
            StoreCommand::ArchiveProducts(ids) => Ok(self.products_archived(ids)),
            StoreCommand::Reserve { .. }
            | StoreCommand::Refuse(_)
            | StoreCommand::Release(_)
            | StoreCommand::Ship(_)
            | StoreCommand::Close
            | StoreCommand::Archive => Ok(vec![]),
        }
    }

    fn products_archived(&self, ids: &[ProductId]) -> Vec<StoreEvent> {
        let active = ids.iter().filter(|id| self.product(**id).is_some());
        active.map(|&product_id| event::ProductArchived { product_id }.into()).collect()
    }

    fn reserve(&self, order_id: OrderId, lines: &[StockLine]) -> Result<Vec<StoreEvent>, StoreError> {
        if self.reservations.contains_key(&order_id) {
            return Ok(vec![]);
        }
        if self.closing || self.archived {
            return Err(StoreError::CannotServe(StoreRejection::StoreClosed));
        }
        let wanted = sum_by_product(lines);
        let mut short = Vec::new();
        for line in &wanted {
            let Some(product) = self.product(line.product_id) else {
                return Err(StoreError::CannotServe(StoreRejection::ProductUnavailable(line.product_id)));
            };
            let (requested, available) = (i64::from(line.quantity), product.stock.available());
            if requested > available {
                short.push(Shortage { product_id: line.product_id, requested, available });
            }
        }
        if !short.is_empty() {
            return Err(StoreError::CannotServe(StoreRejection::OutOfStock(short)));
        }
        Ok(vec![event::StockReserved { order_id, lines: wanted }.into()])
    }

    fn end_reservation(&self, order_id: OrderId, end: fn(OrderId, Vec<StockLine>) -> StoreEvent) -> Vec<StoreEvent> {
        self.reservations.get(&order_id).map(|lines| end(order_id, lines.clone())).into_iter().collect()
    }
}

fn released(order_id: OrderId, lines: Vec<StockLine>) -> StoreEvent {
    event::StockReleased { order_id, lines }.into()
}

fn shipped(order_id: OrderId, lines: Vec<StockLine>) -> StoreEvent {
    event::StockShipped { order_id, lines }.into()
}

/// One line a product: the stock check looks at the *summed* quantity, so splitting a line cannot oversell.
fn sum_by_product(lines: &[StockLine]) -> Vec<StockLine> {
    let mut sums: Vec<StockLine> = Vec::with_capacity(lines.len());
    for line in lines {
        match sums.iter_mut().find(|sum| sum.product_id == line.product_id) {
            Some(sum) => sum.quantity += line.quantity,
            None => sums.push(*line),
        }
    }
    sums
}
