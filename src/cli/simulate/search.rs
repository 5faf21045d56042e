//! The search for defects: many seeds, each a mall in virtual time with shoppers and faults of its own.

use super::endless::UnderWay;
use super::exit::{HELD, VIOLATED};
use super::saying::say;
use crate::cli::interrupt::on_ctrl_c;
use crate::sim::scratch;
use crate::sim::search::campaign::{self, Seeds, Tally, sometimes};
use crate::sim::search::draw::plan_or_comparison;
use crate::sim::search::finding::Finding;
use crate::sim::search::plan::Plan;
use crate::sim::search::run::{Tells, run as run_plan};
use crate::sim::search::shrink::shrink;
use crate::sim::search::story;
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use data_encoding::HEXLOWER;
use std::io::IsTerminal;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often progress is told where nobody can redraw a line.
const TELL_EVERY: Duration = Duration::from_secs(10);
/// How long a run may take; all but a few take less than a second.
const ENDLESS: Duration = Duration::from_mins(2);
/// How often a line is redrawn.
const REDRAW_EVERY: Duration = Duration::from_millis(200);
/// The longest search: a year.
const MINUTES_MAX: u64 = 366 * 24 * 60;
/// The most threads.
const JOBS_MAX: u64 = 1_024;
/// How many of the plans that failed are shrunk: others most likely have the same cause.
const SHRUNK_MAX: usize = 3;

/// What a search takes no notice of: it draws its malls, and tells what it found itself.
const SCENARIO: [&str; 19] = [
    "scenario",
    "in_virtual_time",
    "target",
    "own_mall",
    "exact_mall",
    "connections",
    "seed",
    "sets",
    "trace",
    "speed",
    "limit",
    "on_disk",
    "start_from",
    "json",
    "html",
    "baseline",
    "replications",
    "check",
    "guest",
];

/// What to search for defects with.
#[derive(Debug, Args)]
#[command(next_help_heading = "Search for defects")]
pub struct SearchSettings {
    /// Run so many seeds, each a mall in virtual time with shoppers and faults drawn from it. What fails is saved as a
    /// plan, shrunk, and told as a story; the exit code is then 11.
    #[arg(long, value_name = "N", group = "search", conflicts_with_all = SCENARIO, value_parser = clap::value_parser!(u64).range(1..))]
    pub seeds: Option<u64>,
    /// The first of the seeds.
    #[arg(long, value_name = "SEED", default_value_t = 1, conflicts_with_all = SCENARIO, requires = "seeds")]
    pub first_seed: u64,
    /// Stop after so many minutes.
    #[arg(long, value_name = "M", conflicts_with_all = SCENARIO, requires = "seeds", value_parser = clap::value_parser!(u64).range(1..=MINUTES_MAX))]
    pub minutes: Option<u64>,
    /// How many threads run seeds at a time; as many as there are processors unless it is said.
    #[arg(long, value_name = "J", value_parser = clap::value_parser!(u64).range(1..=JOBS_MAX))]
    pub jobs: Option<u64>,
    /// Stop at the first seed that fails.
    #[arg(long, conflicts_with_all = SCENARIO, requires = "seeds")]
    pub first_failure: bool,
    /// Where plans that fail are saved.
    #[arg(long, value_name = "DIR", default_value = ".", conflicts_with_all = SCENARIO, requires = "search")]
    pub plans: PathBuf,
    /// Run one plan again, and tell its story when it fails.
    #[arg(long, value_name = "FILE", group = "search", conflicts_with_all = SCENARIO)]
    pub plan: Option<PathBuf>,
    /// Shrink a plan that fails, and save what is left of it beside it.
    #[arg(long, value_name = "FILE", group = "search", conflicts_with_all = SCENARIO)]
    pub shrink: Option<PathBuf>,
    /// For how many seconds a plan is shrunk at the most.
    #[arg(long, value_name = "S", default_value_t = 60, conflicts_with_all = SCENARIO, requires = "search")]
    pub shrink_for: u64,
}

/// Searches, if that was asked for; answers the exit code.
///
/// # Errors
/// A plan could not be read or written.
pub fn run(settings: &SearchSettings) -> Result<Option<u8>> {
    if let Some(file) = &settings.plan {
        return Ok(Some(replay(&read(file)?)));
    }
    if let Some(file) = &settings.shrink {
        return shrink_file(file, settings).map(Some);
    }
    match settings.seeds {
        Some(seeds) => search(seeds, settings).map(Some),
        None => Ok(None),
    }
}

fn read(file: &Path) -> Result<Plan> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Plan::read(&text).map_err(|said| anyhow!("{}: {said}", file.display()))
}

fn write(file: &Path, plan: &Plan) -> Result<()> {
    std::fs::write(file, plan.write()).with_context(|| format!("{} cannot be written", file.display()))
}

