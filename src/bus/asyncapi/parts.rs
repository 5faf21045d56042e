//! What the document is put together from: its sections, and the two generators of schemas.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The parts of the document as they are put together.
pub(super) struct Parts {
    pub(super) channels: Map<String, Value>,
    pub(super) operations: Map<String, Value>,
    pub(super) messages: Map<String, Value>,
    pub(super) schemas: Map<String, Value>,
    /// Keep the types that payloads refer to: of what Plaza writes, and of what it reads.
    pub(super) written: SchemaGenerator,
    pub(super) read: SchemaGenerator,
}

impl Parts {
    pub(super) fn new() -> Self {
        // Draft 07 is what the schemas of AsyncAPI 3.0 build on.
        let settings =
            SchemaSettings::draft07().with(|settings| settings.definitions_path = "/components/schemas".into());
        let (channels, operations, messages, schemas) = <(Map<_, _>, Map<_, _>, Map<_, _>, Map<_, _>)>::default();
        let written = settings.clone().for_serialize().into_generator();
        let read = settings.for_deserialize().into_generator();
        Self { channels, operations, messages, schemas, written, read }
    }

    /// Adds a channel and what Plaza does with it.
    pub(super) fn add(&mut self, name: &str, action: &str, title: &str, channel: Value) {
        let operation =
            json!({ "action": action, "title": title, "channel": { "$ref": format!("#/channels/{name}") } });
        self.operations.insert(format!("{action}-{name}"), operation);
        self.channels.insert(name.to_owned(), channel);
    }

    /// Adds the schema of a payload that Plaza writes.
    pub(super) fn told(&mut self, name: &str, meaning: &str, describe: Describe) {
        let schema = payload(&mut self.written, name, meaning, describe);
        self.schemas.insert(name.to_owned(), schema);
    }

    /// Adds the schema of a payload that Plaza reads.
    pub(super) fn heard(&mut self, name: &str, meaning: &str, describe: Describe) {
        let schema = payload(&mut self.read, name, meaning, describe);
        self.schemas.insert(name.to_owned(), schema);
    }
}

/// Makes the schema of a payload.
pub(super) type Describe = fn(&mut SchemaGenerator) -> Schema;

fn payload(generator: &mut SchemaGenerator, name: &str, meaning: &str, describe: Describe) -> Value {
    let mut schema = describe(generator);
    for transform in generator.transforms_mut() {
        transform.transform(&mut schema);
    }
    let mut schema = schema.to_value();
    schema["title"] = name.into();
    schema["description"] = meaning.into();
    schema
}

/// Points at a part of the document.
pub(super) fn reference(section: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{section}/{name}") })
}
