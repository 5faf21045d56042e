//! The search for defects: many seeds, each a mall in virtual time with faults.

use anyhow::Result;
use clap::Args;

/// What to search for defects with.
#[derive(Debug, Args)]
pub struct SearchSettings {
    /// Search for defects: run so many seeds, each a mall in virtual time with shoppers and faults of its own.
    #[arg(long, value_name = "N")]
    pub seeds: Option<u64>,
    /// The first of the seeds.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub first_seed: u64,
}

/// Searches, if that was asked for; answers the exit code.
///
/// # Errors
/// Wrong usage, or nothing could be run.
pub fn run(_settings: &SearchSettings) -> Result<Option<u8>> {
    Ok(None)
}
