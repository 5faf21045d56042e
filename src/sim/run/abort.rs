//! What ends a run before its time: a threshold of `abort` that was so for as long as it says. It is looked at once a second,
//! by what became known in that second; a second without data is none in which it was so.

use super::counts::Counts;
use super::judge::{Findings, Value, value};
use crate::domain::time::Timestamp;
use crate::sim::scenario::threshold::{Threshold, When};

/// What a second is, microseconds.
const SECOND_US: i64 = 1_000_000;

/// Watches for what ends a run.
#[derive(Debug, Default)]
pub struct Aborts {
    /// Each with the beginning of the seconds in which it was so.
    watched: Vec<(Threshold, Option<Timestamp>)>,
    second: i64,
    findings: Findings,
    fired: Option<String>,
}

impl Aborts {
    /// Watches for those of the thresholds that end a run; `findings` say how it is made.
    #[must_use]
    pub fn of(thresholds: &[Threshold], findings: Findings) -> Self {
        let watched = thresholds.iter().filter(|threshold| threshold.when == When::Abort);
        Self { watched: watched.map(|threshold| (threshold.clone(), None)).collect(), findings, ..Self::default() }
    }

    /// What ended the run.
    #[must_use]
    pub fn fired(&self) -> Option<&str> {
        self.fired.as_deref()
    }

    /// Looks at a second that is over, if one is; `take` answers what became known since it was asked last. Answers whether
    /// the run is to end by it.
    pub fn look(&mut self, now: Timestamp, take: impl FnOnce() -> Counts) -> bool {
        let second = now.0.div_euclid(SECOND_US);
        if self.watched.is_empty() || self.fired.is_some() || second <= self.second {
            return false;
        }
        // Seconds that nobody looked at had no data.
        let (began, is_next) = (Timestamp((second - 1) * SECOND_US), second == self.second + 1);
        self.second = second;
        let counts = take();
        for (threshold, since) in &mut self.watched {
            let is_so = match value(&threshold.metric, &counts, &self.findings) {
                Value::Is(value) => threshold.comparison.holds(value, threshold.limit),
                Value::NoData | Value::NotMeasured => false,
            };
            if !is_so || !is_next {
                *since = None;
            }
            if !is_so {
                continue;
            }
            let lasted = now.micros_since(*since.get_or_insert(began));
            if u128::from(lasted) >= threshold.lasting.unwrap_or_default().as_micros() {
                self.fired = Some(threshold.expression.clone());
            }
        }
        self.fired.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::scenario::threshold::read;

    #[test]
    fn a_run_ends_once_it_was_so_for_as_long_as_it_says() {
        let threshold = read("errors.share > 0.5 for 3s", "abort", When::Abort).unwrap();
        let at = |second: i64| Timestamp(1_700_000_000_000_000 + second * SECOND_US);
        let bad = || Counts { requests: 10, errors: 6, ..Counts::default() };
        let good = || Counts { requests: 10, errors: 5, ..Counts::default() };
        let mut aborts = Aborts::of(&[threshold], Findings::default());
        let looks = [good(), bad(), bad(), good(), bad(), Counts::default(), bad(), bad()];
        for (second, counts) in (0..).zip(looks) {
            assert!(!aborts.look(at(second), || counts), "{second}");
            assert!(!aborts.look(at(second), || unreachable!("the second is not over")));
        }
        assert_eq!(aborts.fired(), None);
        assert!(aborts.look(at(8), bad), "the third second in turn");
        assert_eq!(aborts.fired(), Some("errors.share > 0.5 for 3s"));
        assert!(!aborts.look(at(9), bad), "it ends once");
    }

    #[test]
    fn seconds_without_data_are_none_in_which_it_was_so() {
        let threshold = read("errors.share > 0.5 for 15s", "abort", When::Abort).unwrap();
        let mut aborts = Aborts::of(&[threshold], Findings::default());
        for twenty in 1..10 {
            let now = Timestamp(1_700_000_000_000_000 + twenty * 20 * SECOND_US);
            assert!(!aborts.look(now, || Counts { requests: 1, errors: 1, ..Counts::default() }));
        }
    }
}
