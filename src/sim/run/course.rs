//! The course of a run, in steps of equal length: as many as fit on a screen, however long the run takes.

use crate::domain::time::{Rfc3339, Timestamp};
use serde::{Serialize, Serializer};
use std::time::Duration;

/// The most steps; when there would be more, two become one.
pub const STEPS_MAX: usize = 480;
/// How long a step is at first, milliseconds.
const STEP_MS: u64 = 1_000;
/// For how long there are steps after the last shopper at least, milliseconds.
const AFTER_MS: u64 = 60_000;

/// The bounds of [`Spread`], milliseconds: one spread counts what took up to the first, up to the second, and so on, and at
/// last whatever took longer.
pub const BOUNDS_MS: [u64; 20] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
    1_000_000, 2_000_000,
];

/// How many took how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread([u32; BOUNDS_MS.len() + 1]);

impl Spread {
    /// How many took up to the bound of that place, and longer than the one before.
    #[must_use]
    pub const fn counts(&self) -> &[u32; BOUNDS_MS.len() + 1] {
        &self.0
    }

    /// Something took so many microseconds.
    pub fn count(&mut self, micros: u64) {
        let place = BOUNDS_MS.partition_point(|bound| bound * 1_000 < micros);
        self.0[place] = self.0[place].saturating_add(1);
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|count| *count == 0)
    }

    fn and(mut self, next: &Self) -> Self {
        self.0.iter_mut().zip(next.0).for_each(|(count, more)| *count = count.saturating_add(more));
        self
    }
}

impl Serialize for Spread {
    /// Without the zeros at the end.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let end = self.0.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        self.0[..end].serialize(to)
    }
}

/// How many there are at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Level {
    /// Shoppers under way.
    pub under_way: u64,
    /// Orders without their verdict.
    pub pending: u64,
    /// Orders that have not ended.
    pub open: u64,
}

impl Level {
    fn most(self, other: Self) -> Self {
        Self {
            under_way: self.under_way.max(other.under_way),
            pending: self.pending.max(other.pending),
            open: self.open.max(other.open),
        }
    }
}

/// What happened in the course of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Course {
    /// When the first step begins, in the mall's time.
    #[serde(with = "Rfc3339")]
    pub from: Timestamp,
    /// How long a step is, milliseconds.
    pub step_ms: u64,
    /// The steps, one after the other.
    pub steps: Vec<Step>,
    /// What happened after the last step there can be, as when unpaid orders expire long after the last shopper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Box<Step>>,
    #[serde(skip)]
    until: Timestamp,
    #[serde(skip)]
    level: Level,
}

/// What happened in a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Shoppers that were to come.
    pub offered: u64,
    /// Shoppers that were not let in.
    pub dropped: u64,
    /// Orders that were placed.
    pub submitted: u64,
    /// Orders that were accepted.
    pub accepted: u64,
    /// Orders that were rejected.
    pub rejected: u64,
    /// Orders that were called off.
    pub cancelled: u64,
    /// Orders that were not paid in time.
    pub expired: u64,
    /// Orders that were delivered.
    pub delivered: u64,
    /// Minor units that became the mall's.
    pub captured: i64,
    /// By how much the latest verdict was late, microseconds.
    pub latest_us: u64,
    /// Over REST: the longest of an order from when it was to be sent to its answer, microseconds.
    pub submit_us: u64,
    /// Over REST: the longest of an order from when it was sent to its answer, microseconds.
    pub service_us: u64,
    /// The most there were at a time.
    #[serde(flatten)]
    pub level: Level,
    /// From orders to their verdicts, by when those were.
    #[serde(skip_serializing_if = "Spread::is_empty")]
    pub settle: Spread,
    /// Over REST: from when orders were to be sent to their answers.
    #[serde(skip_serializing_if = "Spread::is_empty")]
    pub submit: Spread,
}

impl Step {
    fn and(self, next: &Self) -> Self {
        Self {
            offered: self.offered + next.offered,
            dropped: self.dropped + next.dropped,
            submitted: self.submitted + next.submitted,
            accepted: self.accepted + next.accepted,
            rejected: self.rejected + next.rejected,
            cancelled: self.cancelled + next.cancelled,
            expired: self.expired + next.expired,
            delivered: self.delivered + next.delivered,
            captured: self.captured + next.captured,
            latest_us: self.latest_us.max(next.latest_us),
            submit_us: self.submit_us.max(next.submit_us),
            service_us: self.service_us.max(next.service_us),
            level: self.level.most(next.level),
            settle: self.settle.and(&next.settle),
            submit: self.submit.and(&next.submit),
        }
    }
}

