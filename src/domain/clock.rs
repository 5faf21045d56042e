//! The mall's own time: how fast it passes, and what it is at a moment of the wall clock.

use super::time::{Rfc3339, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// How many times as fast as real time the mall's time passes, in thousandths: 0 to 1 000 times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(u32);

/// How far ahead the clock can be advanced at once, and how long an outage can be.
pub const ADVANCE_MAX: Duration = Duration::from_hours(400 * 24);
/// The highest speed.
pub const SPEED_MAX: u32 = 1_000;

impl Speed {
    /// As real time.
    pub const PLAIN: Self = Self(1_000);
    /// Time stands still.
    pub const PAUSED: Self = Self(0);

    /// A speed from a decimal number with at most three decimals, 0 to [`SPEED_MAX`].
    #[must_use]
    pub fn new(times: f64) -> Option<Self> {
        let thousandths = times * 1_000.0;
        let whole = thousandths.round();
        let is_exact = (thousandths - whole).abs() < 1e-6;
        let is_in_range = (0.0..=f64::from(SPEED_MAX) * 1_000.0).contains(&whole);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
        (is_exact && is_in_range).then_some(Self(whole as u32))
    }

    /// As a number, for people and JSON.
    #[must_use]
    pub fn times(self) -> f64 {
        f64::from(self.0) / 1_000.0
    }

    /// How much mall time passes in so many microseconds of real time.
    fn mall_micros(self, real: u64) -> u64 {
        u64::try_from(u128::from(real) * u128::from(self.0) / 1_000).unwrap_or(u64::MAX)
    }

    /// How much mall time passes in a real time.
    #[must_use]
    pub fn of(self, real: Duration) -> Duration {
        Duration::from_micros(self.mall_micros(u64::try_from(real.as_micros()).unwrap_or(u64::MAX)))
    }

    /// How long it really takes for so many microseconds of mall time to have passed, rounded up; `None` while time
    /// stands still.
    #[must_use]
    pub fn real(self, mall_micros: u64) -> Option<Duration> {
        let micros = (u128::from(mall_micros) * 1_000).div_ceil(u128::from(self.0).max(1));
        (self.0 > 0).then(|| Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX)))
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.times())
    }
}

impl Serialize for Speed {
    /// A whole number where it is one.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(1_000) {
            serializer.serialize_u32(self.0 / 1_000)
        } else {
            serializer.serialize_f64(self.times())
        }
    }
}

impl<'de> Deserialize<'de> for Speed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let times = f64::deserialize(deserializer)?;
        Self::new(times).ok_or_else(|| serde::de::Error::custom("a speed is 0 to 1000, with at most three decimals"))
    }
}

impl JsonSchema for Speed {
    fn schema_name() -> Cow<'static, str> {
        "Speed".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": SPEED_MAX })
    }
}

/// The mall's clock was set: from here on its time is `mall_time` and passes at `speed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClockSet {
    /// How many times as fast as real time it passes; 0 while it stands still.
    pub speed: Speed,
    /// What the mall's time was.
    #[serde(with = "Rfc3339")]
    #[schemars(with = "Rfc3339")]
    pub mall_time: Timestamp,
    /// What the wall clock said then.
    #[serde(with = "Rfc3339")]
    #[schemars(with = "Rfc3339")]
    pub wall_time: Timestamp,
}

/// How the mall's time passes: a straight line over the wall clock's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// A moment of the wall clock.
    pub wall_time: Timestamp,
    /// What the mall's time was then.
    pub mall_time: Timestamp,
    /// How fast it passes from there on.
    pub speed: Speed,
}

impl Course {
    /// The wall clock's time.
    pub const PLAIN: Self = Self { wall_time: Timestamp(0), mall_time: Timestamp(0), speed: Speed::PLAIN };

    /// The mall's time at a moment of the wall clock that is not before the course's.
    #[must_use]
    pub fn at(&self, wall: Timestamp) -> Timestamp {
        let passed = self.speed.mall_micros(wall.micros_since(self.wall_time));
        Timestamp(self.mall_time.0.saturating_add_unsigned(passed))
    }

    /// Whether the mall's time is the wall clock's, give or take nothing.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.speed == Speed::PLAIN && self.wall_time == self.mall_time
    }
}

impl From<&ClockSet> for Course {
    fn from(set: &ClockSet) -> Self {
        Self { wall_time: set.wall_time, mall_time: set.mall_time, speed: set.speed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn speeds() -> impl Strategy<Value = Speed> {
        prop_oneof![Just(0), Just(1_000), 1_u32..=1_000_000].prop_map(Speed)
    }

    proptest! {
        #[test]
        fn time_never_runs_backwards(speed in speeds(), start in 0_i64..1 << 50, first in 0_u64..1 << 45, second in 0_u64..1 << 45) {
            let course = Course { wall_time: Timestamp(start), mall_time: Timestamp(start + 7), speed };
            let once = Timestamp(start.saturating_add_unsigned(first));
            let later = Timestamp(once.0.saturating_add_unsigned(second));
            prop_assert!(course.at(once) <= course.at(later));
            prop_assert!(course.at(Timestamp(0)) == course.mall_time, "before the course it has not begun");
        }

        #[test]
        fn whoever_sleeps_until_a_time_is_not_early(speed in speeds(), mall in 0_u64..1 << 45) {
            match speed.real(mall) {
                None => prop_assert_eq!(speed, Speed::PAUSED),
                Some(real) => {
                    let passed = u64::try_from(speed.of(real).as_micros()).unwrap();
                    prop_assert!(passed >= mall && passed <= mall + u64::from(speed.0 / 1_000) + 1, "{passed} for {mall}");
                }
            }
        }

        #[test]
        fn speeds_are_exact_to_three_decimals(thousandths in 0_u32..=1_000_000) {
            let speed = Speed(thousandths);
            let text = serde_json::to_string(&speed).unwrap();
            prop_assert_eq!(serde_json::from_str::<Speed>(&text).unwrap(), speed);
            prop_assert_eq!(text, speed.times().to_string());
        }
    }

    #[test]
    fn only_speeds_are_speeds() {
        for (text, speed) in [
            ("1", Some(1_000)),
            ("0", Some(0)),
            ("0.001", Some(1)),
            ("12.345", Some(12_345)),
            ("1000", Some(1_000_000)),
        ] {
            assert_eq!(serde_json::from_str(text).ok(), speed.map(Speed), "{text}");
        }
        for text in ["-1", "1000.001", "0.0001", "1e9", "\"1\"", "null"] {
            assert!(serde_json::from_str::<Speed>(text).is_err(), "{text}");
        }
        assert_eq!(
            [0, 1_000, 2_500].map(|thousandths| serde_json::to_string(&Speed(thousandths)).unwrap()),
            ["0", "1", "2.5"]
        );
    }
}
