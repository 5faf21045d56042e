//! What is to hold: a metric, a comparison, a limit. Read here; whether it holds is said by whoever measured.

use super::spelling::nearest;
use crate::domain::order::Reason;
use crate::domain::time::duration;
use std::fmt;
use std::time::Duration;

/// All that is to hold.
#[derive(Clone, Debug, Default)]
pub struct Thresholds(pub Vec<Threshold>);

/// Something that is to hold.
#[derive(Clone, Debug)]
pub struct Threshold {
    /// As it is written.
    pub expression: String,
    /// Of what part of the run, as it is written.
    pub part: String,
    /// Of what part of the run.
    pub when: When,
    /// What is measured.
    pub metric: Metric,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what: a number, a share, or milliseconds.
    pub limit: f64,
    /// For how long it has to be so (`abort` alone).
    pub lasting: Option<Duration>,
}

/// Of what part of a run something is to hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// Of all of it.
    Always,
    /// Of what is measured: without the warm-up.
    Measured,
    /// From a time to another, from the first arrival.
    Between(Duration, Duration),
    /// Of the phase of that place in the list.
    Phase(usize),
    /// It ends the run when it is so.
    Abort,
}

impl When {
    /// Reads it, where these phases are known.
    ///
    /// # Errors
    /// What would be right.
    pub fn read(text: &str, phases: &[&str]) -> Result<Self, String> {
        match text {
            "always" => return Ok(Self::Always),
            "measured" => return Ok(Self::Measured),
            "abort" => return Ok(Self::Abort),
            _ => {}
        }
        if let Some(phase) = phases.iter().position(|phase| *phase == text) {
            return Ok(Self::Phase(phase));
        }
        if let Some((from, until)) = text.split_once("..") {
            let (from, until) = (duration(from.trim())?, duration(until.trim())?);
            return if from < until {
                Ok(Self::Between(from, until))
            } else {
                Err(format!("`{text}` ends before it begins"))
            };
        }
        let known: Vec<&str> = ["always", "measured", "abort"].into_iter().chain(phases.iter().copied()).collect();
        let meant = nearest(text, &known).map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
        Err(format!("`{text}` is no part of a run{meant} (always, measured, abort, the name of a phase, or 40m..45m)"))
    }
}

/// What can be measured of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Of what.
    pub of: Measured,
    /// What of it.
    pub aspect: Aspect,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// A name of the table below.
    Named(&'static str),
    /// Orders that were rejected for a reason.
    RejectedFor(Reason),
}

/// What of a measured thing is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// How many, or how much.
    Count,
    /// The share of what it is counted among.
    Share,
    /// A quantile, in hundred-thousandths; `p99` is 99 000.
    Quantile(u32),
    /// The most.
    Max,
    /// The mean.
    Mean,
}

/// What every metric is: numbers that have quantiles, shares of something, or plain sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Timed,
    Gauge,
    Shared,
    Counted,
}

/// Every metric of a run, and which of them a run in virtual time cannot have.
const METRICS: &[(&str, Kind, bool)] = &[
    ("offered", Kind::Counted, true),
    ("started", Kind::Counted, true),
    ("dropped", Kind::Shared, true),
    ("errors", Kind::Shared, true),
    ("request", Kind::Timed, false),
    ("submit", Kind::Timed, false),
    ("service", Kind::Timed, false),
    ("checkout", Kind::Timed, false),
    ("pay", Kind::Timed, false),
    ("settle", Kind::Timed, true),
    ("lateness", Kind::Timed, true),
    ("commit_to_event", Kind::Timed, false),
    ("in_flight", Kind::Gauge, true),
    ("pending", Kind::Gauge, true),
    ("accepted", Kind::Shared, true),
    ("rejected", Kind::Shared, true),
    ("cancelled", Kind::Shared, true),
    ("expired", Kind::Shared, true),
    ("delivered", Kind::Shared, true),
    ("served", Kind::Shared, true),
    ("lost", Kind::Counted, true),
    ("duplicated", Kind::Counted, true),
    ("violations", Kind::Counted, true),
    ("money.authorized", Kind::Counted, true),
    ("money.captured", Kind::Counted, true),
    ("money.refused_sales", Kind::Counted, true),
    ("stock.left", Kind::Counted, true),
    ("generator.lag", Kind::Timed, false),
];

