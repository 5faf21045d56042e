//! A run that a mall asked for which serves people: it takes what is left over, says how far it is as lines of JSON, and ends
//! with whoever asked.

use crate::sim::run::onlooker::{Glance, Show};
use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, nice, setrlimit};
use serde::Serialize;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How often it says how far it is.
const SAID: Duration = Duration::from_secs(1);
/// The lowest priority there is.
const LAST: i32 = 19;
/// The most memory it may ask for, bytes: a journal in memory has at most half of it.
const MEMORY_MAX: u64 = 4 << 30;

/// Lets everybody else go first, and takes only so much memory. It is of the threads that are started from now on.
///
/// # Errors
/// The system does not allow it.
pub fn behave() -> Result<()> {
    nice(LAST).context("the priority cannot be lowered")?;
    let limit = Rlimit { current: Some(MEMORY_MAX), maximum: Some(MEMORY_MAX) };
    setrlimit(Resource::As, limit).context("the memory cannot be bounded")
}

fn say(what: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(what) {
        eprintln!("{text}");
    }
}

/// Says how far a run is.
pub fn points() -> Show {
    let last = Cell::new(None::<(Instant, &'static str)>);
    Rc::new(move |look: &dyn Glance| {
        let doing = look.doing();
        // What was found last is told, however short it took.
        if last.get().is_none_or(|(last, before)| before != doing || last.elapsed() >= SAID) {
            last.set(Some((Instant::now(), doing)));
            say(&look.point());
            say(&look.picture());
        }
    })
}

/// How many runs of an experiment have ended, of how many at the most.
pub fn runs(ended: usize, of: usize) {
    say(&serde_json::json!({"ended": ended, "of": of}));
}
