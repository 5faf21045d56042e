//! How the way to the broker is: written by the connection and the relay, read by `/status` and the metrics.

use crate::ports::bus_health::{BusHealth, BusKind, BusMonitor, BusState};
use crate::ports::outside::DeadLetters;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// How the way to the broker is.
pub struct HealthBoard {
    now: watch::Sender<BusHealth>,
    /// The panic that ended a task; what others note later does not hide it.
    broken: OnceLock<String>,
}

impl Default for HealthBoard {
    fn default() -> Self {
        let health = BusHealth {
            kind: BusKind::JetStream,
            state: BusState::Connecting,
            relayed_position: Some(0),
            relayed_total: 0,
            refilled_total: 0,
            reconnects_total: 0,
            durable: false,
            dead_letters: DeadLetters::default(),
            buried_total: 0,
            reason: None,
            last_error: None,
        };
        Self { now: watch::Sender::new(health), broken: OnceLock::new() }
    }
}

impl BusMonitor for HealthBoard {
    fn health(&self) -> BusHealth {
        let mut health = self.now.borrow().clone();
        if let Some(panic) = self.broken.get() {
            health.state = BusState::Halted;
            health.reason = Some(format!("a task of the bus ended, restart Plaza: {panic}"));
        }
        health
    }
}

impl HealthBoard {
    /// Notes that a task ended in a panic; the first one counts.
    pub(in crate::bus) fn broken(&self, panic: &str) {
        let _ = self.broken.set(panic.to_owned());
    }

    /// Notes that the connection was made again.
    pub(in crate::bus) fn reconnected(&self) {
        self.now.send_modify(|health| health.reconnects_total += 1);
    }

    /// Notes an error that is tried again.
    pub(in crate::bus) fn failed(&self, error: &str) {
        self.now.send_modify(|health| health.last_error = Some(error.to_owned()));
    }

    /// Notes the dead letters there are.
    pub(in crate::bus) fn dead_letters(&self, letters: DeadLetters) {
        self.now.send_modify(|health| health.dead_letters = letters);
    }

    /// Notes that a message became a dead letter.
    pub(in crate::bus) fn buried(&self) {
        self.now.send_modify(|health| health.buried_total += 1);
    }

    /// Notes that there is no working broker. A relay that halted stays so: only the broker can tell that it may go on.
    pub(in crate::bus) fn connecting(&self) {
        self.now.send_modify(|health| {
            if health.state != BusState::Halted {
                health.state = BusState::Connecting;
            }
        });
    }

    /// Notes that going on would do harm. True when it was not noted before.
    pub(in crate::bus) fn halted(&self, reason: &str) -> bool {
        let news = self.now.borrow().reason.as_deref() != Some(reason);
        self.now.send_modify(|health| {
            health.state = BusState::Halted;
            health.reason = Some(reason.to_owned());
        });
        news
    }

    /// Notes where the stream ends, as read back from it, and how many events it has lost since.
    pub(in crate::bus) fn resumed(&self, position: u64, lost: u64, durable: bool) {
        self.now.send_modify(|health| {
            health.state = BusState::CatchingUp;
            health.relayed_position = Some(position);
            health.refilled_total += lost;
            health.durable = durable;
            health.reason = None;
        });
    }

    /// Notes `count` events handed on, up to `position`.
    pub(in crate::bus) fn relayed(&self, position: u64, count: u64) {
        self.now.send_modify(|health| {
            health.relayed_position = Some(position);
            health.relayed_total += count;
        });
    }

    /// Notes whether the relay keeps up.
    pub(in crate::bus) fn keeps_up(&self, keeps_up: bool) {
        let state = if keeps_up { BusState::Ok } else { BusState::CatchingUp };
        self.now.send_if_modified(|health| {
            let changed = health.state != state;
            health.state = state;
            changed
        });
    }

    /// Waits until everything up to `head` is handed on, at most `limit`, and not at all without a working broker.
    /// Whether it is.
    pub(in crate::bus) async fn flushed(&self, head: u64, limit: Duration) -> bool {
        let mut now = self.now.subscribe();
        let is_done = |health: &BusHealth| health.relayed_position.is_some_and(|position| position >= head);
        let ended =
            |health: &BusHealth| is_done(health) || matches!(health.state, BusState::Connecting | BusState::Halted);
        match timeout(limit, now.wait_for(ended)).await {
            Ok(Ok(health)) => is_done(&health),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_stays_visible() {
        let board = HealthBoard::default();
        board.broken("task 7 panicked");
        board.resumed(1, 0, true);
        board.keeps_up(true);
        let health = board.health();
        assert_eq!(health.state, BusState::Halted);
        assert!(health.reason.is_some_and(|reason| reason.contains("task 7 panicked")));
    }
}
