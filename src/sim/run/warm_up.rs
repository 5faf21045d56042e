//! How long a run takes until it is what it stays: the warm-up, found by MSER-5 (White, Cobb and Spratt 2000; Robinson 2007).
//!
//! What is looked at is how many orders have not ended, at equal intervals while shoppers come. Of five looks a mean is
//! taken; what comes before the means whose standard error is least is the warm-up.

use crate::domain::time::Timestamp;
use std::time::Duration;

/// The means.
pub const MEANS: usize = 40;
/// How many looks each is of.
const LOOKS: usize = 5;
/// From how many on it is too many: where so many or more would have to be cut, nothing has settled.
pub const CUT_MAX: usize = MEANS / 2;

/// How many means are left at least: fewer are too often alike by chance.
const LEFT_LEAST: usize = 10;

/// Looks at a number at equal intervals.
#[derive(Clone, Debug)]
pub struct Looks {
    from: Timestamp,
    every_us: u64,
    seen: Vec<u64>,
}

impl Looks {
    /// From a time to another.
    #[must_use]
    pub fn over(from: Timestamp, until: Timestamp) -> Self {
        Self { from, every_us: until.micros_since(from) / (MEANS * LOOKS) as u64, seen: Vec::new() }
    }

    /// How long a mean is of.
    #[must_use]
    pub const fn mean_is_of(&self) -> Duration {
        Duration::from_micros(self.every_us * LOOKS as u64)
    }

    /// Has to be called before the number, which is `number`, becomes another at `now`.
    pub fn before(&mut self, now: Timestamp, number: u64) {
        let passed = now.micros_since(self.from).checked_div(self.every_us).unwrap_or_default();
        let passed = usize::try_from(passed).unwrap_or(usize::MAX).min(MEANS * LOOKS);
        if passed > self.seen.len() {
            self.seen.resize(passed, number);
        }
    }

    /// How many means are to be cut, if that is known: of a run too short for all means, or which has not become what it
    /// stays in its first half, it is not.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of orders")]
    pub fn cut(&self) -> Option<usize> {
        let whole = self.seen.len() == MEANS * LOOKS;
        let means = self.seen.chunks(LOOKS).map(|looks| looks.iter().sum::<u64>() as f64 / LOOKS as f64);
        let means: Vec<f64> = means.collect();
        let cuts = (0..=MEANS - LEFT_LEAST).filter(|_| whole);
        let best = cuts.min_by(|one, other| error(&means[*one..]).total_cmp(&error(&means[*other..])));
        best.filter(|cut| *cut < CUT_MAX)
    }
}

/// The square of the standard error of the mean, but for a factor.
#[expect(clippy::cast_precision_loss, reason = "a few means")]
fn error(means: &[f64]) -> f64 {
    let n = means.len() as f64;
    let mean = means.iter().sum::<f64>() / n;
    means.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n * n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STEP: i64 = 1_000;
    const STEPS: i64 = 200;

    /// What is seen of a number that changes at every step.
    fn looks(of: impl Fn(i64) -> u64) -> Looks {
        let until = Timestamp(STEP * STEPS);
        let mut looks = Looks::over(Timestamp(0), until);
        let mut number = 0;
        for step in 0..=STEPS {
            looks.before(Timestamp(step * STEP), number);
            number = of(step);
        }
        looks
    }

    #[test]
    fn what_climbs_before_it_stays_is_cut() {
        // To 300 within 50 steps, which are 10 means, then up and down by a few.
        let climbing = looks(|step| if step < 50 { step.unsigned_abs() * 6 } else { 300 + step.unsigned_abs() % 7 });
        let cut = climbing.cut().unwrap();
        assert!((9..=11).contains(&cut), "{cut}");
        assert_eq!(climbing.mean_is_of(), Duration::from_millis(5));
        let alike_at_the_end = looks(|step| match step {
            0..50 => step.unsigned_abs() * 6,
            50..180 => 297 + step.unsigned_abs() % 7,
            _ => 300,
        });
        assert!(alike_at_the_end.cut().is_some(), "a few that are alike by chance say nothing");
        assert_eq!(looks(|_| 7).cut(), Some(0), "it is so from the beginning");
        assert_eq!(looks(|step| step.unsigned_abs() * step.unsigned_abs()).cut(), None, "it never stays");
    }

    #[test]
    fn a_run_that_was_not_seen_whole_is_not_judged() {
        let mut looks = Looks::over(Timestamp(0), Timestamp(1_000_000));
        looks.before(Timestamp(900_000), 5);
        assert_eq!(looks.cut(), None);
        let mut instant = Looks::over(Timestamp(5), Timestamp(5));
        instant.before(Timestamp(70), 5);
        assert_eq!(instant.cut(), None);
    }

    proptest! {
        #[test]
        fn the_cut_is_the_least_by_the_definition(numbers in prop::collection::vec(0_u32..1_000, MEANS * LOOKS)) {
            let found = looks(|step| u64::from(numbers[usize::try_from(step).unwrap().min(numbers.len() - 1)]));
            let sum = |looks: &[u64]| looks.iter().map(|seen| f64::from(u32::try_from(*seen).unwrap())).sum::<f64>();
            let means: Vec<f64> = found.seen.chunks(LOOKS).map(|looks| sum(looks) / 5.0).collect();
            let statistic = |cut: usize| {
                let rest = &means[cut..];
                let n = rest.iter().map(|_| 1.0).sum::<f64>();
                let mean = rest.iter().sum::<f64>() / n;
                rest.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n.powi(2)
            };
            let least = (0..=MEANS - LEFT_LEAST).map(statistic).fold(f64::INFINITY, f64::min);
            match found.cut() {
                Some(cut) => prop_assert!(cut < CUT_MAX && statistic(cut) <= least + 1e-9),
                None => prop_assert!((0..CUT_MAX).all(|cut| statistic(cut) >= least - 1e-9)),
            }
        }
    }
}
