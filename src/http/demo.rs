//! `POST /demo`: fills an empty mall.

use super::door::caller::Caller;
use super::door::json::NoBody;
use super::door::reply::{Answer, rendered};
use super::state::State;
use crate::domain::store::StoreState;
use crate::sim::demo::{self, Filled, Filling};
use serde::Serialize;
use utoipa::ToSchema;

/// What a mall was filled with.
#[derive(Debug, Serialize, ToSchema)]
pub struct DemoResult {
    /// Stores opened.
    stores: usize,
    /// Products put on their shelves.
    products: usize,
}

/// Fill an empty mall with participating stores and products.
///
/// A request that was not answered goes on where it stopped when it is repeated under its `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/demo", tag = "operation", responses((status = 201, body = DemoResult)))]
pub async fn fill_mall(state: State, caller: Caller, body: NoBody) -> Answer {
    let given = caller.once(&state, &body.raw, async |ticket| {
        let Filled { stores, products } = demo::filled();
        let answer =
            ticket.responder(move |_: &StoreState| rendered(201, None, None, &DemoResult { stores, products }));
        let request = ticket.correlation_id(&caller);
        let filling = Filling { mall: &state.mall, request, step: &|admitted| ticket.step(admitted) };
        Ok(filling.run(answer).await?)
    });
    Ok(given.await?.into())
}
