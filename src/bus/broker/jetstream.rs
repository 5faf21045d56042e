//! The connection to the broker: made once, kept by the client, watched by everybody who uses it.
//!
//! The client queues what is sent while there is no connection, and sends it later. Whoever publishes asks
//! [`JetStream::connected`] first, and gives up on [`JetStream::lost`].

use super::address::{Address, Login};
use super::health::HealthBoard;
use crate::ports::backoff::Backoff;
use crate::ports::time::Entropy;
use async_nats::connection::State;
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions, Event};
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long the broker may take to answer. Shorter takes a slow disk for a lost answer, longer keeps the relay waiting
/// for answers that never come.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// The pauses between attempts to connect. Longer ones add to the delay once the broker is back.
const AGAIN: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(250));
/// How often the connection is tried; one that does not answer twice in a row is given up.
const PING_EVERY: Duration = Duration::from_secs(5);
/// How often the state is looked at, because events about it can be dropped.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How to reach the broker and what to ask of it.
#[derive(Clone)]
pub struct BrokerOptions {
    /// Where it is and who we are.
    pub address: Address,
    /// How many servers keep each event, 1 to 5.
    pub replicas: usize,
    /// Whether the operator says that the broker syncs before it acknowledges (`sync_interval: always`).
    pub sync_always: bool,
}

/// A broker with JetStream. Clones share the connection.
#[derive(Clone)]
pub struct JetStream {
    client: Client,
    context: Context,
    options: Arc<BrokerOptions>,
    health: Arc<HealthBoard>,
    entropy: Arc<dyn Entropy>,
    /// Counts what happened to the connection: changes with every connect and disconnect.
    link: watch::Receiver<u64>,
}

/// The connection cannot even be tried: the login is damaged.
#[derive(Debug, thiserror::Error)]
#[error("PLAZA_NATS_URL or PLAZA_NATS_CREDS: {0}")]
pub struct ConnectError(String);

impl JetStream {
    /// Starts to connect, and keeps trying in the background of the runtime it is called on: a missing broker is no
    /// error.
    ///
    /// # Errors
    /// The login is damaged.
    pub async fn connect(options: BrokerOptions, entropy: Arc<dyn Entropy>) -> Result<Self, ConnectError> {
        let health = Arc::new(HealthBoard::default());
        let (changed, link) = watch::channel(0);
        let client = login(&options.address.login)?
            .name("plaza")
            .retry_on_initial_connect()
            .ping_interval(PING_EVERY)
            .reconnect_delay_callback({
                let entropy = entropy.clone();
                // None before the first attempt.
                move |attempts| AGAIN.pause(u32::try_from(attempts).unwrap_or(u32::MAX).saturating_sub(1), &*entropy)
            })
            .event_callback({
                let health = health.clone();
                move |event| {
                    note(&event, &changed, &health);
                    std::future::ready(())
                }
            })
            .connect(options.address.servers.clone())
            .await
            .map_err(|error| ConnectError(error.to_string()))?;
        let context = jetstream::ContextBuilder::new().timeout(ANSWER_WITHIN).build(client.clone());
        Ok(Self { client, context, options: Arc::new(options), health, entropy, link })
    }

    /// The plain NATS client.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The JetStream interface, with [`ANSWER_WITHIN`] as the deadline of every request.
    #[must_use]
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// What is asked of the broker.
    #[must_use]
    pub fn options(&self) -> &BrokerOptions {
        &self.options
    }

    /// How the way to the broker is.
    #[must_use]
    pub const fn health(&self) -> &Arc<HealthBoard> {
        &self.health
    }

    /// The pause after so many failures in a row.
    pub(in crate::bus) fn pause(&self, again: Backoff, failures: u32) -> Duration {
        again.pause(failures, &*self.entropy)
    }

    /// Whether there is a connection now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Waits for a connection.
    pub async fn connected(&self) {
        let mut link = self.link.clone();
        while !self.is_connected() {
            // Whichever comes first; a closed channel only means to look at the state.
            let _ = tokio::time::timeout(LOOK_EVERY, link.changed()).await;
        }
    }

    /// Waits until the connection there is now is lost; what was sent and not answered may or may not have arrived.
    pub async fn lost(&self) {
        let mut link = self.link.clone();
        link.mark_unchanged();
        while self.is_connected() {
            if let Ok(Ok(())) = tokio::time::timeout(LOOK_EVERY, link.changed()).await {
                return;
            }
        }
    }
}

fn login(login: &Login) -> Result<ConnectOptions, ConnectError> {
    let options = ConnectOptions::new();
    Ok(match login {
        Login::None => options,
        Login::Password(user, password) => options.user_and_password(user.clone(), password.expose_secret().to_owned()),
        Login::Token(token) => options.token(token.expose_secret().to_owned()),
        Login::Seed(seed) => options.nkey(seed.expose_secret().to_owned()),
        Login::Credentials(text) => {
            options.credentials(text.expose_secret()).map_err(|error| ConnectError(error.to_string()))?
        }
    })
}

fn note(event: &Event, link: &watch::Sender<u64>, health: &HealthBoard) {
    match event {
        Event::Connected => {
            let mut before = 0;
            link.send_modify(|changes| before = std::mem::replace(changes, *changes + 1));
            if before > 0 {
                health.reconnected();
            }
            tracing::info!("connected to the broker");
        }
        Event::Disconnected => {
            link.send_modify(|changes| *changes += 1);
            tracing::warn!("lost the connection to the broker");
        }
        other => {
            health.failed(&other.to_string());
            tracing::debug!(event = %other, "the broker's client");
        }
    }
}
