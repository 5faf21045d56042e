//! How the clock and the randomness are read: the real ones in `system`, drawn ones in a simulation.

use crate::domain::time::Timestamp;
use uuid::Uuid;

/// Tells the time. Never runs backwards within a process, nor behind the newest event of the journal.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Whether it passes as the process's own time does, so that nobody has to look whether it was set.
    fn is_steady(&self) -> bool {
        false
    }
    /// How it stands to the wall clock; one that has none is never apart from it.
    fn standing(&self) -> Standing {
        Standing::default()
    }
}

/// How a clock stands to the wall clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// By how much it is ahead: the journal has later events, or the wall clock was set back. Milliseconds.
    pub ahead_ms: u64,
    /// The newest step of the wall clock since the start, forward when positive. Milliseconds.
    pub last_step_ms: Option<i64>,
}

/// Makes ids, secrets, and chance.
pub trait Entropy: Send + Sync {
    /// A new `UUIDv7`; later ones compare greater.
    fn uuid(&self) -> Uuid;
    /// 256 unguessable bits.
    fn secret(&self) -> [u8; 32];
    /// 64 bits of chance, which nobody has to guess or keep: for pauses.
    fn bits(&self) -> u64;
}
