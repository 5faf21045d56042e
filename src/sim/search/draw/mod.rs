//! A plan of a seed.
//!
//! A seed first draws what can happen at all: each kind of fault and each manner of shoppers is off with probability one
//! half (Groce et al., *Swarm testing*, 2012): what is left out makes room for long runs of what is left. Rates are
//! log-uniform: seldom and often are tried as often as each other.

mod faults;

use super::plan::{MallPlan, Outside, Plan, ProductPlan, SCHEMA, StorePlan, Way};
use crate::actors::mall::TIMERS_AT_WORK;
use crate::domain::order::OnShortage;
use crate::sim::chance::Chance;
use crate::sim::shopping::errand::{Act, After, Deed, Errand, Funds, Manner, Wanted};
use faults::{KINDS, faults};

impl Chance {
    /// Whether something of such a probability, in thousandths, happens.
    fn happens(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// A whole number from `least` to `most`, each magnitude as likely as any other.
    fn log_uniform(&mut self, least: u64, most: u64) -> u64 {
        let (least, most) = (least.max(1), most.max(1));
        // Doublings and a place between two of them: close enough to a logarithm, and the same on every machine.
        let span = most / least;
        let doublings = u64::from(span.max(1).ilog2());
        let low = least << self.below(doublings + 1);
        let high = (low * 2).min(most.max(low + 1));
        (low + self.below(high - low + 1)).min(most)
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(usize::try_from(self.below(all.len() as u64)).unwrap_or_default())
    }
}

/// What can happen in a plan, and how often.
#[allow(clippy::struct_excessive_bools, reason = "each is a coin of its own")]
struct Swarm {
    /// Kinds of faults by their place in [`KINDS`].
    faults: Vec<usize>,
    /// Shoppers who do something unusual, in thousandths.
    manners: u64,
    baskets: bool,
    multi_store: bool,
    accepts_available: bool,
    too_little_money: u64,
    cancels: u64,
    voids: u64,
    never_pays: u64,
    close_calls: bool,
    expects: bool,
    think: bool,
    /// Milliseconds from the opening to the last shopper.
    span_ms: u64,
}

/// Malls on disk, of a thousand: a commit there takes as long as a hundred in memory.
const ON_DISK: u64 = 20;
/// Draws the plan of a seed.
#[must_use]
pub fn plan(seed: u64) -> Plan {
    let mut chance = Chance::of(seed, "swarm", 0);
    // The smaller of two draws: small plans find as much, and more of them are run in a minute.
    let orders = chance.log_uniform(20, 400).min(chance.log_uniform(20, 400));
    let mall = mall(&mut chance);
    let rate = |chance: &mut Chance| if chance.happens(500) { chance.log_uniform(10, 400) } else { 0 };
    let swarm = Swarm {
        faults: (0..KINDS.len()).filter(|_| chance.happens(500)).collect(),
        manners: rate(&mut chance),
        baskets: chance.happens(500),
        multi_store: chance.happens(500),
        accepts_available: chance.happens(500),
        too_little_money: rate(&mut chance),
        cancels: rate(&mut chance),
        voids: rate(&mut chance),
        never_pays: rate(&mut chance),
        close_calls: chance.happens(500),
        expects: chance.happens(500),
        think: chance.happens(500),
        span_ms: chance.log_uniform(1_000, 600_000),
    };
    let orders = if mall.on_disk { orders.min(60) } else { orders };
    let mut times: Vec<u64> = (0..orders).map(|_| chance.below(swarm.span_ms)).collect();
    times.sort_unstable();
    let shoppers = times.into_iter().zip(0..);
    let shoppers = shoppers.map(|(at_ms, number)| errand(seed, number, at_ms, &mall, &swarm)).collect();
    let faults = faults(&mut chance, &mall, &swarm.faults, swarm.span_ms);
    Plan {
        schema: SCHEMA,
        written_by: env!("CARGO_PKG_VERSION").to_owned(),
        seed,
        mall,
        shoppers,
        faults,
        compare: false,
        found: None,
    }
}

/// One plan in so many is run with and without its faults, which only delay: both have to end alike.
const COMPARED: u64 = 8;

/// Draws the plan of a seed. Of eight one is compared with itself without faults, one has no faults at all, so that
/// everything has to be on time, and in one all that happens is that the mall is closed for a while.
#[must_use]
pub fn plan_or_comparison(seed: u64) -> Plan {
    let mut plan = plan(seed);
    match seed % COMPARED {
        0 => {}
        2 => {
            plan.faults.retain(|strike| strike.fault.only_closes());
            return plan;
        }
        4 => {
            plan.faults.clear();
            plan.mall.timers_at_work = TIMERS_AT_WORK;
            return plan;
        }
        _ => return plan,
    }
    plan.compare = true;
    plan.faults.retain(|strike| strike.fault.only_delays());
    // Nothing is short, nobody is in a hurry, and whoever does something does it long before or after what it depends on.
    plan.mall.outside_bank = None;
    plan.mall.grace_ms = 3_600_000;
    plan.mall.pay_deadline_ms = 86_400_000;
    for store in &mut plan.mall.stores {
        store.outside = None;
        store.products.iter_mut().for_each(|product| product.stock = 1_000_000);
    }
    for errand in &mut plan.shoppers {
        if matches!(errand.manner, Some(Manner::GoneAfter(_))) {
            errand.manner = None;
        }
        errand.then.retain(|act| act.what == Deed::Pay && act.after == After::Acceptance);
        errand.then.truncate(1);
    }
    plan
}

/// The names of all faults that are drawn.
#[must_use]
pub fn fault_names() -> Vec<&'static str> {
    let mall = mall(&mut Chance::of(0, "names", 0));
    let mut chance = Chance::of(0, "names", 1);
    // Some kinds are of several names.
    let drawn = KINDS.iter().cycle().take(100 * KINDS.len());
    let mut names: Vec<_> = drawn.map(|kind| kind.fault(&mut chance, &mall).name()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn mall(chance: &mut Chance) -> MallPlan {
    let scarce = chance.happens(500);
    let outside = if chance.happens(300) { 400 } else { 0 };
    let delays = [0, 1_000, 5_000, 15_000];
    let stores = (0..chance.log_uniform(1, 6)).map(|_| {
        let products = (0..chance.log_uniform(1, 8)).map(|_| {
            let stock = if scarce { chance.log_uniform(1, 60) } else { 100_000 };
            let price = chance.log_uniform(1, 10_000);
            ProductPlan { price: price.cast_signed(), stock: stock.cast_signed() }
        });
        let products = products.collect();
        let delay_ms = chance.one_of(&delays).copied().unwrap_or_default() + chance.below(3);
        StorePlan { delay_ms, products, outside: chance.happens(outside).then(|| self::outside(chance)) }
    });
    let stores = stores.collect();
    let outside_bank = chance.happens(outside / 2).then(|| self::outside(chance));
    MallPlan {
        stores,
        outside_bank,
        payment_delay_ms: chance.one_of(&[0, 100, 5_000, 5_000]).copied().unwrap_or_default(),
        grace_ms: chance.one_of(&[30_000, 30_000, 5_000, 1]).copied().unwrap_or_default(),
        pay_deadline_ms: chance.one_of(&[1_800_000, 60_000, 10_000]).copied().unwrap_or_default(),
        shipping_delay_ms: chance.one_of(&[0, 0, 1_000, 20_000]).copied().unwrap_or_default(),
        admission: if chance.happens(150) { few(chance) } else { 4_096 },
        timers_at_work: if chance.happens(300) { few(chance) } else { TIMERS_AT_WORK },
        commit_within_ms: chance.one_of(&[0, 20, 20, 200]).copied().unwrap_or_default(),
        yields: chance.below(4),
        on_disk: chance.happens(ON_DISK),
    }
}

/// One to eight.
fn few(chance: &mut Chance) -> usize {
    usize::try_from(1 + chance.below(8)).unwrap_or(1)
}

fn outside(chance: &mut Chance) -> Outside {
    let all = [
        Way::Confirm,
        Way::Confirm,
        Way::Refuse,
        Way::Twice,
        Way::Contradict,
        Way::AtTimeout(-1),
        Way::AtTimeout(0),
        Way::AtTimeout(1),
        Way::AtTimeout(5_000),
        Way::Nonsense,
        Way::Never,
    ];
    let ways = (0..=chance.below(5)).filter_map(|_| chance.one_of(&all).copied()).collect();
    Outside { after_ms: chance.log_uniform(1, 40_000), ways }
}

fn errand(seed: u64, number: u64, at_ms: u64, mall: &MallPlan, swarm: &Swarm) -> Errand {
    let mut chance = Chance::of(seed, "shopper", number);
    let stores = mall.stores.len() as u64;
    let home = chance.below(stores);
    let lines = (0..chance.log_uniform(1, 6)).map(|_| {
        let store = if swarm.multi_store { chance.below(stores) } else { home };
        let products = mall.stores[usize::try_from(store).unwrap_or_default()].products.len() as u64;
        let product = chance.below(products);
        let quantity = if chance.happens(800) { 1 } else { chance.log_uniform(1, 20) };
        let number = |number: u64| u32::try_from(number).unwrap_or_default();
        Wanted { store: number(store), product: number(product), quantity: number(quantity) }
    });
    let mut lines: Vec<_> = lines.collect();
    let basket = swarm.baskets && chance.happens(500);
    if basket {
        // A basket has a product once.
        lines.sort_unstable_by_key(|wanted| (wanted.store, wanted.product));
        lines.dedup_by_key(|wanted| (wanted.store, wanted.product));
    }
    let manner = chance.happens(swarm.manners).then(|| match chance.below(6) {
        0 => Manner::Again,
        1 => Manner::Doubled,
        2 => Manner::Altered,
        3 => Manner::BrokenOff(chance.below(30)),
        4 => Manner::Robbed,
        _ => Manner::GoneAfter(chance.below(30)),
    });
    let funds = match chance.below(1_000) {
        roll if roll < swarm.too_little_money => Funds::Short(1 + chance.below(3).cast_signed()),
        roll if roll < 2 * swarm.too_little_money => Funds::Over(chance.log_uniform(1, 10_000).cast_signed()),
        _ => Funds::Enough,
    };
    let on_shortage = if swarm.accepts_available && chance.happens(500) {
        OnShortage::AcceptAvailable
    } else {
        OnShortage::RejectAll
    };
    let expects = swarm.expects && chance.happens(500);
    let think_ms = if swarm.think { chance.log_uniform(1, 5_000) } else { 0 };
    Errand {
        number,
        at_ms,
        customer: None,
        lines,
        funds,
        on_shortage,
        basket,
        expects,
        think_ms,
        manner,
        then: acts(&mut chance, mall, swarm),
    }
}

fn acts(chance: &mut Chance, mall: &MallPlan, swarm: &Swarm) -> Vec<Act> {
    let mut acts = Vec::new();
    let verdict = mall.longest_verdict_ms();
    if chance.happens(swarm.voids) {
        let ms = chance.log_uniform(1, 60_000).cast_signed();
        acts.push(Act { what: Deed::Void, after: After::Submission, ms, again: false });
    }
    if chance.happens(swarm.cancels) {
        let (after, ms) = if swarm.close_calls && chance.happens(500) {
            (After::Due, chance.below(5).cast_signed() - 2)
        } else {
            (After::Submission, chance.log_uniform(1, verdict.max(1)).cast_signed())
        };
        acts.push(Act { what: Deed::Cancel, after, ms, again: chance.happens(200) });
    }
    if !chance.happens(swarm.never_pays) {
        let (after, ms) = match chance.below(4) {
            0 if swarm.close_calls => (After::PayBy, chance.below(5).cast_signed() - 2),
            1 if swarm.close_calls => (After::Due, chance.below(5).cast_signed() - 2),
            _ => (After::Acceptance, chance.log_uniform(1, 40_000).cast_signed()),
        };
        acts.push(Act { what: Deed::Pay, after, ms, again: chance.happens(100) });
        if swarm.close_calls && chance.happens(200) {
            let ms = ms + chance.below(3).cast_signed() - 1;
            acts.push(Act { what: Deed::Cancel, after, ms, again: false });
        }
    }
    acts
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_plan_of_a_seed_is_the_same_every_time_and_survives_being_written() {
        for seed in 0..50 {
            let drawn = plan(seed);
            assert_eq!(drawn, plan(seed));
            assert_eq!(Plan::read(&drawn.write()).unwrap(), drawn);
            assert!((20..=400).contains(&drawn.shoppers.len()), "{}", drawn.shoppers.len());
            assert!(drawn.shoppers.is_sorted_by_key(|errand| errand.at_ms));
            assert!(drawn.faults.is_sorted_by_key(|fault| fault.at_ms));
        }
    }

    #[test]
    fn every_kind_of_fault_is_drawn_and_each_is_missing_in_about_half_of_the_plans() {
        let plans: Vec<_> = (0..400).map(plan).collect();
        let mut names = BTreeSet::new();
        for drawn in &plans {
            names.extend(drawn.faults.iter().map(|strike| strike.fault.name()));
        }
        assert_eq!(names.len(), 31, "{names:?}");
        let crashed = plans.iter().filter(|plan| plan.faults.iter().any(|strike| strike.fault.name() == "crash"));
        let crashed = crashed.count();
        assert!((160..=240).contains(&crashed), "{crashed} of 400");
    }

    #[test]
    fn a_plan_of_another_version_is_refused_with_who_wrote_it() {
        let other = plan(1).write().replacen("\"schema\": 1", "\"schema\": 99", 1);
        let refused = Plan::read(&other).unwrap_err();
        assert!(refused.contains("schema 99") && refused.contains(env!("CARGO_PKG_VERSION")), "{refused}");
    }
}
