//! What an experiment found, as JSON says it, and its answer in a sentence.

use super::interval::Interval;
use super::plan::ExperimentPlan;
use super::question::Question;
use crate::domain::time::{Rfc3339, Timestamp};
use crate::sim::run::judge::Mode;
use crate::sim::run::report::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the format.
pub const SCHEMA: u32 = 1;
/// The most problems that are named.
const NAMED: usize = 50;

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

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The values of what else was varied.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub of: Values,
    /// The value that was asked for, as TOML writes it; none where it holds with none that was tried.
    pub value: Option<String>,
    /// Whether the intervals leave no doubt: of the value that was found and of the next that fails.
    pub certain: bool,
    /// In a sentence.
    pub sentence: String,
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

/// What the runs of one variant give more than those of another that drew the same.
fn differences_of(one: &[Ran], other: &[Ran], measure: usize) -> Option<Interval> {
    let value = |run: &Ran| run.values.get(measure).copied().flatten();
    let pairs = other.iter().filter_map(|run| {
        let paired = one.iter().find(|paired| paired.seed == run.seed)?;
        Some(value(run)? - value(paired)?)
    });
    Interval::of(&pairs.collect::<Vec<_>>())
}

/// The answer for every combination of what else was varied.
fn answers(question: &Question, variants: &[Measured]) -> Vec<Answer> {
    let mut groups: Vec<(Values, Vec<&Measured>)> = Vec::new();
    for variant in variants {
        let mut others = variant.values.clone();
        others.remove(&question.key);
        match groups.iter_mut().find(|(of, _)| *of == others) {
            Some((_, group)) => group.push(variant),
            None => groups.push((others, vec![variant])),
        }
    }
    groups.into_iter().map(|(of, group)| Group::of(question, group).answer(of)).collect()
}

/// Variants that differ in what is asked about alone, those that are asked for first.
struct Group<'a> {
    question: &'a Question,
    variants: Vec<&'a Measured>,
}

impl<'a> Group<'a> {
    fn of(question: &'a Question, variants: Vec<&'a Measured>) -> Self {
        let mut group = Self { question, variants };
        let number = |variant: &&Measured| value_of(question, variant).parse::<f64>().unwrap_or(f64::INFINITY);
        group.variants.sort_by(|one, other| number(one).total_cmp(&number(other)));
        if !question.smallest {
            group.variants.reverse();
        }
        group
    }

    fn known(&self, variant: &Measured) -> Option<Interval> {
        variant.measures.get(&self.question.name()).copied().flatten()
    }

    /// Whether what is asked for may as well be otherwise of a variant.
    fn is_doubtful(&self, variant: &Measured) -> bool {
        self.known(variant).is_none_or(|known| known.holds(self.question.limit))
    }

    fn with(&self, variant: &Measured) -> String {
        format!("with {} it is {}", value_of(self.question, variant), said(self.known(variant)))
    }

    fn answer(&self, of: Values) -> Answer {
        let Question { comparison, limit, .. } = self.question;
        let holds = |known: Interval| comparison.holds(known.mean, *limit);
        let found = self.variants.iter().position(|variant| self.known(variant).is_some_and(holds));
        let (certain, told) = found.map_or_else(|| self.none(), |at| self.one(at));
        let others: Vec<String> = of.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let begins = if others.is_empty() { String::new() } else { format!("With {}: ", others.join(", ")) };
        let doubt = if certain { "." } else { ". An interval holds the limit: more replications would tell." };
        let mut sentence = format!("{begins}{told}{doubt}");
        if let Some(first) = sentence.get(..1).map(str::to_uppercase) {
            sentence.replace_range(..1, &first);
        }
        Answer { of, value: found.map(|at| value_of(self.question, self.variants[at])), certain, sentence }
    }

    /// Of the variant that was found: whether it is certain, and in words.
    fn one(&self, at: usize) -> (bool, String) {
        let Question { key, expression, smallest, .. } = self.question;
        let (found, before) = (self.variants[at], at.checked_sub(1).map(|before| self.variants[before]));
        let certain = !self.is_doubtful(found) && before.is_none_or(|before| !self.is_doubtful(before));
        let (which, further) = if *smallest { ("smallest", "smaller") } else { ("largest", "larger") };
        let edge = before.map_or_else(|| format!("no {further} one was tried"), |before| self.with(before));
        let (value, known) = (value_of(self.question, found), said(self.known(found)));
        (certain, format!("the {which} {key} with {expression} is {value}: {known}; {edge}"))
    }

