//! What happened in a world, line by line: every request, draw, commit, ask, answer and timer told, each with the microsecond since its
//! beginning.
//!
//! Two runs of one seed have one trace. Its hash says whether they have; the first line in which they differ says where
//! something depends on what no seed decides.

use super::clock::VirtualClock;
use crate::ports::witness::{Moment, Witness};
use blake3::Hasher;
use std::fmt;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// How much of a trace is hashed at a time, bytes.
const HASHED: usize = 16 * 1_024;

/// What is kept of a trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// Its hash.
    #[default]
    Hash,
    /// Its hash and every line, which takes memory.
    Lines,
}

/// The trace of a world, through all its lives.
pub struct Trace {
    clock: Arc<VirtualClock>,
    kept: Mutex<Kept>,
}

struct Kept {
    hash: Hasher,
    /// What is not in the hash so far: much at a time is hashed several times as fast as line by line.
    text: String,
    lines: Option<Vec<String>>,
}

impl Kept {
    fn put_in(&mut self) {
        self.hash.update(self.text.as_bytes());
        self.text.clear();
    }
}

impl Trace {
    /// A trace without lines so far.
    #[must_use]
    pub fn new(clock: Arc<VirtualClock>, keep: Keep) -> Self {
        let lines = (keep == Keep::Lines).then(Vec::new);
        Self { clock, kept: Mutex::new(Kept { hash: Hasher::new(), text: String::new(), lines }) }
    }

    /// Notes what happens now.
    pub fn note(&self, what: fmt::Arguments<'_>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { text, lines, .. } = &mut *kept;
        let begin = text.len();
        // Writing to a string never fails.
        let _ = writeln!(text, "{} {what}", self.clock.elapsed_us());
        if let Some(lines) = lines {
            lines.push(text[begin..].trim_end().to_owned());
        }
        if text.len() >= HASHED {
            kept.put_in();
        }
    }

    /// The hash of all lines so far.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put_in();
        *kept.hash.finalize().as_bytes()
    }

    /// The lines so far, where they are kept.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).lines.clone().unwrap_or_default()
    }
}

impl Witness for Trace {
    fn saw(&self, moment: Moment) {
        match moment {
            Moment::Turn { of } => self.note(format_args!("turn of {of:?}")),
            Moment::Told { order_id } => self.note(format_args!("tells order {order_id}")),
            Moment::Asked { order_id, work } => self.note(format_args!("order {order_id} asks {work:?}")),
            Moment::Answered { order_id, work, well } => {
                let word = if well { "answered" } else { "not answered" };
                self.note(format_args!("order {order_id} is {word} {work:?}"));
            }
        }
    }
}

/// The first line in which two traces differ, as each has it.
#[must_use]
pub fn first_difference(one: &[String], other: &[String]) -> Option<String> {
    let at = (0..one.len().max(other.len())).find(|at| one.get(*at) != other.get(*at))?;
    let line = |trace: &[String]| trace.get(at).cloned().unwrap_or_else(|| "(ends)".to_owned());
    Some(format!("line {}: {} / {}", at + 1, line(one), line(other)))
}

#[cfg(test)]
mod tests {
    use super::super::clock::EPOCH;
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        let trace = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        assert_eq!(first_difference(&trace(&["a", "b"]), &trace(&["a", "b"])), None);
        assert_eq!(first_difference(&trace(&["a", "b"]), &trace(&["a", "c"])), Some("line 2: b / c".to_owned()));
        assert_eq!(first_difference(&trace(&["a"]), &trace(&["a", "c"])), Some("line 2: (ends) / c".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_and_its_time_are_in_the_hash() {
        let of = |keep| Trace::new(Arc::new(VirtualClock::starting(EPOCH, false)), keep);
        let (first, second) = (of(Keep::Hash), of(Keep::Lines));
        assert_eq!(first.hash(), second.hash());
        first.note(format_args!("x"));
        assert_ne!(first.hash(), second.hash());
        second.note(format_args!("x"));
        assert_eq!((first.hash(), second.lines()), (second.hash(), vec!["0 x".to_owned()]));
        tokio::time::advance(std::time::Duration::from_millis(1)).await;
        first.note(format_args!("x"));
        second.note(format_args!("y"));
        assert_ne!(first.hash(), second.hash());
        assert_eq!(second.lines()[1], "1000 y");
    }
}
