//! The JSON Schemas of event payloads, made from the Rust types: committed under `schemas/`, one file for each type of
//! event, and the payloads of the `AsyncAPI` document.
//!
//! They describe what Plaza writes. Readers should ignore fields they do not know: a field with a default may be added
//! without a new version, so the schemas do not forbid others.

use super::subject;
use crate::domain::event::EventKind;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// The schema of an event's payload as a document of its own (JSON Schema, draft 2020-12).
#[must_use]
pub fn document(kind: &EventKind) -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = (kind.payload)(&mut generator).to_value();
    let of = subject::event_type(kind.name);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["$id"] = format!("urn:plaza:schema:{of}").into();
    schema["title"] = of.into();
    schema["description"] = kind.meaning.into();
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        schema["$defs"] = json!(definitions);
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::all_kinds;
    use std::collections::BTreeMap;
    use std::path::Path;

    /// `UPDATE_SCHEMAS=1 cargo test --lib schemas` writes the committed copies anew.
    #[test]
    fn the_committed_schemas_are_these() {
        let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas"));
        let fresh: BTreeMap<_, _> = all_kinds()
            .map(|kind| {
                let text = serde_json::to_string_pretty(&document(kind)).unwrap() + "\n";
                (format!("{}.json", subject::event_type(kind.name)), text)
            })
            .collect();
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            let _ = std::fs::remove_dir_all(directory);
            std::fs::create_dir_all(directory).unwrap();
            for (file, text) in &fresh {
                std::fs::write(directory.join(file), text).unwrap();
            }
        }
        let committed: BTreeMap<_, _> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap()))
            .collect();
        let names = |of: &BTreeMap<String, String>| of.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&committed), names(&fresh), "run UPDATE_SCHEMAS=1 cargo test --lib schemas");
        for (file, text) in &fresh {
            assert!(committed[file] == *text, "{file} differs: run UPDATE_SCHEMAS=1 cargo test --lib schemas");
        }
    }

    #[test]
    fn every_field_says_what_it_is() {
        for kind in all_kinds() {
            let schema = document(kind);
            let definitions = schema["$defs"].as_object().into_iter().flat_map(|defs| defs.values());
            for object in definitions.chain([&schema]) {
                for (field, about) in object["properties"].as_object().into_iter().flatten() {
                    let told = about["description"].as_str().is_some_and(|text| !text.is_empty());
                    assert!(told, "{field} in {} of {}", object["title"], kind.name);
                }
            }
        }
    }
}
