//! What Plaza says about itself: Prometheus metrics.

use crate::domain::order::OrderStatus;
use hdrhistogram::Histogram as Lateness;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Bucket bounds in seconds for lateness and commit times: 1 ms to 16 s, doubling.
const SECONDS: [f64; 15] =
    [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192, 16.384];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    status: StatusLabel,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct StatusLabel(OrderStatus);

impl EncodeLabelValue for StatusLabel {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        EncodeLabelValue::encode(&self.0.as_str(), encoder)
    }
}

/// A fate that an answer met, as a participant's personality has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FateMet {
    /// It was a refusal.
    Refused,
    /// It was lost once.
    Lost,
    /// It came twice.
    Repeated,
}

impl EncodeLabelValue for FateMet {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        let word = match self {
            Self::Refused => "refused",
            Self::Lost => "lost",
            Self::Repeated => "repeated",
        };
        EncodeLabelValue::encode(&word, encoder)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FateLabel {
    fate: FateMet,
}

/// How late verdicts were, milliseconds, rounded up by less than 1 %.
#[derive(Clone, Copy, Debug, Default)]
pub struct LatenessSummary {
    /// Half of all verdicts were not later.
    pub p50_ms: f64,
    /// 99 of 100 verdicts were not later.
    pub p99_ms: f64,
    /// No verdict was later.
    pub max_ms: f64,
}

/// Every metric of the process.
pub struct Metrics {
    registry: Registry,
    orders: Family<OutcomeLabel, Counter>,
    settle_lateness: Histogram,
    /// The same once more, microseconds: it can answer quantiles, for `/status`.
    lateness: Mutex<Lateness<u64>>,
    commit_size: Histogram,
    commit_seconds: Histogram,
    commit_us: AtomicU64,
    events: Counter,
    refusals: Counter,
    appends_refused: Counter,
    promises_broken: Counter,
    fates: Family<FateLabel, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("plaza");
        let orders = Family::<OutcomeLabel, Counter>::default();
        for status in OrderStatus::ALL {
            // Every series is there from the start: a rate over one that appears later misses its first orders.
            drop(orders.get_or_create(&OutcomeLabel { status: StatusLabel(*status) }));
        }
        registry.register("orders", "Orders that reached a status since the start", orders.clone());
        let settle_lateness = Histogram::new(SECONDS);
        registry.register(
            "settle_lateness_seconds",
            "From the time a verdict was due to its commit",
            settle_lateness.clone(),
        );
        let lateness = Lateness::<u64>::new(2).expect("a histogram tells one to five digits apart");
        let commit_size = Histogram::new([1.0, 4.0, 16.0, 64.0, 128.0, 256.0, 512.0]);
        registry.register("commit_batch_appends", "Appends in one group commit", commit_size.clone());
        let commit_seconds = Histogram::new(SECONDS);
        registry.register("commit_seconds", "Time to write and sync one group commit", commit_seconds.clone());
        let events = Counter::default();
        registry.register("events", "Events committed since the start", events.clone());
        let refusals = Counter::default();
        registry.register("refusals", "Requests answered 503 because the mall was busy", refusals.clone());
        let appends_refused = Counter::default();
        registry.register(
            "appends_refused",
            "Appends a database constraint refused; each threw an actor's memory away",
            appends_refused.clone(),
        );
        let promises_broken = Counter::default();
        registry.register(
            "promises_broken",
            "Times a store or the bank was to hand over what it does not have; plaza verify says which",
            promises_broken.clone(),
        );
        let fates = Family::<FateLabel, Counter>::default();
        for fate in [FateMet::Refused, FateMet::Lost, FateMet::Repeated] {
            drop(fates.get_or_create(&FateLabel { fate }));
        }
        registry.register(
            "fates",
            "Answers of stores and the bank that were refusals, were lost once, or came twice, as a personality has it",
            fates.clone(),
        );
        Self {
            registry,
            orders,
            settle_lateness,
            lateness: Mutex::new(lateness),
            commit_size,
            commit_seconds,
            commit_us: AtomicU64::new(0),
            events,
            refusals,
            appends_refused,
            promises_broken,
            fates,
        }
    }
}

impl Metrics {
    /// Counts an order that reached `status`.
    pub fn order_became(&self, status: OrderStatus) {
        self.orders.get_or_create(&OutcomeLabel { status: StatusLabel(status) }).inc();
    }

    /// Counts a fate that an answer met.
    pub fn fate(&self, fate: FateMet) {
        self.fates.get_or_create(&FateLabel { fate }).inc();
    }

    /// Notes that a verdict was committed `micros` microseconds after it was due.
    pub fn settle_lateness(&self, micros: u64) {
        self.settle_lateness.observe(seconds(micros));
        // It grows to hold whatever a clock can show.
        let _ = self.lateness.lock().unwrap_or_else(PoisonError::into_inner).record(micros);
    }

