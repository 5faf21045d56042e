//! The answer to what an experiment asks, in a sentence.

use super::interval::Interval;
use super::measured::{Measured, Values};
use super::question::Question;
use super::words::figure;
use serde::Serialize;
use std::collections::BTreeMap;

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

/// The answer for every combination of what else was varied.
#[must_use]
pub fn answers(question: &Question, variants: &[Measured]) -> Vec<Answer> {
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
}
