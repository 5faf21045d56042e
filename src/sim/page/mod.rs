//! A report as a page: one HTML file that needs no network and no script, for a screen in the light or in the dark, and for
//! paper. All that a chart shows is in a table under it, and everything as JSON inside the page.

pub mod chart;

use crate::sim::experiment::interval::Interval;
use crate::sim::experiment::report::{Difference, ExperimentReport, Measured, figure, named};
use crate::sim::run::course::Step;
use crate::sim::run::judge::{Judged, Mode};
use crate::sim::run::report::{JournalEnd, Report, Spread, Totals, Verdict};
use chart::{Mark, Series, Shade, intervals, lines, span};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Serialize;
use std::collections::BTreeMap;

const STYLE: &str = include_str!("style.css");
/// Nothing is loaded and nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
/// The most steps in the table under a chart.
const ROWS_MAX: usize = 60;

/// How a run is made again.
#[derive(Clone, Copy, Debug)]
pub struct Repeat<'a> {
    /// The command.
    pub command: &'a str,
    /// The scenario, as it was written.
    pub scenario: &'a str,
    /// What it asks.
    pub title: &'a str,
}

/// The page of one run.
#[must_use]
pub fn of_run(report: &Report, repeat: &Repeat<'_>) -> String {
    let Report { scenario, seed, mall_time, totals, money, stock, .. } = report;
    let title = if repeat.title.is_empty() { scenario } else { repeat.title };
    let body = html! {
        (head_line(title, report.verdict, &format!("{scenario}, seed {seed}, {} in the mall", span(mall_time.to.micros_since(mall_time.from) / 1_000))))
        p class="soft" { "Mall time " (mall_time.from) " to " (mall_time.to) ". Run on " (report.started_at) " by the machine's clock, " (mode(report.mode)) "." }
        @if !report.problems.is_empty() {
            h2 { "What is not as it has to be" }
            ul { @for problem in &report.problems { li { (problem) } } }
        }
        @for said in &report.distrust { p class="fails" { strong { (said) } } }
        h2 { "What had to hold" }
        p {
            (count(totals.lost, "acknowledged order is missing", "acknowledged orders are missing")) ". "
            (count(totals.duplicated, "key made several orders", "keys made several orders")) ". "
            (count(totals.violations, "invariant is violated", "invariants are violated")) ". "
            (count(totals.dropped, "shopper was not let in", "shoppers were not let in")) "."
        }
        (thresholds(&report.thresholds))
        @if let Some(knee) = &report.knee { p { strong { (knee.to_string()) } } }
        h2 { "The run in one picture" }
        (picture(report))
        h2 { "Where orders went" }
        (flow(totals))
        h2 { "Time" }
        (times(&report.latency_ms))
        h2 { "Money and stock" }
        table {
            caption { "Money in minor units, stock in pieces" }
            tbody {
                (row("authorized", &grouped(money.authorized)))
                (row("captured", &grouped(money.captured)))
                (row("of sales that were refused", &grouped(money.refused_sales)))
                (row("pieces shipped", &grouped(stock.shipped.cast_signed())))
                (row("pieces left", &grouped(stock.left)))
            }
        }
        @if !report.trace.is_empty() {
            h3 { "The trace and the mall" }
            table {
                thead { tr { td {} th class="n" { "trace" } th class="n" { "mall" } } }
                tbody {
                    @for total in &report.trace {
                        tr { td { (total.name) } td class="n" { (grouped(total.trace)) } td class=(if total.trace == total.mall { "n" } else { "n fails" }) { (grouped(total.mall)) } }
                    }
                }
            }
        }
        h2 { "What is to be known of these figures" }
        ul {
            @for note in &report.notes { li { (note) } }
            li { "Shares and quantiles are of this one run, and have no interval; --replications gives means that have one." }
        }
        (again(repeat, &journal(&report.journal, report.mode)))
    };
    page(title, &body, report)
}

