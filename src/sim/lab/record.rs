//! What is known of a simulation: while it runs, and as a file when it has ended.

use crate::domain::time::{Rfc3339, Timestamp};
use crate::sim::run::report::Totals;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// How many simulations are kept, the newest.
const KEPT: usize = 20;
const RECORD: &str = "simulation.json";

/// Where a simulation is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In this mall, beside the people it serves.
    Live,
    /// In a mall of its own, in virtual time, as another process.
    Virtual,
}

/// How a simulation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Shoppers come.
    Running,
    /// Nobody comes any more; what is open is settled and checked.
    Settling,
    /// Everything held.
    Passed,
    /// Something did not hold.
    Failed,
    /// It was stopped; what there was to judge held.
    Stopped,
    /// It could not be carried out, or its mall ended before it.
    Error,
}

impl Status {
    /// Whether it is over.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        !matches!(self, Self::Running | Self::Settling)
    }
}

/// What is said of shoppers who come again after nobody did.
pub const AGAIN: &str = "shoppers come again";

/// What whoever watches a simulation changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Shoppers a second from now on, in place of the rate, the phases and the flash crowds of the scenario.
    pub rate: Option<f64>,
    /// The share of shoppers with too little money.
    pub too_little_money: Option<f64>,
    /// Whether nobody comes for the time being.
    pub arrivals_paused: Option<bool>,
}

impl Change {
    /// What is changed, each with what it is about.
    pub fn said(&self) -> impl Iterator<Item = (&'static str, String)> {
        let rate = self.rate.map(|rate| ("rate", format!("{rate} shoppers a second")));
        let money = self.too_little_money.map(|share| ("money", format!("{} % with too little money", share * 100.0)));
        let said = |paused| if paused { "nobody comes" } else { AGAIN };
        let paused = self.arrivals_paused.map(|paused| ("paused", said(paused).to_owned()));
        rate.into_iter().chain(money).chain(paused)
    }
}

/// Something that was changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Steered {
    /// When, in the mall's time.
    #[serde(with = "Rfc3339")]
    pub at: Timestamp,
    /// What.
    pub change: Change,
}

/// What had to hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// What.
    pub expression: String,
    /// Of what part of the run.
    pub part: String,
    /// What was measured; nothing where there was no data.
    pub value: Option<f64>,
    /// Whether it held; unknown where it is not measured in this way of running, or not reached.
    pub holds: Option<bool>,
}

/// What is known of a simulation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: Uuid,
    /// The scenario's name.
    pub name: String,
    /// What it asks.
    pub title: String,
    /// Where it is made.
    pub mode: Place,
    /// Whether it begins as a copy of this mall.
    pub from_this_mall: bool,
    /// How it is.
    pub status: Status,
    /// How much of it is done, 0 to 1.
    pub progress: f64,
    /// By the wall clock.
    #[serde(with = "Rfc3339")]
    pub started_at: Timestamp,
    /// By the wall clock; none while it runs.
    pub ended_at: Option<WallTime>,
    /// What everything is drawn from.
    pub seed: u64,
    /// How often each of its variants is run, where that is asked for.
    pub replications: Option<u32>,
    /// Values that count in place of the scenario's, like `mall.stock=200`.
    pub set: Vec<String>,
    /// What was changed while it ran.
    pub steered: Vec<Steered>,
    /// What had to hold.
    pub thresholds: Vec<Threshold>,
    /// Shoppers and orders.
    pub totals: Totals,
    /// Where a journal in virtual time ends: the same scenario and seed end there again.
    pub hash: Option<String>,
    /// The answers of an experiment.
    pub answers: Vec<String>,
    /// What is not to be trusted, or why it could not be carried out.
    pub said: Vec<String>,
    /// Whether it has a report.
    #[serde(default = "yes")]
    pub reported: bool,
}

/// Those that were kept before this was noted had one, but for those that could not be carried out.
const fn yes() -> bool {
    true
}

/// A time of the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WallTime(#[serde(with = "Rfc3339")] pub Timestamp);

/// What is read of a report: of a run, or of an experiment.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Found {
    verdict: String,
    distrust: Vec<String>,
    problems: Vec<String>,
    thresholds: Vec<Threshold>,
    totals: Totals,
    journal: End,
    answers: Vec<Answered>,
    variants: Vec<Variant>,
}

