//! Who is told of commits: the bus of a life, and those who listen to all lives of a mall.

use super::mischief::Mischief;
use crate::bus::memory::MemoryBus;
use crate::ports::feed::Announce;
use crate::ports::journal::RecordedEvent;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Hears what is committed, in every life of a mall, before anybody is answered.
pub type Ear = Arc<dyn Fn(&[RecordedEvent]) + Send + Sync>;

/// Hands what is committed to the bus of a life, and to those who listen to all of them.
pub(super) struct Crier {
    pub(super) bus: MemoryBus,
    pub(super) ears: Arc<Mutex<Vec<Ear>>>,
    pub(super) gap: Arc<Gap>,
    pub(super) mischief: Arc<Mischief>,
}

/// A time in which the bus is handed nothing.
#[derive(Default)]
pub(super) struct Gap {
    pub(super) open: AtomicBool,
    /// What it was to be handed last.
    pub(super) missed: Mutex<Option<(MemoryBus, Vec<RecordedEvent>)>>,
}

impl Announce for Crier {
    fn announce(&self, events: Vec<RecordedEvent>) {
        if self.mischief.is_mute() {
            return;
        }
        for ear in self.ears.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            ear(&events);
        }
        if self.gap.open.load(Ordering::Relaxed) {
            *self.gap.missed.lock().unwrap_or_else(PoisonError::into_inner) = Some((self.bus.clone(), events));
        } else {
            self.bus.announce(events);
        }
    }
}
