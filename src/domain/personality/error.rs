//! Why a personality is refused.

/// What is wrong with a personality: a JSON pointer, and what the value there must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer} {must}")]
pub struct PersonalityError {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What it must be.
    pub must: &'static str,
}

pub(super) fn wrong(pointer: impl Into<String>, must: &'static str) -> PersonalityError {
    PersonalityError { pointer: pointer.into(), must }
}
