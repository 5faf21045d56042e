//! A run told in the field's words, line by line: who asked what, what the journal says, what went wrong when.

use super::finding::Finding;
use super::plan::Plan;
use super::run::Outcome;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The most lines of a story: the last ones are the interesting ones.
const LINES_MAX: usize = 200;

/// Tells what happened when `plan` was run with its story kept.
#[must_use]
pub fn tell(plan: &Plan, outcome: &Outcome) -> String {
    let mut told = String::new();
    let _ = writeln!(
        told,
        "{}, {}, {}; {} in {}.",
        counted(plan.mall.stores.len() as u64, "store"),
        counted(plan.shoppers.len() as u64, "shopper"),
        counted(plan.faults.len() as u64, "fault"),
        counted(outcome.events, "event"),
        if outcome.lives == 1 { "one life".to_owned() } else { format!("{} lives", outcome.lives) },
    );
    let mut names = Names::default();
    let lines: Vec<_> = outcome.story.iter().map(|(at, what)| (at, names.put_in(what))).collect();
    if lines.len() > LINES_MAX {
        let _ = writeln!(told, "… {} lines before …", lines.len() - LINES_MAX);
    }
    for (at, line) in &lines[lines.len().saturating_sub(LINES_MAX)..] {
        let _ = writeln!(told, "{} {line}", time(**at));
    }
    for Finding { law, of, said, at } in &outcome.findings {
        let _ = writeln!(told, "{} WRONG: {law} ({of}): {}", time(*at), names.put_in(said));
    }
    told
}

/// One thing, or so many.
fn counted(many: u64, one: &str) -> String {
    if many == 1 { format!("one {one}") } else { format!("{many} {one}s") }
}

/// Microseconds as minutes, seconds and milliseconds.
fn time(micros: u64) -> String {
    let ms = micros / 1_000;
    format!("{:02}:{:02}.{:03}", ms / 60_000, ms / 1_000 % 60, ms % 1_000)
}

/// Short names in place of ids, in the order in which they turn up.
#[derive(Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    /// The text with a letter in place of every id.
    fn put_in(&mut self, text: &str) -> String {
        let mut named = String::new();
        let mut rest = text;
        while let Some(at) = id_at(rest) {
            let (before, from) = rest.split_at(at);
            let (id, after) = from.split_at(ID);
            named.push_str(before);
            let next = letters(self.0.len());
            named.push_str(self.0.entry(id.to_owned()).or_insert(next));
            rest = after;
        }
        named.push_str(rest);
        named
    }
}

/// The length of an id as text.
const ID: usize = 36;

/// Where the first id in a text begins.
fn id_at(text: &str) -> Option<usize> {
    let is_id = |at: &usize| {
        let id = text.as_bytes().get(*at..*at + ID);
        id.is_some_and(|id| {
            id.iter().enumerate().all(|(place, byte)| match place {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
        })
    };
    (0..text.len()).find(is_id)
}

/// A to Z, then AA and so on.
fn letters(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + u8::try_from(number % 26).unwrap_or_default());
        number /= 26;
        if number == 0 {
            break;
        }
        number -= 1;
    }
    letters.reverse();
    String::from_utf8(letters).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_letters_and_times_are_read_as_times() {
        let mut names = Names::default();
        let one = "0190f5a2-0000-7000-8000-000000000001";
        let text = format!("order {one} of {one} and 0190f5a2-0000-7000-8000-000000000002");
        assert_eq!(names.put_in(&text), "order A of A and B");
        assert_eq!(names.put_in("no id"), "no id");
        assert_eq!(["A", "Z", "AA", "AB"], [0, 25, 26, 27].map(letters).map(|name| name.leak() as &str));
        assert_eq!(time(65_004_000), "01:05.004");
    }
}
