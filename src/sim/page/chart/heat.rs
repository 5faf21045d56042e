//! How many took how long, over time: the darker, the more.

use super::{BOTTOM, HEIGHT, LEFT, Shade, TOP, Time, at, drawing};
use crate::sim::page::words::grouped;
use crate::sim::run::course::{BOUNDS_MS, Spread, Step};
use maud::{Markup, html};
use std::fmt::Write;

/// The most columns; when there are more steps, several become one.
const COLUMNS_MAX: usize = 96;
/// How many shades there are.
const SHADES: usize = 6;

/// A bound, in words.
fn bound(place: usize) -> String {
    match BOUNDS_MS.get(place) {
        Some(ms) if *ms >= 1_000 => format!("{} s", ms / 1_000),
        Some(ms) => format!("{ms} ms"),
        None => "longer".to_owned(),
    }
}

/// What is counted at a place, in words.
#[must_use]
pub fn between(place: usize) -> String {
    match place.checked_sub(1).map(bound) {
        None => format!("up to {}", bound(place)),
        Some(least) if place == BOUNDS_MS.len() => format!("more than {least}"),
        Some(least) => format!("{least} to {}", bound(place)),
    }
}

/// How many took how long in the steps of a run: `of` tells it of each.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a few columns and rows, and what is counted in them")]
pub fn heat(title: &str, step_ms: u64, steps: &[Step], of: impl Fn(&Step) -> &Spread, shades: &[Shade<'_>]) -> Markup {
    let each = steps.len().div_ceil(COLUMNS_MAX).max(1);
    let columns: Vec<Vec<u64>> = steps
        .chunks(each)
        .map(|steps| {
            let rows = 0..=BOUNDS_MS.len();
            rows.map(|row| steps.iter().map(|step| u64::from(of(step).counts()[row])).sum()).collect()
        })
        .collect();
    let has = |row: &usize| columns.iter().any(|column| column[*row] > 0);
    let lowest = (0..=BOUNDS_MS.len()).find(has).unwrap_or_default();
    let highest = (0..=BOUNDS_MS.len()).rfind(has).unwrap_or_default();
    let rows = highest - lowest + 1;
    let most = columns.iter().flatten().copied().max().unwrap_or_default();
    let time = Time::of(step_ms, steps.len());
    let high = (HEIGHT - TOP - BOTTOM) / rows as f64;
    let top = |row: usize| HEIGHT - BOTTOM - (row - lowest + 1) as f64 * high;
    let left = |column: usize| time.x((column * each) as f64 * step_ms as f64).min(time.x(time.whole_ms as f64));
    let mut paths = vec![String::new(); SHADES];
    for (number, column) in columns.iter().enumerate() {
        for (row, count) in column.iter().enumerate().filter(|(_, count)| **count > 0) {
            // A text that is written to never fails.
            let _ = write!(
                paths[shade_of(*count, most)],
                "M{:.1} {:.1}H{:.1}v{high:.1}H{:.1}z",
                left(number),
                top(row),
                left(number + 1),
                left(number)
            );
        }
    }
    let drawn = html! {
        (time.shade(shades))
        @for row in lowest..=highest {
            line class="grid" x1=(LEFT) x2=(at(left(columns.len()))) y1=(at(top(row))) y2=(at(top(row))) {}
            text class="axis end" x=(LEFT - 8.0) y=(at(top(row) + 4.0)) { (bound(row)) }
        }
        (time.draw())
        @for (shade, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
            path class=(format!("heat h{shade}")) d=(path) {}
        }
    };
    html! {
        (drawing(title, HEIGHT, &drawn))
        p class="soft legend" { "Each cell: how many orders of that time took up to so long, and longer than the one below. The darkest is of " (grouped(most.cast_signed())) "." }
    }
}

/// The shade of a count: by its root, so that a few can be told from none.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a handful of shades"
)]
fn shade_of(count: u64, most: u64) -> usize {
    let part = (count as f64 / most.max(1) as f64).sqrt();
    ((part * SHADES as f64).ceil() as usize).clamp(1, SHADES) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_the_lightest_and_the_most_the_darkest() {
        assert_eq!((shade_of(1, 10_000), shade_of(10_000, 10_000), shade_of(2_500, 10_000)), (0, SHADES - 1, 2));
        assert_eq!(shade_of(1, 1), SHADES - 1);
        let all = [between(0), between(9), between(BOUNDS_MS.len())];
        assert_eq!(all, ["up to 1 ms", "500 ms to 1 s", "more than 2000 s"]);
        assert_eq!((bound(0), bound(9), bound(BOUNDS_MS.len())), ("1 ms".into(), "1 s".into(), "longer".into()));
    }
}
