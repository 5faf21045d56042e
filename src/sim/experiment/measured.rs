//! What was measured of runs, of variants, and of what differs between them.

use super::interval::Interval;
use crate::sim::run::report::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;

/// Values of what is varied, by their keys, as TOML writes them.
pub type Values = BTreeMap<String, String>;

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Ran {
    /// What it drew from.
    pub seed: u64,
    /// How it ended.
    pub verdict: Verdict,
    /// What was measured, in the order asked for; none where there was no data.
    pub values: Vec<Option<f64>>,
    /// What at the beginning was not measured, milliseconds.
    pub warm_up_ms: u64,
    /// What is not to be trusted, in words.
    pub distrust: Vec<String>,
    /// Thresholds that failed.
    pub failed: Vec<String>,
    /// What is not as it has to be.
    pub problems: Vec<String>,
}

/// What was measured of a variant.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Its values.
    pub values: Values,
    /// How often it was run.
    pub runs: usize,
    /// In how many of these a threshold failed.
    pub failed: usize,
    /// Thresholds that failed in any of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<String>,
    /// Each measure; none where no run had data.
    pub measures: BTreeMap<String, Option<Interval>>,
    /// The runs, in the order of their seeds.
    pub replications: Vec<Replication>,
}

/// What a run gave.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replication {
    /// What it drew from.
    pub seed: u64,
    /// What at the beginning was not measured, milliseconds.
    pub warm_up_ms: u64,
    /// Each measure; none where it had no data.
    pub values: BTreeMap<String, Option<f64>>,
}

/// What a variant gives more than another.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The values of the other.
    pub from: Values,
    /// Its values.
    pub to: Values,
    /// Each measure; none where no pair of runs had data.
    pub measures: BTreeMap<String, Option<Interval>>,
}

/// What the runs of one variant give more than those of another that drew the same.
#[must_use]
pub fn differences_of(one: &[Ran], other: &[Ran], measure: usize) -> Option<Interval> {
    let value = |run: &Ran| run.values.get(measure).copied().flatten();
    let pairs = other.iter().filter_map(|run| {
        let paired = one.iter().find(|paired| paired.seed == run.seed)?;
        Some(value(run)? - value(paired)?)
    });
    Interval::of(&pairs.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_of_runs_that_drew_the_same() {
        let ran = |seed, value| Ran {
            seed,
            verdict: Verdict::Passed,
            values: vec![value],
            warm_up_ms: 0,
            distrust: vec![],
            failed: vec![],
            problems: vec![],
        };
        let one = [ran(1, Some(1.0)), ran(2, Some(20.0)), ran(3, None), ran(4, Some(300.0))];
        let other = [ran(2, Some(21.0)), ran(3, Some(5.0)), ran(4, Some(301.0)), ran(9, Some(7.0))];
        let difference = differences_of(&one, &other, 0).unwrap();
        assert_eq!((difference.mean, difference.half_width, difference.runs), (1.0, Some(0.0), 2));
        assert!(!difference.holds(0.0), "paired, they differ by 1 in every run");
        assert_eq!(differences_of(&one, &[], 0), None);
    }
}
