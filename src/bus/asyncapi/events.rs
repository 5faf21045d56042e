//! What Plaza tells the world: one channel for each kind of stream, one message for each kind of event.

use super::parts::{Parts, reference};
use crate::bus::subject;
use crate::domain::event::{EventKind, StreamKind, all_kinds};
use serde_json::{Map, Value, json};

/// Adds channels, operations, messages and payloads of every event.
pub(super) fn describe(parts: &mut Parts) {
    let types = r"plaza\.[a-z]+\.[a-z_]+\.v[1-9][0-9]*";
    parts.schemas.insert("EventHeaders".to_owned(), headers("EventHeaders", "", types));
    for kind in all_kinds() {
        let of = subject::event_type(kind.name);
        parts.told(&of, kind.meaning, kind.payload);
        parts.messages.insert(of.clone(), message(kind, &of));
    }
    for &stream in StreamKind::ALL {
        let name = format!("{}-events", stream.as_str());
        parts.add(&name, "send", &format!("Tell what happens to a {}", stream.as_str()), channel(stream));
    }
}

fn kinds_of(stream: StreamKind) -> impl Iterator<Item = &'static EventKind> {
    all_kinds().filter(move |kind| kind.name.split('.').next() == Some(stream.as_str()))
}

fn message(kind: &EventKind, of: &str) -> Value {
    let (stream, _) = kind.name.split_once('.').unwrap_or_default();
    json!({
        "name": of,
        "title": kind.name,
        "summary": kind.meaning,
        "description": format!("Subject `plaza.evt.{}.{{{stream}_id}}`.", kind.name),
        "tags": [{ "name": "event" }],
        "headers": { "allOf": [
            reference("schemas", "EventHeaders"),
            { "type": "object", "properties": { "ce-type": { "const": of } } },
        ] },
        "payload": reference("schemas", of),
        "correlationId": { "location": "$message.header#/ce-correlationid" },
    })
}

fn channel(stream: StreamKind) -> Value {
    let name = stream.as_str();
    let events: Vec<_> =
        kinds_of(stream).filter_map(|kind| kind.name.split_once('.')).map(|(_, event)| event).collect();
    let messages: Map<_, _> = kinds_of(stream)
        .map(|kind| subject::event_type(kind.name))
        .map(|of| (of.clone(), reference("messages", &of)))
        .collect();
    let id = format!("{name}_id");
    json!({
        "address": format!("plaza.evt.{name}.{{event}}.{{{id}}}"),
        "title": format!("Events of a {name}"),
        "description": format!("`plaza.evt.{name}.*.<id>` is everything that happens to one {name}, in order."),
        "servers": [{ "$ref": "#/servers/nats" }],
        "parameters": {
            "event": { "description": "What happened.", "enum": events },
            id: { "description": format!("The {name}, a UUID.") },
        },
        "messages": messages,
    })
}

/// The headers of binary mode, as `envelope` writes them. Ids end in `id_end`, types match `types`.
pub(super) fn headers(title: &str, id_end: &str, types: &str) -> Value {
    let uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    let text = |description: &str| json!({ "type": "string", "description": description });
    let matching = |description: &str, pattern: &str| json!({ "type": "string", "description": description, "pattern": format!("^{pattern}$") });
    let same = |description: &str, value: &str| json!({ "const": value, "description": description });
    let streams = StreamKind::ALL.iter().map(|stream| stream.as_str()).collect::<Vec<_>>().join("|");
    let properties = json!({
        "ce-specversion": same("The version of CloudEvents.", "1.0"),
        "ce-id": matching("The journal and the position in it; never used twice.", &format!("{uuid}-[1-9][0-9]*{id_end}")),
        "ce-source": matching("The journal.", &format!("/plaza/{uuid}")),
        "ce-type": matching("What happened.", types),
        "ce-subject": matching("To what it happened.", &format!("({streams})/{uuid}")),
        "ce-time": { "type": "string", "format": "date-time", "description": "When it happened, UTC." },
        "ce-datacontenttype": same("The form of the body.", "application/json"),
        "ce-sequence": matching("The position in the journal: 1, 2, 3 without a gap.", "[1-9][0-9]*"),
        "ce-streamversion": matching("The place in the stream of this one thing, from 1.", "[1-9][0-9]*"),
        "ce-correlationid": text("Groups everything one order or request led to."),
        "ce-causationid": text("What led to it; percent-encoded where it is not plain ASCII."),
        "Content-Type": same("The form of the body, for tools that know no CloudEvents.", "application/json"),
        "Nats-Msg-Id": matching("`ce-id` once more: the broker drops repetitions by it.", &format!("{uuid}-[1-9][0-9]*{id_end}")),
    });
    let required: Vec<_> = properties.as_object().into_iter().flat_map(Map::keys).cloned().collect();
    json!({
        "type": "object",
        "title": title,
        "description": "CloudEvents 1.0 attributes in binary mode.",
        "properties": properties,
        "required": required,
    })
}
