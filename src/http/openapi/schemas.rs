//! What the schemas of utoipa lack: names for people, descriptions in place, patterns of texts.

use serde_json::{Map, Value};

/// utoipa writes the description of a field whose schema is inlined as a second `allOf` member of `type: object`, which
/// nothing but an object satisfies. The description belongs beside the schema it describes.
pub fn describe_in_place(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(describe_in_place);
            let merged = match map.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
                Some([Value::Object(schema), Value::Object(words)]) if only_describes(words) => {
                    let mut schema = schema.clone();
                    schema.extend(
                        words.iter().filter(|(key, _)| *key == "description").map(|(k, v)| (k.clone(), v.clone())),
                    );
                    schema
                }
                _ => return,
            };
            map.remove("allOf");
            map.extend(merged);
        }
        Value::Array(values) => values.iter_mut().for_each(describe_in_place),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn only_describes(schema: &Map<String, Value>) -> bool {
    schema.keys().all(|key| key == "description" || key == "type") && schema.get("type").is_none_or(|t| t == "object")
}

/// What `domain::text` takes: white space around it, no control characters and no marks that turn a text around, and
/// something that can be seen (of the characters above U+FFFF all are let through, which patterns write in too many ways).
/// Line breaks and tabs may stand inside where a text may be left empty.
const NAMED: &str = r"^[\t-\r \u0085]*[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*[^\u0000- \u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8][^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*[\t-\r \u0085]*$";
const TOLD: &str =
    r"^[\t-\r \u0085]*[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*[\t-\r \u0085]*$";

/// Gives every text that people type, which are those with a greatest length, the pattern of what is taken.
pub fn spell_out_texts(value: &mut Value) {
    match value {
        Value::Object(map) if map.contains_key("maxLength") => {
            let pattern = if map.contains_key("minLength") { NAMED } else { TOLD };
            map.entry("pattern").or_insert_with(|| pattern.into());
        }
        Value::Object(map) => map.values_mut().for_each(spell_out_texts),
        Value::Array(values) => values.iter_mut().for_each(spell_out_texts),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `List_Store` is `StoreList`: the names of generics are the macro's, these are for people.
pub fn rename_lists(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let lists: Vec<String> = schemas.keys().filter(|name| name.starts_with("List_")).cloned().collect();
    for list in &lists {
        if let Some(schema) = schemas.remove(list) {
            schemas.insert(format!("{}List", &list["List_".len()..]), schema);
        }
    }
    rename_references(document);
}

fn rename_references(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let renamed = match (key.as_str(), value.as_str()) {
                    ("$ref", Some(name)) => name.rsplit_once("/List_").map(|(path, item)| format!("{path}/{item}List")),
                    _ => None,
                };
                match renamed {
                    Some(renamed) => *value = renamed.into(),
                    None => rename_references(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(rename_references),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
