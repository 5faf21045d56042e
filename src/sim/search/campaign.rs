//! Many seeds, on several threads, each a world of its own.

use super::draw;
use super::finding::Finding;
use super::plan::Plan;
use super::run::{Outcome, Tells, run};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Which seeds are run, and on how many threads.
#[derive(Clone, Copy, Debug)]
pub struct Seeds {
    /// The first.
    pub first: u64,
    /// How many.
    pub many: u64,
    /// Threads.
    pub jobs: usize,
}

/// What came of the seeds so far.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Seeds run.
    pub seeds: u64,
    /// Seeds that found something.
    pub failed: u64,
    /// Orders placed.
    pub orders: u64,
    /// Events written.
    pub events: u64,
    /// Lives of malls.
    pub lives: u64,
    /// Virtual time.
    pub simulated: Duration,
    /// A hash over the journals and traces of all seeds, in whatever order they ended: the same for the same seeds.
    pub hash: [u8; 32],
    /// What struck, and how often.
    pub struck: BTreeMap<&'static str, u64>,
    /// What has to happen sometimes, and how often it did.
    pub seen: BTreeMap<String, u64>,
}

impl Tally {
    /// Adds what came of one seed.
    pub fn add(&mut self, seed: u64, outcome: &Outcome) {
        self.seeds += 1;
        let mut hash = blake3::Hasher::new();
        hash.update(&seed.to_le_bytes()).update(&outcome.head).update(&outcome.trace);
        for (sum, byte) in self.hash.iter_mut().zip(hash.finalize().as_bytes()) {
            *sum ^= byte;
        }
        self.failed += u64::from(!outcome.findings.is_empty());
        self.orders += outcome.outcomes.values().sum::<u64>();
        self.events += outcome.events;
        self.lives += u64::from(outcome.lives);
        self.simulated += outcome.took;
        for (what, times) in &outcome.struck {
            *self.struck.entry(what).or_default() += times;
        }
        for (what, times) in &outcome.seen {
            *self.seen.entry(what.clone()).or_default() += times;
        }
    }

    /// How often faults struck.
    #[must_use]
    pub fn strikes(&self) -> u64 {
        self.struck.values().sum()
    }
}

/// Plans that failed, with what they found.
pub type Failed = Vec<(Plan, Vec<Finding>)>;

/// Runs seeds until all are done, or `look` says that it is enough: `begins` hears of each that begins, `look` of each that
/// has ended, what it found, and what came of all so far. Answers that, and the plans that failed with what they found, in the order of
/// their seeds.
///
/// # Panics
/// A thread died, which is a defect of the search.
pub fn search(
    seeds: Seeds,
    begins: impl Fn(u64) + Sync,
    look: impl Fn(&Plan, &[Finding], &Tally) -> bool + Sync,
) -> (Tally, Failed) {
    let (next, enough) = (AtomicU64::new(0), AtomicBool::new(false));
    let done: Mutex<(Tally, Failed)> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..seeds.jobs.max(1) {
            scope.spawn(|| {
                while !enough.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= seeds.many {
                        break;
                    }
                    let plan = draw::plan_or_comparison(seeds.first.wrapping_add(number));
                    begins(plan.seed);
                    let outcome = run(&plan, Tells::default());
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.0.add(plan.seed, &outcome);
                    if !look(&plan, &outcome.findings, &done.0) {
                        enough.store(true, Ordering::Relaxed);
                    }
                    if !outcome.findings.is_empty() {
                        done.1.push((plan, outcome.findings));
                    }
                }
            });
        }
    });
    let (tally, mut failed) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.sort_by_key(|(plan, _)| plan.seed);
    (tally, failed)
}

/// What has to happen in ten thousand seeds: every fault, each while orders are in each state, every way to end and every
/// reason. With how often it did.
#[must_use]
pub fn sometimes(tally: &Tally) -> Vec<(String, u64)> {
    use crate::domain::order::Reason;
    let faults = draw::fault_names();
    let mut table: Vec<(String, u64)> = Vec::new();
    for name in &faults {
        table.push(((*name).to_owned(), tally.struck.get(name).copied().unwrap_or_default()));
    }
    let count = |what: &str| tally.seen.get(what).copied().unwrap_or_default();
    for name in &faults {
        for status in ["pending", "accepted", "undone"] {
            let what = format!("{name} while an order is {status}");
            table.push((what.clone(), count(&what)));
        }
    }
    // The counter refuses an authorization that is nobody's or somebody else's before there is an order.
    let unheard_of = [Reason::PaymentNotFound, Reason::PaymentNotYours];
    for reason in Reason::ALL.iter().filter(|reason| !unheard_of.contains(reason)) {
        let what = format!("rejected: {reason}");
        table.push((what.clone(), count(&what)));
    }
    for what in [
        "ended: order.delivered",
        "ended: order.rejected",
        "ended: order.cancelled",
        "ended: order.expired",
        "cancelled while pending",
        "cancelled while accepted",
        "a verdict came after the end",
        "a line was dropped",
    ] {
        table.push((what.to_owned(), count(what)));
    }
    table
}
