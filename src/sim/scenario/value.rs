//! The values of a scenario: most may be written in short, as a text or number, or in full, as a table.

use crate::domain::money::AMOUNT_MINOR_MAX;
use crate::domain::time::duration;
use crate::sim::chance::Chance;
use crate::sim::sample::numbers::{Weights, exponential, geometric, lognormal, negative_binomial, poisson, unit};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

/// The widest log-normal, as for personalities.
const SIGMA_MAX: f64 = 4.0;

/// What may be written in short.
trait Short: Sized {
    /// How it is written in full.
    type Full: DeserializeOwned + Into<Self>;
    /// What is expected.
    const MUST: &'static str;

    fn text(text: &str) -> Result<Self, String> {
        Err(format!("`{text}` is not {}", Self::MUST))
    }

    fn number(number: f64) -> Result<Self, String> {
        Err(format!("`{number}` is not {}", Self::MUST))
    }
}

/// Nothing can be written in full.
#[derive(Deserialize)]
enum Never {}

struct Either<T>(PhantomData<T>);

impl<'de, T: Short> Visitor<'de> for Either<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::MUST)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::text(text).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        #[expect(clippy::cast_precision_loss, reason = "whatever is that large is refused")]
        T::number(number as f64).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        T::number(number).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::Full::deserialize(MapAccessDeserializer::new(map)).map(Into::into)
    }
}

macro_rules! short {
    ($($name:ident)*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Either::<Self>(PhantomData))
            }
        }
    )*};
}

short! { Span Share Number Price Time Count Stock Popularity Process Settle WarmUp }

/// A span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

impl Span {
    /// Of whole seconds.
    #[must_use]
    pub const fn of_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// In milliseconds.
    #[must_use]
    pub fn ms(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }

    /// In seconds.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0.as_secs_f64()
    }
}

impl From<Never> for Span {
    fn from(never: Never) -> Self {
        match never {}
    }
}

impl Short for Span {
    type Full = Never;
    const MUST: &'static str = "a span of time like \"300ms\", \"5s\", \"30m\", \"2h\" or \"1d\"";

    fn text(text: &str) -> Result<Self, String> {
        duration(text).map(Self).map_err(|must| format!("`{text}`: {must}"))
    }
}

/// A share, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Share(pub f64);

impl From<Never> for Share {
    fn from(never: Never) -> Self {
        match never {}
    }
}

impl Short for Share {
    type Full = Never;
    const MUST: &'static str = "a share from 0 to 1";

    fn number(number: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&number) { Ok(Self(number)) } else { Err(format!("`{number}` is not {}", Self::MUST)) }
    }
}

/// A number that is not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Number(pub f64);

impl From<Never> for Number {
    fn from(never: Never) -> Self {
        match never {}
    }
}

impl Short for Number {
    type Full = Never;
    const MUST: &'static str = "a number from 0 to 1000000";

    fn number(number: f64) -> Result<Self, String> {
        if (0.0..=1e6).contains(&number) { Ok(Self(number)) } else { Err(format!("`{number}` is not {}", Self::MUST)) }
    }
}

/// A positive number.
fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = Number::deserialize(deserializer)?.0;
    if number > 0.0 { Ok(number) } else { Err(D::Error::custom("must be more than 0")) }
}

fn sigma<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = Number::deserialize(deserializer)?.0;
    if number <= SIGMA_MAX { Ok(number) } else { Err(D::Error::custom("must be 0 to 4")) }
}

/// An amount, written as a text, in minor units.
fn amount(text: &str) -> Result<i64, String> {
    let must = || format!("`{text}` is not an amount with at most two decimals, like \"24.90\"");
    let (whole, cents) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || cents.len() > 2 || !digits(whole) || !digits(cents) {
        return Err(must());
    }
    let minor = format!("{whole}{cents:0<2}").parse::<i64>().map_err(|_| must())?;
    if minor <= AMOUNT_MINOR_MAX { Ok(minor) } else { Err(must()) }
}

struct Amount(i64);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        amount(&text).map(Self).map_err(D::Error::custom)
    }
}

