//! Measures the relay to JetStream beside what the broker allows: one run, one table.
//!
//! For `sync_interval: always` and for the server's default: atomic batches of 500 published by a bare loop, a backlog
//! drained by the real relay from a real SQLite journal, and the time from a commit to a consumer under a steady load.
//! Starts its own nats-server, on a free port and with a store in `--dir`.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod journal;
mod server;

use anyhow::{Context, Result, ensure};
use async_nats::jetstream::consumer::pull::OrderedConfig;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, stream};
use clap::Parser;
use futures_util::StreamExt;
use hdrhistogram::Histogram;
use journal::Mall;
use plaza::bus::broker::address::Address;
use plaza::bus::broker::jetstream::{BrokerOptions, JetStream};
use plaza::bus::relay::Relay;
use plaza::ports::bus_health::BusMonitor;
use plaza::ports::stop::Stop;
use plaza::system::SystemEntropy;
use server::Server;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Measures the relay beside the bare broker.
#[derive(Parser)]
struct Settings {
    /// Events that wait when the relay starts.
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Batches of 500 the bare loop publishes.
    #[arg(long, default_value_t = 200)]
    batches: u64,
    /// Events a second while the time to a consumer is measured.
    #[arg(long, default_value_t = 1_000)]
    rate: u64,
    /// How long it is measured, seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// The server's program, 2.12 or newer.
    #[arg(long, env = "PLAZA_TEST_NATS_SERVER", default_value = "nats-server")]
    nats_server: PathBuf,
    /// Where journal and store are made.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
}

/// What one broker did.
struct Row {
    sync: &'static str,
    bare_per_s: f64,
    drained_per_s: f64,
    latency_us: Histogram<u64>,
}

fn main() -> Result<()> {
    let settings = Settings::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let rows = runtime.block_on(async {
        let dir = tempfile::tempdir_in(&settings.dir)?;
        eprintln!("writing {} events", settings.events);
        let mut mall = Mall::open(dir.path())?;
        mall.fill(settings.events).await?;
        let always = measure(&settings, &mut mall, "always").await?;
        let default = measure(&settings, &mut mall, "2m (default)").await?;
        anyhow::Ok([always, default])
    })?;
    eprintln!(
        "\n{:>14} {:>16} {:>16} {:>9} {:>9} {:>9}",
        "sync_interval", "bare msg/s", "drained ev/s", "p50 ms", "p99 ms", "max ms"
    );
    for row in &rows {
        let ms = |quantile: f64| row.latency_us.value_at_quantile(quantile) as f64 / 1_000.0;
        let (p50, p99, max) = (ms(0.5), ms(0.99), ms(1.0));
        eprintln!(
            "{:>14} {:>16.0} {:>16.0} {p50:>9.1} {p99:>9.1} {max:>9.1}",
            row.sync, row.bare_per_s, row.drained_per_s
        );
        println!(
            "{}",
            serde_json::json!({
                "mode": "relay", "sync_interval": row.sync, "events": settings.events, "rate": settings.rate,
                "bare_msg_per_s": row.bare_per_s, "drained_events_per_s": row.drained_per_s,
                "commit_to_consumer_ms": {"p50": p50, "p99": p99, "max": max}
            })
        );
    }
    Ok(())
}

