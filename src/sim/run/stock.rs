//! What the mall of a run is to sell: by the scenario, or by the trace that is replayed in it.

use crate::sim::chance::Chance;
use crate::sim::door::shelf::Shelf;
use crate::sim::scenario::errands::Catalogue;
use crate::sim::scenario::model::MallPlan;
use crate::sim::scenario::trace::{Trace, TraceProduct};
use std::collections::BTreeSet;

/// Where a simulated store says it is.
pub const LOCATION: &str = "Simulated";

/// A store to be opened.
pub struct StorePlan {
    /// Its name.
    pub name: String,
    /// What it sells.
    pub products: Vec<ProductPlan>,
}

/// A product to be put on its shelf.
pub struct ProductPlan {
    /// Its SKU, which is its name too.
    pub sku: String,
    /// Minor units.
    pub price: i64,
    /// Pieces.
    pub stock: i64,
}

/// The stores of a scenario. Prices and stock are drawn for each product, so that one of them may be varied alone.
#[must_use]
pub fn of_scenario(plan: &MallPlan, seed: u64) -> Vec<StorePlan> {
    let store = |store: u32| {
        let product = |product: u32| {
            let number = u64::from(store) << 32 | u64::from(product);
            ProductPlan {
                sku: format!("SKU-{:04}", product + 1),
                price: plan.price.draw(&mut Chance::of(seed, "price", number)),
                stock: plan.stock.draw(&mut Chance::of(seed, "stock", number)),
            }
        };
        StorePlan {
            name: format!("Store {}", store + 1),
            products: (0..*plan.products_per_store.get_ref()).map(product).collect(),
        }
    };
    (0..*plan.stores.get_ref()).map(store).collect()
}

/// The stores of a trace, with as much of everything as it orders.
#[must_use]
pub fn of_trace(trace: &Trace) -> Vec<StorePlan> {
    let store = |(name, products): &(String, Vec<TraceProduct>)| {
        let mut skus = BTreeSet::new();
        let products = products.iter().map(|product| {
            // A SKU that had several prices is several products, and a store has each SKU once.
            let is_first = skus.insert(product.sku.as_str());
            let sku = if is_first { product.sku.clone() } else { format!("{:.40} at {}", product.sku, product.price) };
            ProductPlan { sku, price: product.price, stock: product.pieces }
        });
        let products = products.collect();
        StorePlan { name: name.clone(), products }
    };
    trace.stores.iter().map(store).collect()
}

/// How many products each store of a shelf has.
#[must_use]
pub fn catalogue(shelf: &Shelf) -> Catalogue {
    Catalogue(shelf.sizes().into_iter().map(|products| u32::try_from(products).unwrap_or(u32::MAX)).collect())
}
