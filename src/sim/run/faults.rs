//! What goes wrong in a run, by the scenario: personalities that are set at their times, and crashes of the mall.

use crate::domain::participant::Participant;
use crate::domain::personality::{
    Decimal, Delay, Distribution, Outage, OutageMode, Personality, Refusal, Refuse, Share, Spread,
};
use crate::domain::time::Timestamp;
use crate::sim::door::shelf::Shelf;
use crate::sim::scenario::document::store_number;
use crate::sim::scenario::model::{Fault, Scenario};
use crate::sim::scenario::value::{Share as Part, Span, Time, Width};
use std::collections::BTreeSet;
use std::time::Duration;

/// Something that changes at a time.
#[derive(Clone, Debug)]
pub enum Change {
    /// Somebody behaves otherwise.
    Behave(Participant, Box<Personality>),
    /// The mall is killed, and starts again so much later.
    Crash(Duration),
}

/// All that goes wrong in a run.
pub struct FaultPlan {
    /// By time.
    pub changes: Vec<(Timestamp, Change)>,
    /// When whose answers are withheld.
    pub outages: Vec<(Participant, Outage)>,
}

/// A scenario names a store that the mall does not have.
#[derive(Debug, thiserror::Error)]
#[error("a fault is of store {number}, and the mall has {stores}")]
pub struct NoSuchStore {
    /// Its number, from 1.
    number: u32,
    /// How many there are.
    stores: usize,
}

/// Somebody who behaves otherwise, in words.
#[must_use]
pub fn named(participant: Participant) -> String {
    match participant {
        Participant::Bank => "The bank".to_owned(),
        Participant::Store(store) => format!("Store {store}"),
    }
}

/// A time during which a fault counts.
struct Lasting<'a> {
    fault: &'a Fault,
    from: Timestamp,
    until: Timestamp,
}

impl FaultPlan {
    /// The faults of a scenario in a mall that opens at `opening`, and whose last shopper comes at `last`.
    ///
    /// # Errors
    /// A store is named that is not there.
    pub fn of(
        scenario: &Scenario,
        shelf: &Shelf,
        (opening, last): (Timestamp, Timestamp),
        seed: u64,
    ) -> Result<Self, NoSuchStore> {
        let (mut changes, mut outages) = (Vec::new(), Vec::new());
        for (name, faults) in &scenario.faults {
            let participant = match name.get_ref().as_str() {
                "mall" => {
                    let crash = |fault: &Fault| {
                        let down = fault.crash.unwrap_or_default();
                        (opening.plus(fault.at.0), Change::Crash(down.0))
                    };
                    changes.extend(faults.0.iter().map(crash));
                    continue;
                }
                "bank" => Participant::Bank,
                store => {
                    let number = store_number(store).unwrap_or_default();
                    let id = number.checked_sub(1).and_then(|number| shelf.store(number));
                    let stores = shelf.sizes().len();
                    Participant::Store(id.ok_or(NoSuchStore { number, stores })?)
                }
            };
            let lasting = faults.0.iter().map(|fault| {
                let from = opening.plus(fault.at.0);
                Lasting { fault, from, until: fault.lasts.map_or(last, |lasts| from.plus(lasts.0)).max(from) }
            });
            let lasting: Vec<Lasting<'_>> = lasting.collect();
            let turns: BTreeSet<Timestamp> = lasting.iter().flat_map(|fault| [fault.from, fault.until]).collect();
            for at in turns {
                let now = lasting.iter().filter(|fault| fault.from <= at && at < fault.until);
                changes.push((at, Change::Behave(participant, Box::new(combined(now, seed)))));
            }
            let out = lasting.iter().filter_map(|fault| Some((participant, fault.outage()?)));
            outages.extend(out);
        }
        changes.sort_by_key(|(at, _)| *at);
        Ok(Self { changes, outages })
    }
}

impl Lasting<'_> {
    fn outage(&self) -> Option<Outage> {
        let outage = Outage { from: self.from, until: self.until, mode: self.fault.outage? };
        (outage.from < outage.until).then_some(outage)
    }
}

/// How somebody behaves while all of these count: of two that say the same, the one that is listed later.
fn combined<'a>(faults: impl Iterator<Item = &'a Lasting<'a>>, seed: u64) -> Personality {
    let mut personality = Personality::default();
    let share = |part: Part| Share { share: decimal(part.0) };
    for lasting in faults {
        let Fault { delay, refuse, silent, lose_answer, repeat_answer, .. } = lasting.fault;
        personality.seed = seed;
        personality.delay = delay.as_ref().map(as_delay).or(personality.delay);
        let refuse = refuse.map(|part| Refuse { share: decimal(part.0), reason: Refusal::ServiceFailed });
        personality.refuse = refuse.or(personality.refuse);
        personality.silent = silent.map(share).or(personality.silent);
        personality.lose_answer = lose_answer.map(share).or(personality.lose_answer);
        personality.repeat_answer = repeat_answer.map(share).or(personality.repeat_answer);
        personality.outages.extend(lasting.outage());
    }
    personality
}

/// With six decimals, as personalities are written down.
fn decimal(number: f64) -> Decimal {
    Decimal::new((number * 1e6).round() / 1e6).unwrap_or_default()
}

fn as_delay(time: &Time) -> Delay {
    let plain = |distribution| Delay { distribution, min_ms: None, max_ms: None };
    match time {
        Time::Fixed(span) => plain(Distribution::Fixed { ms: span.ms() }),
        Time::Exponential(mean) => plain(Distribution::Exponential { mean_ms: mean.ms() }),
        Time::Uniform(min, max) => {
            Delay { distribution: Distribution::Uniform, min_ms: Some(min.ms()), max_ms: Some(max.ms()) }
        }
        Time::Lognormal(median, width) => {
            let spread = match width {
                Width::Sigma(sigma) => Spread::Sigma(decimal(*sigma)),
                Width::P99(p99) => Spread::P99Ms(Span::ms(*p99)),
            };
            plain(Distribution::Lognormal { median_ms: median.ms(), spread })
        }
    }
}

/// Whether an answer that was due then is withheld by an outage.
#[must_use]
pub fn is_withheld(outages: &[(Participant, Outage)], participant: Participant, due: Timestamp) -> bool {
    let covers = |outage: &Outage| outage.from <= due && due < outage.until && outage.mode != OutageMode::Refuse;
    outages.iter().any(|(who, outage)| *who == participant && covers(outage))
}
