//! What is otherwise than in an earlier report of the same sort, and what of it is more than noise.
//!
//! Only several runs tell noise from more: the means of experiments are compared run by run where both have the same seeds, by
//! Welch's interval otherwise. Of two single runs everything is told and nothing is marked: orders hang together, as when
//! all want the last pieces, so an interval that takes each for a draw of its own would mark what another seed gives as well.

use crate::sim::experiment::interval::Interval;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The version of reports that is read.
const SCHEMA: u32 = 1;
/// The longest report that is read, bytes: many times the longest that is written.
const LENGTH_MAX: u64 = 64 * 1024 * 1024;
/// Parts of the orders that have their verdict, by their names in the totals.
const SHARES: [(&str, &str); 5] = [
    ("accepted", "accepted"),
    ("rejected", "refused"),
    ("cancelled", "cancelled"),
    ("expired", "expired"),
    ("delivered", "delivered"),
];
/// Counts, by their names in the totals.
const COUNTS: [&str; 8] = ["offered", "dropped", "errors", "submitted", "pending", "lost", "duplicated", "violations"];
/// What is told of times.
const QUANTILES: [&str; 3] = ["p50", "p99", "max"];

/// Why a report cannot be compared with.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read.
    #[error("{0} cannot be read")]
    Unreadable(String, #[source] std::io::Error),
    /// It is no report.
    #[error("{0} is not a report: it has to be what `plaza simulate … --json FILE` wrote, version {SCHEMA}")]
    NoReport(String),
    /// It is of another sort.
    #[error("{0} is the report of {1}, and this is {2}")]
    AnotherSort(String, &'static str, &'static str),
}

/// What every report says of itself.
#[derive(Clone, Debug, Deserialize)]
struct Head {
    schema: u32,
    scenario: String,
    mode: String,
    started_at: String,
}

/// What is compared of a run.
#[derive(Clone, Debug, Deserialize)]
struct Run {
    totals: BTreeMap<String, Value>,
    money: BTreeMap<String, Value>,
    stock: BTreeMap<String, i64>,
    latency_ms: BTreeMap<String, BTreeMap<String, f64>>,
}

/// What is compared of an experiment.
#[derive(Clone, Debug, Deserialize)]
struct Experiment {
    variants: Vec<Variant>,
}

#[derive(Clone, Debug, Deserialize)]
struct Variant {
    values: BTreeMap<String, String>,
    replications: Vec<Replication>,
}

#[derive(Clone, Debug, Deserialize)]
struct Replication {
    seed: u64,
    values: BTreeMap<String, Option<f64>>,
}

#[derive(Clone, Debug)]
enum Figures {
    Run(Run),
    Experiment(Experiment),
}

impl Figures {
    const fn sort(&self) -> &'static str {
        match self {
            Self::Run(_) => RUN,
            Self::Experiment(_) => EXPERIMENT,
        }
    }
}

const RUN: &str = "a run";
const EXPERIMENT: &str = "an experiment";

/// An earlier report.
pub struct Earlier {
    file: String,
    head: Head,
    figures: Figures,
}

/// What is otherwise than in an earlier report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baseline {
    /// The earlier report: the file's name.
    pub file: String,
    /// The scenario of that report.
    pub scenario: String,
    /// How it was made, `virtual` or `rest`.
    pub mode: String,
    /// When it was made, by the machine's clock.
    pub started_at: String,
    /// Every figure of both.
    pub deltas: Vec<Delta>,
    /// What only one of them has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alone: Vec<String>,
}

/// A report with what is otherwise than in an earlier one.
#[derive(Serialize)]
pub struct Told<'a, R: Serialize> {
    /// The report.
    #[serde(flatten)]
    pub report: &'a R,
    /// What is otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<&'a Baseline>,
}

/// A figure, then and now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Delta {
    /// What.
    pub name: String,
    /// What it was.
    pub was: f64,
    /// What it is.
    pub is: f64,
    /// Half the width of the 95 % interval of the difference; none where none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half_width: Option<f64>,
    /// Whether the difference is more than noise; none where that is not known.
    pub more_than_noise: Option<bool>,
}

