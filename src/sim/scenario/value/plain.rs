//! Values that are what they say: spans of time, shares, numbers, and how a run begins and ends.

use super::short::{Never, Short, short};
use crate::domain::time::duration;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::time::Duration;

short! { Span Share Number Settle WarmUp }

/// The widest log-normal, as for personalities.
pub(super) const SIGMA_MAX: f64 = 4.0;

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
pub(super) fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = Number::deserialize(deserializer)?.0;
    if number > 0.0 { Ok(number) } else { Err(D::Error::custom("must be more than 0")) }
}

pub(super) fn sigma<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = Number::deserialize(deserializer)?.0;
    if number <= SIGMA_MAX { Ok(number) } else { Err(D::Error::custom("must be 0 to 4")) }
}

pub(super) fn whole(number: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
    ((0.0..=1e9).contains(&number) && number.fract() == 0.0).then_some(number as u64)
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