impl Course {
    /// Nothing yet of a run whose first shopper may come at `from`, and whose last at `last`. Its steps end half as long
    /// after that: what comes much later would leave little room for the shopping.
    #[must_use]
    pub fn of(from: Timestamp, last: Timestamp) -> Self {
        let after = Duration::from_micros(last.micros_since(from) / 2).max(Duration::from_millis(AFTER_MS));
        let until = last.plus(after);
        let level = Level { under_way: 0, pending: 0, open: 0 };
        Self { from, step_ms: STEP_MS, steps: Vec::new(), after: None, until, level }
    }

    /// The step of a time; of what was before the first it is the first.
    pub fn at(&mut self, at: Timestamp) -> &mut Step {
        if at > self.until {
            return self.after.get_or_insert_default();
        }
        let index = loop {
            let index = at.micros_since(self.from) / 1_000 / self.step_ms;
            match usize::try_from(index) {
                Ok(index) if index < STEPS_MAX => break index,
                _ => self.halve(),
            }
        };
        if index >= self.steps.len() {
            // Where nothing happens, there are as many as before.
            self.steps.resize(index + 1, Step { level: self.level, ..Step::default() });
        }
        &mut self.steps[index]
    }

    /// The steps do not end before something that is to come then.
    pub fn reach(&mut self, at: Timestamp) {
        self.until = self.until.max(at.plus(Duration::from_millis(STEP_MS)));
    }

    /// There are so many from a time on.
    pub fn level(&mut self, at: Timestamp, level: Level) {
        let step = self.at(at);
        step.level = step.level.most(level);
        self.level = level;
    }

    fn halve(&mut self) {
        let pairs = self.steps.chunks(2).map(|pair| pair.iter().fold(Step::default(), Step::and));
        self.steps = pairs.collect();
        self.step_ms *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_has_longer_steps_and_loses_nothing() {
        let mut course = Course::of(Timestamp(5_000_000), Timestamp::MAX);
        for second in 0..100_000_i64 {
            let step = course.at(Timestamp(5_000_000 + second * 1_000_000));
            step.offered += 1;
            step.latest_us = step.latest_us.max(second.unsigned_abs());
        }
        assert!(course.steps.len() <= STEPS_MAX && course.steps.len() > STEPS_MAX / 2, "{}", course.steps.len());
        assert_eq!(course.step_ms, 256_000);
        assert_eq!(course.steps.iter().map(|step| step.offered).sum::<u64>(), 100_000);
        assert!(course.steps[..390].iter().all(|step| step.offered == 256));
        assert_eq!(course.steps.last().unwrap().latest_us, 99_999);
        course.level(Timestamp(5_000_000), Level { open: 7, ..Level::default() });
        course.at(Timestamp(0)).dropped += 1;
        assert_eq!(course.steps[0].dropped, 1, "what was before counts at the beginning");
    }

    #[test]
    fn what_there_is_stays_until_it_changes() {
        let mut course = Course::of(Timestamp(0), Timestamp(7_000_000));
        let open = |open| Level { open, ..Level::default() };
        course.level(Timestamp(500_000), open(3));
        course.level(Timestamp(600_000), open(2));
        course.level(Timestamp(4_100_000), open(1));
        course.at(Timestamp(6_000_000)).offered += 1;
        course.at(Timestamp(67_000_001)).expired += 1;
        course.level(Timestamp(90_000_000), open(0));
        let levels: Vec<u64> = course.steps.iter().map(|step| step.level.open).collect();
        assert_eq!(levels, [3, 2, 2, 2, 2, 1, 1], "the most of each step");
        assert_eq!((course.step_ms, course.after.unwrap().expired), (1_000, 1), "what comes late makes no step longer");
        let mut course = Course::of(Timestamp(0), Timestamp(0));
        course.at(Timestamp(50_000_000)).delivered += 1;
        course.reach(Timestamp(90_000_000));
        course.at(Timestamp(90_020_000)).accepted += 1;
        course.at(Timestamp(92_000_000)).delivered += 1;
        let drawn = (course.steps[50].delivered, course.steps[90].accepted);
        assert_eq!(drawn, (1, 1), "the way and the verdict of the only order are drawn");
        assert_eq!(course.after.unwrap().delivered, 1);
    }

    #[test]
    fn what_took_how_long_is_counted_by_bounds() {
        let mut spread = Spread::default();
        for micros in [0, 1_000, 1_001, 2_000_000_000, 2_000_000_001, u64::MAX] {
            spread.count(micros);
        }
        let counts = spread.counts();
        assert_eq!((counts[0], counts[1], counts[19], counts[20]), (2, 1, 1, 2));
        assert_eq!(serde_json::to_string(&Spread::default()).unwrap(), "[]");
        let twice = spread.and(&spread);
        assert_eq!(twice.counts().iter().sum::<u32>(), 12);
    }
}
