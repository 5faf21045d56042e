//! A scenario over REST.

use super::exit::{HELD, NO_MALL};
use super::progress;
use super::settings::{ScenarioSettings, now, pace};
use super::telling::Telling;
use crate::ports::stop::Stop;
use crate::sim::driver::Pace;
use crate::sim::experiment::plan::ExperimentPlan;
use crate::sim::experiment::report::ExperimentReport;
use crate::sim::experiment::run::run as run_experiment;
use crate::sim::live_run::error::LiveError;
use crate::sim::live_run::{Found, Target, run as run_live};
use crate::sim::run::judge::Mode;
use crate::sim::run::plan::Plan;
use crate::sim::scenario::trace::Trace;
use anyhow::{Result, anyhow, bail};
use awc::http::Uri;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs over REST; answers the exit code.
///
/// # Errors
/// Wrong usage, or what was found cannot be written.
pub fn run(settings: &ScenarioSettings, telling: &Telling<'_>, trace: Option<&Trace>) -> Result<u8> {
    let document = telling.document;
    let target = match &settings.target {
        None if !settings.own_mall => {
            bail!("say where: --virtual (no server, in seconds), --own-mall (a mall of its own), or --target URL")
        }
        None => Target::Own,
        Some(url) => {
            if !is_address(url) {
                // It may hold a password.
                bail!("--target: that is not an address like http://127.0.0.1:8080, without a login; plain HTTP only");
            }
            Target::Running { url: url.clone(), admin: settings.admin.secret()?, exact: settings.exact_mall }
        }
    };
    if settings.exact_mall && settings.own_mall {
        bail!("--exact-mall is for --target: a mall of its own has the scenario's stores");
    }
    if settings.on_disk.is_some() || settings.start_from.is_some() {
        bail!("--on-disk and --start-from are for --virtual");
    }
    document.check_live(settings.own_mall)?;
    if settings.is_experiment(document, trace)? {
        return experiment(settings, telling, &target);
    }
    let pace = match (trace, settings.speed) {
        (None, None) => Pace::Plain,
        (None, Some(_)) => bail!("--speed is for a trace: name one with --trace"),
        (Some(_), Some(said)) => said,
        (Some(_), None) => match document.scenario.trace.as_ref().and_then(|trace| trace.get_ref().speed.as_ref()) {
            None => Pace::AtOnce,
            Some(toml::Value::String(said)) => pace(said).map_err(|why| anyhow!("trace.speed: {why}"))?,
            Some(said) => pace(&said.to_string()).map_err(|why| anyhow!("trace.speed: {why}"))?,
        },
    };
    let plan = Plan {
        document,
        trace,
        seed: settings.seed,
        measures: &[],
        started_at: now(),
        stop: settings.stop(),
        halt: Stop::default(),
    };
    let (show, end) = progress::shown("", trace.map(|trace| trace.totals.orders));
    let found = run_live(&plan, &target, pace, settings.connections, show);
    end();
    let (report, failure) = match found {
        Ok(Found { report, failure }) => (Some(report), failure),
        Err(error) => (None, Some(error)),
    };
    let code = report.map_or(Ok(HELD), |report| telling.run(&report))?;
    failure.map_or(Ok(code), failed)
}

/// Runs an experiment over REST, one run after the other; answers the exit code.
fn experiment(settings: &ScenarioSettings, telling: &Telling<'_>, target: &Target) -> Result<u8> {
    let document = telling.document;
    let plan = ExperimentPlan::of(document, settings.replications, Mode::Rest, |variant| {
        variant.check_live(settings.own_mall)
    })?;
    let of_the_mall =
        plan.variants.iter().flat_map(|variant| variant.values.keys()).find(|key| key.starts_with("mall"));
    if let Some(key) = of_the_mall.filter(|_| !settings.own_mall) {
        bail!(
            "{key}: what the mall is filled with does not count with --target, which is used as it is; say --own-mall or --virtual"
        );
    }
    let (begun, most) = (AtomicUsize::new(1), plan.variants.len() * plan.often.most as usize);
    let carry_out = |plan: &Plan<'_>| {
        let run = format!("run {} of at most {most}", begun.fetch_add(1, Ordering::Relaxed));
        let (show, end) = progress::shown(&run, None);
        let found = run_live(plan, target, Pace::Plain, settings.connections, show);
        end();
        let Found { report, failure } = found?;
        failure.map_or(Ok(report), Err)
    };
    // Two at once would measure each other.
    let (report, failure) = run_experiment(&settings.asked(&plan, &carry_out, 1), |_, _| ());
    // Of the runs that were made it is told whatever became of the next.
    let report = ExperimentReport { target: settings.target.clone(), ..report };
    let code = telling.experiment(&report)?;
    failure.map_or(Ok(code), failed)
}

/// How the program ends where a run over REST could not be made: when it is for the mall, with a code of its own.
fn failed(error: LiveError) -> Result<u8> {
    if !error.is_of_the_mall() {
        return Err(error.into());
    }
    eprintln!("plaza: {:#}", anyhow::Error::from(error));
    Ok(NO_MALL)
}

/// Whether a mall may be there: `http://host:port`, and nothing else.
fn is_address(url: &str) -> bool {
    // What is behind a `#` a parser drops.
    let Some(url) = url.parse::<Uri>().ok().filter(|_| !url.contains('#')) else { return false };
    // A port that is none would be taken as 80, and a login would be told in every report.
    let authority = url.authority().map_or("", |authority| authority.as_str());
    let has_port = authority.rsplit(']').next().is_some_and(|behind| behind.contains(':'));
    let is_port = url.port_u16().is_some_and(|port| port > 0) || !has_port;
    let is_whole = url.path_and_query().is_none_or(|path| path.as_str() == "/");
    url.scheme_str() == Some("http")
        && url.host().is_some_and(|host| !host.is_empty())
        && is_port
        && !authority.contains('@')
        && is_whole
}
