//! Simulations that are asked of a mall that serves people: one at a time, in the mall itself or beside it.
//!
//! * `record`: what is known of one, and where it is kept;
//! * `running`: one under way, for whoever watches and steers it;
//! * `live`: in this mall, by its own functions; `failing`: what goes wrong meanwhile; `books`: what the mall says of it;
//! * `apart`: in virtual time, as another process.

pub mod apart;
mod books;
mod failing;
mod handiwork;
pub mod here;
pub mod live;
pub mod record;
pub mod running;

use crate::sim::baseline::{Baseline, BaselineError, Earlier};
use crate::sim::page;
use crate::sim::page::frame::Repeat;
use crate::sim::scenario::document::Document;
use crate::sim::scratch::Scratch;
use actix::ArbiterHandle;
use apart::{Apart, Source};
use failing::put_right;
use here::Here;
use live::{LiveError, LiveRun};
use record::{Change, Place, Record, Shelves, Status, WallTime, json, page as page_of, scenario};
use running::{Running, Wheel};
use serde_json::Value;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// Why a simulation cannot be begun, or changed.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum LabError {
    /// There is one already.
    #[error("simulation {0} is under way; one at a time")]
    Running(Uuid),
    /// There is none of that id.
    #[error("there is no simulation of this id; the newest twenty are kept")]
    Unknown,
    /// It is over.
    #[error("the simulation is over")]
    Over,
    /// It runs in virtual time, as fast as it can.
    #[error("a simulation in virtual time cannot be changed while it runs")]
    Virtual,
    /// More shoppers than may come.
    #[error("must be at most {0}, unless more was allowed when the simulation was begun")]
    TooFast(f64),
    /// It has no report yet.
    #[error("the simulation has no report yet: it is made once everything is settled")]
    NotReady,
    /// It ended without one.
    #[error("the simulation has no report")]
    NoReport,
    /// One is a run, and the other an experiment.
    #[error("must be of the same sort: a run is compared with a run, an experiment with an experiment")]
    AnotherSort,
}

/// A simulation that is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The scenario, with the values that count in place of what it says.
    pub document: Document,
    /// Its name, where it is part of the program.
    pub shipped: Option<&'static str>,
    /// Values that count in place of the scenario's.
    pub set: Vec<String>,
    /// Where it is to be made.
    pub mode: Place,
    /// Whether it is to begin as a copy of this mall.
    pub from_this_mall: bool,
    /// What everything is drawn from.
    pub seed: u64,
    /// How often each variant is to be run.
    pub replications: Option<u32>,
    /// The most shoppers, in this mall.
    pub most: u64,
    /// The most of them a second.
    pub rate_most: f64,
}

/// What the lab stands in.
pub struct Ground {
    /// The mall.
    pub here: Here,
    /// The thread of simulations in this mall.
    pub thread: ArbiterHandle,
    /// Where simulations are kept.
    pub directory: PathBuf,
    /// What that is in, where it is gone with the mall.
    pub scratch: Option<Scratch>,
    /// Where the mall is kept.
    pub source: Source,
}

/// What is said of a simulation that its mall did not outlive.
const CUT_SHORT: &str = "The mall ended before the simulation did.";
/// How long a mall that ends waits for its simulation to leave everybody as they were, and one that starts for the same.
const CLOSES_WITHIN: Duration = Duration::from_secs(10);
/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(20);

/// Where simulations are asked for.
pub struct Lab {
    ground: Ground,
    shelves: Shelves,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: Option<Arc<Running>>,
    /// Those that have ended, oldest first.
    past: Vec<Record>,
}

