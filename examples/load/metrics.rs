//! What the server says of itself (`/metrics`) and what the system says of it (`/proc`).

use crate::client::{Connection, Target};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;

/// The samples of one scrape, by name with labels.
#[derive(Default)]
pub struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    /// Asks for the metrics.
    pub async fn of(conn: &mut Connection, target: &Target) -> Result<Self> {
        let request = target.request("GET", "/metrics", "", "");
        let answer = conn.send(&request).await?;
        ensure!(answer.status == 200, "GET /metrics answered {}", answer.status);
        let text = std::str::from_utf8(answer.body)?;
        let samples = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
        Ok(Self(samples.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect()))
    }

    fn value(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(0.0)
    }

    /// Orders that reached a status since the server's start.
    pub fn orders(&self, status: &str) -> f64 {
        self.value(&format!("plaza_orders_total{{status=\"{status}\"}}"))
    }

    /// Events committed since the server's start.
    pub fn events(&self) -> f64 {
        self.value("plaza_events_total")
    }

    /// The upper bound, in milliseconds, of the bucket with `quantile` of a histogram's observations since `before`.
    pub fn quantile_ms(&self, before: &Self, histogram: &str, quantile: f64) -> f64 {
        let prefix = format!("{histogram}_bucket{{le=\"");
        let bound = |name: &str| name.strip_prefix(&prefix)?.strip_suffix("\"}")?.parse::<f64>().ok();
        let mut buckets: Vec<_> =
            self.0.iter().filter_map(|(name, count)| Some((bound(name)?, count - before.value(name)))).collect();
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total = buckets.last().map_or(0.0, |last| last.1);
        buckets.iter().find(|(_, count)| *count >= total * quantile).map_or(0.0, |(bound, _)| bound * 1_000.0)
    }

    /// The mean of a histogram's new observations since `before`.
    pub fn mean(&self, before: &Self, histogram: &str) -> f64 {
        let of = |part| self.value(&format!("{histogram}_{part}")) - before.value(&format!("{histogram}_{part}"));
        of("sum") / f64::max(of("count"), 1.0)
    }
}

/// Memory of a process, bytes: resident in all, and of that what no file backs.
pub fn resident(pid: u32) -> Result<(u64, u64)> {
    let path = format!("/proc/{pid}/status");
    let status = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let field = |name: &str| {
        let line =
            status.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name} in {path}"))?;
        anyhow::Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1_024)
    };
    Ok((field("VmRSS:")?, field("RssAnon:")?))
}

/// Processor seconds a process has used.
pub fn cpu_seconds(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let stat = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    // Fields 14 and 15 count from the state, which follows the name in parentheses; USER_HZ is 100 on Linux.
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let mut ticks = after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    Ok((ticks.next().unwrap_or(0.0) + ticks.next().unwrap_or(0.0)) / 100.0)
}
