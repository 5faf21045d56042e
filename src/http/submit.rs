//! Answers to an order that was submitted, by checkout or in one request; at once, or after the verdict.

use super::door::caller::Caller;
use super::door::once::Given;
use super::door::reply::{Answer, rendered};
use super::headers::PREFERENCE_APPLIED;
use super::order_body::Order;
use super::state::State;
use crate::domain::ids::OrderId;
use crate::domain::order::OrderState;
use crate::ports::reply::Reply;
use actix_web::HttpResponse;
use actix_web::http::header::HeaderValue;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

/// How often a caller that waits for a verdict looks whether the mall is stopping.
const WAIT_LOOK: Duration = Duration::from_millis(500);

/// The reply to a submission.
#[must_use]
pub fn submitted(order: &OrderState) -> Reply {
    let location = format!("/api/v1/orders/{}", order.id);
    rendered(201, Some(order.version), Some(location), &Order::of(order, order.created_at))
}

/// Answers a submission, after its verdict if the caller prefers to wait for it.
///
/// # Errors
/// The order cannot be read.
pub async fn after_submit(state: &State, caller: &Caller, given: Given) -> Answer {
    let placed = given.reply.location.as_deref().and_then(|at| at.rsplit('/').next()?.parse::<OrderId>().ok());
    let (Some(patience), Some(id)) = (caller.patience(), placed) else { return Ok(given.into()) };
    if !caller.may_wait(patience) {
        return Ok(given.into());
    }
    // In short waits, because a mall that is stopping answers what is in flight.
    let until = Instant::now() + patience;
    while state.ready.load(Ordering::Acquire) {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || state.mall.await_verdict(id, left.min(WAIT_LOOK)).await {
            break;
        }
    }
    let mut given = given;
    if let Some(order) = state.reads.order(id).await? {
        let now = state.mall.clock().now();
        let Given { reply: Reply { status, location, .. }, replayed } = given;
        given = Given { reply: rendered(status, Some(order.version), location, &Order::of(&order, now)), replayed };
    }
    let mut response = HttpResponse::from(given);
    let applied = HeaderValue::from_str(&format!("wait={}", patience.as_secs()));
    if let Ok(applied) = applied {
        response.headers_mut().insert(PREFERENCE_APPLIED, applied);
    }
    Ok(response)
}
