//! How fast a killed server recovers: until it is ready, and until its overdue confirmations are made.

use crate::client::{Connection, Target};
use crate::drive::report;
use crate::mall::{Stocking, get, stock_up};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// From the submit to the verdict of the orders that are to be overdue: they fall due while the server is dead.
const DUE_MS: u64 = 2_000;

/// What to start and measure.
#[derive(Args)]
pub struct Settings {
    /// The server's binary.
    #[arg(long, default_value = "target/release/plaza")]
    plaza: PathBuf,
    /// The data directory, filled before.
    #[arg(long)]
    data_dir: PathBuf,
    /// Orders that fall due while the server is dead.
    #[arg(long, default_value_t = 1_000)]
    overdue: usize,
    /// How often to kill and start; the slowest counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// A server that ends with this process.
struct Server {
    child: Child,
    target: Target,
    started: Instant,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; there is nobody left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a server and waits until it says where it listens.
    fn start(settings: &Settings) -> Result<Self> {
        let started = Instant::now();
        let mut child = Command::new(crate::absolute(&settings.plaza)?)
            .args(["--listen", "127.0.0.1:0", "--payment-delay", "0ms", "--log", "warn", "--data-dir"])
            .arg(&settings.data_dir)
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", settings.plaza.display()))?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let addr: SocketAddr = loop {
            let Some(line) = lines.next().transpose()? else { bail!("the server ended before it was open") };
            let at = line.split_once("open at http://").and_then(|(_, rest)| rest.split_whitespace().next());
            if let Some(at) = at {
                break at.trim_end_matches('/').parse()?;
            }
        };
        // The pipe must stay open: a server that writes to a closed one would fail.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, target: Target { addr, admin_token: String::new() }, started })
    }

    /// Waits until the server is ready; answers how long that took from its start.
    async fn ready(&self) -> Result<(Connection, Duration)> {
        let request = self.target.request("GET", "/readyz", "", "");
        while self.started.elapsed() < Duration::from_mins(2) {
            if let Ok(mut conn) = Connection::open(self.target.addr).await
                && conn.send(&request).await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok((conn, self.started.elapsed()));
            }
            sleep(Duration::from_millis(2)).await;
        }
        bail!("the server was not ready within 120 s")
    }
}

/// Kills and starts a server on a filled journal, and measures.
pub async fn run(settings: &Settings) -> Result<()> {
    let (mut worst_ready, mut worst_first, mut worst_last) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let mut journal = (0.0, 0.0);
    for round in 1..=settings.rounds {
        let overdue = leave_overdue(settings).await?;
        sleep(Duration::from_millis(DUE_MS + 500)).await;
        let server = Server::start(settings)?;
        let (mut conn, ready) = server.ready().await?;
        let ready_at = Instant::now();
        let mut first = None;
        for order in &overdue {
            while get(&mut conn, &server.target, order).await?["status"] == "pending" {
                ensure!(ready_at.elapsed() < Duration::from_mins(1), "{order} is still pending after 60 s");
                sleep(Duration::from_millis(2)).await;
            }
            first.get_or_insert_with(|| ready_at.elapsed());
        }
        let (first, last) = (first.unwrap_or_default(), ready_at.elapsed());
        let status = get(&mut conn, &server.target, "/api/v1/status").await?;
        let number = |name: &str| status[name].as_f64().unwrap_or(0.0);
        journal = (number("head_position"), number("pending_sagas"));
        eprintln!(
            "  round {round}: ready {ready:.2?} after the start, first overdue order {first:.2?} and last {last:.2?} later"
        );
        worst_ready = worst_ready.max(ready);
        worst_first = worst_first.max(first);
        worst_last = worst_last.max(last);
    }
    report(
        "recovery",
        &[
            ("events", journal.0),
            ("pending_sagas", journal.1),
            ("ready_s", worst_ready.as_secs_f64()),
            ("first_overdue_after_ready_s", worst_first.as_secs_f64()),
            ("all_overdue_after_ready_s", worst_last.as_secs_f64()),
        ],
    );
    Ok(())
}

/// Starts a server, submits orders that fall due soon, and kills it before they do.
async fn leave_overdue(settings: &Settings) -> Result<Vec<String>> {
    let server = Server::start(settings)?;
    let (mut conn, _) = server.ready().await?;
    let stocking = Stocking { stores: 1, products: 1, customers: 1, delay_ms: DUE_MS };
    let bodies = stock_up(&mut conn, &server.target, &stocking).await?;
    let mut orders = Vec::new();
    let started = Instant::now();
    for turn in 0..settings.overdue {
        let request = server.target.request("POST", "/api/v1/orders", "", &bodies[turn % bodies.len()]);
        let answer = conn.send(&request).await?;
        ensure!(answer.status == 201, "the server answered {}", answer.status);
        orders.push(answer.header("location").context("an order without a Location")?.to_owned());
        if started.elapsed() > Duration::from_millis(DUE_MS / 2) {
            break;
        }
    }
    // Dropping the server kills it with SIGKILL.
    Ok(orders)
}
