//! Money: integer minor units and an ISO 4217 currency, checked, never a float.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The largest amount the mall handles, in minor units: 2^53 - 1, so that every JSON reader holds it exactly
/// (RFC 8259 section 6 on interoperable integers).
pub const AMOUNT_MINOR_MAX: i64 = 9_007_199_254_740_991;

/// An ISO 4217 code: three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The code as text, for example `EUR`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is built from three ASCII letters only")
    }
}

/// The text is not three capital letters.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a currency is three capital letters, like EUR")]
pub struct CurrencyError;

impl FromStr for Currency {
    type Err = CurrencyError;
    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(CurrencyError),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Currency {
    fn schema_name() -> Cow<'static, str> {
        "Currency".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$" })
    }
}

/// An amount of minor units (cents) in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    /// Minor units, for example cents.
    pub amount_minor: i64,
    /// The currency of the amount.
    pub currency: Currency,
}

/// Why two amounts could not be combined.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MoneyError {
    /// The amounts are in different currencies.
    #[error("{0} cannot be combined with {1}")]
    CurrencyMismatch(Currency, Currency),
    /// The result is beyond [`AMOUNT_MINOR_MAX`].
    #[error("the amount is beyond {AMOUNT_MINOR_MAX} minor units")]
    Overflow,
}

impl Money {
    /// An amount of `amount_minor` minor units.
    #[must_use]
    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// Nothing, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Adds two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`]; [`MoneyError::Overflow`] beyond [`AMOUNT_MINOR_MAX`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch(self.currency, other.currency));
        }
        let sum = self.amount_minor.checked_add(other.amount_minor).filter(|sum| sum.abs() <= AMOUNT_MINOR_MAX);
        sum.map(|sum| Self::new(sum, self.currency)).ok_or(MoneyError::Overflow)
    }

    /// The price of `quantity` pieces.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] beyond [`AMOUNT_MINOR_MAX`].
    pub fn checked_mul(self, quantity: u32) -> Result<Self, MoneyError> {
        let product = self.amount_minor.checked_mul(i64::from(quantity)).filter(|p| p.abs() <= AMOUNT_MINOR_MAX);
        product.map(|product| Self::new(product, self.currency)).ok_or(MoneyError::Overflow)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} minor units of {}", self.amount_minor, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(amount: i64) -> Money {
        Money::new(amount, "EUR".parse().unwrap())
    }

    #[test]
    fn sums_and_products_are_exact_or_refused() {
        assert_eq!(eur(1).checked_add(eur(2)), Ok(eur(3)));
        assert_eq!(eur(1_999).checked_mul(3), Ok(eur(5_997)));
        assert_eq!(eur(AMOUNT_MINOR_MAX).checked_add(eur(1)), Err(MoneyError::Overflow));
        assert_eq!(eur(i64::MAX / 2).checked_mul(3), Err(MoneyError::Overflow));
    }

    #[test]
    fn currencies_do_not_mix() {
        let usd = Money::new(1, "USD".parse().unwrap());
        assert!(matches!(eur(1).checked_add(usd), Err(MoneyError::CurrencyMismatch(..))));
        assert_eq!("eur".parse::<Currency>(), Err(CurrencyError));
        assert_eq!("EURO".parse::<Currency>(), Err(CurrencyError));
    }
}
