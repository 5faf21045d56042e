//! The smallest plan that still finds the same: delta debugging (Zeller and Hildebrandt, 2002) on faults and shoppers,
//! then simpler shoppers and a simpler mall, then rounder times and smaller numbers.
//!
//! A plan counts as the same only if it breaks the same law by the same kind of thing.

use super::fault::Fault;
use super::finding::Finding;
use super::plan::Plan;
use super::run::{Tells, run};
use crate::actors::mall::TIMERS_AT_WORK;
use crate::domain::order::OnShortage;
use crate::sim::shopping::errand::{Errand, Funds};

/// A plan that is being shrunk.
struct Shrinking<G> {
    plan: Plan,
    law: String,
    of: String,
    goes_on: G,
    tried: u64,
}

/// Shrinks a plan as long as `goes_on` says so; it is told how many plans were tried, and how many entries are left.
/// `None` when the plan finds nothing at all.
pub fn shrink(plan: &Plan, goes_on: impl FnMut(u64, usize) -> bool) -> Option<Plan> {
    let found = run(plan, Tells::default()).findings.into_iter().next()?;
    let (law, of) = (found.law.clone(), found.of.clone());
    let mut shrinking = Shrinking { plan: plan.clone(), law, of, goes_on, tried: 0 };
    shrinking.plan.found = Some(found);
    loop {
        let before = shrinking.plan.clone();
        shrinking.fewer_faults();
        shrinking.fewer_shoppers();
        shrinking.simpler_shoppers();
        shrinking.simpler_mall();
        shrinking.rounder();
        if shrinking.plan == before || !(shrinking.goes_on)(shrinking.tried, shrinking.plan.entries()) {
            return Some(shrinking.plan);
        }
    }
}

impl<G: FnMut(u64, usize) -> bool> Shrinking<G> {
    /// Takes a plan in place of the present one if it finds the same.
    fn takes(&mut self, mut plan: Plan) -> bool {
        if plan == self.plan || !(self.goes_on)(self.tried, self.plan.entries()) {
            return false;
        }
        self.tried += 1;
        let same = |found: &Finding| found.law == self.law && found.of == self.of;
        let until = Some((self.law.clone(), self.of.clone()));
        let Some(found) = run(&plan, Tells { until, ..Tells::default() }).findings.into_iter().find(same) else {
            return false;
        };
        plan.found = Some(found);
        self.plan = plan;
        true
    }

    /// Leaves out ever smaller parts of a list.
    fn fewer<T: Clone>(&mut self, list: fn(&mut Plan) -> &mut Vec<T>) {
        let mut part = list(&mut self.plan).len();
        while part > 0 {
            let mut from = 0;
            while from < list(&mut self.plan).len() {
                let mut without = self.plan.clone();
                let to = (from + part).min(list(&mut without).len());
                list(&mut without).drain(from..to);
                if !self.takes(without) {
                    from += part;
                }
            }
            part /= 2;
        }
    }

    fn fewer_faults(&mut self) {
        self.fewer(|plan| &mut plan.faults);
    }

    fn fewer_shoppers(&mut self) {
        self.fewer(|plan| &mut plan.shoppers);
    }

    fn simpler_shoppers(&mut self) {
        let simpler: [fn(&mut Errand); 8] = [
            |errand| errand.then.clear(),
            |errand| errand.then.truncate(1),
            |errand| errand.lines.truncate(1),
            |errand| errand.manner = None,
            |errand| errand.basket = false,
            |errand| errand.think_ms = 0,
            |errand| errand.funds = Funds::Enough,
            |errand| errand.on_shortage = OnShortage::RejectAll,
        ];
        for at in 0..self.plan.shoppers.len() {
            for simplify in simpler {
                let mut plan = self.plan.clone();
                simplify(&mut plan.shoppers[at]);
                self.takes(plan);
            }
            for line in 0..self.plan.shoppers[at].lines.len() {
                let mut plan = self.plan.clone();
                plan.shoppers[at].lines[line].quantity = 1;
                self.takes(plan);
            }
        }
    }

    fn simpler_mall(&mut self) {
        let simpler: [fn(&mut Plan); 9] = [
            |plan| plan.mall.yields = 0,
            |plan| plan.mall.commit_within_ms = 0,
            |plan| plan.mall.admission = 4_096,
            |plan| plan.mall.timers_at_work = TIMERS_AT_WORK,
            |plan| plan.mall.shipping_delay_ms = 0,
            |plan| plan.mall.outside_bank = None,
            |plan| plan.mall.stores.iter_mut().for_each(|store| store.outside = None),
            |plan| plan.compare = false,
            |plan| drop_unused(plan),
        ];
        for simplify in simpler {
            let mut plan = self.plan.clone();
            simplify(&mut plan);
            self.takes(plan);
        }
    }

    fn rounder(&mut self) {
        let round = |number: u64, to: u64| number / to * to;
        for to in [3_600_000, 60_000, 10_000, 1_000, 100, 10] {
            for at in 0..self.plan.shoppers.len() {
                let mut plan = self.plan.clone();
                plan.shoppers[at].at_ms = round(plan.shoppers[at].at_ms, to);
                plan.shoppers.sort_by_key(|errand| errand.at_ms);
                self.takes(plan);
            }
            for at in 0..self.plan.faults.len() {
                let mut plan = self.plan.clone();
                plan.faults[at].at_ms = round(plan.faults[at].at_ms, to);
                plan.faults.sort_by_key(|strike| strike.at_ms);
                self.takes(plan);
            }
        }
        for at in 0..self.plan.faults.len() {
            for smaller in smaller(&self.plan.faults[at].fault) {
                let mut plan = self.plan.clone();
                plan.faults[at].fault = smaller;
                self.takes(plan);
            }
        }
    }
}

/// Takes stores away behind the last that is used.
fn drop_unused(plan: &mut Plan) {
    let used = plan.shoppers.iter().flat_map(|errand| &errand.lines).map(|wanted| wanted.store as usize + 1).max();
    plan.mall.stores.truncate(used.unwrap_or(1));
    for (number, store) in plan.mall.stores.iter_mut().enumerate() {
        let lines = plan.shoppers.iter().flat_map(|errand| &errand.lines);
        let here = lines.filter(|wanted| wanted.store as usize == number);
        let used = here.map(|wanted| wanted.product as usize + 1).max();
        store.products.truncate(used.unwrap_or(1));
    }
}

/// The same fault with rounder or smaller numbers.
fn smaller(fault: &Fault) -> Vec<Fault> {
    match fault {
        Fault::Crash { .. } => vec![Fault::Crash { down_ms: 1_000, again_ms: None }],
        Fault::CrashAtCommit { written, .. } => vec![Fault::CrashAtCommit { written: *written, down_ms: 1_000 }],
        Fault::Refuse { .. } => vec![Fault::Refuse { appends: 1 }],
        Fault::Panic { of, .. } => vec![Fault::Panic { of: *of, turns: 1 }],
        Fault::Stall { .. } => vec![Fault::Stall { for_ms: 1_000 }, Fault::Stall { for_ms: 10_000 }],
        Fault::Gap { .. } => vec![Fault::Gap { for_ms: 1_000 }],
        _ => Vec::new(),
    }
}
