//! `/clock`: the mall's own time: read it, set its speed, advance it.

use super::door::caller::Caller;
use super::door::json::{Json, RequestBody};
use super::door::once::Given;
use super::door::problem::ApiError;
use super::door::reply::{Answer, rendered, respond};
use super::door::values::Time;
use super::headers::PREFERENCE_APPLIED;
use super::state::State;
use crate::actors::error::MallError;
use crate::actors::mall::timekeeper::{ClockStatus, ClockView, Until};
use crate::domain::clock::{SPEED_MAX, Speed};
use crate::domain::time::{Timestamp, duration};
use actix_web::HttpResponse;
use actix_web::http::header::HeaderValue;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;
use utoipa::ToSchema;
use uuid::Uuid;

/// How often a caller that waits for the end of an advance looks whether the mall is stopping.
const WAIT_LOOK: Duration = Duration::from_millis(500);

/// The mall's clock.
#[derive(Debug, Serialize, ToSchema)]
pub struct Clock {
    /// The mall's time.
    #[schema(inline)]
    now: Time,
    /// The wall clock's.
    #[schema(inline)]
    wall: Time,
    /// How far the mall's time is ahead of the wall clock's, milliseconds; behind it when negative.
    offset_ms: i64,
    /// How many times as fast as real time the mall's time passes; 0 while it stands still. While it is advanced, what it
    /// is afterwards.
    #[schema(value_type = f64, minimum = 0, maximum = 1000)]
    speed: Speed,
    /// What it does: `stalled` waits for an order that is due and does not come to rest.
    #[schema(inline)]
    status: Status,
    /// Where an advance ends; none without one, or when it counts instants.
    #[schema(inline)]
    target: Option<Time>,
    /// When something is due next.
    #[schema(inline)]
    next_due_at: Option<Time>,
    /// Timers in memory: of the next ten minutes.
    pending_timers: usize,
    /// The newest position of the journal. After an advance all its consequences are at or below it.
    position: u64,
    /// What an advance waits for.
    stalled: Option<Stalled>,
    /// For `If-Match`: another one with every setting.
    version: u64,
}

/// What the clock does.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It runs.
    Running,
    /// It stands still.
    Paused,
    /// It goes from instant to instant.
    Advancing,
    /// It waits at one for the mall to come to rest.
    Stalled,
}

/// What an advance waits for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stalled {
    /// The order that is due and not settled.
    order_id: Uuid,
    /// The store or authorization that has not answered for the longest time.
    participant: Option<Uuid>,
}

impl Clock {
    async fn of(state: &State) -> Result<Self, ApiError> {
        let mall = &state.mall;
        let next_due_at = mall.next_due().await?.map(Time);
        let ClockView { now, wall, speed, status, target, stalled, version } = mall.clock_view();
        Ok(Self {
            now: Time(now),
            wall: Time(wall),
            offset_ms: now.0.saturating_sub(wall.0) / 1_000,
            speed,
            status: match status {
                ClockStatus::Running => Status::Running,
                ClockStatus::Paused => Status::Paused,
                ClockStatus::Advancing => Status::Advancing,
                ClockStatus::Stalled => Status::Stalled,
            },
            target: target.map(Time),
            next_due_at,
            pending_timers: mall.timers().len(),
            position: mall.journal().head(),
            stalled: stalled.map(|stalled| Stalled { order_id: stalled.order_id.0, participant: stalled.participant }),
            version,
        })
    }
}

/// A speed for the clock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetClock {
    /// How many times as fast as real time the mall's time passes, with at most three decimals; 0 pauses it.
    #[schema(value_type = f64, minimum = 0, maximum = 1000)]
    #[serde(deserialize_with = "speed")]
    speed: Speed,
}

impl RequestBody for SetClock {}

/// Until when to advance: exactly one of the three.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// A span of the mall's time: a number with `ms`, `s`, `m`, `h` or `d`, at most 400 days.
    #[schema(value_type = Option<String>, pattern = "^[0-9]+(ms|s|m|h|d)$")]
    #[serde(default, deserialize_with = "span")]
    by: Option<Duration>,
    /// A time, at most 400 days ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, deserialize_with = "super::door::query::time")]
    to: Option<Timestamp>,
    /// So many instants at which something is due.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1000)]
    next: Option<super::door::fields::Whole<1, 1_000>>,
}

impl RequestBody for Advance {}

/// What is needed of the answer to the beginning of an advance.
#[derive(Default, Deserialize)]
struct Begun {
    #[serde(default, deserialize_with = "begun_target")]
    target: Option<Timestamp>,
}

