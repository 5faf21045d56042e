//! `/statistics`: how many orders became what, by spans of the mall's time.

use super::door::problem::ApiError;
use super::door::query::Query;
use super::door::reply::{Answer, ok};
use super::door::values::Time;
use super::state::State;
use crate::domain::order::{OrderStatus, Reason};
use crate::domain::time::duration;
use crate::ports::reads::statistics::OrderFigures;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// The most spans that are told at a time.
const BUCKETS_MAX: u64 = 1_000;
/// The longest span, seconds: a day.
const STEP_MAX_S: i64 = 24 * 3_600;

/// Which spans are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatisticsQuery {
    /// How long back, in the mall's time: a whole number with `s`, `m`, `h` or `d`, at most 1 000 steps. 30 minutes when left out.
    #[param(pattern = "^0*[1-9][0-9]*(s|m|h|d)$", example = "30m")]
    window: Option<String>,
    /// How long a span is, 1 s to 1 d. A minute when left out.
    #[param(pattern = "^0*[1-9][0-9]*(s|m|h|d)$", example = "1m")]
    step: Option<String>,
}

/// How many orders became what.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderCounts {
    /// Orders that were placed.
    submitted: u64,
    /// Orders that were accepted.
    accepted: u64,
    /// Orders that were rejected.
    rejected: u64,
    /// Orders that were called off.
    cancelled: u64,
    /// Orders that were not paid in time.
    expired: u64,
    /// Orders that were delivered.
    delivered: u64,
    /// The rejected by reason; several may count for one.
    #[schema(value_type = Object)]
    rejected_by: BTreeMap<&'static str, u64>,
}

impl From<OrderFigures> for OrderCounts {
    fn from(figures: OrderFigures) -> Self {
        let OrderFigures { submitted, accepted, rejected, cancelled, expired, delivered, rejected_by } = figures;
        let reason = |(reason, count): (Reason, u64)| (reason.as_str(), count);
        let rejected_by = rejected_by.into_iter().map(reason).collect();
        Self { submitted, accepted, rejected, cancelled, expired, delivered, rejected_by }
    }
}

/// How many orders became what in a span of the mall's time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bucket {
    /// When it begins.
    #[schema(inline)]
    at: Time,
    /// How many.
    #[serde(flatten)]
    #[schema(inline)]
    counts: OrderCounts,
}

/// Orders that are under way.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnderWay {
    /// Orders without all their answers.
    pending: u64,
    /// Orders that are accepted and not paid.
    accepted: u64,
    /// Orders that are paid and not delivered.
    paid: u64,
}

/// How many orders became what.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statistics {
    /// Up to when everything is counted, in the mall's time.
    #[schema(inline)]
    as_of: Time,
    /// The newest event that is counted.
    position: u64,
    /// How long a span is, milliseconds.
    step_ms: i64,
    /// The spans, oldest first. One that is older than what is kept is absent.
    buckets: Vec<Bucket>,
    /// Orders that are under way now.
    now: UnderWay,
    /// Since the beginning of the mall.
    total: OrderCounts,
}

/// Whole seconds of a parameter.
fn seconds(name: &'static str, given: Option<&str>, otherwise: &'static str) -> Result<i64, ApiError> {
    let refused = |said: String| ApiError::invalid(format!("?{name}"), "invalid_value", said);
    let span = duration(given.unwrap_or(otherwise)).map_err(&refused)?;
    let whole = i64::try_from(span.as_secs()).ok().filter(|whole| *whole > 0 && span.subsec_nanos() == 0);
    whole.ok_or_else(|| refused("must be whole seconds, at least one".to_owned()))
}

/// Count orders by spans of the mall's time.
///
/// Counted from the journal beside the orders: `position` says how far. A span is of the event's time, as `occurred_at` has
/// it; spans begin at whole multiples of `step`, and the last one goes on. Seconds are kept for an hour, minutes for a week,
/// hours for three years.
#[utoipa::path(get, path = "/api/v1/statistics", tag = "operation", params(StatisticsQuery), responses((status = 200, body = Statistics)))]
pub async fn get_statistics(state: State, Query(query): Query<StatisticsQuery>) -> Answer {
    let step = seconds("step", query.step.as_deref(), "1m")?;
    let window = seconds("window", query.window.as_deref(), "30m")?;
    if step > STEP_MAX_S {
        return Err(ApiError::invalid("?step", "out_of_range", "must be at most a day"));
    }
    let many = window.unsigned_abs().div_ceil(step.unsigned_abs());
    if many > BUCKETS_MAX {
        return Err(ApiError::invalid("?window", "out_of_range", format!("must be at most {BUCKETS_MAX} steps")));
    }
    let head = state.mall.journal().head();
    let many = usize::try_from(many).unwrap_or(usize::MAX);
    let figures = state.statistics.figures(step, many, state.mall.clock().now(), head);
    let counts = state.reads.order_counts().await?;
    let of =
        |wanted: OrderStatus| counts.iter().filter(|(status, _)| *status == wanted).map(|(_, orders)| *orders).sum();
    let bucket = |bucket: crate::bus::statistics::Bucket| Bucket { at: Time(bucket.at), counts: bucket.figures.into() };
    let statistics = Statistics {
        as_of: Time(figures.as_of),
        position: figures.position,
        step_ms: step * 1_000,
        buckets: figures.buckets.into_iter().map(bucket).collect(),
        now: UnderWay {
            pending: of(OrderStatus::Pending),
            accepted: of(OrderStatus::Accepted),
            paid: of(OrderStatus::Paid),
        },
        total: figures.total.into(),
    };
    Ok(ok(None, &statistics))
}
