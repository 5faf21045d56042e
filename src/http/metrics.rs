//! `/metrics`: numbers for Prometheus.

use super::door::caller::Caller;
use super::door::codes::Code;
use super::door::problem::ApiError;
use super::door::reply::Answer;
use super::state::State;
use crate::metrics;
use crate::ports::bus_health::BusState;
use actix_web::HttpResponse;
use actix_web::http::header;

/// Metrics in the Prometheus (OpenMetrics) text format.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200, content((String = "application/openmetrics-text"), (String = "text/plain")))))]
pub async fn metrics(state: State, caller: Caller) -> Answer {
    let mall = &state.mall;
    let bus = state.bus.health();
    let lag = bus.relayed_position.map_or(0, |position| mall.journal().head().saturating_sub(position));
    #[expect(clippy::cast_precision_loss, reason = "counts of this process and its journal fit into 2^53")]
    let gauges = [
        ("writer_queue_depth", "Appends waiting to be committed", mall.journal().depth() as f64),
        ("head_position", "The newest position of the journal", mall.journal().head() as f64),
        ("awake_stores", "Awake store actors", mall.stores().awake() as f64),
        ("awake_baskets", "Awake basket actors", mall.baskets().awake() as f64),
        ("awake_payments", "Awake payment actors", mall.payments().awake() as f64),
        ("awake_orders", "Awake order sagas", mall.orders().awake() as f64),
        ("timers", "Timers in memory", mall.timers().len() as f64),
        ("timers_told_total", "Times an order was told that it is due, since the start", mall.timers().told() as f64),
        ("orders_withheld", "Orders from which a personality withholds an answer", mall.timers().withheld() as f64),
        ("personalities", "Stores and the bank that have a personality", mall.personalities().len() as f64),
        (
            "timer_lateness_seconds",
            "How late the oldest timer is that no order has been told of",
            mall.timers().lateness_us(mall.clock()) as f64 / 1e6,
        ),
        ("silent_participants", "Stores, authorizations and orders that do not answer", mall.troubles().count() as f64),
        ("admitted", "Requests in the mall", mall.admission().in_use() as f64),
        ("admission_limit", "The most requests in the mall at the moment", mall.admission().limit() as f64),
        ("sse_clients", "Clients of the live event stream", state.seats.taken() as f64),
        ("bus_lag", "Events committed and not handed on yet", lag as f64),
        ("bus_state", "0 ok, 1 catching_up, 2 connecting, 3 halted", state_number(bus.state)),
        ("bus_relayed_total", "Events handed on since the start", bus.relayed_total as f64),
        ("bus_refilled_total", "Events handed on again because the broker lost them", bus.refilled_total as f64),
        ("bus_dead_letters_total", "Messages of outside services put aside since the start", bus.buried_total as f64),
        ("bus_reconnects_total", "Times the broker was connected to again", bus.reconnects_total as f64),
    ];
    let text = mall.metrics().encode(&gauges);
    let text = text.map_err(|error| ApiError::from(Code::InternalError).caused_by(error))?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::VARY, "Accept"));
    if caller.preferred(&["application/openmetrics-text", "text/plain"]) == "text/plain" {
        let kind = "text/plain; version=0.0.4; charset=utf-8";
        return Ok(response.insert_header((header::CONTENT_TYPE, kind)).body(metrics::classic(&text)));
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(response.insert_header((header::CONTENT_TYPE, kind)).body(text))
}

fn state_number(state: BusState) -> f64 {
    BusState::ALL.iter().zip(0_u8..).find(|(known, _)| **known == state).map_or(f64::NAN, |(_, number)| number.into())
}
