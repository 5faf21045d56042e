//! How many shoppers come at a time: rate, hour, weekday, the noise of days, flash sales and phases.
//!
//! `rate · hour(t) · weekday(t) · day_noise · (1 + Σ (peak - 1) · 2^-((t - at) / half_life))`, a flash counting from its
//! `at`; `hour` is straight between the middles of hours, and hours and weekdays average 1.

use super::numbers::gamma;
use crate::domain::time::Timestamp;
use crate::sim::chance::Chance;
use std::cell::RefCell;
use std::collections::BTreeMap;

const HOUR_S: f64 = 3_600.0;
const DAY_S: i64 = 86_400;

/// Share of a day by hour, percent, of 155 848 baskets of one year (The Complete Journey; UTC less 5 h).
const GROCERY_HOURS: [f64; 24] = [
    0.46, 0.43, 0.25, 0.15, 0.20, 0.53, 1.19, 1.90, 2.67, 3.93, 5.43, 6.48, 6.69, 7.05, 7.48, 8.48, 9.59, 9.69, 8.57,
    7.13, 5.35, 3.43, 1.96, 0.97,
];
/// Weekdays, Monday first, of the same data.
const GROCERY_DAYS: [f64; 7] = [0.985, 0.938, 0.923, 0.934, 0.970, 1.109, 1.141];
/// Daily totals of the same data have mean 428 and variance 2 146: Poisson with a gamma mean of this shape.
const GROCERY_NOISE: f64 = 107.0;

/// How hours and days differ.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Factors of the hours of a day; they average 1.
    hours: [f64; 24],
    /// Factors of the weekdays, Monday first; they average 1.
    days: [f64; 7],
    /// The shape of the gamma that every day has a factor of, if days differ by chance.
    noise: Option<f64>,
}

impl Profile {
    /// Every hour is like any other.
    #[must_use]
    pub const fn flat() -> Self {
        Self { hours: [1.0; 24], days: [1.0; 7], noise: None }
    }

    /// A grocer's.
    #[must_use]
    pub fn grocery() -> Self {
        Self { hours: averaging_one(GROCERY_HOURS), days: averaging_one(GROCERY_DAYS), noise: Some(GROCERY_NOISE) }
    }

    /// These hours, every day; they are not all 0.
    #[must_use]
    pub fn of_hours(hours: [f64; 24]) -> Self {
        Self { hours: averaging_one(hours), ..Self::flat() }
    }

    fn is_flat(&self) -> bool {
        self.noise.is_none() && self.hours.iter().all(|hour| (*hour - 1.0).abs() < f64::EPSILON)
    }
}

fn averaging_one<const N: usize>(parts: [f64; N]) -> [f64; N] {
    let sum: f64 = parts.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "7 or 24")]
    let mean = sum / N as f64;
    parts.map(|part| part / mean)
}

/// More shoppers than usual, from a time on, and fewer and fewer.
#[derive(Clone, Copy, Debug)]
pub struct Flash {
    /// Seconds from the opening.
    pub at: f64,
    /// How many times as many at its beginning.
    pub peak: f64,
    /// Seconds after which half of what it adds is left.
    pub half_life: f64,
}

/// Another rate, from a time on.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// Seconds from the opening.
    pub at: f64,
    /// Shoppers a second once it is reached.
    pub rate: f64,
    /// Seconds that it takes to get there from the rate before.
    pub ramp: f64,
}

/// How many shoppers a second come, by seconds from the opening.
pub struct Rate {
    base: f64,
    profile: Profile,
    flashes: Vec<Flash>,
    /// In the order of their times.
    turns: Vec<Turn>,
    opening: Timestamp,
    seed: u64,
    /// The noise of the days that were asked for.
    noise: RefCell<BTreeMap<i64, f64>>,
}

impl Rate {
    /// The rate of a mall that opens at `opening`; what days have by chance is drawn from `seed`.
    #[must_use]
    pub fn new(
        base: f64,
        profile: Profile,
        flashes: Vec<Flash>,
        turns: Vec<Turn>,
        opening: Timestamp,
        seed: u64,
    ) -> Self {
        Self { base, profile, flashes, turns, opening, seed, noise: RefCell::default() }
    }

    /// Shoppers a second, so many seconds after the opening.
    #[must_use]
    pub fn at(&self, seconds: f64) -> f64 {
        let flashes = self.flashes.iter().map(|flash| flash.adds(seconds));
        self.turned(seconds) * self.usual(seconds) * (1.0 + flashes.sum::<f64>())
    }

    /// No less than any rate from `from` to `until`, which are at most half an hour apart.
    #[must_use]
    pub fn most(&self, from: f64, until: f64) -> f64 {
        let flashes = self.flashes.iter().map(|flash| {
            // What it adds falls from its beginning on.
            if flash.at <= until { flash.adds(from.max(flash.at)).max(0.0) } else { 0.0 }
        });
        let turns = self.turns.iter().filter(|turn| turn.at <= until);
        let turned = turns.fold(self.turned(from), |most, turn| most.max(turn.rate)).max(self.turned(until));
        // Straight between the middles of hours, and it jumps at midnight: the highest is at an end, a middle, or a midnight.
        let mut usual = self.usual(from).max(self.usual(until));
        let opening = self.opening_s();
        let mut knot = ((from + opening) / (HOUR_S / 2.0)).ceil() * (HOUR_S / 2.0);
        while knot - opening <= until {
            usual = usual.max(self.usual(knot - opening)).max(self.usual(knot - opening - 1e-3));
            knot += HOUR_S / 2.0;
        }
        // More than the last digits can be off.
        turned * usual * (1.0 + flashes.sum::<f64>()) * 1.000_001
    }

