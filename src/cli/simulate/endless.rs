//! Runs of a search that do not end: a defect may have a mall go round in circles while no time passes in it.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The runs under way.
#[derive(Default)]
pub struct UnderWay {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// By seed, each with when it began.
    runs: BTreeMap<u64, Instant>,
    is_over: bool,
}

impl UnderWay {
    /// A run begins.
    pub fn begins(&self, seed: u64) {
        self.state().runs.insert(seed, Instant::now());
    }

    /// A run has ended.
    pub fn ended(&self, seed: u64) {
        self.state().runs.remove(&seed);
    }

    /// All have.
    pub fn is_over(&self) {
        self.state().is_over = true;
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The seed of a run that takes longer than `each_within`; none once all have ended.
    pub fn endless(&self, each_within: Duration) -> Option<u64> {
        let mut state = self.state();
        while !state.is_over {
            let late = state.runs.iter().find(|(_, began)| began.elapsed() >= each_within);
            if let Some((seed, _)) = late {
                return Some(*seed);
            }
            let longest = state.runs.values().map(Instant::elapsed).max().unwrap_or_default();
            let left = each_within.saturating_sub(longest);
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_takes_too_long_is_told_by_its_seed_and_one_that_ends_is_not() {
        let runs = UnderWay::default();
        runs.begins(3);
        runs.ended(3);
        runs.begins(7);
        assert_eq!(runs.endless(Duration::from_millis(5)), Some(7));
        runs.ended(7);
        runs.is_over();
        assert_eq!(runs.endless(Duration::from_millis(5)), None);
    }
}
