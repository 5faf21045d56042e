//! What every page has: its head, and how what it tells is made again.

use super::words::grouped;
use crate::sim::baseline::{Baseline, Delta, Told};
use crate::sim::experiment::words::figure;
use crate::sim::run::judge::Mode;
use crate::sim::run::report::Verdict;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Serialize;

const STYLE: &str = include_str!("style.css");
/// Nothing is loaded and nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

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

/// A page of its title and body, with everything it tells as JSON inside.
#[must_use]
pub fn page(title: &str, body: &Markup, report: &impl Serialize, baseline: Option<&Baseline>) -> String {
    // Within a script nothing is escaped but what would end it.
    let json = serde_json::to_string(&Told { report, baseline }).unwrap_or_default().replace('<', "\\u003c");
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

/// The title and the verdict.
#[must_use]
pub fn head_line(title: &str, verdict: Verdict, about: &str) -> Markup {
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

/// How something was run, in words.
#[must_use]
pub const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Virtual => "in virtual time",
        Mode::Rest => "over REST",
        Mode::Live => "in the mall itself, without HTTP",
    }
}

/// A picture under its title; where there is too little room for it, it can be moved to and fro.
#[must_use]
pub fn drawn(title: &str, draw: impl FnOnce(&str) -> Markup) -> Markup {
    html! { figure { figcaption { (title) } div class="scroll" tabindex="0" { (draw(title)) } } }
}

/// How it is made again.
#[must_use]
pub fn again(repeat: &Repeat<'_>, more: &Markup) -> Markup {
    html! {
        h2 { "Repeat it" }
        pre { code { (repeat.command) } }
        (more)
        p class="soft" { "Plaza " (env!("CARGO_PKG_VERSION")) " on " (std::env::consts::OS) ", " (std::env::consts::ARCH) ". All figures are in this file as JSON, in the element with the id " code { "report" } "." }
        details { summary { "The scenario" } pre { code { (repeat.scenario) } } }
    }
}

/// What is otherwise than in an earlier report.
#[must_use]
pub fn compared(baseline: &Baseline) -> Markup {
    let Baseline { file, scenario, mode, started_at, deltas, alone } = baseline;
    html! {
        h2 { "Against an earlier report" }
        p class="soft" { code { (file) } ", " (scenario) ", " (mode) ", of " (started_at) ". What is marked is more than noise, by the 95 % interval of the difference. Of single runs nobody can tell: several do, with --replications." }
        div class="scroll" tabindex="0" { table {
            thead { tr { td {} th class="n" { "was" } th class="n" { "is" } th class="n" { "more by" } td {} } }
            tbody {
                @for delta in deltas {
                    tr {
                        th scope="row" { (delta.name) }
                        td class="n" { (told(delta.was)) }
                        td class="n" { (told(delta.is)) }
                        td class="n" { (told(delta.more())) @if let Some(half) = delta.half_width { " ± " (figure(half)) } }
                        td class=(if delta.more_than_noise == Some(true) { "unknown" } else { "soft" }) { (noise(delta)) }
                    }
                }
            }
        } }
        @if !alone.is_empty() { ul { @for one in alone { li { (one) } } } }
    }
}

/// What is to be said of a difference.
#[must_use]
pub fn noise(delta: &Delta) -> &'static str {
    match delta.more_than_noise {
        Some(true) => "more than noise",
        Some(false) => "no difference seen",
        None => "",
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
fn told(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { grouped(value as i64) } else { figure(value) }
}
