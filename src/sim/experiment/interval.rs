//! What is known of a mean from a few runs: Student's interval.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The share of intervals that hold the mean they are of.
const CONFIDENCE: f64 = 0.95;

/// A mean, and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The mean of the runs.
    pub mean: f64,
    /// Half the width of the 95 % interval around it; none of a single run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half_width: Option<f64>,
    /// How many runs it is of.
    pub runs: usize,
}

impl Interval {
    /// Of one value a run; none where there is no run.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "runs are counted in hundreds")]
    pub fn of(values: &[f64]) -> Option<Self> {
        let (runs, n) = (values.len(), values.len() as f64);
        if values.is_empty() {
            return None;
        }
        let mean = values.iter().sum::<f64>() / n;
        let half_width = (runs > 1).then(|| {
            let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
            student(n - 1.0) * (squares / (n - 1.0) / n).sqrt()
        });
        Some(Self { mean, half_width, runs })
    }

    /// Of what the mean of the second values is more than that of the first, by Welch; none where one has no value.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "runs are counted in hundreds")]
    pub fn between(first: &[f64], second: &[f64]) -> Option<Self> {
        let (one, other) = (Self::of(first)?, Self::of(second)?);
        // The variance of a mean, and of how many values.
        let variance = |values: &[f64], mean: f64| {
            let n = values.len() as f64;
            let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
            (squares / (n - 1.0) / n, n)
        };
        let ((a, n), (b, m)) = (variance(first, one.mean), variance(second, other.mean));
        let half_width = (first.len() > 1 && second.len() > 1).then(|| match a + b {
            0.0 => Some(0.0),
            both => {
                let freedom = both * both / (a * a / (n - 1.0) + b * b / (m - 1.0));
                // Numbers too large or too small to be squared have none.
                (freedom.is_finite() && freedom > 0.0).then(|| student(freedom) * both.sqrt())
            }
        });
        let half_width = half_width.flatten();
        Some(Self { mean: other.mean - one.mean, half_width, runs: first.len().min(second.len()) })
    }

    /// The least and the most the mean may be by these runs.
    #[must_use]
    pub fn bounds(&self) -> (f64, f64) {
        let half = self.half_width.unwrap_or(f64::INFINITY);
        (self.mean - half, self.mean + half)
    }

    /// Whether the mean may as well be `value`.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        let (least, most) = self.bounds();
        (least..=most).contains(&value)
    }

    /// Whether a difference, of which this is, may as well be none; of a single pair of runs nobody can tell.
    #[must_use]
    pub fn shows_nothing(&self) -> bool {
        self.half_width.is_some() && self.holds(0.0)
    }

    /// Whether the interval is no wider than that part of its mean, to each side.
    #[must_use]
    pub fn is_within(&self, part: f64) -> bool {
        self.half_width.is_some_and(|half| half <= part * self.mean.abs())
    }
}

/// The quantile of Student's distribution that an interval of [`CONFIDENCE`] takes.
fn student(freedom: f64) -> f64 {
    let distribution = StudentsT::new(0.0, 1.0, freedom).expect("degrees of freedom above 0");
    distribution.inverse_cdf(f64::midpoint(1.0, CONFIDENCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_students() {
        // Of tables.
        for (freedom, quantile) in [(1.0, 12.706), (4.0, 2.776), (19.0, 2.093), (120.0, 1.980)] {
            assert!((student(freedom) - quantile).abs() < 0.001, "{freedom}: {}", student(freedom));
        }
        let known = Interval::of(&[2.0, 4.0, 4.0, 4.0, 6.0]).unwrap();
        assert!((known.mean - 4.0).abs() < 1e-12 && (known.half_width.unwrap() - 1.756).abs() < 0.001, "{known:?}");
        assert!(known.holds(5.7) && !known.holds(5.8) && known.is_within(0.45) && !known.is_within(0.4));
        assert_eq!(Interval::of(&[]), None);
        // Worked out apart: 4.734 degrees of freedom, whose quantile is 2.6146.
        let apart = Interval::between(&[1.0, 2.0, 4.0], &[5.0, 7.0, 6.0, 9.0]).unwrap();
        assert!((apart.mean - 4.4167).abs() < 1e-3 && (apart.bounds().0 - 1.2070).abs() < 1e-3, "{:?}", apart.bounds());
        for far in [1e200, 1e-200] {
            let apart = Interval::between(&[0.0, far], &[far, 3.0 * far]).unwrap();
            assert!(apart.half_width.is_none_or(|half| !half.is_nan()), "{far}: {apart:?}");
        }
        let single = Interval::of(&[3.0]).unwrap();
        assert_eq!((single.half_width, single.holds(1e9), single.is_within(10.0)), (None, true, false));
        assert!(!single.shows_nothing() && Interval::of(&[-1.0, 1.0]).unwrap().shows_nothing());
    }
}
