//! The command line. Every setting is a flag and an environment variable.

use super::access::TokenSettings;
use super::settings::ServeSettings;
use super::simulate::SimulateSettings;
use super::storage::{ExportSettings, ImportSettings, VerifySettings};
use clap::{Parser, Subcommand};

/// An event-driven e-commerce mall in one process.
///
/// `plaza` alone is `plaza serve`: it starts a mall on <http://127.0.0.1:8080> and keeps it in ./plaza-data.
/// Durations are written 300ms, 5s, 30m or 2h.
#[derive(Debug, Parser)]
#[command(version, about, long_about, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Settings of `plaza serve`, which is what happens without a command.
    #[command(flatten)]
    pub serve: ServeSettings,
}

/// What Plaza can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the mall (the default).
    Serve(Box<ServeSettings>),
    /// Check a journal: positions, hashes, versions, folds and invariants. The mall must not be running.
    Verify(VerifySettings),
    /// Write everything a mall holds as lines of JSON: a backup, or the way to another database. The mall may be
    /// running: the export is one moment of it.
    Export(ExportSettings),
    /// Read an export into an empty database. Positions, hashes and states are those of the exported mall.
    Import(ImportSettings),
    /// Make, list and revoke tokens of administrators and readers. A mall that has one asks everybody who they are.
    Token(TokenSettings),
    /// Ask a mall something: search for defects in virtual time, or run a scenario.
    Simulate(Box<SimulateSettings>),
    /// Print the OpenAPI 3.1 document of the REST interface.
    Openapi,
    /// Print the AsyncAPI 3.0 document of the event stream.
    Asyncapi,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
