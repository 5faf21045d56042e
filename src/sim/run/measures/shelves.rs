//! What is left on the shelves of a run's stores, by what the journal says of them.

use crate::domain::event::{StoreEvent, StreamKind};
use crate::domain::ids::{ProductId, StoreId};
use crate::domain::inventory::StockLine;
use crate::domain::store::StoreState;
use crate::domain::upcast::decode;
use crate::ports::journal::RecordedEvent;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

struct Known {
    name: Arc<str>,
    /// How much of its stream is counted.
    version: u64,
}

struct Shelved {
    store: StoreId,
    name: Arc<str>,
    left: i64,
}

/// The shelves of a run's stores.
#[derive(Default)]
pub struct Shelves {
    stores: BTreeMap<StoreId, Known>,
    products: BTreeMap<ProductId, Shelved>,
    /// Pieces that were promised.
    reserved: u64,
    /// Products of which more were than there are.
    oversold: BTreeSet<ProductId>,
}

/// A product of which little is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scarce {
    /// The product.
    pub product_id: ProductId,
    /// What it is called.
    pub product: String,
    /// Its store.
    pub store_id: StoreId,
    /// What that is called.
    pub store: String,
    /// Pieces that can still be promised.
    pub left: i64,
}

impl Shelves {
    /// Takes a store as it is; what its stream says afterwards is heard.
    pub fn know(&mut self, store: &StoreState) {
        self.stores.insert(store.id, Known { name: store.name.clone(), version: store.version });
        let products = store.products.values().filter(|product| !product.archived);
        self.products.extend(products.map(|product| {
            let left = product.stock.available();
            (product.id, Shelved { store: store.id, name: product.name.clone(), left })
        }));
    }

    /// What a store is called.
    #[must_use]
    pub fn name(&self, store: StoreId) -> Option<&str> {
        self.stores.get(&store).map(|store| &*store.name)
    }

    /// Reads a committed event of a store that is known, unless it was counted before.
    pub fn hear(&mut self, event: &RecordedEvent) {
        let id = StoreId(event.stream_id);
        let Some(store) = self.stores.get_mut(&id).filter(|_| event.stream == StreamKind::Store) else { return };
        if event.version <= store.version {
            return;
        }
        store.version = event.version;
        match decode::<StoreEvent>(&event.name, &event.payload) {
            Ok(StoreEvent::Edited(edited)) => store.name = edited.name,
            Ok(StoreEvent::ProductAdded(added)) => {
                let shelved = Shelved { store: id, name: added.name, left: added.stock };
                self.products.insert(added.product_id, shelved);
            }
            Ok(StoreEvent::ProductEdited(edited)) => {
                if let Some(product) = self.products.get_mut(&edited.product_id) {
                    product.name = edited.name;
                }
            }
            Ok(StoreEvent::ProductArchived(archived)) => _ = self.products.remove(&archived.product_id),
            Ok(StoreEvent::Archived(_)) => self.products.retain(|_, product| product.store != id),
            Ok(StoreEvent::StockSet(set)) => self.change(set.product_id, |left| *left = set.available),
            Ok(StoreEvent::StockReserved(reserved)) => self.lines(&reserved.lines, -1),
            Ok(StoreEvent::StockReleased(released)) => self.lines(&released.lines, 1),
            _ => {}
        }
    }

    fn lines(&mut self, lines: &[StockLine], sign: i64) {
        for line in lines {
            let quantity = i64::from(line.quantity);
            if sign < 0 {
                self.reserved += u64::from(line.quantity);
            }
            self.change(line.product_id, |left| *left += sign * quantity);
        }
    }

    fn change(&mut self, product: ProductId, change: impl Fn(&mut i64)) {
        let Some(shelved) = self.products.get_mut(&product) else { return };
        change(&mut shelved.left);
        if shelved.left < 0 {
            self.oversold.insert(product);
        }
    }

