//! What settings are made of: how they are read, and why one is refused.

use crate::domain::participant::Fulfilment;
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;
use std::time::Duration;

/// A setting that is a secret, or what the file holds that is named in its place.
///
/// # Errors
/// Both are set, or the file cannot be read.
pub fn secret(name: &str, value: &SecretString, file: Option<&Path>) -> Result<SecretString, SettingError> {
    let Some(file) = file else { return Ok(value.clone()) };
    if !value.expose_secret().is_empty() {
        return Err(SettingError(format!("{name}: set it or {name}_FILE, not both")));
    }
    let text = std::fs::read_to_string(file)
        .map_err(|error| SettingError(format!("{name}_FILE: {} cannot be read: {error}", file.display())))?;
    // Editors end a file with a line break.
    Ok(text.trim().into())
}

/// A setting that cannot be used, with the reason; the text names the setting.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct SettingError(pub String);

impl SettingError {
    /// A variable that is no setting, and the setting it comes nearest to.
    #[must_use]
    pub fn unknown(variable: &str, nearest: &str) -> Self {
        Self(format!("{variable} is not a setting of Plaza; did you mean {nearest}? `plaza --help` has them all"))
    }
}

/// Parses `internal` or `external`.
///
/// # Errors
/// It is neither.
pub fn provider(text: &str) -> Result<Fulfilment, String> {
    Fulfilment::parse(text).ok_or_else(|| "who confirms payments is internal or external".to_owned())
}

/// Parses `300ms`, `5s`, `30m` or `2h`.
///
/// # Errors
/// It is no duration, or longer than ten years.
pub fn duration(text: &str) -> Result<Duration, String> {
    let help = || "a duration is a whole number and a unit: 300ms, 5s, 30m, 2h".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(help)?;
    let (number, unit) = text.split_at(digits);
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(duration("300ms"), Ok(Duration::from_millis(300)));
        assert_eq!(duration("2h"), Ok(Duration::from_hours(2)));
        for bad in ["", "5", "s", "1.5s", "-1s", "5 s", "99999999999999999999s", "9999999999h"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