impl Earlier {
    /// Reads a report that has to be of an experiment, or of a run.
    ///
    /// # Errors
    /// It cannot be read, is none, or is of the other sort.
    pub fn read(path: &Path, is_experiment: bool) -> Result<Self, BaselineError> {
        let file = path.display().to_string();
        let mut text = String::new();
        let read = File::open(path).and_then(|opened| opened.take(LENGTH_MAX).read_to_string(&mut text));
        match read {
            Ok(_) => {}
            // It is no text.
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => return Err(BaselineError::NoReport(file)),
            Err(error) => return Err(BaselineError::Unreadable(file, error)),
        }
        let Some((head, figures)) = parsed(&text) else { return Err(BaselineError::NoReport(file)) };
        let wanted = if is_experiment { EXPERIMENT } else { RUN };
        if figures.sort() != wanted {
            return Err(BaselineError::AnotherSort(file, figures.sort(), wanted));
        }
        Ok(Self { file, head, figures })
    }

    /// What is otherwise in a report of now.
    #[must_use]
    pub fn compared(&self, now: &impl Serialize) -> Baseline {
        // Read as the earlier one was, so that what is the same is the same to the last digit.
        let now = serde_json::to_string(now).ok().and_then(|text| parsed(&text)).map(|(_, figures)| figures);
        let (deltas, alone) = match (&self.figures, now) {
            (Figures::Run(was), Some(Figures::Run(is))) => of_runs(was, &is),
            (Figures::Experiment(was), Some(Figures::Experiment(is))) => of_experiments(was, &is),
            // It was looked at when it was read.
            _ => (Vec::new(), Vec::new()),
        };
        let Head { scenario, mode, started_at, .. } = self.head.clone();
        Baseline { file: self.file.clone(), scenario, mode, started_at, deltas, alone }
    }
}

/// What a report tells, if it is one.
fn parsed(text: &str) -> Option<(Head, Figures)> {
    fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
        serde_json::from_str(text).ok()
    }
    let head = part::<Head>(text).filter(|head| head.schema == SCHEMA)?;
    let figures = part(text).map(Figures::Experiment).or_else(|| part(text).map(Figures::Run))?;
    Some((head, figures))
}

impl Delta {
    /// What it is more than it was.
    #[must_use]
    pub fn more(&self) -> f64 {
        self.is - self.was
    }

    const fn unknown(name: String, was: f64, is: f64) -> Self {
        Self { name, was, is, half_width: None, more_than_noise: None }
    }
}

/// The figures of a run, by their names.
fn figures(run: &Run) -> BTreeMap<String, f64> {
    let number = |of: &BTreeMap<String, Value>, name: &str| of.get(name).and_then(Value::as_f64);
    let counts = COUNTS.into_iter().filter_map(|name| Some((name.to_owned(), number(&run.totals, name)?)));
    let settled = number(&run.totals, "settled").filter(|settled| *settled > 0.0);
    let share = |name: String, part: f64| Some((format!("{name}.share"), part / settled?));
    let shares = SHARES.iter().filter_map(|(name, at)| share((*name).to_owned(), number(&run.totals, at)?));
    let reasons = run.totals.get("rejected").and_then(Value::as_object).into_iter().flatten();
    let reasons = reasons.filter_map(|(reason, count)| share(format!("rejected.{reason}"), count.as_f64()?));
    let money = run.money.iter().filter_map(|(name, sum)| Some((format!("money.{name}"), sum.as_f64()?)));
    #[expect(clippy::cast_precision_loss, reason = "pieces of a mall")]
    let stock = run.stock.iter().map(|(name, pieces)| (format!("stock.{name}"), *pieces as f64));
    let times = run.latency_ms.iter().filter(|(_, spread)| spread.get("count").is_some_and(|count| *count > 0.0));
    let times = times.flat_map(|(name, spread)| {
        QUANTILES.into_iter().filter_map(move |quantile| Some((format!("{name}.{quantile}"), *spread.get(quantile)?)))
    });
    counts.chain(shares).chain(reasons).chain(money).chain(stock).chain(times).collect()
}

