//! The distributions: a stream of chance in, a number out.

use crate::sim::chance::Chance;
use std::f64::consts::TAU;

/// The mean up to which a Poisson number is drawn at once: beyond, `exp(-mean)` runs out of digits.
const POISSON_AT_ONCE: f64 = 32.0;

/// The mean from which on a Poisson number is drawn as a normal one: drawing it takes as long as its mean is large.
const POISSON_IS_NORMAL: f64 = 10_000.0;

/// A number between 0 and 1, both exclusive: an odd multiple of 2^-53.
pub fn unit(chance: &mut Chance) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "52 bits and a half fit a mantissa of 53")]
    let middle = (chance.bits() >> 12) as f64 + 0.5;
    middle / 4_503_599_627_370_496.0
}

/// Whether what happens in `share` of all cases happens.
pub fn happens(chance: &mut Chance, share: f64) -> bool {
    unit(chance) < share
}

/// Of the normal distribution with mean 0 and deviation 1 (Box and Muller 1958; the second number is not kept, so that
/// every draw takes as much of the stream).
pub fn normal(chance: &mut Chance) -> f64 {
    let (first, second) = (unit(chance), unit(chance));
    (-2.0 * libm::log(first)).sqrt() * libm::cos(TAU * second)
}

/// Log-normal: half are below the median, `sigma` is the deviation of the logarithm.
pub fn lognormal(chance: &mut Chance, median: f64, sigma: f64) -> f64 {
    median * libm::exp(sigma * normal(chance))
}

/// Exponential.
pub fn exponential(chance: &mut Chance, mean: f64) -> f64 {
    -mean * libm::log(unit(chance))
}

/// Gamma, of which `shape * scale` is the mean (Marsaglia and Tsang 2000).
pub fn gamma(chance: &mut Chance, shape: f64, scale: f64) -> f64 {
    if shape < 1.0 {
        // A gamma of one more, lowered by a power of chance.
        let lowered = libm::pow(unit(chance), 1.0 / shape);
        return lowered * gamma(chance, shape + 1.0, scale);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(chance);
        let root = 1.0 + c * x;
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        if libm::log(unit(chance)) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return d * v * scale;
        }
    }
}

/// Beta: between 0 and 1, with mean `a / (a + b)`.
pub fn beta(chance: &mut Chance, a: f64, b: f64) -> f64 {
    let (first, second) = (gamma(chance, a, 1.0), gamma(chance, b, 1.0));
    // Both may be too small for a float when a and b are.
    if first + second > 0.0 { first / (first + second) } else { 0.5 }
}

/// Poisson (Knuth: how many exponential gaps fit; large means in parts, whose sum is Poisson again; very large ones by the
/// normal distribution, which nobody can tell from it).
pub fn poisson(chance: &mut Chance, mean: f64) -> u64 {
    if mean > POISSON_IS_NORMAL {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and casts saturate"
        )]
        return (mean + mean.sqrt() * normal(chance)).round().max(0.0) as u64;
    }
    let (mut left, mut count) = (mean, 0);
    while left > 0.0 {
        let part = left.min(POISSON_AT_ONCE);
        let (limit, mut product) = (libm::exp(-part), unit(chance));
        while product > limit {
            count += 1;
            product *= unit(chance);
        }
        left -= part;
    }
    count
}

/// Negative binomial with mean `mean` and variance `mean + mean^2 / k`: a Poisson number whose mean is a gamma.
pub fn negative_binomial(chance: &mut Chance, k: f64, mean: f64) -> u64 {
    let of_this_one = gamma(chance, k, mean / k);
    poisson(chance, of_this_one)
}

