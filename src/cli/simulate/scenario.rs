//! A scenario: what shoppers do in a mall, and what is to hold.

use super::exit::{FAILED, HELD, NO_MALL, VIOLATED};
use super::interrupt::on_ctrl_c;
use super::{chart, experiment, output, progress};
use crate::cli::access::AdminSettings;
use crate::domain::time::Timestamp;
use crate::ports::stop::Stop;
use crate::ports::time::Clock;
use crate::sim::baseline::{Baseline, Earlier, Told};
use crate::sim::door::rest::client::CONNECTIONS;
use crate::sim::driver::Pace;
use crate::sim::experiment::plan::{ExperimentPlan, REPLICATIONS_MAX};
use crate::sim::experiment::report::ExperimentReport;
use crate::sim::experiment::run::{Asked, CarryOut, run as run_experiment};
use crate::sim::live_run::error::LiveError;
use crate::sim::live_run::{Found, Target, run as run_live};
use crate::sim::page;
use crate::sim::page::frame::Repeat;
use crate::sim::run::judge::Mode;
use crate::sim::run::plan::Plan;
use crate::sim::run::report::Verdict;
use crate::sim::scenario::document::{Document, read};
use crate::sim::scenario::shipped;
use crate::sim::scenario::spelling::nearest;
use crate::sim::scenario::trace::Trace;
use crate::sim::virtual_run::ground::Ground;
use crate::sim::virtual_run::run as run_virtual;
use crate::system::SystemClock;
use anyhow::{Context, Result, anyhow, bail};
use awc::http::Uri;
use clap::Args;
use clap::builder::RangedU64ValueParser;
use serde::Serialize;
use std::fs::File;
use std::io;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What scenario to run, and how.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct ScenarioSettings {
    /// A shipped scenario by name, or a TOML file. Without one the shipped ones are listed.
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<String>,
    /// Run without a server: a mall of this process, in virtual time.
    #[arg(long = "virtual", group = "where")]
    pub in_virtual_time: bool,
    /// Run over REST, in real time, against the mall at this address, `http://127.0.0.1:8080`. One that has stores is used as it is.
    #[arg(long, value_name = "URL", group = "where")]
    pub target: Option<String>,
    /// Run over REST, in real time, against a mall of its own: another process on a free port, verified at the end and
    /// removed.
    #[arg(long, group = "where")]
    pub own_mall: bool,
    /// With --target: refuse a mall whose stores are not the scenario's.
    #[arg(long)]
    pub exact_mall: bool,
    /// Connections to the mall, over REST; who finds all of them engaged waits.
    #[arg(long, value_name = "N", default_value_t = CONNECTIONS, value_parser = connections())]
    pub connections: usize,
    /// The administrator's token of the mall, where it has one.
    #[command(flatten)]
    pub admin: AdminSettings,
    /// What everything is drawn from: the same seed is the same run.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// A value that counts in place of the scenario's, like `mall.stock=200`; may be given again.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
    /// Replay the orders of a CSV file in place of drawn shoppers.
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// How many times as fast as they came the orders of a trace come, over REST; `max` is as fast as it goes.
    #[arg(long, value_name = "N|max", value_parser = pace)]
    pub speed: Option<Pace>,
    /// Replay only the first orders.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Keep the mall's journal in this directory, empty or not there yet, for `plaza verify` and `plaza serve`.
    #[arg(long, value_name = "DIR")]
    pub on_disk: Option<PathBuf>,
    /// Begin as a copy of the mall of this data directory or export, which is not touched, and may be running.
    #[arg(long, value_name = "DATA_DIR|EXPORT")]
    pub start_from: Option<PathBuf>,
    /// Write what was found as JSON; `-` is standard output, and then nothing else goes there.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write what was found as a page: one HTML file that needs no network.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Compare with an earlier report, of a run or of an experiment, as --json wrote it: what is otherwise, and what of that is
    /// more than noise.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Run it so often, with one seed after the other, and tell means with their 95 % intervals; of an experiment, so often
    /// each of its variants.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(REPLICATIONS_MAX)))]
    pub replications: Option<u32>,
    /// Draw what the scenario would do, and run nothing.
    #[arg(long)]
    pub check: bool,
}

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
    let (document, directory) = settings.document()?;
    let earlier = settings.earlier(&document)?;
    let earlier = earlier.as_ref();
    settings.can_be_written()?;
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
        return settings.live(&document, trace.as_ref(), earlier);
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
        let (report, failure) = experiment::run(&asked);
        let code = settings.told(&report, &document, earlier)?;
        return failure.map_or(Ok(code), |error| Err(error.into()));
    }
    let plan = Plan {
        document: &document,
        trace: trace.as_ref(),
        seed: settings.seed,
        measures: &[],
        started_at: now(),
        stop: on_ctrl_c(),
        halt: Stop::default(),
    };
    let (show, end) = progress::shown("", trace.as_ref().map(|trace| trace.totals.orders));
    let report = run_virtual(&plan, &ground, show)?;
    end();
    settings.tell(&report, &document, earlier, output::print, page::run::page_of)?;
    Ok(code_of(report.verdict))
}

