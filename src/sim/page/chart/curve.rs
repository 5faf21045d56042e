//! What part of all took at most how long: the parts from left to right, each step to the right a tenth of what is left.

use super::{BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, at, drawing, legend, short};
use maud::{Markup, html};
use std::fmt::Write;

/// The parts at the marks.
const MARKS: [(f64, &str); 6] =
    [(0.0, "0 %"), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %"), (0.9999, "99.99 %")];
/// The least that is told apart, milliseconds.
const LEAST_MS: f64 = 0.1;

/// A curve.
pub struct Curve<'a> {
    /// What it is of.
    pub name: &'a str,
    /// A part, and what it took at the most, milliseconds.
    pub points: Vec<(f64, f64)>,
}

/// What a part may take at the most.
pub struct Limit {
    /// What is to hold.
    pub name: String,
    /// The part.
    pub share: f64,
    /// Milliseconds.
    pub ms: f64,
}

/// From the left, in tenths of what is left.
fn x(share: f64) -> f64 {
    let right = (1.0 - MARKS[MARKS.len() - 1].0).log10();
    LEFT + (1.0 - share).max(1e-9).log10() / right * (WIDTH - LEFT - RIGHT - 24.0)
}

/// Times, each step up the tenfold.
struct Tenfold {
    least: f64,
    most: f64,
}

impl Tenfold {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (least, most) = values.fold((f64::INFINITY, LEAST_MS), |(least, most), ms| (least.min(ms), most.max(ms)));
        let least = if least.is_finite() { least.max(LEAST_MS).log10().floor() } else { LEAST_MS.log10() };
        Self { least, most: most.log10().ceil().max(least + 1.0) }
    }

    fn y(&self, ms: f64) -> f64 {
        let part = (ms.max(LEAST_MS).log10().max(self.least) - self.least) / (self.most - self.least);
        HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP)
    }

    #[expect(clippy::cast_possible_truncation, reason = "a handful of powers of ten")]
    fn draw(&self) -> Markup {
        let marks = (self.least as i32..=self.most as i32).map(|power| 10_f64.powi(power));
        html! {
            @for mark in marks {
                line class="grid" x1=(LEFT) x2=(WIDTH - RIGHT) y1=(at(self.y(mark))) y2=(at(self.y(mark))) {}
                text class="axis end" x=(LEFT - 8.0) y=(at(self.y(mark) + 4.0)) { (short(mark)) }
            }
            text class="axis" x=(LEFT) y="12" { "ms" }
            @for (share, name) in MARKS {
                line class="grid" x1=(at(x(share))) x2=(at(x(share))) y1=(TOP) y2=(HEIGHT - BOTTOM + 5.0) {}
                text class="axis middle" x=(at(x(share))) y=(HEIGHT - BOTTOM + 20.0) { (name) }
            }
        }
    }
}

/// Curves, and the limits they are held against; where the first is of what the second is a part of, what lies between them
/// is drawn too.
#[must_use]
pub fn curves(title: &str, curves: &[Curve<'_>], is_part: bool, limits: &[Limit]) -> Markup {
    let known = curves.iter().flat_map(|curve| curve.points.iter().map(|(_, ms)| *ms));
    let scale = Tenfold::of(known.chain(limits.iter().map(|limit| limit.ms)));
    let place = |(share, ms): &(f64, f64)| (x(*share), scale.y(*ms));
    let drawn = html! {
        (scale.draw())
        @if let ([first, second], true) = (curves, is_part) {
            path class="between" d=(path(first.points.iter().chain(second.points.iter().rev()).map(place))) {}
        }
        @for (number, curve) in curves.iter().enumerate() {
            path class=(format!("line s{number}")) d=(path(curve.points.iter().map(place))) { title { (curve.name) } }
            @if let [only] = curve.points.as_slice() {
                circle class=(format!("dot s{number}")) cx=(at(place(only).0)) cy=(at(place(only).1)) r="3" {}
            }
        }
        @for limit in limits {
            @let (x, y) = (x(limit.share), scale.y(limit.ms));
            line class="limit" x1=(at(x - 28.0)) x2=(at(x + 12.0)) y1=(at(y)) y2=(at(y)) { title { (limit.name) } }
            text class="axis end" x=(at(x - 32.0)) y=(at(y + 4.0)) { (limit.name) }
        }
    };
    html! {
        (drawing(title, HEIGHT, &drawn))
        (legend(curves.iter().map(|curve| curve.name)))
    }
}

fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (number, (x, y)) in points.enumerate() {
        let to = if number == 0 { 'M' } else { 'L' };
        // A text that is written to never fails.
        let _ = write!(path, "{to}{x:.1} {y:.1}");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_to_the_right_is_a_tenth_of_what_is_left() {
        let steps: Vec<f64> = [0.9, 0.99, 0.999].iter().map(|share| x(*share) - x(0.0)).collect();
        assert!((steps[1] - 2.0 * steps[0]).abs() < 1e-6 && (steps[2] - 3.0 * steps[0]).abs() < 1e-6, "{steps:?}");
        let scale = Tenfold::of([3.0, 420.0].into_iter());
        assert_eq!((scale.least, scale.most), (0.0, 3.0));
        assert!((scale.y(10.0) - scale.y(1.0) - (scale.y(100.0) - scale.y(10.0))).abs() < 1e-6);
        let none = Tenfold::of([0.0, 0.0].into_iter());
        assert_eq!((none.least, none.most), (-1.0, 0.0), "what took no time is at the bottom");
    }
}
