//! What a mall sells: prices, pieces, and how popular products are.

use super::plain::{Number, sigma, whole};
use super::short::{Short, short};
use crate::domain::inventory::STOCK_MAX;
use crate::domain::money::AMOUNT_MINOR_MAX;
use crate::sim::chance::Chance;
use crate::sim::sample::numbers::{Weights, lognormal, poisson};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

short! { Price Stock Popularity }

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

pub(super) struct Amount(i64);

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
pub(super) enum FullPrice {
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
pub(super) enum FullStock {
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
            Self::Unlimited => STOCK_MAX,
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
pub(super) enum FullPopularity {
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