    /// How late verdicts were since the start.
    #[must_use]
    pub fn lateness(&self) -> LatenessSummary {
        let lateness = self.lateness.lock().unwrap_or_else(PoisonError::into_inner);
        let millis = |micros: u64| seconds(micros) * 1_000.0;
        LatenessSummary {
            p50_ms: millis(lateness.value_at_quantile(0.50)),
            p99_ms: millis(lateness.value_at_quantile(0.99)),
            max_ms: millis(lateness.max()),
        }
    }

    /// Notes one group commit of `appends` appends and `events` events that took `micros` microseconds.
    pub fn committed(&self, appends: usize, events: u64, micros: u64) {
        #[expect(clippy::cast_precision_loss, reason = "a group has at most 512 appends")]
        self.commit_size.observe(appends as f64);
        self.commit_seconds.observe(seconds(micros));
        // Of the last few that had something to sync, the newest counting most.
        if events > 0 {
            let before = self.commit_us.load(Ordering::Relaxed);
            self.commit_us.store((3 * before + micros) / 4, Ordering::Relaxed);
        }
        self.events.inc_by(events);
    }

    /// How long a commit takes at the moment.
    #[must_use]
    pub fn commit_time(&self) -> Duration {
        Duration::from_micros(self.commit_us.load(Ordering::Relaxed))
    }

    /// Counts what a participant was to hand over and does not have.
    pub fn promise_broken(&self) {
        self.promises_broken.inc();
    }

    /// Counts an append that a constraint refused.
    pub fn append_refused(&self) {
        self.appends_refused.inc();
    }

    /// Counts a request refused because the mall was busy.
    pub fn refused(&self) {
        self.refusals.inc();
    }

    /// The metrics in the Prometheus (OpenMetrics) text format, preceded by `gauges` of the moment; those named
    /// `…_total` are counters.
    ///
    /// # Errors
    /// Never in practice: writing to a string does not fail.
    pub fn encode(&self, gauges: &[(&str, &str, f64)]) -> Result<String, fmt::Error> {
        use std::fmt::Write;
        let mut text = String::new();
        for (name, help, value) in gauges {
            let (family, kind) = name.strip_suffix("_total").map_or((*name, "gauge"), |family| (family, "counter"));
            writeln!(text, "# HELP plaza_{family} {help}.\n# TYPE plaza_{family} {kind}\nplaza_{name} {value}")?;
        }
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// The same metrics in the older text format (Prometheus 0.0.4): a counter's family is named as its samples are, and
/// there are neither units nor an end.
#[must_use]
pub fn classic(open_metrics: &str) -> String {
    let counters: BTreeSet<&str> =
        open_metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter")).collect();
    let mut text = String::with_capacity(open_metrics.len());
    for line in open_metrics.lines().filter(|line| *line != "# EOF" && !line.starts_with("# UNIT ")) {
        let (words, family) = match line.strip_prefix("# HELP ").or_else(|| line.strip_prefix("# TYPE ")) {
            Some(rest) => (&line[..7], rest.split(' ').next().unwrap_or_default()),
            None => ("", ""),
        };
        let rest = &line[words.len() + family.len()..];
        let total = if counters.contains(family) { "_total" } else { "" };
        text.extend([words, family, total, rest, "\n"]);
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of a process's life fit into 2^53")]
fn seconds(micros: u64) -> f64 {
    micros as f64 / 1_000_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_lateness_are_close_upper_bounds() {
        let metrics = Metrics::default();
        let LatenessSummary { p50_ms, p99_ms, max_ms } = metrics.lateness();
        assert!([p50_ms, p99_ms, max_ms].iter().all(|none| *none == 0.0), "{p50_ms} {p99_ms} {max_ms}");
        for millis in 1..=1_000 {
            metrics.settle_lateness(millis * 1_000);
        }
        // Up again after a week.
        metrics.settle_lateness(604_800_000_000);
        let LatenessSummary { p50_ms, p99_ms, max_ms } = metrics.lateness();
        for (told, exact) in [(p50_ms, 501.0), (p99_ms, 991.0), (max_ms, 604_800_000.0)] {
            assert!(exact <= told && told < exact * 1.01, "{told} for {exact}");
        }
    }

    #[test]
    fn a_commit_of_nothing_tells_nothing_of_the_disk() {
        let metrics = Metrics::default();
        for _ in 0..50 {
            metrics.committed(100, 400, 300_000);
            metrics.committed(1, 0, 50);
        }
        assert!(metrics.commit_time() > Duration::from_millis(290), "{:?}", metrics.commit_time());
    }
}
