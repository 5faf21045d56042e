//! How the bus is that carries events out, as a port: `bus` knows, `http` shows it.

use super::outside::DeadLetters;
use crate::domain::words::words;

words! {
    /// What carries events out of the process.
    BusKind {
        /// This process only.
        InProcess = "in_process",
        /// A NATS JetStream broker.
        JetStream = "jetstream",
    }
}

words! {
    /// What the bus is doing, in the order of the numbers in the metrics, from 0.
    BusState {
        /// It keeps up with the journal.
        Ok = "ok",
        /// It hands on what it is behind with.
        CatchingUp = "catching_up",
        /// It has no working broker; it tries again by itself.
        Connecting = "connecting",
        /// It would do harm by going on; the reason says what an operator has to do.
        Halted = "halted",
    }
}

/// How the bus is.
#[derive(Clone, Debug)]
pub struct BusHealth {
    /// What carries events out.
    pub kind: BusKind,
    /// What it is doing.
    pub state: BusState,
    /// The newest position known to be handed on; `None` where every commit is handed on before its reply.
    pub relayed_position: Option<u64>,
    /// Events handed on since the start.
    pub relayed_total: u64,
    /// Events that had to be handed on again, because the broker had lost them, since the start.
    pub refilled_total: u64,
    /// Times the connection was made again since the start.
    pub reconnects_total: u64,
    /// Whether what the broker acknowledged survives a power cut, as far as this process can know.
    pub durable: bool,
    /// The undeliverable messages of outside services.
    pub dead_letters: DeadLetters,
    /// Messages put aside as dead letters since the start.
    pub buried_total: u64,
    /// Why it halted, and what to do.
    pub reason: Option<String>,
    /// The last error, for people.
    pub last_error: Option<String>,
}

/// Knows how the bus is.
pub trait BusMonitor: Send + Sync {
    /// How it is now.
    fn health(&self) -> BusHealth;
}
