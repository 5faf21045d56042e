//! Whether thresholds hold.

use super::counts::Counts;
use crate::sim::scenario::threshold::{Aspect, Measured, Metric, Threshold};
use hdrhistogram::Histogram;
use serde::Serialize;

/// What is known at the end of a run, beside what was counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Findings {
    /// Orders that were acknowledged and are not there.
    pub lost: u64,
    /// Keys under which several orders were made.
    pub duplicated: u64,
    /// What else is not as it has to be.
    pub violations: u64,
    /// Pieces that nobody ordered.
    pub stock_left: i64,
    /// How the run was made.
    pub mode: Mode,
    /// It was ended before its time.
    pub cut_short: bool,
    /// The mall's books could not be read: nobody knows whether anything is missing.
    pub unchecked: bool,
}

/// How a run is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// In virtual time.
    #[default]
    Virtual,
    /// Over REST, in real time.
    Rest,
    /// Within the process of a mall that serves people: everything is measured as over REST, but there is no HTTP in it.
    Live,
}

impl Mode {
    /// Whether it is measured how long answers take, as real time goes.
    #[must_use]
    pub const fn takes_times(self) -> bool {
        !matches!(self, Self::Virtual)
    }
}

/// Why times over the network are worth nothing where whoever took them was late itself.
pub(super) const GENERATOR_LATE: &str = "the generator was late";

/// Why there is nothing where this way of running has it not.
pub(super) const NOT_MEASURED: &str = "not measured here";

/// Whether a threshold holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judged {
    /// The threshold.
    pub expression: String,
    /// Of what part of the run it is, as the scenario says it.
    pub part: String,
    /// The limit in it.
    pub limit: f64,
    /// What was measured; `None`: nothing.
    pub value: Option<f64>,
    /// Whether it holds; `None` when it is not measured in this way of running, or its part was not reached.
    pub holds: Option<bool>,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
}

impl Judged {
    fn of(threshold: &Threshold, holds: Option<bool>, value: Option<f64>, why: Option<&'static str>) -> Self {
        let Threshold { expression, part, limit, .. } = threshold;
        Self { expression: expression.clone(), part: part.clone(), limit: *limit, value, holds, why }
    }

    /// One that ends a run: it holds as long as it did not.
    #[must_use]
    pub fn of_abort(threshold: &Threshold, ended: bool) -> Self {
        Self::of(threshold, Some(!ended), None, Some(if ended { "it was so" } else { "it never was so" }))
    }
}

/// What a metric is, as far as this way of running has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    Is(f64),
    NoData,
    NotMeasured,
}

impl Value {
    /// The number, if there is one.
    pub(super) const fn known(self) -> Option<f64> {
        match self {
            Self::Is(value) => Some(value),
            Self::NoData | Self::NotMeasured => None,
        }
    }
}

/// Whether a threshold holds of what was counted of its part.
#[must_use]
pub fn judge(threshold: &Threshold, counts: &Counts, findings: &Findings) -> Judged {
    if findings.cut_short && counts.offered == 0 {
        return Judged::of(threshold, None, None, Some("not reached"));
    }
    if counts.generator_is_late() && threshold.metric.is_client_time() {
        return Judged::of(threshold, Some(false), None, Some(GENERATOR_LATE));
    }
    if findings.unchecked && threshold.metric.is_of_books() {
        return Judged::of(threshold, None, None, Some("not checked"));
    }
    match value(&threshold.metric, counts, findings) {
        Value::Is(value) => {
            let holds = threshold.comparison.holds(value, threshold.limit);
            Judged::of(threshold, Some(holds), Some(value), None)
        }
        Value::NoData if findings.cut_short => Judged::of(threshold, None, None, Some("no data before the end")),
        Value::NoData => Judged::of(threshold, Some(false), None, Some("no data")),
        Value::NotMeasured => Judged::of(threshold, None, None, Some(NOT_MEASURED)),
    }
}

