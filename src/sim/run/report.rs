//! What a run found, as JSON says it (`report.json`).

use super::counts::Counts;
use super::course::Course;
use super::judge::{Judged, Mode};
use super::knee::Knee;
use super::measures::behaviour::Behaved;
use super::measures::shelves::Scarce;
use super::remarkable::Remarked;
use crate::domain::order::Reason;
use crate::domain::time::{Rfc3339, Timestamp};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

/// The version of the format.
pub const SCHEMA: u32 = 1;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything held.
    Passed,
    /// A threshold failed, or a trace's totals were not met.
    Failed,
    /// It was stopped before the last shopper came: what there is to judge held.
    Stopped,
    /// An invariant was violated, or an acknowledged order is missing.
    Violated,
}

/// What a run found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The version of the format.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// What everything was drawn from.
    pub seed: u64,
    /// How it was run.
    pub mode: Mode,
    /// The mall it was run against; none of its own.
    pub target: Option<String>,
    /// When it was started, by the machine's clock.
    #[serde(with = "Rfc3339")]
    pub started_at: Timestamp,
    /// The time that passed in the mall.
    pub mall_time: MallTime,
    /// How it ended.
    pub verdict: Verdict,
    /// What is not to be trusted, in words, before everything else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub distrust: Vec<String>,
    /// What happened, in words: what the mall began as, and what is to be known of the figures.
    pub notes: Vec<String>,
    /// What at the beginning is not in what is measured, milliseconds.
    pub warm_up_ms: u64,
    /// Shoppers and orders.
    pub totals: Totals,
    /// Whether what shoppers were told was held against the mall's books; otherwise nobody knows what is lost.
    pub checked: bool,
    /// Minor units.
    pub money: MoneyTotals,
    /// Pieces.
    pub stock: StockTotals,
    /// What happened one after the other.
    pub course: Course,
    /// When something goes wrong by the scenario, or the rate changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<Band>,
    /// Milliseconds.
    pub latency_ms: BTreeMap<&'static str, Spread>,
    /// What part of all is at most how much, milliseconds.
    pub curves: BTreeMap<&'static str, Vec<(f64, f64)>>,
    /// What the bank and the busiest stores did with the run's orders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Behaved>,
    /// The products of which least is left, where the shelves were looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scarcest: Vec<Scarce>,
    /// Orders that are worth a look.
    pub remarkable: Vec<Remarked>,
    /// What was to hold.
    pub thresholds: Vec<Judged>,
    /// Where phases go up step by step: how far everything held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub knee: Option<Knee>,
    /// What else was to be measured, in the order asked for; none where there was no data.
    #[serde(skip)]
    pub measured: Vec<Option<f64>>,
    /// What a trace adds up to, and the mall.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<Compared>,
    /// What is not as it has to be, at most 50 lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// Where the journal ends.
    pub journal: JournalEnd,
}

/// A part of a run in which something is otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Band {
    /// What.
    pub name: String,
    /// From when on, milliseconds from the first moment at which a shopper could come.
    pub from_ms: u64,
    /// Until when.
    pub until_ms: u64,
}

impl Band {
    /// Something that is so from a time to another.
    #[must_use]
    pub fn of(name: String, from: Duration, until: Duration) -> Self {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self { name, from_ms: ms(from), until_ms: ms(until) }
    }

    /// Whether it is so at any moment from one to another, both counted as its own.
    #[must_use]
    pub const fn touches(&self, (from_ms, until_ms): (u64, u64)) -> bool {
        self.from_ms <= until_ms && from_ms < self.until_ms
    }
}

/// The time that passed in a mall.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct MallTime {
    /// When the first shopper could come.
    #[serde(with = "Rfc3339")]
    pub from: Timestamp,
    /// When everything was settled.
    #[serde(with = "Rfc3339")]
    pub to: Timestamp,
}

/// Shoppers and orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Shoppers that were to come.
    pub offered: u64,
    /// Shoppers that were let in.
    pub started: u64,
    /// Shoppers that were not.
    pub dropped: u64,
    /// Requests that were refused or not answered.
    pub errors: u64,
    /// Orders.
    pub submitted: u64,
    /// Orders that have their verdict, or were called off before it.
    pub settled: u64,
    /// Orders that were accepted.
    pub accepted: u64,
    /// Orders that were rejected.
    pub refused: u64,
    /// The same by reason; several may count for one.
    pub rejected: BTreeMap<Cow<'static, str>, u64>,
    /// Orders that were called off.
    pub cancelled: u64,
    /// Orders that were not paid in time.
    pub expired: u64,
    /// Orders that were delivered.
    pub delivered: u64,
    /// Orders that have not ended.
    pub pending: u64,
    /// Orders that were acknowledged and are not there.
    pub lost: u64,
    /// Keys under which several orders were made.
    pub duplicated: u64,
    /// What else is not as it has to be.
    pub violations: u64,
}

/// Minor units.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MoneyTotals {
    /// That were authorized.
    pub authorized: i64,
    /// That are the mall's.
    pub captured: i64,
    /// Of what was rejected or dropped.
    pub refused_sales: i64,
    /// The same by the first of the reasons.
    pub refused: BTreeMap<&'static str, i64>,
}

/// Pieces.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct StockTotals {
    /// That were delivered.
    pub shipped: u64,
    /// That nobody ordered.
    pub left: i64,
}

/// Numbers, by their quantiles, to three digits.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "their names say it")]
pub struct Spread {
    pub count: u64,
    pub p50: f64,
    pub p90: f64,
    pub p95: f64,
    pub p99: f64,
    pub p999: f64,
    pub max: f64,
    pub mean: f64,
}

impl Spread {
    /// Of microseconds, in milliseconds.
    #[must_use]
    pub fn of(micros: &Histogram<u64>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a run")]
        let ms = |micros: u64| micros as f64 / 1_000.0;
        let at = |share| ms(micros.value_at_quantile(share));
        Self {
            count: micros.len(),
            p50: at(0.5),
            p90: at(0.9),
            p95: at(0.95),
            p99: at(0.99),
            p999: at(0.999),
            max: ms(micros.max()),
            mean: (micros.mean()).round() / 1_000.0,
        }
    }
}

/// A total that a trace and a mall have to agree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// What.
    pub name: &'static str,
    /// What the trace says.
    pub trace: i64,
    /// What the mall says.
    pub mall: i64,
}

/// Where a journal ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct JournalEnd {
    /// Its newest position.
    pub position: u64,
    /// The hash of all of it, where it is known: a running mall does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

/// The counts of a run, as totals.
#[must_use]
pub fn totals(counts: &Counts) -> Totals {
    let Counts {
        offered, started, dropped, errors, submitted, settled, accepted, cancelled, expired, delivered, ..
    } = counts;
    let reason = |(reason, count): (&Reason, &u64)| (Cow::Borrowed(reason.as_str()), *count);
    Totals {
        offered: *offered,
        started: *started,
        dropped: *dropped,
        errors: *errors,
        submitted: *submitted,
        settled: *settled,
        accepted: *accepted,
        refused: counts.rejected,
        rejected: counts.reasons.iter().map(reason).collect(),
        cancelled: *cancelled,
        expired: *expired,
        delivered: *delivered,
        ..Totals::default()
    }
}
