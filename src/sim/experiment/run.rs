//! Carries an experiment out.

use super::interval::Interval;
use super::measured::Ran;
use super::plan::{Often, Variant};
use super::report::ExperimentReport;
use crate::domain::time::Timestamp;
use crate::ports::stop::Stop;
use crate::sim::experiment::plan::ExperimentPlan;
use crate::sim::run::plan::Plan;
use crate::sim::run::report::{Report, Verdict};
use crate::sim::scenario::threshold::Metric;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Carries out one run, in one of several threads.
pub type CarryOut<'a, E> = dyn Fn(&Plan<'_>) -> Result<Report, E> + Sync + 'a;

/// An experiment that is asked for; a run that cannot be made fails with `E`.
pub struct Asked<'a, E> {
    /// What is tried.
    pub plan: &'a ExperimentPlan,
    /// Carries out one run.
    pub carry_out: &'a CarryOut<'a, E>,
    /// The seed of the first run of each variant.
    pub first_seed: u64,
    /// Threads.
    pub jobs: usize,
    /// The machine's time: when it began is for the report alone, when a run began also tells it from others in one mall.
    pub now: &'a (dyn Fn() -> Timestamp + Sync),
    /// From when on no more runs begin.
    pub stop: Stop,
}

/// Carries an experiment out; `show` hears how many runs of how many at most have ended. Answers what was found in those that
/// were made, and why the next could not be.
pub fn run<E: Send>(asked: &Asked<'_, E>, show: impl Fn(usize, usize) + Sync) -> (ExperimentReport, Option<E>) {
    let started_at = (asked.now)();
    let Often { least, most, enough } = asked.plan.often;
    let mut ran: Vec<Vec<Ran>> = vec![Vec::new(); asked.plan.variants.len()];
    let (mut next, mut failed) = (0, None);
    while next < most && failed.is_none() && !asked.stop.is_stopped() && !is_enough(&ran, next >= least, enough) {
        let until = if next < least { least } else { next + 1 };
        let (ended, of) = (ran.iter().map(Vec::len).sum::<usize>(), ran.len() * most as usize);
        failed = asked.round(next..until, |more| show(ended + more, of), &mut ran);
        next = until;
    }
    let is_stopped = asked.stop.is_stopped() || failed.is_some();
    (ExperimentReport::of(asked.plan, &ran, asked.first_seed, started_at, is_stopped), failed)
}

/// Whether the first measure is known well enough of every variant.
fn is_enough(ran: &[Vec<Ran>], may_be: bool, enough: Option<f64>) -> bool {
    let Some(part) = enough.filter(|_| may_be) else { return false };
    ran.iter().all(|runs| {
        let values: Vec<f64> = runs.iter().filter_map(|run| run.values.first().copied().flatten()).collect();
        Interval::of(&values).is_some_and(|known| known.is_within(part))
    })
}

impl<E: Send> Asked<'_, E> {
    /// Runs every variant with the seeds of these replications, and adds what came of them in their order; answers why one
    /// could not be made.
    fn round(
        &self,
        replications: std::ops::Range<u32>,
        show: impl Fn(usize) + Sync,
        ran: &mut [Vec<Ran>],
    ) -> Option<E> {
        let metrics: Vec<Metric> = self.plan.measures.iter().map(|(_, metric)| metric.clone()).collect();
        let tasks: Vec<(usize, u32)> =
            replications.flat_map(|replication| (0..ran.len()).map(move |variant| (variant, replication))).collect();
        let (next, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let done: Mutex<Vec<(usize, Ran)>> = Mutex::default();
        let failed: Mutex<Option<E>> = Mutex::default();
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.clamp(1, tasks.len().max(1)) {
                scope.spawn(|| {
                    while let Some((variant, replication)) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if self.stop.is_stopped() || locked(&failed).is_some() {
                            break;
                        }
                        let seed = self.first_seed.wrapping_add(u64::from(*replication));
                        match self.once(&self.plan.variants[*variant], seed, &metrics) {
                            // One that was cut short says nothing of the whole, but that a mall is wrong.
                            Ok(run) if self.stop.is_stopped() && run.verdict != Verdict::Violated => {}
                            Ok(run) => locked(&done).push((*variant, run)),
                            Err(error) => *locked(&failed) = Some(error),
                        }
                        show(ended.fetch_add(1, Ordering::Relaxed) + 1);
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(variant, run)| (*variant, run.seed));
        for (variant, run) in done {
            ran[variant].push(run);
        }
        failed.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn once(&self, variant: &Variant, seed: u64, measures: &[Metric]) -> Result<Ran, E> {
        let plan = Plan {
            document: &variant.document,
            trace: None,
            seed,
            measures,
            started_at: (self.now)(),
            stop: self.stop.clone(),
            halt: Stop::default(),
        };
        let report = (self.carry_out)(&plan)?;
        let failed = report.thresholds.into_iter().filter(|judged| judged.holds == Some(false));
        Ok(Ran {
            seed,
            verdict: report.verdict,
            values: report.measured,
            warm_up_ms: report.warm_up_ms,
            distrust: report.distrust,
            failed: failed.map(|judged| judged.expression).collect(),
            problems: report.problems,
        })
    }
}

fn locked<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::run::judge::Mode;
    use crate::sim::scenario::document::{Document, read};
    use crate::sim::virtual_run::ground::Ground;
    use crate::sim::virtual_run::run as run_virtual;
    use std::rc::Rc;

    #[test]
    fn what_was_run_before_a_run_cannot_be_made_is_told() {
        // Nothing is delivered while shoppers come: no warm-up is found.
        let text = "duration = \"1m\"\nwarm_up = \"auto\"\n[mall]\nshipping_delay = \"1h\"\n[experiment]\nvary = {}\nreplications = 5\n";
        let document = read("x.toml", text, &[]).unwrap();
        let plan = ExperimentPlan::of(&document, None, Mode::Virtual, Document::check_virtual).unwrap();
        let ground = Ground { on_disk: None, start_from: None };
        let carry_out = |plan: &Plan<'_>| match plan.seed {
            3 => Err("the mall has gone"),
            _ => Ok(run_virtual(plan, &ground, Rc::new(|_| ())).unwrap()),
        };
        let asked = Asked {
            plan: &plan,
            carry_out: &carry_out,
            first_seed: 1,
            jobs: 1,
            now: &|| Timestamp(0),
            stop: Stop::default(),
        };
        let (report, failure) = run(&asked, |_, _| ());
        assert_eq!(failure, Some("the mall has gone"));
        assert_eq!((report.variants[0].runs, report.verdict), (2, Verdict::Stopped));
        assert!(
            report.distrust[0].starts_with("In 2 of 2 runs: Of the warm-up nothing was cut"),
            "{:?}",
            report.distrust
        );
    }
}
