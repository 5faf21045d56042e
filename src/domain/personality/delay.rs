//! How long an answer takes: distributions, and how a delay is drawn from one.
//!
//! Draws use `+ - * /`, comparisons, square roots, and the logarithm and powers of `libm`, which are the same on every
//! machine; those of the C library differ in the last digit, and one digit changes a journal.

use super::decimal::Decimal;
use super::error::{PersonalityError, wrong};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest delay, one day, milliseconds.
pub const DELAY_MS_MAX: u64 = 86_400_000;
/// The most points a curve may have.
pub const POINTS_MAX: usize = 100;
/// How many standard deviations the 99th percentile of the normal distribution is from its middle.
const P99: f64 = 2.326_347_874_040_841;
/// The widest lognormal; its 99th percentile is about ten thousand times its median.
const SIGMA_MAX: f64 = 4.0;
/// The same of a lognormal that is given by its 99th percentile.
const P99_MEDIANS_MAX: u64 = 10_000;

/// How long a participant takes, milliseconds from the submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delay {
    /// How delays are distributed.
    #[serde(flatten)]
    pub distribution: Distribution,
    /// Shorter ones are this long, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_ms: Option<u64>,
    /// Longer ones are this long, milliseconds; a day when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_ms: Option<u64>,
}

/// How delays are distributed. Bounds are those of [`Delay`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "distribution", rename_all = "snake_case")]
pub enum Distribution {
    /// Always the same.
    Fixed {
        /// Milliseconds.
        ms: u64,
    },
    /// Every delay between the bounds is as likely, both of which are given.
    Uniform,
    /// Most are short.
    Exponential {
        /// Their mean, milliseconds.
        mean_ms: u64,
    },
    /// Half are shorter than the median, and a few much longer.
    Lognormal {
        /// The median, milliseconds.
        median_ms: u64,
        /// How wide it is.
        #[serde(flatten)]
        spread: Spread,
    },
    /// None is shorter than the lower bound, which is given, and very long ones are not rare.
    Pareto {
        /// The smaller, the longer: 1 has no mean.
        alpha: Decimal,
    },
    /// A curve through known quantiles, straight between them: from the lower bound, or 0, to the upper one, or the last
    /// point.
    Quantiles {
        /// Shares, and the milliseconds within which that share of the delays is; both grow.
        points: Vec<(Decimal, u64)>,
    },
}

/// How wide a lognormal distribution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// The standard deviation of the logarithm.
    Sigma(Decimal),
    /// One in a hundred is longer, milliseconds.
    P99Ms(u64),
}

impl Delay {
    pub(super) fn check(&self) -> Result<(), PersonalityError> {
        const MS: &str = "must be 0 to 86400000 milliseconds";
        let in_a_day = |ms: u64| ms <= DELAY_MS_MAX;
        if !in_a_day(self.min_ms.unwrap_or(0)) {
            return Err(wrong("/delay/min_ms", MS));
        }
        if !in_a_day(self.max_ms.unwrap_or(0)) {
            return Err(wrong("/delay/max_ms", MS));
        }
        if self.min_ms.zip(self.max_ms).is_some_and(|(min, max)| min > max) {
            return Err(wrong("/delay/max_ms", "must not be less than min_ms"));
        }
        let within = |ms: u64| self.min_ms.is_none_or(|min| min <= ms) && self.max_ms.is_none_or(|max| ms <= max);
        match &self.distribution {
            Distribution::Fixed { ms } if !in_a_day(*ms) => Err(wrong("/delay/ms", MS)),
            Distribution::Fixed { ms } if !within(*ms) => Err(wrong("/delay/ms", "must be within min_ms and max_ms")),
            Distribution::Uniform if self.min_ms.is_none() => Err(wrong("/delay/min_ms", "is required")),
            Distribution::Uniform if self.max_ms.is_none() => Err(wrong("/delay/max_ms", "is required")),
            Distribution::Exponential { mean_ms } if !in_a_day(*mean_ms) => Err(wrong("/delay/mean_ms", MS)),
            Distribution::Lognormal { median_ms, .. } if *median_ms == 0 || !in_a_day(*median_ms) => {
                Err(wrong("/delay/median_ms", "must be 1 to 86400000 milliseconds"))
            }
            Distribution::Lognormal { spread: Spread::Sigma(sigma), .. } if sigma.number() > SIGMA_MAX => {
                Err(wrong("/delay/sigma", "must be 0 to 4"))
            }
            Distribution::Lognormal { median_ms, spread: Spread::P99Ms(p99) }
                if p99 < median_ms || !in_a_day(*p99) || *p99 > median_ms.saturating_mul(P99_MEDIANS_MAX) =>
            {
                let must = "must not be less than the median, nor more than 10000 times as long, nor more than a day";
                Err(wrong("/delay/p99_ms", must))
            }
            Distribution::Pareto { .. } if self.min_ms.unwrap_or(0) == 0 => {
                Err(wrong("/delay/min_ms", "must be at least 1"))
            }
            Distribution::Pareto { alpha } if alpha.number() < 0.1 || alpha.number() > 100.0 => {
                Err(wrong("/delay/alpha", "must be 0.1 to 100"))
            }
            Distribution::Quantiles { points } => {
                check_points(points)?;
                let outside = points.iter().position(|(_, ms)| !within(*ms));
                outside.map_or(Ok(()), |index| {
                    Err(wrong(format!("/delay/points/{index}/1"), "must be within min_ms and max_ms"))
                })
            }
            Distribution::Fixed { .. }
            | Distribution::Uniform
            | Distribution::Exponential { .. }
            | Distribution::Lognormal { .. }
            | Distribution::Pareto { .. } => Ok(()),
        }
    }