impl Lab {
    /// The lab of a mall, with what was found before. One that had not ended was cut short with its mall, and says so from now
    /// on; whoever behaved otherwise because of it behaves as before.
    pub async fn open(ground: Ground) -> Arc<Self> {
        let shelves = Shelves::at(ground.directory.clone());
        let mut past = shelves.read();
        shelves.tidy(&mut past);
        let cut_short = past.iter_mut().filter(|record| !record.status.has_ended());
        let cut_short: Vec<Record> = cut_short
            .map(|record| {
                record.fail(CUT_SHORT);
                record.ended_at = Some(WallTime(ground.here.mall.clock().wall()));
                record.clone()
            })
            .collect();
        let lab = Arc::new(Self { ground, shelves, state: Mutex::new(State { running: None, past }) });
        // Before the next one begins, which would take it for what was before.
        let here = lab.ground.here.clone();
        let righted = spawn_local(async move {
            match put_right(&here).await {
                Ok(all) => all.iter().for_each(|said| tracing::warn!(said, "after a simulation that was cut short")),
                Err(error) => tracing::warn!(%error, "whether a simulation was cut short cannot be read"),
            }
        });
        if timeout(CLOSES_WITHIN, righted).await.is_err() {
            tracing::warn!("whom a simulation that was cut short had behave otherwise still does; it is gone on with");
        }
        for record in &cut_short {
            lab.keep(record);
        }
        lab
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a simulation.
    ///
    /// # Errors
    /// [`LabError::Running`].
    pub fn start(self: &Arc<Self>, asked: Asked) -> Result<Record, LabError> {
        let mall = &self.ground.here.mall;
        let record = Record {
            id: mall.entropy().uuid(),
            name: asked.document.scenario.name.clone(),
            title: asked.document.scenario.title.clone(),
            mode: asked.mode,
            from_this_mall: asked.from_this_mall,
            status: Status::Running,
            progress: 0.0,
            started_at: mall.clock().wall(),
            ended_at: None,
            seed: asked.seed,
            replications: asked.replications,
            set: asked.set.clone(),
            steered: Vec::new(),
            thresholds: Vec::new(),
            totals: crate::sim::run::report::Totals::default(),
            hash: None,
            answers: Vec::new(),
            said: Vec::new(),
            reported: false,
        };
        let mut state = self.state();
        if let Some(running) = &state.running {
            return Err(LabError::Running(running.record().id));
        }
        let (tells, changes) = unbounded_channel();
        let wheel = match asked.mode {
            Place::Live => Wheel::Here(tells),
            Place::Virtual => Wheel::There(Mutex::default()),
        };
        let running = Arc::new(Running::new(record.clone(), wheel, asked.rate_most));
        state.running = Some(running.clone());
        drop(state);
        let is_begun = match asked.mode {
            Place::Live => self.here(running.clone(), asked, changes),
            Place::Virtual => self.beside(running.clone(), asked),
        };
        if !is_begun {
            running.change(|record| record.fail("The system gives no thread for it."));
            self.ended(&running);
        }
        Ok(record)
    }

    /// Carries one out on the thread of simulations; answers whether that takes it.
    fn here(self: &Arc<Self>, running: Arc<Running>, asked: Asked, changes: UnboundedReceiver<Change>) -> bool {
        let lab = self.clone();
        self.ground.thread.spawn_fn(move || {
            spawn_local(async move {
                let made = spawn_local(live(lab.clone(), running.clone(), asked, changes));
                if made.await.is_err() {
                    running.change(|record| record.fail("It ended in a panic; the log says where."));
                }
                lab.ended(&running);
            });
        })
    }

    /// Carries one out as another process, for which a thread waits; answers whether there is one.
    fn beside(self: &Arc<Self>, running: Arc<Running>, asked: Asked) -> bool {
        let lab = self.clone();
        let wait = move || {
            beside(&lab, &running, &asked);
            lab.ended(&running);
        };
        std::thread::Builder::new().name("plaza-simulation".to_owned()).spawn(wait).is_ok()
    }

    /// A simulation is over, whatever came of it: the next may begin before anybody hears of it.
    fn ended(&self, running: &Running) {
        let mut record = running.record();
        if !record.status.has_ended() {
            record.fail("It ended without a report.");
        }
        if record.status != Status::Error {
            record.progress = 1.0;
        }
        record.ended_at = Some(WallTime(self.ground.here.mall.clock().wall()));
        self.keep(&record);
        {
            let mut state = self.state();
            state.running = None;
            state.past.push(record.clone());
            self.shelves.tidy(&mut state.past);
        }
        running.change(|known| *known = record);
    }

    fn keep(&self, record: &Record) {
        if let Err(error) = self.shelves.write(record) {
            tracing::warn!(%error, id = %record.id, "a simulation cannot be kept");
        }
    }

    fn keep_scenario(&self, id: Uuid, asked: &Asked) {
        if let Err(error) = self.shelves.write_scenario(id, asked.document.source()) {
            tracing::warn!(%error, %id, "the scenario of a simulation cannot be kept");
        }
    }

    /// All that are known, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<Record> {
        let state = self.state();
        let running = state.running.iter().map(|running| running.record());
        running.chain(state.past.iter().rev().cloned()).collect()
    }

