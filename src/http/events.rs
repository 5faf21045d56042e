//! Events as lists: the whole journal, one stream, one order.

use super::door::caller::Caller;
use super::door::codes::Code;
use super::door::problem::ApiError;
use super::door::query::{self, Query};
use super::door::reply::{Answer, ok};
use super::door::values::List;
use super::event_body::{Event, structured};
use super::orders;
use super::state::{HttpState, State};
use crate::actors::principal::Principal;
use crate::bus::subject;
use crate::ports::journal::RecordedEvent;
use crate::ports::reads::events::{EventFilter, EventPage};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which way a list of events goes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EventOrder {
    /// Oldest first.
    Asc,
    /// Newest first.
    Desc,
}

/// Which events are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Only after this position; with `order=desc` only before it.
    after: Option<u64>,
    /// Only of this store, basket, customer, payment or order.
    stream_id: Option<Uuid>,
    /// Only what this request or order led to, over all streams: the `correlationid` of events.
    correlation_id: Option<Uuid>,
    /// Only of these types, `plaza.order.submitted.v1` or `order.submitted`, separated by commas.
    r#type: Option<String>,
    /// Oldest first (`asc`, when absent) or newest first.
    #[param(inline)]
    order: Option<EventOrder>,
    /// The most items, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the part before; takes the place of `after`.
    cursor: Option<String>,
}

/// Which part of an order's events is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrderEventQuery {
    /// The most items, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// List events.
///
/// A customer sees its own orders, payments and baskets, each by `stream_id`; the administrator sees everything.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(EventQuery), responses((status = 200, body = List<Event>)))]
pub async fn list_events(state: State, caller: Caller, query: Query<EventQuery>) -> Answer {
    let EventQuery { after, stream_id, correlation_id, r#type, order, limit, cursor } = query.0;
    check_stream(&state, &caller, stream_id).await?;
    let filter = EventFilter {
        after,
        stream_id,
        correlation_id,
        names: subject::event_names(r#type.as_deref()),
        descending: order == Some(EventOrder::Desc),
        ..EventFilter::default()
    };
    list(&state, filter, limit, cursor).await
}

/// A customer may look into a stream that is its own, and into nothing else.
async fn check_stream(state: &HttpState, caller: &Caller, stream_id: Option<Uuid>) -> Result<(), ApiError> {
    let Principal::Customer(own) = caller.principal() else { return Ok(()) };
    let Some(stream_id) = stream_id else {
        return Err(ApiError::new(Code::Forbidden, "a customer lists events by stream_id"));
    };
    let is_own = stream_id == own.0 || state.reads.streams_of_customer(own).await?.contains(&stream_id);
    if is_own { Ok(()) } else { Err(ApiError::new(Code::NotFound, format!("there is no stream {stream_id}"))) }
}

/// List the events of an order, oldest first.
#[utoipa::path(get, path = "/api/v1/orders/{id}/events", tag = "orders", params(OrderEventQuery), responses((status = 200, body = List<Event>)))]
pub async fn list_order_events(state: State, caller: Caller, query: Query<OrderEventQuery>) -> Answer {
    let order = orders::find(&state, &caller, caller.id("id")?).await?;
    let filter = EventFilter { stream_id: Some(order.id.0), ..EventFilter::default() };
    list(&state, filter, query.0.limit, query.0.cursor).await
}

async fn list(state: &HttpState, mut filter: EventFilter, limit: Option<usize>, cursor: Option<String>) -> Answer {
    let page = query::page(limit, cursor)?;
    if let Some(cursor) = page.cursor {
        let position = cursor.parse().map_err(|_| {
            ApiError::field(Code::InvalidCursor, "?cursor", "invalid_cursor", "use next_cursor of the page before")
        })?;
        filter.after = Some(position);
    }
    let EventPage { events, more } = state.reads.events(filter, page.limit).await?;
    let next_cursor = events.last().filter(|_| more).map(|event| event.position.to_string());
    let items = events.iter().map(|event| raw(state, event)).collect::<Result<Vec<_>, _>>()?;
    Ok(ok(None, &List { items, next_cursor }))
}

fn raw(state: &HttpState, event: &RecordedEvent) -> Result<Box<RawValue>, ApiError> {
    let json = structured(state.log.log_id, event)?;
    RawValue::from_string(json).map_err(|error| ApiError::from(Code::InternalError).caused_by(error))
}
