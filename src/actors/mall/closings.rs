//! Closing a store to its end: the orders that wait for it are told, then it is archived.
//!
//! So no order for a closed store is ever accepted (invariant I14): from `store.closing_started` on nothing more is
//! reserved there, and every pending order that counts on it is rejected, or loses its lines, before `store.archived`.
//! What is left to do is in the journal, so whoever began it may fail or die.

use crate::actors::ask::ask;
use crate::actors::counter::Counter;
use crate::actors::error::MallError;
use crate::actors::order_saga::Notify;
use crate::actors::store::{Serve, WaitingOrders};
use crate::domain::ids::StoreId;
use crate::domain::order::OrderCommand;
use crate::domain::store::StoreCommand;
use crate::ports::journal::Cause;
use crate::ports::stop::Stop;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify as News;

/// How many sagas are told at a time that a store closes.
const TOLD_AT_A_TIME: usize = 64;
/// How often closings are looked for that were begun and did not end.
const LOOK: Duration = Duration::from_secs(30);

/// The closings nobody has ended yet.
pub struct Closings {
    counter: Arc<Counter>,
    begun: Arc<News>,
}

impl Closings {
    /// The closings of a counter's stores; `begun` is told of each that begins.
    pub const fn new(counter: Arc<Counter>, begun: Arc<News>) -> Self {
        Self { counter, begun }
    }

    /// Ends what was begun and not ended, at the start and from time to time, until `stop` is given.
    pub async fn run(self, stop: Stop) {
        tokio::select! {
            biased;
            () = stop.stopped() => {}
            () = self.finish_what_begins() => {}
        }
    }

    async fn finish_what_begins(&self) {
        loop {
            let backstage = self.counter.backstage();
            let none_left = self.finish_all().await && backstage.journal().depth() == 0;
            // In a world nothing is looked for that nobody began; one that was may still wait to be written.
            if none_left && backstage.clock().is_steady() {
                self.begun.notified().await;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Answers whether none is left.
    async fn finish_all(&self) -> bool {
        let closing = match self.counter.backstage().reads().closing_stores().await {
            Ok(closing) => closing,
            Err(error) => {
                tracing::warn!(%error, "closing stores could not be read; trying again later");
                return false;
            }
        };
        let mut all = true;
        for store_id in closing {
            let cause = Cause { correlation_id: store_id.0, causation_id: Arc::from("closing") };
            match finish(&self.counter, store_id, cause).await {
                Ok(()) => tracing::info!(%store_id, "a closing that was begun earlier has ended"),
                Err(error) => {
                    tracing::warn!(%store_id, %error, "a store could not be closed; trying again later");
                    all = false;
                }
            }
        }
        all
    }
}

/// Ends a closing: harmless where somebody else has, or does.
///
/// # Errors
/// Of the store or one of the orders; what was told stays told.
pub async fn finish(counter: &Counter, store_id: StoreId, cause: Cause) -> Result<(), MallError> {
    let store = counter.participants().stores().get(store_id)?;
    let waiting = ask(store.addr(), WaitingOrders).await?;
    let tell = |order_id| async move {
        let saga = counter.orders().get(order_id)?;
        ask(saga.addr(), Notify(OrderCommand::CloseStore(store_id))).await
    };
    stream::iter(waiting).map(Ok).try_for_each_concurrent(TOLD_AT_A_TIME, tell).await?;
    ask(store.addr(), Serve { command: StoreCommand::Archive, cause }).await
}
