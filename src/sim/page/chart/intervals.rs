//! Values with their intervals.

use super::{BOTTOM, HEIGHT, LEFT, RIGHT, Scale, WIDTH, at, short};
use maud::{Markup, html};

/// A value with how far it may be off, for one of several things that stand side by side.
pub struct Mark {
    /// Of what.
    pub name: String,
    /// The least, the value, and the most; none where there is no data.
    pub value: Option<(f64, f64, f64)>,
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
