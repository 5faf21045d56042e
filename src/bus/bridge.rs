//! The thread that talks to the broker: connection, relay, and whatever else uses them. Orders never wait for it.

use super::broker::health::HealthBoard;
use super::broker::jetstream::{BrokerOptions, ConnectError, JetStream};
use super::relay::Relay;
use crate::ports::feed::LiveEvents;
use crate::ports::reads::ReadModel;
use crate::ports::stop::Stop;
use crate::ports::time::Entropy;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

/// How long a stop waits for events that are not relayed yet. They are safe in the journal; the next start goes on.
pub const FLUSH_WITHIN: Duration = Duration::from_secs(2);

/// The thread that talks to the broker.
pub struct Bridge {
    /// Taken when the bridge goes: a runtime must not simply be dropped where other tasks run.
    runtime: Option<Runtime>,
    broker: JetStream,
    stop: Stop,
}

/// The bridge could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// The thread could not be started.
    #[error("the thread of the bus could not be started: {0}")]
    Thread(#[from] io::Error),
    /// The login is damaged.
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

impl Bridge {
    /// Starts the thread, and on it to connect. A missing broker is no error.
    ///
    /// # Errors
    /// [`BridgeError`].
    pub async fn start(options: BrokerOptions, entropy: Arc<dyn Entropy>) -> Result<Self, BridgeError> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("plaza-bus").enable_all().build()?;
        let connecting = runtime.spawn(JetStream::connect(options, entropy)).await;
        match connecting
            .map_err(|panic| io::Error::other(panic).into())
            .and_then(|made| made.map_err(BridgeError::from))
        {
            Ok(broker) => Ok(Self { runtime: Some(runtime), broker, stop: Stop::default() }),
            Err(error) => {
                runtime.shutdown_background();
                Err(error)
            }
        }
    }

    /// The connection.
    #[must_use]
    pub const fn broker(&self) -> &JetStream {
        &self.broker
    }

    /// How the way to the broker is.
    #[must_use]
    pub fn health(&self) -> Arc<HealthBoard> {
        self.broker.health().clone()
    }

    /// Given when the bridge closes; everything that runs on it ends then.
    #[must_use]
    pub const fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Runs a task on the thread of the bus. A panic in it is told as a halt: nothing starts it again.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let Some(runtime) = &self.runtime else { return };
        let (running, health) = (runtime.spawn(task), self.health());
        runtime.spawn(async move {
            if let Err(error) = running.await
                && error.is_panic()
            {
                tracing::error!(%error, "a task of the bus has ended in a panic; restart Plaza");
                health.broken(&error.to_string());
            }
        });
    }

    /// Starts to relay the journal `log_id`.
    pub fn relay(&self, reads: Arc<dyn ReadModel>, log_id: Uuid, live: LiveEvents) {
        self.spawn(Relay::new(self.broker.clone(), reads, log_id).run(Some(live), self.stop.clone()));
    }

    /// Hands on what is committed up to `head`, as far as that takes no longer than [`FLUSH_WITHIN`], and ends.
    pub async fn close(self, head: u64) {
        if !self.broker.health().flushed(head, FLUSH_WITHIN).await {
            tracing::warn!(head, "not everything is relayed; the next start goes on");
        }
        self.stop.stop();
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
