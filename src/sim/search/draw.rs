//! A plan of a seed.
//!
//! A seed first draws what can happen at all: each kind of fault and each manner of shoppers is off with probability one
//! half (Groce et al., *Swarm testing*, 2012): what is left out makes room for long runs of what is left. Rates are
//! log-uniform: seldom and often are tried as often as each other.

use super::fault::{Fault, Kind, Spell, Strike};
use super::plan::{MallPlan, Outside, Plan, ProductPlan, SCHEMA, StorePlan, Way};
use crate::actors::mall::TIMERS_AT_WORK;
use crate::domain::order::OnShortage;
use crate::domain::personality::{OutageMode, Personality};
use crate::sim::chance::Chance;
use crate::sim::shopping::errand::{Act, After, Deed, Errand, Funds, Manner, Wanted};
use serde_json::json;

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
    /// Faults by their number in [`fault`].
    faults: Vec<u64>,
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
/// The kinds of faults that are drawn.
const FAULTS: u64 = 27;

/// Of these those that end a life: the next one has to open its database, and to prepare all it asks of it.
const DEATHS: [u64; 6] = [0, 1, 2, 3, 4, 24];

/// Draws the plan of a seed.
#[must_use]
pub fn plan(seed: u64) -> Plan {
    let mut chance = Chance::of(seed, "swarm", 0);
    // The smaller of two draws: small plans find as much, and more of them are run in a minute.
    let orders = chance.log_uniform(20, 400).min(chance.log_uniform(20, 400));
    let mall = mall(&mut chance);
    let rate = |chance: &mut Chance| if chance.happens(500) { chance.log_uniform(10, 400) } else { 0 };
    let swarm = Swarm {
        faults: (0..FAULTS).filter(|_| chance.happens(500)).collect(),
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
    let faults = faults(&mut chance, &mall, &swarm);
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
    // The last kind is one of four.
    let drawn = (0..FAULTS + 100).map(|kind| fault(kind, &mut chance, &mall).name());
    let mut names: Vec<_> = drawn.collect();
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

fn faults(chance: &mut Chance, mall: &MallPlan, swarm: &Swarm) -> Vec<Strike> {
    // Faults go on a while after the last shopper came: that is when time-outs and deadlines are.
    let span_ms = swarm.span_ms + mall.longest_verdict_ms() + 20_000;
    let mut drawn = Vec::new();
    for kind in &swarm.faults {
        let most = if DEATHS.contains(kind) { 8 } else { 16 };
        for _ in 0..chance.log_uniform(1, most) {
            drawn.push((chance.below(span_ms), *kind));
        }
    }
    drawn.sort_unstable();
    let strikes = drawn.into_iter().zip(0..);
    strikes.map(|((at_ms, kind), number)| Strike { number, at_ms, fault: fault(kind, chance, mall) }).collect()
}

fn fault(kind: u64, chance: &mut Chance, mall: &MallPlan) -> Fault {
    let down_ms = chance.log_uniform(1, 60_000);
    let for_ms = chance.log_uniform(1, 60_000);
    let store = |chance: &mut Chance| u32::try_from(chance.below(mall.stores.len() as u64)).unwrap_or_default();
    let of = |chance: &mut Chance, store: u32| {
        let products = mall.stores[store as usize].products.len() as u64;
        u32::try_from(chance.below(products)).unwrap_or_default()
    };
    let spell = |chance: &mut Chance| Spell {
        for_ms,
        per_mille: chance.log_uniform(20, 1_000),
        ms: chance.log_uniform(1, 20_000),
    };
    let lost = |chance: &mut Chance| Spell { ms: 0, ..spell(chance) };
    match kind {
        0 => Fault::Crash { down_ms, again_ms: None },
        1 => Fault::Crash { down_ms, again_ms: Some(chance.below(30)) },
        2 => Fault::CrashAtCommit { written: false, down_ms },
        3 => Fault::CrashAtCommit { written: true, down_ms },
        4 => Fault::LoseAnswers { for_ms: chance.log_uniform(1, 5_000), down_ms },
        5 => Fault::Stall { for_ms },
        6 => Fault::Refuse { appends: u32::try_from(chance.log_uniform(1, 8)).unwrap_or(1) },
        7 => Fault::Reads { for_ms, per_mille: chance.log_uniform(20, 1_000), away: chance.happens(300) },
        8 => Fault::Panic { of: Kind::Store, turns: 1 },
        9 => Fault::Panic { of: Kind::Payment, turns: 1 },
        10 => Fault::Panic { of: Kind::Basket, turns: 1 },
        11 => Fault::Panic { of: Kind::Order, turns: 1 + u32::try_from(chance.below(3)).unwrap_or_default() },
        12 => Fault::Sleep,
        13 => Fault::LateQuestions(spell(chance)),
        14 => Fault::LateAnswers(spell(chance)),
        15 => Fault::LostQuestions(lost(chance)),
        16 => Fault::LostAnswers(lost(chance)),
        17 => Fault::WakeUpLost,
        18 => Fault::WakeUpEarly,
        19 => Fault::Gap { for_ms },
        20 => Fault::CursorLost,
        21 => behave(chance, mall),
        22 => {
            let modes = [OutageMode::Hold, OutageMode::Refuse, OutageMode::Silent];
            let mode = chance.one_of(&modes).copied().unwrap_or(OutageMode::Hold);
            Fault::Outage { store: chance.happens(700).then(|| store(chance)), for_ms, mode }
        }
        23 => {
            let store = store(chance);
            let price = chance.happens(500).then(|| chance.log_uniform(1, 10_000).cast_signed());
            let stock = (price.is_none() || chance.happens(500)).then(|| chance.below(40).cast_signed());
            Fault::Edit { store, product: of(chance, store), price, stock }
        }
        24 => Fault::PowerCut { down_ms },
        25 => {
            let by_ms = chance.log_uniform(1, 7_200_000).cast_signed();
            Fault::WallClock { by_ms: if chance.happens(700) { -by_ms } else { by_ms } }
        }
        _ => match chance.below(4) {
            0 => {
                let store = store(chance);
                Fault::ArchiveProduct { store, product: of(chance, store) }
            }
            1 => Fault::CloseStore { store: store(chance) },
            2 => Fault::Speed { thousandths: chance.one_of(&[0, 100, 10_000, 1_000_000]).copied().unwrap_or(1_000) },
            _ => Fault::Advance { by_ms: chance.log_uniform(1_000, 7_200_000) },
        },
    }
}

fn behave(chance: &mut Chance, mall: &MallPlan) -> Fault {
    let share = |chance: &mut Chance| chance.below(30);
    let (refuse, silent, lose, repeat) = (share(chance), share(chance), share(chance), share(chance));
    let hundredths = |share: u64| json!({ "share": format!("0.{share:02}").parse::<f64>().unwrap_or_default() });
    let median = chance.log_uniform(1, 20_000);
    let personality = json!({
        "delay": { "distribution": "lognormal", "median_ms": median, "p99_ms": median * 4, "max_ms": 86_400_000 },
        "refuse": { "share": hundredths(refuse)["share"], "reason": "SERVICE_FAILED" },
        "silent": hundredths(silent),
        "lose_answer": hundredths(lose),
        "repeat_answer": hundredths(repeat),
        "seed": chance.below(1_000),
    });
    let personality: Personality = serde_json::from_value(personality).expect("a personality is well drawn");
    let store = chance.happens(700).then(|| u32::try_from(chance.below(mall.stores.len() as u64)).unwrap_or_default());
    Fault::Behave { store, personality }
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
