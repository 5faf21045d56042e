//! How far a mall can go: the last step of a climb of which everything held.

use super::judge::{GENERATOR_LATE, Judged, NOT_MEASURED};
use crate::sim::scenario::document::Document;
use crate::sim::scenario::threshold::When;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// How far everything held while the rate went up, phase by phase.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Knee {
    /// The last phase of which everything held; none when of each something did not.
    pub held: Option<Step>,
    /// The first phase after it of which something did not hold; none when it is the last one.
    pub broke: Option<Step>,
    /// What did not hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Whether it was the generator that could do no more, and nothing is known of the mall.
    pub by_generator: bool,
    /// Phases before the last that held, of which something did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stumbled: Vec<Step>,
}

/// A phase.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Its name.
    pub phase: String,
    /// Its rate, shoppers a second.
    pub rate: f64,
}

impl Knee {
    /// Found where several phases have thresholds.
    #[must_use]
    pub fn of(document: &Document, judged: &[Judged]) -> Option<Self> {
        let mut phases: BTreeMap<usize, Vec<&Judged>> = BTreeMap::new();
        for (threshold, judged) in document.thresholds.0.iter().zip(judged) {
            if let When::Phase(phase) = threshold.when {
                phases.entry(phase).or_default().push(judged);
            }
        }
        let step = |phase: usize| {
            let phase = document.scenario.phases.get(phase)?;
            Some(Step { phase: phase.name.get_ref().clone(), rate: phase.rate.0 })
        };
        let is_broken = |judged: &&Judged| judged.holds == Some(false);
        let broken = |phase: usize| phases.get(&phase).into_iter().flatten().filter(|judged| is_broken(judged));
        // A moment of the machine may break a phase; a mall that serves more afterwards was not at its end.
        // What has no data because the run was ended before did not hold either.
        let holds = |(_, judged): &(&usize, &Vec<&Judged>)| {
            let is_open = |judged: &&Judged| judged.holds.is_none() && judged.why != Some(NOT_MEASURED);
            !judged.iter().any(|judged| is_broken(judged) || is_open(judged))
                && judged.iter().any(|judged| judged.holds.is_some())
        };
        let held = phases.iter().filter(holds).map(|(phase, _)| *phase).next_back();
        let breaks = phases.keys().copied().filter(|phase| broken(*phase).next().is_some());
        let (stumbled, beyond): (Vec<usize>, Vec<usize>) =
            breaks.partition(|phase| held.is_some_and(|held| *phase < held));
        let broke = beyond.first().copied();
        (phases.len() > 1).then(|| Self {
            held: held.and_then(step),
            broke: broke.and_then(step),
            by: broke.into_iter().flat_map(broken).map(|judged| judged.expression.clone()).collect(),
            by_generator: broke.is_some_and(|phase| broken(phase).all(|judged| judged.why == Some(GENERATOR_LATE))),
            stumbled: stumbled.into_iter().filter_map(step).collect(),
        })
    }
}

impl fmt::Display for Knee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |step: &Step| {
            let rate = format!("{} shoppers a second", step.rate);
            if step.phase == step.rate.to_string() { rate } else { format!("{} ({rate})", step.phase) }
        };
        let by = if self.by_generator {
            "was more than the generator could do: the mall may serve more, from a machine of its own".to_owned()
        } else {
            format!("broke {}", self.by.join(", "))
        };
        let up = if self.stumbled.is_empty() { "up to" } else { "at" };
        match (&self.held, &self.broke) {
            (Some(held), Some(broke)) => write!(f, "Everything held {up} {}; {} {by}.", said(held), said(broke))?,
            (None, Some(broke)) => write!(f, "Already {} {by}.", said(broke))?,
            (Some(held), None) => {
                write!(f, "Everything held {up} {}, the last phase: the knee is beyond.", said(held))?;
            }
            (None, None) => write!(f, "No phase was judged.")?,
        }
        if self.stumbled.is_empty() {
            return Ok(());
        }
        let stumbled: Vec<&str> = self.stumbled.iter().map(|step| step.phase.as_str()).collect();
        write!(
            f,
            " Before it {} did not hold: perhaps a slow moment of the machine; run it again.",
            stumbled.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::scenario::document;

    /// Whether the threshold of each step of 10, 20, 30, … shoppers a second held.
    fn climb(steps_held: &[Option<bool>], why: Option<&'static str>) -> String {
        let steps = (0..steps_held.len()).map(|step| 10 * (step + 1));
        let phases =
            steps.clone().map(|rate| format!("[[phases]]\nname = \"{rate}\"\nat = \"{rate}s\"\nrate = {rate}.0\n"));
        let thresholds = steps.map(|rate| format!("{rate} = [\"submit.p99 <= 50ms\"]\n"));
        let head = "schema = 1\nname = \"climb\"\nduration = \"5m\"\n".to_owned();
        let text: String =
            [head].into_iter().chain(phases).chain(["[thresholds]\n".to_owned()]).chain(thresholds).collect();
        let document = document::read("climb.toml", &text, &[]).unwrap();
        let judged: Vec<Judged> = steps_held
            .iter()
            .map(|holds| Judged {
                expression: "submit.p99 <= 50ms".to_owned(),
                part: String::new(),
                limit: 0.05,
                value: None,
                holds: *holds,
                why,
            })
            .collect();
        Knee::of(&document, &judged).unwrap().to_string()
    }

    #[test]
    fn the_knee_is_the_last_step_that_held_whatever_stumbled_before() {
        let (yes, no) = (Some(true), Some(false));
        let up_to = "Everything held up to 20 shoppers a second; 30 shoppers a second";
        let broke = "broke submit.p99 <= 50ms.";
        assert_eq!(climb(&[yes, yes, no, no, None], None), format!("{up_to} {broke}"));
        let stumbled = "Before it 10 did not hold: perhaps a slow moment of the machine; run it again.";
        let at = "Everything held at 20 shoppers a second; 30 shoppers a second";
        assert_eq!(climb(&[no, yes, no, None], None), format!("{at} {broke} {stumbled}"));
        assert_eq!(climb(&[no, no], None), format!("Already 10 shoppers a second {broke}"));
        assert_eq!(
            climb(&[yes, yes], None),
            "Everything held up to 20 shoppers a second, the last phase: the knee is beyond."
        );
        assert_eq!(climb(&[None, None], None), "No phase was judged.");
        assert!(climb(&[yes, yes, no], Some(GENERATOR_LATE)).contains("more than the generator could do"));
    }
}
