//! Simulations as the API writes them.

use super::door::values::Time;
use crate::sim::baseline::{Baseline, Delta};
use crate::sim::lab::record::{Change, Place, Record, Status, Steered, Threshold};
use crate::sim::run::report::Totals;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a simulation is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SimulationMode {
    /// In this mall.
    Live,
    /// In a mall of its own, in virtual time.
    Virtual,
}

/// A setting as it was given: what only TOML can write stays as it is written.
fn given(set: &str) -> Option<(String, Value)> {
    let (key, value) = set.split_once('=')?;
    Some((key.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| value.into())))
}

/// What every report of a simulation has. That of a run has its times, courses, curves and books beside it, that of an
/// experiment its variants and answers: `docs/SIMULATION.md`.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what is sent as it was written")]
pub struct SimulationReport {
    /// The version of the format.
    #[schema(minimum = 1)]
    schema: u32,
    /// The scenario's name.
    scenario: String,
    /// `live` in this mall, `virtual` in one of its own.
    mode: String,
    /// By the machine's clock.
    #[schema(inline)]
    started_at: Time,
    /// `passed`, `failed`, `stopped`, or `violated` where an invariant is or an acknowledged order is missing.
    verdict: String,
    /// Shoppers and orders, of a run.
    #[schema(value_type = Option<Object>)]
    totals: Option<Value>,
    /// Milliseconds, of a run.
    #[schema(value_type = Option<Object>)]
    latency_ms: Option<Value>,
    /// What had to hold, of a run.
    #[schema(value_type = Option<Vec<Object>>)]
    thresholds: Option<Value>,
    /// What was measured of each variant, of an experiment.
    #[schema(value_type = Option<Vec<Object>>)]
    variants: Option<Value>,
}

/// How a simulation is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SimulationStatus {
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
    /// It could not be carried out, or the mall ended before it.
    Error,
}

/// Something that had to hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulationThreshold {
    /// What.
    expression: String,
    /// Of what part of the run.
    part: String,
    /// What was measured; null where there was no data.
    value: Option<f64>,
    /// Whether it held; null where it is not measured in this way of running, or not reached.
    holds: Option<bool>,
}

impl From<Threshold> for SimulationThreshold {
    fn from(Threshold { expression, part, value, holds }: Threshold) -> Self {
        Self { expression, part, value, holds }
    }
}

/// Something that was changed while a simulation ran.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulationChange {
    /// When, in the mall's time.
    #[schema(inline)]
    at: Time,
    /// Shoppers a second from then on, if that was changed.
    rate: Option<f64>,
    /// The share of shoppers with too little money, if that was changed.
    too_little_money: Option<f64>,
    /// Whether nobody came from then on, if that was changed.
    arrivals_paused: Option<bool>,
}

impl From<Steered> for SimulationChange {
    fn from(Steered { at, change }: Steered) -> Self {
        let Change { rate, too_little_money, arrivals_paused } = change;
        Self { at: Time(at), rate, too_little_money, arrivals_paused }
    }
}

/// Shoppers and orders of a simulation.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulationTotals {
    /// Shoppers that were to come.
    offered: u64,
    /// Shoppers that were let in.
    started: u64,
    /// Shoppers that were not, because as many as may be were under way.
    dropped: u64,
    /// Requests that were refused or not answered.
    errors: u64,
    /// Orders.
    submitted: u64,
    /// Orders that have their verdict, or were called off before it.
    settled: u64,
    /// Orders that were accepted.
    accepted: u64,
    /// Orders that were rejected.
    refused: u64,
    /// The same by reason; several may count for one.
    #[schema(value_type = Object)]
    rejected: BTreeMap<Cow<'static, str>, u64>,
    /// Orders that were called off.
    cancelled: u64,
    /// Orders that were not paid in time.
    expired: u64,
    /// Orders that were delivered.
    delivered: u64,
    /// At the end: orders that have not ended.
    pending: u64,
    /// At the end: orders that were acknowledged and are not there.
    lost: u64,
    /// At the end: keys under which several orders were made.
    duplicated: u64,
    /// At the end: what else is not as it has to be.
    violations: u64,
}

