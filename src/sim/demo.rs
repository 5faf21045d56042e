//! Fills an empty mall, so that there is something to shop for.

use super::demo_data::{DemoProduct, DemoStore, STORES};
use super::staff;
use super::staff::quiet;
use crate::actors::admission::Admitted;
use crate::actors::ask::in_time;
use crate::actors::error::MallError;
use crate::actors::mall::Mall;
use crate::actors::principal::Principal;
use crate::domain::ids::StoreId;
use crate::domain::money::Money;
use crate::domain::store::{ProductEdit, StoreCommand, StoreEdit, StoreState};
use crate::ports::journal::{Append, AppendError, Cause};
use crate::ports::reads::PageRequest;
use crate::ports::reads::events::EventFilter;
use crate::ports::reads::stores::{StoreFilter, StoreView};
use crate::ports::reply::{Reply, Responder};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// What a mall is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Stores opened.
    pub stores: usize,
    /// Products put on their shelves.
    pub products: usize,
}

/// What a mall is filled with in the end.
#[must_use]
pub fn filled() -> Filled {
    Filled { stores: STORES.len(), products: STORES.iter().map(|store| store.products.len()).sum() }
}

/// One request to fill a mall. It may come again: what was done for it is found by its correlation id.
pub struct Filling<'a> {
    /// The mall.
    pub mall: &'a Mall,
    /// The correlation id of everything that is done for it.
    pub request: Uuid,
    /// What each step is let in with, on top of its permit.
    pub step: &'a dyn Fn(Admitted) -> Admitted,
}

impl Filling<'_> {
    /// Fills an empty mall with participating stores and products, or goes on where the same request stopped. `answer` is
    /// rendered, and remembered, with the last step: before that the request may be repeated, and then it is answered.
    ///
    /// # Errors
    /// [`MallError::NotEmpty`] when the mall has stores of somebody else; what the mall fails with.
    pub async fn run(&self, answer: Responder<StoreState>) -> Result<Reply, MallError> {
        // Two at once would both find the mall empty.
        let _filling = self.mall.filling().lock().await;
        let begun = self.begun().await?;
        let (last, first) = STORES.split_last().ok_or(MallError::NotEmpty)?;
        for store in first {
            let id = self.stock(store, &begun).await?;
            self.join(id, quiet(|_| {})).await?;
        }
        let id = self.stock(last, &begun).await?;
        self.join(id, answer).await
    }

    /// The stores of the mall, if all of them were opened for this request.
    async fn begun(&self) -> Result<Vec<StoreView>, MallError> {
        // What was handed to the journal before may still be under way; an earlier try of this request, for one.
        let commit = self.mall.journal().submit(Append::default());
        in_time(async { Ok(commit.await.unwrap_or(Err(AppendError::Closed))?) }).await?;
        let all = PageRequest { limit: STORES.len() + 1, cursor: None };
        let begun = self.mall.reads().stores(StoreFilter::default(), all).await?.items;
        for view in &begun {
            let opened = EventFilter { stream_id: Some(view.store.id.0), ..EventFilter::default() };
            let opened = self.mall.reads().events(opened, 1).await?.events;
            if opened.first().is_none_or(|event| event.correlation_id != self.request) {
                return Err(MallError::NotEmpty);
            }
        }
        Ok(begun)
    }

    /// Opens a store and fills its shelf, as far as that was not done before.
    async fn stock(&self, store: &DemoStore, begun: &[StoreView]) -> Result<StoreId, MallError> {
        let mut shelved = BTreeSet::new();
        let id = match begun.iter().find(|view| *view.store.name == *store.name) {
            None => self.open(store).await?,
            Some(StoreView { store, .. }) => {
                let loaded = self.mall.reads().load_store(store.id).await?;
                let products = loaded.into_iter().flat_map(|store| store.products.into_values());
                shelved.extend(products.map(|product| product.sku));
                store.id
            }
        };
        for product in store.products.iter().filter(|product| !shelved.contains(product.sku)) {
            self.shelve(id, product).await?;
        }
        Ok(id)
    }

    async fn open(&self, store: &DemoStore) -> Result<StoreId, MallError> {
        let edit = StoreEdit {
            name: Some(store.name.to_owned()),
            location: Some(store.location.to_owned()),
            // In proportion to the mall's own delay, which demos and tests shorten.
            confirmation_delay_ms: Some(self.mall.store_delay_ms().saturating_mul(store.delay_percent) / 100),
            fulfilment: None,
        };
        staff::open(self.mall, edit, self.admit()?).await
    }

    async fn shelve(&self, store_id: StoreId, product: &DemoProduct) -> Result<(), MallError> {
        let edit = ProductEdit {
            sku: Some(product.sku.to_owned()),
            name: Some(product.name.to_owned()),
            description: Some(product.description.to_owned()),
            price: Some(Money::new(product.price_minor, self.mall.currency())),
            stock: Some(product.stock),
        };
        staff::shelve(self.mall, store_id, edit, self.admit()?).await.map(drop)
    }

    /// The last step of a store, so that no half-filled one is ever seen in the catalogue.
    async fn join(&self, store_id: StoreId, responder: Responder<StoreState>) -> Result<Reply, MallError> {
        self.mall.administer(store_id, StoreCommand::Participate(true), None, responder, self.admit()?).await
    }

    fn admit(&self) -> Result<Admitted, MallError> {
        let cause = Cause { correlation_id: self.request, causation_id: Arc::from("demo") };
        self.mall.admit(cause, Principal::Open).map(self.step)
    }
}
