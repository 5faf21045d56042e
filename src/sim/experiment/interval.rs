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
        let single = Interval::of(&[3.0]).unwrap();
        assert_eq!((single.half_width, single.holds(1e9), single.is_within(10.0)), (None, true, false));
    }
}
