//! Idempotency keys: a retried request gets the first answer again, and nothing happens twice.
//!
//! The reply is rendered by the caller's closure *before* the append and stored in the same transaction as the events.
//! Within the process a key is held while its first request runs, so a double click waits for the first click's answer;
//! across crashes the stored row answers. Keys are kept as SHA-256, for [`KEPT_MS`](crate::ports::reply::KEPT_MS).

use super::error::MallError;
use crate::ports::reads::ReadModel;
use crate::ports::reply::{IdempotencyKey, KeyGuard, Reply};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Mutex as AsyncMutex;

/// What to do with a request that carries a key.
pub enum Claim {
    /// It is the first: run it, and keep the guard until the reply is committed.
    First(KeyGuard),
    /// It was answered before.
    Replay(Reply),
}

/// The keys of requests that run right now.
#[derive(Default)]
pub struct KeysInFlight {
    locks: Mutex<BTreeMap<[u8; 32], Arc<AsyncMutex<()>>>>,
}

impl KeysInFlight {
    /// How many are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        let locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.values().filter(|lock| Arc::strong_count(lock) > 1).count()
    }

    /// Claims `key`, waiting for a running request of the same key, and looks for a stored reply.
    ///
    /// # Errors
    /// [`MallError::KeyReused`] when the key was used for another request; [`MallError::Read`].
    pub async fn claim(&self, key: IdempotencyKey, reads: &dyn ReadModel) -> Result<Claim, MallError> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            // Locks nobody holds or waits for any more are dropped here, so the map stays as small as the traffic.
            if locks.len() > 1_024 {
                locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            }
            locks.entry(key.key).or_default().clone()
        };
        let held = lock.lock_owned().await;
        match reads.idempotent_reply(key.key).await? {
            Some(stored) if stored.request_hash == key.request_hash => Ok(Claim::Replay(stored.reply)),
            Some(_) => Err(MallError::KeyReused),
            None => Ok(Claim::First(KeyGuard::new(held))),
        }
    }
}
