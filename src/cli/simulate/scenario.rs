//! A scenario: what shoppers do in a mall, and what is to hold.

use anyhow::{Result, bail};
use clap::Args;

/// What scenario to run, and how.
#[derive(Debug, Args)]
pub struct ScenarioSettings {
    /// A shipped scenario by name, or a TOML file.
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<String>,
}

/// Runs a scenario; answers the exit code.
///
/// # Errors
/// Wrong usage, or nothing could be run.
pub fn run(_settings: &ScenarioSettings) -> Result<u8> {
    bail!("no scenario yet")
}
