//! Fills an empty mall, so that there is something to shop for.

use super::demo_data::{DemoProduct, DemoStore, STORES};
use crate::actors::admission::Admitted;
use crate::actors::error::MallError;
use crate::actors::mall::Mall;
use crate::actors::principal::Principal;
use crate::domain::ids::{ProductId, StoreId};
use crate::domain::money::Money;
use crate::domain::store::{ProductEdit, StoreCommand, StoreEdit, StoreState};
use crate::ports::journal::Cause;
use crate::ports::reads::PageRequest;
use crate::ports::reads::stores::StoreFilter;
use crate::ports::reply::{Reply, Responder};
use std::sync::{Arc, OnceLock};

/// What a mall was filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Stores opened.
    pub stores: usize,
    /// Products put on their shelves.
    pub products: usize,
}

/// Fills an empty mall with participating stores and products.
///
/// # Errors
/// [`MallError::NotEmpty`] when the mall has stores; what the mall fails with.
pub async fn fill(mall: &Arc<Mall>) -> Result<Filled, MallError> {
    // Two at once would both find the mall empty.
    let _filling = mall.filling().lock().await;
    let any = PageRequest { limit: 1, cursor: None };
    if !mall.reads().stores(StoreFilter::default(), any).await?.items.is_empty() {
        return Err(MallError::NotEmpty);
    }
    let mut products = 0;
    for store in STORES {
        let store_id = open(mall, store).await?;
        for product in store.products {
            shelve(mall, store_id, product).await?;
            products += 1;
        }
        // Last, so that no half-filled store is ever seen in the catalogue.
        administer(mall, store_id, StoreCommand::Participate(true)).await?;
    }
    Ok(Filled { stores: STORES.len(), products })
}

async fn open(mall: &Arc<Mall>, store: &DemoStore) -> Result<StoreId, MallError> {
    let edit = StoreEdit {
        name: Some(store.name.to_owned()),
        location: Some(store.location.to_owned()),
        // In proportion to the mall's own delay, which demos and tests shorten.
        confirmation_delay_ms: Some(mall.store_delay_ms().saturating_mul(store.delay_percent) / 100),
        fulfilment: None,
    };
    let opened = Arc::new(OnceLock::new());
    let told = opened.clone();
    let responder = Responder::new(None, move |store: &StoreState| {
        // Set once: a responder runs once.
        let _ = told.set(store.id);
        nothing_to_say()
    });
    mall.create_store(edit, responder, admit(mall)?).await?;
    opened.get().copied().ok_or(MallError::ActorFailed)
}

async fn shelve(mall: &Arc<Mall>, store_id: StoreId, product: &DemoProduct) -> Result<(), MallError> {
    let edit = ProductEdit {
        sku: Some(product.sku.to_owned()),
        name: Some(product.name.to_owned()),
        description: Some(product.description.to_owned()),
        price: Some(Money::new(product.price_minor, mall.currency())),
        stock: Some(product.stock),
    };
    let id = ProductId(mall.entropy().uuid());
    administer(mall, store_id, StoreCommand::AddProduct(id, edit)).await
}

async fn administer(mall: &Arc<Mall>, store_id: StoreId, command: StoreCommand) -> Result<(), MallError> {
    let responder = Responder::new(None, |_: &StoreState| nothing_to_say());
    mall.administer(store_id, command, None, responder, admit(mall)?).await.map(drop)
}

fn admit(mall: &Mall) -> Result<Admitted, MallError> {
    let cause = Cause { correlation_id: mall.entropy().uuid(), causation_id: Arc::from("demo") };
    mall.admit(cause, Principal::Open)
}

const fn nothing_to_say() -> Reply {
    Reply { status: 204, version: None, location: None, body: Vec::new() }
}