    /// One.
    ///
    /// # Errors
    /// [`LabError::Unknown`].
    pub fn get(&self, id: Uuid) -> Result<Record, LabError> {
        self.list().into_iter().find(|record| record.id == id).ok_or(LabError::Unknown)
    }

    /// The one under way.
    #[must_use]
    pub fn running(&self) -> Option<Arc<Running>> {
        self.state().running.clone()
    }

    fn under_way(&self, id: Uuid) -> Result<Arc<Running>, LabError> {
        let running = self.running().filter(|running| running.record().id == id);
        match running {
            Some(running) => Ok(running),
            None => self.get(id).and(Err(LabError::Over)),
        }
    }

    /// Changes one while it runs.
    ///
    /// # Errors
    /// [`LabError::Unknown`]; [`LabError::Over`], also when nobody comes any more; [`LabError::Virtual`].
    pub fn steer(&self, id: Uuid, change: Change) -> Result<Record, LabError> {
        let running = self.under_way(id)?;
        let Wheel::Here(wheel) = &running.wheel else { return Err(LabError::Virtual) };
        if change.rate.is_some_and(|rate| rate > running.rate_most) {
            return Err(LabError::TooFast(running.rate_most));
        }
        if running.record().status != Status::Running || wheel.send(change).is_err() {
            return Err(LabError::Over);
        }
        running.steered(self.ground.here.mall.clock().now(), change);
        Ok(running.record())
    }

    /// Has nobody come any more, and settles what is open; one that settles ends at once. One that is over stays so.
    ///
    /// # Errors
    /// [`LabError::Unknown`].
    pub fn stop(&self, id: Uuid) -> Result<Record, LabError> {
        let running = match self.under_way(id) {
            Err(LabError::Over) => return self.get(id),
            running => running?,
        };
        // Where nobody comes any more by itself there is nothing to stop but the waiting.
        if running.stop.is_stopped() || running.record().status == Status::Settling {
            running.end.stop();
            apart::kill(&running);
        } else {
            running.stop.stop();
            apart::stop(&running);
            running.settles();
        }
        Ok(running.record())
    }

    /// Where the report of one is, as a page and as JSON.
    ///
    /// # Errors
    /// [`LabError::Unknown`]; [`LabError::NotReady`].
    pub fn reports(&self, id: Uuid) -> Result<(PathBuf, PathBuf), LabError> {
        if self.get(id)?.ended_at.is_none() {
            return Err(LabError::NotReady);
        }
        let directory = self.shelves.of(id);
        Ok((page_of(&directory), json(&directory)))
    }

    /// Where the scenario of one is, as it was written.
    ///
    /// # Errors
    /// [`LabError::Unknown`].
    pub fn scenario(&self, id: Uuid) -> Result<PathBuf, LabError> {
        self.get(id).map(|_| scenario(&self.shelves.of(id)))
    }

    /// What of one is otherwise than in another, which ended before or after it.
    ///
    /// # Errors
    /// [`LabError::Unknown`]; [`LabError::NotReady`]; [`LabError::AnotherSort`]; [`LabError::NoReport`].
    pub fn compared(&self, id: Uuid, with: Uuid) -> Result<Baseline, LabError> {
        let ((_, now), (_, then)) = (self.reports(id)?, self.reports(with)?);
        let now: Value =
            std::fs::read(now).ok().and_then(|text| serde_json::from_slice(&text).ok()).ok_or(LabError::NoReport)?;
        let is_experiment = now.get("variants").is_some();
        match Earlier::read(&then, is_experiment) {
            Ok(earlier) => Ok(Baseline { file: with.to_string(), ..earlier.compared(&now) }),
            Err(BaselineError::AnotherSort(..)) => Err(LabError::AnotherSort),
            Err(BaselineError::Unreadable(..) | BaselineError::NoReport(_)) => Err(LabError::NoReport),
        }
    }

