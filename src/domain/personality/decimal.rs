//! Numbers with at most six decimals, exact: a journal that is read back says what was written.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// A number from 0 to 1 000 with at most six decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(u32);

const MILLION: u32 = 1_000_000;
const MAX: u32 = 1_000;

impl Decimal {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// All.
    pub const ONE: Self = Self(MILLION);

    /// The number nearest to `number`; `None` outside 0 to 1 000, or with more decimals than six.
    #[must_use]
    pub fn new(number: f64) -> Option<Self> {
        let millionths = number * f64::from(MILLION);
        let whole = millionths.round();
        let is_exact = (millionths - whole).abs() < 1e-4;
        let is_in_range = (0.0..=f64::from(MAX) * f64::from(MILLION)).contains(&whole);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
        (is_exact && is_in_range).then_some(Self(whole as u32))
    }

    /// As a number, for people, JSON and arithmetic.
    #[must_use]
    pub fn number(self) -> f64 {
        f64::from(self.0) / f64::from(MILLION)
    }

    /// How many millionths.
    #[must_use]
    pub const fn millionths(self) -> u32 {
        self.0
    }
}

impl Serialize for Decimal {
    /// A whole number where it is one.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(MILLION) {
            serializer.serialize_u32(self.0 / MILLION)
        } else {
            serializer.serialize_f64(self.number())
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::new(number).ok_or_else(|| serde::de::Error::custom("must be 0 to 1000, with at most six decimals"))
    }
}

impl JsonSchema for Decimal {
    fn schema_name() -> Cow<'static, str> {
        "Decimal".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": MAX })
    }
}
