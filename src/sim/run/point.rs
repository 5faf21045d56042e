//! How far a run is: for people, and for programs once a second.

use super::counts::Counts;
use super::report::{Spread, Totals, totals};
use crate::domain::time::{Rfc3339, Timestamp};
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run under way, for whoever shows it.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The mall's time.
    pub now: Timestamp,
    /// When the first shopper could come.
    pub from: Timestamp,
    /// When the last one comes.
    pub until: Timestamp,
    /// Shoppers that were to come so far.
    pub offered: u64,
    /// Those of them that were not let in.
    pub dropped: u64,
    /// Shoppers under way.
    pub under_way: u64,
    /// Orders so far.
    pub submitted: u64,
    /// Orders without their verdict.
    pub pending: u64,
    /// Orders that have not ended.
    pub open: u64,
    /// Orders that were accepted.
    pub accepted: u64,
    /// Orders that were delivered.
    pub delivered: u64,
    /// Orders that were rejected.
    pub rejected: u64,
    /// Over REST, milliseconds: what half of the orders, and all but one in a hundred, took to be answered.
    pub submit_ms: Option<(u64, u64)>,
    /// Milliseconds: how late all verdicts but one in a hundred were at the most.
    pub lateness_ms: u64,
    /// What is done now.
    pub doing: &'static str,
}

/// How far a run is, and what became known since the point before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Point {
    /// The mall's time.
    #[serde(with = "Rfc3339")]
    pub at: Timestamp,
    /// What is done now: `shopping`, `settling`, `checking`.
    pub doing: String,
    /// What part of the time in which shoppers come has passed, 0 to 1.
    pub progress: f64,
    /// What was otherwise since the point before, by the scenario: faults and phases.
    pub during: Vec<String>,
    /// Shoppers under way.
    pub in_flight: u64,
    /// Orders without their verdict.
    pub pending: u64,
    /// Orders that have not ended.
    pub open: u64,
    /// Shoppers and orders since the point before.
    pub totals: Totals,
    /// Milliseconds, since the point before: `submit` where it is measured, `settle` and `lateness`.
    pub latency_ms: BTreeMap<String, Spread>,
    /// Shoppers and orders since the beginning.
    pub so_far: Totals,
    /// Money since the beginning, minor units.
    pub money: Money,
}

/// Money of a run, minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// That was authorized.
    pub authorized: i64,
    /// That is the mall's.
    pub captured: i64,
    /// Of what was rejected or dropped.
    pub refused_sales: i64,
}

impl Point {
    /// A moment, what was counted since the point before and in all, and what was otherwise meanwhile.
    #[must_use]
    pub fn of(moment: &Moment, lately: &Counts, all: &Counts, during: Vec<String>) -> Self {
        let spreads = [("submit", &lately.submit), ("settle", &lately.settle), ("lateness", &lately.lateness)];
        let known = |(_, micros): &(&str, &Histogram<u64>)| !micros.is_empty();
        let (passed, whole) = (moment.now.micros_since(moment.from), moment.until.micros_since(moment.from));
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a run")]
        let progress = if whole == 0 { 1.0 } else { (passed as f64 / whole as f64).min(1.0) };
        Self {
            at: moment.now,
            doing: moment.doing.to_owned(),
            progress,
            during,
            in_flight: moment.under_way,
            pending: moment.pending,
            open: moment.open,
            totals: totals(lately),
            latency_ms: spreads
                .into_iter()
                .filter(known)
                .map(|(name, all)| (name.to_owned(), Spread::of(all)))
                .collect(),
            so_far: Totals { pending: moment.open, ..totals(all) },
            money: Money { authorized: all.authorized, captured: all.captured, refused_sales: all.refused_sales },
        }
    }
}
