//! `plaza simulate`: asks a mall something.

mod chart;
pub mod endless;
mod exit;
mod experiment;
mod guest;
mod live;
mod output;
mod progress;
mod saying;
pub mod scenario;
pub mod search;
pub mod settings;
mod telling;

use anyhow::Result;
use clap::Args;

/// Settings of `plaza simulate`.
#[derive(Debug, Args)]
pub struct SimulateSettings {
    /// What to search for defects with.
    #[command(flatten)]
    pub search: search::SearchSettings,
    /// What scenario to run, and how.
    #[command(flatten)]
    pub scenario: settings::ScenarioSettings,
}

/// Runs what was asked for; answers the exit code.
///
/// # Errors
/// Wrong usage, or nothing could be run.
pub fn run(settings: &SimulateSettings) -> Result<u8> {
    match search::run(&settings.search)? {
        Some(code) => Ok(code),
        None => scenario::run(&settings.scenario, settings.search.jobs()),
    }
}
