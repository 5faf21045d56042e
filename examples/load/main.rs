//! The load generator of `scripts/bench.sh`: a process of its own that drives a running mall over REST.
//!
//! `throughput` submits orders over kept-alive connections, each sending its next request when the last is answered,
//! and counts complete orders (submitted to accepted) by the server's own metrics. `shoppers` makes whole shopping trips
//! of six requests, which is what the knee of `plaza simulate stress` is held against. `pending` submits a number of
//! orders that stay pending and measures the server's memory. `fill` takes orders all the way to delivered, to grow a
//! journal. `recovery` starts a server on such a journal and measures until it is ready and has caught up. `echo`
//! measures what HTTP alone allows on this machine, against `echo-server`.
//!
//! Every run prints a table for people on standard error and one line of JSON on standard output.

mod client;
mod drive;
mod echo;
mod mall;
mod metrics;
mod recovery;
mod trips;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use client::Target;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Drives a running mall and measures it.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    mode: Mode,
}

#[derive(Subcommand)]
enum Mode {
    /// Submit orders for a time; measure submit latency and complete orders a second.
    Throughput {
        #[command(flatten)]
        load: Load,
        /// How long to submit.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Process id of the server, to measure its processor time.
        #[arg(long)]
        pid: Option<u32>,
        /// Send every order under its own Idempotency-Key.
        #[arg(long)]
        keys: bool,
    },
    /// Whole shopping trips for a time, as `plaza simulate` makes them: register, authorize, a basket, a line, checkout, pay.
    /// What is waited for the verdict is not in how long its answers take.
    Shoppers {
        #[command(flatten)]
        load: Load,
        /// How long.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Process id of the server, to measure its processor time.
        #[arg(long)]
        pid: Option<u32>,
    },
    /// Submit orders that stay pending; measure memory of the server. Its delays must be long.
    Pending {
        #[command(flatten)]
        load: Load,
        /// How many.
        #[arg(long, default_value_t = 100_000)]
        orders: u64,
        /// Process id of the server.
        #[arg(long)]
        pid: u32,
    },
    /// Take orders to delivered until the server has committed so many events since its start.
    Fill {
        #[command(flatten)]
        load: Load,
        /// How many events.
        #[arg(long, default_value_t = 700_000)]
        events: u64,
    },
    /// Start a server, leave orders that fall due while it is dead, kill it, start it again and measure.
    Recovery(recovery::Settings),
    /// Drive an echo server: the ceiling of HTTP and JSON.
    Echo {
        #[command(flatten)]
        load: Load,
        /// How long.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// Serve `POST /echo`.
    EchoServer {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
    },
}

/// How to drive a server.
#[derive(Args, Clone)]
pub struct Load {
    /// Where the server is.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub addr: SocketAddr,
    /// Connections; each has one request on its way.
    #[arg(long, default_value_t = 128)]
    pub connections: usize,
    /// Stores to open.
    #[arg(long, default_value_t = 8)]
    pub stores: usize,
    /// Customers to register, each with one authorization.
    #[arg(long, default_value_t = 64)]
    pub customers: usize,
    /// Confirmation delay of the stores, milliseconds.
    #[arg(long, default_value_t = 0)]
    pub delay_ms: u64,
    /// How long shoppers think before each step but the first of a trip, milliseconds.
    #[arg(long, default_value_t = 0)]
    pub think_ms: u64,
    /// Secret of the administrator, if the mall has one.
    #[arg(long, default_value = "")]
    pub admin_token: String,
}

impl Load {
    fn target(&self) -> Target {
        Target { addr: self.addr, admin_token: self.admin_token.clone() }
    }
}

fn main() -> Result<()> {
    let mode = match Cli::parse().mode {
        Mode::EchoServer { listen } => return echo::serve(listen),
        Mode::Recovery(settings) => return block_on(recovery::run(&settings)),
        mode => mode,
    };
    block_on(async {
        match mode {
            Mode::Throughput { load, seconds, pid, keys } => drive::throughput(&load, seconds, pid, keys).await,
            Mode::Shoppers { load, seconds, pid } => trips::drive(&load, seconds, pid).await,
            Mode::Pending { load, orders, pid } => drive::pending(&load, orders, pid).await,
            Mode::Fill { load, events } => drive::fill(&load, events).await,
            Mode::Echo { load, seconds } => drive::echo(&load, seconds).await,
            Mode::EchoServer { .. } | Mode::Recovery(_) => Ok(()),
        }
    })
}

/// One thread: the server under test has the other core.
fn block_on(run: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, run)
}

/// Where `path` is, made absolute; for child processes.
///
/// # Errors
/// There is no current directory.
pub fn absolute(path: &std::path::Path) -> Result<PathBuf> {
    Ok(std::path::absolute(path)?)
}
