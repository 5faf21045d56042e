//! The shoppers of a scenario and a seed, one after the other, as they come.
//!
//! What a shopper does is drawn from a stream of its own, so whoever is left out, and whatever else is varied, leaves the
//! others as they were.

use super::document::Document;
use super::model::{HourProfile, Scenario, ShopperPlan, ShopperProfile};
use crate::domain::line::{LINES_MAX, QUANTITY_MAX};
use crate::domain::order::OnShortage;
use crate::domain::time::Timestamp;
use crate::sim::chance::Chance;
use crate::sim::sample::arrivals::Arrivals;
use crate::sim::sample::numbers::{Weights, happens};
use crate::sim::sample::rate::{Flash, Profile, Rate, Turn};
use crate::sim::sample::returning;
use crate::sim::shopping::errand::{Act, After, Deed, Errand, Funds, Manner, Wanted};
use std::collections::BTreeSet;
use toml::Spanned;

/// What a later visit adds to the number of its customer, once for each: there are fewer shoppers.
const VISIT: u64 = 1 << 40;

/// How many products each store of a mall has, by the numbers of the stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue(pub Vec<u32>);

impl Catalogue {
    /// What the mall of a scenario is filled with.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let (stores, products) = (scenario.mall.stores.get_ref(), scenario.mall.products_per_store.get_ref());
        Self(vec![*products; *stores as usize])
    }

    /// All products, the most popular first: one of each store in turn, so that every store has popular ones.
    fn by_rank(&self) -> Vec<(u32, u32)> {
        let most = self.0.iter().copied().max().unwrap_or(0);
        let of_turn = |product| {
            let stores = (0_u32..).zip(&self.0).filter(move |(_, products)| product < **products);
            stores.map(move |(store, _)| (store, product))
        };
        (0..most).flat_map(of_turn).collect()
    }
}

/// The rate at which the shoppers of a scenario come.
#[must_use]
pub fn rate(scenario: &Scenario, opening: Timestamp, seed: u64) -> Rate {
    let plan = &scenario.arrivals;
    let profile = match (&plan.hours, plan.profile) {
        (Some(hours), _) => {
            let mut factors = [0.0; 24];
            for (factor, given) in factors.iter_mut().zip(hours.get_ref()) {
                *factor = given.0;
            }
            Profile::of_hours(factors)
        }
        (None, HourProfile::Flat) => Profile::flat(),
        (None, HourProfile::Grocery) => Profile::grocery(),
    };
    let flashes = plan.flash.iter().map(|flash| Flash {
        at: flash.at.seconds(),
        peak: flash.peak.0,
        half_life: flash.half_life.seconds(),
    });
    let turns = scenario.phases.iter().map(|phase| Turn {
        at: phase.at.get_ref().seconds(),
        rate: phase.rate.0,
        ramp: phase.ramp.seconds(),
    });
    Rate::new(plan.rate.0, profile, flashes.collect(), turns.collect(), opening, seed)
}

/// The errands of a scenario, in the order of their times.
pub struct Errands {
    shopper: ShopperPlan,
    seed: u64,
    until: f64,
    arrivals: Arrivals,
    ranks: Vec<(u32, u32)>,
    popularity: Weights,
    /// Those who came first so far.
    customers: u64,
    /// The next who comes first.
    first: Option<f64>,
    /// Later visits that are known: when, in milliseconds, and their numbers.
    returns: BTreeSet<(u64, u64)>,
}

impl Errands {
    /// The shoppers of a scenario in a mall that opens at `opening` and has the products of `catalogue`, at least one.
    #[must_use]
    pub fn new(document: &Document, catalogue: &Catalogue, opening: Timestamp, seed: u64) -> Self {
        let Scenario { shopper, arrivals, duration, .. } = &document.scenario;
        let until = duration.seconds();
        let rate = rate(&document.scenario, opening, seed);
        let mut arrivals = Arrivals::new(rate, arrivals.process.0, until, seed);
        let ranks = catalogue.by_rank();
        let popularity = shopper.popularity.weights(ranks.len());
        let first = arrivals.next();
        let returns = BTreeSet::new();
        Self { shopper: shopper.clone(), seed, until, arrivals, ranks, popularity, customers: 0, first, returns }
    }

    /// A customer comes for the first time, and it is settled when it will come again.
    fn arrive(&mut self, at: f64) -> Errand {
        let number = self.customers;
        self.customers += 1;
        self.first = self.arrivals.next();
        if self.shopper.profile == ShopperProfile::Cdnow {
            let visits = returning::visits(&mut Chance::of(self.seed, "returns", number), self.until - at);
            let numbered = (1..).zip(visits).map(|(visit, after)| (ms(at + after), number + visit * VISIT));
            self.returns.extend(numbered);
        }
        self.errand(number, ms(at))
    }

    fn errand(&self, number: u64, at_ms: u64) -> Errand {
        let mut chance = Chance::of(self.seed, "shopper", number);
        let plan = &self.shopper;
        let lines = self.lines(&mut chance);
        let funds = if happens(&mut chance, plan.too_little_money.0) { Funds::Short(1) } else { Funds::Enough };
        let takes_less = happens(&mut chance, plan.accept_available.0);
        let think_ms = plan.think.draw_ms(&mut chance);
        let again = happens(&mut chance, plan.retries.0).then_some(Manner::Again);
        let (cancels, pays) = (happens(&mut chance, plan.cancels.0), happens(&mut chance, plan.pays.share.0));
        let what = if cancels { Some(Deed::Cancel) } else { pays.then_some(Deed::Pay) };
        let ms = i64::try_from(plan.pays.after.draw_ms(&mut chance)).unwrap_or(i64::MAX);
        let manner = if happens(&mut chance, plan.doubles.0) { Some(Manner::Doubled) } else { again };
        let act = |what| Act {
            what,
            // Whoever calls off does not wait for the verdict.
            after: if what == Deed::Cancel { After::Submission } else { After::Acceptance },
            ms,
            again: false,
        };
        Errand {
            number,
            at_ms,
            customer: (number >= VISIT).then_some(number % VISIT),
            lines,
            funds,
            on_shortage: if takes_less { OnShortage::AcceptAvailable } else { OnShortage::RejectAll },
            basket: true,
            expects: false,
            think_ms,
            manner,
            then: what.map(act).into_iter().collect(),
        }
    }

