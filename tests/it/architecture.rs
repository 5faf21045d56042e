//! The arrows between the storeys (docs/ARCHITECTURE.md), read off the `use` lines and paths of every source file; and
//! that no file is in a circle of imports.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Storey, and what its files must not name.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("domain", &["crate::ports", "crate::metrics", "crate::log_limit", "crate::system"]),
    ("domain", &["actix", "diesel", "tokio", "std::fs", "std::net", "SystemTime", "now_v7", "rand::"]),
    ("metrics", &["crate::ports", "crate::log_limit", "crate::system", "actix", "diesel"]),
    ("log_limit", &["crate::domain", "crate::ports", "crate::metrics", "crate::system"]),
    ("ports", &["crate::metrics", "crate::log_limit", "crate::system", "actix", "diesel", "async_nats"]),
    ("actors", &["crate::system", "diesel", "actix_web", "async_nats"]),
    ("db", &["crate::actors", "crate::bus", "crate::system", "actix", "async_nats"]),
    ("bus", &["crate::actors", "crate::db", "crate::metrics", "crate::system", "diesel", "actix"]),
    (
        "http",
        &[
            "crate::db",
            "crate::system",
            "crate::sim::world",
            "crate::bus::bridge",
            "crate::bus::broker",
            "crate::bus::consumer",
            "crate::bus::memory",
            "crate::bus::outside",
            "crate::bus::relay",
            "crate::bus::schemas",
            "diesel",
            "async_nats",
        ],
    ),
    ("sim", &["crate::system", "diesel", "actix_web"]),
    ("domain", ABOVE),
    ("metrics", ABOVE),
    ("log_limit", ABOVE),
    ("system", ABOVE),
    ("ports", ABOVE),
    ("actors", &["crate::db", "crate::bus", "crate::http", "crate::sim", "crate::cli", "crate::app"]),
    ("db", &["crate::http", "crate::sim", "crate::cli", "crate::app"]),
    ("bus", &["crate::http", "crate::sim", "crate::cli", "crate::app"]),
    ("http", &["crate::cli", "crate::app"]),
    ("sim", &["crate::http", "crate::cli", "crate::app"]),
    ("cli", &["crate::http", "crate::app"]),
];

/// What the lowest storeys must not name.
const ABOVE: &[&str] =
    &["crate::actors", "crate::db", "crate::bus", "crate::http", "crate::sim", "crate::cli", "crate::app"];

/// Files that are `#[cfg(test)]` as a whole.
const TEST_FILES: &[&str] = &["db/testbed.rs", "db/reads/tests.rs", "domain/laws.rs", "actors/directory/tests.rs"];

