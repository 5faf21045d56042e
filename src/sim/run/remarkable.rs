//! The orders of a run that are worth a look: those whose verdict took longest, those that went a way few others went, and
//! those that have not ended.
//!
//! The way of an order is the names of its events in their order, repetitions left out. Of every way one order is kept.

use crate::domain::event::{EventKind, OrderEvent};
use crate::domain::ids::OrderId;
use crate::domain::time::{Rfc3339, Timestamp};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How many are told of each sort.
const TOLD: usize = 10;
/// The most ways that are told apart; an order that goes yet another is not remarkable.
const WAYS_MAX: usize = 2_000;
/// The most events that are kept of an order.
const EVENTS_MAX: usize = 60;
/// A way is odd when fewer than one of so many orders went it.
const ODD: u64 = 20;

/// What happened to an order, as far as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail(Vec<(u8, Timestamp)>);

impl Trail {
    /// An event happened.
    pub fn add(&mut self, name: &str, at: Timestamp) {
        let kind =
            OrderEvent::KINDS.iter().position(|kind| kind.name == name).and_then(|place| u8::try_from(place).ok());
        if let Some(kind) = kind {
            // The last is what became of it.
            self.0.truncate(EVENTS_MAX - 1);
            self.0.push((kind, at));
        }
    }

    /// The name of what happened last, without that of its stream.
    #[must_use]
    pub fn last(&self) -> &'static str {
        self.0.last().map_or("", |(kind, _)| short(*kind))
    }

    fn way(&self) -> Vec<u8> {
        let mut way: Vec<u8> = self.0.iter().map(|(kind, _)| *kind).collect();
        way.dedup();
        way
    }
}

/// How many orders went a way, and one of them.
struct Way {
    orders: u64,
    example: OrderId,
}

/// Keeps the orders that are worth a look.
#[derive(Default)]
pub struct Remarkable {
    /// Those whose verdict took longest, the longest first.
    slowest: Vec<(u64, OrderId)>,
    ways: BTreeMap<Vec<u8>, Way>,
    /// The examples of all ways.
    examples: BTreeSet<OrderId>,
    ended: u64,
    kept: BTreeMap<OrderId, Trail>,
}

/// An order that is worth a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remarked {
    /// The order.
    pub order: OrderId,
    /// Why it is here, in words.
    pub why: String,
    /// When it was placed.
    #[serde(with = "Rfc3339")]
    pub placed_at: Timestamp,
    /// Its events.
    pub events: Vec<Told>,
}

/// An event of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Its name, without that of its stream.
    pub name: Cow<'static, str>,
    /// How long after the order was placed, milliseconds.
    pub after_ms: u64,
}

impl Remarkable {
    /// An order has its verdict, after so many microseconds.
    pub fn settled(&mut self, order: OrderId, took: u64) {
        let place = self.slowest.partition_point(|(other, _)| *other >= took);
        if place >= TOLD {
            return;
        }
        self.slowest.insert(place, (took, order));
        if self.slowest.len() > TOLD
            && let Some((_, displaced)) = self.slowest.pop()
            && !self.examples.contains(&displaced)
        {
            self.kept.remove(&displaced);
        }
    }

    /// An order has ended after all this.
    pub fn ended(&mut self, order: OrderId, trail: Trail) {
        self.ended += 1;
        let way = trail.way();
        let is_full = self.ways.len() >= WAYS_MAX;
        let is_example = match self.ways.get_mut(&way) {
            Some(known) => {
                known.orders += 1;
                false
            }
            None if is_full => false,
            None => self.ways.insert(way, Way { orders: 1, example: order }).is_none(),
        };
        if is_example {
            self.examples.insert(order);
        }
        if is_example || self.slowest.iter().any(|(_, slow)| *slow == order) {
            self.kept.insert(order, trail);
        }
    }

    /// Something happened to an order that has ended.
    pub fn heard(&mut self, order: OrderId, name: &str, at: Timestamp) {
        if let Some(trail) = self.kept.get_mut(&order) {
            trail.add(name, at);
        }
    }

