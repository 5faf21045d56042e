//! How Plaza is: liveness, readiness, numbers for people (`/status`), for Prometheus (`/metrics`), and the audit.

use super::caller::Caller;
use super::problem::{ApiError, Code};
use super::reply::{ok, to_json};
use super::values::Time;
use super::{Answer, State};
use crate::domain::order::OrderStatus;
use crate::metrics;
use crate::ports::bus_health::{BusHealth, BusState};
use crate::ports::outside;
use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Instant;
use utoipa::ToSchema;

/// What the mall runs on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mode {
    /// `sqlite` or `postgres`.
    database: &'static str,
    /// `in_process` or `jetstream`.
    bus: &'static str,
}

/// The bus that carries events out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bus {
    /// `in_process` or `jetstream`.
    kind: &'static str,
    /// `ok` when it keeps up, `catching_up` while it hands on what it is behind with, `connecting` without a working
    /// broker, `halted` when an operator has to decide. Orders never wait for it.
    state: &'static str,
    /// Events committed and not handed on yet.
    lag: u64,
    /// The newest position handed on.
    relayed_position: u64,
    /// Events handed on again, because the broker had lost them, since the start.
    refilled_total: u64,
    /// Whether what the bus took survives a power cut. For a broker only when `PLAZA_NATS_SYNC_ALWAYS` says so and its
    /// stream is found fit.
    durable: bool,
    /// Messages of outside services that nobody could make sense of.
    dead_letters: DeadLetters,
    /// Why it halted, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The last error since the start; may be over.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
}

/// Messages of outside services that nobody could make sense of; on NATS they are kept in `PLAZA_DLQ`.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetters {
    /// How many are kept.
    count: u64,
    /// The newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<DeadLetter>,
}

/// A message that nobody could make sense of.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetter {
    /// Where it was sent.
    subject: String,
    /// Why it was not taken.
    reason: String,
    /// When it was put aside.
    at: Time,
}

impl From<outside::DeadLetters> for DeadLetters {
    fn from(letters: outside::DeadLetters) -> Self {
        let last =
            letters.last.map(|last| DeadLetter { subject: last.subject, reason: last.reason, at: Time(last.at) });
        Self { count: letters.count, last }
    }
}

impl Bus {
    fn of(health: BusHealth, head: u64) -> Self {
        let relayed_position = health.relayed_position.unwrap_or(head);
        Self {
            kind: health.kind.as_str(),
            state: health.state.as_str(),
            lag: head.saturating_sub(relayed_position),
            relayed_position,
            refilled_total: health.refilled_total,
            durable: health.durable,
            dead_letters: health.dead_letters.into(),
            reason: health.reason,
            last_error: health.last_error,
        }
    }
}

/// Awake actors.
#[derive(Debug, Serialize, ToSchema)]
pub struct Actors {
    /// Stores.
    stores: usize,
    /// Baskets.
    baskets: usize,
    /// Payments.
    payments: usize,
    /// Orders.
    orders: usize,
}

/// Work that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Queue {
    /// Appends waiting to be committed.
    writer_depth: usize,
    /// Requests in the mall.
    admitted: usize,
    /// The most requests in the mall at the moment: as many as are answered in good time.
    admission_limit: usize,
}

/// How late verdicts were since the start, milliseconds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lateness {
    /// Half of all verdicts were not later.
    p50: f64,
    /// 99 of 100 verdicts were not later.
    p99: f64,
    /// No verdict was later.
    max: f64,
}

/// The delays and deadlines of the mall.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    /// From the submit to the bank's verdict.
    payment_delay_ms: u64,
    /// From the submit to a store's verdict, for stores without a delay of their own.
    store_delay_ms: u64,
    /// From payment to shipping.
    shipping_delay_ms: u64,
    /// From acceptance to expiry.
    pay_deadline_ms: u64,
    /// From the longest delay to the confirmation time-out.
    grace_ms: u64,
    /// Every delay is divided by this.
    speed: u32,
}

/// How the mall is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// What it runs on.
    mode: Mode,
    /// Plaza's version.
    version: &'static str,
    /// Milliseconds since the start.
    uptime_ms: u64,
    /// When the process started.
    #[schema(inline)]
    started_at: Time,
    /// The mall's one currency.
    #[schema(value_type = String)]
    currency: crate::domain::money::Currency,
    /// The newest position of the journal.
    head_position: u64,
    /// The bus.
    bus: Bus,
    /// Awake actors.
    actors: Actors,
    /// Orders whose outcome is open.
    pending_sagas: u64,
    /// Timers in memory.
    timers: usize,
    /// How late the oldest timer is that no order has been told of, milliseconds.
    timers_late_ms: u64,
    /// Stores, authorizations and orders that do not answer and are left alone for a while.
    silent: usize,
    /// Work that waits.
    queue: Queue,
    /// How late verdicts were.
    settle_lateness_ms: Lateness,
    /// Orders by status.
    orders: BTreeMap<&'static str, u64>,
    /// Delays and deadlines.
    settings: Settings,
}

