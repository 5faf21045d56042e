//! What is otherwise than in an earlier report of the same sort, and what of it is more than noise.
//!
//! Runs of an experiment are compared by their means: of the same seeds run by run, of others by Welch's interval. Of two
//! single runs the shares of orders are compared, by Newcombe's interval of the difference of two shares, which is made of
//! Wilson's, as if every order were a draw of its own: where they hang together, as when all want the last pieces, only
//! several runs tell. Their times and sums have no interval, and are told without a mark.

use crate::sim::experiment::interval::Interval;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The version of reports that is read.
const SCHEMA: u64 = 1;
/// The quantile of the normal distribution that a 95 % interval takes.
const NORMAL: f64 = 1.959_964;
/// Counts of a run, and what they are of.
const SHARES: [(&str, &str, &str); 9] = [
    ("dropped", "/totals/dropped", "/totals/offered"),
    ("accepted", "/totals/accepted", "/totals/submitted"),
    ("rejected", "/totals/refused", "/totals/submitted"),
    ("cancelled", "/totals/cancelled", "/totals/submitted"),
    ("expired", "/totals/expired", "/totals/submitted"),
    ("delivered", "/totals/delivered", "/totals/submitted"),
    ("not ended", "/totals/pending", "/totals/submitted"),
    ("lost", "/totals/lost", "/totals/submitted"),
    ("duplicated", "/totals/duplicated", "/totals/submitted"),
];
/// Sums of a run.
const SUMS: [(&str, &str); 7] = [
    ("offered", "/totals/offered"),
    ("errors", "/totals/errors"),
    ("submitted", "/totals/submitted"),
    ("money.authorized", "/money/authorized"),
    ("money.captured", "/money/captured"),
    ("money.refused_sales", "/money/refused_sales"),
    ("stock.left", "/stock/left"),
];

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

/// An earlier report.
pub struct Earlier {
    name: String,
    report: Value,
}

/// What is otherwise than in an earlier report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baseline {
    /// The earlier report: the file's name.
    pub file: String,
    /// The scenario of that report.
    pub scenario: String,
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
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| BaselineError::Unreadable(name.clone(), error))?;
        let report: Option<Value> = serde_json::from_str(&text).ok();
        let sort = |is_experiment| if is_experiment { "an experiment" } else { "a run" };
        match report {
            Some(report) if is_report(&report) => {
                let was = report["variants"].is_array();
                if was == is_experiment {
                    Ok(Self { name, report })
                } else {
                    Err(BaselineError::AnotherSort(name, sort(was), sort(is_experiment)))
                }
            }
            _ => Err(BaselineError::NoReport(name)),
        }
    }

    /// What is otherwise in a report of now.
    #[must_use]
    pub fn compared(&self, now: &impl Serialize) -> Baseline {
        let now = serde_json::to_value(now).unwrap_or_default();
        let text = |key: &str| self.report[key].as_str().unwrap_or_default().to_owned();
        let (deltas, alone) = if now.get("variants").is_some() {
            of_experiments(&self.report, &now)
        } else {
            (of_runs(&self.report, &now), Vec::new())
        };
        Baseline { file: self.name.clone(), scenario: text("scenario"), started_at: text("started_at"), deltas, alone }
    }
}

fn is_report(report: &Value) -> bool {
    let tells = report["variants"].is_array() || (report["totals"].is_object() && report["latency_ms"].is_object());
    report["schema"] == SCHEMA && report["scenario"].is_string() && tells
}

impl Delta {
    /// What it is more than it was.
    #[must_use]
    pub fn more(&self) -> f64 {
        self.is - self.was
    }

    fn known(name: String, was: f64, is: f64, interval: Option<Interval>) -> Self {
        let more_than_noise = interval.filter(|known| known.half_width.is_some()).map(|known| !known.holds(0.0));
        Self { name, was, is, half_width: interval.and_then(|known| known.half_width), more_than_noise }
    }
}

