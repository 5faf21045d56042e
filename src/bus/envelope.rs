//! `CloudEvents` 1.0 (<https://github.com/cloudevents/spec>, version 1.0.2), structured JSON form.
//!
//! The id is `<log id>-<position>`: a journal that was wiped and started anew never repeats an id.

use super::subject;
use crate::actors::ports::RecordedEvent;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

/// An event in the structured JSON form.
#[derive(Debug, Serialize)]
pub struct CloudEvent<'a> {
    specversion: &'static str,
    id: String,
    source: String,
    r#type: String,
    subject: String,
    time: String,
    datacontenttype: &'static str,
    sequence: String,
    streamversion: u64,
    correlationid: String,
    causationid: &'a str,
    data: &'a RawValue,
}

/// The journal holds a payload that is not JSON.
#[derive(Debug, thiserror::Error)]
#[error("the payload of event {position} is not JSON")]
pub struct EnvelopeError {
    /// The event's position.
    pub position: u64,
    source: serde_json::Error,
}

impl<'a> CloudEvent<'a> {
    /// Puts an event of the journal `log_id` into its envelope.
    ///
    /// # Errors
    /// [`EnvelopeError`] for a damaged row.
    pub fn of(event: &'a RecordedEvent, log_id: Uuid) -> Result<Self, EnvelopeError> {
        let data = serde_json::from_str(&event.payload)
            .map_err(|source| EnvelopeError { position: event.position, source })?;
        Ok(Self {
            specversion: "1.0",
            id: format!("{log_id}-{}", event.position),
            source: format!("/plaza/{log_id}"),
            r#type: subject::event_type(&event.name),
            subject: format!("{}/{}", event.stream.as_str(), event.stream_id),
            time: event.occurred_at.to_string(),
            datacontenttype: "application/json",
            sequence: event.position.to_string(),
            streamversion: event.version,
            correlationid: event.correlation_id.to_string(),
            causationid: &event.causation_id,
            data,
        })
    }
}