    /// Where none was found.
    fn none(&self) -> (bool, String) {
        let Question { key, expression, .. } = self.question;
        let nearest = self.variants.last().map_or_else(String::new, |last| format!("; {}", self.with(last)));
        let certain = self.variants.iter().all(|variant| !self.is_doubtful(variant));
        (certain, format!("no {key} that was tried has {expression}{nearest}"))
    }
}

/// The value of what is asked about.
fn value_of(question: &Question, variant: &Measured) -> String {
    variant.values.get(&question.key).cloned().unwrap_or_default()
}

/// A mean with its interval, in words.
fn said(interval: Option<Interval>) -> String {
    let Some(known) = interval else { return "no data".to_owned() };
    let mean = figure(known.mean);
    if known.half_width.is_none() {
        return mean;
    }
    let (least, most) = known.bounds();
    format!("{mean} ({} to {})", figure(least), figure(most))
}

/// A figure as people read it: whole where it is, to four digits behind the point otherwise.
#[must_use]
pub fn figure(value: f64) -> String {
    if value.fract() == 0.0 || value.abs() >= 10_000.0 {
        return format!("{value:.0}");
    }
    trimmed(&format!("{value:.4}"))
}

/// A number without zeros that say nothing.
#[must_use]
pub fn trimmed(number: &str) -> String {
    let short = number.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// Values of what is varied, in words.
#[must_use]
pub fn named(values: &Values) -> String {
    let all: Vec<String> = values.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    if all.is_empty() { "as it is".to_owned() } else { all.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(stock: &str, values: &[f64]) -> Measured {
        Measured {
            values: [("mall.stock".to_owned(), stock.to_owned())].into(),
            runs: values.len(),
            failed: 0,
            replications: vec![],
            thresholds: vec![],
            measures: [("served.share".to_owned(), Interval::of(values))].into(),
        }
    }

    fn asked(which: &str, limit: f64, variants: &[Measured]) -> Answer {
        let text = format!("{which} mall.stock with served.share >= {limit}");
        let question = Question::read(&text, &["mall.stock"]).unwrap();
        answers(&question, variants).remove(0)
    }

    #[test]
    fn the_answer_is_a_value_that_was_tried_and_says_how_sure_it_is() {
        let variants = [
            measured("100", &[0.50, 0.52, 0.51]),
            measured("50", &[0.20, 0.21, 0.22]),
            measured("1000", &[0.999, 1.0, 1.0]),
            measured("200", &[0.90, 0.99, 0.96]),
        ];
        let found = asked("smallest", 0.95, &variants);
        assert_eq!((found.value.as_deref(), found.certain), (Some("200"), false), "{}", found.sentence);
        let found = asked("smallest", 0.4, &variants);
        assert_eq!((found.value.as_deref(), found.certain), (Some("100"), true));
        assert_eq!(
            found.sentence,
            "The smallest mall.stock with served.share >= 0.4 is 100: 0.51 (0.4852 to 0.5348); with 50 it is 0.21 (0.1852 to 0.2348)."
        );
        let none = asked("smallest", 1.5, &variants);
        assert_eq!((none.value, none.certain), (None, true));
        assert!(none.sentence.starts_with("No mall.stock that was tried has served.share >= 1.5; with 1000 it is"));
        let first = asked("largest", 0.1, &variants);
        assert_eq!(first.value.as_deref(), Some("1000"));
        assert!(first.sentence.ends_with("; no larger one was tried."), "{}", first.sentence);
    }

    #[test]
    fn every_combination_of_the_others_has_its_answer() {
        let mut variants = vec![measured("1", &[0.1, 0.1]), measured("2", &[0.9, 0.9])];
        variants.extend(variants.clone());
        for (at, variant) in variants.iter_mut().enumerate() {
            variant.values.insert("mall.stores".to_owned(), (at / 2 + 1).to_string());
        }
        let question = Question::read("smallest mall.stock with served.share > 0.5", &["mall.stock"]).unwrap();
        let found = answers(&question, &variants);
        assert_eq!(found.len(), 2);
        assert!(
            found[1].sentence.starts_with("With mall.stores = 2: the smallest mall.stock"),
            "{}",
            found[1].sentence
        );
    }

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
        assert_eq!(figure(-0.000_01), "0");
    }

    #[test]
    fn figures_are_short() {
        for (value, said) in
            [(0.5, "0.5"), (12.0, "12"), (0.123_456, "0.1235"), (1_234_567.8, "1234568"), (-0.25, "-0.25")]
        {
            assert_eq!(figure(value), said);
        }
    }
}
