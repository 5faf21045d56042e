//! Where actors live, and whether somebody was woken there.

use actix::ArbiterHandle;
use tokio::sync::Notify;

/// The arbiters of a mall's actors.
pub struct Quarters {
    arbiters: Vec<ArbiterHandle>,
    woken: Notify,
}

impl Quarters {
    /// Quarters on `arbiters`; at least one.
    #[must_use]
    pub fn new(arbiters: Vec<ArbiterHandle>) -> Self {
        Self { arbiters, woken: Notify::new() }
    }

    /// Returns once somebody was woken since the last time; for the one who sees to it that they sleep again.
    pub async fn woken(&self) {
        self.woken.notified().await;
    }

    /// The arbiter of whoever has that hash; somebody is woken on it.
    pub(super) fn wake(&self, hash: u64) -> &ArbiterHandle {
        self.woken.notify_one();
        &self.arbiters[usize::try_from(hash >> 32).unwrap_or(0) % self.arbiters.len()]
    }
}
