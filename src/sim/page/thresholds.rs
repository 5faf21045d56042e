//! What had to hold, as tables.

use super::words::grouped;
use crate::sim::experiment::words::figure;
use crate::sim::run::judge::Judged;
use crate::sim::scenario::threshold::{Aspect, Metric};
use maud::{Markup, html};

/// What had to hold, and by how much it did or did not.
#[must_use]
pub fn thresholds(judged: &[Judged]) -> Markup {
    if judged.is_empty() {
        return html! { p class="soft" { "The scenario names no threshold." } };
    }
    let parts: Vec<&[Judged]> = judged.chunk_by(|one, next| one.part == next.part).collect();
    let asks = |part: &&[Judged]| part.iter().map(|one| one.expression.clone()).collect::<Vec<_>>();
    let (climbs, others): (Vec<&[&[Judged]]>, Vec<_>) =
        parts.chunk_by(|part, next| asks(part) == asks(next)).partition(|same| same.len() >= CLIMB_MIN);
    html! {
        div class="scroll" tabindex="0" { table {
            thead { tr { th { "of" } th { "threshold" } td {} th class="n" { "measured" } th class="n" { "away from the limit" } } }
            tbody {
                @for one in others.into_iter().flatten().copied().flatten() {
                    @let (class, word) = verdict(one);
                    tr {
                        td { (one.part) }
                        td { code { (one.expression) } }
                        td class=(class) { (word) }
                        td class="n" { (measured(one)) }
                        td class="n" { (one.value.map_or_else(String::new, |value| in_its_unit(one, (value - one.limit).abs()))) }
                    }
                }
            }
        } }
        @for climb in climbs { (steps_of(climb)) }
    }
}

/// How many parts of which the same has to hold are told as a table of their own.
const CLIMB_MIN: usize = 3;

/// Parts of which the same has to hold, one below the other.
fn steps_of(parts: &[&[Judged]]) -> Markup {
    html! {
        div class="scroll" tabindex="0" { table {
            caption { "What had to hold of each part" }
            thead { tr { th { "of" } @for one in parts.first().copied().into_iter().flatten() { th class="n" { code { (one.expression) } } } } }
            tbody {
                @for part in parts {
                    tr {
                        th scope="row" { (part.first().map_or("", |one| one.part.as_str())) }
                        @for one in *part {
                            @let (class, word) = verdict(one);
                            td class=(format!("n {class}")) { (measured(one)) " " (word) }
                        }
                    }
                }
            }
        } }
    }
}

/// Whether a threshold holds, as a class and in words.
const fn verdict(judged: &Judged) -> (&'static str, &'static str) {
    match judged.holds {
        Some(true) => ("holds", "holds"),
        Some(false) => ("fails", "fails"),
        None => ("unknown", "not judged"),
    }
}

/// What was measured, or why nothing was.
fn measured(judged: &Judged) -> String {
    judged.value.map_or_else(|| judged.why.unwrap_or_default().to_owned(), |value| in_its_unit(judged, value))
}

/// A value of what a threshold is of.
fn in_its_unit(judged: &Judged, value: f64) -> String {
    let metric = judged.expression.split_whitespace().next().and_then(|name| Metric::read(name).ok());
    match metric {
        Some(metric) if metric.is_time() => format!("{} ms", figure(value)),
        Some(metric) if metric.aspect == Aspect::Share => format!("{} %", figure(value * 100.0)),
        #[expect(clippy::cast_possible_truncation, reason = "whole, and a count or a sum of a run")]
        _ if value.fract() == 0.0 => grouped(value as i64),
        _ => figure(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(part: &str, expression: &str, value: Option<f64>) -> Judged {
        let holds = value.map(|value| value <= 50.0);
        let (part, expression) = (part.to_owned(), expression.to_owned());
        Judged { expression, part, limit: 50.0, value, holds, why: value.is_none().then_some("not reached") }
    }

    #[test]
    fn parts_of_which_the_same_has_to_hold_are_rows_of_one_table() {
        let climb = [("100", Some(7.0)), ("200", Some(70.0)), ("300", None)];
        let climb = climb.map(|(part, value)| judged(part, "submit.p99 <= 50ms", value));
        let all: Vec<Judged> = [judged("always", "lost == 0", Some(0.0))].into_iter().chain(climb).collect();
        let told = thresholds(&all).into_string();
        assert_eq!(told.matches("submit.p99").count(), 1, "its threshold is told once: {told}");
        for cell in ["7 ms holds", "70 ms fails", "not reached not judged", "<code>lost == 0</code>"] {
            assert!(told.contains(cell), "{cell} in {told}");
        }
        let two = thresholds(&all[..3]).into_string();
        assert_eq!(two.matches("submit.p99").count(), 2, "{two}");
    }
}
