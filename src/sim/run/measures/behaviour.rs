//! What the bank and the stores truly did with the orders of a run: what they answered, and after how long.

use crate::domain::event::OrderEvent;
use crate::domain::order::Reason;
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How many answers took how long: 64 steps an octave, from a millisecond on, each with the longest in it, microseconds.
#[derive(Clone, Debug, Default)]
struct Delays(BTreeMap<i32, (u64, u64)>);

/// Steps of an octave.
const STEPS: f64 = 64.0;
/// How many of them are told as one.
const TOLD: i32 = 8;

impl Delays {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "at most some hundred steps")]
    fn count(&mut self, micros: u64) {
        let step = ((micros.max(1_000) as f64 / 1_000.0).log2() * STEPS).floor() as i32;
        let (count, longest) = self.0.entry(step).or_default();
        *count += 1;
        *longest = micros.max(*longest);
    }

    /// Where a step begins, milliseconds.
    fn from_ms(step: i32) -> f64 {
        (f64::from(step) / STEPS).exp2()
    }

    /// Within how long that part of them came, to a step: milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "counts of a run")]
    fn quantile(&self, share: f64) -> Option<f64> {
        let all: u64 = self.0.values().map(|(count, _)| count).sum();
        let mut passed = 0;
        let within = self.0.values().find(|(count, _)| {
            passed += *count;
            passed as f64 >= share * all as f64
        });
        within.map(|(_, longest)| *longest as f64 / 1_000.0)
    }
}

/// What one of them did.
#[derive(Clone, Debug, Default)]
struct Deeds {
    confirmed: u64,
    refused: BTreeMap<Reason, u64>,
    silent: u64,
    delays: Delays,
}

impl Deeds {
    fn answers(&self) -> u64 {
        self.confirmed + self.refused.values().sum::<u64>()
    }
}

/// What the bank and the stores did.
#[derive(Clone, Debug, Default)]
pub struct Behaviours(BTreeMap<Participant, Deeds>);

/// What the bank or a store did with the orders of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Behaved {
    /// Who.
    pub participant: Participant,
    /// What a store is called, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Orders it said yes to.
    pub confirmed: u64,
    /// Orders it said no to, by why.
    pub refused: BTreeMap<Cow<'static, str>, u64>,
    /// Orders whose time was up before it said anything.
    pub silent: u64,
    /// Within how long half of its answers came, milliseconds from the order, to a hundredth of it; none without answers.
    pub p50_ms: Option<f64>,
    /// The same of all but one in a hundred.
    pub p99_ms: Option<f64>,
    /// How many answers came after how long, shortest first: from the first number of milliseconds on, before the second; what
    /// took less than a millisecond is with the first.
    pub delays: Vec<(f64, f64, u64)>,
}

/// What is told of a number of milliseconds: a few digits of it.
fn rounded(ms: f64) -> f64 {
    (ms * 100.0).round() / 100.0
}

impl Behaviours {
    /// Somebody answered an order of then.
    pub fn answered(&mut self, who: Participant, ordered_at: Timestamp, at: Timestamp, refused: Option<Reason>) {
        let deeds = self.0.entry(who).or_default();
        deeds.delays.count(at.micros_since(ordered_at));
        match refused {
            Some(reason) => *deeds.refused.entry(reason).or_default() += 1,
            None => deeds.confirmed += 1,
        }
    }

    /// Somebody never answered.
    pub fn silent(&mut self, who: Participant) {
        self.0.entry(who).or_default().silent += 1;
    }

    /// The bank, and of the stores those that were asked most, so many in all; `name` knows what stores are called.
    #[must_use]
    pub fn told(&self, most: usize, name: impl Fn(Participant) -> Option<String>) -> Vec<Behaved> {
        let mut all: Vec<(&Participant, &Deeds)> = self.0.iter().collect();
        let asked = |deeds: &Deeds| deeds.answers() + deeds.silent;
        all.sort_by_key(|(who, deeds)| (**who != Participant::Bank, std::cmp::Reverse(asked(deeds))));
        all.truncate(most);
        all.into_iter().map(|(who, deeds)| behaved(*who, name(*who), deeds)).collect()
    }
}

fn behaved(participant: Participant, name: Option<String>, deeds: &Deeds) -> Behaved {
    let Deeds { confirmed, refused, silent, delays } = deeds;
    let mut told: BTreeMap<i32, u64> = BTreeMap::new();
    for (step, (count, _)) in &delays.0 {
        *told.entry(step.div_euclid(TOLD) * TOLD).or_default() += count;
    }
    let step =
        |(step, count): (i32, u64)| (rounded(Delays::from_ms(step)), rounded(Delays::from_ms(step + TOLD)), count);
    Behaved {
        participant,
        name,
        confirmed: *confirmed,
        refused: refused.iter().map(|(reason, count)| (reason.as_str().into(), *count)).collect(),
        silent: *silent,
        p50_ms: delays.quantile(0.5).map(rounded),
        p99_ms: delays.quantile(0.99).map(rounded),
        delays: told.into_iter().map(step).collect(),
    }
}

/// Who says what in an event of an order, if somebody does: with the reason of a no.
#[must_use]
pub const fn answer_in(event: &OrderEvent) -> Option<(Participant, Option<Reason>)> {
    match event {
        OrderEvent::PaymentConfirmed(_) => Some((Participant::Bank, None)),
        OrderEvent::PaymentRejected(no) => Some((Participant::Bank, Some(no.reason))),
        OrderEvent::StoreConfirmed(yes) => Some((Participant::Store(yes.store_id), None)),
        OrderEvent::StoreRejected(no) => Some((Participant::Store(no.store_id), Some(no.reason))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::StoreId;
    use std::ops::RangeInclusive;
    use uuid::Uuid;

    fn store(number: u128) -> Participant {
        Participant::Store(StoreId(Uuid::from_u128(number)))
    }

    #[test]
    fn answers_are_told_by_how_long_they_took_the_bank_first_and_the_busiest_stores_next() {
        let mut all = Behaviours::default();
        let at = |millis: i64| Timestamp(millis * 1_000);
        for millis in 1..=1_000 {
            all.answered(store(1), at(0), at(millis), None);
        }
        all.answered(store(2), at(0), at(7), Some(Reason::ServiceFailed));
        all.silent(store(2));
        all.silent(store(3));
        all.answered(Participant::Bank, at(0), at(0), None);
        let told = all.told(3, |who| (who == store(1)).then(|| "First".to_owned()));
        let who: Vec<Participant> = told.iter().map(|behaved| behaved.participant).collect();
        assert_eq!(who, [Participant::Bank, store(1), store(2)]);
        let known = |ms: Option<f64>, of: RangeInclusive<f64>| assert!(of.contains(&ms.unwrap()), "{ms:?}");
        known(told[1].p50_ms, 500.0..=505.0);
        known(told[1].p99_ms, 990.0..=1_000.0);
        assert_eq!(told[1].delays.iter().map(|(_, _, count)| count).sum::<u64>(), 1_000);
        assert!(told[1].delays.windows(2).all(|pair| pair[0].1 <= pair[1].0), "one after the other");
        assert_eq!((told[1].name.as_deref(), told[1].confirmed), (Some("First"), 1_000));
        assert_eq!(told[2].refused, BTreeMap::from([("SERVICE_FAILED".into(), 1)]));
        assert_eq!((told[2].silent, told[2].confirmed), (1, 0));
        assert_eq!(told[0].delays, [(1.0, 1.09, 1)], "what took no time is in the first step");
    }
}
