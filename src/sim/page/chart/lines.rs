//! Lines over time.

use super::{HEIGHT, Scale, Shade, Time, at, drawing, legend};
use maud::{Markup, html};
use std::fmt::Write;

/// One line of a chart.
pub struct Series<'a> {
    /// What it is of.
    pub name: &'a str,
    /// A value for every step.
    pub values: Vec<f64>,
}

/// Lines over time: `step_ms` between two values, `unit` what they are of.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "milliseconds of a run, and its steps")]
pub fn lines(title: &str, unit: &str, step_ms: u64, series: &[Series<'_>], shades: &[Shade<'_>]) -> Markup {
    let steps = series.iter().map(|one| one.values.len()).max().unwrap_or_default().max(1);
    let (time, scale) = (Time::of(step_ms, steps), Scale::of(series.iter().flat_map(|one| one.values.iter().copied())));
    let x = |step: usize| time.x((step as f64 + 0.5) * step_ms as f64);
    let drawn = html! {
        (time.shade(shades))
        (scale.draw(unit))
        (time.draw())
        @for (number, one) in series.iter().enumerate() {
            path class=(format!("line s{number}")) d=(path(one, &scale, x)) { title { (one.name) } }
            @if one.values.len() == 1 {
                circle class=(format!("dot s{number}")) cx=(at(x(0))) cy=(at(scale.y(one.values[0]))) r="3" {}
            }
        }
    };
    html! {
        (drawing(title, HEIGHT, &drawn))
        (legend(series.iter().map(|one| one.name)))
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
