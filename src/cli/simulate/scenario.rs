//! A scenario: what shoppers do in a mall, and what is to hold.

use super::exit::HELD;
use super::settings::{ScenarioSettings, now};
use super::telling::Telling;
use super::{chart, experiment, guest, live, output, progress};
use crate::ports::stop::Stop;
use crate::sim::experiment::plan::ExperimentPlan;
use crate::sim::run::judge::Mode;
use crate::sim::run::plan::Plan;
use crate::sim::scenario::document::Document;
use crate::sim::virtual_run::ground::Ground;
use crate::sim::virtual_run::run as run_virtual;
use anyhow::{Result, bail};
use std::rc::Rc;

/// Runs a scenario; answers the exit code.
///
/// # Errors
/// Wrong usage, or nothing could be run.
pub fn run(settings: &ScenarioSettings, jobs: usize) -> Result<u8> {
    if settings.scenario.is_none() && settings.trace.is_none() {
        let is_asked = settings.in_virtual_time || settings.own_mall || settings.target.is_some();
        if is_asked || settings.check || !settings.sets.is_empty() {
            bail!("name a scenario, or a file with --trace; `plaza simulate` lists the shipped ones");
        }
        output::list_shipped();
        return Ok(HELD);
    }
    if settings.guest {
        guest::behave()?;
    }
    let (document, directory) = settings.document()?;
    let telling = Telling::of(settings, &document)?;
    let trace = settings.trace(&document, &directory)?;
    if settings.check {
        if document.scenario.experiment.is_some() {
            let mode = if settings.in_virtual_time { Mode::Virtual } else { Mode::Rest };
            ExperimentPlan::of(&document, settings.replications, mode, |_| Ok(()))?;
        }
        chart::print(&document, trace.as_ref(), settings.seed);
        return Ok(HELD);
    }
    if !settings.in_virtual_time {
        return live::run(settings, &telling, trace.as_ref());
    }
    document.check_virtual()?;
    if settings.exact_mall {
        bail!("--exact-mall is for --target: a mall in virtual time has the scenario's stores");
    }
    if settings.speed.is_some() {
        bail!("--speed is for a replay over REST; in virtual time everything goes as fast as it goes");
    }
    if trace.is_some() && settings.start_from.is_some() {
        bail!("--trace opens the products it needs in a mall of its own; leave out --start-from");
    }
    let ground = Ground { on_disk: settings.on_disk.clone(), start_from: settings.start_from.clone() };
    if settings.is_experiment(&document, trace.as_ref())? {
        if settings.on_disk.is_some() {
            bail!("--on-disk keeps the journal of one run, and this makes many; run the one that matters alone");
        }
        let plan = ExperimentPlan::of(&document, settings.replications, Mode::Virtual, Document::check_virtual)?;
        let carry_out = |plan: &Plan<'_>| run_virtual(plan, &ground, Rc::new(|_| ()));
        let asked = settings.asked(&plan, &carry_out, jobs);
        let (report, failure) = experiment::run(&asked, settings.guest);
        let code = telling.experiment(&report)?;
        return failure.map_or(Ok(code), |error| Err(error.into()));
    }
    let plan = Plan {
        document: &document,
        trace: trace.as_ref(),
        seed: settings.seed,
        measures: &[],
        started_at: now(),
        stop: settings.stop(),
        halt: Stop::default(),
    };
    let (show, end) = progress::shown("", trace.as_ref().map(|trace| trace.totals.orders));
    let report = run_virtual(&plan, &ground, if settings.guest { guest::points() } else { show })?;
    end();
    telling.run(&report)
}