fn replay(plan: &Plan) -> u8 {
    let outcome = run_plan(plan, Tells { story: true, ..Tells::default() });
    if outcome.findings.is_empty() {
        say!("The plan of seed {} holds: {} events in {} lives.", plan.seed, outcome.events, outcome.lives);
        say!("journal {} head {}", outcome.events, hex(&outcome.head));
        say!("trace {}", hex(&outcome.trace));
        return HELD;
    }
    say!("{}", story::tell(plan, &outcome).trim_end());
    VIOLATED
}

fn shrink_file(file: &Path, settings: &SearchSettings) -> Result<u8> {
    let plan = read(file)?;
    let Some(least) = shrink_in_time(&plan, settings) else { bail!("{} finds nothing", file.display()) };
    let beside = file.with_extension("least.json");
    write(&beside, &least)?;
    say!("Saved as {}.", beside.display());
    Ok(replay(&least))
}

/// Shrinks a plan for as long as was asked for, and says how far it is.
fn shrink_in_time(plan: &Plan, settings: &SearchSettings) -> Option<Plan> {
    let (began, mut told) = (Instant::now(), Instant::now());
    let least = shrink(plan, |tried, left| {
        if told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            eprintln!("shrinking the plan of seed {}: {tried} tried, {left} entries left", plan.seed);
        }
        began.elapsed() < Duration::from_secs(settings.shrink_for)
    })?;
    say!(
        "The plan of seed {} is shrunk from {} to {} entries in {:.1} s.",
        plan.seed,
        plan.entries(),
        least.entries(),
        began.elapsed().as_secs_f64()
    );
    Some(least)
}

impl SearchSettings {
    /// How many threads run seeds, or the runs of an experiment.
    #[must_use]
    pub fn jobs(&self) -> usize {
        let asked = self.jobs.and_then(|jobs| usize::try_from(jobs).ok());
        asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
    }
}

fn search(many: u64, settings: &SearchSettings) -> Result<u8> {
    let jobs = settings.jobs();
    std::fs::create_dir_all(&settings.plans).with_context(|| format!("{} cannot be made", settings.plans.display()))?;
    let began = Instant::now();
    let until = settings.minutes.map(|minutes| began + Duration::from_secs(60 * minutes));
    let progress = Mutex::new(Progress::new(many, began));
    let stop = on_ctrl_c();
    let seeds = Seeds { first: settings.first_seed, many, jobs };
    let under_way = UnderWay::default();
    let look = |plan: &Plan, findings: &[Finding], tally: &Tally| {
        under_way.ended(plan.seed);
        if !findings.is_empty() {
            // At once: what is found is kept even if another run never ends. When it cannot be, that is told at the end.
            let _ = write(&file_of(plan, settings), &Plan { found: findings.first().cloned(), ..plan.clone() });
        }
        progress.lock().unwrap_or_else(PoisonError::into_inner).tell(tally, false);
        let is_time = until.is_none_or(|until| Instant::now() < until);
        is_time && !(settings.first_failure && tally.failed > 0) && !stop.is_stopped()
    };
    let (tally, failed) = std::thread::scope(|scope| {
        scope.spawn(|| {
            if let Some(seed) = under_way.endless(ENDLESS) {
                end_with(&plan_or_comparison(seed), settings);
            }
        });
        let search = || campaign::search(seeds, |seed| under_way.begins(seed), look);
        let found = catch_unwind(AssertUnwindSafe(search));
        // Also when the search itself fails: whoever watches has to end.
        under_way.is_over();
        found.unwrap_or_else(|panic| resume_unwind(panic))
    });
    progress.lock().unwrap_or_else(PoisonError::into_inner).tell(&tally, true);
    let took = began.elapsed();
    save(&failed, settings)?;
    print_tally(&tally, took);
    Ok(if failed.is_empty() { HELD } else { VIOLATED })
}

/// Tells of a run that does not end, saves its plan, and ends the process: nothing else ends the run.
fn end_with(plan: &Plan, settings: &SearchSettings) {
    let said = format!("the run takes more than {} s", ENDLESS.as_secs());
    let found = Finding { law: "every run ends".to_owned(), of: "mall".to_owned(), said, at: 0 };
    let (file, plan) = (file_of(plan, settings), Plan { found: Some(found), ..plan.clone() });
    match write(&file, &plan) {
        Ok(()) => say!("\nSeed {} does not end. Its plan is saved: {}", plan.seed, file.display()),
        Err(error) => say!("\nSeed {} does not end, and its plan is not saved: {error:#}", plan.seed),
    }
    scratch::remove_all();
    std::process::exit(VIOLATED.into());
}

fn file_of(plan: &Plan, settings: &SearchSettings) -> PathBuf {
    settings.plans.join(format!("plan-{}.json", plan.seed))
}

