//! Log lines about what happens as often as somebody outside likes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often lines of one kind are written, at the most.
const SELDOM: Duration = Duration::from_secs(10);

/// Whether a line of this kind may be written now, and how many were left out since the one before.
///
/// For what happens as often as somebody outside likes: a line each would fill the disk, and hide what else happens.
pub fn seldom(kind: &'static str) -> Option<u64> {
    static WRITTEN: Mutex<BTreeMap<&str, (Instant, u64)>> = Mutex::new(BTreeMap::new());
    let (mut written, now) = (WRITTEN.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
    match written.get_mut(kind) {
        Some((last, left_out)) if now.duration_since(*last) < SELDOM => {
            *left_out += 1;
            None
        }
        Some((last, left_out)) => {
            *last = now;
            Some(std::mem::take(left_out))
        }
        None => {
            written.insert(kind, (now, 0));
            Some(0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_kind_is_written_seldom() {
        assert_eq!(seldom("this test"), Some(0));
        assert_eq!((0..1_000).filter_map(|_| seldom("this test")).count(), 0);
        assert_eq!(seldom("another kind"), Some(0));
    }
}
