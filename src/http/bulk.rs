//! What archives of several things at once have in common.

use super::door::codes::Code;
use super::door::json::RequestBody;
use super::door::problem::{ApiError, FieldError};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::ToSchema;
use uuid::Uuid;

/// The ids a bulk archive is about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    /// The ids, at most 1 000.
    #[schema(max_items = 1_000)]
    ids: Vec<Uuid>,
}

impl RequestBody for Ids {}

impl Ids {
    const MAX: usize = 1_000;

    /// The ids, each once.
    ///
    /// # Errors
    /// 422 for too many.
    pub fn distinct(self) -> Result<Vec<Uuid>, ApiError> {
        if self.ids.len() > Self::MAX {
            return Err(ApiError::invalid("/ids", "too_long", format!("at most {} ids", Self::MAX)));
        }
        Ok(self.ids)
    }
}

/// How many were archived.
#[derive(Debug, Serialize, ToSchema)]
pub struct Archived {
    /// How many.
    pub archived: u64,
}

/// What is wrong with the id at `index`: there is nothing of this id.
#[must_use]
pub fn unknown(index: usize, code: Code, detail: String) -> FieldError {
    FieldError { pointer: format!("/ids/{index}"), code: Cow::Borrowed(code.as_str()), detail }
}