    /// The mall ends: what runs ends with it, once everybody behaves as before.
    pub async fn close(&self) {
        let Some(running) = self.running() else { return };
        for signal in [&running.closes, &running.stop, &running.end] {
            signal.stop();
        }
        apart::kill(&running);
        let since = Instant::now();
        while self.running().is_some() && since.elapsed() < CLOSES_WITHIN {
            sleep(LOOK).await;
        }
    }
}

/// Carries a simulation out in this mall, and leaves its reports.
async fn live(lab: Arc<Lab>, running: Arc<Running>, asked: Asked, changes: UnboundedReceiver<Change>) {
    let Record { id, started_at, .. } = running.record();
    lab.keep(&running.record());
    lab.keep_scenario(id, &asked);
    let run = LiveRun {
        here: &lab.ground.here,
        document: &asked.document,
        seed: asked.seed,
        started_at,
        most: asked.most,
        running: &running,
        changes,
    };
    let report = match run.carry_out().await {
        Ok(report) => report,
        Err(LiveError::Ended) if running.closes.is_stopped() => return running.change(|record| record.fail(CUT_SHORT)),
        Err(LiveError::Ended) => return running.change(ended_at_once),
        Err(error) => return running.change(|record| record.fail(error.to_string())),
    };
    let directory = lab.shelves.of(id);
    let command = repeated(&asked);
    let scenario = asked.document.text();
    let repeat = Repeat { command: &command, scenario: &scenario, title: &asked.document.scenario.title };
    let written = serde_json::to_value(&report).map_err(io::Error::other).and_then(|value| {
        std::fs::write(json(&directory), value.to_string())?;
        std::fs::write(page_of(&directory), page::run::page_of(&report, None, &repeat))?;
        Ok(value)
    });
    running.change(|record| match written {
        Ok(value) => _ = record.take(value).map_err(|error| record.fail(error.to_string())),
        Err(error) => record.fail(format!("The report cannot be written: {error}")),
    });
}

/// What is sent to make it again.
fn repeated(asked: &Asked) -> String {
    let set: serde_json::Map<_, _> = asked
        .set
        .iter()
        .filter_map(|set| set.split_once('='))
        .map(|(key, value)| (key.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| value.into())))
        .collect();
    let rate: serde_json::Value = serde_json::from_str(&asked.rate_most.to_string()).unwrap_or_default();
    let allow = serde_json::json!({"rate": rate, "orders": asked.most});
    let mut body = serde_json::json!({"mode": "live", "seed": asked.seed, "allow": allow});
    match asked.shipped {
        Some(name) => body["scenario"] = name.into(),
        None => body["toml"] = "…".into(),
    }
    if !set.is_empty() {
        body["set"] = set.into();
    }
    format!("POST /api/v1/simulations {body}")
}

/// Carries a simulation out beside the mall.
fn beside(lab: &Lab, running: &Running, asked: &Asked) {
    let record = running.record();
    lab.keep(&record);
    lab.keep_scenario(record.id, asked);
    let apart = Apart {
        shipped: asked.shipped,
        set: asked.set.clone(),
        seed: asked.seed,
        replications: asked.replications,
        source: asked.from_this_mall.then(|| lab.ground.source.clone()),
    };
    let directory = lab.shelves.of(record.id);
    let carried_out = apart.carry_out(running, &directory);
    let report = || serde_json::from_slice(&std::fs::read(json(&directory))?).map_err(io::Error::other);
    running.change(|record| match carried_out {
        _ if running.closes.is_stopped() => record.fail(CUT_SHORT),
        Ok(Ok(())) => match report() {
            Ok(value) => _ = record.take(value).map_err(|error| record.fail(error.to_string())),
            // Of an experiment no run had come to its end.
            Err(_) if running.stop.is_stopped() => ended_at_once(record),
            Err(error) => record.fail(format!("The report cannot be read: {error}")),
        },
        Ok(Err(_)) if running.end.is_stopped() => ended_at_once(record),
        Ok(Err(said)) => record.fail(said),
        Err(error) => record.fail(format!("It could not be begun: {error}")),
    });
}

fn ended_at_once(record: &mut Record) {
    record.status = Status::Stopped;
    record.said.push("It was ended before there was anything to tell, and has no report.".to_owned());
}
