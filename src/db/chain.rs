//! The hash chain of the journal: every row carries the hash of itself and of the row before.
//!
//! The writer chains, `verify` walks the chain again: a row that was changed, taken out, put in or moved breaks it at
//! its position. The chain shows damage and honest mistakes; whoever can rewrite the whole file can rewrite the chain
//! too, so an outside witness has to note the head now and then.

/// The hash before the first event.
pub const GENESIS: [u8; 32] = [0; 32];

/// What of an event is hashed: every column of its row but the hash itself, as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct HashedEvent<'a> {
    /// Its place in the journal, from 1.
    pub position: u64,
    /// The name of the kind of stream.
    pub stream: &'a str,
    /// The stream, a hyphenated UUID.
    pub stream_id: &'a str,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// Its name in the table of `domain::event`.
    pub name: &'a str,
    /// Its payload, byte for byte.
    pub payload: &'a str,
    /// When it happened, microseconds since 1970 UTC.
    pub occurred_at: i64,
    /// Groups everything one order or request led to, a hyphenated UUID.
    pub correlation_id: &'a str,
    /// The request, or the state of the saga, that asked for it.
    pub causation_id: &'a str,
}

/// Chains an event to the hash of the one before it ([`GENESIS`] for the first).
///
/// BLAKE3 over `prev`, position, stream, stream id, version, name, payload, time, correlation and causation id.
/// Numbers are 8 bytes little-endian; texts are UTF-8 behind their length in 4 bytes little-endian, so that no two
/// events run together to the same bytes.
#[must_use]
pub fn next_hash(prev: &[u8; 32], event: &HashedEvent<'_>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(prev);
    hasher.update(&event.position.to_le_bytes());
    text(&mut hasher, event.stream);
    text(&mut hasher, event.stream_id);
    hasher.update(&event.version.to_le_bytes());
    text(&mut hasher, event.name);
    text(&mut hasher, event.payload);
    hasher.update(&event.occurred_at.to_le_bytes());
    text(&mut hasher, event.correlation_id);
    text(&mut hasher, event.causation_id);
    *hasher.finalize().as_bytes()
}

fn text(hasher: &mut blake3::Hasher, text: &str) {
    let len = u32::try_from(text.len()).expect("SQLite and PostgreSQL hold no text beyond 1 GB");
    hasher.update(&len.to_le_bytes());
    hasher.update(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: HashedEvent<'static> = HashedEvent {
        position: 1,
        stream: "store",
        stream_id: "01940000-0000-7000-8000-000000000001",
        version: 1,
        name: "store.joined",
        payload: "{}",
        occurred_at: 1_764_000_000_000_000,
        correlation_id: "01940000-0000-7000-8000-000000000002",
        causation_id: "request",
    };

    #[test]
    fn the_chain_of_a_known_event_never_changes() {
        // Computed outside Plaza with Python's `blake3` over the bytes the definition names.
        assert_eq!(
            blake3::Hash::from(next_hash(&GENESIS, &FIRST)).to_hex().as_str(),
            "b25445eede0860cb1672f42ad80b34d58718c54d256f8893539471e78a18f305"
        );
    }

    #[test]
    fn every_column_counts() {
        let hash = next_hash(&GENESIS, &FIRST);
        let changed = [
            HashedEvent { position: 2, ..FIRST },
            HashedEvent { stream: "order", ..FIRST },
            HashedEvent { stream_id: "01940000-0000-7000-8000-000000000003", ..FIRST },
            HashedEvent { version: 2, ..FIRST },
            HashedEvent { name: "store.left", ..FIRST },
            HashedEvent { payload: "{ }", ..FIRST },
            HashedEvent { occurred_at: 1, ..FIRST },
            HashedEvent { correlation_id: "01940000-0000-7000-8000-000000000004", ..FIRST },
            HashedEvent { causation_id: "", ..FIRST },
            // The same bytes, split elsewhere.
            HashedEvent { name: "store.joined{", payload: "}", ..FIRST },
        ];
        for event in changed {
            assert_ne!(next_hash(&GENESIS, &event), hash, "{event:?}");
        }
        assert_ne!(next_hash(&hash, &FIRST), hash);
    }
}
