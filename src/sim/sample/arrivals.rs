//! When shoppers come: the instants of an open model, whatever the mall answers.

use super::numbers::{exponential, gamma, unit};
use super::rate::Rate;
use crate::sim::chance::Chance;

/// For how many seconds ahead one highest rate is taken.
const AHEAD_S: f64 = 600.0;

/// How arrivals scatter around their rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Process {
    /// Each by itself.
    Poisson,
    /// Evenly.
    Constant,
    /// In bursts, or more evenly than by chance: gaps of a gamma with this coefficient of variation.
    Gamma(f64),
}

/// The instants at which shoppers come, seconds from the opening, growing.
pub struct Arrivals {
    rate: Rate,
    process: Process,
    until: f64,
    chance: Chance,
    now: f64,
    /// For how long the highest rate counts, and the rate.
    ahead: (f64, f64),
    first: bool,
}

impl Arrivals {
    /// Those of a seed before `until`.
    #[must_use]
    pub fn new(rate: Rate, process: Process, until: f64, seed: u64) -> Self {
        let chance = Chance::of(seed, "arrivals", 0);
        Self { rate, process, until, chance, now: 0.0, ahead: (0.0, 0.0), first: true }
    }

    /// The rate they come at.
    #[must_use]
    pub const fn rate(&self) -> &Rate {
        &self.rate
    }

    /// By thinning (Lewis and Shedler 1979): candidates at the highest rate ahead, of which as many stay as the rate of
    /// their moment is of that.
    fn thinned(&mut self) -> Option<f64> {
        while self.now < self.until {
            let (end, most) = self.ahead;
            if self.now >= end {
                self.ahead = (end + AHEAD_S, self.rate.most(end, end + AHEAD_S));
                continue;
            }
            let gap = if most > 0.0 { exponential(&mut self.chance, 1.0 / most) } else { f64::INFINITY };
            // Beyond the stretch everything is drawn anew: gaps of a Poisson process have no memory.
            if self.now + gap >= end {
                self.now = end;
                continue;
            }
            self.now += gap;
            if unit(&mut self.chance) * most < self.rate.at(self.now) {
                return (self.now < self.until).then_some(self.now);
            }
        }
        None
    }

    /// Gaps in a time in which one shopper comes a second, walked through at the rate of each moment.
    fn spaced(&mut self, mut gap: f64) -> Option<f64> {
        let step = self.rate.steady_for();
        while self.now < self.until {
            let rate = self.rate.at(self.now);
            let takes = if rate > 0.0 { gap / rate } else { f64::INFINITY };
            if takes <= step {
                self.now += takes;
                return (self.now < self.until).then_some(self.now);
            }
            gap -= rate * step;
            self.now += step;
        }
        None
    }
}

impl Iterator for Arrivals {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        match self.process {
            Process::Poisson => self.thinned(),
            // The first comes at the opening.
            Process::Constant => {
                let gap = if std::mem::take(&mut self.first) { 0.0 } else { 1.0 };
                self.spaced(gap)
            }
            Process::Gamma(cv) => {
                let shape = 1.0 / (cv * cv);
                let gap = gamma(&mut self.chance, shape, 1.0 / shape);
                self.spaced(gap)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rate::{Flash, Profile};
    use super::*;
    use crate::domain::time::Timestamp;

    const MONDAY: Timestamp = Timestamp(1_767_571_200_000_000);

    fn rate(base: f64, profile: Profile, flashes: Vec<Flash>) -> Rate {
        Rate::new(base, profile, flashes, vec![], MONDAY, 3)
    }

    /// What is expected from `from` to `until`: the rate, by the minute.
    fn expected(rate: &Rate, from: f64, until: f64) -> f64 {
        let mut sum = 0.0;
        let mut at = from;
        while at < until {
            sum += rate.at(at + 0.5);
            at += 1.0;
        }
        sum
    }

    #[test]
    fn counts_by_the_hour_are_those_of_the_rate() {
        let (hours, flash) = (48, Flash { at: 100_000.0, peak: 5.0, half_life: 1_200.0 });
        let arrivals =
            Arrivals::new(rate(1.0, Profile::grocery(), vec![flash]), Process::Poisson, f64::from(hours) * 3_600.0, 3);
        let mut counts = vec![0_u32; usize::try_from(hours).unwrap()];
        for at in arrivals {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an hour of two days")]
            let hour = (at / 3_600.0) as usize;
            counts[hour] += 1;
        }
        let rate = rate(1.0, Profile::grocery(), vec![flash]);
        let chi_square: f64 = (0..hours)
            .map(|hour| {
                let expected = expected(&rate, f64::from(hour) * 3_600.0, f64::from(hour + 1) * 3_600.0);
                let off = f64::from(counts[usize::try_from(hour).unwrap()]) - expected;
                off * off / expected
            })
            .sum();
        // Of 48 degrees of freedom one in ten thousand is above 94, and one below 19.
        assert!((19.0..94.0).contains(&chi_square), "{chi_square} {counts:?}");
    }

    #[test]
    fn constant_arrivals_are_even_and_bursts_are_not() {
        let of = |process| Arrivals::new(rate(2.0, Profile::flat(), vec![]), process, 3_600.0, 3).collect::<Vec<_>>();
        let even = of(Process::Constant);
        assert_eq!((even.len(), even[0], even[1], even[7_199]), (7_200, 0.0, 0.5, 3_599.5));
        let spread = |at: &[f64]| {
            let gaps: Vec<f64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let count = f64::from(u32::try_from(gaps.len()).unwrap());
            let mean = gaps.iter().sum::<f64>() / count;
            (gaps.iter().map(|gap| (gap - mean) * (gap - mean)).sum::<f64>() / count).sqrt() / mean
        };
        for (process, cv) in [(Process::Poisson, 1.0), (Process::Gamma(2.0), 2.0), (Process::Gamma(0.5), 0.5)] {
            let at = of(process);
            assert!((spread(&at) - cv).abs() < 0.1 * cv, "{process:?} {}", spread(&at));
            assert!(at.is_sorted() && at.len().abs_diff(7_200) < 800, "{process:?} {}", at.len());
        }
        // A profile with hours without anybody.
        let mut hours = [0.0; 24];
        (hours[9], hours[10]) = (1.0, 1.0);
        let closed = Arrivals::new(rate(0.01, Profile::of_hours(hours), vec![]), Process::Constant, 86_400.0, 1);
        let at: Vec<f64> = closed.collect();
        assert!(at.len().abs_diff(864) < 4, "{}", at.len());
    }
}
