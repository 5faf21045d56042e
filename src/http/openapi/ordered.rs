//! The order the document is written in: operations as in the table of routes, keys sorted.

use crate::http::door::roles::ROUTES;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeSet;

/// The document, as it is written.
pub struct Document(pub Value);

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.as_object().into_iter().flatten();
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in entries {
            if key == "paths" { map.serialize_entry(key, &Paths(value))? } else { map.serialize_entry(key, value)? }
        }
        map.end()
    }
}

struct Paths<'a>(&'a Value);

impl Serialize for Paths<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut written = BTreeSet::new();
        let documented = ROUTES.iter().filter(|route| self.0.get(route.path).is_some());
        let entries = documented.filter(|route| written.insert(route.path));
        serializer.collect_map(entries.map(|route| (route.path, Methods(route.path, &self.0[route.path]))))
    }
}

struct Methods<'a>(&'static str, &'a Value);

impl Serialize for Methods<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let methods = ROUTES.iter().filter(|route| route.path == self.0).map(|route| route.method.to_lowercase());
        serializer.collect_map(methods.filter_map(|method| self.1.get(&method).map(|operation| (method, operation))))
    }
}
