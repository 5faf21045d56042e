//! The signal that something is to end.
//!
//! In place of a channel of tokio's `watch`, which wakes whoever waits in an order that it draws itself: no run of a
//! world would be like another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// A signal that is given once and stays given. Clones share it; whoever waits is woken in the order of waiting.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Signal>);

#[derive(Debug, Default)]
struct Signal {
    given: AtomicBool,
    news: Notify,
}

impl Stop {
    /// Gives the signal; once more changes nothing.
    pub fn stop(&self) {
        self.0.given.store(true, Ordering::Release);
        self.0.news.notify_waiters();
    }

    /// Whether it was given.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.given.load(Ordering::Acquire)
    }

    /// Returns once it is given.
    pub async fn stopped(&self) {
        // In line before the look: a signal in between is not missed.
        let news = self.0.news.notified();
        if !self.is_stopped() {
            news.await;
        }
    }

    /// Gives the signal when the guard is dropped, however its owner ends.
    #[must_use]
    pub const fn when_dropped(self) -> StopWhenDropped {
        StopWhenDropped(self)
    }
}

/// Gives a signal when it is dropped.
#[derive(Debug)]
pub struct StopWhenDropped(Stop);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tokio::task::{JoinSet, yield_now};

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_are_woken_in_the_order_of_waiting() {
        let (stop, woken) = (Stop::default(), Arc::new(Mutex::new(Vec::new())));
        let mut waiting = JoinSet::new();
        for number in 0..40 {
            let (stop, woken) = (stop.clone(), woken.clone());
            waiting.spawn(async move {
                stop.stopped().await;
                woken.lock().unwrap().push(number);
            });
        }
        yield_now().await;
        assert!(!stop.is_stopped());
        drop(stop.clone().when_dropped());
        waiting.join_all().await;
        assert_eq!(*woken.lock().unwrap(), (0..40).collect::<Vec<_>>());
        stop.stopped().await;
    }
}