async fn measure(settings: &Settings, mall: &mut Mall, sync: &'static str) -> Result<Row> {
    let server = Server::start(&settings.nats_server, &settings.dir, sync == "always")?;
    eprintln!("sync_interval {sync}: bare batches");
    let bare_per_s = bare(&server.url, settings.batches, mall.sample()).await?;
    eprintln!("sync_interval {sync}: the backlog");
    let options = BrokerOptions { address: Address::parse(&server.url)?, replicas: 1, sync_always: false };
    let broker = JetStream::connect(options, Arc::new(SystemEntropy)).await?;
    let health = broker.health().clone();
    let stop = Stop::default();
    let (head, started) = (mall.head(), Instant::now());
    let relay = tokio::spawn(Relay::new(broker, mall.reads(), mall.log_id()).run(Some(mall.live()), stop.clone()));
    while health.health().relayed_position < Some(head) {
        ensure!(started.elapsed() < Duration::from_mins(10), "not drained: {:?}", health.health());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let drained_per_s = head as f64 / started.elapsed().as_secs_f64();
    eprintln!("sync_interval {sync}: from commit to consumer");
    let latency_us = latency(settings, &server.url, mall).await?;
    stop.stop();
    relay.await?;
    Ok(Row { sync, bare_per_s, drained_per_s, latency_us })
}

/// Atomic batches of 500 without any header of ours, each awaited: messages a second.
async fn bare(url: &str, batches: u64, payload: &str) -> Result<f64> {
    let client = async_nats::connect(url).await?;
    let context = jetstream::new(client.clone());
    let config = stream::Config {
        name: "BARE".to_owned(),
        subjects: vec!["bare.>".to_owned()],
        allow_atomic_publish: true,
        ..stream::Config::default()
    };
    context.create_stream(config).await?;
    let started = Instant::now();
    for batch in 0..batches {
        for number in 1..=500_u64 {
            let mut headers = async_nats::HeaderMap::new();
            headers.insert("Nats-Batch-Id", format!("b{batch}"));
            headers.insert("Nats-Batch-Sequence", number.to_string());
            if number < 500 {
                client.publish_with_headers("bare.message", headers, payload.to_owned().into()).await?;
            } else {
                headers.insert("Nats-Batch-Commit", "1");
                let message = PublishMessage::build().headers(headers).payload(payload.to_owned().into());
                context.send_publish("bare.message", message).await?.await?;
            }
        }
    }
    let per_s = (batches * 500) as f64 / started.elapsed().as_secs_f64();
    context.delete_stream("BARE").await?;
    Ok(per_s)
}

/// Appends of five events at a steady rate; the time from each commit to the consumer of its last event.
async fn latency(settings: &Settings, url: &str, mall: &mut Mall) -> Result<Histogram<u64>> {
    let context = jetstream::new(async_nats::connect(url).await?);
    let stream = context.get_stream("PLAZA_EVENTS").await?;
    let from = OrderedConfig {
        deliver_policy: jetstream::consumer::DeliverPolicy::ByStartSequence { start_sequence: mall.head() + 1 },
        ..OrderedConfig::default()
    };
    let mut messages = stream.create_consumer(from).await?.messages().await?;
    let (appends, first) = (settings.rate * settings.seconds / 5, mall.head());
    let (committed, mut commits) = tokio::sync::mpsc::unbounded_channel();
    let consumer = tokio::spawn(async move {
        let mut arrived = Vec::new();
        while arrived.len() < usize::try_from(appends * 5)? {
            let message = tokio::time::timeout(Duration::from_secs(30), messages.next()).await;
            message.context("a message did not arrive")?.context("the consumer ended")??;
            arrived.push(Instant::now());
        }
        anyhow::Ok(arrived)
    });
    let mut ticks = tokio::time::interval(Duration::from_secs(1) * 5 / u32::try_from(settings.rate)?);
    for _ in 0..appends {
        ticks.tick().await;
        let (commit, committed) = (mall.append(5), committed.clone());
        tokio::spawn(async move {
            if let Ok(Ok(())) = commit.await {
                // When the run has failed, the receiver may be gone.
                let _ = committed.send(Instant::now());
            }
        });
    }
    drop(committed);
    let arrived = consumer.await??;
    let mut latency = Histogram::new(3)?;
    let mut last = first;
    while let Some(at) = commits.recv().await {
        last += 5;
        let seen = arrived[usize::try_from(last - first - 1)?];
        latency.record(u64::try_from(seen.saturating_duration_since(at).as_micros())?.max(1))?;
    }
    Ok(latency)
}
