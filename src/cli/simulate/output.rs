//! What a run found, as people read it.

use super::saying::say;
use crate::sim::baseline::{Baseline, Delta};
use crate::sim::experiment::words::figure;
use crate::sim::page::frame::noise;
use crate::sim::run::judge::Judged;
use crate::sim::run::report::{Compared, Report, Spread, Verdict};
use crate::sim::scenario::document::read;
use crate::sim::scenario::shipped;

/// Names the scenarios that are part of the program, and what each asks.
pub fn list_shipped() {
    say!("Scenarios that are part of this program; a file of your own may be named as well:\n");
    for shipped in shipped::ALL {
        // They are read by a test.
        let title =
            read(shipped.name, shipped.text, &[]).map_or_else(|error| error.to_string(), |read| read.scenario.title);
        say!("  {:14} {title}", shipped.name);
    }
    say!("\nplaza simulate smoke --virtual runs one; --check draws what it would do.");
}

/// Prints what a run found.
pub fn print(report: &Report) {
    for note in report.distrust.iter().chain(&report.notes) {
        say!("{note}");
    }
    let Report { scenario, seed, mall_time, totals, money, stock, target, .. } = report;
    let at = target.as_ref().map_or_else(String::new, |target| format!(", {target}"));
    say!("scenario {scenario}, seed {seed}{at}, from {} to {}\n", mall_time.from, mall_time.to);
    let row = |name: &str, count: u64| say!("{name:28} {:>16}", grouped(&count.to_string()));
    row("shoppers offered", totals.offered);
    row("         started", totals.started);
    row("         dropped", totals.dropped);
    row("requests with an error", totals.errors);
    row("orders submitted", totals.submitted);
    row("       accepted", totals.accepted);
    for (reason, count) in &totals.rejected {
        row(&format!("       rejected {reason}"), *count);
    }
    row("       cancelled", totals.cancelled);
    row("       expired", totals.expired);
    row("       delivered", totals.delivered);
    row("       not ended", totals.pending);
    let of_books = |name: &str, count: String| {
        let count = if report.checked { grouped(&count) } else { "not checked".to_owned() };
        say!("{name:28} {count:>16}");
    };
    of_books("       lost", totals.lost.to_string());
    of_books("       duplicated", totals.duplicated.to_string());
    of_books("violations", totals.violations.to_string());
    for (name, amount) in [
        ("money authorized", money.authorized),
        ("      captured", money.captured),
        ("      of refused sales", money.refused_sales),
    ] {
        say!("{name:28} {:>16}", grouped(&amount.to_string()));
    }
    of_books("pieces left", stock.left.to_string());
    row("       shipped", stock.shipped);
    for (name, Spread { count, p50, p95, p99, max, .. }) in &report.latency_ms {
        if *count > 0 {
            say!("{name:28} p50 {p50:.1} ms   p95 {p95:.1} ms   p99 {p99:.1} ms   max {max:.1} ms");
        }
    }
    print_trace(&report.trace);
    print_thresholds(&report.thresholds);
    if let Some(knee) = &report.knee {
        say!("\n{knee}");
    }
    for problem in &report.problems {
        say!("PROBLEM  {problem}");
    }
    say!(
        "\n{}",
        match report.verdict {
            Verdict::Passed => "Everything held.",
            Verdict::Failed => "Not everything held.",
            Verdict::Stopped => "What was measured held, until it was stopped.",
            Verdict::Violated => "The mall is not as it has to be.",
        }
    );
    match &report.journal.head {
        Some(head) => say!("journal {} head {head}", report.journal.position),
        None => say!("journal {}", report.journal.position),
    }
}

/// Prints what is otherwise than in an earlier report.
pub fn print_baseline(baseline: &Baseline) {
    let Baseline { file, scenario, mode, started_at, deltas, alone } = baseline;
    say!("\nAgainst {file} ({scenario}, {mode}, {started_at}):");
    for delta in deltas.iter().filter(|delta| delta.more() != 0.0) {
        let Delta { name, was, is, .. } = delta;
        say!("{name:32} {:>14} -> {:>14}   {}", figure(*was), figure(*is), noise(delta));
    }
    let same = deltas.iter().filter(|delta| delta.more() == 0.0).count();
    say!("{same} of {} figures are the same.", deltas.len());
    if deltas.iter().all(|delta| delta.more_than_noise.is_none()) {
        say!("What of this is more than noise single runs do not tell; several do, with --replications.");
    }
    for one in alone {
        say!("{one}");
    }
}

fn print_trace(totals: &[Compared]) {
    if totals.is_empty() {
        return;
    }
    say!("\n{:28} {:>16} {:>16}", "", "trace", "mall");
    for Compared { name, trace, mall } in totals {
        let mark = if trace == mall { "" } else { "  !" };
        say!("{name:28} {:>16} {:>16}{mark}", grouped(&trace.to_string()), grouped(&mall.to_string()));
    }
    let differ = totals.iter().filter(|total| total.trace != total.mall).count();
    match differ {
        0 => say!("Everything agrees with the trace."),
        _ => say!("The replay differs from the trace in {differ} of {} totals.", totals.len()),
    }
}

fn print_thresholds(thresholds: &[Judged]) {
    if !thresholds.is_empty() {
        say!();
    }
    for Judged { expression, part, value, holds, why, .. } in thresholds {
        let word = match holds {
            Some(true) => "holds",
            Some(false) => "FAILS",
            None => "-",
        };
        let value = match (value, why) {
            (Some(value), _) if value.fract() == 0.0 => format!("{value}"),
            (Some(value), _) => format!("{value:.4}"),
            (None, why) => why.unwrap_or_default().to_owned(),
        };
        say!("{word:6} {part:9} {expression}   ({value})");
    }
}

/// Digits in groups of three.
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let mut text = String::from(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_stand_in_groups_of_three() {
        for (number, shown) in [("1", "1"), ("1234", "1 234"), ("-24409194", "-24 409 194"), ("123456", "123 456")] {
            assert_eq!(grouped(number), shown);
        }
    }
}
