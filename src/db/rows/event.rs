//! Events of the journal.

use super::origin::{Origin, signed};
use crate::db::chain::HashedEvent;
use crate::db::error::DbError;
use crate::db::schema::EventRow;
use crate::domain::event::{StreamKind, all_names};
use crate::domain::time::Timestamp;
use crate::ports::journal::RecordedEvent;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use uuid::fmt::Hyphenated;

/// Room for the ids of an event as text, so that a row of a busy journal needs no memory of its own.
#[derive(Clone, Copy)]
pub struct EventIds([[u8; Hyphenated::LENGTH]; 2]);

impl Default for EventIds {
    fn default() -> Self {
        Self([[0; Hyphenated::LENGTH]; 2])
    }
}

impl<'a> EventRow<'a> {
    /// The row of an event with its hash.
    pub fn new(event: &'a RecordedEvent, hash: &'a [u8; 32], ids: &'a mut EventIds) -> Self {
        let EventIds([stream_id, correlation_id]) = ids;
        Self {
            position: signed(event.position),
            stream: event.stream.as_str().into(),
            stream_id: Cow::Borrowed(event.stream_id.as_hyphenated().encode_lower(stream_id)),
            version: signed(event.version),
            name: Cow::Borrowed(&event.name),
            payload: Cow::Borrowed(&event.payload),
            occurred_at: event.occurred_at.0,
            correlation_id: Cow::Borrowed(event.correlation_id.as_hyphenated().encode_lower(correlation_id)),
            causation_id: Cow::Borrowed(&event.causation_id),
            hash: Cow::Borrowed(hash),
        }
    }

    /// What of the row is hashed.
    #[must_use]
    pub fn hashed(&self) -> HashedEvent<'_> {
        HashedEvent {
            position: self.position.cast_unsigned(),
            stream: &self.stream,
            stream_id: &self.stream_id,
            version: self.version.cast_unsigned(),
            name: &self.name,
            payload: &self.payload,
            occurred_at: self.occurred_at,
            correlation_id: &self.correlation_id,
            causation_id: &self.causation_id,
        }
    }

    /// The event.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn into_view(self) -> Result<RecordedEvent, DbError> {
        let position = self.position.to_string();
        let origin = Origin("events", &position);
        Ok(RecordedEvent {
            position: origin.count("position", self.position)?,
            stream: origin.word("stream", &self.stream, StreamKind::parse)?,
            stream_id: origin.id("stream_id", &self.stream_id)?,
            version: origin.count("version", self.version)?,
            name: event_name(&self.name),
            payload: self.payload.into_owned(),
            occurred_at: Timestamp(self.occurred_at),
            correlation_id: origin.id("correlation_id", &self.correlation_id)?,
            causation_id: self.causation_id.into(),
        })
    }
}

/// The name as the table of `domain::event` has it; an unknown one (of a newer build) is passed on as it is.
fn event_name(name: &str) -> Cow<'static, str> {
    static NAMES: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| all_names().into_iter().collect());
    NAMES.get(name).map_or_else(|| Cow::Owned(name.to_owned()), |known| Cow::Borrowed(*known))
}
