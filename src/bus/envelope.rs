//! `CloudEvents` 1.0 (<https://github.com/cloudevents/spec>, version 1.0.2) in both forms Plaza speaks: structured JSON
//! (REST, SSE) and binary (NATS headers with the payload as the body). Both are made from the same [`Attributes`].

use super::subject;
use crate::domain::order::Request;
use crate::ports::journal::RecordedEvent;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The identity of an event: a journal that was wiped and started anew never repeats one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventId {
    /// The journal.
    pub log_id: Uuid,
    /// The place in it, from 1.
    pub position: u64,
}

impl fmt::Display for EventId {
    /// `<log id>-<position>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.log_id, self.position)
    }
}

impl FromStr for EventId {
    type Err = ();

    /// Reads what `Display` wrote; anything else is no id of ours.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (log_id, position) = text.rsplit_once('-').ok_or(())?;
        Ok(Self { log_id: log_id.parse().map_err(|_| ())?, position: position.parse().map_err(|_| ())? })
    }
}

/// The header of requests that says how fast the mall's time passes: outside services live in real time.
pub const SPEED: &str = "Plaza-Speed";

/// Everything about an event but its payload.
#[derive(Debug, Serialize)]
pub struct Attributes<'a> {
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
}

impl<'a> Attributes<'a> {
    /// The attributes of an event of the journal `log_id`.
    #[must_use]
    pub fn of(event: &'a RecordedEvent, log_id: Uuid) -> Self {
        Self {
            specversion: "1.0",
            id: EventId { log_id, position: event.position }.to_string(),
            source: format!("/plaza/{log_id}"),
            r#type: subject::event_type(&event.name),
            subject: format!("{}/{}", event.stream.as_str(), event.stream_id),
            time: event.occurred_at.to_string(),
            datacontenttype: "application/json",
            sequence: event.position.to_string(),
            streamversion: event.version,
            correlationid: event.correlation_id.to_string(),
            causationid: &event.causation_id,
        }
    }

    /// The attributes of a request that an event of the journal `log_id` led to. The id is the event's with a number:
    /// the same request has the same id whenever it is made.
    #[must_use]
    pub fn of_request(event: &'a RecordedEvent, number: usize, request: &Request, log_id: Uuid) -> Self {
        let id = format!("{}.{number}", EventId { log_id, position: event.position });
        Self { id, r#type: subject::request_type(request), ..Self::of(event, log_id) }
    }

    /// The binary form: NATS headers, with the id once more as what the broker removes duplicates by.
    #[must_use]
    pub fn into_headers(self) -> HeaderMap {
        // Names every field, so that a new attribute cannot be forgotten here.
        let Self {
            specversion,
            id,
            source,
            r#type,
            subject,
            time,
            datacontenttype,
            sequence,
            streamversion,
            correlationid,
            causationid,
        } = self;
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, id.as_str());
        headers.insert(HeaderName::from_static("ce-specversion"), specversion);
        headers.insert(HeaderName::from_static("ce-id"), id);
        headers.insert(HeaderName::from_static("ce-source"), source);
        headers.insert(HeaderName::from_static("ce-type"), r#type);
        headers.insert(HeaderName::from_static("ce-subject"), subject);
        headers.insert(HeaderName::from_static("ce-time"), time);
        headers.insert(HeaderName::from_static("ce-datacontenttype"), datacontenttype);
        headers.insert(HeaderName::from_static("Content-Type"), datacontenttype);
        headers.insert(HeaderName::from_static("ce-sequence"), sequence);
        headers.insert(HeaderName::from_static("ce-streamversion"), HeaderValue::from(streamversion));
        headers.insert(HeaderName::from_static("ce-correlationid"), correlationid);
        headers.insert(HeaderName::from_static("ce-causationid"), &*header_text(causationid));
        headers
    }
}

/// A text as a header value: what is not plain ASCII is percent-encoded, as the `CloudEvents` HTTP binding has it
/// (version 1.0.2, section 3.1.3.2). Without it a line break in a text would end the header.
fn header_text(text: &str) -> Cow<'_, str> {
    const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');
    utf8_percent_encode(text, ESCAPED).into()
}

/// An event in the structured JSON form.
#[derive(Debug, Serialize)]
pub struct CloudEvent<'a> {
    #[serde(flatten)]
    attributes: Attributes<'a>,
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
        Ok(Self { attributes: Attributes::of(event, log_id), data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::StreamKind;
    use crate::domain::time::Timestamp;
    use serde_json::Value;

    fn event(causation_id: &str) -> RecordedEvent {
        RecordedEvent {
            position: 7,
            stream: StreamKind::Order,
            stream_id: Uuid::from_u128(1),
            version: 3,
            name: "order.submitted".into(),
            payload: r#"{"total":1}"#.to_owned(),
            occurred_at: Timestamp(1_764_000_000_123_456),
            correlation_id: Uuid::from_u128(2),
            causation_id: causation_id.into(),
        }
    }

    #[test]
    fn both_forms_say_the_same() {
        let (event, log_id) = (event("req-1"), Uuid::from_u128(9));
        let structured = serde_json::to_value(CloudEvent::of(&event, log_id).unwrap()).unwrap();
        let headers = Attributes::of(&event, log_id).into_headers();
        let members = structured.as_object().unwrap();
        for (name, value) in members.iter().filter(|(name, _)| *name != "data") {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert_eq!(headers.get(format!("ce-{name}").as_str()).unwrap().as_str(), text, "{name}");
        }
        assert_eq!(headers.iter().filter(|(name, _)| name.to_string().starts_with("ce-")).count(), members.len() - 1);
        assert_eq!(structured["data"]["total"], Value::from(1));
        assert_eq!(headers.get("Content-Type").unwrap().as_str(), "application/json");
        assert_eq!(headers.get("Nats-Msg-Id").unwrap().as_str(), structured["id"]);
    }

    #[test]
    fn ids_survive_the_round_trip() {
        let id = EventId { log_id: Uuid::from_u128(9), position: 41 };
        assert_eq!(id.to_string().parse(), Ok(id));
        for foreign in
            ["", "7", "x-7", "00000000-0000-0000-0000-000000000009", "00000000-0000-0000-0000-000000000009-x"]
        {
            assert!(foreign.parse::<EventId>().is_err(), "{foreign}");
        }
    }

    #[test]
    fn no_text_can_break_out_of_its_header() {
        let headers = Attributes::of(&event("a b%\r\nNats-Rollup: ä\""), Uuid::nil()).into_headers();
        let value = headers.get("ce-causationid").unwrap().as_str();
        assert_eq!(value, "a%20b%25%0D%0ANats-Rollup:%20%C3%A4%22");
    }
}
