//! What an experiment tries: every combination of the values that are varied, and how often each is run.

use super::question::Question;
use crate::sim::run::judge::Mode;
use crate::sim::scenario::document::{Document, ScenarioError};
use crate::sim::scenario::model::{Experiment, Replications};
use crate::sim::scenario::threshold::Metric;
use std::collections::BTreeMap;

/// The most variants of an experiment.
const VARIANTS_MAX: usize = 1_000;
/// The most runs of a variant.
pub const REPLICATIONS_MAX: u32 = 10_000;
/// How often something is run unless it is said.
const REPLICATIONS: u32 = 10;
/// How often something is run at least before it may be known well enough: the interval of fewer runs says little.
const REPLICATIONS_LEAST: u32 = 5;
/// What is measured unless it is said.
const MEASURES: [&str; 4] = ["served.share", "delivered.share", "money.captured", "lateness.p99"];

/// One of the ways in which a scenario is run.
#[derive(Clone, Debug)]
pub struct Variant {
    /// What is varied, by its key, and the value as TOML writes it.
    pub values: BTreeMap<String, String>,
    /// The scenario with these values.
    pub document: Document,
}

/// How often each variant is run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Often {
    /// At least.
    pub least: u32,
    /// At most.
    pub most: u32,
    /// What is enough before that: the half width of the interval of the first measure as a part of its mean.
    pub enough: Option<f64>,
}

/// An experiment, ready to be carried out.
#[derive(Clone, Debug)]
pub struct ExperimentPlan {
    /// The variants, in the order of their values.
    pub variants: Vec<Variant>,
    /// How often each is run.
    pub often: Often,
    /// What is measured, by its name; what is asked about first.
    pub measures: Vec<(String, Metric)>,
    /// What is asked.
    pub question: Option<Question>,
    /// How it is run.
    pub mode: Mode,
}

impl ExperimentPlan {
    /// What a scenario asks for, or the scenario alone, run `replications` times; `check` says whether a variant can be run
    /// so.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn of(
        document: &Document,
        replications: Option<u32>,
        mode: Mode,
        check: impl Fn(&Document) -> Result<(), ScenarioError>,
    ) -> Result<Self, ScenarioError> {
        let said = document.scenario.experiment.as_ref();
        let wrong = |wrong: String| document.error(said.map(toml::Spanned::span), wrong);
        let nothing = Experiment::default();
        let experiment = said.map_or(&nothing, |said| said.get_ref());
        let often = often(experiment.replications.as_ref(), replications).map_err(wrong)?;
        let keys: Vec<&str> = experiment.vary.keys().map(String::as_str).collect();
        let question =
            experiment.answer.as_deref().map(|text| Question::read(text, &keys)).transpose().map_err(wrong)?;
        let mut measures = Vec::new();
        let asked = question.iter().map(|question| (question.name(), question.metric.clone()));
        let named: Vec<&str> = match experiment.measure.as_slice() {
            [] => MEASURES.to_vec(),
            named => named.iter().map(String::as_str).collect(),
        };
        for measure in asked.map(Ok).chain(named.iter().map(|name| Ok(((*name).to_owned(), Metric::read(name)?)))) {
            let (name, metric) = measure.map_err(wrong)?;
            if mode == Mode::Virtual && !metric.is_virtual() {
                return Err(wrong(format!("`{name}` is not measured in virtual time")));
            }
            if !measures.iter().any(|(known, _)| *known == name) {
                measures.push((name, metric));
            }
        }
        let variants = variants(document, &experiment.vary)?;
        variants.iter().try_for_each(|variant| check(&variant.document))?;
        Ok(Self { variants, often, measures, question, mode })
    }
}

fn often(said: Option<&Replications>, asked: Option<u32>) -> Result<Often, String> {
    let fixed = |times: u32| {
        let times = (1..=REPLICATIONS_MAX).contains(&times).then_some(times);
        let times = times.ok_or_else(|| format!("replications must be 1 to {REPLICATIONS_MAX}"))?;
        Ok(Often { least: times, most: times, enough: None })
    };
    match (asked, said) {
        (Some(times), _) => fixed(times),
        (None, Some(Replications::Times(times))) => fixed(*times),
        (None, None) => fixed(REPLICATIONS),
        (None, Some(Replications::Until { until, at_most })) => {
            let percent = until.trim().strip_suffix('%').and_then(|percent| percent.trim().parse::<f64>().ok());
            let enough = percent.filter(|percent| (0.01..=100.0).contains(percent)).ok_or_else(|| {
                format!("`{until}`: say until = \"5 %\", half the width of the interval as a part of its mean")
            })?;
            let Often { most, .. } = fixed(*at_most)?;
            Ok(Often { least: REPLICATIONS_LEAST.min(most), most, enough: Some(enough / 100.0) })
        }
    }
}

