//! The end of a run: what shoppers were told is held against what the mall's books say, and everything is judged.

use super::bands::bands;
use super::counts::Counts;
use super::judge::{Findings, GENERATOR_LATE, Judged, Mode, judge, value};
use super::knee::Knee;
use super::measures::Measures;
use super::onlooker::{Shared, Watch, locked};
use super::plan::Plan;
use super::report::{
    Compared, JournalEnd, MallTime, MoneyTotals, Report, SCHEMA, Spread, StockTotals, Totals as Shown, Verdict,
    totals as shown,
};
use crate::db::reads::orders::Head;
use crate::db::reads::totals::Totals;
use crate::domain::ids::OrderId;
use crate::sim::ledger::{Contradiction, Wrong};
use crate::sim::scenario::document::Document;
use crate::sim::scenario::threshold::{Metric, When};
use crate::sim::scenario::trace::Trace;
use crate::sim::scenario::value::WarmUp;
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::time::Duration;

/// What is to be said of every run with drawn shoppers.
pub const ASSUMED: &str =
    "How long shoppers think, and how many pay and call off, is assumed: there is no open data of it.";
/// Of how many of the bank and the stores it is told what they did, and of how many products what is left.
const TOLD: usize = 20;
/// The most problems that are named.
const NAMED: usize = 50;

/// How a run was made, and when.
pub struct Made {
    /// In virtual time, or over REST.
    pub mode: Mode,
    /// The mall it was run against; none of its own.
    pub target: Option<String>,
    /// When the first shopper could come, and when all was settled.
    pub time: MallTime,
    /// What is not to be trusted, in words.
    pub distrust: Vec<String>,
    /// What is to be known of it, in words.
    pub notes: Vec<String>,
}

/// What the books of a mall say at the end.
#[derive(Default)]
pub struct Books {
    /// The orders that are there.
    pub orders: BTreeMap<OrderId, Head>,
    /// What everything adds up to.
    pub sums: Totals,
    /// What is not as it has to be.
    pub problems: Vec<String>,
    /// Where the journal ends.
    pub journal: JournalEnd,
}

