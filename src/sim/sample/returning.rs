//! Coming back: BG/NBD (Fader, Hardie and Lee, "Counting your customers the easy way", 2005).
//!
//! A customer buys at a rate of its own, and after each purchase but the first is gone for good with a probability of its
//! own. The parameters are those of the CDNOW sample, weeks, as published and as fitted again on it.

use super::numbers::{beta, exponential, gamma, happens};
use crate::sim::chance::Chance;

const R: f64 = 0.243;
const ALPHA: f64 = 4.414;
const A: f64 = 0.793;
const B: f64 = 2.426;
const WEEK_S: f64 = 604_800.0;

/// When a customer comes again, seconds after its first visit, before `until`.
#[must_use]
pub fn visits(chance: &mut Chance, until: f64) -> Vec<f64> {
    let rate = gamma(chance, R, 1.0 / ALPHA);
    let gone = beta(chance, A, B);
    let (mut at, mut visits) = (0.0, Vec::new());
    // Of a rate that is too small for a float the first gap is endless.
    loop {
        at += exponential(chance, WEEK_S / rate);
        if at >= until {
            break;
        }
        visits.push(at);
        if happens(chance, gone) {
            break;
        }
    }
    visits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected repeat purchases within `t` weeks (equation 9 of the paper), with Gauss' series.
    fn expectation(t: f64) -> f64 {
        let (mut term, mut series) = (1.0, 1.0);
        for k in (0..2_000).map(f64::from) {
            term *= (R + k) * (B + k) / (A + B - 1.0 + k) / (k + 1.0) * (t / (ALPHA + t));
            series += term;
        }
        (A + B - 1.0) / (A - 1.0) * (1.0 - libm::pow(ALPHA / (ALPHA + t), R) * series)
    }

    #[test]
    fn repeat_purchases_over_39_weeks_are_those_of_the_model() {
        let customers = 100_000;
        let repeats: usize =
            (0..customers).map(|n| visits(&mut Chance::of(5, "returns", n), 39.0 * WEEK_S).len()).sum();
        let (mean, known) = (f64::from(u32::try_from(repeats).unwrap()) / 100_000.0, expectation(39.0));
        // 1.21 a customer, of the published parameters.
        assert!((known - 1.1967).abs() < 0.001, "{known}");
        assert!((mean - known).abs() < 0.05 * known, "{mean} and not {known}");
    }
}
