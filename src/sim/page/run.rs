//! The page of a run.

use super::chart::Shade;
use super::chart::curve::{Curve, Limit, curves};
use super::chart::flow::flow;
use super::chart::heat::{between, heat};
use super::chart::lanes::{lanes, short_id};
use super::chart::lines::{Series, lines};
use super::frame::{Repeat, again, compared, drawn, head_line, mode, page};
use super::thresholds::thresholds;
use super::words::{count, grouped, percent, span, took};
use crate::domain::inventory::STOCK_MAX;
use crate::domain::participant::Participant;
use crate::sim::baseline::Baseline;
use crate::sim::experiment::words::figure;
use crate::sim::run::course::{BOUNDS_MS, Course, Spread as Took, Step};
use crate::sim::run::judge::{Judged, Mode};
use crate::sim::run::measures::behaviour::Behaved;
use crate::sim::run::measures::shelves::Scarce;
use crate::sim::run::remarkable::Remarked;
use crate::sim::run::report::{JournalEnd, Report, Spread, Totals};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The most steps in the table under a chart.
const ROWS_MAX: usize = 60;
/// What times are of.
const MEANINGS: [(&str, &str); 9] = [
    ("settle", "from the order to its verdict"),
    ("lateness", "from when the last confirmation of an order was due to its verdict"),
    ("request", "from when any step was to begin to its answer"),
    ("submit", "the same of orders"),
    ("checkout", "of those of them that came from a basket"),
    ("service", "from when an order was sent, each time, to its answer"),
    ("pay", "from when an order was to be paid to the answer"),
    ("commit_to_event", "from an event to the news of it"),
    ("generator.lag", "by how much later than it was to the generator began a step"),
];
/// What orders took to be answered: from when they were to be sent, and from when they were.
const ANSWERS: [&str; 2] = ["submit", "service"];
/// The most columns of a table of how long things took.
const COLUMNS: usize = 12;

/// The page of one run.
#[must_use]
pub fn page_of(report: &Report, baseline: Option<&Baseline>, repeat: &Repeat<'_>) -> String {
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
        @if let Some(knee) = &report.knee { p { strong { (knee.to_string()) } } }
        h2 { "What had to hold" }
        p {
            @if !report.checked { "The mall's books could not be read: nobody knows whether an order is missing. " }
            @else {
            (count(totals.lost, "acknowledged order is missing", "acknowledged orders are missing")) ". "
            (count(totals.duplicated, "key made several orders", "keys made several orders")) ". "
            (count(totals.violations, "invariant is violated", "invariants are violated")) ". "
            }
            @if totals.dropped == 0 { "Every shopper was let in." } @else { (count(totals.dropped, "shopper was not let in", "shoppers were not let in")) "." }
        }
        (thresholds(&report.thresholds))
        h2 { "The run in one picture" }
        (picture(report))
        h2 { "Where orders went" }
        p class="soft" { "Shares are of all shoppers who were to come, and behind them of the orders placed; money in minor units." }
        (drawn("Where shoppers and their orders went", |title| flow(title, totals, money)))
        (stages(totals))
        h2 { "Time" }
        (times(report))
        h2 { "Money and stock" }
        div class="scroll" tabindex="0" { table {
            caption { "Money in minor units, stock in pieces" }
            tbody {
                (row("authorized", &grouped(money.authorized)))
                (row("captured", &grouped(money.captured)))
                (row("of sales that were refused", &grouped(money.refused_sales)))
                @for (why, sum) in &money.refused { (row(&format!("for {why}"), &grouped(*sum))) }
                (row("pieces shipped", &grouped(stock.shipped.cast_signed())))
                (row("pieces left", &left(report)))
            }
        } }
        @if !report.scarcest.is_empty() && !is_endless(&report.scarcest) { (scarcest(&report.scarcest)) }
        @if !report.participants.is_empty() {
            h2 { "The bank and the stores" }
            (participants(&report.participants))
        }
        @if !report.trace.is_empty() {
            h3 { "The trace and the mall" }
            div class="scroll" tabindex="0" { table {
                thead { tr { td {} th class="n" { "trace" } th class="n" { "mall" } } }
                tbody {
                    @for total in &report.trace {
                        tr { td { (total.name) } td class="n" { (grouped(total.trace)) } td class=(if total.trace == total.mall { "n" } else { "n fails" }) { (grouped(total.mall)) } }
                    }
                }
            } }
        }
        @if !report.remarkable.is_empty() {
            h2 { "Orders that are worth a look" }
            (looked_at(&report.remarkable))
        }
        h2 { "What is to be known of these figures" }
        ul {
            @for note in &report.notes { li { (note) } }
            li { "Shares and quantiles are of this one run, and have no interval; --replications gives means that have one." }
        }
        @if let Some(baseline) = baseline { (compared(baseline)) }
        (again(repeat, &journal(&report.journal, report.mode)))
    };
    page(title, &body, report, baseline)
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

