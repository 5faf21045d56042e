//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

/// How long anything that is waited for may take; generous, for loaded machines.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// Polls `look` until it sees something; `what` says what is waited for.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let (started, mut pause) = (Instant::now(), Duration::from_millis(2));
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(started.elapsed() < DEADLINE, "not within {DEADLINE:?}: {what}");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// As [`eventually`], where nothing may be awaited.
pub fn eventually_blocking<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(started.elapsed() < DEADLINE, "not within {DEADLINE:?}: {what}");
        #[expect(clippy::disallowed_methods, reason = "waits for another process, a little at a time")]
        std::thread::sleep(Duration::from_millis(5));
    }
}
