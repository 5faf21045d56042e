//! Outside services in this process: requests for whoever subscribes, answers taken like those of a broker.
//!
//! What a broker keeps is not kept here: requests without a subscriber are gone, and their orders time out.

use super::answers;
use crate::ports::feed::Undelivered;
use crate::ports::outside::{AnswerDesk, DeadLetter, DeadLetters, NotTaken, OutgoingRequest, RequestSink};
use crate::ports::time::Clock;
use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::sleep;

/// How many requests a subscriber may fall behind before it loses the oldest.
const REQUESTS_KEPT: usize = 4_096;
/// How often an answer is tried before it is given up, and the pause between.
const TRIES: (u32, Duration) = (20, Duration::from_secs(1));

/// The in-process way to outside services and back. Clones share it.
#[derive(Clone)]
pub struct MemoryOutside {
    requests: broadcast::Sender<OutgoingRequest>,
    desk: Arc<dyn AnswerDesk>,
    clock: Arc<dyn Clock>,
    dead: Arc<Mutex<DeadLetters>>,
}

impl MemoryOutside {
    /// Takes answers to `desk`.
    #[must_use]
    pub fn new(desk: Arc<dyn AnswerDesk>, clock: Arc<dyn Clock>) -> Self {
        Self { requests: broadcast::Sender::new(REQUESTS_KEPT), desk, clock, dead: Arc::default() }
    }

    /// Requests made from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<OutgoingRequest> {
        self.requests.subscribe()
    }

    /// Takes a message sent to `plaza.cmd.…`. Answers whether it was taken; otherwise it is a dead letter.
    pub async fn answer(&self, subject: &str, body: &[u8]) -> bool {
        let mut left = TRIES.0;
        let reason = loop {
            left -= 1;
            match answers::take(&*self.desk, subject, body).await {
                Ok(()) => return true,
                Err(NotTaken::Poison(reason)) => break reason,
                Err(NotTaken::Later(reason)) if left == 0 => {
                    break format!("given up after {} tries: {reason}", TRIES.0);
                }
                Err(NotTaken::Later(_)) => sleep(TRIES.1).await,
            }
        };
        self.bury(subject, reason);
        false
    }

    /// The messages that were given up.
    #[must_use]
    pub fn dead_letters(&self) -> DeadLetters {
        self.dead.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn bury(&self, subject: &str, reason: String) {
        tracing::warn!(subject, reason, "a message became a dead letter");
        let letter = DeadLetter { subject: subject.to_owned(), reason, at: self.clock.now() };
        let mut dead = self.dead.lock().unwrap_or_else(PoisonError::into_inner);
        dead.count += 1;
        dead.last = Some(letter);
    }
}

impl RequestSink for MemoryOutside {
    fn send(&self, requests: Vec<OutgoingRequest>) -> BoxFuture<'_, Result<(), Undelivered>> {
        for request in requests {
            // Nobody listens: the order will time out, as with a store that never answers.
            let _ = self.requests.send(request);
        }
        Box::pin(async { Ok(()) })
    }
}