    /// The orders that are worth a look, and of those that have not ended the first.
    #[must_use]
    pub fn told<'a>(&'a self, open: impl Iterator<Item = (OrderId, &'a Trail)>) -> Vec<Remarked> {
        let open: BTreeMap<OrderId, &Trail> = open.collect();
        let mut told = BTreeSet::new();
        let mut all = Vec::new();
        let mut tell = |order: OrderId, why: String| {
            let trail = self.kept.get(&order).or_else(|| open.get(&order).copied());
            if let Some(trail) = trail.filter(|_| told.insert(order)) {
                all.push(remarked(order, why, trail));
            }
        };
        for order in open.keys().take(TOLD) {
            tell(*order, "has not ended".to_owned());
        }
        let mut rare: Vec<&Way> = self.ways.values().filter(|way| way.orders * ODD < self.ended).collect();
        rare.sort_by_key(|way| way.orders);
        for way in rare.iter().take(TOLD) {
            let others = match way.orders {
                1 => "no other order went this way".to_owned(),
                many => format!("only {many} orders went this way"),
            };
            tell(way.example, others);
        }
        for (took, order) in &self.slowest {
            tell(*order, format!("its verdict took {:.1} s", Duration::from_micros(*took).as_secs_f64()));
        }
        all
    }
}

fn short(kind: u8) -> &'static str {
    let name = OrderEvent::KINDS.get(usize::from(kind)).map_or("", |kind: &EventKind| kind.name);
    name.trim_start_matches("order.")
}

/// What happened to an order, and why it is told.
#[must_use]
pub fn remarked(order: OrderId, why: String, trail: &Trail) -> Remarked {
    let placed_at = trail.0.first().map_or(Timestamp(0), |(_, at)| *at);
    let told =
        |(kind, at): &(u8, Timestamp)| Told { name: short(*kind).into(), after_ms: at.micros_since(placed_at) / 1_000 };
    Remarked { order, why, placed_at, events: trail.0.iter().map(told).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn order(number: u64) -> OrderId {
        OrderId(Uuid::from_u128(u128::from(number)))
    }

    fn trail(names: &[&str]) -> Trail {
        let mut trail = Trail::default();
        names.iter().zip(0..).for_each(|(name, second)| trail.add(name, Timestamp(second * 1_000_000)));
        trail
    }

    const PLAIN: [&str; 3] = ["order.submitted", "order.accepted", "order.delivered"];

    #[test]
    fn the_slowest_the_rarest_and_the_open_ones_are_told_and_nothing_else_is_kept() {
        let mut all = Remarkable::default();
        for number in 0..1_000 {
            all.settled(order(number), number * 1_000);
            all.ended(order(number), trail(&PLAIN));
        }
        all.settled(order(2_000), 1);
        all.ended(
            order(2_000),
            trail(&["order.submitted", "order.store_rejected", "order.store_rejected", "order.rejected"]),
        );
        all.heard(order(2_000), "order.obligation_met", Timestamp(9_000_000));
        all.settled(order(3_000), 1);
        all.ended(order(3_000), trail(&["order.submitted", "order.store_rejected", "order.rejected"]));
        let waiting = trail(&PLAIN[..1]);
        let told = all.told(std::iter::once((order(7_000), &waiting)));
        let ids: Vec<u64> = told.iter().map(|one| u64::try_from(one.order.0.as_u128()).unwrap()).collect();
        assert_eq!(ids, [7_000, 2_000, 999, 998, 997, 996, 995, 994, 993, 992, 991, 990]);
        assert_eq!(told[1].why, "only 2 orders went this way", "repetitions are no other way");
        assert_eq!(told[1].events.last(), Some(&Told { name: "obligation_met".into(), after_ms: 9_000 }));
        assert!(all.kept.len() <= TOLD + 2, "{} are kept", all.kept.len());
    }

    #[test]
    fn the_only_one_of_its_way_stays_whatever_happens_to_it_afterwards() {
        let mut all = Remarkable::default();
        all.settled(order(5_000), 500);
        all.ended(order(5_000), trail(&["order.submitted", "order.rejected"]));
        all.heard(order(5_000), "order.obligation_met", Timestamp(9_000_000));
        for number in 0..1_000 {
            all.settled(order(number), 1_000 + number);
            all.ended(order(number), trail(&PLAIN));
        }
        let told = all.told(std::iter::empty());
        assert_eq!((told[0].order, &*told[0].why), (order(5_000), "no other order went this way"));
        let long = trail(&[&["order.submitted"; EVENTS_MAX + 9][..], &["order.delivered"]].concat());
        assert_eq!(remarked(order(1), String::new(), &long).events.last().map(|told| &*told.name), Some("delivered"));
    }

    #[test]
    fn where_all_go_one_way_none_is_odd() {
        let mut all = Remarkable::default();
        for number in 0..2 {
            all.settled(order(number), 0);
            all.ended(order(number), trail(&PLAIN));
        }
        let told = all.told(std::iter::empty());
        assert!(told.iter().all(|one| one.why.starts_with("its verdict took")), "{told:?}");
        assert_eq!(told.len(), 2);
    }
}
