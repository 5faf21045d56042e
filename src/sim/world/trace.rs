//! What happened in a world, line by line: every draw, commit, ask, answer and timer told, each with its virtual time.
//!
//! Two runs of one seed have one trace. Its hash says whether they have; the first line in which they differ says where
//! something depends on what no seed decides.

use super::clock::VirtualClock;
use crate::ports::time::Clock;
use crate::ports::witness::{Moment, Witness};
use blake3::Hasher;
use std::fmt;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

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
    line: String,
    lines: Option<Vec<String>>,
}

impl Trace {
    /// A trace without lines so far.
    #[must_use]
    pub fn new(clock: Arc<VirtualClock>, keep: Keep) -> Self {
        let lines = (keep == Keep::Lines).then(Vec::new);
        Self { clock, kept: Mutex::new(Kept { hash: Hasher::new(), line: String::new(), lines }) }
    }

    /// Notes what happens now.
    pub fn note(&self, what: fmt::Arguments<'_>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { hash, line, lines } = &mut *kept;
        line.clear();
        // Writing to a string never fails.
        let _ = writeln!(line, "{} {what}", self.clock.now().micros_since(self.clock.from()));
        hash.update(line.as_bytes());
        if let Some(lines) = lines {
            lines.push(line.trim_end().to_owned());
        }
    }

    /// The hash of all lines so far.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner).hash.finalize().as_bytes()
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
        let of = |keep| Trace::new(Arc::new(VirtualClock::starting(EPOCH)), keep);
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
