//! What scenario to run, and how: the settings, and what they name.

use crate::cli::access::AdminSettings;
use crate::cli::interrupt::{on_a_line, on_ctrl_c};
use crate::domain::time::Timestamp;
use crate::ports::stop::Stop;
use crate::ports::time::Clock;
use crate::sim::door::rest::client::CONNECTIONS;
use crate::sim::driver::Pace;
use crate::sim::experiment::plan::{ExperimentPlan, REPLICATIONS_MAX};
use crate::sim::experiment::run::{Asked, CarryOut};
use crate::sim::scenario::document::{Document, read};
use crate::sim::scenario::shipped;
use crate::sim::scenario::spelling::nearest;
use crate::sim::scenario::trace::Trace;
use crate::system::SystemClock;
use anyhow::{Context, Result, bail};
use clap::Args;
use clap::builder::RangedU64ValueParser;
use std::path::{Path, PathBuf};

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
    /// It is a mall that asks: be its guest.
    #[arg(long, hide = true)]
    pub guest: bool,
}

/// The machine's time.
#[must_use]
pub fn now() -> Timestamp {
    SystemClock::starting_at(Timestamp(0)).now()
}

fn connections() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=1_000)
}

/// `max`, or a number.
///
/// # Errors
/// What would be right.
pub fn pace(text: &str) -> Result<Pace, String> {
    if text == "max" {
        return Ok(Pace::AtOnce);
    }
    let times = text.parse().ok().filter(|times: &f64| (0.001..=1e6).contains(times));
    times.map(Pace::Times).ok_or_else(|| "neither max nor a number from 0.001 to 1000000".to_owned())
}

impl ScenarioSettings {
    /// What ends a run before its time.
    #[must_use]
    pub fn stop(&self) -> Stop {
        if self.guest { on_a_line() } else { on_ctrl_c() }
    }

    /// Whether many runs are asked for.
    #[must_use]
    pub fn makes_many(&self, document: &Document) -> bool {
        document.scenario.experiment.is_some() || self.replications.is_some()
    }

    /// The same, which is not for a trace.
    ///
    /// # Errors
    /// They are, and there is a trace.
    pub fn is_experiment(&self, document: &Document, trace: Option<&Trace>) -> Result<bool> {
        let is = self.makes_many(document);
        if is && trace.is_some() {
            bail!("an experiment, or --replications, draws its shoppers: a trace is the same every time");
        }
        Ok(is)
    }

    /// An experiment whose runs are carried out so, so many at once.
    pub fn asked<'a, E>(&self, plan: &'a ExperimentPlan, carry_out: &'a CarryOut<'a, E>, jobs: usize) -> Asked<'a, E> {
        Asked { plan, carry_out, first_seed: self.seed, jobs, now: &now, stop: self.stop() }
    }

    /// The scenario, and the directory that names of files in it count from.
    ///
    /// # Errors
    /// It cannot be read, or is wrong.
    pub fn document(&self) -> Result<(Document, PathBuf)> {
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
    ///
    /// # Errors
    /// It cannot be read, or is wrong; or there is a limit and none.
    pub fn trace(&self, document: &Document, directory: &Path) -> Result<Option<Trace>> {
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
}
