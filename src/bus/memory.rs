//! The in-process bus: committed events, handed on in commit order to whoever listens.

use crate::ports::bus_health::{BusHealth, BusKind, BusMonitor, BusState};
use crate::ports::feed::{Announce, Feed, LiveEvents};
use crate::ports::journal::RecordedEvent;
use crate::ports::outside::DeadLetters;
use std::sync::Arc;
use tokio::sync::broadcast;

/// How many commits a listener may fall behind before it is told `Lagged`. Each holds at most one group of appends.
const COMMITS_KEPT: usize = 1_024;

/// The in-process bus.
#[derive(Clone, Debug)]
pub struct MemoryBus {
    commits: broadcast::Sender<Arc<[RecordedEvent]>>,
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self { commits: broadcast::Sender::new(COMMITS_KEPT) }
    }
}

impl Announce for MemoryBus {
    fn announce(&self, events: Vec<RecordedEvent>) {
        if self.commits.receiver_count() > 0 {
            // The last listener may have gone meanwhile; then nobody wants the events.
            let _ = self.commits.send(events.into());
        }
    }
}

impl Feed for MemoryBus {
    fn subscribe(&self) -> LiveEvents {
        self.commits.subscribe()
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