/// What a product costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Price {
    /// All the same, minor units.
    Fixed(i64),
    /// Half cost less than the median, minor units.
    Lognormal(i64, f64),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum FullPrice {
    Lognormal {
        median: Amount,
        #[serde(deserialize_with = "sigma")]
        sigma: f64,
    },
}

impl From<FullPrice> for Price {
    fn from(FullPrice::Lognormal { median: Amount(median), sigma }: FullPrice) -> Self {
        Self::Lognormal(median, sigma)
    }
}

impl Short for Price {
    type Full = FullPrice;
    const MUST: &'static str = "a price like \"24.90\", or { lognormal = { median = \"24.90\", sigma = 0.7 } }";

    fn text(text: &str) -> Result<Self, String> {
        amount(text).map(Self::Fixed)
    }
}

impl Price {
    /// A price, minor units.
    pub fn draw(&self, chance: &mut Chance) -> i64 {
        match self {
            Self::Fixed(price) => *price,
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                reason = "prices that people pay; a float that is too large becomes the largest integer"
            )]
            Self::Lognormal(median, sigma) => {
                (lognormal(chance, *median as f64, *sigma).round() as i64).clamp(1, AMOUNT_MINOR_MAX / 1_000_000)
            }
        }
    }
}

/// A span of time that is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Time {
    /// Always the same.
    Fixed(Span),
    /// All between the two are as likely.
    Uniform(Span, Span),
    /// Most are short; the mean.
    Exponential(Span),
    /// Half are shorter than the median; and how wide it is.
    Lognormal(Span, Width),
}

/// How wide a log-normal is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    /// The deviation of the logarithm.
    Sigma(f64),
    /// One in a hundred is longer.
    P99(Span),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum FullTime {
    Uniform { min: Span, max: Span },
    Exponential { mean: Span },
    Lognormal(FullLognormal),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLognormal {
    median: Span,
    sigma: Option<Number>,
    p99: Option<Span>,
}

#[derive(Deserialize)]
#[serde(try_from = "RawLognormal")]
struct FullLognormal(Span, Width);

impl TryFrom<RawLognormal> for FullLognormal {
    type Error = &'static str;

    fn try_from(RawLognormal { median, sigma, p99 }: RawLognormal) -> Result<Self, &'static str> {
        match (sigma, p99) {
            (Some(Number(sigma)), None) if sigma <= SIGMA_MAX => Ok(Self(median, Width::Sigma(sigma))),
            (Some(_), None) => Err("sigma must be 0 to 4"),
            (None, Some(p99)) if p99 >= median && median > Span::default() => Ok(Self(median, Width::P99(p99))),
            (None, Some(_)) => Err("p99 must not be less than the median, which must be more than 0"),
            _ => Err("lognormal needs a median and either sigma or p99"),
        }
    }
}

impl From<FullTime> for Time {
    fn from(full: FullTime) -> Self {
        match full {
            FullTime::Uniform { min, max } => Self::Uniform(min, max.max(min)),
            FullTime::Exponential { mean } => Self::Exponential(mean),
            FullTime::Lognormal(FullLognormal(median, width)) => Self::Lognormal(median, width),
        }
    }
}

impl Short for Time {
    type Full = FullTime;
    const MUST: &'static str = "a span of time like \"8s\", or a distribution like { lognormal = { median = \"8s\", \
                                sigma = 0.9 } }, { exponential = { mean = \"8s\" } } or { uniform = { min = \"1s\", max = \
                                \"9s\" } }";

    fn text(text: &str) -> Result<Self, String> {
        Span::text(text).map(Self::Fixed)
    }
}

/// How many standard deviations the 99th percentile of the normal distribution is from its middle.
const P99: f64 = 2.326_347_874_040_841;

