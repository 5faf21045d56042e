//! Answers of outside services: read, checked, and handed to the order they are about.
//!
//! The same for every bus. What can never be right is poison and goes to the dead letters; a repeated or late answer is
//! not poison, the order knows what to make of it.

use super::error::MallError;
use super::mall::Mall;
use super::ports::{AnswerDesk, NotTaken};
use crate::domain::ids::{OrderId, ProductId};
use crate::domain::order::{Answer, OrderCommand, OrderError, Participant, Reason, Stocked};
use futures_util::future::BoxFuture;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// The longest body of an answer, bytes.
pub const BODY_MAX: usize = 64 * 1024;

/// An answer as outside services write it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// The order that is answered for.
    pub order_id: OrderId,
    /// Why it is refused; only and always when it is.
    pub reason: Option<Reason>,
    /// What the store has of the products it is short of; only with `OUT_OF_STOCK`.
    #[serde(default)]
    pub lines: Vec<LineBody>,
}

/// What an outside store has of a product.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineBody {
    /// The product.
    pub product_id: ProductId,
    /// Pieces the store can promise.
    pub available: u32,
}

impl AnswerDesk for Arc<Mall> {
    fn take(&self, from: Participant, confirms: bool, body: &[u8]) -> BoxFuture<'static, Result<(), NotTaken>> {
        let (mall, read) = (self.clone(), read(from, confirms, body));
        Box::pin(async move {
            let (order_id, command) = read.map_err(NotTaken::Poison)?;
            mall.answer_order(order_id, command).await.map_err(not_taken)
        })
    }
}

fn read(from: Participant, confirms: bool, body: &[u8]) -> Result<(OrderId, OrderCommand), String> {
    if body.len() > BODY_MAX {
        return Err(format!("the body has {} bytes, more than {BODY_MAX}", body.len()));
    }
    let body: AnswerBody =
        serde_json::from_slice(body).map_err(|error| format!("the body is not an answer: {error}"))?;
    let lines = body.lines.iter().map(|line| Stocked { product_id: line.product_id, available: line.available });
    let answer = match (confirms, body.reason) {
        (true, None) if body.lines.is_empty() => Answer::Confirm,
        (true, _) => return Err("a confirmation has neither reason nor lines".to_owned()),
        (false, None) => return Err("a refusal needs a reason".to_owned()),
        (false, Some(reason)) => Answer::Reject { reason, lines: lines.collect() },
    };
    let command = match from {
        Participant::Store(store_id) => OrderCommand::AnswerStore(store_id, answer),
        Participant::Bank => OrderCommand::AnswerPayment(answer),
    };
    Ok((body.order_id, command))
}

fn not_taken(error: MallError) -> NotTaken {
    match error {
        MallError::NoSuchOrder(_) | MallError::Order(OrderError::Answer(_)) => NotTaken::Poison(error.to_string()),
        // Everything else is about the state of the mall, not of the answer.
        other => NotTaken::Later(other.to_string()),
    }
}