/// How the mall is.
#[utoipa::path(get, path = "/api/v1/status", tag = "operation", responses((status = 200, body = Status)))]
pub async fn get_status(state: State) -> Answer {
    let mall = &state.mall;
    let mut orders: BTreeMap<_, _> = OrderStatus::ALL.iter().map(|status| (status.as_str(), 0)).collect();
    let counts = state.reads.order_counts().await?;
    orders.extend(counts.iter().map(|(status, count)| (status.as_str(), *count)));
    let pending_sagas = counts.iter().filter(|(status, _)| !status.is_terminal()).map(|(_, count)| count).sum();
    let (policy, lateness) = (mall.policy(), mall.metrics().lateness());
    let head_position = mall.journal().head();
    let body = Status {
        mode: Mode { database: state.settings.database, bus: state.settings.bus },
        version: env!("CARGO_PKG_VERSION"),
        uptime_ms: mall.clock().now().micros_since(state.started_at) / 1_000,
        started_at: Time(state.started_at),
        currency: mall.currency(),
        head_position,
        bus: Bus::of(state.bus.health(), head_position),
        actors: Actors {
            stores: mall.stores().awake(),
            baskets: mall.baskets().awake(),
            payments: mall.payments().awake(),
            orders: mall.orders().awake(),
        },
        pending_sagas,
        timers: mall.timers().len(),
        timers_late_ms: mall.timers().lateness_us(mall.clock().now()) / 1_000,
        silent: mall.troubles().count(),
        queue: Queue {
            writer_depth: mall.journal().depth(),
            admitted: mall.admission().in_use(),
            admission_limit: mall.admission().limit(),
        },
        settle_lateness_ms: Lateness { p50: lateness.p50_ms, p99: lateness.p99_ms, max: lateness.max_ms },
        orders,
        settings: Settings {
            payment_delay_ms: policy.payment_delay_ms,
            store_delay_ms: mall.store_delay_ms(),
            shipping_delay_ms: policy.shipping_delay_ms,
            pay_deadline_ms: policy.pay_deadline_ms,
            grace_ms: policy.grace_ms,
            speed: policy.speed,
        },
    };
    Ok(ok(None, &body))
}

/// The result of checking one invariant.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invariant {
    /// `I1` to `I15`.
    id: &'static str,
    /// What it says.
    name: &'static str,
    /// Whether it holds.
    ok: bool,
    /// How many rows were checked.
    checked: u64,
    /// What breaks it, at most 20.
    violations: Vec<String>,
}

/// The result of an audit.
#[derive(Debug, Serialize, ToSchema)]
pub struct Audit {
    /// Whether every invariant holds.
    ok: bool,
    /// The position audited.
    position: u64,
    /// When.
    #[schema(inline)]
    checked_at: Time,
    /// How long it took, milliseconds.
    took_ms: u64,
    /// The invariants.
    invariants: Vec<Invariant>,
}

/// Check the invariants over the whole database.
#[utoipa::path(get, path = "/api/v1/audit", tag = "operation", responses((status = 200, body = Audit)))]
pub async fn get_audit(state: State) -> Answer {
    let (checked_at, begun) = (state.mall.clock().now(), Instant::now());
    // One at a time: an audit reads everything, and the readers are few.
    let _alone = state.auditing.lock().await;
    let report = state.reads.audit().await?;
    let invariants: Vec<_> = report
        .invariants
        .into_iter()
        .map(|found| Invariant {
            id: found.id,
            name: found.name,
            ok: found.violations.is_empty(),
            checked: found.checked,
            violations: found.violations,
        })
        .collect();
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let ok_all = invariants.iter().all(|invariant| invariant.ok);
    let body = Audit { ok: ok_all, position: report.position, checked_at: Time(checked_at), took_ms, invariants };
    Ok(ok(None, &body))
}

/// Whether the process is there and whether it takes requests.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, `ready` or `not_ready`.
    status: &'static str,
}

/// Tell whether the process lives.
#[utoipa::path(get, path = "/livez", tag = "operation", responses((status = 200, body = Health)))]
pub async fn livez() -> Answer {
    Ok(ok(None, &Health { status: "ok" }))
}

/// Tell whether the process lives; another name of `/livez`.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = Health)))]
pub async fn healthz() -> Answer {
    livez().await
}

/// Tell whether the mall takes requests.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn readyz(state: State) -> Answer {
    let mall = &state.mall;
    if state.ready.load(Ordering::Acquire) && mall.journal().is_available() && mall.timers().are_told() {
        return Ok(ok(None, &Health { status: "ready" }));
    }
    Ok(HttpResponse::ServiceUnavailable()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::RETRY_AFTER, 1))
        .body(to_json(&Health { status: "not_ready" })))
}

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
        (
            "timer_lateness_seconds",
            "How late the oldest timer is that no order has been told of",
            mall.timers().lateness_us(mall.clock().now()) as f64 / 1e6,
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
