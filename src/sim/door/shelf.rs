//! What a run's mall sells: stores and products by number.

use crate::domain::ids::{ProductId, StoreId};
use crate::sim::shopping::errand::Wanted;
use std::cell::RefCell;

/// A product of a run.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The product.
    pub id: ProductId,
    /// Its price when it was put there, minor units.
    pub price: i64,
}

/// The stores and products of a run, by number, from 0.
#[derive(Debug, Default)]
pub struct Shelf(RefCell<Vec<(StoreId, Vec<Item>)>>);

impl Shelf {
    /// Adds a store; answers its number.
    pub fn open(&self, store: StoreId) -> usize {
        let mut stores = self.0.borrow_mut();
        stores.push((store, Vec::new()));
        stores.len() - 1
    }

    /// Adds a product to a store; answers its number there.
    ///
    /// # Panics
    /// There is no such store.
    pub fn put(&self, store: usize, item: Item) -> usize {
        let mut stores = self.0.borrow_mut();
        stores[store].1.push(item);
        stores[store].1.len() - 1
    }

    /// A store by its number.
    #[must_use]
    pub fn store(&self, number: u32) -> Option<StoreId> {
        self.0.borrow().get(number as usize).map(|(store, _)| *store)
    }

    /// How many products each store has, by number.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        self.0.borrow().iter().map(|(_, products)| products.len()).collect()
    }

    /// What is wanted.
    #[must_use]
    pub fn item(&self, wanted: Wanted) -> Option<Item> {
        self.0.borrow().get(wanted.store as usize)?.1.get(wanted.product as usize).copied()
    }

    /// What lines cost at the prices of the beginning, minor units.
    #[must_use]
    pub fn price(&self, lines: &[Wanted]) -> i64 {
        let of = |wanted: &Wanted| {
            let price = self.item(*wanted).map_or(0, |item| item.price);
            price.saturating_mul(i64::from(wanted.quantity))
        };
        lines.iter().map(of).fold(0, i64::saturating_add)
    }
}