/// Whether there is more of everything than anybody could order.
fn is_endless(scarcest: &[Scarce]) -> bool {
    scarcest.first().is_some_and(|scarce| scarce.left > STOCK_MAX / 2)
}

fn left(report: &Report) -> String {
    match report.checked {
        false => "not checked".to_owned(),
        true if is_endless(&report.scarcest) => "without end".to_owned(),
        true => grouped(report.stock.left),
    }
}

fn scarcest(all: &[Scarce]) -> Markup {
    html! {
        details {
            summary { "What least is left of" }
            div class="scroll" tabindex="0" { table {
                thead { tr { th { "product" } th { "store" } th class="n" { "pieces left" } } }
                tbody { @for scarce in all { tr {
                    td { (scarce.product) }
                    td { (scarce.store) }
                    td class="n" { (grouped(scarce.left)) }
                } } }
            } }
        }
    }
}

/// What the bank and the stores did.
fn participants(all: &[Behaved]) -> Markup {
    let who = |behaved: &Behaved| match (&behaved.participant, &behaved.name) {
        (Participant::Bank, _) => "the bank".to_owned(),
        (Participant::Store(_), Some(name)) => name.clone(),
        (Participant::Store(id), None) => format!("store {id}"),
    };
    let ms = |ms: Option<f64>| ms.map_or_else(|| "no answers".to_owned(), figure);
    html! {
        p class="soft" { "What they did with the orders of this run: the bank, and the stores that were asked most. Within how long, milliseconds from the order." }
        div class="scroll" tabindex="0" { table {
            thead { tr { th { "who" } th class="n" { "yes" } th { "no" } th class="n" { "never answered" } th class="n" { "half within" } th class="n" { "99 of 100 within" } } }
            tbody { @for behaved in all { tr {
                th scope="row" { (who(behaved)) }
                td class="n" { (grouped(behaved.confirmed.cast_signed())) }
                td { @for (reason, count) in &behaved.refused { (reason) " " (grouped(count.cast_signed())) " " } }
                td class="n" { (grouped(behaved.silent.cast_signed())) }
                td class="n" { (ms(behaved.p50_ms)) }
                td class="n" { (ms(behaved.p99_ms)) }
            } } }
        } }
    }
}

fn row(name: &str, value: &str) -> Markup {
    html! { tr { th scope="row" { (name) } td class="n" { (value) } } }
}