/// Of two single runs.
fn of_runs(was: &Run, is: &Run) -> (Vec<Delta>, Vec<String>) {
    let (was, is) = (figures(was), figures(is));
    let both = was.iter().filter_map(|(name, was)| Some(Delta::unknown(name.clone(), *was, *is.get(name)?)));
    (both.collect(), alone(&was, &is))
}

/// What runs gave, by their seeds.
type Runs = BTreeMap<u64, f64>;

/// The measures of an experiment with those of each variant, by their names.
fn measures(experiment: &Experiment) -> BTreeMap<String, Runs> {
    let mut all: BTreeMap<String, Runs> = BTreeMap::new();
    for Variant { values, replications } in &experiment.variants {
        let values: Vec<String> = values.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let with = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
        for Replication { seed, values } in replications {
            for (name, value) in values.iter().filter_map(|(name, value)| Some((name, (*value)?))) {
                all.entry(format!("{name}{with}")).or_default().insert(*seed, value);
            }
        }
    }
    all
}

/// Of two experiments: what they measure alike.
fn of_experiments(was: &Experiment, is: &Experiment) -> (Vec<Delta>, Vec<String>) {
    let (was, is) = (measures(was), measures(is));
    let both = was.iter().filter_map(|(name, was)| delta(name.clone(), was, is.get(name)?));
    (both.collect(), alone(&was, &is))
}

/// Of a measure: of the seeds that both have, or of all of both where those are fewer than two.
fn delta(name: String, was: &Runs, is: &Runs) -> Option<Delta> {
    let common: Vec<(f64, f64)> = was.iter().filter_map(|(seed, was)| Some((*was, *is.get(seed)?))).collect();
    let (was, is, interval) = if common.len() > 1 {
        let (was, is): (Vec<f64>, Vec<f64>) = common.iter().copied().unzip();
        let pairs: Vec<f64> = common.iter().map(|(was, is)| is - was).collect();
        (Interval::of(&was)?, Interval::of(&is)?, Interval::of(&pairs)?)
    } else {
        let (was, is): (Vec<f64>, Vec<f64>) = (was.values().copied().collect(), is.values().copied().collect());
        (Interval::of(&was)?, Interval::of(&is)?, Interval::between(&was, &is)?)
    };
    let half_width = interval.half_width.filter(|half| half.is_finite() && interval.mean.is_finite());
    let more_than_noise = half_width.map(|_| !interval.holds(0.0));
    Some(Delta { name, was: was.mean, is: is.mean, half_width, more_than_noise })
}