/// How a variant of an experiment fared.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Variant {
    runs: usize,
    failed: usize,
    thresholds: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct End {
    head: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answered {
    sentence: String,
}

impl Record {
    /// Takes on what a report says.
    ///
    /// # Errors
    /// It is none.
    pub fn take(&mut self, report: Value) -> serde_json::Result<()> {
        let found: Found = serde_json::from_value(report)?;
        self.status = match found.verdict.as_str() {
            "passed" => Status::Passed,
            "stopped" => Status::Stopped,
            _ => Status::Failed,
        };
        self.reported = true;
        self.thresholds = found.thresholds;
        self.totals = found.totals;
        self.hash = found.journal.head;
        self.answers = found.answers.into_iter().map(|answer| answer.sentence).collect();
        let failed = found.variants.iter().filter(|variant| variant.failed > 0).map(|variant| {
            let Variant { runs, failed, thresholds } = variant;
            format!("A threshold failed in {failed} of {runs} runs of a variant: {}.", thresholds.join(", "))
        });
        self.said = found.distrust.into_iter().chain(failed).chain(found.problems).collect();
        Ok(())
    }

    /// It could not be carried out.
    pub fn fail(&mut self, why: impl Into<String>) {
        self.status = Status::Error;
        self.reported = false;
        self.said.push(why.into());
    }
}

/// Where simulations are kept: a directory each, by their ids.
#[derive(Debug)]
pub struct Shelves(PathBuf);

impl Shelves {
    /// Those of a directory, which need not be there yet.
    #[must_use]
    pub const fn at(directory: PathBuf) -> Self {
        Self(directory)
    }

    /// The directory of one.
    #[must_use]
    pub fn of(&self, id: Uuid) -> PathBuf {
        self.0.join(id.to_string())
    }

    /// Those that are there, oldest first. What cannot be read, or is none, is left out.
    #[must_use]
    pub fn read(&self) -> Vec<Record> {
        let Ok(entries) = std::fs::read_dir(&self.0) else { return Vec::new() };
        let known = entries.filter_map(|entry| {
            let entry = entry.ok()?;
            // Whatever else is there was put there by somebody else.
            std::fs::metadata(entry.path().join(RECORD)).ok().filter(std::fs::Metadata::is_file)?;
            let record: Record = serde_json::from_slice(&std::fs::read(entry.path().join(RECORD)).ok()?).ok()?;
            // One that somebody has put under another name would be removed under its own.
            (entry.file_name().to_str()? == record.id.to_string()).then_some(record)
        });
        let mut records: Vec<Record> = known.collect();
        records.sort_by_key(|record| (record.started_at, record.id));
        records
    }

    /// Writes what is known of one, whole or not at all.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, record: &Record) -> io::Result<()> {
        let directory = self.of(record.id);
        std::fs::create_dir_all(&directory)?;
        let between = directory.join("simulation.new");
        let mut file = File::create(&between)?;
        file.write_all(&serde_json::to_vec_pretty(record)?)?;
        file.sync_all()?;
        std::fs::rename(between, directory.join(RECORD))
    }

    /// Keeps the scenario of one, as it was written.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_scenario(&self, id: Uuid, text: &str) -> io::Result<()> {
        let directory = self.of(id);
        std::fs::create_dir_all(&directory)?;
        std::fs::write(scenario(&directory), text)
    }

    /// Leaves the newest of those that have ended, which are told oldest first.
    pub fn tidy(&self, records: &mut Vec<Record>) {
        let old = records.len().saturating_sub(KEPT);
        for record in records.drain(..old) {
            // What cannot be removed is found again at the next start.
            let _ = std::fs::remove_dir_all(self.of(record.id));
        }
    }
}

/// The scenario of a simulation.
#[must_use]
pub fn scenario(directory: &Path) -> PathBuf {
    directory.join("scenario.toml")
}

/// The report of a simulation as a page.
#[must_use]
pub fn page(directory: &Path) -> PathBuf {
    directory.join("report.html")
}

/// The report of a simulation as JSON.
#[must_use]
pub fn json(directory: &Path) -> PathBuf {
    directory.join("report.json")
}