/// Saves the plans that failed; the first of each law are shrunk and told.
fn save(failed: &[(Plan, Vec<Finding>)], settings: &SearchSettings) -> Result<()> {
    let named = |(plan, findings): &(Plan, Vec<Finding>)| {
        (file_of(plan, settings), Plan { found: findings.first().cloned(), ..plan.clone() })
    };
    // All of them before the first is shrunk, which may take long and be cut short.
    for (file, plan) in failed.iter().map(named) {
        write(&file, &plan)?;
    }
    let mut known: Vec<(String, String)> = Vec::new();
    for one in failed {
        let ((file, plan), (_, findings)) = (named(one), one);
        say!("\nSeed {} fails:", plan.seed);
        if let Some(first) = findings.first() {
            say!("  {first}");
        }
        if let Some(more) = findings.len().checked_sub(1).filter(|more| *more > 0) {
            say!("  and {more} more of this run, which may follow from it");
        }
        say!("  Saved; again with: plaza simulate --plan {}", file.display());
        let Some(finding) = findings.first() else { continue };
        let signature = (finding.law.clone(), finding.of.clone());
        if known.contains(&signature) || known.len() >= SHRUNK_MAX {
            continue;
        }
        known.push(signature);
        if let Some(least) = shrink_in_time(&plan, settings) {
            write(&file.with_extension("least.json"), &least)?;
            say!("{}", story::tell(&least, &run_plan(&least, Tells { story: true, ..Tells::default() })).trim_end());
        }
    }
    Ok(())
}

fn print_tally(tally: &Tally, took: Duration) {
    let per_minute = per_minute(tally.seeds, took);
    say!(
        "{} seeds in {:.1} s, {per_minute} a minute: {} orders, {} events, {} lives of malls, {} of simulated time, {} strikes.",
        tally.seeds,
        took.as_secs_f64(),
        tally.orders,
        tally.events,
        tally.lives,
        days(tally.simulated),
        tally.strikes()
    );
    say!(
        "{}",
        if tally.failed == 0 { "Nothing was violated.".to_owned() } else { format!("{} seeds FAILED.", tally.failed) }
    );
    say!("journals and traces {}", hex(&tally.hash));
    say!("\nWhat struck: {}", list(tally.struck.iter().map(|(what, times)| format!("{what} {times}"))));
    let sometimes = sometimes(tally);
    let never = sometimes.iter().filter(|(_, times)| *times == 0).map(|(what, _)| what.clone());
    say!("Of {} things that happen sometimes these did not: {}", sometimes.len(), list(never));
}

fn list(what: impl Iterator<Item = String>) -> String {
    let all = what.collect::<Vec<_>>().join("; ");
    if all.is_empty() { "none".to_owned() } else { all }
}

/// Of what took so long, how many a minute.
fn per_minute(seeds: u64, took: Duration) -> u64 {
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    seeds.saturating_mul(60_000) / ms
}

fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

fn days(time: Duration) -> String {
    let hours = time.as_secs() / 3_600;
    if hours < 48 { format!("{hours} h") } else { format!("{} days", hours / 24) }
}

/// A line redrawn in a terminal, a new one every ten seconds elsewhere; on standard error.
struct Progress {
    many: u64,
    began: Instant,
    told: Instant,
    redraws: bool,
}

impl Progress {
    fn new(many: u64, began: Instant) -> Self {
        Self { many, began, told: began, redraws: std::io::stderr().is_terminal() }
    }

    fn tell(&mut self, tally: &Tally, last: bool) {
        let every = if self.redraws { REDRAW_EVERY } else { TELL_EVERY };
        if self.told.elapsed() < every && !(last && self.redraws) {
            return;
        }
        self.told = Instant::now();
        let per_minute = per_minute(tally.seeds, self.began.elapsed());
        let line = format!(
            "{} of {} seeds, {per_minute} a minute, {} simulated, {} strikes, {} failed",
            tally.seeds,
            self.many,
            days(tally.simulated),
            tally.strikes(),
            tally.failed
        );
        match (self.redraws, last) {
            (true, false) => eprint!("\r\x1b[K{line}"),
            (true, true) => eprintln!("\r\x1b[K{line}"),
            (false, _) => eprintln!("{line}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SCENARIO;
    use crate::cli::simulate::settings::ScenarioSettings;
    use clap::{Args, Command};

    #[test]
    fn no_setting_of_a_scenario_is_forgotten() {
        let scenario = ScenarioSettings::augment_args(Command::new("simulate"));
        let of_scenario = scenario.get_arguments().map(|arg| arg.get_id().as_str());
        // The token may be in the environment of whoever only searches.
        let known: Vec<&str> = of_scenario.filter(|id| !id.starts_with("admin_token")).collect();
        assert_eq!(known, SCENARIO);
    }
}
