//! `/events/stream`: events as they are committed (server-sent events, WHATWG HTML 9.2).
//!
//! A client that resumes gets what it missed from the read model, then what is new from the feed, without a gap and
//! without repeats: the feed is joined first, and what it brings up to the position already sent is dropped. A client
//! that cannot keep up is cut off and resumes where it was: what waited for it is dropped at once, and its seat is taken
//! until its connection and its follower have ended, so what slow readers hold is bounded by the seats.

mod follower;
mod interest;
mod sending;
pub(super) mod text;

use super::door::caller::Caller;
use super::door::codes::Code;
use super::door::problem::ApiError;
use super::door::query::Query;
use super::door::reply::Answer;
use super::state::State;
use crate::bus::subject;
use crate::domain::ids::CustomerId;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use follower::Follower;
use futures_util::stream;
use interest::Interest;
use serde::Deserialize;
use std::convert::Infallible;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which events are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// Start after this position; from now on when absent. `Last-Event-ID` takes its place.
    after: Option<u64>,
    /// Only of this order.
    order_id: Option<Uuid>,
    /// Only of this customer and of its orders, payments and baskets.
    customer_id: Option<Uuid>,
    /// Only of this store, or naming it.
    store_id: Option<Uuid>,
    /// Only what this request or order leads to, over all streams: the `correlationid` of events.
    correlation_id: Option<Uuid>,
    /// Only of these types, `order.submitted` or `plaza.order.submitted.v1`, separated by commas.
    r#type: Option<String>,
    /// The access token, for clients that cannot send headers (`EventSource`).
    access_token: Option<String>,
}

/// Follow events as they are committed (server-sent events).
///
/// Each event has its position as `id` and a `CloudEvent` as data. Resume with `Last-Event-ID` or `after`.
#[utoipa::path(get, path = "/api/v1/events/stream", tag = "events", params(StreamQuery), responses((status = 200, body = String, content_type = "text/event-stream")))]
pub async fn stream_events(state: State, caller: Caller, request: HttpRequest, query: Query<StreamQuery>) -> Answer {
    let query = query.0;
    let _ = query.access_token;
    let after = last_event_id(&request)?.or(query.after);
    let customer = caller.limit_to(query.customer_id)?;
    if request.method() == Method::HEAD {
        // Nothing follows, so there is nothing to sit for.
        return Ok(opening().streaming(stream::empty::<Result<Bytes, Infallible>>()));
    }
    let seat = state.seats.take(request.peer_addr().map(|peer| peer.ip()), caller.principal())?;
    // Joined before the head is read: whatever comes after the head is in one of the two, or in both.
    let live = state.feed.subscribe();
    let head = state.mall.journal().head();
    // After that: an order that is submitted meanwhile is among the streams read here, or comes with the feed.
    let interest = interest(&state, customer, &query).await?;
    // A position beyond the head is of another journal: there is nothing to resume.
    let after = after.unwrap_or(head).min(head);
    let (sending, client) = sending::pair(seat);
    let follower = Follower::new(state, caller.principal(), interest, after, client);
    actix_web::rt::spawn(follower.run(live));
    Ok(opening().streaming(sending))
}

/// How the answer begins.
fn opening() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-cache, no-transform"))
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"));
    response
}

/// The position a browser resumes after.
fn last_event_id(request: &HttpRequest) -> Result<Option<u64>, ApiError> {
    let Some(id) = request.headers().get("last-event-id").filter(|id| !id.is_empty()) else { return Ok(None) };
    let position = id.to_str().ok().and_then(|id| id.trim().parse().ok());
    position.map(Some).ok_or_else(|| ApiError::new(Code::InvalidHeader, "Last-Event-ID must be a position"))
}

async fn interest(state: &State, customer: Option<CustomerId>, query: &StreamQuery) -> Result<Interest, ApiError> {
    let customer = match customer {
        None => None,
        Some(id) => Some((id, state.reads.streams_of_customer(id).await?.into_iter().collect())),
    };
    Ok(Interest {
        order_id: query.order_id,
        customer,
        store_id: query.store_id,
        correlation_id: query.correlation_id,
        names: subject::event_names(query.r#type.as_deref()),
    })
}
