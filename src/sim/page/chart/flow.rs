//! Where shoppers and their orders went, as bands as wide as they are many.

use super::{WIDTH, at, drawing};
use crate::sim::page::words::{grouped, percent};
use crate::sim::run::report::{MoneyTotals, Totals};
use maud::{Markup, html};

/// How high everything together is.
const WHOLE: f64 = 210.0;
/// The least there is from one to the next, for what is written at them.
const APART: f64 = 46.0;
const TOP: f64 = 14.0;
const BAR: f64 = 9.0;
/// Where what is written at the last ends.
const LAST: f64 = 172.0;

/// A place where some of them were.
struct Place {
    name: &'static str,
    count: u64,
    /// Minor units, where they are told.
    money: Option<(&'static str, i64)>,
    column: usize,
    /// From which place they came; none of the first.
    from: usize,
    /// Whether nothing more came of them.
    is_lost: bool,
}

/// Everywhere they were, each after where it came from.
fn places(totals: &Totals, money: &MoneyTotals) -> Vec<Place> {
    let Totals {
        offered, started, dropped, submitted, settled, accepted, refused, cancelled, expired, delivered, ..
    } = *totals;
    let called_off_before = settled.saturating_sub(accepted + refused);
    let called_off_after = cancelled.saturating_sub(called_off_before);
    let place = |name, count, column, from, is_lost| Place { name, count, money: None, column, from, is_lost };
    // A shopper may order more than once, as one of a trace's; then there is no telling how many did not.
    let without = started.saturating_sub(submitted);
    vec![
        place("shoppers", offered, 0, 0, false),
        place("let in", started, 1, 0, false),
        place("not let in", dropped, 1, 0, true),
        place("ordered", submitted, 2, 1, false),
        place("left without", without, 2, 1, true),
        place("accepted", accepted, 3, 3, false),
        Place { money: Some(("refused sales", money.refused_sales)), ..place("rejected", refused, 3, 3, true) },
        place("called off before the verdict", called_off_before, 3, 3, true),
        place("no verdict", submitted.saturating_sub(settled), 3, 3, true),
        Place { money: Some(("captured", money.captured)), ..place("delivered", delivered, 4, 5, false) },
        place("not paid in time", expired, 4, 5, true),
        place("called off", called_off_after, 4, 5, true),
        place("not ended", accepted.saturating_sub(delivered + expired + called_off_after), 4, 5, true),
    ]
}

/// Where shoppers and their orders went.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of a run, as heights")]
pub fn flow(title: &str, totals: &Totals, money: &MoneyTotals) -> Markup {
    let places: Vec<Place> = places(totals, money);
    let widest = totals.offered.max(totals.submitted).max(1) as f64;
    let high = |count: u64| if count == 0 { 0.0 } else { (count as f64 / widest * WHOLE).max(1.5) };
    let wide = (WIDTH - LAST) / 4.0;
    // What is not there is not drawn, but for the first and the last of all.
    let is_drawn = |place: &Place| place.count > 0 || matches!(place.name, "shoppers" | "ordered" | "delivered");
    let mut tops = vec![0.0; places.len()];
    let mut below = [TOP; 5];
    for (number, place) in places.iter().enumerate().filter(|(_, place)| is_drawn(place)) {
        tops[number] = below[place.column];
        below[place.column] += high(place.count).max(APART - 10.0) + 10.0;
    }
    let height = below.iter().copied().fold(0.0, f64::max) + 8.0;
    // Where the next band leaves a place.
    let mut leaves = tops.clone();
    let mut bands = Vec::new();
    for (number, place) in places.iter().enumerate().skip(1).filter(|(_, place)| place.count > 0) {
        let (from, to) = (leaves[place.from], tops[number]);
        leaves[place.from] += high(place.count);
        let (left, right) = (wide * places[place.from].column as f64 + BAR, wide * place.column as f64);
        let (middle, thick) = (f64::midpoint(left, right), high(place.count));
        let path = format!(
            "M{left:.1} {from:.1}C{middle:.1} {from:.1} {middle:.1} {to:.1} {right:.1} {to:.1}V{:.1}C{middle:.1} {:.1} {middle:.1} {:.1} {left:.1} {:.1}z",
            to + thick,
            to + thick,
            from + thick,
            from + thick
        );
        bands.push((path, place));
    }
    let of = |place: &Place| if place.column < 3 { totals.offered } else { totals.submitted };
    let drawn = html! {
        @for (path, place) in &bands {
            path class=(if place.is_lost { "band lost" } else { "band" }) d=(path) { title { (place.name) ": " (grouped(place.count.cast_signed())) } }
        }
        @for (number, place) in places.iter().enumerate().filter(|(_, place)| is_drawn(place)) {
            @let (x, y) = (wide * place.column as f64, tops[number]);
            rect class=(if place.is_lost { "node lost" } else { "node" }) x=(at(x)) y=(at(y)) width=(BAR) height=(at(high(place.count).max(1.5))) {}
            text class="name" x=(at(x + BAR + 6.0)) y=(at(y + 10.0)) { (place.name) }
            text x=(at(x + BAR + 6.0)) y=(at(y + 24.0)) {
                (grouped(place.count.cast_signed()))
                @if place.column > 0 { " (" (percent(place.count, of(place))) ")" }
            }
            @if let Some((name, sum)) = place.money {
                text x=(at(x + BAR + 6.0)) y=(at(y + 38.0)) { (grouped(sum)) " " (name) }
            }
        }
    };
    drawing(title, height, &drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_a_place_came_to_it() {
        let totals = Totals {
            offered: 110,
            started: 100,
            dropped: 10,
            submitted: 90,
            settled: 88,
            accepted: 70,
            refused: 15,
            cancelled: 8,
            expired: 6,
            delivered: 55,
            ..Totals::default()
        };
        let places = places(&totals, &MoneyTotals::default());
        for (number, place) in places.iter().enumerate() {
            let leave: u64 = places.iter().skip(1).filter(|other| other.from == number).map(|other| other.count).sum();
            assert!(leave == 0 || leave == place.count, "{}: {} came, {leave} left", place.name, place.count);
        }
        let named = |name: &str| places.iter().find(|place| place.name == name).map(|place| place.count);
        assert_eq!(
            (named("called off before the verdict"), named("called off"), named("not ended")),
            (Some(3), Some(5), Some(4))
        );
    }
}