fn begun_target<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<Cow<'de, str>>::deserialize(deserializer)?;
    Ok(text.and_then(|text| Timestamp::parse_rfc3339(&text).ok()))
}

fn speed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Speed, D::Error> {
    let times = f64::deserialize(deserializer)?;
    let refused = || serde::de::Error::custom(format!("must be 0 to {SPEED_MAX}, with at most three decimals"));
    Speed::new(times).ok_or_else(refused)
}

fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    duration(&text).map(Some).map_err(serde::de::Error::custom)
}

/// What the time is in the mall, and how it passes.
///
/// Orders, their delays and deadlines follow this clock; its answers are what the interface counts down by.
#[utoipa::path(get, path = "/api/v1/clock", tag = "clock", responses((status = 200, body = Clock)))]
pub async fn get_clock(state: State) -> Answer {
    let clock = Clock::of(&state).await?;
    Ok(respond(rendered(200, Some(clock.version), None, &clock)))
}

/// Hurry, slow or stop the mall's time.
#[utoipa::path(patch, path = "/api/v1/clock", tag = "clock", request_body = SetClock, responses((status = 200, body = Clock)))]
pub async fn set_clock(state: State, caller: Caller, body: Json<SetClock>) -> Answer {
    let expect = caller.expected_versions()?;
    state.mall.set_speed(body.value.speed, expect, caller.admit(&state)?).await?;
    get_clock(state).await
}

/// Advance the mall's time, from one instant at which something is due to the next.
///
/// It moves on only when everything that was due at an instant is done, so that what happens is what waiting would have
/// brought, stamped with the due instants. With `Prefer: wait=30` the answer is 200 once it is done.
#[utoipa::path(post, path = "/api/v1/clock/advance", tag = "clock", request_body = Advance, responses((status = 202, body = Clock), (status = 200, body = Clock)))]
pub async fn advance_clock(state: State, caller: Caller, body: Json<Advance>) -> Answer {
    let Json { value: Advance { by, to, next }, raw } = body;
    let until = match (by, to, next) {
        (Some(by), None, None) => Until::By(by),
        (None, Some(to), None) => Until::Time(to),
        (None, None, Some(next)) => Until::Next(u32::try_from(next.0).unwrap_or(1)),
        _ => return Err(ApiError::invalid("", "invalid_value", "exactly one of by, to and next must be given")),
    };
    let given = caller.once(&state, &raw, async |ticket| {
        let advanced = state.mall.advance(until, caller.admit(&state)?).await;
        advanced.map_err(|error| match (error, by.is_some()) {
            (MallError::ClockTooFar, true) => ApiError::invalid("/by", "out_of_range", "must be at most 400 days"),
            (MallError::ClockTooFar, false) => {
                ApiError::invalid("/to", "out_of_range", "must be at most 400 days ahead")
            }
            (error, _) => error.into(),
        })?;
        let clock = Clock::of(&state).await?;
        ticket.commit(&state, rendered(202, Some(clock.version), None, &clock)).await
    });
    let given = given.await?;
    let Some(patience) = caller.patience().filter(|patience| caller.may_wait(*patience)) else {
        return Ok(given.into());
    };
    let begun: Begun = serde_json::from_slice(&given.reply.body).unwrap_or_default();
    if given.replayed && begun.target.is_none() {
        // Whether so many instants were gone through, or a crash cut them short, nobody knows any more.
        return Ok(given.into());
    }
    // In short waits, because a mall that is stopping answers what is in flight.
    let until = Instant::now() + patience;
    let mut is_done = false;
    while !is_done && state.ready.load(Ordering::Acquire) && Instant::now() < until {
        is_done = state.mall.advanced(WAIT_LOOK.min(until - Instant::now())).await;
    }
    let clock = Clock::of(&state).await?;
    // An advance that was stopped, or that a crash cut short, has not come to its end.
    let is_done = is_done && begun.target.is_none_or(|target| clock.now.0 >= target);
    let reply = rendered(if is_done { 200 } else { 202 }, Some(clock.version), None, &clock);
    let mut response = HttpResponse::from(Given { reply, replayed: given.replayed });
    if let Ok(applied) = HeaderValue::from_str(&format!("wait={}", patience.as_secs())) {
        response.headers_mut().insert(PREFERENCE_APPLIED, applied);
    }
    Ok(response)
}

/// Stop advancing the clock, where it is.
#[utoipa::path(delete, path = "/api/v1/clock/advance", tag = "clock", responses((status = 200, body = Clock)))]
pub async fn stop_clock(state: State) -> Answer {
    state.mall.stop_advance().await?;
    get_clock(state).await
}