/// The page of an experiment.
#[must_use]
pub fn of_experiment(report: &ExperimentReport, repeat: &Repeat<'_>) -> String {
    let ExperimentReport { scenario, variants, differences, first_seed, .. } = report;
    let title = if report.title.is_empty() { scenario } else { &report.title };
    let runs: usize = variants.iter().map(|variant| variant.runs).sum();
    let names: Vec<&String> = variants.iter().flat_map(|variant| variant.measures.keys()).collect();
    let names: std::collections::BTreeSet<&String> = names.into_iter().collect();
    let body = html! {
        (head_line(title, report.verdict, &format!("{scenario}, {} variants, {runs} runs, seeds from {first_seed} on", variants.len())))
        @for answer in &report.answers { p class="answer" { (answer.sentence) } }
        p class="soft" { "Run on " (report.started_at) " by the machine's clock, " (mode(report.mode)) ". Every variant meets the same shoppers." }
        @if !report.problems.is_empty() {
            h2 { "What is not as it has to be" }
            ul { @for problem in &report.problems { li { (problem) } } }
        }
        h2 { "What was measured" }
        p class="soft" { "Means and their 95 % intervals (Student's). A dashed line is the limit that was asked about." }
        @for name in &names { (measured(name, variants, report.limit_of(name))) }
        @if !differences.is_empty() {
            h2 { "What each gives more than the one before" }
            p class="soft" { "Run by run over the same shoppers, so these are known far better than the means. Where an interval holds 0, no difference was seen." }
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
        (again(repeat, &html! {}))
    };
    page(title, &body, report)
}

fn page(title: &str, body: &Markup, report: &impl Serialize) -> String {
    // Within a script nothing is escaped but what would end it.
    let json = serde_json::to_string(report).unwrap_or_default().replace('<', "\\u003c");
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { (body) }
                script type="application/json" id="report" { (PreEscaped(json)) }
            }
        }
    };
    page.into_string()
}

fn head_line(title: &str, verdict: Verdict, about: &str) -> Markup {
    let (class, word) = match verdict {
        Verdict::Passed => ("passed", "Everything held"),
        Verdict::Failed => ("failed", "Not everything held"),
        Verdict::Stopped => ("stopped", "Stopped before its end"),
        Verdict::Violated => ("violated", "The mall is not as it has to be"),
    };
    html! {
        h1 { (title) }
        p { span class=(format!("verdict {class}")) { (word) } " " span class="soft" { (about) } }
    }
}

/// Where the journal of the mall ended.
fn journal(end: &JournalEnd, mode: Mode) -> Markup {
    html! { p {
        "Journal: position " (end.position)
        @if let Some(head) = &end.head { ", head " code { (head) } }
        ". "
        @if mode == Mode::Virtual { "The same seed ends with the same." }
    } }
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Virtual => "in virtual time",
        Mode::Rest => "over REST",
    }
}

fn count(count: u64, one: &str, many: &str) -> String {
    match count {
        0 => format!("No {one}"),
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(count.cast_signed())),
    }
}

fn row(name: &str, value: &str) -> Markup {
    html! { tr { th scope="row" { (name) } td class="n" { (value) } } }
}

/// Digits in groups of three.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "\u{2212}" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A part of a whole: never all of it, or nothing of it, where it is not.
#[expect(clippy::cast_precision_loss, reason = "what people read")]
fn percent(part: u64, of: u64) -> String {
    if of == 0 {
        return "no data".to_owned();
    }
    let share = part as f64 / of as f64 * 100.0;
    match () {
        () if part == of => "100 %".to_owned(),
        () if part == 0 => "0 %".to_owned(),
        () if share < 0.01 => "< 0.01 %".to_owned(),
        () if share > 99.99 => "> 99.99 %".to_owned(),
        () if !(1.0..=99.0).contains(&share) => format!("{share:.2} %"),
        () => format!("{share:.1} %"),
    }
}

