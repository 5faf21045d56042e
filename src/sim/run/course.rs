//! The course of a run, in steps of equal length: as many as fit on a screen, however long the run takes.

use crate::domain::time::{Rfc3339, Timestamp};
use serde::Serialize;

/// The most steps; when there would be more, two become one.
pub const STEPS_MAX: usize = 480;
/// How long a step is at first, milliseconds.
const STEP_MS: u64 = 1_000;

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
}

impl Step {
    fn and(self, next: Self) -> Self {
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
        }
    }
}

impl Course {
    /// Nothing yet of a run whose first shopper may come at `from`.
    #[must_use]
    pub const fn beginning(from: Timestamp) -> Self {
        Self { from, step_ms: STEP_MS, steps: Vec::new() }
    }

    /// The step of a time; of what was before the first it is the first.
    pub fn at(&mut self, at: Timestamp) -> &mut Step {
        let index = loop {
            let index = at.micros_since(self.from) / 1_000 / self.step_ms;
            match usize::try_from(index) {
                Ok(index) if index < STEPS_MAX => break index,
                _ => self.halve(),
            }
        };
        if index >= self.steps.len() {
            self.steps.resize(index + 1, Step::default());
        }
        &mut self.steps[index]
    }

    fn halve(&mut self) {
        let pairs = self.steps.chunks(2).map(|pair| pair.iter().copied().fold(Step::default(), Step::and));
        self.steps = pairs.collect();
        self.step_ms *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_has_longer_steps_and_loses_nothing() {
        let mut course = Course::beginning(Timestamp(5_000_000));
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
        course.at(Timestamp(0)).dropped += 1;
        assert_eq!(course.steps[0].dropped, 1, "what was before counts at the beginning");
    }
}
