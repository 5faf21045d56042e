//! How a store changes with each event. Total: any event applies to any state, decisions are made elsewhere.

use super::event;
use super::state::{ProductState, StoreState};
use crate::domain::event::StoreEvent;
use crate::domain::ids::ProductId;
use crate::domain::inventory::{Stock, StockLine};
use crate::domain::time::Timestamp;

impl StoreState {
    /// Applies one event.
    pub fn evolve(&mut self, event: &StoreEvent, at: Timestamp) {
        match event {
            StoreEvent::Created(created) => {
                self.name = created.name.clone();
                self.location = created.location.clone();
                self.confirmation_delay_ms = created.confirmation_delay_ms;
                self.fulfilment = created.fulfilment;
                self.created_at = at;
            }
            StoreEvent::Edited(edited) => {
                self.name = edited.name.clone();
                self.location = edited.location.clone();
                self.confirmation_delay_ms = edited.confirmation_delay_ms;
                self.fulfilment = edited.fulfilment;
            }
            StoreEvent::Joined(_) => self.participating = true,
            StoreEvent::Left(_) => self.participating = false,
            StoreEvent::ClosingStarted(_) => {
                self.closing = true;
                self.participating = false;
            }
            StoreEvent::Archived(_) => {
                self.archived = true;
                self.closing = false;
                self.participating = false;
                for product in self.products.values_mut().filter(|product| !product.archived) {
                    product.archived = true;
                    product.version += 1;
                }
            }
            StoreEvent::ProductAdded(added) => self.add(added, at),
            StoreEvent::ProductEdited(edited) => self.change(edited.product_id, |product| {
                product.sku = edited.sku.clone();
                product.name = edited.name.clone();
                product.description = edited.description.clone();
                product.price = edited.price;
            }),
            StoreEvent::ProductArchived(archived) => {
                self.change(archived.product_id, |product| product.archived = true);
            }
            StoreEvent::StockSet(set) => {
                self.change(set.product_id, |product| product.stock = product.stock.with_available(set.available));
            }
            StoreEvent::StockReserved(reserved) => {
                self.move_stock(&reserved.lines, Stock::reserve);
                self.reservations.insert(reserved.order_id, reserved.lines.clone());
            }
            StoreEvent::StockReleased(released) => {
                self.move_stock(&released.lines, Stock::release);
                self.reservations.remove(&released.order_id);
            }
            StoreEvent::StockShipped(shipped) => {
                self.move_stock(&shipped.lines, Stock::ship);
                self.reservations.remove(&shipped.order_id);
            }
        }
        self.version += 1;
    }

    fn add(&mut self, added: &event::ProductAdded, at: Timestamp) {
        let product = ProductState {
            id: added.product_id,
            sku: added.sku.clone(),
            name: added.name.clone(),
            description: added.description.clone(),
            price: added.price,
            stock: Stock { on_hand: added.stock, reserved: 0 },
            archived: false,
            version: 1,
            created_at: at,
        };
        self.products.insert(added.product_id, product);
    }

    fn change(&mut self, id: ProductId, change: impl FnOnce(&mut ProductState)) {
        if let Some(product) = self.products.get_mut(&id) {
            change(product);
            product.version += 1;
        }
    }

    fn move_stock(&mut self, lines: &[StockLine], movement: fn(Stock, i64) -> Stock) {
        for line in lines {
            self.change(line.product_id, |product| product.stock = movement(product.stock, i64::from(line.quantity)));
        }
    }

    /// The ids of the products an event changes.
    #[must_use]
    pub fn touched_by(&self, event: &StoreEvent) -> Vec<ProductId> {
        match event {
            StoreEvent::Created(_)
            | StoreEvent::Edited(_)
            | StoreEvent::Joined(_)
            | StoreEvent::Left(_)
            | StoreEvent::ClosingStarted(_) => vec![],
            StoreEvent::Archived(_) => self.products.keys().copied().collect(),
            StoreEvent::ProductAdded(added) => vec![added.product_id],
            StoreEvent::ProductEdited(edited) => vec![edited.product_id],
            StoreEvent::ProductArchived(archived) => vec![archived.product_id],
            StoreEvent::StockSet(set) => vec![set.product_id],
            StoreEvent::StockReserved(event::StockReserved { lines, .. })
            | StoreEvent::StockReleased(event::StockReleased { lines, .. })
            | StoreEvent::StockShipped(event::StockShipped { lines, .. }) => {
                lines.iter().map(|line| line.product_id).collect()
            }
        }
    }
}
