//! Charts as SVG: drawn with what a page has anyway, so that they print, and follow light and dark.

use crate::sim::experiment::report::trimmed;
use maud::{Markup, html};
use std::fmt::Write;

/// The size of a chart, and the room around what is drawn.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 72.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 34.0;
/// About how many lines there are behind a chart.
const LINES: f64 = 4.0;
/// How long a step between two marks of time may be, milliseconds.
const TIMES: [u64; 18] = [
    1_000,
    5_000,
    10_000,
    30_000,
    60_000,
    300_000,
    600_000,
    1_800_000,
    3_600_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    259_200_000,
    604_800_000,
    2_592_000_000,
    7_776_000_000,
    31_536_000_000,
];

/// One line of a chart.
pub struct Series<'a> {
    /// What it is of.
    pub name: &'a str,
    /// A value for every step.
    pub values: Vec<f64>,
}

/// Something that lasts, drawn across a chart.
pub struct Shade<'a> {
    /// What.
    pub name: &'a str,
    /// From when on, milliseconds from the first step.
    pub from_ms: u64,
    /// Until when.
    pub until_ms: u64,
}

/// A value with how far it may be off, for one of several things that stand side by side.
pub struct Mark {
    /// Of what.
    pub name: String,
    /// The least, the value, and the most; none where there is no data.
    pub value: Option<(f64, f64, f64)>,
}

/// A scale from 0 (or less) to a round number.
struct Scale {
    least: f64,
    most: f64,
    step: f64,
}

impl Scale {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (mut least, mut most) = (0.0_f64, 0.0_f64);
        for value in values.filter(|value| value.is_finite()) {
            (least, most) = (least.min(value), most.max(value));
        }
        if most <= least {
            most = least + 1.0;
        }
        let rough = (most - least) / LINES;
        let magnitude = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * magnitude).into_iter().find(|step| *step >= rough);
        let step = step.unwrap_or(magnitude);
        Self { least: (least / step).floor() * step, most: (most / step).ceil() * step, step }
    }

    fn y(&self, value: f64) -> f64 {
        let part = (value - self.least) / (self.most - self.least);
        HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful of lines")]
    fn marks(&self) -> impl Iterator<Item = f64> {
        let count = ((self.most - self.least) / self.step).round() as u32;
        (0..=count).map(|line| self.least + f64::from(line) * self.step)
    }

    fn draw(&self, unit: &str) -> Markup {
        html! {
            @for mark in self.marks() {
                line class="grid" x1=(LEFT) x2=(WIDTH - RIGHT) y1=(at(self.y(mark))) y2=(at(self.y(mark))) {}
                text class="axis end" x=(LEFT - 8.0) y=(at(self.y(mark) + 4.0)) { (short(mark)) }
            }
            text class="axis" x=(LEFT) y="12" { (unit) }
        }
    }
}

/// A place in a chart, to a tenth.
fn at(value: f64) -> String {
    format!("{value:.1}")
}

/// A figure on an axis.
#[must_use]
pub fn short(value: f64) -> String {
    let size = value.abs();
    let (value, unit) = match size {
        _ if size >= 1e9 => (value / 1e9, " bn"),
        _ if size >= 1e6 => (value / 1e6, " M"),
        _ if size >= 1e4 => (value / 1e3, " k"),
        _ => (value, ""),
    };
    trimmed(&format!("{value:.3}")) + unit
}

/// A span of time, as short as it can be said.
#[must_use]
pub fn span(ms: u64) -> String {
    let (mut left, mut text) = (ms / 1_000, String::new());
    for (unit, seconds) in [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)] {
        let many = left / seconds;
        left %= seconds;
        if many > 0 {
            let gap = if text.is_empty() { "" } else { " " };
            // A text that is written to never fails.
            let _ = write!(text, "{gap}{many} {unit}");
        }
    }
    if text.is_empty() { "0".to_owned() } else { text }
}

/// Lines over time: `step_ms` between two values, `unit` what they are of.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "milliseconds of a run, and its steps")]
pub fn lines(title: &str, unit: &str, step_ms: u64, series: &[Series<'_>], shades: &[Shade<'_>]) -> Markup {
    let steps = series.iter().map(|one| one.values.len()).max().unwrap_or_default().max(1);
    let whole_ms = (step_ms * steps as u64).max(1);
    let scale = Scale::of(series.iter().flat_map(|one| one.values.iter().copied()));
    let x = |ms: f64| LEFT + ms / whole_ms as f64 * (WIDTH - LEFT - RIGHT);
    let tick = TIMES.into_iter().find(|tick| whole_ms / tick <= 10).unwrap_or(whole_ms);
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(title) {
            title { (title) }
            @for shade in shades {
                @let from = x(shade.from_ms.min(whole_ms) as f64);
                @let until = x(shade.until_ms.min(whole_ms) as f64);
                rect class="shade" x=(at(from)) y=(TOP) width=(at((until - from).max(1.0))) height=(HEIGHT - TOP - BOTTOM) {
                    title { (shade.name) ", from " (span(shade.from_ms)) " to " (span(shade.until_ms)) }
                }
                text class="shadow" x=(at(from + 3.0)) y=(TOP + 12.0) { (shade.name) }
            }
            (scale.draw(unit))
            @for mark in (0..=whole_ms / tick).map(|mark| mark * tick) {
                line class="grid" x1=(at(x(mark as f64))) x2=(at(x(mark as f64))) y1=(HEIGHT - BOTTOM) y2=(HEIGHT - BOTTOM + 5.0) {}
                text class="axis middle" x=(at(x(mark as f64))) y=(HEIGHT - BOTTOM + 20.0) { (span(mark)) }
            }
            @for (number, one) in series.iter().enumerate() {
                path class=(format!("line s{number}")) d=(path(one, &scale, |step| x((step as f64 + 0.5) * step_ms as f64))) {
                    title { (one.name) }
                }
                @if one.values.len() == 1 {
                    circle class=(format!("dot s{number}")) cx=(at(x(0.5 * step_ms as f64))) cy=(at(scale.y(one.values[0]))) r="3" {}
                }
            }
        }
        (legend(series))
    }
}

