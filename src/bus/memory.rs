//! The in-process bus: committed events, handed on in commit order to whoever listens.

use super::ring::{Ring, Room};
use crate::ports::bus_health::{BusHealth, BusKind, BusMonitor, BusState};
use crate::ports::feed::{Announce, Feed, LiveEvents};
use crate::ports::journal::RecordedEvent;
use crate::ports::outside::DeadLetters;
use std::sync::Arc;

/// What is kept for all listeners together. A listener that is further behind is told so, and reads from the disk. More
/// takes memory whenever one of them is slow; less sends the quick ones to the disk after a burst. Each commit holds at
/// most one group of appends, which may be tens of megabytes.
const ROOM: Room = Room { commits: 1_024, bytes: 32 * 1_024 * 1_024 };

/// The in-process bus.
#[derive(Clone, Debug)]
pub struct MemoryBus {
    commits: Arc<Ring>,
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self { commits: Arc::new(Ring::new(ROOM)) }
    }
}

impl Announce for MemoryBus {
    fn announce(&self, events: Vec<RecordedEvent>) {
        self.commits.push(events);
    }
}

impl Feed for MemoryBus {
    fn subscribe(&self) -> LiveEvents {
        Box::new(self.commits.listen())
    }
}

impl BusMonitor for MemoryBus {
    /// Always well: it is handed every commit before its reply, so it cannot lag, and it promises nothing beyond.
    fn health(&self) -> BusHealth {
        BusHealth {
            kind: BusKind::InProcess,
            state: BusState::Ok,
            relayed_position: None,
            relayed_total: 0,
            refilled_total: 0,
            reconnects_total: 0,
            durable: true,
            dead_letters: DeadLetters::default(),
            buried_total: 0,
            reason: None,
            last_error: None,
        }
    }
}
