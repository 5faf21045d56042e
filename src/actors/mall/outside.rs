//! Answers of outside services: read, checked, and handed to the order they are about.
//!
//! The same for every bus. What can never be right is poison and goes to the dead letters; a repeated or late answer is
//! not poison, the order knows what to make of it.

use super::door::Mall;
use crate::actors::error::MallError;
use crate::domain::ids::OrderId;
use crate::domain::order::{Answer, OrderCommand, OrderError, Stocked};
use crate::domain::participant::Participant;
use crate::ports::outside::{AnswerBody, AnswerDesk, BODY_MAX, NotTaken};
use futures_util::future::BoxFuture;
use std::sync::Arc;

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