impl Time {
    /// A span, milliseconds; at most a day.
    pub fn draw_ms(&self, chance: &mut Chance) -> u64 {
        let seconds = match self {
            Self::Fixed(span) => return span.ms(),
            Self::Uniform(min, max) => min.seconds() + unit(chance) * (max.seconds() - min.seconds()),
            Self::Exponential(mean) => exponential(chance, mean.seconds()),
            Self::Lognormal(median, Width::Sigma(sigma)) => lognormal(chance, median.seconds(), *sigma),
            Self::Lognormal(median, Width::P99(p99)) => {
                lognormal(chance, median.seconds(), libm::log(p99.seconds() / median.seconds()) / P99)
            }
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a day")]
        let ms = (seconds * 1_000.0).clamp(0.0, 86_400_000.0).round() as u64;
        ms
    }
}

/// A number of things that is drawn.
#[derive(Clone, Debug)]
pub enum Count {
    /// Always the same.
    Fixed(u64),
    /// Negative binomial: k and mean.
    NegativeBinomial(f64, f64),
    /// Geometric, by its mean.
    Geometric(f64),
    /// Poisson, by its mean.
    Poisson(f64),
    /// The shares of the numbers from the first on.
    Shares(Weights),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum FullCount {
    NegativeBinomial {
        #[serde(deserialize_with = "positive")]
        k: f64,
        #[serde(deserialize_with = "positive")]
        mean: f64,
    },
    Geometric {
        mean: Number,
    },
    Poisson(Number),
    Shares(Shares),
}

#[derive(Deserialize)]
#[serde(try_from = "Vec<Share>")]
struct Shares(Weights);

impl TryFrom<Vec<Share>> for Shares {
    type Error = &'static str;

    fn try_from(shares: Vec<Share>) -> Result<Self, &'static str> {
        let sum: f64 = shares.iter().map(|share| share.0).sum();
        // What people write has few digits; more than a rounding is a mistake.
        if (sum - 1.0).abs() > 0.005 {
            return Err("shares must add up to 1");
        }
        Ok(Self(Weights::of(shares.into_iter().map(|share| share.0))))
    }
}

impl From<FullCount> for Count {
    fn from(full: FullCount) -> Self {
        match full {
            FullCount::NegativeBinomial { k, mean } => Self::NegativeBinomial(k, mean),
            FullCount::Geometric { mean: Number(mean) } => Self::Geometric(mean),
            FullCount::Poisson(Number(mean)) => Self::Poisson(mean),
            FullCount::Shares(Shares(weights)) => Self::Shares(weights),
        }
    }
}

impl Short for Count {
    type Full = FullCount;
    const MUST: &'static str = "a whole number, or a distribution like { negative_binomial = { k = 0.5, mean = 8.0 } }, \
                                { geometric = { mean = 2.0 } }, { poisson = 2.0 } or { shares = [0.8, 0.2] }";