    /// What is wanted: a product that is drawn twice is wanted in more pieces.
    fn lines(&self, chance: &mut Chance) -> Vec<Wanted> {
        let count = self.shopper.lines.draw(chance).saturating_add(1).min(LINES_MAX as u64);
        let mut lines: Vec<Wanted> = Vec::new();
        for _ in 0..count {
            let (store, product) = self.ranks[self.popularity.draw(chance)];
            let quantity = u32::try_from(self.shopper.quantity.draw(chance)).unwrap_or(u32::MAX).clamp(1, QUANTITY_MAX);
            match lines.iter_mut().find(|line| (line.store, line.product) == (store, product)) {
                Some(line) => line.quantity = (line.quantity + quantity).min(QUANTITY_MAX),
                None => lines.push(Wanted { store, product, quantity }),
            }
        }
        lines
    }
}

impl Iterator for Errands {
    type Item = Errand;

    fn next(&mut self) -> Option<Errand> {
        let first = self.first;
        match self.returns.first().copied() {
            Some((at_ms, number)) if first.is_none_or(|first| at_ms <= ms(first)) => {
                self.returns.pop_first();
                Some(self.errand(number, at_ms))
            }
            _ => first.map(|at| self.arrive(at)),
        }
    }
}

fn ms(seconds: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a run")]
    let ms = (seconds * 1_000.0) as u64;
    ms
}

/// When the phases of a scenario begin and end, seconds from the opening.
pub fn phases(scenario: &Scenario) -> impl Iterator<Item = (&str, f64, f64)> {
    let at = |phase: &super::model::Phase| Spanned::get_ref(&phase.at).seconds();
    let ends = scenario.phases.iter().skip(1).map(at).chain([scenario.duration.seconds()]);
    scenario.phases.iter().zip(ends).map(move |(phase, end)| (phase.name.get_ref().as_str(), at(phase), end))
}

#[cfg(test)]
mod tests {
    use super::super::document::{MONDAY, read};
    use super::*;

    fn errands(sets: &[&str], seed: u64) -> Vec<Errand> {
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        let document = read("x.toml", "", &sets).unwrap();
        let catalogue = Catalogue::of(&document.scenario);
        Errands::new(&document, &catalogue, MONDAY, seed).collect()
    }

    #[test]
    fn one_seed_has_one_crowd_and_another_seed_another() {
        assert_eq!(errands(&[], 1), errands(&[], 1));
        assert_ne!(errands(&[], 1), errands(&[], 2));
    }

    #[test]
    fn what_is_varied_moves_nothing_else() {
        let (some, more) = (errands(&[], 1), errands(&["mall.stock=7", "shopper.pays.share=0.5"], 1));
        let comes = |errands: &[Errand]| {
            errands.iter().map(|errand| (errand.at_ms, errand.lines.clone(), errand.think_ms)).collect::<Vec<_>>()
        };
        assert_eq!(comes(&some), comes(&more));
        assert_ne!(some, more, "but fewer pay");
        // At another rate shopper 17 does the same, at another time.
        let rarer = errands(&["arrivals.rate=0.1"], 1);
        assert_eq!((&rarer[17].lines, &rarer[17].then), (&some[17].lines, &some[17].then));
    }

    #[test]
    fn customers_come_back_in_weeks_under_numbers_of_their_own() {
        let all = errands(&["duration=80d", "arrivals.rate=0.001"], 1);
        let numbers: BTreeSet<u64> = all.iter().map(|errand| errand.number).collect();
        assert_eq!(numbers.len(), all.len());
        assert!(all.is_sorted_by_key(|errand| errand.at_ms));
        let again = all.iter().filter(|errand| errand.customer.is_some()).count();
        assert!(again > all.len() / 20, "{again} of {}", all.len());
        assert!(all.iter().all(|errand| errand.customer() < VISIT));
        let once = errands(&["duration=80d", "arrivals.rate=0.001", "shopper.profile=once"], 1);
        assert_eq!(once.len(), all.len() - again);
    }

    #[test]
    fn shares_are_kept() {
        let all = errands(&["duration=3h", "shopper.lines=2", "shopper.retries=0.5"], 1);
        let share = |of: &dyn Fn(&Errand) -> bool| {
            let count = |errands: usize| f64::from(u32::try_from(errands).unwrap());
            count(all.iter().filter(|errand| of(errand)).count()) / count(all.len())
        };
        assert!((share(&|errand| errand.funds == Funds::Short(1)) - 0.03).abs() < 0.01);
        assert!((share(&|errand| errand.on_shortage == OnShortage::AcceptAvailable) - 0.25).abs() < 0.02);
        assert!((share(&|errand| errand.manner.is_some()) - 0.5).abs() < 0.03);
        let pays = share(&|errand| errand.then.first().is_some_and(|act| act.what == Deed::Pay));
        assert!((pays - 0.96 * 0.92).abs() < 0.02, "{pays}");
        assert!(all.iter().all(|errand| errand.lines.iter().map(|line| line.quantity).sum::<u32>() == 3));
    }
}