    /// For how many seconds a rate may be taken for the same.
    #[must_use]
    pub fn steady_for(&self) -> f64 {
        match (self.flashes.is_empty() && self.turns.is_empty(), self.profile.is_flat()) {
            (true, true) => f64::INFINITY,
            (true, false) => 60.0,
            (false, _) => 1.0,
        }
    }

    fn turned(&self, seconds: f64) -> f64 {
        self.turns.iter().filter(|turn| turn.at <= seconds).fold(self.base, |before, turn| {
            let way = if turn.ramp > 0.0 { ((seconds - turn.at) / turn.ramp).min(1.0) } else { 1.0 };
            before + (turn.rate - before) * way
        })
    }

    /// What hour, weekday and chance make of it.
    fn usual(&self, seconds: f64) -> f64 {
        if self.profile.is_flat() {
            return 1.0;
        }
        let wall = self.opening_s() + seconds;
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a few thousand years")]
        let whole = wall.floor() as i64;
        let day = whole.div_euclid(DAY_S);
        #[expect(clippy::cast_precision_loss, reason = "days")]
        let of_day = wall - (day * DAY_S) as f64;
        // 1970-01-01 was a Thursday.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
        let from_middle = of_day / HOUR_S - 0.5;
        #[expect(clippy::cast_possible_truncation, reason = "hours of a day")]
        let before = from_middle.floor() as i64;
        #[expect(clippy::cast_precision_loss, reason = "hours of a day")]
        let way = from_middle - before as f64;
        let hour = |hour: i64| self.profile.hours[usize::try_from(hour.rem_euclid(24)).unwrap_or_default()];
        let hour = hour(before) + (hour(before + 1) - hour(before)) * way;
        hour * self.profile.days[weekday] * self.noise(day)
    }

    fn noise(&self, day: i64) -> f64 {
        let Some(shape) = self.profile.noise else { return 1.0 };
        let mut noise = self.noise.borrow_mut();
        let drawn = || gamma(&mut Chance::of(self.seed, "days", day.cast_unsigned()), shape, 1.0 / shape);
        *noise.entry(day).or_insert_with(drawn)
    }

    fn opening_s(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "exact to a microsecond for a hundred years")]
        let seconds = self.opening.0 as f64 / 1e6;
        seconds
    }
}

impl Flash {
    fn adds(&self, seconds: f64) -> f64 {
        if seconds < self.at {
            return 0.0;
        }
        (self.peak - 1.0) * libm::pow(2.0, -(seconds - self.at) / self.half_life)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday 2026-01-05.
    const MONDAY: Timestamp = Timestamp(1_767_571_200_000_000);

    fn near(value: f64, known: f64) -> bool {
        (value - known).abs() < 1e-9
    }

    #[test]
    fn a_flash_and_a_turn_count_from_their_times() {
        let flash = Flash { at: 100.0, peak: 10.0, half_life: 30.0 };
        let turn = Turn { at: 200.0, rate: 6.0, ramp: 100.0 };
        let rate = Rate::new(2.0, Profile::flat(), vec![flash], vec![turn], MONDAY, 1);
        assert!(near(rate.at(99.9), 2.0) && near(rate.at(100.0), 20.0) && near(rate.at(130.0), 11.0));
        assert!(near(rate.turned(250.0), 4.0) && near(rate.turned(900.0), 6.0));
        for start in (0..600).step_by(7).map(f64::from) {
            let most = rate.most(start, start + 60.0);
            assert!((0..=60).all(|step| rate.at(start + f64::from(step)) <= most), "{start}");
        }
    }

    #[test]
    fn a_grocers_hours_and_days_average_one_and_are_never_above_what_is_said() {
        let profile = Profile { noise: None, ..Profile::grocery() };
        let rate = Rate::new(1.0, profile, vec![], vec![], MONDAY, 1);
        let week: f64 = (0..7 * 24 * 60).map(|minute| rate.at(f64::from(minute) * 60.0 + 30.0)).sum();
        assert!((week / (7.0 * 24.0 * 60.0) - 1.0).abs() < 1e-3, "{week}");
        // Half past five in the afternoon is the middle of the busiest hour.
        assert!(near(rate.at(17.5 * HOUR_S), Profile::grocery().hours[17] * Profile::grocery().days[0]));
        let noisy = Rate::new(1.0, Profile::grocery(), vec![], vec![], MONDAY, 1);
        for start in (0..7 * 24 * 6).map(|step| f64::from(step) * 600.0) {
            let most = noisy.most(start, start + 600.0);
            assert!((0..=600).all(|step| noisy.at(start + f64::from(step)) <= most), "{start}");
        }
        assert!(!near(noisy.at(43_200.0), rate.at(43_200.0)), "days differ by chance");
    }
}