/// Every combination of the values, the last key varying fastest.
fn variants(document: &Document, vary: &BTreeMap<String, Vec<toml::Value>>) -> Result<Vec<Variant>, ScenarioError> {
    let span = || document.scenario.experiment.as_ref().map(toml::Spanned::span);
    let mut combinations: Vec<BTreeMap<String, String>> = vec![BTreeMap::new()];
    for (key, values) in vary {
        if values.is_empty() {
            return Err(document.error(span(), format!("`{key}`: there is no value to try")));
        }
        let with = |before: &BTreeMap<String, String>| {
            let before = before.clone();
            values.iter().map(move |value| {
                let mut with = before.clone();
                with.insert(key.clone(), value.to_string());
                with
            })
        };
        combinations = combinations.iter().flat_map(with).collect();
        if combinations.len() > VARIANTS_MAX {
            return Err(document.error(span(), format!("there are more than {VARIANTS_MAX} combinations to try")));
        }
    }
    let variant = |values: BTreeMap<String, String>| {
        let sets: Vec<String> = values.iter().map(|(key, value)| format!("{key}={value}")).collect();
        Ok(Variant { values, document: document.with(&sets)? })
    };
    combinations.into_iter().map(variant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::scenario::document::read;

    fn plan(text: &str) -> Result<ExperimentPlan, ScenarioError> {
        ExperimentPlan::of(&read("x.toml", text, &[])?, None, Mode::Virtual, Document::check_virtual)
    }

    #[test]
    fn every_combination_is_tried_with_its_values_in_place() {
        let text = "[mall]\nstores = 2\n[experiment]\nvary = { \"mall.stock\" = [10, \"unlimited\"], \"arrivals.rate\" = [0.5, 2.0] }\nreplications = 3\n";
        let plan = plan(text).unwrap();
        let tried: Vec<_> = plan.variants.iter().map(|variant| variant.values.clone()).collect();
        assert_eq!(tried.len(), 4);
        assert_eq!(tried[1]["arrivals.rate"], "0.5");
        assert_eq!(tried[1]["mall.stock"], "\"unlimited\"");
        assert!(plan.variants.iter().all(|variant| *variant.document.scenario.mall.stores.get_ref() == 2));
        assert_eq!(plan.often, Often { least: 3, most: 3, enough: None });
        assert_eq!(plan.measures.len(), MEASURES.len());
    }

    #[test]
    fn what_is_asked_is_measured_first_and_once() {
        let text = "[experiment]\nvary = { \"mall.stock\" = [1, 2] }\nmeasure = [\"stock.left\", \"served.share\"]\n\
                    answer = \"smallest mall.stock with served.share >= 0.5\"\nreplications = { until = \"5 %\", at_most = 40 }\n";
        let plan = plan(text).unwrap();
        let names: Vec<&str> = plan.measures.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["served.share", "stock.left"]);
        assert_eq!(plan.often, Often { least: 5, most: 40, enough: Some(0.05) });
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, place, meant) in [
            ("[experiment]\nvary = { \"mall.stok\" = [1] }\n", "mall.stok", "did you mean `stock`"),
            ("[experiment]\nvary = { \"mall.stock\" = [] }\n", "x.toml:1:1", "no value to try"),
            ("[experiment]\nvary = {}\nmeasure = [\"submit.p99\"]\n", "x.toml:1:1", "not measured in virtual time"),
            ("[experiment]\nvary = {}\nreplications = 0\n", "x.toml:1:1", "1 to 10000"),
            ("[experiment]\nvary = {}\nreplications = { until = \"5\", at_most = 9 }\n", "x.toml:1:1", "5 %"),
            ("[experiment]\nvary = {}\nanswer = \"smallest mall.stock with lost == 0\"\n", "x.toml:1:1", "not varied"),
        ] {
            let error = plan(text).unwrap_err().to_string();
            assert!(error.contains(place) && error.contains(meant), "{text}: {error}");
        }
    }
}