fn thresholds(judged: &[Judged]) -> Markup {
    if judged.is_empty() {
        return html! { p class="soft" { "The scenario names no threshold." } };
    }
    html! {
        div class="scroll" tabindex="0" { table {
            thead { tr { th { "of" } th { "threshold" } td {} th class="n" { "measured" } th class="n" { "away from the limit" } } }
            tbody {
                @for one in judged {
                    @let (class, word) = match one.holds { Some(true) => ("holds", "holds"), Some(false) => ("fails", "fails"), None => ("unknown", "not judged") };
                    tr {
                        td { (one.part) }
                        td { code { (one.expression) } }
                        td class=(class) { (word) }
                        td class="n" { (one.value.map_or_else(|| one.why.unwrap_or_default().to_owned(), figure)) }
                        td class="n" { (away(one)) }
                    }
                }
            }
        } }
    }
}

fn away(judged: &Judged) -> String {
    judged.value.map_or_else(String::new, |value| figure((value - judged.limit).abs()))
}

fn picture(report: &Report) -> Markup {
    let course = &report.course;
    #[expect(clippy::cast_precision_loss, reason = "counts and milliseconds of a step")]
    let a_second = |of: fn(&Step) -> u64| -> Vec<f64> {
        course.steps.iter().map(|step| of(step) as f64 * 1_000.0 / course.step_ms as f64).collect()
    };
    let series = [
        Series { name: "shoppers offered", values: a_second(|step| step.offered) },
        Series { name: "orders placed", values: a_second(|step| step.submitted) },
        Series { name: "verdicts", values: a_second(|step| step.accepted + step.rejected + step.cancelled) },
        Series { name: "delivered", values: a_second(|step| step.delivered) },
    ];
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a step")]
    let ms = |of: fn(&Step) -> u64| -> Vec<f64> { course.steps.iter().map(|step| of(step) as f64 / 1_000.0).collect() };
    let late = [Series { name: "latest verdict of a step", values: ms(|step| step.latest_us) }];
    let slow = [
        Series { name: "slowest order of a step, from when it was to be sent", values: ms(|step| step.submit_us) },
        Series { name: "from when it was sent", values: ms(|step| step.service_us) },
    ];
    let shades = || -> Vec<Shade<'_>> {
        let bands = report.bands.iter();
        bands.map(|band| Shade { name: &band.name, from_ms: band.from_ms, until_ms: band.until_ms }).collect()
    };
    html! {
        figure { (lines("Shoppers, orders, verdicts and deliveries a second", "a second", course.step_ms, &series, &shades())) }
        figure { (lines("By how much verdicts were late", "ms late", course.step_ms, &late, &shades())) }
        @if report.mode == Mode::Rest {
            figure { (lines("How long orders took to be answered", "ms", course.step_ms, &slow, &shades())) }
            p class="soft" { "What lies between the lines is what shoppers waited before they could ask." }
        }
        (steps(report))
    }
}

/// The steps of the charts as a table.
fn steps(report: &Report) -> Markup {
    let course = &report.course;
    let each = course.steps.len().div_ceil(ROWS_MAX).max(1);
    let sum = |steps: &[Step], of: fn(&Step) -> u64| steps.iter().map(of).sum::<u64>().cast_signed();
    html! {
        details {
            summary { "The same as a table" }
            div class="scroll" tabindex="0" { table {
                caption { "Steps of " (span(course.step_ms * each as u64)) }
                thead { tr { th { "from" } @for name in ["offered", "dropped", "placed", "accepted", "rejected", "called off", "expired", "delivered", "latest ms"] { th class="n" { (name) } } } }
                tbody {
                    @for (number, steps) in course.steps.chunks(each).enumerate() {
                        tr {
                            td { (span(course.step_ms * (number * each) as u64)) }
                            @for of in [(|step| step.offered) as fn(&Step) -> u64, |step| step.dropped, |step| step.submitted, |step| step.accepted, |step| step.rejected, |step| step.cancelled, |step| step.expired, |step| step.delivered] {
                                td class="n" { (grouped(sum(steps, of))) }
                            }
                            td class="n" { (grouped((steps.iter().map(|step| step.latest_us).max().unwrap_or_default() / 1_000).cast_signed())) }
                        }
                    }
                }
            } }
        }
    }
}

