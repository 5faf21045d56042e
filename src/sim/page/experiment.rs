//! The page of an experiment.

use super::chart::intervals::{Mark, intervals};
use super::frame::{Repeat, again, compared as against, drawn, head_line, mode, page};
use crate::sim::baseline::Baseline;
use crate::sim::experiment::interval::Interval;
use crate::sim::experiment::measured::{Difference, Measured};
use crate::sim::experiment::report::ExperimentReport;
use crate::sim::experiment::words::{figure, named};
use crate::sim::run::finish::ASSUMED;
use maud::{Markup, html};

/// The page of an experiment.
#[must_use]
pub fn page_of(report: &ExperimentReport, baseline: Option<&Baseline>, repeat: &Repeat<'_>) -> String {
    let ExperimentReport { scenario, variants, differences, first_seed, .. } = report;
    let title = if report.title.is_empty() { scenario } else { &report.title };
    let runs: usize = variants.iter().map(|variant| variant.runs).sum();
    let names: Vec<&String> = variants.iter().flat_map(|variant| variant.measures.keys()).collect();
    let names: std::collections::BTreeSet<&String> = names.into_iter().collect();
    let body = html! {
        (head_line(title, report.verdict, &format!("{scenario}, {} variants, {runs} runs, seeds from {first_seed} on", variants.len())))
        @for answer in &report.answers { p class="answer" { (answer.sentence) } }
        p class="soft" { "Run on " (report.started_at) " by the machine's clock, " (mode(report.mode)) ". Every variant meets the same shoppers." }
        @for said in &report.distrust { p class="fails" { strong { (said) } } }
        @if !report.problems.is_empty() {
            h2 { "What is not as it has to be" }
            ul { @for problem in &report.problems { li { (problem) } } }
        }
        p class="soft" { (ASSUMED) }
        h2 { "What was measured" }
        p class="soft" { "Means and their 95 % intervals (Student's). A dashed line is the limit that was asked about." }
        @for name in &names { (measured(name, variants, report.limit_of(name))) }
        @if !differences.is_empty() {
            h2 { "What each gives more than the one before" }
            p class="soft" { "Run by run over the same shoppers. Where an interval holds 0, no difference was seen." }
            @for name in &names { (compared(name, differences)) }
        }
        @if variants.iter().any(|variant| variant.failed > 0) {
            h2 { "What had to hold and did not" }
            ul {
                @for variant in variants.iter().filter(|variant| variant.failed > 0) {
                    li { (named(&variant.values)) ": in " (variant.failed) " of " (variant.runs) " runs (" (variant.thresholds.join(", ")) ")" }
                }
            }
        }
        @if let Some(baseline) = baseline { (against(baseline)) }
        (again(repeat, &html! {}))
    };
    page(title, &body, report, baseline)
}

fn measured(name: &str, variants: &[Measured], limit: Option<f64>) -> Markup {
    let known = |variant: &Measured| variant.measures.get(name).copied().flatten();
    let mark = |variant: &Measured| Mark {
        name: named(&variant.values),
        value: known(variant).map(|known| {
            let half = known.half_width.unwrap_or_default();
            (known.mean - half, known.mean, known.mean + half)
        }),
    };
    let marks: Vec<Mark> = variants.iter().map(mark).collect();
    html! {
        h3 { (name) }
        (drawn(&format!("{name} of each variant"), |title| intervals(title, "", &marks, limit)))
        div class="scroll" tabindex="0" { table {
            thead { tr { th { "variant" } th class="n" { "mean" } th class="n" { "95 % interval" } th class="n" { "runs" } } }
            tbody {
                @for variant in variants {
                    tr {
                        td { (named(&variant.values)) }
                        (cells(known(variant)))
                        td class="n" { (known(variant).map_or(0, |known| known.runs)) }
                    }
                }
            }
        } }
    }
}

fn compared(name: &str, differences: &[Difference]) -> Markup {
    let known = |difference: &Difference| difference.measures.get(name).copied().flatten();
    html! {
        h3 { (name) }
        div class="scroll" tabindex="0" { table {
            thead { tr { th { "variant" } th { "in place of" } th class="n" { "more" } th class="n" { "95 % interval" } td {} } }
            tbody {
                @for difference in differences {
                    tr {
                        td { (named(&difference.to)) }
                        td { (named(&difference.from)) }
                        (cells(known(difference)))
                        td class="soft" { @if known(difference).is_some_and(|known| known.shows_nothing()) { "no difference seen" } }
                    }
                }
            }
        } }
    }
}

fn cells(known: Option<Interval>) -> Markup {
    html! {
        td class="n" { (known.map_or_else(|| "no data".to_owned(), |known| figure(known.mean))) }
        td class="n" {
            @if let Some(known) = known.filter(|known| known.half_width.is_some()) {
                @let (least, most) = known.bounds();
                (figure(least)) " to " (figure(most))
            }
        }
    }
}