/// Of two single runs.
fn of_runs(was: &Value, is: &Value) -> Vec<Delta> {
    let number = |report: &Value, at: &str| report.pointer(at).and_then(Value::as_f64);
    let both = |at: &str| Some((number(was, at)?, number(is, at)?));
    let sums = SUMS.iter().filter_map(|(name, at)| {
        let (was, is) = both(at)?;
        Some(Delta { name: (*name).to_owned(), was, is, half_width: None, more_than_noise: None })
    });
    let mut shares: Vec<(String, String, &str)> =
        SHARES.iter().map(|(name, at, of)| ((*name).to_owned(), (*at).to_owned(), *of)).collect();
    let reasons = [was, is].into_iter().filter_map(|report| report.pointer("/totals/rejected")?.as_object());
    let reasons: std::collections::BTreeSet<&String> = reasons.flat_map(serde_json::Map::keys).collect();
    shares.extend(
        reasons
            .into_iter()
            .map(|reason| (format!("rejected.{reason}"), format!("/totals/rejected/{reason}"), "/totals/submitted")),
    );
    let shares = shares.into_iter().filter_map(|(name, at, of)| {
        let (of_was, of_is) = both(of)?;
        let part = |report: &Value| number(report, &at).unwrap_or_default();
        Some(of_shares(format!("{name}.share"), (part(was), of_was), (part(is), of_is)))
    });
    let times = was["latency_ms"].as_object().into_iter().flatten().flat_map(|(name, spread)| {
        let now = &is["latency_ms"][name];
        ["p50", "p99", "max"].into_iter().filter_map(move |quantile| {
            let counted = |spread: &Value| spread["count"].as_u64().filter(|count| *count > 0);
            counted(spread).and(counted(now))?;
            let (was, is) = (spread[quantile].as_f64()?, now[quantile].as_f64()?);
            Some(Delta { name: format!("{name}.{quantile}"), was, is, half_width: None, more_than_noise: None })
        })
    });
    sums.chain(shares.filter(|delta| delta.was.is_finite() && delta.is.is_finite())).chain(times).collect()
}

/// Two shares, and whether they differ by Newcombe's interval.
fn of_shares(name: String, was: (f64, f64), is: (f64, f64)) -> Delta {
    let (one, other) = (was.0 / was.1, is.0 / is.1);
    let (one_least, one_most) = wilson(was);
    let (other_least, other_most) = wilson(is);
    let below = (other - other_least).hypot(one_most - one);
    let above = (other_most - other).hypot(one - one_least);
    let differ = other - one - below > 0.0 || other - one + above < 0.0;
    Delta {
        name,
        was: one,
        is: other,
        half_width: None,
        more_than_noise: (one.is_finite() && other.is_finite()).then_some(differ),
    }
}

/// Wilson's 95 % interval of a share.
fn wilson((part, of): (f64, f64)) -> (f64, f64) {
    let (share, squared) = (part / of, NORMAL * NORMAL);
    let middle = (share + squared / (2.0 * of)) / (1.0 + squared / of);
    let half = NORMAL / (1.0 + squared / of) * (share * (1.0 - share) / of + squared / (4.0 * of * of)).sqrt();
    (middle - half, middle + half)
}

/// What runs of a variant gave, by their seeds.
type Runs = BTreeMap<u64, BTreeMap<String, Option<f64>>>;

/// Of two experiments: variants with the same values.
fn of_experiments(was: &Value, is: &Value) -> (Vec<Delta>, Vec<String>) {
    let (was, is) = (variants(was), variants(is));
    let mut deltas = Vec::new();
    for (values, runs) in &is {
        let Some(earlier) = was.get(values) else { continue };
        let names: std::collections::BTreeSet<&String> = runs.values().flat_map(BTreeMap::keys).collect();
        for name in names {
            let of = |runs: &Runs| -> BTreeMap<u64, f64> {
                runs.iter().filter_map(|(seed, run)| Some((*seed, run.get(name).copied().flatten()?))).collect()
            };
            let (then, now) = (of(earlier), of(runs));
            let pairs: Vec<f64> = now.iter().filter_map(|(seed, value)| Some(value - then.get(seed)?)).collect();
            let (then, now): (Vec<f64>, Vec<f64>) = (then.into_values().collect(), now.into_values().collect());
            let (Some(was), Some(is)) = (Interval::of(&then), Interval::of(&now)) else { continue };
            let is_paired = pairs.len() == then.len() && pairs.len() == now.len();
            let interval = if is_paired { Interval::of(&pairs) } else { Interval::between(&then, &now) };
            let with = if values.is_empty() { String::new() } else { format!(" ({values})") };
            deltas.push(Delta::known(format!("{name}{with}"), was.mean, is.mean, interval));
        }
    }
    let alone = |one: &BTreeMap<String, Runs>, other: &BTreeMap<String, Runs>, when: &str| -> Vec<String> {
        one.keys()
            .filter(|values| !other.contains_key(*values))
            .map(|values| format!("{}, {when}", if values.is_empty() { "as it is" } else { values }))
            .collect()
    };
    (deltas, [alone(&was, &is, "only then"), alone(&is, &was, "only now")].concat())
}

