//! What a scenario would do, drawn: a scenario that reads well and means something else is worse than an error.

use super::output::grouped;
use super::saying::say;
use crate::sim::scenario::document::Document;
use crate::sim::scenario::errands::{Catalogue, Errands, phases, rate};
use crate::sim::scenario::trace::Trace;
use crate::sim::shopping::errand::{Deed, Errand, Funds};

/// How many columns time is drawn in.
const COLUMNS: usize = 60;
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws and adds up a scenario, or the orders that come in place of its shoppers.
pub fn print(document: &Document, trace: Option<&Trace>, seed: u64) {
    let scenario = &document.scenario;
    say!("{}: {}", scenario.name, scenario.title);
    if let Some(trace) = trace {
        let totals = &trace.totals;
        say!("\ntrace from {} to {}", trace.first, trace.last);
        for (name, count) in [
            ("orders", totals.orders),
            ("orders with total 0", totals.free_orders),
            ("customers", totals.customers),
            ("stores", trace.stores.len() as u64),
            ("products", trace.stores.iter().map(|(_, products)| products.len() as u64).sum()),
            ("pieces", totals.pieces),
            ("minor units", totals.amount),
        ] {
            say!("{name:28} {:>16}", grouped(&count.to_string()));
        }
    } else {
        print_shoppers(document, seed);
    }
    print_faults(document);
    for threshold in &document.thresholds.0 {
        let here = if threshold.metric.is_virtual() { "" } else { "   (not measured in virtual time)" };
        say!("{:14} {threshold}{here}", threshold.part);
    }
    if let Err(error) = document.check_virtual() {
        say!("\n{error}");
    }
}

fn print_shoppers(document: &Document, seed: u64) {
    let scenario = &document.scenario;
    let catalogue = Catalogue::of(scenario);
    let errands = Errands::new(document, &catalogue, document.starts_at, seed);
    let mut counts = vec![0_u64; COLUMNS];
    let (mut all, mut again, mut lines, mut pieces, mut pay, mut cancel, mut short) = (0_u64, 0, 0, 0, 0, 0, 0);
    let span_ms = scenario.duration.ms().max(1);
    for Errand { at_ms, customer, lines: wanted, funds, then, .. } in errands {
        let column = usize::try_from(at_ms * COLUMNS as u64 / span_ms).unwrap_or(0).min(COLUMNS - 1);
        counts[column] += 1;
        all += 1;
        again += u64::from(customer.is_some());
        lines += wanted.len() as u64;
        pieces += wanted.iter().map(|line| u64::from(line.quantity)).sum::<u64>();
        short += u64::from(funds != Funds::Enough);
        pay += u64::from(then.iter().any(|act| act.what == Deed::Pay));
        cancel += u64::from(then.iter().any(|act| act.what == Deed::Cancel));
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bar = |count: &u64| BARS[usize::try_from((count * 8).div_ceil(most)).unwrap_or(0).min(8)];
    say!("\nfrom {} for {:?}, seed {seed}", document.starts_at, scenario.duration.0);
    say!("arrivals  |{}|  at most {most} in a sixtieth", counts.iter().map(bar).collect::<String>());
    let rate = rate(scenario, document.starts_at, seed);
    #[expect(clippy::cast_precision_loss, reason = "columns")]
    let at = |column: usize| rate.at((column as f64 + 0.5) / COLUMNS as f64 * scenario.duration.seconds());
    let rates: Vec<f64> = (0..COLUMNS).map(at).collect();
    let highest = rates.iter().copied().fold(0.0, f64::max);
    let bars = rates.iter().map(|rate| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 8")]
        let height = if highest > 0.0 { (rate / highest * 8.0).ceil() as usize } else { 0 };
        BARS[height.min(8)]
    });
    say!("rate      |{}|  at most {highest:.3} a second", bars.collect::<String>());
    for (name, from, until) in phases(scenario) {
        say!("phase     |{}|  {name}", band(from, until, scenario.duration.seconds()));
    }
    say!();
    let (stores, products) = (*scenario.mall.stores.get_ref(), *scenario.mall.products_per_store.get_ref());
    for (name, count) in [
        ("stores", u64::from(stores)),
        ("products", u64::from(stores) * u64::from(products)),
        ("shoppers", all),
        ("who come again", again),
        ("lines", lines),
        ("pieces", pieces),
        ("who would pay", pay),
        ("who would call off", cancel),
        ("with too little money", short),
    ] {
        say!("{name:28} {:>16}", grouped(&count.to_string()));
    }
    say!();
}

fn print_faults(document: &Document) {
    let whole = document.scenario.duration.seconds();
    for (participant, faults) in &document.scenario.faults {
        for fault in &faults.0 {
            let from = fault.at.seconds();
            let lasts = fault.lasts.or(fault.crash).map_or(whole, |lasts| from + lasts.seconds());
            say!("fault     |{}|  {}", band(from, lasts, whole), participant.get_ref());
        }
    }
}

/// A stretch of time as a band.
fn band(from: f64, until: f64, whole: f64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "columns")]
    let is_in = |column: usize| {
        let (start, end) = (column as f64 / COLUMNS as f64 * whole, (column as f64 + 1.0) / COLUMNS as f64 * whole);
        start < until && end > from
    };
    (0..COLUMNS).map(|column| if is_in(column) { '▒' } else { ' ' }).collect()
}
