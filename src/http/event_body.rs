//! An event as the API shows it: a `CloudEvent` in the structured JSON form.

use super::door::codes::Code;
use super::door::problem::ApiError;
use crate::bus::envelope::CloudEvent;
use crate::ports::journal::RecordedEvent;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An event as a `CloudEvent` 1.0 in the structured JSON form.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
#[allow(dead_code, reason = "describes what bus::envelope writes")]
pub struct Event {
    /// Always `1.0`.
    specversion: String,
    /// `<log id>-<position>`, never used twice.
    id: String,
    /// `/plaza/<log id>`.
    source: String,
    /// `plaza.<stream>.<event>.v1`.
    r#type: String,
    /// `<stream>/<id>`.
    subject: String,
    /// When it happened, RFC 3339 in UTC.
    #[schema(format = DateTime)]
    time: String,
    /// Always `application/json`.
    datacontenttype: String,
    /// The position in the journal, as text: `CloudEvents` knows no integers beyond 32 bits.
    sequence: String,
    /// The place in its stream, from 1.
    streamversion: u64,
    /// Groups everything one order or request led to.
    correlationid: String,
    /// What led to it.
    causationid: String,
    /// What happened; the fields depend on `type`.
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

/// An event in the structured JSON form.
///
/// # Errors
/// The journal holds a damaged row.
pub fn structured(log_id: Uuid, event: &RecordedEvent) -> Result<String, ApiError> {
    let event = CloudEvent::of(event, log_id).map_err(|error| ApiError::from(Code::InternalError).caused_by(error))?;
    serde_json::to_string(&event).map_err(|error| ApiError::from(Code::InternalError).caused_by(error))
}