/// Geometric, from 0: how often something with that mean is done before it is left.
pub fn geometric(chance: &mut Chance, mean: f64) -> u64 {
    let goes_on = mean / (1.0 + mean);
    if goes_on <= 0.0 {
        return 0;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and casts saturate")]
    let count = (libm::log(unit(chance)) / libm::log(goes_on)) as u64;
    count
}

/// Weights, of which one is drawn.
#[derive(Clone, Debug)]
pub struct Weights {
    /// The sums up to each.
    sums: Vec<f64>,
}

impl Weights {
    /// Weights in their order; there is at least one above 0.
    #[must_use]
    pub fn of(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let sums = weights.into_iter().map(|weight| {
            sum += weight;
            sum
        });
        Self { sums: sums.collect() }
    }

    /// How many there are.
    #[expect(clippy::len_without_is_empty, reason = "there is at least one")]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.sums.len()
    }

    /// Zipf's: the weight of rank r is `r^-s`.
    #[must_use]
    pub fn zipf(count: usize, s: f64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "ranks are far below 2^53")]
        Self::of((1..=count).map(|rank| libm::pow(rank as f64, -s)))
    }

    /// The place of one, from 0, drawn by weight.
    pub fn draw(&self, chance: &mut Chance) -> usize {
        let total = self.sums.last().copied().unwrap_or_default();
        let at = unit(chance) * total;
        self.sums.partition_point(|sum| *sum <= at).min(self.sums.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: u32 = 100_000;

    fn many<T>(purpose: &str, mut draw: impl FnMut(&mut Chance) -> T) -> Vec<T> {
        let mut chance = Chance::of(20_261_127, purpose, 0);
        (0..DRAWS).map(|_| draw(&mut chance)).collect()
    }

    /// Four standard deviations of an observed quantile: a sampler that is right stays within, whatever the seed.
    fn check_quantiles(drawn: &[f64], known: &[(f64, f64)]) {
        for (share, value) in known {
            let below = drawn.iter().filter(|one| *one <= value).count();
            let observed = f64::from(u32::try_from(below).unwrap()) / f64::from(DRAWS);
            let bound = 4.0 * (share * (1.0 - share) / f64::from(DRAWS)).sqrt() + 1e-4;
            assert!((observed - share).abs() < bound, "{observed} of {drawn:.1?} are below {value}, not {share}");
        }
    }

    fn check_mean(drawn: &[f64], mean: f64, deviation: f64) {
        let observed = drawn.iter().sum::<f64>() / f64::from(DRAWS);
        let bound = 4.0 * deviation / f64::from(DRAWS).sqrt();
        assert!((observed - mean).abs() < bound, "the mean is {observed}, not {mean}");
    }

    // The known quantiles are those of scipy.stats (ppf), to the digits given.
    #[test]
    fn continuous_distributions_have_their_quantiles() {
        let unit = many("unit", unit);
        check_quantiles(&unit, &[(0.1, 0.1), (0.5, 0.5), (0.999, 0.999)]);
        assert!(unit.iter().all(|one| 0.0 < *one && *one < 1.0));
        check_quantiles(&many("normal", normal), &[(0.022_750, -2.0), (0.5, 0.0), (0.841_345, 1.0), (0.998_650, 3.0)]);
        // CDNOW's value of an order: median e^3.276.
        let value = many("lognormal", |chance| lognormal(chance, 26.469_66, 0.726));
        check_quantiles(&value, &[(0.5, 26.469_66), (0.841_345, 54.707_4), (0.158_655, 12.807_1)]);
        check_quantiles(
            &many("exponential", |chance| exponential(chance, 4.0)),
            &[(0.5, 2.772_589), (0.99, 18.420_68)],
        );
        check_mean(&many("gamma", |chance| gamma(chance, 107.0, 1.0 / 107.0)), 1.0, 0.096_67);
        // A shape below 1, where the density has no bound: P(X <= x) of gamma(0.5) is erf(sqrt(x)).
        check_quantiles(
            &many("gamma of a half", |chance| gamma(chance, 0.5, 1.0)),
            &[(0.520_500, 0.25), (0.842_701, 1.0)],
        );
        check_quantiles(&many("gamma of two", |chance| gamma(chance, 2.0, 1.0)), &[(0.264_241, 1.0), (0.593_994, 2.0)]);
        // Beta(2, 2) has the distribution function 3x^2 - 2x^3.
        check_quantiles(&many("beta", |chance| beta(chance, 2.0, 2.0)), &[(0.156_25, 0.25), (0.5, 0.5), (0.896, 0.8)]);
        check_mean(&many("beta of cdnow", |chance| beta(chance, 0.793, 2.426)), 0.246_350, 0.209_8);
    }

    fn counts(drawn: &[u64]) -> Vec<f64> {
        drawn.iter().map(|count| f64::from(u32::try_from(*count).unwrap())).collect()
    }

    #[test]
    fn counts_have_their_shares_and_means() {
        // P(X <= k) of Poisson(3).
        let few = counts(&many("poisson", |chance| poisson(chance, 3.0)));
        check_quantiles(&few, &[(0.049_787, 0.0), (0.199_148, 1.0), (0.647_232, 3.0), (0.966_491, 6.0)]);
        check_mean(&counts(&many("many", |chance| poisson(chance, 400.0))), 400.0, 20.0);
        // The lines of a grocery basket beyond the first: variance 8.43 + 8.43^2 / 0.53; P(0) = (k / (k + mean))^k.
        let lines = counts(&many("lines", |chance| negative_binomial(chance, 0.53, 8.43)));
        check_mean(&lines, 8.43, 11.937_6);
        check_quantiles(&lines, &[(0.223_384, 0.0)]);
        let looks = counts(&many("looks", |chance| geometric(chance, 4.0)));
        check_mean(&looks, 4.0, 4.472_1);
        check_quantiles(&looks, &[(0.2, 0.0), (0.36, 1.0), (0.892_626, 9.0)]);
        assert_eq!((geometric(&mut Chance::of(1, "", 0), 0.0), poisson(&mut Chance::of(1, "", 0), 0.0)), (0, 0));
    }

    #[test]
    fn weights_are_drawn_by_weight() {
        let shares = Weights::of([0.80, 0.15, 0.03, 0.02]);
        let drawn: Vec<_> = many("shares", |chance| shares.draw(chance) as u64);
        check_quantiles(&counts(&drawn), &[(0.80, 0.0), (0.95, 1.0), (0.98, 2.0), (1.0, 3.0)]);
        // Of ten with s = 1, the first has 1 / H(10).
        let zipf = Weights::zipf(10, 1.0);
        let drawn: Vec<_> = many("zipf", |chance| zipf.draw(chance) as u64);
        check_quantiles(&counts(&drawn), &[(0.341_417, 0.0), (0.512_126, 1.0), (1.0, 9.0)]);
        assert!(Weights::of([0.0, 1.0, 0.0]).draw(&mut Chance::of(1, "", 0)) == 1);
    }
}