    /// The delay of two numbers drawn evenly between 0 and 1, both exclusive: milliseconds.
    pub(super) fn of(&self, first: f64, second: f64) -> u64 {
        let [min, max] = [self.min_ms.unwrap_or(0), self.max_ms.unwrap_or(DELAY_MS_MAX)].map(millis);
        let drawn = match &self.distribution {
            Distribution::Fixed { ms } => millis(*ms),
            Distribution::Uniform => min + first * (max - min),
            Distribution::Exponential { mean_ms } => -millis(*mean_ms) * libm::log(first),
            Distribution::Lognormal { median_ms, spread } => {
                let sigma = match spread {
                    Spread::Sigma(sigma) => sigma.number(),
                    Spread::P99Ms(p99) => libm::log(millis(*p99) / millis(*median_ms)) / P99,
                };
                // Box and Muller (1958).
                let normal = (-2.0 * libm::log(first)).sqrt() * libm::cos(std::f64::consts::TAU * second);
                millis(*median_ms) * libm::exp(sigma * normal)
            }
            Distribution::Pareto { alpha } => min * libm::pow(first, -1.0 / alpha.number()),
            Distribution::Quantiles { points } => on_curve(points, first, min, self.max_ms.map(millis)),
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between the bounds, at most a day"
        )]
        let whole = drawn.clamp(min, max.max(min)).round() as u64;
        whole
    }
}

/// Exact: a day has far fewer milliseconds than 2^53.
#[expect(clippy::cast_precision_loss, reason = "at most a day of milliseconds")]
const fn millis(ms: u64) -> f64 {
    ms as f64
}

fn check_points(points: &[(Decimal, u64)]) -> Result<(), PersonalityError> {
    if points.is_empty() || points.len() > POINTS_MAX {
        return Err(wrong("/delay/points", "must have 1 to 100 points"));
    }
    let mut before = (Decimal::ZERO, 0);
    for (index, (share, ms)) in points.iter().copied().enumerate() {
        if share > Decimal::ONE || (index > 0 && share <= before.0) {
            return Err(wrong(format!("/delay/points/{index}/0"), "must be 0 to 1, and more than in the point before"));
        }
        if ms > DELAY_MS_MAX || ms < before.1 {
            let must = "must be 0 to 86400000 milliseconds, and not less than in the point before";
            return Err(wrong(format!("/delay/points/{index}/1"), must));
        }
        before = (share, ms);
    }
    Ok(())
}

fn on_curve(points: &[(Decimal, u64)], share: f64, min: f64, max: Option<f64>) -> f64 {
    let mut before = (0.0, min);
    for (at, ms) in points.iter().map(|(at, ms)| (at.number(), millis(*ms))) {
        if share < at {
            return before.1 + (ms - before.1) * (share - before.0) / (at - before.0);
        }
        before = (at, ms);
    }
    match max {
        Some(max) if before.0 < 1.0 => before.1 + (max - before.1) * (share - before.0) / (1.0 - before.0),
        _ => before.1,
    }
}
