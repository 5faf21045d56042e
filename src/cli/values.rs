//! What settings are made of: how they are read, and why one is refused.

use crate::domain::participant::Fulfilment;
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;

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