const ASPECTS: &[(&str, Aspect)] = &[
    ("count", Aspect::Count),
    ("share", Aspect::Share),
    ("p50", Aspect::Quantile(50_000)),
    ("p90", Aspect::Quantile(90_000)),
    ("p95", Aspect::Quantile(95_000)),
    ("p99", Aspect::Quantile(99_000)),
    ("p999", Aspect::Quantile(99_900)),
    ("max", Aspect::Max),
    ("mean", Aspect::Mean),
];

/// What is known only once the books of the mall were read.
const BOOKS: [&str; 4] = ["lost", "duplicated", "violations", "stock.left"];

impl Metric {
    /// Whether a run in virtual time can have it.
    #[must_use]
    pub fn is_virtual(&self) -> bool {
        match self.of {
            Measured::RejectedFor(_) => true,
            Measured::Named(name) => METRICS.iter().any(|(known, _, is_virtual)| *known == name && *is_virtual),
        }
    }

    /// Reads a metric, like `rejected.OUT_OF_STOCK.share` or `lateness.p99`.
    ///
    /// # Errors
    /// What would be right.
    pub fn read(text: &str) -> Result<Self, String> {
        let aspect = text.rsplit_once('.').and_then(|(name, aspect)| {
            let known = ASPECTS.iter().find(|(known, _)| *known == aspect)?;
            Some((name, known.1))
        });
        let (name, aspect) = aspect.unwrap_or((text, Aspect::Count));
        let plain = aspect == Aspect::Count;
        if let Some(reason) = name.strip_prefix("rejected.") {
            let known = Reason::parse(reason).ok_or_else(|| format!("`{reason}` is no reason of a rejection"))?;
            let of = Measured::RejectedFor(known);
            return match aspect {
                Aspect::Count | Aspect::Share => Ok(Self { of, aspect }),
                _ => Err(format!("`{name}` has .count and .share")),
            };
        }
        let known = METRICS.iter().find(|(known, ..)| *known == name);
        let Some((name, kind, _)) = known else {
            let names: Vec<&str> = METRICS.iter().map(|(name, ..)| *name).collect();
            let meant = nearest(name, &names).map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
            return Err(format!("there is no metric `{name}`{meant}"));
        };
        let of = Measured::Named(name);
        let fits = match kind {
            Kind::Counted => plain,
            Kind::Shared => plain || aspect == Aspect::Share,
            Kind::Timed | Kind::Gauge => aspect != Aspect::Share && (!plain || text != *name),
        };
        let has = match kind {
            Kind::Counted => ".count alone",
            Kind::Shared => ".count and .share",
            Kind::Timed | Kind::Gauge => ".count .p50 .p90 .p95 .p99 .p999 .max .mean",
        };
        if fits { Ok(Self { of, aspect }) } else { Err(format!("`{text}`: `{name}` has {has}")) }
    }

    /// Whether its values are times that whoever asks over the network takes of the mall.
    #[must_use]
    pub fn is_client_time(&self) -> bool {
        self.is_time() && !self.is_virtual() && !matches!(self.of, Measured::Named("generator.lag"))
    }

    /// Whether it is what the mall's books say at the end.
    #[must_use]
    pub fn is_of_books(&self) -> bool {
        matches!(self.of, Measured::Named(name) if BOOKS.contains(&name))
    }

    /// Whether its values are times.
    #[must_use]
    pub fn is_time(&self) -> bool {
        let timed = |name| METRICS.iter().any(|(known, kind, _)| *known == name && *kind == Kind::Timed);
        self.aspect != Aspect::Count && matches!(self.of, Measured::Named(name) if timed(name))
    }
}