/// What only one of them has.
fn alone<T>(was: &BTreeMap<String, T>, is: &BTreeMap<String, T>) -> Vec<String> {
    let (then, now): (BTreeSet<&String>, BTreeSet<&String>) = (was.keys().collect(), is.keys().collect());
    let only_then = then.difference(&now).map(|name| format!("{name}: only then"));
    only_then.chain(now.difference(&then).map(|name| format!("{name}: only now"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(deltas: &[Delta], name: &str) -> Delta {
        deltas.iter().find(|delta| delta.name == name).unwrap_or_else(|| panic!("{name} in {deltas:?}")).clone()
    }

    fn run(accepted: u64, reasons: &Value, p99: f64) -> Run {
        let run = json!({
            "totals": {"offered": 2_000, "settled": 1_000, "accepted": accepted, "rejected": reasons},
            "money": {"captured": accepted * 10, "refused": {"OUT_OF_STOCK": 7}}, "stock": {"left": -3},
            "latency_ms": {"submit": {"count": 5, "p50": 1.0, "p99": p99, "max": 9.0}, "pay": {"count": 0, "p50": 0.0}}
        });
        serde_json::from_value(run).unwrap()
    }

    #[test]
    fn of_single_runs_everything_is_told_and_nothing_marked() {
        let (deltas, alone) = of_runs(&run(900, &json!({}), 10.0), &run(400, &json!({"OUT_OF_STOCK": 60}), 20.0));
        let accepted = of(&deltas, "accepted.share");
        assert!((accepted.was - 0.9).abs() < 1e-9 && (accepted.more() + 0.5).abs() < 1e-9, "of those with a verdict");
        assert!((of(&deltas, "submit.p99").more() - 10.0).abs() < 1e-9);
        assert!((of(&deltas, "money.captured").more() + 5_000.0).abs() < 1e-9);
        assert!(deltas.iter().all(|delta| delta.more_than_noise.is_none() && !delta.name.starts_with("pay")));
        assert_eq!(alone, ["rejected.OUT_OF_STOCK.share: only now"]);
    }

    fn experiment(seeds: std::ops::Range<u64>, more: f64) -> Experiment {
        let value = |seed: u64| [1.0, 50.0, 900.0, 4.0][usize::try_from(seed % 4).unwrap()] + more;
        let runs: Vec<Value> =
            seeds.map(|seed| json!({"seed": seed, "values": {"served.share": value(seed), "lost": null}})).collect();
        let plain = json!({"values": {}, "replications": runs.clone()});
        serde_json::from_value(json!({"variants": [plain, {"values": {"mall.stock": "5"}, "replications": runs}]}))
            .unwrap()
    }

    #[test]
    fn runs_of_the_same_seeds_are_compared_one_by_one() {
        let marked = |was: &Experiment, is: &Experiment| {
            let (deltas, alone) = of_experiments(was, is);
            assert_eq!((deltas.len(), alone.len()), (2, 0), "{deltas:?} {alone:?}");
            let delta = of(&deltas, "served.share (mall.stock = 5)");
            (delta.more(), delta.more_than_noise)
        };
        assert_eq!(marked(&experiment(0..4, 0.0), &experiment(0..4, 2.0)), (2.0, Some(true)));
        assert_eq!(marked(&experiment(0..4, 0.0), &experiment(1..20, 2.0)), (2.0, Some(true)), "those they have both");
        assert_eq!(marked(&experiment(0..4, 0.0), &experiment(0..4, 0.0)), (0.0, Some(false)));
        assert_eq!(marked(&experiment(0..4, 0.0), &experiment(100..104, 2.0)).1, Some(false), "of other seeds");
        assert_eq!(marked(&experiment(0..1, 0.0), &experiment(0..1, 2.0)).1, None, "of one run each nobody knows");
        for far in [1e200, 1e308, 1e-200, -1e308] {
            let (deltas, _) = of_experiments(&experiment(0..4, 0.0), &experiment(100..104, far));
            assert!(deltas.iter().all(|delta| delta.half_width.is_none_or(f64::is_finite)), "{far}: {deltas:?}");
        }
    }

    #[test]
    fn what_only_one_of_them_measures_is_named() {
        let mut other = experiment(0..4, 0.0);
        other.variants.remove(0);
        let (_, alone) = of_experiments(&experiment(0..4, 0.0), &other);
        assert_eq!(alone, ["served.share: only then"]);
    }

    #[test]
    fn what_is_damaged_is_no_report() {
        let report = |variants: &str| {
            format!(r#"{{"schema":1,"scenario":"x","mode":"virtual","started_at":"then","variants":{variants}}}"#)
        };
        assert!(parsed(&report("[]")).is_some());
        for damaged in [
            r#"[{"values":{"a":5},"replications":[]}]"#,
            r#"[{"values":{},"replications":[{"seed":-1,"values":{}}]}]"#,
            r#"[{"values":{},"replications":[{"seed":1,"values":{"a":"b"}}]}]"#,
            r#"[{"values":{}}]"#,
            "null",
            r#""x""#,
        ] {
            assert!(parsed(&report(damaged)).is_none(), "{damaged}");
        }
        assert!(parsed(&report("[]").replace(":1,", ":2,")).is_none());
    }
}
