//! Outside services over NATS: requests go to them, their answers come in, and what makes no sense is put aside.
//!
//! [`requests`] makes requests of the journal, [`answers`] reads what comes back, [`dead_letter`] keeps what makes no
//! sense, `streams` makes the streams all of it is in; [`memory`] is the same way within the process. Runs on the
//! bridge's thread.

pub mod answers;
pub mod dead_letter;
pub mod memory;
pub mod requests;
mod streams;

use super::broker::jetstream::JetStream;
use super::envelope::{Attributes, SPEED};
use super::subject;
use crate::ports::backoff::Backoff;
use crate::ports::feed::Undelivered;
use crate::ports::outside::{AnswerDesk, NotTaken, OutgoingRequest, RequestSink};
use crate::ports::stop::Stop;
use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::message::{AckKind, PublishMessage};
use dead_letter::DeadLetterBox;
use futures_util::future::{BoxFuture, join_all, try_join_all};
use futures_util::stream::StreamExt;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use uuid::Uuid;

/// The durable consumer that takes answers.
const CONSUMER: &str = "plaza";
/// How long an answer may be in hand before the broker gives it out again. Above the deadline of an ask (10 s), and
/// well below the grace of an order (30 s): so long waits an answer that Plaza died with.
const ACK_WAIT: Duration = Duration::from_secs(12);
/// The most answers in hand.
const IN_HAND_MAX: usize = 256;
/// How often an answer is tried before it is a dead letter. Counted here and not by the broker, which would drop one
/// silently when Plaza dies at its last try.
const TRIES: i64 = 20;
/// The pause before the next try of an answer: a second for each try before, at most this.
const RETRY_MAX: Duration = Duration::from_secs(10);
/// The pauses after errors of the broker in a row.
const AGAIN: Backoff = Backoff::new(Duration::from_millis(250), Duration::from_millis(500));
/// How long one request for answers stays open, and how often the broker says that it still does.
const PULL: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(2));

/// The way to outside services and back over a broker. Clones share it.
#[derive(Clone)]
pub struct JetStreamOutside {
    broker: JetStream,
    log_id: Uuid,
    desk: Arc<dyn AnswerDesk>,
    dead: DeadLetterBox,
}

impl JetStreamOutside {
    /// Takes answers to `desk`; requests are those of the journal `log_id`.
    #[must_use]
    pub fn new(broker: JetStream, log_id: Uuid, desk: Arc<dyn AnswerDesk>) -> Self {
        let dead = DeadLetterBox::new(broker.clone());
        Self { broker, log_id, desk, dead }
    }

    /// Takes answers until `stop` is given. Survives everything the broker may do: restarts, deleted streams.
    pub async fn run(self, stop: Stop) {
        tokio::select! {
            biased;
            () = stop.stopped() => {}
            () = self.take_answers() => {}
            () = self.dead.keep_count() => {}
        }
    }

    async fn take_answers(&self) {
        let mut failures = 0;
        loop {
            self.broker.connected().await;
            if let Err(error) = self.pull(&mut failures).await {
                self.broker.health().failed(&error.0);
                tracing::debug!(%error, "answers are asked for anew");
            }
            failures += 1;
            sleep(self.broker.pause(AGAIN, failures)).await;
        }
    }

    /// Takes answers as long as the connection and the consumer last. With a consumer, the `failures` before are over.
    async fn pull(&self, failures: &mut u32) -> Result<(), Undelivered> {
        streams::make_missing(&self.broker).await?;
        let failed = |error: &dyn std::fmt::Display| Undelivered(format!("answers cannot be read: {error}"));
        let stream = self.broker.context().get_stream(subject::COMMANDS.0).await.map_err(|error| failed(&error))?;
        let consumer = stream.get_or_create_consumer(CONSUMER, consumer_config()).await;
        let consumer: async_nats::jetstream::consumer::Consumer<pull::Config> =
            consumer.map_err(|error| failed(&error))?;
        *failures = 0;
        let pulled = consumer.stream().max_messages_per_batch(IN_HAND_MAX).expires(PULL.0).heartbeat(PULL.1);
        let messages = pulled.messages().await.map_err(|error| failed(&error))?;
        let mut chunks = messages.ready_chunks(IN_HAND_MAX);
        loop {
            let chunk = tokio::select! {
                biased;
                chunk = chunks.next() => chunk,
                () = self.broker.lost() => return Ok(()),
            };
            // The stream ends with its consumer.
            let Some(chunk) = chunk else { return Ok(()) };
            let mut ended = Ok(());
            let mut taken = Vec::with_capacity(chunk.len());
            for message in chunk {
                match message {
                    Ok(message) => taken.push(message),
                    Err(error) => ended = Err(failed(&error)),
                }
            }
            join_all(lanes(taken).into_iter().map(|lane| self.take_lane(lane))).await;
            ended?;
        }
    }

