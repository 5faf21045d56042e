//! `POST /demo`: fills an empty mall.

use super::door::caller::Caller;
use super::door::json::NoBody;
use super::door::reply::{Answer, rendered};
use super::state::State;
use crate::sim::demo;
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
#[utoipa::path(post, path = "/api/v1/demo", tag = "operation", responses((status = 201, body = DemoResult)))]
pub async fn fill_mall(state: State, caller: Caller, body: NoBody) -> Answer {
    let given = caller.once(&state, &body.raw, async |ticket| {
        let demo::Filled { stores, products } = demo::fill(&state.mall).await?;
        ticket.commit(&state, rendered(201, None, None, &DemoResult { stores, products })).await
    });
    Ok(given.await?.into())
}
