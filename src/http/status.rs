//! `/status`: how the mall is, for people.

use super::door::reply::{Answer, ok};
use super::door::values::Time;
use super::state::State;
use crate::domain::clock::Speed;
use crate::domain::money::Currency;
use crate::domain::order::OrderStatus;
use crate::ports::bus_health::BusHealth;
use crate::ports::outside;
use crate::ports::time::Clock as _;
use serde::Serialize;
use std::collections::BTreeMap;
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
    /// Undeliverable messages of outside services.
    dead_letters: DeadLetters,
    /// Why it halted, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The last error since the start; may be over.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
}

/// Undeliverable messages of outside services; on NATS they are kept in `PLAZA_DLQ`.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetters {
    /// How many are kept.
    count: u64,
    /// The newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<DeadLetter>,
}

/// An undeliverable message.
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

/// How the mall's clock stands to the wall clock of its machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockStanding {
    /// By how much the mall's time is ahead, milliseconds: the journal has later events, or the wall clock was set back.
    /// The mall's time never runs backwards.
    ahead_of_wall_ms: u64,
    /// The newest step of the wall clock since the start, milliseconds, forward when positive; null without one.
    last_step_ms: Option<i64>,
    /// How fast it passes, as `GET /clock` says; `settings.speed`, which shortens delays when they are set, comes on top.
    #[schema(value_type = f64)]
    speed: Speed,
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
    /// How the mall's clock stands to the wall clock.
    clock: ClockStanding,
    /// The mall's one currency.
    #[schema(value_type = String)]
    currency: Currency,
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
    let (head_position, standing) = (mall.journal().head(), mall.clock().standing());
    let body = Status {
        mode: Mode { database: state.settings.database, bus: state.settings.bus },
        version: env!("CARGO_PKG_VERSION"),
        uptime_ms: u64::try_from(state.started_at.1.elapsed().as_millis()).unwrap_or(u64::MAX),
        started_at: Time(state.started_at.0),
        clock: ClockStanding {
            ahead_of_wall_ms: standing.ahead_ms,
            last_step_ms: standing.last_step_ms,
            speed: mall.clock_view().speed,
        },
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
        timers_late_ms: mall.timers().lateness_us(mall.clock()) / 1_000,
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