    /// One after the other: the first answer for an order counts. So what is behind one that has to wait waits too.
    async fn take_lane(&self, messages: Vec<Message>) {
        let mut waits = None;
        for message in messages {
            let taken = match &waits {
                None => answers::take(&*self.desk, &message.subject, &message.payload).await,
                Some(reason) => Err(NotTaken::Later(String::clone(reason))),
            };
            let acked = match taken {
                Ok(()) => message.ack().await,
                Err(NotTaken::Poison(reason)) => self.dead.bury(&message, reason).await,
                Err(NotTaken::Later(reason)) => {
                    waits = Some(reason.clone());
                    self.try_later(&message, reason).await
                }
            };
            if let Err(error) = acked {
                // It comes again, and changes nothing then.
                tracing::debug!(%error, "an answer was not acknowledged");
            }
        }
    }

    async fn try_later(&self, message: &Message, reason: String) -> Result<(), async_nats::Error> {
        let tries = message.info()?.delivered;
        if tries >= TRIES {
            return self.dead.bury(message, format!("given up after {tries} tries: {reason}")).await;
        }
        let pause = Duration::from_secs(tries.unsigned_abs()).min(RETRY_MAX);
        message.ack_with(AckKind::Nak(Some(pause))).await
    }

    /// Sends the requests of one order, each after the one before is safe with the broker.
    async fn send_lane(&self, requests: Vec<OutgoingRequest>) -> Result<(), async_nats::Error> {
        for OutgoingRequest { event, number, request, speed } in requests {
            let mut headers = Attributes::of_request(&event, number, &request, self.log_id).into_headers();
            headers.insert(SPEED, speed.to_string());
            let message = PublishMessage::build().headers(headers).payload(request.payload().into());
            self.broker.context().send_publish(subject::request_subject(&request), message).await?.await?;
        }
        Ok(())
    }
}

impl RequestSink for JetStreamOutside {
    fn send(&self, requests: Vec<OutgoingRequest>) -> BoxFuture<'_, Result<(), Undelivered>> {
        let mut lanes: BTreeMap<Uuid, Vec<OutgoingRequest>> = BTreeMap::new();
        for request in requests {
            lanes.entry(request.event.stream_id).or_default().push(request);
        }
        Box::pin(async move {
            self.broker.connected().await;
            streams::make_missing(&self.broker).await?;
            let sent = try_join_all(lanes.into_values().map(|lane| self.send_lane(lane)));
            tokio::select! {
                biased;
                sent = sent => sent.map(drop).map_err(|error| Undelivered(format!("requests were not sent: {error}"))),
                () = self.broker.lost() => Err(Undelivered("the connection was lost".to_owned())),
            }
        })
    }
}

/// Messages about one order in one lane, in order; lanes do not wait for each other.
fn lanes(messages: Vec<Message>) -> Vec<Vec<Message>> {
    #[derive(serde::Deserialize)]
    struct About {
        order_id: Uuid,
    }
    let mut lanes: BTreeMap<Uuid, Vec<Message>> = BTreeMap::new();
    for message in messages {
        // Nonsense shares a lane.
        let about = serde_json::from_slice::<About>(&message.payload).map(|about| about.order_id).unwrap_or_default();
        lanes.entry(about).or_default().push(message);
    }
    lanes.into_values().collect()
}

fn consumer_config() -> pull::Config {
    pull::Config {
        durable_name: Some(CONSUMER.to_owned()),
        description: Some("Plaza takes the answers of outside services".to_owned()),
        ack_wait: ACK_WAIT,
        max_ack_pending: i64::try_from(IN_HAND_MAX).unwrap_or(i64::MAX),
        ..pull::Config::default()
    }
}