/// How a value is compared with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `>`
    More,
}

const COMPARISONS: &[(&str, Comparison)] = &[
    ("==", Comparison::Equal),
    ("!=", Comparison::Unequal),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Less),
    (">", Comparison::More),
];

impl Comparison {
    /// Whether a value compares so with a limit.
    #[must_use]
    pub fn holds(self, value: f64, limit: f64) -> bool {
        let is_equal = value.total_cmp(&limit).is_eq();
        match self {
            Self::Equal => is_equal,
            Self::Unequal => !is_equal,
            Self::AtMost => value <= limit,
            Self::AtLeast => value >= limit,
            Self::Less => value < limit,
            Self::More => value > limit,
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.expression)
    }
}

/// Reads a threshold, like `lateness.p99 <= 500ms`, of a part of a run.
///
/// # Errors
/// What would be right.
pub fn read(text: &str, part: &str, when: When) -> Result<Threshold, String> {
    let found = COMPARISONS.iter().find_map(|(sign, comparison)| {
        let (metric, limit) = text.split_once(sign)?;
        Some((metric.trim(), *comparison, limit.trim()))
    });
    let (metric, comparison, limit) =
        found.ok_or_else(|| format!("`{text}` is no threshold: METRIC <= LIMIT, like lateness.p99 <= 500ms"))?;
    let (limit, lasting) = match limit.split_once(" for ") {
        Some((limit, lasting)) if when == When::Abort => (limit.trim(), Some(duration(lasting.trim())?)),
        Some(_) => return Err(format!("`{text}`: only a threshold of `abort` has to last")),
        None => (limit, None),
    };
    let metric = Metric::read(metric)?;
    let limit = if metric.is_time() {
        duration(limit).map(|limit| limit.as_secs_f64() * 1_000.0).map_err(|must| format!("`{limit}`: {must}"))?
    } else {
        limit.parse::<f64>().ok().filter(|limit| limit.is_finite()).ok_or_else(|| format!("`{limit}` is no number"))?
    };
    Ok(Threshold { expression: text.to_owned(), part: part.to_owned(), when, metric, comparison, limit, lasting })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        read(text, "always", When::Always).unwrap_err()
    }

    #[test]
    fn thresholds_are_read_and_wrong_ones_refused() {
        let p999 = read("settle.p999 < 2m", "measured", When::Measured).unwrap();
        assert_eq!((p999.metric.aspect, p999.comparison), (Aspect::Quantile(99_900), Comparison::Less));
        assert!((p999.limit - 120_000.0).abs() < f64::EPSILON);
        let short = read("rejected.OUT_OF_STOCK.share<=0.1", "always", When::Always).unwrap();
        assert_eq!(short.metric.of, Measured::RejectedFor(Reason::OutOfStock));
        assert_eq!(read("stock.left >= 1", "always", When::Always).unwrap().metric.aspect, Aspect::Count);
        assert!(!read("submit.p99 <= 50ms", "always", When::Always).unwrap().metric.is_virtual());
        for (wrong, meant) in [
            ("lost", "METRIC <= LIMIT"),
            ("latness.p99 <= 5ms", "`lateness`"),
            ("lateness <= 5ms", ".p99"),
            ("lost.share == 0", ".count alone"),
            ("lateness.p99 <= 5", "whole number and a unit"),
            ("rejected.OUT.count == 0", "no reason"),
            ("lost == none", "no number"),
            ("lost > 0 for 5s", "abort"),
        ] {
            assert!(said(wrong).contains(meant), "{wrong}: {}", said(wrong));
        }
        assert_eq!(When::read("1m..90s", &[]), Ok(When::Between(Duration::from_mins(1), Duration::from_secs(90))));
        assert_eq!(When::read("climb", &["calm", "climb"]), Ok(When::Phase(1)));
        assert!(When::read("2m..1m", &[]).is_err());
    }
}
