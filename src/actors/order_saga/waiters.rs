//! Who waits for something to become true of an order.

use tokio::sync::oneshot;

/// Everybody who waits for one thing.
#[derive(Default)]
pub(super) struct Waiters(Vec<oneshot::Sender<()>>);

impl Waiters {
    /// One more that waits; those that have given up are forgotten. Dropped without a word when it can never come true.
    pub(super) fn add(&mut self) -> oneshot::Receiver<()> {
        self.0.retain(|waiter| !waiter.is_closed());
        let (waiter, told) = oneshot::channel();
        self.0.push(waiter);
        told
    }

    /// It is true.
    pub(super) fn tell(&mut self) {
        for waiter in self.0.drain(..) {
            // A waiter that gave up has dropped its end.
            let _ = waiter.send(());
        }
    }

    /// It will never be true here.
    pub(super) fn drop_all(&mut self) {
        self.0.clear();
    }
}
