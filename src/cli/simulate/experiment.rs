//! An experiment: a scenario with several values, each run several times.

use super::guest;
use super::saying::say;
use crate::sim::experiment::interval::Interval;
use crate::sim::experiment::report::ExperimentReport;
use crate::sim::experiment::run::{Asked, run as run_experiment};
use crate::sim::experiment::words::{figure, named};
use crate::sim::run::finish::ASSUMED;
use crate::sim::run::report::Verdict;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::io::IsTerminal;

/// Carries an experiment out, and shows how far it is, or tells the mall whose guest it is; answers what was found, and why
/// it ended before its end.
pub fn run<E: Send>(asked: &Asked<'_, E>, is_guest: bool) -> (ExperimentReport, Option<E>) {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {elapsed} ({eta} left)  {pos} of at most {len} runs") {
        bar.set_style(style);
    }
    let found = run_experiment(asked, |ended, of| {
        bar.set_length(of as u64);
        bar.set_position(ended as u64);
        if is_guest {
            guest::runs(ended, of);
        }
    });
    bar.finish_and_clear();
    found
}

/// Prints what an experiment found.
pub fn print(report: &ExperimentReport) {
    let ExperimentReport { scenario, title, first_seed, variants, differences, answers, problems, verdict, .. } =
        report;
    for said in &report.distrust {
        say!("{said}");
    }
    say!("{ASSUMED}");
    say!("{title}");
    let runs = variants.iter().map(|variant| variant.runs).max().unwrap_or_default();
    say!(
        "scenario {scenario}, {} variants, up to {runs} runs of each from seed {first_seed} on; means and their 95 % intervals\n",
        variants.len()
    );
    for variant in variants {
        say!("{}", named(&variant.values));
        measures(&variant.measures, |known| said(*known));
        if variant.failed > 0 {
            let thresholds = variant.thresholds.join(", ");
            say!("  a threshold failed in {} of {} runs: {thresholds}", variant.failed, variant.runs);
        }
    }
    if !differences.is_empty() {
        say!("\nWhat each gives more than the one before, over the same shoppers:");
    }
    for difference in differences {
        say!("{} in place of {}", named(&difference.to), named(&difference.from));
        measures(&difference.measures, |known| {
            let seen = if known.shows_nothing() { "   no difference seen" } else { "" };
            format!("{}{seen}", said(*known))
        });
    }
    for answer in answers {
        say!("\n{}", answer.sentence);
    }
    for problem in problems {
        say!("PROBLEM  {problem}");
    }
    say!(
        "\n{}",
        match verdict {
            Verdict::Passed => "Everything held in every run.",
            Verdict::Failed => "Not everything held in every run.",
            Verdict::Stopped => "Stopped before all runs were made; what is above is of those that were.",
            Verdict::Violated => "A mall is not as it has to be.",
        }
    );
}

fn measures(all: &BTreeMap<String, Option<Interval>>, said: impl Fn(&Interval) -> String) {
    for (name, known) in all {
        say!("  {name:32} {}", known.as_ref().map_or_else(|| "no data".to_owned(), &said));
    }
}

fn said(known: Interval) -> String {
    match known.half_width {
        None => figure(known.mean),
        Some(half) => format!("{} ± {}", figure(known.mean), figure(half)),
    }
}