impl From<Totals> for SimulationTotals {
    fn from(totals: Totals) -> Self {
        let Totals {
            offered,
            started,
            dropped,
            errors,
            submitted,
            settled,
            accepted,
            refused,
            rejected,
            cancelled,
            expired,
            delivered,
            pending,
            lost,
            duplicated,
            violations,
        } = totals;
        Self {
            offered,
            started,
            dropped,
            errors,
            submitted,
            settled,
            accepted,
            refused,
            rejected,
            cancelled,
            expired,
            delivered,
            pending,
            lost,
            duplicated,
            violations,
        }
    }
}

/// A figure of two reports.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedFigure {
    /// What.
    name: String,
    /// What it is in the other one.
    was: f64,
    /// What it is in this one.
    is: f64,
    /// Half the width of the 95 % interval of the difference; null where none is known.
    half_width: Option<f64>,
    /// Whether the difference is more than noise; null where nobody knows, as of single runs.
    more_than_noise: Option<bool>,
}

/// Two simulations side by side.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comparison {
    /// The other simulation.
    with: String,
    /// Its scenario.
    scenario: String,
    /// When it was started, by the machine's clock.
    started_at: String,
    /// The figures of both.
    figures: Vec<ComparedFigure>,
    /// Figures that only one of them has, in words.
    alone: Vec<String>,
}

impl From<Baseline> for Comparison {
    fn from(Baseline { file, scenario, started_at, deltas, alone, .. }: Baseline) -> Self {
        let figure = |Delta { name, was, is, half_width, more_than_noise }| ComparedFigure {
            name,
            was,
            is,
            half_width,
            more_than_noise,
        };
        Self { with: file, scenario, started_at, figures: deltas.into_iter().map(figure).collect(), alone }
    }
}

/// A simulation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Simulation {
    /// Its id.
    id: Uuid,
    /// The scenario's name.
    name: String,
    /// What the scenario asks.
    title: String,
    /// Where it is made.
    #[schema(inline)]
    mode: SimulationMode,
    /// Whether it began as a copy of this mall.
    from_this_mall: bool,
    /// How it is.
    #[schema(inline)]
    status: SimulationStatus,
    /// How much of it is done, 0 to 1.
    progress: f64,
    /// By the wall clock.
    #[schema(inline)]
    started_at: Time,
    /// By the wall clock; null while it runs.
    #[schema(inline)]
    ended_at: Option<Time>,
    /// What everything is drawn from.
    seed: u64,
    /// How often each of its variants is run, where that was asked for.
    replications: Option<u32>,
    /// Values that count in place of the scenario's, by their keys.
    #[schema(value_type = Object)]
    set: BTreeMap<String, Value>,
    /// What was changed while it ran; of more than five hundred changes the newest.
    steered: Vec<SimulationChange>,
    /// What had to hold; empty while it runs.
    thresholds: Vec<SimulationThreshold>,
    /// Shoppers and orders.
    totals: SimulationTotals,
    /// Where a journal in virtual time ended: the same scenario and seed end there again.
    hash: Option<String>,
    /// The answers of an experiment.
    answers: Vec<String>,
    /// What is not to be trusted or not as it has to be, or why it could not be carried out.
    said: Vec<String>,
    /// Whether it has a report.
    has_report: bool,
}

impl From<Record> for Simulation {
    fn from(record: Record) -> Self {
        Self {
            id: record.id,
            name: record.name,
            title: record.title,
            mode: match record.mode {
                Place::Live => SimulationMode::Live,
                Place::Virtual => SimulationMode::Virtual,
            },
            from_this_mall: record.from_this_mall,
            status: match record.status {
                Status::Running => SimulationStatus::Running,
                Status::Settling => SimulationStatus::Settling,
                Status::Passed => SimulationStatus::Passed,
                Status::Failed => SimulationStatus::Failed,
                Status::Stopped => SimulationStatus::Stopped,
                Status::Error => SimulationStatus::Error,
            },
            progress: record.progress,
            started_at: Time(record.started_at),
            ended_at: record.ended_at.map(|at| Time(at.0)),
            seed: record.seed,
            replications: record.replications,
            set: record.set.iter().filter_map(|set| given(set)).collect(),
            steered: record.steered.into_iter().map(SimulationChange::from).collect(),
            thresholds: record.thresholds.into_iter().map(SimulationThreshold::from).collect(),
            totals: record.totals.into(),
            hash: record.hash,
            answers: record.answers,
            said: record.said,
            has_report: record.ended_at.is_some() && record.reported,
        }
    }
}