/// What was found; without books nothing was checked, and nothing holds.
#[must_use]
pub fn report(plan: &Plan<'_>, made: Made, books: Option<Books>, watch: &Watch, measures: &Shared) -> Report {
    let is_checked = books.is_some();
    let Books { orders, sums, mut problems, journal } = books.unwrap_or_default();
    let contradictions =
        if is_checked { watch.ledger.contradictions(|order| orders.get(&order).copied()) } else { Vec::new() };
    let violated = problems.len() as u64;
    // Not before: whoever is shown the checking looks at them as well.
    let mut measures = locked(measures);
    measures.close(made.time.to);
    // Who was sent home while it asked may have been answered without hearing of it.
    let untold = watch.ledger.untold(measures.all().submitted).saturating_sub(measures.under_way());
    if untold > 0 {
        problems.push(format!("{untold} orders were made that nobody was told of"));
    }
    let count = |wrong: &[Wrong]| contradictions.iter().filter(|found| wrong.contains(&found.kind)).count() as u64;
    let all = measures.all();
    let findings = Findings {
        lost: count(&[Wrong::Lost]),
        duplicated: count(&[Wrong::Doubled]) + untold,
        violations: violated + count(&[Wrong::TakenBack, Wrong::Altered]),
        stock_left: sums.on_hand - sums.reserved,
        mode: made.mode,
        cut_short: plan.is_cut_short(),
        unchecked: !is_checked,
    };
    problems.extend(contradictions.iter().map(Contradiction::to_string));
    problems.truncate(NAMED);
    let aborted = watch.aborted();
    let warmed = WarmedUp::of(plan, &measures);
    let warm = measures.from(plan.document.thresholds.0.len() + warmed.parts);
    let thresholds = plan.document.thresholds.0.iter().enumerate();
    let thresholds: Vec<Judged> = thresholds
        .map(|(at, threshold)| match threshold.when {
            // What ends a run is not what has to hold.
            When::Abort => Judged::of_abort(threshold, aborted.as_ref() == Some(&threshold.expression)),
            When::Measured => judge(threshold, &warm, &findings),
            _ => judge(threshold, measures.of(at), &findings),
        })
        .collect();
    // Figures of the generator are none of the mall.
    let counts = |metric: &Metric| !(metric.is_client_time() && warm.generator_is_late());
    let known = |metric: &Metric| value(metric, &warm, &findings).known().filter(|_| counts(metric));
    let values = plan.measures.iter().map(known).collect();
    let stopped = plan.is_cut_short();
    let compared = plan.trace.filter(|_| !stopped && is_checked).map_or_else(Vec::new, |trace| compare(trace, &sums));
    let wrong = findings.lost + findings.duplicated + findings.violations > 0;
    let failed = !is_checked
        || thresholds.iter().any(|judged| judged.holds == Some(false))
        || compared.iter().any(|total| total.trace != total.mall);
    let mut distrust = made.distrust;
    let of_parts = lateness(plan.document, &thresholds);
    if all.generator_is_late() && of_parts.on_time {
        let late = ["all of the run"].into_iter().chain(of_parts.late).collect::<Vec<_>>().join(", ");
        distrust.push(format!("The generator itself was late at times: its times of {late} do not count."));
    } else if all.generator_is_late() {
        let late = Spread::of(&all.lag).p99;
        let less = match made.mode {
            Mode::Live => "Ask for fewer shoppers, or let the clock run slower.",
            _ => "Give it a core of its own, or less to do.",
        };
        let said = format!(
            "These are figures of the generator: it started steps up to {late:.1} ms late (p99), so what it measured of the \
             mall's times does not count. {less}"
        );
        distrust.push(said);
    } else if !of_parts.late.is_empty() {
        let late = of_parts.late.join(", ");
        distrust.push(format!("The generator itself was late in {late}: its times of these do not count."));
    }
    if let Some(said) = warmed.distrust {
        distrust.push(said);
    }
    match &aborted {
        Some(aborted) => distrust.push(format!("The run was ended before its time: {aborted}.")),
        None if plan.stop.is_stopped() => {
            distrust.push("It was stopped before the last shopper came: what is told is of those who did.".to_owned());
        }
        None => {}
    }
    Report {
        schema: SCHEMA,
        checked: is_checked,
        scenario: plan.document.scenario.name.clone(),
        seed: plan.seed,
        mode: made.mode,
        target: made.target,
        started_at: plan.started_at,
        mall_time: made.time,
        verdict: match (wrong, failed, stopped) {
            (true, _, _) => Verdict::Violated,
            (false, true, _) => Verdict::Failed,
            (false, false, true) => Verdict::Stopped,
            (false, false, false) => Verdict::Passed,
        },
        distrust,
        notes: made.notes.into_iter().chain(warmed.note).collect(),
        warm_up_ms: warmed.ms,
        totals: Shown {
            pending: measures.open() as u64,
            lost: findings.lost,
            duplicated: findings.duplicated,
            violations: findings.violations,
            ..shown(all)
        },
        money: MoneyTotals {
            authorized: all.authorized,
            captured: all.captured,
            refused_sales: all.refused_sales,
            refused: all.refused.iter().map(|(why, sum)| (why.as_str(), *sum)).collect(),
        },
        stock: StockTotals { shipped: all.served, left: findings.stock_left },
        course: measures.course().clone(),
        bands: bands(&plan.document.scenario),
        latency_ms: times(all, made.mode).into_iter().map(|(name, all)| (name, Spread::of(all))).collect(),
        curves: times(all, made.mode).into_iter().map(|(name, all)| (name, curve(all))).collect(),
        participants: measures.behaved(TOLD),
        scarcest: measures.scarcest(TOLD),
        remarkable: measures.remarkable(),
        knee: Knee::of(plan.document, &thresholds),
        thresholds,
        measured: values,
        trace: compared,
        problems,
        journal,
    }
}

/// In which parts the generator was late.
struct Lateness<'a> {
    late: Vec<&'a str>,
    /// Whether there is one of which times count.
    on_time: bool,
}

fn lateness<'a>(document: &Document, judged: &'a [Judged]) -> Lateness<'a> {
    let is_late = |judged: &&Judged| judged.why == Some(GENERATOR_LATE);
    let mut late: Vec<&str> = judged.iter().filter(is_late).map(|judged| judged.part.as_str()).collect();
    late.dedup();
    let mut thresholds = document.thresholds.0.iter().zip(judged);
    let on_time = thresholds.any(|(threshold, judged)| threshold.metric.is_client_time() && judged.value.is_some());
    Lateness { late, on_time }
}

