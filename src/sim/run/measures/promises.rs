//! What a mall promises, held against what is heard of it while a run goes on.

use crate::domain::ids::OrderId;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// At how many looks an order may be on its way.
const BEFORE: u32 = 2;
/// How many orders against a promise are named.
const NAMED: usize = 5;

/// A promise, and how it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Which: `acknowledged_is_there`, `one_order_a_key`, `one_verdict`, `paid_is_owed`, `nothing_oversold`.
    pub promise: Cow<'static, str>,
    /// How often it was looked at.
    pub checked: u64,
    /// How often it was not kept.
    pub broken: u64,
    /// Orders with which it was not kept, at most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<OrderId>,
}

/// Something that is to hold of each of many.
#[derive(Debug, Default)]
struct Checked {
    times: u64,
    broken: u64,
    orders: Vec<OrderId>,
}

impl Checked {
    fn look(&mut self, order: OrderId, holds: bool) {
        self.times += 1;
        if !holds {
            self.broken += 1;
            if self.orders.len() < NAMED {
                self.orders.push(order);
            }
        }
    }

    fn told(&self, promise: &'static str) -> Promise {
        let Self { times, broken, orders } = self;
        Promise { promise: promise.into(), checked: *times, broken: *broken, orders: orders.clone() }
    }
}

/// What is looked at of the promises of a mall.
#[derive(Debug, Default)]
pub struct Promises {
    acknowledged: u64,
    /// Acknowledged and not heard of, each with at how many looks that was so.
    unheard: BTreeMap<OrderId, u32>,
    /// Heard of, and not acknowledged to anybody so far.
    untold: BTreeSet<OrderId>,
    verdicts: Checked,
    payments: Checked,
}

impl Promises {
    /// Somebody was told for the first time that an order is there.
    pub fn acknowledged(&mut self, order: OrderId) {
        self.acknowledged += 1;
        if !self.untold.remove(&order) {
            self.unheard.insert(order, 0);
        }
    }

    /// The journal has an order.
    pub fn submitted(&mut self, order: OrderId) {
        if self.unheard.remove(&order).is_none() {
            self.untold.insert(order);
        }
    }

    /// An order has a verdict, its first or not.
    pub fn verdict(&mut self, order: OrderId, is_first: bool) {
        self.verdicts.look(order, is_first);
    }

    /// An order was paid, with what it costs or not.
    pub fn paid(&mut self, order: OrderId, is_total: bool) {
        self.payments.look(order, is_total);
    }

    /// How the promises are kept; `keys` are answers under keys and those of them that contradict one before, `pieces` those
    /// that were promised and the products of which more were than there are. What is acknowledged and not heard of at
    /// three looks in turn is missing: looks are a second apart, but where something else begins to be done.
    pub fn look(&mut self, keys: (u64, u64), pieces: (u64, u64)) -> Vec<Promise> {
        let missing: Vec<OrderId> =
            self.unheard.iter().filter(|(_, looks)| **looks >= BEFORE).map(|(order, _)| *order).collect();
        self.unheard.values_mut().for_each(|looks| *looks += 1);
        let plain = |promise: &'static str, (checked, broken): (u64, u64), orders| Promise {
            promise: promise.into(),
            checked,
            broken,
            orders,
        };
        let named = missing.iter().take(NAMED).copied().collect();
        vec![
            plain("acknowledged_is_there", (self.acknowledged, missing.len() as u64), named),
            plain("one_order_a_key", keys, Vec::new()),
            self.verdicts.told("one_verdict"),
            self.payments.told("paid_is_owed"),
            plain("nothing_oversold", pieces, Vec::new()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_is_acknowledged_has_to_be_heard_of_before_the_third_look() {
        let order = |number| OrderId(Uuid::from_u128(number));
        let mut promises = Promises::default();
        let first = |promises: &mut Promises| {
            let Promise { checked, broken, orders, .. } = promises.look((0, 0), (0, 0)).swap_remove(0);
            (checked, broken, orders)
        };
        promises.submitted(order(1));
        promises.acknowledged(order(1));
        promises.acknowledged(order(2));
        promises.acknowledged(order(3));
        for _ in 0..BEFORE {
            assert_eq!(first(&mut promises), (3, 0, vec![]), "it may be on its way");
        }
        promises.submitted(order(2));
        promises.submitted(order(4));
        assert_eq!(first(&mut promises), (3, 1, vec![order(3)]));
        promises.submitted(order(3));
        promises.acknowledged(order(4));
        assert_eq!(first(&mut promises), (4, 0, vec![]), "late, and there");
    }

    #[test]
    fn a_second_verdict_and_another_sum_are_named() {
        let order = OrderId(Uuid::from_u128(1));
        let mut promises = Promises::default();
        promises.verdict(order, true);
        promises.verdict(order, false);
        promises.paid(order, false);
        let all = promises.look((7, 1), (9, 2));
        let told: Vec<_> = all.iter().map(|told| (&*told.promise, told.checked, told.broken)).collect();
        let wanted = [
            ("acknowledged_is_there", 0, 0),
            ("one_order_a_key", 7, 1),
            ("one_verdict", 2, 1),
            ("paid_is_owed", 1, 1),
            ("nothing_oversold", 9, 2),
        ];
        assert_eq!(told, wanted);
        assert_eq!(all[2].orders, [order]);
    }
}
