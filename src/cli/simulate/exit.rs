//! How `plaza simulate` ends.

use crate::sim::run::report::Verdict;

/// Everything held.
pub const HELD: u8 = 0;
/// A threshold failed.
pub const FAILED: u8 = 1;
/// There is no mall that can be used.
pub const NO_MALL: u8 = 10;
/// An invariant was violated, or an acknowledged order is missing.
pub const VIOLATED: u8 = 11;

/// How the program ends where a run ended so.
pub const fn code_of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Passed => HELD,
        Verdict::Failed | Verdict::Stopped => FAILED,
        Verdict::Violated => VIOLATED,
    }
}
