//! What a caller is answered, and what is remembered of it under an idempotency key.

use crate::domain::time::Timestamp;
use std::sync::Arc;

/// How long a reply is remembered, milliseconds: 7 days, longer than any client retries.
pub const KEPT_MS: u64 = 7 * 24 * 3_600 * 1_000;

/// What a caller is answered: an HTTP response without the HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status code.
    pub status: u16,
    /// The version of the resource, for its `ETag`.
    pub version: Option<u64>,
    /// Where a created resource lives.
    pub location: Option<String>,
    /// The JSON body; empty for none.
    pub body: Vec<u8>,
}

/// A remembered reply.
#[derive(Clone, Debug)]
pub struct IdempotencyRecord {
    /// SHA-256 of the caller's key.
    pub key: [u8; 32],
    /// SHA-256 of the request it was used for.
    pub request_hash: [u8; 32],
    /// What was answered.
    pub reply: Reply,
    /// When.
    pub created_at: Timestamp,
}

/// A caller's key and the request it stands for, as hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// SHA-256 of the principal and the key.
    pub key: [u8; 32],
    /// SHA-256 of method, path and body.
    pub request_hash: [u8; 32],
}

/// Turns the state after a command into the caller's reply.
///
/// Called once, before the append; the bytes are what is stored and sent.
pub struct Responder<S> {
    claim: Option<(IdempotencyKey, KeyGuard)>,
    render: Box<dyn FnOnce(&S) -> Reply + Send>,
}

impl<S> Responder<S> {
    /// A responder that renders with `render` and remembers the reply under the key that was claimed.
    pub fn new(claim: Option<(IdempotencyKey, KeyGuard)>, render: impl FnOnce(&S) -> Reply + Send + 'static) -> Self {
        Self { claim, render: Box::new(render) }
    }

    /// Renders the reply, and what is to be stored of it with the events.
    pub fn respond(self, state: &S, now: Timestamp) -> (Reply, Option<Box<Remember>>) {
        let reply = (self.render)(state);
        let remember = self.claim.map(|(IdempotencyKey { key, request_hash }, guard)| {
            let record = IdempotencyRecord { key, request_hash, reply: reply.clone(), created_at: now };
            Box::new(Remember { record, _guard: guard })
        });
        (reply, remember)
    }
}

/// A reply to be stored with an append. The key stays taken until the append is answered, however long its caller has
/// waited: a retry that came while it is queued would be one more request of the key.
#[derive(Clone, Debug)]
pub struct Remember {
    /// What is stored.
    pub record: IdempotencyRecord,
    _guard: KeyGuard,
}

/// The first request of a key holds this until its append is answered; others of the same key wait.
#[derive(Clone)]
pub struct KeyGuard(#[allow(dead_code, reason = "held for its Drop")] Arc<tokio::sync::OwnedMutexGuard<()>>);

impl KeyGuard {
    /// Keeps the key taken as long as this, or a copy of it, lives.
    #[must_use]
    pub fn new(held: tokio::sync::OwnedMutexGuard<()>) -> Self {
        Self(Arc::new(held))
    }
}

impl std::fmt::Debug for KeyGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyGuard")
    }
}
