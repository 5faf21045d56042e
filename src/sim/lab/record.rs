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

/// Something that whoever watches it changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steered {
    /// When, in the mall's time.
    #[serde(with = "Rfc3339")]
    pub at: Timestamp,
    /// What, like `arrivals.rate=80`.
    pub what: String,
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
        self.thresholds = found.thresholds;
        self.totals = found.totals;
        self.hash = found.journal.head;
        self.answers = found.answers.into_iter().map(|answer| answer.sentence).collect();
        self.said = found.distrust.into_iter().chain(found.problems).collect();
        Ok(())
    }

    /// It could not be carried out.
    pub fn fail(&mut self, why: impl Into<String>) {
        self.status = Status::Error;
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

    /// Those that are there, oldest first. One that had not ended was cut short with its mall, and says so from now on.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn read(&self) -> io::Result<Vec<Record>> {
        let entries = match std::fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut records: Vec<Record> = Vec::new();
        for entry in entries {
            // What is none was put there by somebody else.
            let Ok(text) = std::fs::read(entry?.path().join(RECORD)) else { continue };
            let Ok(mut record) = serde_json::from_slice::<Record>(&text) else { continue };
            if !record.status.has_ended() {
                record.fail("The mall ended before the simulation did.");
                self.write(&record)?;
            }
            records.push(record);
        }
        records.sort_by_key(|record| (record.started_at, record.id));
        Ok(records)
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

    /// Leaves the newest of those that have ended, which are told oldest first.
    pub fn tidy(&self, records: &mut Vec<Record>) {
        let old = records.len().saturating_sub(KEPT);
        for record in records.drain(..old) {
            // What cannot be removed is found again at the next start.
            let _ = std::fs::remove_dir_all(self.of(record.id));
        }
    }
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
