//! What an experiment found, as JSON says it.

use super::answer::{Answer, answers};
use super::interval::Interval;
use super::measured::{Difference, Measured, Ran, Replication, differences_of};
use super::plan::ExperimentPlan;
use crate::domain::time::{Rfc3339, Timestamp};
use crate::sim::run::judge::Mode;
use crate::sim::run::report::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the format.
pub const SCHEMA: u32 = 1;
/// The most problems that are named.
const NAMED: usize = 50;

/// What an experiment found.
#[derive(Clone, Debug, Serialize)]
pub struct ExperimentReport {
    /// The version of the format.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// What it asks.
    pub title: String,
    /// How it was run.
    pub mode: Mode,
    /// The mall it was run against, each run going on where the one before left it; none of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The seed of the first run of each variant; the next have the next.
    pub first_seed: u64,
    /// When it was started, by the machine's clock.
    #[serde(with = "Rfc3339")]
    pub started_at: Timestamp,
    /// How it ended: as the worst of its runs.
    pub verdict: Verdict,
    /// What is not to be trusted, in words, and in how many runs; at most 50 lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub distrust: Vec<String>,
    /// What was measured of each variant.
    pub variants: Vec<Measured>,
    /// What each variant gives more than the one before, run by run.
    pub differences: Vec<Difference>,
    /// What was asked about, and the limit it was held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<(String, f64)>,
    /// The answer, for every combination of the other values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// What is not as it has to be, at most 50 lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

impl ExperimentReport {
    /// Whether no run was made.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.variants.iter().all(|variant| variant.runs == 0)
    }

    /// What a measure was held against, if it was asked about.
    #[must_use]
    pub fn limit_of(&self, measure: &str) -> Option<f64> {
        self.asked.as_ref().filter(|(asked, _)| asked == measure).map(|(_, limit)| *limit)
    }

    /// Of the runs of each variant, in the order of their seeds.
    #[must_use]
    pub fn of(
        plan: &ExperimentPlan,
        ran: &[Vec<Ran>],
        first_seed: u64,
        started_at: Timestamp,
        is_stopped: bool,
    ) -> Self {
        let column = |variant: usize, measure: usize| -> Vec<Option<f64>> {
            ran[variant].iter().map(|run| run.values.get(measure).copied().flatten()).collect()
        };
        let names = || plan.measures.iter().map(|(name, _)| name.clone()).enumerate();
        let variants: Vec<Measured> = plan
            .variants
            .iter()
            .enumerate()
            .map(|(at, variant)| {
                let measures = names().map(|(measure, name)| {
                    let known: Vec<f64> = column(at, measure).into_iter().flatten().collect();
                    (name, Interval::of(&known))
                });
                let mut thresholds: Vec<String> = ran[at].iter().flat_map(|run| run.failed.clone()).collect();
                thresholds.sort_unstable();
                thresholds.dedup();
                let replications = ran[at].iter().map(|run| Replication {
                    seed: run.seed,
                    warm_up_ms: run.warm_up_ms,
                    values: names().map(|(measure, name)| (name, run.values.get(measure).copied().flatten())).collect(),
                });
                Measured {
                    replications: replications.collect(),
                    values: variant.values.clone(),
                    runs: ran[at].len(),
                    failed: ran[at].iter().filter(|run| !run.failed.is_empty()).count(),
                    thresholds,
                    measures: measures.collect(),
                }
            })
            .collect();
        let differences = (1..plan.variants.len()).map(|at| Difference {
            from: plan.variants[at - 1].values.clone(),
            to: plan.variants[at].values.clone(),
            measures: names().map(|(measure, name)| (name, differences_of(&ran[at - 1], &ran[at], measure))).collect(),
        });
        let all = || ran.iter().flatten();
        let mut problems: Vec<String> =
            all().flat_map(|run| run.problems.iter().map(|said| format!("seed {}: {said}", run.seed))).collect();
        problems.truncate(NAMED);
        let mut doubts: BTreeMap<&String, usize> = BTreeMap::new();
        all().flat_map(|run| &run.distrust).for_each(|said| *doubts.entry(said).or_default() += 1);
        let runs = all().count();
        let distrust = doubts.into_iter().take(NAMED).map(|(said, times)| format!("In {times} of {runs} runs: {said}"));
        let any = |verdict: Verdict| all().any(|run| run.verdict == verdict);
        let verdict = match (any(Verdict::Violated), any(Verdict::Failed), is_stopped) {
            (true, _, _) => Verdict::Violated,
            (false, true, _) => Verdict::Failed,
            (false, false, true) => Verdict::Stopped,
            (false, false, false) => Verdict::Passed,
        };
        let scenario = plan.variants.first().map(|variant| &variant.document.scenario);
        Self {
            schema: SCHEMA,
            scenario: scenario.map_or_else(String::new, |scenario| scenario.name.clone()),
            title: scenario.map_or_else(String::new, |scenario| scenario.title.clone()),
            mode: plan.mode,
            target: None,
            first_seed,
            started_at,
            verdict,
            distrust: distrust.collect(),
            asked: plan.question.as_ref().map(|question| (question.name(), question.limit)),
            answers: plan.question.iter().flat_map(|question| answers(question, &variants)).collect(),
            differences: differences.collect(),
            variants,
            problems,
        }
    }
}
