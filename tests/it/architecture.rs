//! The arrows between layers (docs/ARCHITECTURE.md), read off the `use` lines and paths of every source file.

use std::path::{Path, PathBuf};

/// Layer, and what its files must not name.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "domain",
        &["crate::actors", "crate::db", "crate::bus", "crate::http", "crate::sim", "crate::app", "crate::config"],
    ),
    ("domain", &["actix", "diesel", "tokio", "chrono::Utc", "std::fs", "std::net", "SystemTime", "now_v7", "rand::"]),
    (
        "actors",
        &["crate::db", "crate::bus", "crate::http", "crate::sim", "crate::app", "diesel", "actix_web", "async_nats"],
    ),
    ("db", &["crate::http", "crate::sim", "crate::app", "actix", "async_nats"]),
    ("bus", &["crate::db", "crate::http", "crate::sim", "crate::app", "diesel", "actix"]),
    ("http", &["crate::db", "crate::app", "crate::bus::memory", "diesel", "async_nats"]),
    ("sim", &["crate::http", "crate::app", "diesel", "actix_web"]),
];

fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The code of a file: comments may name anything, and unit tests may wire what they test.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn layers_only_know_the_layers_below() {
    let mut wrong = vec![];
    for (layer, forbidden) in FORBIDDEN {
        let files = sources(&root().join(layer));
        assert!(!files.is_empty(), "layer {layer} is gone; this test no longer checks it");
        for file in files {
            let code = code(&file);
            let named = forbidden.iter().filter(|word| code.contains(**word));
            wrong.extend(named.map(|word| format!("{} names {word}", file.display())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_system_ports_read_clock_and_randomness() {
    let readers = ["Utc::now", "SystemTime::now", "now_v7", "getrandom::"];
    for file in sources(&root()) {
        let allowed = file.ends_with("system.rs");
        let code = code(&file);
        let found = readers.iter().find(|reader| code.contains(**reader));
        assert!(allowed || found.is_none(), "{} reads {found:?}", file.display());
    }
}

#[test]
fn actors_live_in_one_place() {
    for file in sources(&root()) {
        let outside = !file.starts_with(root().join("actors"));
        assert!(!(outside && code(&file).contains("impl Actor for")), "{} has an actor", file.display());
    }
}

#[test]
fn main_stays_small() {
    assert!(std::fs::read_to_string(root().join("main.rs")).unwrap().lines().count() <= 60);
}