    fn number(number: f64) -> Result<Self, String> {
        whole(number).map(Self::Fixed).ok_or_else(|| format!("`{number}` is not {}", Self::MUST))
    }
}

fn whole(number: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
    ((0.0..=1e9).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}

impl Count {
    /// A number; the first of shares is 1.
    pub fn draw(&self, chance: &mut Chance) -> u64 {
        match self {
            Self::Fixed(count) => *count,
            Self::NegativeBinomial(k, mean) => negative_binomial(chance, *k, *mean),
            Self::Geometric(mean) => geometric(chance, *mean),
            Self::Poisson(mean) => poisson(chance, *mean),
            Self::Shares(weights) => weights.draw(chance) as u64 + 1,
        }
    }
}

/// Pieces of each product.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stock {
    /// As many.
    Pieces(i64),
    /// As many as a mall can have of a product.
    Unlimited,
    /// Poisson, by its mean.
    Poisson(f64),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum FullStock {
    Poisson(Number),
}

impl From<FullStock> for Stock {
    fn from(FullStock::Poisson(Number(mean)): FullStock) -> Self {
        Self::Poisson(mean)
    }
}

impl Short for Stock {
    type Full = FullStock;
    const MUST: &'static str = "a whole number of pieces up to 1000000000, \"unlimited\", or { poisson = 400 }";

    fn text(text: &str) -> Result<Self, String> {
        if text == "unlimited" { Ok(Self::Unlimited) } else { Err(format!("`{text}` is not {}", Self::MUST)) }
    }

    fn number(number: f64) -> Result<Self, String> {
        let pieces = whole(number).and_then(|pieces| i64::try_from(pieces).ok());
        pieces.map(Self::Pieces).ok_or_else(|| format!("`{number}` is not {}", Self::MUST))
    }
}

impl Stock {
    /// Pieces of a product.
    pub fn draw(&self, chance: &mut Chance) -> i64 {
        match self {
            Self::Pieces(pieces) => *pieces,
            Self::Unlimited => crate::domain::inventory::STOCK_MAX,
            Self::Poisson(mean) => i64::try_from(poisson(chance, *mean)).unwrap_or(i64::MAX),
        }
    }
}

/// How much more popular some products are than others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Popularity {
    /// All are as popular.
    Uniform,
    /// Zipf's law with this exponent.
    Zipf(f64),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum FullPopularity {
    Zipf(Number),
}

impl From<FullPopularity> for Popularity {
    fn from(FullPopularity::Zipf(Number(exponent)): FullPopularity) -> Self {
        Self::Zipf(exponent)
    }
}

impl Short for Popularity {
    type Full = FullPopularity;
    const MUST: &'static str = "\"uniform\" or { zipf = 0.7 }";

    fn text(text: &str) -> Result<Self, String> {
        if text == "uniform" { Ok(Self::Uniform) } else { Err(format!("`{text}` is not {}", Self::MUST)) }
    }
}

impl Popularity {
    /// The weights of so many products, the most popular first.
    #[must_use]
    pub fn weights(&self, products: usize) -> Weights {
        match self {
            Self::Uniform => Weights::zipf(products, 0.0),
            Self::Zipf(exponent) => Weights::zipf(products, *exponent),
        }
    }
}

/// How arrivals scatter around their rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Process(pub crate::sim::sample::arrivals::Process);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum FullProcess {
    Gamma {
        #[serde(deserialize_with = "positive")]
        cv: f64,
    },
}

impl From<FullProcess> for Process {
    fn from(FullProcess::Gamma { cv }: FullProcess) -> Self {
        Self(crate::sim::sample::arrivals::Process::Gamma(cv))
    }
}

impl Short for Process {
    type Full = FullProcess;
    const MUST: &'static str = "\"poisson\", \"constant\" or { gamma = { cv = 2.0 } }";

    fn text(text: &str) -> Result<Self, String> {
        use crate::sim::sample::arrivals::Process;
        match text {
            "poisson" => Ok(Self(Process::Poisson)),
            "constant" => Ok(Self(Process::Constant)),
            _ => Err(format!("`{text}` is not {}", Self::MUST)),
        }
    }
}

/// How long is waited for what is open when no shopper comes any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settle {
    /// Until nothing is.
    UntilSettled,
    /// So long: what is open then is a finding.
    For(Span),
}

impl From<Never> for Settle {
    fn from(never: Never) -> Self {
        match never {}
    }
}

impl Short for Settle {
    type Full = Never;
    const MUST: &'static str = "\"until_settled\" or a span of time like \"30m\"";

    fn text(text: &str) -> Result<Self, String> {
        if text == "until_settled" { Ok(Self::UntilSettled) } else { Span::text(text).map(Self::For) }
    }
}

/// What is not measured at the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarmUp {
    /// So much.
    For(Span),
    /// What is unlike the rest.
    Auto,
}

impl From<Never> for WarmUp {
    fn from(never: Never) -> Self {
        match never {}
    }
}

impl Short for WarmUp {
    type Full = Never;
    const MUST: &'static str = "\"auto\" or a span of time like \"5m\"";

    fn text(text: &str) -> Result<Self, String> {
        if text == "auto" { Ok(Self::Auto) } else { Span::text(text).map(Self::For) }
    }
}

/// One, or several in a list.
#[derive(Clone, Debug)]
pub struct Several<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMore<T> {
            type Value = Several<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table, or a list of tables")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Several<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|one| Several(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Several<T>, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = list.next_element()? {
                    all.push(one);
                }
                Ok(Several(all))
            }
        }
        deserializer.deserialize_any(OneOrMore(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, minor) in [("24.90", 2_490), ("24.9", 2_490), ("24", 2_400), ("0.01", 1), ("0", 0)] {
            assert_eq!(amount(text), Ok(minor), "{text}");
        }
        for bad in ["", ".5", "1.234", "-1", "1,5", "1e3", "99999999999999999999"] {
            assert!(amount(bad).is_err(), "{bad}");
        }
    }
}
