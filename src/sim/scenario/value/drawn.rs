//! Values that are drawn: spans of time, numbers of things, gaps between arrivals.

use super::plain::{Number, SIGMA_MAX, Share, Span, positive, whole};
use super::short::{Short, short};
use crate::sim::chance::Chance;
use crate::sim::sample::arrivals;
use crate::sim::sample::numbers::{Weights, exponential, geometric, lognormal, negative_binomial, poisson, unit};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

short! { Time Count Process }

/// The highest coefficient of variation of gaps.
const CV_MAX: f64 = 100.0;

/// A span of time that is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Time {
    /// Always the same.
    Fixed(Span),
    /// All between the two are as likely.
    Uniform(Span, Span),
    /// Most are short; the mean.
    Exponential(Span),
    /// Half are shorter than the median; and how wide it is.
    Lognormal(Span, Width),
}

/// How wide a log-normal is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    /// The deviation of the logarithm.
    Sigma(f64),
    /// One in a hundred is longer.
    P99(Span),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum FullTime {
    Uniform(FullUniform),
    Exponential { mean: Span },
    Lognormal(FullLognormal),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUniform {
    min: Span,
    max: Span,
}

#[derive(Deserialize)]
#[serde(try_from = "RawUniform")]
pub(super) struct FullUniform(Span, Span);

impl TryFrom<RawUniform> for FullUniform {
    type Error = &'static str;

    fn try_from(RawUniform { min, max }: RawUniform) -> Result<Self, &'static str> {
        if min <= max { Ok(Self(min, max)) } else { Err("min must not be more than max") }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLognormal {
    median: Span,
    sigma: Option<Number>,
    p99: Option<Span>,
}

#[derive(Deserialize)]
#[serde(try_from = "RawLognormal")]
pub(super) struct FullLognormal(Span, Width);

impl TryFrom<RawLognormal> for FullLognormal {
    type Error = &'static str;

    fn try_from(RawLognormal { median, sigma, p99 }: RawLognormal) -> Result<Self, &'static str> {
        match (sigma, p99) {
            (Some(Number(sigma)), None) if sigma <= SIGMA_MAX => Ok(Self(median, Width::Sigma(sigma))),
            (Some(_), None) => Err("sigma must be 0 to 4"),
            (None, Some(p99)) if p99 >= median && median > Span::default() => Ok(Self(median, Width::P99(p99))),
            (None, Some(_)) => Err("p99 must not be less than the median, which must be more than 0"),
            _ => Err("lognormal needs a median and either sigma or p99"),
        }
    }
}

impl From<FullTime> for Time {
    fn from(full: FullTime) -> Self {
        match full {
            FullTime::Uniform(FullUniform(min, max)) => Self::Uniform(min, max),
            FullTime::Exponential { mean } => Self::Exponential(mean),
            FullTime::Lognormal(FullLognormal(median, width)) => Self::Lognormal(median, width),
        }
    }
}

impl Short for Time {
    type Full = FullTime;
    const MUST: &'static str = "a span of time like \"8s\", or a distribution like { lognormal = { median = \"8s\", \
                                sigma = 0.9 } }, { exponential = { mean = \"8s\" } } or { uniform = { min = \"1s\", max = \
                                \"9s\" } }";

    fn text(text: &str) -> Result<Self, String> {
        Span::text(text).map(Self::Fixed)
    }
}

/// How many standard deviations the 99th percentile of the normal distribution is from its middle.
const P99: f64 = 2.326_347_874_040_841;

impl Time {
    /// The longest of the spans that describe it.
    #[must_use]
    pub fn longest_said(&self) -> Span {
        match self {
            Self::Fixed(span) | Self::Uniform(_, span) | Self::Exponential(span) => *span,
            Self::Lognormal(median, Width::Sigma(_)) => *median,
            Self::Lognormal(_, Width::P99(p99)) => *p99,
        }
    }

    /// A span, milliseconds; at most a day.
    pub fn draw_ms(&self, chance: &mut Chance) -> u64 {
        let seconds = match self {
            Self::Fixed(span) => return span.ms(),
            Self::Uniform(min, max) => min.seconds() + unit(chance) * (max.seconds() - min.seconds()),
            Self::Exponential(mean) => exponential(chance, mean.seconds()),
            Self::Lognormal(median, Width::Sigma(sigma)) => lognormal(chance, median.seconds(), *sigma),
            Self::Lognormal(median, Width::P99(p99)) => {
                lognormal(chance, median.seconds(), libm::log(p99.seconds() / median.seconds()) / P99)
            }
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a day")]
        let ms = (seconds * 1_000.0).clamp(0.0, 86_400_000.0).round() as u64;
        ms
    }
}

/// A number of things that is drawn.
#[derive(Clone, Debug)]
pub enum Count {
    /// Always the same.
    Fixed(u64),
    /// Negative binomial: k and mean.
    NegativeBinomial(f64, f64),
    /// Geometric, by its mean.
    Geometric(f64),
    /// Poisson, by its mean.
    Poisson(f64),
    /// The shares of the numbers from the first on.
    Shares(Weights),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum FullCount {
    NegativeBinomial {
        #[serde(deserialize_with = "positive")]
        k: f64,
        #[serde(deserialize_with = "positive")]
        mean: f64,
    },
    Geometric {
        mean: Number,
    },
    Poisson(Number),
    Shares(Shares),
}

#[derive(Deserialize)]
#[serde(try_from = "Vec<Share>")]
pub(super) struct Shares(Weights);

impl TryFrom<Vec<Share>> for Shares {
    type Error = &'static str;

    fn try_from(shares: Vec<Share>) -> Result<Self, &'static str> {
        let sum: f64 = shares.iter().map(|share| share.0).sum();
        // What people write has few digits; more than a rounding is a mistake.
        if (sum - 1.0).abs() > 0.005 {
            return Err("shares must add up to 1");
        }
        Ok(Self(Weights::of(shares.into_iter().map(|share| share.0))))
    }
}

impl From<FullCount> for Count {
    fn from(full: FullCount) -> Self {
        match full {
            FullCount::NegativeBinomial { k, mean } => Self::NegativeBinomial(k, mean),
            FullCount::Geometric { mean: Number(mean) } => Self::Geometric(mean),
            FullCount::Poisson(Number(mean)) => Self::Poisson(mean),
            FullCount::Shares(Shares(weights)) => Self::Shares(weights),
        }
    }
}

impl Short for Count {
    type Full = FullCount;
    const MUST: &'static str = "a whole number, or a distribution like { negative_binomial = { k = 0.5, mean = 8.0 } }, \
                                { geometric = { mean = 2.0 } }, { poisson = 2.0 } or { shares = [0.8, 0.2] }";

    fn number(number: f64) -> Result<Self, String> {
        whole(number).map(Self::Fixed).ok_or_else(|| format!("`{number}` is not {}", Self::MUST))
    }
}

impl Count {
    /// The largest it can be, where that is said.
    #[must_use]
    pub fn most(&self) -> Option<u64> {
        match self {
            Self::Fixed(count) => Some(*count),
            Self::Shares(weights) => Some(weights.len() as u64),
            Self::NegativeBinomial(..) | Self::Geometric(_) | Self::Poisson(_) => None,
        }
    }

    /// A number; the first of shares is 1.
    pub fn draw(&self, chance: &mut Chance) -> u64 {
        match self {
            Self::Fixed(count) => *count,
            Self::NegativeBinomial(k, mean) => negative_binomial(chance, *k, *mean),
            Self::Geometric(mean) => geometric(chance, *mean),
            Self::Poisson(mean) => poisson(chance, *mean),
            Self::Shares(weights) => weights.draw(chance) as u64 + 1,
        }
    }
}

/// How arrivals scatter around their rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Process(pub arrivals::Process);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum FullProcess {
    Gamma {
        #[serde(deserialize_with = "bursts")]
        cv: f64,
    },
}

/// More than the highest is one burst and then nothing, for as long as anybody waits.
fn bursts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let cv = positive(deserializer)?;
    if cv <= CV_MAX { Ok(cv) } else { Err(D::Error::custom("cv must be more than 0 and at most 100")) }
}

impl From<FullProcess> for Process {
    fn from(FullProcess::Gamma { cv }: FullProcess) -> Self {
        Self(arrivals::Process::Gamma(cv))
    }
}

impl Short for Process {
    type Full = FullProcess;
    const MUST: &'static str = "\"poisson\", \"constant\" or { gamma = { cv = 2.0 } }";

    fn text(text: &str) -> Result<Self, String> {
        match text {
            "poisson" => Ok(Self(arrivals::Process::Poisson)),
            "constant" => Ok(Self(arrivals::Process::Constant)),
            _ => Err(format!("`{text}` is not {}", Self::MUST)),
        }
    }
}