/// What went otherwise meanwhile, as charts have it behind them.
fn shades(report: &Report) -> Vec<Shade<'_>> {
    let bands = report.bands.iter();
    bands.map(|band| Shade { name: &band.name, from_ms: band.from_ms, until_ms: band.until_ms }).collect()
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
        Series {
            name: "verdicts",
            values: a_second(|step| step.settle.counts().iter().map(|count| u64::from(*count)).sum()),
        },
        Series { name: "delivered", values: a_second(|step| step.delivered) },
    ];
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a step")]
    let ms = |of: fn(&Step) -> u64| -> Vec<f64> { course.steps.iter().map(|step| of(step) as f64 / 1_000.0).collect() };
    let late = [Series { name: "latest verdict of a step", values: ms(|step| step.latest_us) }];
    let slow = [
        Series { name: "slowest order of a step, from when it was to be sent", values: ms(|step| step.submit_us) },
        Series { name: "from when it was sent", values: ms(|step| step.service_us) },
    ];
    #[expect(clippy::cast_precision_loss, reason = "how many there are in a step")]
    let many = |of: fn(&Step) -> u64| -> Vec<f64> { course.steps.iter().map(|step| of(step) as f64).collect() };
    let inside = [
        Series { name: "shoppers under way", values: many(|step| step.level.under_way) },
        Series { name: "orders without their verdict", values: many(|step| step.level.pending) },
        Series { name: "orders that have not ended", values: many(|step| step.level.open) },
    ];
    let (shades, ms_of) = (shades(report), course.step_ms);
    html! {
        @if let Some(after) = &course.after { p class="soft" { (afterwards(course, after)) } }
        (drawn("Shoppers, orders, verdicts and deliveries a second", |title| lines(title, "a second", ms_of, &series, &shades)))
        (drawn("Shoppers and orders that are under way in the mall", |title| lines(title, "at a time", ms_of, &inside, &shades)))
        (drawn("By how much verdicts were late", |title| lines(title, "ms late", ms_of, &late, &shades)))
        @if report.mode.takes_times() {
            (drawn("How long orders took to be answered", |title| lines(title, "ms", ms_of, &slow, &shades)))
            p class="soft" { "What lies between the lines is what shoppers waited before they could ask." }
        }
        (steps(report))
    }
}

