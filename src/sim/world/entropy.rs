//! Ids, secrets and chance of a world: the same in every run of one seed. Not secret at all.

use super::clock::VirtualClock;
use super::trace::Trace;
use crate::ports::time::Entropy;
use crate::sim::chance::Chance;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::{Builder, Uuid};

/// The entropy of all lives of a world: an id that is made after a crash compares greater than any made before it, unless
/// the wall clock was set back meanwhile.
pub struct SeededEntropy {
    clock: Arc<VirtualClock>,
    trace: Arc<Trace>,
    streams: Mutex<Streams>,
}

/// What is drawn apart: how often something is tried again changes no id.
struct Streams {
    ids: Chance,
    secrets: Chance,
    pauses: Chance,
    /// The millisecond of the newest id, and how many were made in it before.
    newest: (u64, u32),
}

impl SeededEntropy {
    /// The entropy of `seed`; ids carry the time of `clock`. A mall that goes on `from` a position of its journal has
    /// streams of its own: a world of the same seed may have made what is there.
    #[must_use]
    pub fn new(seed: u64, from: u64, clock: Arc<VirtualClock>, trace: Arc<Trace>) -> Self {
        let of = |purpose| Chance::of(seed, purpose, from);
        let streams = Streams { ids: of("ids"), secrets: of("secrets"), pauses: of("pauses"), newest: (0, 0) };
        Self { clock, trace, streams: Mutex::new(streams) }
    }

    /// A new life begins: it knows nothing of the ids of the one before, and makes them by what the wall clock shows.
    pub(super) fn begin(&self) {
        let now_ms = self.now_ms();
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if now_ms < streams.newest.0 {
            streams.newest = (now_ms, 0);
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.clock.wall().0 / 1_000).unwrap_or(0)
    }
}

impl Streams {
    /// The next id of the millisecond. Behind the time comes the count (26 bits of what `UUIDv7` leaves open), then chance.
    fn id(&mut self, now_ms: u64) -> Uuid {
        self.newest = if now_ms > self.newest.0 { (now_ms, 0) } else { (self.newest.0, self.newest.1 + 1) };
        let (ms, count) = self.newest;
        let part = |shift: u32, mask: u32| u8::try_from((count >> shift) & mask).unwrap_or(u8::MAX);
        let mut bytes = self.ids.bytes();
        // Of the first byte four bits count, of the third six: the others are version and variant.
        [bytes[0], bytes[1], bytes[2], bytes[3]] = [part(22, 0xf), part(14, 0xff), part(8, 0x3f), part(0, 0xff)];
        Builder::from_unix_timestamp_millis(ms, &bytes).into_uuid()
    }
}

impl Entropy for SeededEntropy {
    fn uuid(&self) -> Uuid {
        let id = self.streams.lock().unwrap_or_else(PoisonError::into_inner).id(self.now_ms());
        self.trace.note(format_args!("draws id {id}"));
        id
    }

    fn secret(&self) -> [u8; 32] {
        let secret: [u8; 32] = self.streams.lock().unwrap_or_else(PoisonError::into_inner).secrets.bytes();
        self.trace.note(format_args!("draws secret {:02x}{:02x}", secret[0], secret[1]));
        secret
    }

    fn bits(&self) -> u64 {
        let bits = self.streams.lock().unwrap_or_else(PoisonError::into_inner).pauses.bits();
        self.trace.note(format_args!("draws pause {bits:x}"));
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_compare_greater_within_a_millisecond_and_when_time_stands() {
        let of = |purpose| Chance::of(1, purpose, 0);
        let mut streams = Streams { ids: of("ids"), secrets: of("secrets"), pauses: of("pauses"), newest: (0, 0) };
        let mut before = streams.id(5);
        // Past every width of a field that the count is spread over.
        for at in (0..70_000).map(|_| 5).chain([6, 6, 5, 7]) {
            let id = streams.id(at);
            assert!(id > before, "{id} after {before}");
            assert_eq!(id.get_version_num(), 7);
            before = id;
        }
        streams.newest.1 = (1 << 26) - 2;
        let (last, before) = (streams.id(7), before);
        assert!(last > before);
    }
}