    /// The products of which least is left, so many.
    #[must_use]
    pub fn scarcest(&self, most: usize) -> Vec<Scarce> {
        let mut all: Vec<(i64, ProductId)> = self.products.iter().map(|(id, product)| (product.left, *id)).collect();
        if all.len() > most {
            all.select_nth_unstable(most);
            all.truncate(most);
        }
        all.sort_unstable();
        let scarce = |(left, product_id): (i64, ProductId)| {
            let Shelved { store, name, .. } = self.products.get(&product_id)?;
            let store_name = self.name(*store).unwrap_or_default().to_owned();
            Some(Scarce { product_id, product: name.to_string(), store_id: *store, store: store_name, left })
        };
        all.into_iter().filter_map(scarce).collect()
    }

    /// How many pieces were promised, and of how many products more than there were.
    #[must_use]
    pub fn promised(&self) -> (u64, u64) {
        (self.reserved, self.oversold.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::DomainEvent;
    use crate::domain::ids::OrderId;
    use crate::domain::inventory::Stock;
    use crate::domain::money::{Currency, Money};
    use crate::domain::participant::Fulfilment;
    use crate::domain::store::ProductState;
    use crate::domain::store::event::{StockReleased, StockReserved, StockSet};
    use crate::domain::time::Timestamp;
    use uuid::Uuid;

    fn product(number: u128, stock: i64) -> ProductState {
        let name: Arc<str> = format!("P{number}").into();
        ProductState {
            id: ProductId(Uuid::from_u128(number)),
            sku: name.clone(),
            name,
            description: "".into(),
            price: Money::new(1, "EUR".parse::<Currency>().unwrap()),
            stock: Stock { on_hand: stock, reserved: 0 },
            archived: false,
            version: 1,
            created_at: Timestamp(0),
        }
    }

    fn store(products: Vec<ProductState>) -> StoreState {
        StoreState {
            id: StoreId(Uuid::from_u128(9)),
            name: "S".into(),
            location: "".into(),
            participating: true,
            confirmation_delay_ms: 0,
            fulfilment: Fulfilment::Internal,
            closing: false,
            archived: false,
            products: products.into_iter().map(|product| (product.id, product)).collect(),
            reservations: BTreeMap::new(),
            version: 10,
            created_at: Timestamp(0),
        }
    }

    fn recorded(version: u64, event: impl Into<StoreEvent>) -> RecordedEvent {
        let event = event.into();
        RecordedEvent {
            position: version,
            stream: StreamKind::Store,
            stream_id: Uuid::from_u128(9),
            version,
            name: event.name().into(),
            payload: event.payload(),
            occurred_at: Timestamp(0),
            correlation_id: Uuid::nil(),
            causation_id: "".into(),
        }
    }

    #[test]
    fn what_is_left_follows_the_stream_from_where_the_store_was_taken_on() {
        let mut shelves = Shelves::default();
        shelves.know(&store(vec![product(1, 5), product(2, 100), product(3, 50)]));
        let order_id = OrderId(Uuid::nil());
        let lines = |number, quantity| vec![StockLine { product_id: ProductId(Uuid::from_u128(number)), quantity }];
        let left = |shelves: &Shelves| {
            let all = shelves.scarcest(2);
            all.into_iter().map(|scarce| (scarce.product, scarce.left)).collect::<Vec<_>>()
        };
        shelves.hear(&recorded(10, StockReserved { order_id, lines: lines(1, 5) }));
        assert_eq!(left(&shelves), [("P1".to_owned(), 5), ("P3".to_owned(), 50)], "it was in what was taken on");
        shelves.hear(&recorded(11, StockReserved { order_id, lines: lines(2, 98) }));
        assert_eq!(left(&shelves), [("P2".to_owned(), 2), ("P1".to_owned(), 5)]);
        shelves.hear(&recorded(12, StockReleased { order_id, lines: lines(2, 1) }));
        shelves.hear(&recorded(12, StockReleased { order_id, lines: lines(2, 1) }));
        assert_eq!(left(&shelves)[0], ("P2".to_owned(), 3), "twice is once");
        assert_eq!(shelves.promised(), (98, 0));
        shelves.hear(&recorded(13, StockReserved { order_id, lines: lines(1, 6) }));
        let product_id = ProductId(Uuid::from_u128(1));
        shelves.hear(&recorded(14, StockSet { product_id, available: 200 }));
        assert_eq!(shelves.promised(), (104, 1), "that it was oversold is not forgotten");
        assert_eq!(left(&shelves)[0], ("P2".to_owned(), 3));
    }
}
