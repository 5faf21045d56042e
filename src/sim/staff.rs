//! What whoever runs a mall does from within: lets itself in, opens stores, fills shelves, and reads no answer.

use crate::actors::admission::Admitted;
use crate::actors::error::MallError;
use crate::actors::mall::Mall;
use crate::actors::principal::Principal;
use crate::domain::ids::{ProductId, StoreId};
use crate::domain::store::{ProductEdit, StoreCommand, StoreEdit, StoreState};
use crate::ports::journal::Cause;
use crate::ports::reply::{Reply, Responder};
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// Lets a request in that belongs to nothing else; `why` is what its events name as their cause.
///
/// # Errors
/// [`MallError::Busy`].
pub fn admit(mall: &Mall, why: &'static str) -> Result<Admitted, MallError> {
    mall.admit(Cause { correlation_id: Uuid::nil(), causation_id: Arc::from(why) }, Principal::Open)
}

/// The cause of what simulations do in a mall.
pub const SIMULATION: &str = "simulation";

/// A responder that has nothing to say, and hears of the state.
pub fn quiet<S: 'static>(hear: impl FnOnce(&S) + Send + 'static) -> Responder<S> {
    Responder::new(None, |state: &S| {
        hear(state);
        Reply { status: 204, version: None, location: None, body: Vec::new() }
    })
}

/// Opens a store, which does not take part in shopping yet.
///
/// # Errors
/// What the mall refuses it for.
pub async fn open(mall: &Mall, edit: StoreEdit, by: Admitted) -> Result<StoreId, MallError> {
    let opened = Arc::new(OnceLock::new());
    let told = opened.clone();
    // Set once: a responder runs once.
    mall.create_store(edit, quiet(move |store: &StoreState| _ = told.set(store.id)), by).await?;
    opened.get().copied().ok_or(MallError::ActorFailed)
}

/// Puts a product on a store's shelf.
///
/// # Errors
/// What the mall refuses it for.
pub async fn shelve(mall: &Mall, store: StoreId, edit: ProductEdit, by: Admitted) -> Result<ProductId, MallError> {
    let id = ProductId(mall.entropy().uuid());
    mall.administer(store, StoreCommand::AddProduct(id, edit), None, quiet(|_| ()), by).await?;
    Ok(id)
}

/// Has a store take part in shopping.
///
/// # Errors
/// What the mall refuses it for.
pub async fn join(mall: &Mall, store: StoreId, by: Admitted) -> Result<(), MallError> {
    mall.administer(store, StoreCommand::Participate(true), None, quiet(|_| ()), by).await.map(drop)
}
