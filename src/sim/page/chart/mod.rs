//! Charts as SVG: drawn with what a page has anyway, so that they print, and follow light and dark.

pub mod curve;
pub mod flow;
pub mod heat;
pub mod intervals;
pub mod lanes;
pub mod lines;

use crate::sim::experiment::words::trimmed;
use crate::sim::page::words::span;
use maud::{Markup, html};

/// The size of a chart, and the room around what is drawn.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 72.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 34.0;
/// About how many lines there are behind a chart.
const LINES: f64 = 4.0;
/// How many rows of names of what lasts there are, how far apart, and about how wide a letter is.
const ROWS: usize = 6;
const ROW: f64 = 13.0;
const LETTER: f64 = 6.5;
/// Something that lasts, drawn across a chart.
pub struct Shade<'a> {
    /// What.
    pub name: &'a str,
    /// From when on, milliseconds from the first step.
    pub from_ms: u64,
    /// Until when.
    pub until_ms: u64,
}

/// The time of a run, from left to right.
struct Time {
    whole_ms: u64,
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a run")]
impl Time {
    fn of(step_ms: u64, steps: usize) -> Self {
        Self { whole_ms: (step_ms * steps.max(1) as u64).max(1) }
    }

    fn x(&self, ms: f64) -> f64 {
        LEFT + ms / self.whole_ms as f64 * (WIDTH - LEFT - RIGHT)
    }

    /// In which row the name of each stands, so that none stands over another.
    fn rows(&self, shades: &[Shade<'_>]) -> Vec<f64> {
        // Up to where each row is taken.
        let mut taken = [f64::MIN; ROWS];
        let rows = shades.iter().map(|shade| {
            let from = self.x(shade.from_ms.min(self.whole_ms) as f64);
            let free = taken.iter().position(|end| *end <= from);
            let row = free.unwrap_or_else(|| (0..ROWS).min_by(|a, b| taken[*a].total_cmp(&taken[*b])).unwrap_or(0));
            taken[row] = from + LETTER * shade.name.chars().count() as f64;
            row as f64
        });
        rows.collect()
    }

    /// What lasts, behind the chart.
    fn shade(&self, shades: &[Shade<'_>]) -> Markup {
        html! {
            @for (shade, row) in shades.iter().zip(self.rows(shades)) {
                @let from = self.x(shade.from_ms.min(self.whole_ms) as f64);
                @let until = self.x(shade.until_ms.min(self.whole_ms) as f64);
                rect class="shade" x=(at(from)) y=(TOP) width=(at((until - from).max(1.0))) height=(HEIGHT - TOP - BOTTOM) {
                    title { (shade.name) ", from " (span(shade.from_ms)) " to " (span(shade.until_ms)) }
                }
                text class="shadow" x=(at(from + 3.0)) y=(at(TOP + 12.0 + row * ROW)) { (shade.name) }
            }
        }
    }

    /// The marks under the chart.
    fn draw(&self) -> Markup {
        let tick = TIMES.into_iter().find(|tick| self.whole_ms / tick <= 10).unwrap_or(self.whole_ms);
        html! {
            @for mark in (0..=self.whole_ms / tick).map(|mark| mark * tick) {
                @let x = at(self.x(mark as f64));
                line class="grid" x1=(x) x2=(x) y1=(HEIGHT - BOTTOM) y2=(HEIGHT - BOTTOM + 5.0) {}
                text class="axis middle" x=(x) y=(HEIGHT - BOTTOM + 20.0) { (span(mark)) }
            }
        }
    }
}

/// What the lines of a chart are of.
fn legend<'a>(names: impl Iterator<Item = &'a str>) -> Markup {
    html! {
        ul class="legend" {
            @for (number, name) in names.enumerate() {
                li { span class=(format!("key s{number}")) {} (name) }
            }
        }
    }
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

/// A drawing of that height.
fn drawing(title: &str, height: f64, drawn: &Markup) -> Markup {
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(title) { title { (title) } (drawn) }
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

#[cfg(test)]
mod tests {
    use super::curve::{Curve, Limit, curves};
    use super::flow::flow;
    use super::heat::heat;
    use super::intervals::{Mark, intervals};
    use super::lanes::lanes;
    use super::lines::{Series, lines};
    use super::*;
    use crate::domain::ids::OrderId;
    use crate::domain::time::Timestamp;
    use crate::sim::run::course::{Course, Spread};
    use crate::sim::run::remarkable::Remarked;
    use crate::sim::run::report::{MoneyTotals, Totals};
    use uuid::Uuid;

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
    fn figures_are_short() {
        for (value, text) in
            [(0.0, "0"), (0.25, "0.25"), (9_999.0, "9999"), (12_500.0, "12.5 k"), (3e6, "3 M"), (-2.0, "-2")]
        {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn names_are_escaped_wherever_they_stand() {
        let hostile = "<script>\"'&";
        let series = [Series { name: hostile, values: vec![1.0] }];
        let shades = [Shade { name: hostile, from_ms: 0, until_ms: 500 }];
        let drawn = lines(hostile, hostile, 1_000, &series, &shades).into_string();
        let marked = intervals(hostile, hostile, &[Mark { name: hostile.to_owned(), value: None }], None).into_string();
        let curve = [Curve { name: hostile, points: vec![(0.5, 1.0)] }];
        let curved =
            curves(hostile, &curve, false, &[Limit { name: hostile.to_owned(), share: 0.5, ms: 2.0 }]).into_string();
        let mut course = Course::of(Timestamp(0), Timestamp::MAX);
        course.at(Timestamp(0)).settle.count(5_000);
        let hot = heat(hostile, course.step_ms, &course.steps, |step| &step.settle, &shades).into_string();
        let (order, why, placed_at) = (OrderId(Uuid::nil()), hostile.to_owned(), Timestamp(0));
        let laned = lanes(hostile, &[Remarked { order, why, placed_at, events: vec![] }]).into_string();
        for drawn in [drawn, marked, curved, hot, laned] {
            assert!(!drawn.contains("<script") && drawn.contains("&lt;script&gt;&quot;"), "{drawn}");
        }
    }

    #[test]
    fn nothing_and_one_of_everything_can_be_drawn() {
        for totals in [
            Totals::default(),
            Totals { offered: 1, started: 1, submitted: 1, settled: 1, accepted: 1, delivered: 1, ..Totals::default() },
        ] {
            let drawn = flow("flow", &totals, &MoneyTotals::default()).into_string();
            assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        }
        let course = Course::of(Timestamp(0), Timestamp::MAX);
        let spread: for<'a> fn(&'a crate::sim::run::course::Step) -> &'a Spread = |step| &step.settle;
        for drawn in
            [curves("none", &[], false, &[]), heat("none", 1_000, &course.steps, spread, &[]), lanes("none", &[])]
        {
            let drawn = drawn.into_string();
            assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        }
    }
}