/// What a metric is of what was counted.
pub(super) fn value(metric: &Metric, counts: &Counts, findings: &Findings) -> Value {
    if !findings.mode.takes_times() && !metric.is_virtual() {
        return Value::NotMeasured;
    }
    let Counts { settled, requests, offered, wanted, .. } = counts;
    let whole = match metric.of {
        Measured::RejectedFor(reason) => Whole::Part(counts.reasons.get(&reason).copied().unwrap_or(0), *settled),
        Measured::Named(name) => match name {
            "offered" => Whole::Part(*offered, 0),
            "started" => Whole::Part(counts.started, 0),
            "dropped" => Whole::Part(counts.dropped, *offered),
            "errors" => Whole::Part(counts.errors, *requests),
            "accepted" => Whole::Part(counts.accepted, *settled),
            "rejected" => Whole::Part(counts.rejected, *settled),
            "cancelled" => Whole::Part(counts.cancelled, *settled),
            "expired" => Whole::Part(counts.expired, *settled),
            "delivered" => Whole::Part(counts.delivered, *settled),
            "served" => Whole::Part(counts.served, *wanted),
            "lost" => Whole::Part(findings.lost, 0),
            "duplicated" => Whole::Part(findings.duplicated, 0),
            "violations" => Whole::Part(findings.violations, 0),
            "money.authorized" => Whole::Sum(counts.authorized),
            "money.captured" => Whole::Sum(counts.captured),
            "money.refused_sales" => Whole::Sum(counts.refused_sales),
            "stock.left" => Whole::Sum(findings.stock_left),
            "settle" => Whole::Spread(&counts.settle, 1_000.0),
            "lateness" => Whole::Spread(&counts.lateness, 1_000.0),
            "request" => Whole::Spread(&counts.request, 1_000.0),
            "submit" => Whole::Spread(&counts.submit, 1_000.0),
            "service" => Whole::Spread(&counts.service, 1_000.0),
            "checkout" => Whole::Spread(&counts.checkout, 1_000.0),
            "pay" => Whole::Spread(&counts.pay, 1_000.0),
            "commit_to_event" => Whole::Spread(&counts.commit_to_event, 1_000.0),
            "generator.lag" => Whole::Spread(&counts.lag, 1_000.0),
            "in_flight" => Whole::Spread(&counts.in_flight, 1.0),
            "pending" => Whole::Spread(&counts.pending, 1.0),
            _ => return Value::NotMeasured,
        },
    };
    whole.aspect(metric.aspect)
}

/// What a metric was made of.
enum Whole<'a> {
    /// So many of so many.
    Part(u64, u64),
    /// A sum.
    Sum(i64),
    /// Numbers, and what one of their units is.
    Spread(&'a Histogram<u64>, f64),
}

impl Whole<'_> {
    #[expect(clippy::cast_precision_loss, reason = "what people read; counts stay below 2^53")]
    fn aspect(&self, aspect: Aspect) -> Value {
        match (self, aspect) {
            (Self::Part(part, _), Aspect::Count) => Value::Is(*part as f64),
            (Self::Part(part, of), Aspect::Share) if *of > 0 => Value::Is(*part as f64 / *of as f64),
            (Self::Sum(sum), Aspect::Count) => Value::Is(*sum as f64),
            (Self::Spread(all, _), Aspect::Count) => Value::Is(all.len() as f64),
            (Self::Spread(all, unit), _) if !all.is_empty() => Value::Is(match aspect {
                Aspect::Quantile(share) => all.value_at_quantile(f64::from(share) / 1e5) as f64 / unit,
                // To the digits that are known.
                Aspect::Mean => (all.mean() / unit * 1_000.0).round() / 1_000.0,
                _ => all.max() as f64 / unit,
            }),
            _ => Value::NoData,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::scenario::threshold::{When, read};

    fn judged(expression: &str, counts: &Counts) -> (Option<f64>, Option<bool>) {
        let threshold = read(expression, "always", When::Always).unwrap();
        let Judged { value, holds, .. } = judge(&threshold, counts, &Findings { lost: 1, ..Findings::default() });
        (value, holds)
    }

    #[test]
    fn shares_quantiles_and_counts_are_compared_and_no_data_fails() {
        let mut counts = Counts { settled: 8, accepted: 6, captured: 1_200, ..Counts::default() };
        assert_eq!(judged("accepted.share >= 0.75", &counts), (Some(0.75), Some(true)));
        assert_eq!(judged("accepted > 6", &counts), (Some(6.0), Some(false)));
        assert_eq!(judged("money.captured == 1200", &counts), (Some(1_200.0), Some(true)));
        assert_eq!(judged("lost == 0", &counts), (Some(1.0), Some(false)));
        assert_eq!(judged("errors.share == 0", &counts), (None, Some(false)), "a denominator of 0 is no data");
        assert_eq!(judged("lateness.p99 <= 5ms", &counts), (None, Some(false)));
        assert_eq!(judged("submit.p99 <= 5ms", &counts), (None, None), "neither holds nor fails");
        for millis in 1..=100 {
            counts.lateness.record(millis * 1_000).unwrap();
        }
        let (value, holds) = judged("lateness.p50 <= 51ms", &counts);
        assert!(holds == Some(true) && (49.9..50.2).contains(&value.unwrap()), "{value:?}");
    }
}
