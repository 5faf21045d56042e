//! What the mall of a run sells: stores and products that are opened for it, or those it has.

use super::error::RunError;
use crate::actors::admission::Admitted;
use crate::actors::error::MallError;
use crate::actors::mall::Mall;
use crate::domain::ids::{ProductId, StoreId};
use crate::domain::money::Money;
use crate::domain::participant::Fulfilment;
use crate::domain::store::{ProductEdit, StoreEdit};
use crate::ports::reads::PageRequest;
use crate::ports::reads::stores::StoreFilter;
use crate::sim::chance::Chance;
use crate::sim::door::shelf::{Item, Shelf};
use crate::sim::scenario::errands::Catalogue;
use crate::sim::scenario::model::MallPlan;
use crate::sim::scenario::trace::{Trace, TraceProduct};
use crate::sim::staff;
use futures_util::future::join_all;
use std::collections::BTreeSet;

/// How many products are put on shelves at a time: fewer than a mall lets in.
const AT_ONCE: usize = 256;
/// How many rows of a list are read at a time.
const PAGE: usize = 200;

/// A store to be opened.
pub struct StorePlan {
    name: String,
    products: Vec<ProductPlan>,
}

/// A product to be put on its shelf.
struct ProductPlan {
    sku: String,
    price: i64,
    stock: i64,
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

/// Opens stores in a mall and puts their products on the shelf.
///
/// # Errors
/// The mall refuses something.
pub async fn fill(mall: &Mall, plans: &[StorePlan], shelf: &Shelf) -> Result<(), RunError> {
    for plan in plans {
        let edit = StoreEdit {
            name: Some(plan.name.clone()),
            location: Some("Simulated".to_owned()),
            confirmation_delay_ms: Some(mall.store_delay_ms()),
            fulfilment: None,
        };
        let id = staff::open(mall, edit, admit(mall)?).await?;
        let number = shelf.open(id);
        for some in plan.products.chunks(AT_ONCE) {
            let put = join_all(some.iter().map(|product| put(mall, id, product))).await;
            for (product, item) in some.iter().zip(put) {
                shelf.put(number, Item { id: item?, price: product.price });
            }
        }
        staff::join(mall, id, admit(mall)?).await?;
    }
    Ok(())
}

async fn put(mall: &Mall, store: StoreId, plan: &ProductPlan) -> Result<ProductId, MallError> {
    let edit = ProductEdit {
        sku: Some(plan.sku.clone()),
        name: Some(plan.sku.clone()),
        description: None,
        price: Some(Money::new(plan.price, mall.currency())),
        stock: Some(plan.stock),
    };
    staff::shelve(mall, store, edit, admit(mall)?).await
}

fn admit(mall: &Mall) -> Result<Admitted, MallError> {
    staff::admit(mall, "simulation")
}

/// What a mall that has stores sells: the products of those that take part and are served by Plaza itself, oldest first.
/// Answers how many stores it has in all.
///
/// # Errors
/// The read model could not answer.
pub async fn adopt(mall: &Mall, shelf: &Shelf) -> Result<usize, RunError> {
    let mut stores = Vec::new();
    let mut page = PageRequest { limit: PAGE, cursor: None };
    loop {
        let read = mall.reads().stores(StoreFilter::default(), page.clone()).await?;
        stores.extend(read.items.into_iter().map(|view| view.store));
        page.cursor = read.next_cursor;
        if page.cursor.is_none() {
            break;
        }
    }
    let all = stores.len();
    stores.retain(|store| store.participating && store.fulfilment == Fulfilment::Internal);
    for store in stores.iter().rev() {
        let loaded = mall.reads().load_store(store.id).await?;
        let products = loaded.into_iter().flat_map(|store| store.products.into_values());
        // By id, which is by age.
        let items = products.filter(|product| !product.archived);
        let items: Vec<Item> =
            items.map(|product| Item { id: product.id, price: product.price.amount_minor }).collect();
        if !items.is_empty() {
            let number = shelf.open(store.id);
            for item in items {
                shelf.put(number, item);
            }
        }
    }
    Ok(all)
}

/// How many products each store of a shelf has.
#[must_use]
pub fn catalogue(shelf: &Shelf) -> Catalogue {
    Catalogue(shelf.sizes().into_iter().map(|products| u32::try_from(products).unwrap_or(u32::MAX)).collect())
}