/// The machine's time.
fn now() -> Timestamp {
    SystemClock::starting_at(Timestamp(0)).now()
}

/// How the program ends where a run ended so.
const fn code_of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Passed => HELD,
        Verdict::Failed | Verdict::Stopped => FAILED,
        Verdict::Violated => VIOLATED,
    }
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
    let Ok(url) = url.parse::<Uri>() else { return false };
    let is_whole = url.path_and_query().is_none_or(|path| path.as_str() == "/");
    url.scheme_str() == Some("http") && url.host().is_some_and(|host| !host.is_empty()) && is_whole
}

fn connections() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=1_000)
}

/// `max`, or a number.
fn pace(text: &str) -> Result<Pace, String> {
    if text == "max" {
        return Ok(Pace::AtOnce);
    }
    let times = text.parse().ok().filter(|times: &f64| (0.001..=1e6).contains(times));
    times.map(Pace::Times).ok_or_else(|| "neither max nor a number from 0.001 to 1000000".to_owned())
}

impl ScenarioSettings {
    /// Runs over REST; answers the exit code.
    fn live(&self, document: &Document, trace: Option<&Trace>, earlier: Option<&Earlier>) -> Result<u8> {
        let target = match &self.target {
            None if !self.own_mall => {
                bail!("say where: --virtual (no server, in seconds), --own-mall (a mall of its own), or --target URL")
            }
            None => Target::Own,
            Some(url) => {
                if !is_address(url) {
                    bail!("--target: {url} is not an address like http://127.0.0.1:8080; plain HTTP only");
                }
                Target::Running { url: url.clone(), admin: self.admin.secret()?, exact: self.exact_mall }
            }
        };
        if self.exact_mall && self.own_mall {
            bail!("--exact-mall is for --target: a mall of its own has the scenario's stores");
        }
        if self.on_disk.is_some() || self.start_from.is_some() {
            bail!("--on-disk and --start-from are for --virtual");
        }
        document.check_live(self.own_mall)?;
        if self.is_experiment(document, trace)? {
            return self.live_experiment(document, &target, earlier);
        }
        let pace = match (trace, self.speed) {
            (None, None) => Pace::Plain,
            (None, Some(_)) => bail!("--speed is for a trace: name one with --trace"),
            (Some(_), Some(said)) => said,
            (Some(_), None) => {
                match document.scenario.trace.as_ref().and_then(|trace| trace.get_ref().speed.as_ref()) {
                    None => Pace::AtOnce,
                    Some(toml::Value::String(said)) => pace(said).map_err(|why| anyhow!("trace.speed: {why}"))?,
                    Some(said) => pace(&said.to_string()).map_err(|why| anyhow!("trace.speed: {why}"))?,
                }
            }
        };
        let plan = Plan {
            document,
            trace,
            seed: self.seed,
            measures: &[],
            started_at: now(),
            stop: on_ctrl_c(),
            halt: Stop::default(),
        };
        let (show, end) = progress::shown("", trace.map(|trace| trace.totals.orders));
        let found = run_live(&plan, &target, pace, self.connections, show);
        end();
        let (report, failure) = match found {
            Ok(Found { report, failure }) => (Some(report), failure),
            Err(error) => (None, Some(error)),
        };
        if let Some(report) = &report {
            self.tell(report, document, earlier, output::print, page::run::page_of)?;
        }
        match (report, failure) {
            (_, Some(error)) => failed(error),
            (report, None) => Ok(report.map_or(HELD, |report| code_of(report.verdict))),
        }
    }

