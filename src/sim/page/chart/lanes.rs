//! Orders as lanes: what they waited for, one after the other, and when each of their events was.

use super::{RIGHT, WIDTH, at, drawing};
use crate::sim::page::words::took;
use crate::sim::run::remarkable::{Remarked, Told};
use maud::{Markup, html};

/// How high a lane is.
const LANE: f64 = 30.0;
const HEAD: f64 = 22.0;
/// Where lanes begin, right of what is written at them.
const LEFT: f64 = 250.0;
/// What is told apart at the left, milliseconds; from there on every step to the right is tenfold.
const LEAST_MS: f64 = 10.0;
/// The times at the marks, milliseconds.
const MARKS: [(f64, &str); 9] = [
    (0.0, "0"),
    (100.0, "100 ms"),
    (1e3, "1 s"),
    (1e4, "10 s"),
    (6e4, "1 min"),
    (6e5, "10 min"),
    (3.6e6, "1 h"),
    (3.6e7, "10 h"),
    (8.64e8, "10 d"),
];

/// From when on an order waits for what: by the event that began it.
const WAITS: [(&str, &str); 3] = [("submitted", "s0"), ("accepted", "s1"), ("paid", "s2")];
/// The events that end an order.
const ENDS: [&str; 4] = ["delivered", "rejected", "cancelled", "expired"];

/// Orders as lanes, over the time since each was placed.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "milliseconds of an order, and a few lanes")]
pub fn lanes(title: &str, orders: &[Remarked]) -> Markup {
    let last = orders.iter().flat_map(|order| order.events.iter().map(|told| told.after_ms)).max().unwrap_or_default();
    let place = |ms: f64| (1.0 + ms / LEAST_MS).log10();
    let whole = place((last as f64).max(1_000.0));
    let x = |ms: f64| LEFT + place(ms) / whole * (WIDTH - LEFT - RIGHT - 20.0);
    let height = HEAD + orders.len() as f64 * LANE + 6.0;
    let drawn = html! {
        @for (ms, name) in MARKS.iter().filter(|(ms, _)| place(*ms) <= whole) {
            line class="grid" x1=(at(x(*ms))) x2=(at(x(*ms))) y1=(HEAD - 4.0) y2=(height - 4.0) {}
            text class="axis middle" x=(at(x(*ms))) y="12" { (name) }
        }
        @for (number, order) in orders.iter().enumerate() {
            @let middle = HEAD + (number as f64 + 0.5) * LANE;
            text class="name" x="0" y=(at(middle - 2.0)) { (short_id(order)) }
            text x="0" y=(at(middle + 11.0)) { (order.why) }
            @for (class, from, until) in stretches(&order.events) {
                rect class=(format!("dot {class}")) x=(at(x(from as f64))) y=(at(middle - 4.0)) width=(at((x(until as f64) - x(from as f64)).max(1.0))) height="8" {}
            }
            @for told in &order.events {
                circle class=(if ENDS.contains(&&*told.name) { "event end-mark" } else { "event" }) cx=(at(x(told.after_ms as f64))) cy=(at(middle)) r="3.5" {
                    title { (told.name) ", after " (took(told.after_ms)) }
                }
            }
        }
    };
    html! {
        (drawing(title, height, &drawn))
        ul class="legend" {
            @for (class, name) in [("s0", "waits for its verdict"), ("s1", "waits to be paid"), ("s2", "waits for its delivery")] {
                li { span class=(format!("key {class}")) {} (name) }
            }
        }
    }
}

/// The end of an order's id, which differs.
#[must_use]
pub fn short_id(order: &Remarked) -> String {
    let id = order.order.to_string();
    format!("…{}", &id[id.len().saturating_sub(8)..])
}

/// What an order waited for, from when and until when, milliseconds.
fn stretches(events: &[Told]) -> Vec<(&'static str, u64, u64)> {
    let mut all: Vec<(&'static str, u64, u64)> = Vec::new();
    for told in events {
        if let Some(open) = all.last_mut().filter(|_| ENDS.contains(&&*told.name) || begins(told).is_some()) {
            open.2 = told.after_ms;
        }
        if ENDS.contains(&&*told.name) {
            return all;
        }
        if let Some(class) = begins(told) {
            all.push((class, told.after_ms, told.after_ms));
        }
    }
    // It has not ended: it waits as long as is known.
    if let (Some(open), Some(last)) = (all.last_mut(), events.last()) {
        open.2 = last.after_ms;
    }
    all
}

fn begins(told: &Told) -> Option<&'static str> {
    WAITS.iter().find(|(name, _)| *name == told.name).map(|(_, class)| *class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_waits_until_what_it_waits_for_is_there() {
        let told = |all: &[(&'static str, u64)]| -> Vec<Told> {
            all.iter().map(|(name, after_ms)| Told { name: (*name).into(), after_ms: *after_ms }).collect()
        };
        let events = told(&[
            ("submitted", 0),
            ("store_confirmed", 4),
            ("accepted", 5),
            ("paid", 9),
            ("delivered", 12),
            ("archived", 99),
        ]);
        assert_eq!(stretches(&events), [("s0", 0, 5), ("s1", 5, 9), ("s2", 9, 12)]);
        let open = told(&[("submitted", 0), ("store_confirmed", 4)]);
        assert_eq!(stretches(&open), [("s0", 0, 4)]);
    }
}
