//! Points in time and spans, as integers: what the journal stores and what arithmetic is exact on.

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The latest representable point; later than every deadline.
    pub const MAX: Self = Self(i64::MAX);

    /// The point `millis` milliseconds later, saturating at the end of time.
    #[must_use]
    pub const fn plus_millis(self, millis: u64) -> Self {
        let micros = millis.saturating_mul(1_000);
        let micros = if micros > i64::MAX as u64 { i64::MAX } else { micros.cast_signed() };
        Self(self.0.saturating_add(micros))
    }

    /// This much later, to the millisecond.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        self.plus_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    /// Microseconds from `earlier` to `self`; 0 when `earlier` is not earlier.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> u64 {
        let span = self.0.saturating_sub(earlier.0);
        if span < 0 { 0 } else { span.cast_unsigned() }
    }

    /// Parses RFC 3339, for example `2026-11-22T10:00:00Z`.
    ///
    /// # Errors
    /// The text is not RFC 3339.
    pub fn parse_rfc3339(text: &str) -> Result<Self, chrono::ParseError> {
        DateTime::parse_from_rfc3339(text).map(|at| Self(at.timestamp_micros()))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with microseconds: `2026-11-22T10:00:00.000000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_micros(self.0) {
            Some(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::Micros, true)),
            None => write!(f, "{}us", self.0),
        }
    }
}

/// Parses a span of time: `300ms`, `5s`, `30m`, `2h` or `1d`.
///
/// # Errors
/// It is no duration, or longer than ten years.
pub fn duration(text: &str) -> Result<Duration, String> {
    let help = || "a duration is a whole number and a unit: 300ms, 5s, 30m, 2h, 1d".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(help)?;
    let (number, unit) = text.split_at(digits);
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(help()),
    };
    let millis = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit_ms)).ok_or_else(help)?;
    // Ten years: beyond that, sums of times would leave what a timestamp can hold.
    if millis > 315_360_000_000 {
        Err("a duration is at most ten years".to_owned())
    } else {
        Ok(Duration::from_millis(millis))
    }
}

/// Times as RFC 3339 in event payloads, which people and other programs read: `#[serde(with = "Rfc3339")]` writes and
/// describes a [`Timestamp`] so.
pub struct Rfc3339;

impl Rfc3339 {
    /// Writes the time as text.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(at)
    }

    /// Reads the time from text.
    ///
    /// # Errors
    /// The text is not RFC 3339.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Timestamp::parse_rfc3339(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Rfc3339 {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_3339_survives_the_round_trip() {
        let text = "2026-11-22T10:00:00.123456Z";
        assert_eq!(Timestamp::parse_rfc3339(text).unwrap().to_string(), text);
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Timestamp::MAX.plus_millis(u64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp(5).micros_since(Timestamp(9)), 0);
    }

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(duration("300ms"), Ok(Duration::from_millis(300)));
        assert_eq!(duration("2h"), Ok(Duration::from_hours(2)));
        assert_eq!(duration("400d"), Ok(Duration::from_hours(9_600)));
        for bad in ["", "5", "s", "1.5s", "-1s", "5 s", "99999999999999999999s", "9999999999h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