    /// Runs an experiment over REST, one run after the other; answers the exit code.
    fn live_experiment(&self, document: &Document, target: &Target, earlier: Option<&Earlier>) -> Result<u8> {
        let plan =
            ExperimentPlan::of(document, self.replications, Mode::Rest, |variant| variant.check_live(self.own_mall))?;
        let of_the_mall =
            plan.variants.iter().flat_map(|variant| variant.values.keys()).find(|key| key.starts_with("mall"));
        if let Some(key) = of_the_mall.filter(|_| !self.own_mall) {
            bail!(
                "{key}: what the mall is filled with does not count with --target, which is used as it is; say --own-mall or --virtual"
            );
        }
        let (begun, most) = (AtomicUsize::new(1), plan.variants.len() * plan.often.most as usize);
        let carry_out = |plan: &Plan<'_>| {
            let run = format!("run {} of at most {most}", begun.fetch_add(1, Ordering::Relaxed));
            let (show, end) = progress::shown(&run, None);
            let found = run_live(plan, target, Pace::Plain, self.connections, show);
            end();
            let Found { report, failure } = found?;
            failure.map_or(Ok(report), Err)
        };
        // Two at once would measure each other.
        let (report, failure) = run_experiment(&self.asked(&plan, &carry_out, 1), |_, _| ());
        // Of the runs that were made it is told whatever became of the next.
        let report = ExperimentReport { target: self.target.clone(), ..report };
        let code = self.told(&report, document, earlier)?;
        failure.map_or(Ok(code), failed)
    }

    /// Whether many runs are asked for.
    fn is_experiment(&self, document: &Document, trace: Option<&Trace>) -> Result<bool> {
        let is = document.scenario.experiment.is_some() || self.replications.is_some();
        if is && trace.is_some() {
            bail!("an experiment, or --replications, draws its shoppers: a trace is the same every time");
        }
        Ok(is)
    }

    /// An experiment whose runs are carried out so, so many at once.
    fn asked<'a, E>(&self, plan: &'a ExperimentPlan, carry_out: &'a CarryOut<'a, E>, jobs: usize) -> Asked<'a, E> {
        Asked { plan, carry_out, first_seed: self.seed, jobs, now: &now, stop: on_ctrl_c() }
    }

    /// Tells what an experiment found; answers the exit code.
    /// One of which no run came to its end has nothing to tell.
    fn told(&self, report: &ExperimentReport, document: &Document, earlier: Option<&Earlier>) -> Result<u8> {
        if report.is_empty() {
            return Ok(code_of(report.verdict));
        }
        self.tell(report, document, earlier, experiment::print, page::experiment::page_of)?;
        Ok(code_of(report.verdict))
    }

    /// The scenario, and the directory that names of files in it count from.
    fn document(&self) -> Result<(Document, PathBuf)> {
        let here = PathBuf::new();
        let Some(name) = &self.scenario else {
            let sets = ["name=trace", "arrivals.max_in_flight=1000000"].map(str::to_owned).into_iter();
            let sets: Vec<String> = sets.chain(self.sets.iter().cloned()).collect();
            return Ok((read("", "", &sets)?, here));
        };
        if let Some(shipped) = shipped::find(name) {
            return Ok((read(&format!("{name} (shipped)"), shipped.text, &self.sets)?, here));
        }
        let path = Path::new(name);
        let is_name = path.components().count() == 1 && path.extension().is_none();
        if is_name && !path.exists() {
            let known: Vec<&str> = shipped::ALL.iter().map(|shipped| shipped.name).collect();
            let meant = nearest(name, &known).map_or_else(String::new, |meant| format!(" did you mean {meant}?"));
            bail!("there is no shipped scenario {name}, and no file;{meant} (shipped: {})", known.join(", "));
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
        Ok((read(name, &text, &self.sets)?, path.parent().map(Path::to_owned).unwrap_or(here)))
    }

    /// The orders that are replayed, if any: those of the command line, or of the scenario.
    fn trace(&self, document: &Document, directory: &Path) -> Result<Option<Trace>> {
        let said = document.scenario.trace.as_ref().map(toml::Spanned::get_ref);
        let file = self.trace.clone().or_else(|| said.map(|said| directory.join(&said.file)));
        let Some(file) = file else {
            if self.limit.is_some() {
                bail!("--limit is for a trace: name one with --trace");
            }
            return Ok(None);
        };
        let limit = self.limit.or_else(|| said.and_then(|said| said.limit));
        Ok(Some(Trace::survey(&file, limit)?))
    }

    /// Whether what will be found can be written, before anything is run for it.
    fn can_be_written(&self) -> Result<()> {
        let files = self.html.iter().chain(&self.json).filter(|path| !self.check && path.as_os_str() != "-");
        for path in files {
            // What is there stays there until there is something to take its place.
            let opened = File::options().create(true).append(true).open(path);
            opened.with_context(|| format!("{} cannot be written", path.display()))?;
        }
        Ok(())
    }

    /// Writes what was found as a page and as JSON where that is asked for, and prints it unless that went to standard
    /// output.
    ///
    /// # Errors
    /// It cannot be written.
    fn tell<R: Serialize>(
        &self,
        report: &R,
        document: &Document,
        earlier: Option<&Earlier>,
        print: impl FnOnce(&R),
        page: impl FnOnce(&R, Option<&Baseline>, &Repeat<'_>) -> String,
    ) -> Result<()> {
        let baseline = earlier.map(|earlier| earlier.compared(report));
        if let Some(path) = &self.html {
            let (command, scenario) = (command(), document.text());
            let repeat = Repeat { command: &command, scenario: &scenario, title: &document.scenario.title };
            std::fs::write(path, page(report, baseline.as_ref(), &repeat))
                .with_context(|| format!("{} cannot be written", path.display()))?;
        }
        let print = |report: &R| {
            print(report);
            baseline.iter().for_each(output::print_baseline);
        };
        let told = Told { report, baseline: baseline.as_ref() };
        let Some(path) = &self.json else {
            print(report);
            return Ok(());
        };
        if path.as_os_str() == "-" {
            write_json(&told, &mut io::stdout().lock())?;
        } else {
            let made = || format!("{} cannot be written", path.display());
            write_json(&told, &mut BufWriter::new(File::create(path).with_context(made)?)).with_context(made)?;
            print(report);
        }
        Ok(())
    }

    /// The earlier report that is compared with, if any.
    fn earlier(&self, document: &Document) -> Result<Option<Earlier>> {
        let is_experiment = document.scenario.experiment.is_some() || self.replications.is_some();
        Ok(self.baseline.as_ref().map(|path| Earlier::read(path, is_experiment)).transpose()?)
    }
}

/// The command that was given, as a shell takes it.
fn command() -> String {
    let plain =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=:,+%@".contains(c));
    let quoted = |text: String| if plain(&text) { text } else { format!("'{}'", text.replace('\'', "'\\''")) };
    std::iter::once("plaza".to_owned()).chain(std::env::args().skip(1).map(quoted)).collect::<Vec<_>>().join(" ")
}

fn write_json(report: &impl Serialize, to: &mut impl Write) -> Result<()> {
    serde_json::to_writer_pretty(&mut *to, report)?;
    writeln!(to)?;
    to.flush()?;
    Ok(())
}
