//! Fills the mall of a run, or takes it as it is.

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
use crate::sim::door::shelf::{Item, Shelf};
use crate::sim::run::measures::shelves::Shelves;
use crate::sim::run::stock::{LOCATION, ProductPlan, StorePlan};
use crate::sim::staff;
use futures_util::future::join_all;
use std::time::Duration;
use tokio::time::sleep;

/// The pause before something is asked again of a mall that is busy.
const AGAIN: Duration = Duration::from_millis(100);
/// How many rows of a list are read at a time.
const PAGE: usize = 200;

/// Opens stores in a mall and puts their products on the shelf, so many at a time.
///
/// # Errors
/// The mall refuses something.
pub async fn fill(mall: &Mall, plans: &[StorePlan], shelf: &Shelf, at_once: usize) -> Result<(), RunError> {
    for plan in plans {
        let edit = StoreEdit {
            name: Some(plan.name.clone()),
            location: Some(LOCATION.to_owned()),
            confirmation_delay_ms: Some(mall.store_delay_ms()),
            fulfilment: None,
        };
        let id = patiently(async || staff::open(mall, edit.clone(), admit(mall)?).await).await?;
        let number = shelf.open(id);
        for some in plan.products.chunks(at_once) {
            let put = join_all(some.iter().map(|product| put(mall, id, product))).await;
            for (product, item) in some.iter().zip(put) {
                shelf.put(number, Item { id: item?, price: product.price });
            }
        }
        patiently(async || staff::join(mall, id, admit(mall)?).await).await?;
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
    patiently(async || staff::shelve(mall, store, edit.clone(), admit(mall)?).await).await
}

/// Asks again as long as the mall is busy, which is certain to have had no effect.
async fn patiently<T>(ask: impl AsyncFn() -> Result<T, MallError>) -> Result<T, MallError> {
    loop {
        match ask().await {
            Err(MallError::Busy) => sleep(AGAIN).await,
            answer => return answer,
        }
    }
}

fn admit(mall: &Mall) -> Result<Admitted, MallError> {
    staff::admit(mall, staff::SIMULATION)
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

/// What is on the shelves of the stores of a run, as of now.
///
/// # Errors
/// The read model could not answer.
pub async fn count(mall: &Mall, shelf: &Shelf) -> Result<Shelves, RunError> {
    let mut shelves = Shelves::default();
    for store in (0..).map_while(|number| shelf.store(number)) {
        if let Some(store) = mall.reads().load_store(store).await? {
            shelves.know(&store);
        }
    }
    Ok(shelves)
}