/// What charts do not show, since it came long after the last shopper.
fn afterwards(course: &Course, after: &Step) -> String {
    let ends = [
        (after.submitted, "placed"),
        (after.accepted, "accepted"),
        (after.rejected, "rejected"),
        (after.cancelled, "called off"),
        (after.expired, "expired"),
        (after.delivered, "delivered"),
    ];
    let ends = ends.iter().filter(|(count, _)| *count > 0);
    let ends: Vec<String> = ends.map(|(count, what)| format!("{} {what}", grouped(count.cast_signed()))).collect();
    let drawn = span(course.step_ms * course.steps.len() as u64);
    let what = if ends.is_empty() { "nothing became of any order".to_owned() } else { ends.join(", ") };
    format!("Charts over time are drawn of the first {drawn}. Orders after that: {what}.")
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
                thead { tr { th { "from" } @for name in ["offered", "dropped", "placed", "accepted", "rejected", "called off", "expired", "delivered", "under way", "open", "latest ms"] { th class="n" { (name) } } } }
                tbody {
                    @for (number, steps) in course.steps.chunks(each).enumerate() {
                        tr {
                            td { (span(course.step_ms * (number * each) as u64)) }
                            @for of in [(|step| step.offered) as fn(&Step) -> u64, |step| step.dropped, |step| step.submitted, |step| step.accepted, |step| step.rejected, |step| step.cancelled, |step| step.expired, |step| step.delivered] {
                                td class="n" { (grouped(sum(steps, of))) }
                            }
                            @for of in [(|step| step.level.under_way) as fn(&Step) -> u64, |step| step.level.open] {
                                td class="n" { (grouped(steps.iter().map(of).max().unwrap_or_default().cast_signed())) }
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
fn stages(totals: &Totals) -> Markup {
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

/// How long things took: what part of all at most how much, and when.
fn times(report: &Report) -> Markup {
    let verdicts: &[&str] = match report.mode {
        Mode::Rest | Mode::Live => &["settle", "lateness", "commit_to_event"],
        Mode::Virtual => &["settle", "lateness"],
    };
    let (shades, step_ms, steps) = (shades(report), report.course.step_ms, report.course.steps.as_slice());
    html! {
        @if report.mode.takes_times() {
            (drawn("How long orders took to be answered", |title| curves(title, &curves_of(report, &ANSWERS), true, &limits(&report.thresholds, &ANSWERS))))
        }
        (drawn("How long orders took to be settled", |title| curves(title, &curves_of(report, verdicts), false, &limits(&report.thresholds, verdicts))))
        @if report.mode.takes_times() {
            (drawn("When orders took how long to be answered", |title| heat(title, step_ms, steps, |step| &step.submit, &shades)))
            (spreads(steps, step_ms, |step| &step.submit))
        }
        (drawn("When orders took how long to be settled", |title| heat(title, step_ms, steps, |step| &step.settle, &shades)))
        (spreads(steps, step_ms, |step| &step.settle))
        h3 { "The same in figures" }
        (figures(&report.latency_ms))
    }
}

fn curves_of<'a>(report: &'a Report, names: &[&'a str]) -> Vec<Curve<'a>> {
    let points = |name: &str| report.curves.get(name).cloned().unwrap_or_default();
    names.iter().map(|name| Curve { name, points: points(name) }).collect()
}

/// The thresholds that a part of these takes at most so long.
fn limits(thresholds: &[Judged], names: &[&str]) -> Vec<Limit> {
    let limit = |judged: &Judged| {
        let (name, quantile) = judged.expression.split_whitespace().next()?.rsplit_once('.')?;
        let digits = quantile.strip_prefix('p').filter(|digits| digits.parse::<u32>().is_ok())?;
        let share = format!("0.{digits}").parse().ok()?;
        names.contains(&name).then(|| Limit { name: judged.expression.clone(), share, ms: judged.limit })
    };
    let mut limits: Vec<Limit> = thresholds.iter().filter_map(limit).collect();
    // Of phases with the same limits one is enough.
    limits.dedup_by(|one, other| one.name == other.name);
    limits
}

/// How many took how long, in a few stretches of the run.
fn spreads(steps: &[Step], step_ms: u64, of: impl Fn(&Step) -> &Took) -> Markup {
    let each = steps.len().div_ceil(COLUMNS).max(1);
    let sum = |steps: &[Step], row: usize| steps.iter().map(|step| u64::from(of(step).counts()[row])).sum::<u64>();
    let rows: Vec<usize> = (0..=BOUNDS_MS.len()).rev().filter(|row| sum(steps, *row) > 0).collect();
    html! {
        details {
            summary { "The same as a table" }
            div class="scroll" tabindex="0" { table {
                caption { "How many orders took so long, in the stretch of the run that begins at the time above" }
                thead { tr { td {} @for place in 0..steps.len().div_ceil(each) { th class="n" { (span(step_ms * (place * each) as u64)) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { (between(row)) }
                            @for steps in steps.chunks(each) { td class="n" { (grouped(sum(steps, row).cast_signed())) } }
                        }
                    }
                }
            } }
        }
    }
}

/// Orders that are worth a look, with their events.
fn looked_at(orders: &[Remarked]) -> Markup {
    html! {
        p class="soft" { "Those that have not ended, those that went a way few others went, and those whose verdict took longest; times from when each was placed, and every step to the right is longer than the one before. A dot is an event." }
        (drawn("Orders that are worth a look", |title| lanes(title, orders)))
        details {
            summary { "Their events" }
            div class="scroll" tabindex="0" { table {
                thead { tr { th { "order" } th { "why" } th { "placed" } th { "events, and how long after that" } } }
                tbody {
                    @for order in orders {
                        tr {
                            td { code title=(order.order) { (short_id(order)) } }
                            td { (order.why) }
                            td { (order.placed_at) }
                            td { @for told in &order.events { (told.name) " " span class="soft" { (took(told.after_ms)) } " · " } }
                        }
                    }
                }
            } }
        }
    }
}

fn figures(spreads: &BTreeMap<&'static str, Spread>) -> Markup {
    let figures = |spread: &Spread| {
        let Spread { p50, p90, p95, p99, p999, max, mean, .. } = *spread;
        [p50, p90, p95, p99, p999, max, mean]
    };
    html! {
        div class="scroll" tabindex="0" { table {
            caption { "Milliseconds" @for (name, meaning) in MEANINGS.iter().filter(|(name, _)| spreads.contains_key(name)) { "; " (name) ": " (meaning) } }
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