fn path(series: &Series<'_>, scale: &Scale, x: impl Fn(usize) -> f64) -> String {
    let mut path = String::new();
    for (step, value) in series.values.iter().enumerate() {
        let to = if step == 0 { 'M' } else { 'L' };
        // A text that is written to never fails.
        let _ = write!(path, "{to}{:.1} {:.1}", x(step), scale.y(*value));
    }
    path
}

fn legend(series: &[Series<'_>]) -> Markup {
    html! {
        ul class="legend" {
            @for (number, one) in series.iter().enumerate() {
                li { span class=(format!("key s{number}")) {} (one.name) }
            }
        }
    }
}

/// Values with their intervals, side by side; and the limit they are held against, if there is one.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a few marks")]
pub fn intervals(title: &str, unit: &str, marks: &[Mark], limit: Option<f64>) -> Markup {
    let known = marks.iter().filter_map(|mark| mark.value);
    let scale = Scale::of(known.flat_map(|(least, value, most)| [least, value, most]).chain(limit));
    let room = (WIDTH - LEFT - RIGHT) / marks.len().max(1) as f64;
    let x = |place: usize| LEFT + (place as f64 + 0.5) * room;
    // As much of a name as has room.
    let clipped = |name: &str| -> String {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few letters")]
        let most = (room / 7.0).max(3.0) as usize;
        if name.chars().count() <= most {
            name.to_owned()
        } else {
            name.chars().take(most - 1).chain(['…']).collect()
        }
    };
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(title) {
            title { (title) }
            (scale.draw(unit))
            @if let Some(limit) = limit {
                line class="limit" x1=(LEFT) x2=(WIDTH - RIGHT) y1=(at(scale.y(limit))) y2=(at(scale.y(limit))) {
                    title { "the limit, " (short(limit)) }
                }
            }
            @for (place, mark) in marks.iter().enumerate() {
                @if let Some((least, value, most)) = mark.value {
                    line class="whisker" x1=(at(x(place))) x2=(at(x(place))) y1=(at(scale.y(least))) y2=(at(scale.y(most))) {}
                    @for end in [least, most] {
                        line class="whisker" x1=(at(x(place) - 6.0)) x2=(at(x(place) + 6.0)) y1=(at(scale.y(end))) y2=(at(scale.y(end))) {}
                    }
                    circle class="dot s0" cx=(at(x(place))) cy=(at(scale.y(value))) r="5" {
                        title { (mark.name) ": " (short(value)) ", " (short(least)) " to " (short(most)) }
                    }
                }
                text class="axis middle" x=(at(x(place))) y=(HEIGHT - BOTTOM + 20.0) { (clipped(&mark.name)) title { (mark.name) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers_and_hold_everything() {
        for (values, ends) in [
            (vec![], (0.0, 1.0)),
            (vec![0.0, 0.0], (0.0, 1.0)),
            (vec![3.0], (0.0, 3.0)),
            (vec![97.0, 12.0], (0.0, 100.0)),
            (vec![-7.0, 12.0], (-10.0, 15.0)),
            (vec![f64::INFINITY, 5.0], (0.0, 6.0)),
        ] {
            let scale = Scale::of(values.iter().copied());
            assert_eq!((scale.least, scale.most), ends, "{values:?}");
            assert!(scale.marks().count() <= 7);
        }
    }

    #[test]
    fn figures_and_spans_are_short() {
        for (value, text) in
            [(0.0, "0"), (0.25, "0.25"), (9_999.0, "9999"), (12_500.0, "12.5 k"), (3e6, "3 M"), (-2.0, "-2")]
        {
            assert_eq!(short(value), text);
        }
        for (ms, text) in [(0, "0"), (90_000, "1 min 30 s"), (3_600_000, "1 h"), (90_000_000, "1 d 1 h")] {
            assert_eq!(span(ms), text);
        }
    }

    #[test]
    fn names_are_escaped_wherever_they_stand() {
        let hostile = "<script>\"'&";
        let series = [Series { name: hostile, values: vec![1.0] }];
        let shades = [Shade { name: hostile, from_ms: 0, until_ms: 500 }];
        let drawn = lines(hostile, hostile, 1_000, &series, &shades).into_string();
        let marked = intervals(hostile, hostile, &[Mark { name: hostile.to_owned(), value: None }], None).into_string();
        for drawn in [drawn, marked] {
            assert!(!drawn.contains("<script") && drawn.contains("&lt;script&gt;&quot;"), "{drawn}");
        }
    }
}