/// Of an experiment's report, by the values of its variants.
fn variants(report: &Value) -> BTreeMap<String, Runs> {
    let all = report["variants"].as_array().into_iter().flatten().map(|variant| {
        let values: BTreeMap<String, String> = serde_json::from_value(variant["values"].clone()).unwrap_or_default();
        let values: Vec<String> = values.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let runs = variant["replications"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|run| Some((run["seed"].as_u64()?, serde_json::from_value(run["values"].clone()).ok()?)));
        (values.join(", "), runs.collect())
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(deltas: &[Delta], name: &str) -> Delta {
        deltas.iter().find(|delta| delta.name == name).unwrap_or_else(|| panic!("{name} in {deltas:?}")).clone()
    }

    #[test]
    fn shares_of_two_runs_are_marked_where_they_differ_by_more_than_noise() {
        let run = |accepted: u64, reasons: Value, p99: f64| {
            json!({"totals": {"offered": 1_000, "submitted": 1_000, "accepted": accepted, "rejected": reasons},
                   "money": {"captured": accepted * 10}, "latency_ms": {"submit": {"count": 5, "p50": 1.0, "p99": p99, "max": 9.0}}})
        };
        let deltas = of_runs(&run(900, json!({}), 10.0), &run(910, json!({"OUT_OF_STOCK": 60}), 20.0));
        assert_eq!(of(&deltas, "accepted.share").more_than_noise, Some(false));
        assert_eq!(of(&deltas, "rejected.OUT_OF_STOCK.share").more_than_noise, Some(true), "from none to 60");
        let slower = of(&deltas, "submit.p99");
        assert_eq!((slower.more(), slower.more_than_noise), (10.0, None), "of one run nobody knows");
        assert!((of(&deltas, "money.captured").more() - 100.0).abs() < 1e-9);
        assert_eq!(of(&deltas, "expired.share").more_than_noise, Some(false), "of what neither had");
    }

    #[test]
    fn intervals_of_shares_are_wilsons_and_newcombes() {
        // Newcombe 1998, examples (a): 56/70 against 48/80 differ by 0.0524 to 0.3339.
        let (least, most) = wilson((56.0, 70.0));
        assert!((least - 0.6921).abs() < 5e-4 && (most - 0.8767).abs() < 5e-4, "{least} {most}");
        assert_eq!(of_shares(String::new(), (48.0, 80.0), (56.0, 70.0)).more_than_noise, Some(true));
        assert_eq!(of_shares(String::new(), (5.0, 56.0), (0.0, 29.0)).more_than_noise, Some(false), "0 may be between");
    }

    #[test]
    fn runs_of_the_same_seeds_are_compared_one_by_one() {
        let report = |first: u64, more: f64| {
            let runs: Vec<Value> = [1.0, 50.0, 900.0, 4.0]
                .iter()
                .zip(first..)
                .map(|(value, seed)| json!({"seed": seed, "values": {"served.share": value + more}}))
                .collect();
            json!({"variants": [{"values": {"mall.stock": "5"}, "replications": runs}]})
        };
        let (paired, alone) = of_experiments(&report(1, 0.0), &report(1, 2.0));
        let name = "served.share (mall.stock = 5)";
        assert_eq!((of(&paired, name).more(), of(&paired, name).more_than_noise), (2.0, Some(true)));
        assert_eq!(alone, Vec::<String>::new());
        let (apart, _) = of_experiments(&report(1, 0.0), &report(100, 2.0));
        assert_eq!(of(&apart, name).more_than_noise, Some(false), "of other seeds it is noise");
    }
}
