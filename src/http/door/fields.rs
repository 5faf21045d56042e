//! Fields of a body, read so that a refusal says what they must be.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// Up to here a floating point number is exact, 2^53 - 1.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// A value that must be a JSON object; serde alone would take an array of the fields' values as well.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OnlyMaps<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OnlyMaps<T> {
            type Value = T;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_map(OnlyMaps(PhantomData)).map(Object)
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug)]
pub struct Whole<const MIN: i64, const MAX: i64>(pub i64);

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InRange<const MIN: i64, const MAX: i64>;
        impl<const MIN: i64, const MAX: i64> Visitor<'_> for InRange<MIN, MAX> {
            type Value = i64;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a whole number from {MIN} to {MAX}")
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<i64, E> {
                let in_range = (MIN..=MAX).contains(&value).then_some(value);
                in_range.ok_or_else(|| E::custom(format_args!("must be a whole number from {MIN} to {MAX}")))
            }
            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<i64, E> {
                self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
            }
            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<i64, E> {
                // JSON knows no integers: 5.0 is one (JSON Schema 2020-12, 6.1.1).
                #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, so it is the same number")]
                let whole = (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64);
                whole.map_or_else(
                    || Err(E::custom(format_args!("must be a whole number from {MIN} to {MAX}"))),
                    |w| self.visit_i64(w),
                )
            }
        }
        deserializer.deserialize_any(InRange::<MIN, MAX>).map(Self)
    }
}

impl<const MIN: i64, const MAX: i64> Whole<MIN, MAX> {
    /// The number as a count; `MIN` is not negative for counts.
    #[must_use]
    pub const fn unsigned(self) -> u64 {
        self.0.unsigned_abs()
    }
}

impl<const MIN: i64, const MAX: i64> Serialize for Whole<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

/// Reads an optional field of an edit: absent keeps what is, `null` is refused.
///
/// # Errors
/// The value does not fit.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads one of the words of an enum.
///
/// # Errors
/// The text is none of `words`.
pub fn word<'de, D: Deserializer<'de>, T: Copy>(
    deserializer: D,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    all.iter().copied().find(|value| name(*value) == text).ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|value| name(*value)).collect();
        D::Error::custom(format_args!("must be one of {}", words.join(", ")))
    })
}