/// The parts of which it is told how much they took.
const CURVE: [f64; 15] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999];

/// What at the beginning was not measured.
struct WarmedUp {
    /// How many of the parts that may not be measured are not.
    parts: usize,
    /// How long they are, milliseconds.
    ms: u64,
    /// What there is to be said of it.
    note: Option<String>,
    /// Why it is not known.
    distrust: Option<String>,
}

impl WarmedUp {
    fn of(plan: &Plan<'_>, measures: &Measures) -> Self {
        let took = |parts, time: Duration| Self {
            parts,
            ms: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
            note: None,
            distrust: None,
        };
        let said =
            |time: Duration| format!("The first {} s are its warm-up, and not in what is measured", time.as_secs_f64());
        let WarmUp::For(time) = plan.document.scenario.warm_up else { return Self::found(plan, measures, took, said) };
        let note = (time.0 > Duration::ZERO).then(|| said(time.0) + ".");
        Self { note, ..took(0, time.0) }
    }

    /// By MSER-5.
    fn found(
        plan: &Plan<'_>,
        measures: &Measures,
        took: impl Fn(usize, Duration) -> Self,
        said: impl Fn(Duration) -> String,
    ) -> Self {
        let why = match measures.looks().cut() {
            _ if plan.is_cut_short() => "the run was ended before its time",
            _ if measures.all().submitted == 0 => "nobody ordered anything",
            None => {
                "in the first half of the run the number of open orders did not become what it stayed (MSER-5). Let it run \
                 longer, or say `warm_up` as a time"
            }
            Some(cut) => {
                let time = measures.looks().mean_is_of() * u32::try_from(cut).unwrap_or(u32::MAX);
                let note = match cut {
                    0 => "No warm-up had to be cut".to_owned(),
                    _ => said(time),
                };
                let note = Some(note + ": from then on the number of open orders is what it stays (MSER-5).");
                return Self { note, ..took(cut, time) };
            }
        };
        Self { distrust: Some(format!("Of the warm-up nothing was cut: {why}.")), ..took(0, Duration::ZERO) }
    }
}

/// What part of the numbers is at most how much, to the last that is of at least one of them: milliseconds.
#[expect(clippy::cast_precision_loss, reason = "counts and microseconds of a run")]
fn curve(micros: &Histogram<u64>) -> Vec<(f64, f64)> {
    let beyond = |share: f64| (1.0 - share) * micros.len() as f64 >= 1.0 - 1e-9;
    let at = |share: &f64| (*share, micros.value_at_quantile(*share) as f64 / 1_000.0);
    CURVE.iter().filter(|share| beyond(**share)).map(at).collect()
}

fn times(all: &Counts, mode: Mode) -> Vec<(&'static str, &Histogram<u64>)> {
    let mut known = vec![("settle", &all.settle), ("lateness", &all.lateness)];
    if mode.takes_times() {
        known.extend([
            ("request", &all.request),
            ("submit", &all.submit),
            ("service", &all.service),
            ("pay", &all.pay),
            ("checkout", &all.checkout),
            ("commit_to_event", &all.commit_to_event),
            ("generator.lag", &all.lag),
        ]);
    }
    known
}

/// What a trace and a mall that was opened for it have to agree on.
fn compare(trace: &Trace, sums: &Totals) -> Vec<Compared> {
    let of = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let said = trace.totals;
    let (amount, pieces) = (of(said.amount), of(said.pieces));
    [
        ("orders delivered", of(said.orders), of(sums.delivered)),
        ("orders with total 0", of(said.free_orders), of(sums.delivered_free)),
        ("customers", of(said.customers), of(sums.customers)),
        ("units shipped", pieces, pieces - sums.on_hand),
        ("units left on the shelf", 0, sums.on_hand - sums.reserved),
        ("units still reserved", 0, sums.reserved),
        ("money of the orders", amount, sums.sold),
        ("money captured", amount, sums.captured),
        ("money authorized", amount, sums.authorized),
        ("money still held", 0, sums.held),
        ("money refunded", 0, sums.refunded),
    ]
    .map(|(name, trace, mall)| Compared { name, trace, mall })
    .into()
}
