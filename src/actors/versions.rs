//! The versions a caller insists on (`If-Match`).

use super::error::MallError;
use std::sync::Arc;

/// Versions of a resource, any of which it may be at; none of them is a version no resource has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions(Arc<[u64]>);

impl Versions {
    /// Passes when the resource is at one of them.
    ///
    /// # Errors
    /// [`MallError::VersionMismatch`].
    pub fn check(&self, actual: u64) -> Result<(), MallError> {
        if self.0.contains(&actual) { Ok(()) } else { Err(MallError::VersionMismatch { actual }) }
    }
}

impl FromIterator<u64> for Versions {
    fn from_iter<I: IntoIterator<Item = u64>>(versions: I) -> Self {
        Self(versions.into_iter().collect())
    }
}
