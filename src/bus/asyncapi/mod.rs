//! The `AsyncAPI` 3.0 document: what Plaza says and hears on NATS, for people and for code generators.
//!
//! Made from the tables the code runs on: names and payloads of `domain::event`, types and subjects of
//! [`subject`](super::subject). `events` has what Plaza tells the world, `outside` what it asks of outside services and
//! hears from them, `parts` what both add to.

mod events;
mod outside;
mod parts;

use parts::Parts;
use serde_json::{Value, json};

const DESCRIPTION: &str = "\
An event-driven mall. Every fact of its journal is a CloudEvent 1.0.

On NATS events are in binary mode: the attributes are headers, the payload is the body. They are kept in the JetStream \
stream PLAZA_EVENTS, in journal order, each once: `ce-sequence` counts 1, 2, 3 without a gap. Delivery to a consumer is \
at least once, so remember the last `ce-sequence` you have dealt with.

Over HTTP the same events are in structured mode: `GET /api/v1/events` lists them, `GET /api/v1/events/stream` sends \
them as they come (server-sent events; `id:` is the sequence, and `Last-Event-ID` resumes). See `/openapi.json`.

A store with `fulfilment: external`, and the bank when PLAZA_PAYMENT_PROVIDER is `external`, are outside services: \
they are asked on `plaza.req.>` and answer on `plaza.cmd.>`. They may answer late, twice or never; an order that waits \
too long is rejected with CONFIRMATION_TIMEOUT.

A field may be added to a payload without a new version: ignore what you do not know. A change that would mislead \
readers gets a new type, `plaza.order.submitted.v2`.";

/// The document as YAML with sorted keys, so that two builds of one source agree to the byte.
///
/// # Panics
/// Never: the document is texts, numbers, lists and maps.
#[must_use]
pub fn document() -> String {
    serde_saphyr::to_string(&complete()).expect("texts, numbers, lists and maps have a YAML form")
}

fn complete() -> Value {
    let mut parts = Parts::new();
    events::describe(&mut parts);
    outside::describe(&mut parts);
    let mut schemas = parts.schemas;
    schemas.extend(parts.read.take_definitions(true));
    schemas.extend(parts.written.take_definitions(true));
    json!({
        "asyncapi": "3.0.0",
        "id": "urn:plaza",
        "info": {
            "title": "Plaza",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": { "name": "MIT OR Apache-2.0" },
            "tags": [
                { "name": "event", "description": "Facts, told to whoever listens." },
                { "name": "request", "description": "What outside stores and an outside bank are asked." },
                { "name": "answer", "description": "What they answer." },
                { "name": "dead-letter", "description": "What nobody could make sense of." },
            ],
        },
        "defaultContentType": "application/json",
        "servers": { "nats": {
            "host": "127.0.0.1:4222",
            "protocol": "nats",
            "description": "The NATS servers of PLAZA_NATS_URL, with JetStream. Users and their rights: deploy/nats.conf.",
        } },
        "channels": parts.channels,
        "operations": parts.operations,
        "components": { "messages": parts.messages, "schemas": schemas },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::subject::event_type;
    use crate::domain::event::all_names;

    #[test]
    fn every_event_has_a_message_and_a_payload() {
        let document = complete();
        for name in all_names() {
            let of = event_type(name);
            for section in ["messages", "schemas"] {
                assert!(document["components"][section].get(&of).is_some(), "{of} in {section}");
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = complete();
        let text = document.to_string();
        let references: Vec<_> = text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(!references.is_empty());
        for pointer in references {
            assert!(document.pointer(pointer).is_some(), "{pointer} is missing");
        }
    }

    /// `UPDATE_ASYNCAPI=1 cargo test --lib asyncapi` writes the committed copy anew.
    #[test]
    fn the_committed_document_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/asyncapi.yaml");
        let fresh = document();
        if std::env::var_os("UPDATE_ASYNCAPI").is_some() {
            std::fs::write(path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == fresh, "run UPDATE_ASYNCAPI=1 cargo test --lib asyncapi");
    }
}