/// Where orders went, from the first to the last.
fn flow(totals: &Totals) -> Markup {
    let Totals { offered, started, submitted, accepted, cancelled, expired, delivered, pending, .. } = *totals;
    let widest = offered.max(submitted).max(1);
    let stage = |name: &str, count: u64, of: u64, lost: bool| {
        #[expect(clippy::cast_precision_loss, reason = "a width")]
        let width = count as f64 / widest as f64 * 100.0;
        let class = match (count, lost) {
            (0, _) => "bar none",
            (_, true) => "bar lost",
            (_, false) => "bar",
        };
        html! {
            tr {
                th scope="row" { (name) }
                td class="n" { (grouped(count.cast_signed())) }
                td class="n" { (percent(count, of)) }
                td style="width: 45%" { span class=(class) style=(format!("width: {width:.2}%")) {} }
            }
        }
    };
    html! {
        div class="scroll" tabindex="0" { table {
            thead { tr { td {} th class="n" { "how many" } th class="n" { "of these" } td {} } }
            tbody {
                (stage("shoppers who were to come", offered, offered, false))
                (stage("who were let in", started, offered, false))
                (stage("orders placed", submitted, started, false))
                (stage("accepted", accepted, submitted, false))
                (stage("delivered", delivered, submitted, false))
                @for (reason, count) in &totals.rejected { (stage(&format!("rejected: {reason}"), *count, submitted, true)) }
                (stage("called off", cancelled, submitted, true))
                (stage("not paid in time", expired, submitted, true))
                (stage("not ended", pending, submitted, true))
            }
        } }
        p class="soft" { "Shares are of shoppers who were to come, of those let in, and of orders placed. An order may be rejected for several reasons." }
    }
}

fn times(spreads: &BTreeMap<&'static str, Spread>) -> Markup {
    let figures = |spread: &Spread| {
        let Spread { p50, p90, p95, p99, p999, max, mean, .. } = *spread;
        [p50, p90, p95, p99, p999, max, mean]
    };
    html! {
        div class="scroll" tabindex="0" { table {
            caption { "Milliseconds. settle: from the order to its verdict; lateness: from when its last confirmation was due to the verdict; request, submit, checkout, pay: from when a step was to begin to its answer; service: from when an order was sent; commit_to_event: from an event to the news of it" }
            thead { tr { td {} @for name in ["count", "p50", "p90", "p95", "p99", "p99.9", "most", "mean"] { th class="n" { (name) } } } }
            tbody {
                @for (name, spread) in spreads {
                    tr {
                        th scope="row" { (name) }
                        td class="n" { (grouped(spread.count.cast_signed())) }
                        @for value in figures(spread) {
                            td class="n" { @if spread.count == 0 { "no data" } @else { (figure(value)) } }
                        }
                    }
                }
            }
        } }
    }
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
        figure { (intervals(&format!("{name} of each variant"), "", &marks, limit)) }
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
                        td class="soft" { @if known(difference).is_some_and(|known| known.holds(0.0)) { "no difference seen" } }
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

fn again(repeat: &Repeat<'_>, more: &Markup) -> Markup {
    html! {
        h2 { "Repeat it" }
        pre { code { (repeat.command) } }
        (more)
        p class="soft" { "Plaza " (env!("CARGO_PKG_VERSION")) " on " (std::env::consts::OS) ", " (std::env::consts::ARCH) ". All figures are in this file as JSON, in the element with the id " code { "report" } "." }
        details { summary { "The scenario" } pre { code { (repeat.scenario) } } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_all_or_nothing_where_it_is_not() {
        for (part, of, said) in [
            (0, 0, "no data"),
            (3, 3, "100 %"),
            (0, 7, "0 %"),
            (99_999, 100_000, "> 99.99 %"),
            (9_998, 10_000, "99.98 %"),
            (1, 100_000, "< 0.01 %"),
            (1, 3, "33.3 %"),
            (1, 500, "0.20 %"),
        ] {
            assert_eq!(percent(part, of), said, "{part} of {of}");
        }
        assert_eq!(grouped(-1_234_567), "\u{2212}1\u{202f}234\u{202f}567");
    }
}