fn sources(place: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    let is_code = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    // What is compiled for unit tests alone may wire what it tests.
    let is_test = |path: &PathBuf| TEST_FILES.iter().any(|name| path.ends_with(name));
    found.filter(|path| is_code(path) && !is_test(path)).collect()
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
    let files = modules(&root());
    let mut wrong = vec![];
    for (layer, forbidden) in FORBIDDEN {
        let layer_files: Vec<_> =
            files.keys().filter(|module| module.first().is_some_and(|first| first == layer)).collect();
        assert!(!layer_files.is_empty(), "layer {layer} is gone; this test no longer checks it");
        for module in layer_files {
            let named = paths(&files[module]).into_iter().map(|path| match absolute(&files, module, &path) {
                Some(path) => format!("crate::{}::", path.join("::")),
                None => format!("{}::", path.join("::")),
            });
            let named: BTreeSet<_> = named.collect();
            for word in *forbidden {
                if named.iter().any(|path| path.starts_with(&format!("{word}::"))) || code_names(&files[module], word) {
                    wrong.push(format!("{} names {word}", module.join("::")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether code names what is no path of ours: a crate, or a function that must not be called.
fn code_names(code: &str, word: &str) -> bool {
    !word.starts_with("crate::") && code.contains(word)
}

#[test]
fn no_file_is_in_a_circle_of_imports() {
    let circles = circles(&root());
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn a_planted_circle_is_found() {
    let copy = tempfile::tempdir().unwrap();
    for file in sources(&root()) {
        let to = copy.path().join(file.strip_prefix(root()).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(file, to).unwrap();
    }
    let plant = |file: &str, line: &str| {
        let path = copy.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("\nuse ", &format!("\n{line}\nuse "), 1)).unwrap();
    };
    // A path in a body to a name that a face hands on, a group with a nested path, and a module under another name.
    plant("domain/money.rs", "fn planted() { crate::domain::order::OrderPolicy::planted() }");
    assert!(circles(copy.path()).iter().any(|circle| circle.contains("domain::money")));
    plant("actors/error.rs", "use super::{mall::{Mall as Planted}, principal};");
    assert!(circles(copy.path()).iter().any(|circle| circle.contains("actors::error")));
    plant("db/error.rs", "use super::{pool as planted};");
    assert!(circles(copy.path()).iter().any(|circle| circle.contains("db::error")));
}

/// The circles of imports among the files below `root`, each as the names of its modules. A file imports the file in
/// which what it names is defined, in `use` lines and in paths; what a face (`mod.rs`) hands on counts for the face as
/// well.
fn circles(root: &Path) -> Vec<BTreeSet<String>> {
    let files = modules(root);
    let imports: BTreeMap<&Vec<String>, BTreeSet<&Vec<String>>> = files
        .iter()
        .map(|(from, code)| {
            let named = paths(code).into_iter().filter_map(|path| absolute(&files, from, &path));
            let reached = named.filter_map(|path| longest(&files, &path));
            (from, reached.filter(|to| *to != from && !to.is_empty()).collect())
        })
        .collect();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for from in files.keys() {
        let circle: BTreeSet<&Vec<String>> =
            reachable(&imports, from).into_iter().filter(|to| reachable(&imports, to).contains(from)).collect();
        if !circle.is_empty() && seen.insert(circle.clone()) {
            found.push(circle.into_iter().map(|module| module.join("::")).collect());
        }
    }
    found
}

/// The code of every file by the name of its module.
fn modules(root: &Path) -> BTreeMap<Vec<String>, String> {
    sources(root).iter().map(|file| (module(root, file), code(file))).collect()
}

/// `src/a/b.rs` and `src/a/b/mod.rs` are `a::b`.
fn module(root: &Path, file: &Path) -> Vec<String> {
    let path = file.strip_prefix(root).unwrap().with_extension("");
    let mut parts: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        parts.pop();
    }
    parts
}

/// Every path that code names: those of `use` lines with their groups spread out, and those in bodies, where a name
/// that was imported stands for what it was imported from.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut uses = Vec::new();
    let mut bodies = String::new();
    for piece in code.split_inclusive(';') {
        match piece.rsplit_once("use ").filter(|(before, _)| before.is_empty() || before.ends_with(['\n', ' '])) {
            Some((before, tree)) if tree.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                bodies.push_str(before);
                uses.extend(spread(tree.trim_end_matches(';')));
            }
            _ => bodies.push_str(piece),
        }
    }
    let is_path = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let in_bodies: Vec<Vec<String>> = bodies
        .split(|c| !is_path(c))
        .filter(|word| word.contains("::"))
        .map(|word| word.split("::").map(str::to_owned).collect())
        .collect();
    let through_imports = in_bodies.iter().filter_map(|path| {
        let import = uses.iter().find(|import| import.last() == path.first())?;
        Some(import.iter().chain(&path[1..]).cloned().collect())
    });
    let through_imports: Vec<Vec<String>> = through_imports.collect();
    uses.into_iter().chain(in_bodies).chain(through_imports).collect()
}

/// `a::{b, c::d}` is `a::b` and `a::c::d`.
fn spread(tree: &str) -> Vec<Vec<String>> {
    let Some((head, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![
            path.split("::")
                .map(|part| part.trim().to_owned())
                .filter(|part| part != "self" && !part.is_empty())
                .collect(),
        ];
    };
    let group = group.rsplit_once('}').map_or(group, |(group, _)| group);
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&group[start..]);
    let items = items.into_iter().map(str::trim).filter(|item| !item.is_empty());
    items.flat_map(|item| spread(&format!("{head}{item}"))).collect()
}

/// A path from the root of the crate; `None` for one that leads out of it.
fn absolute(files: &BTreeMap<Vec<String>, String>, from: &[String], path: &[String]) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    let inside = |path: &[String]| {
        path.first().is_some_and(|first| files.contains_key(&[from, std::slice::from_ref(first)].concat()))
    };
    match path.first()?.as_str() {
        "crate" | "plaza" => Some(path[1..].to_vec()),
        "super" => Some([&from[..from.len().checked_sub(supers)?], &path[supers..]].concat()),
        _ if inside(path) => Some([from, path].concat()),
        _ => None,
    }
}

/// The file a path leads to: the longest module it begins with.
fn longest<'a>(files: &'a BTreeMap<Vec<String>, String>, path: &[String]) -> Option<&'a Vec<String>> {
    (0..=path.len()).rev().find_map(|length| files.get_key_value(&path[..length]).map(|(module, _)| module))
}

fn reachable<'a>(
    imports: &BTreeMap<&'a Vec<String>, BTreeSet<&'a Vec<String>>>,
    from: &Vec<String>,
) -> BTreeSet<&'a Vec<String>> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&Vec<String>> = imports[from].iter().copied().collect();
    while let Some(module) = next.pop() {
        if reached.insert(module) {
            next.extend(imports[module].iter().copied());
        }
    }
    reached
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
fn no_choice_between_futures_is_left_to_chance() {
    for (module, code) in modules(&root()) {
        for select in code.split("select! {").skip(1) {
            assert!(
                select.trim_start().starts_with("biased;"),
                "{} chooses at random: {:.80}",
                module.join("::"),
                select
            );
        }
    }
}

/// What makes one run unlike another, and the files that may: they are in no world, or nothing that happens follows from
/// it.
const UNLIKE: &[(&str, &[&str])] = &[
    // Wakes those who wait in an order that tokio draws.
    ("watch::", &["bus/broker/"]),
    // Their order is drawn anew in every process.
    ("HashMap", &[]),
    ("HashSet", &[]),
    ("RandomState", &[]),
    ("thread::spawn", &[]),
    ("thread::Builder", &["db/journal/thread.rs", "db/lookout.rs", "sim/lab/mod.rs"]),
    ("new_multi_thread", &["bus/bridge.rs"]),
    ("Arbiter::new", &[]),
    // A run over REST is in no world.
    ("spawn_blocking", &["db/reads/read_model.rs", "sim/live_run/own_mall.rs"]),
    // Real time, where tokio's stands still with its world.
    ("time::Instant", &[]),
    ("SystemTime", &[]),
    ("Utc::now", &["system.rs"]),
];

#[test]
fn nothing_below_http_makes_one_run_unlike_another() {
    let above = ["http", "cli", "app.rs", "main.rs", "lib.rs", "system.rs", "log_limit.rs"];
    let mut wrong = Vec::new();
    for file in sources(&root()) {
        let name = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        if above.iter().any(|above| Path::new(&name).starts_with(above)) {
            continue;
        }
        let code = code(&file);
        // `use std::time::{Duration, Instant}` is `std::time::Instant`, and `tokio::time::Instant` is allowed.
        let named: Vec<String> = paths(&code).into_iter().map(|path| path.join("::")).collect();
        let has = |word: &str| match word {
            "time::Instant" => named.iter().any(|path| path.starts_with("std::time::Instant")),
            _ => code.contains(word),
        };
        for (word, allowed) in UNLIKE {
            if has(word) && !allowed.iter().any(|allowed| name.starts_with(allowed)) {
                wrong.push(format!("{name} has {word}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
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

/// The constants of a file that are waits: `NAME`s of type `Duration` or `Backoff`, or counted in milliseconds.
fn waits(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter_map(|line| {
        let (name, rest) = line.split_once("const ")?.1.split_once(": ")?;
        let is_name = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        let kind = rest.split([' ', '=']).next()?;
        let is_wait = matches!(kind, "Duration" | "Backoff") || (name.contains("_MS") && matches!(kind, "u64" | "i64"));
        (is_name && is_wait).then_some(name)
    })
}

#[test]
fn every_wait_is_of_the_malls_time_or_of_real_time() {
    let guide = std::fs::read_to_string(root().join("../docs/SIMULATION.md")).unwrap();
    let (mut listed, mut found) = (Vec::new(), Vec::new());
    for line in guide.lines().filter(|line| line.starts_with("| `") && line.contains(".rs` ")) {
        let mut names = line.split('`').skip(1).step_by(2);
        let file = names.next().unwrap();
        listed.extend(names.map(|name| format!("{file} {name}")));
    }
    for path in sources(&root()) {
        let file = path.strip_prefix(root()).unwrap().display().to_string();
        found.extend(waits(&code(&path)).map(|name| format!("{file} {name}")));
    }
    assert!(found.len() > 60, "only {} waits: {found:?}", found.len());
    let count = |all: &[String], one: &String| all.iter().filter(|other| *other == one).count();
    let wrong: Vec<_> =
        found.iter().chain(&listed).filter(|one| count(&listed, one) != 1 || count(&found, one) != 1).collect();
    assert_eq!(wrong, Vec::<&String>::new(), "each is in one of the two lists of docs/SIMULATION.md, once");
}
