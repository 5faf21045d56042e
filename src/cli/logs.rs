//! How logs are written.

use anyhow::Context;
use clap::{Args, ValueEnum};
use std::io::{IsTerminal, Write};
use tracing_subscriber::EnvFilter;

/// How to write logs.
#[derive(Clone, Debug, Args)]
pub struct LogSettings {
    /// Which logs to write, as a filter: a level, or `target=level` pairs with commas.
    #[arg(long, env = "PLAZA_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,
    /// How to write logs: for people or for machines.
    #[arg(long, env = "PLAZA_LOG_FORMAT", default_value = "text", value_enum)]
    pub log_format: LogFormat,
}

/// A log format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts writing logs to standard error.
///
/// # Errors
/// `PLAZA_LOG` is not a filter.
pub fn write_logs(settings: &LogSettings) -> anyhow::Result<()> {
    let filter =
        EnvFilter::try_new(&settings.log).with_context(|| format!("PLAZA_LOG: {} is not a filter", settings.log))?;
    // It writes a line of its own for every request that is none, as many as there are callers who send nonsense.
    let silent = !settings.log.contains("actix_http");
    let filter = if silent { filter.add_directive("actix_http::h1=off".parse()?) } else { filter };
    // What cannot be written, on a full disk or into a pipe nobody reads, is left out; saying so to the same place would
    // panic.
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).log_internal_errors(false).with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => logs.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => logs.json().init(),
    }
    Ok(())
}

/// Says on standard output that the mall is open. Whoever started it may not listen, or have a full disk: that is no reason
/// to close.
pub fn greet(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
