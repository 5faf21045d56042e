//! Outside services over NATS: requests go to them, their answers come in, and what makes no sense is put aside.
//!
//! Three streams of their own, so that limits and rights can differ: requests, answers (commands), dead letters. All
//! three are made when they are missing; none is needed for an inside order. Runs on the bridge's thread.

use super::answers;
use super::envelope::Attributes;
use super::jetstream::JetStream;
use super::subject;
use crate::actors::ports::{AnswerDesk, DeadLetter, DeadLetters, NotTaken, OutgoingRequest, RequestSink, Undelivered};
use crate::domain::time::Timestamp;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::message::{AckKind, PublishMessage};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{ErrorCode, Message};
use async_nats::{HeaderMap, HeaderName};
use futures_util::future::{BoxFuture, join_all, try_join_all};
use futures_util::stream::StreamExt;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;
use uuid::Uuid;

/// The durable consumer that takes answers.
const CONSUMER: &str = "plaza";
/// How long an answer may be in hand before the broker gives it out again. Above the deadline of an ask (10 s), and well
/// below the grace of an order (30 s): so long waits an answer that Plaza died with.
const ACK_WAIT: Duration = Duration::from_secs(12);
/// The most answers in hand.
const IN_HAND_MAX: usize = 256;
/// How often an answer is tried before it is a dead letter. Counted here and not by the broker, which would drop one
/// silently when Plaza dies at its last try.
const TRIES: i64 = 20;
/// The pause before the next try of an answer: a second for each try before, at most this.
const RETRY_MAX: Duration = Duration::from_secs(10);
/// The pause after an error of the broker.
const PAUSE: Duration = Duration::from_millis(250);
/// How long one request for answers stays open, and how often the broker says that it still does.
const PULL: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(2));
/// How often the dead letters are counted without a hint: an operator may purge them.
const COUNT_EVERY: Duration = Duration::from_secs(10);
/// How long requests and answers are kept, and dead letters.
const KEPT: (Duration, Duration) = (Duration::from_hours(7 * 24), Duration::from_hours(30 * 24));
/// The header that says why a message is a dead letter.
const REASON: &str = "Plaza-Reason";
/// The longest reason, bytes; the broker bounds headers.
const REASON_MAX: usize = 500;

/// The way to outside services and back over a broker. Clones share it.
#[derive(Clone)]
pub struct JetStreamOutside {
    broker: JetStream,
    log_id: Uuid,
    desk: Arc<dyn AnswerDesk>,
    count_again: Arc<Notify>,
}

impl JetStreamOutside {
    /// Takes answers to `desk`; requests are those of the journal `log_id`.
    #[must_use]
    pub fn new(broker: JetStream, log_id: Uuid, desk: Arc<dyn AnswerDesk>) -> Self {
        Self { broker, log_id, desk, count_again: Arc::default() }
    }

    /// Takes answers until `stopped` turns true. Survives everything the broker may do: restarts, deleted streams.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        tokio::select! {
            () = self.take_answers() => {}
            () = self.count_dead_letters() => {}
            // An error means that whoever could stop us is gone.
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    }

    async fn take_answers(&self) {
        loop {
            self.broker.connected().await;
            if let Err(error) = self.pull().await {
                self.broker.health().failed(&error.0);
                tracing::debug!(%error, "answers are asked for anew");
            }
            sleep(PAUSE).await;
        }
    }

    /// Takes answers as long as the connection and the consumer last.
    async fn pull(&self) -> Result<(), Undelivered> {
        self.make_streams().await?;
        let failed = |error: &dyn std::fmt::Display| Undelivered(format!("answers can not be read: {error}"));
        let stream = self.broker.context().get_stream(subject::COMMANDS.0).await.map_err(|error| failed(&error))?;
        let consumer = stream.get_or_create_consumer(CONSUMER, consumer_config()).await;
        let consumer: async_nats::jetstream::consumer::Consumer<pull::Config> =
            consumer.map_err(|error| failed(&error))?;
        let pulled = consumer.stream().max_messages_per_batch(IN_HAND_MAX).expires(PULL.0).heartbeat(PULL.1);
        let messages = pulled.messages().await.map_err(|error| failed(&error))?;
        let mut chunks = messages.ready_chunks(IN_HAND_MAX);
        loop {
            let chunk = tokio::select! {
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

    /// One after the other: the first answer for an order counts.
    async fn take_lane(&self, messages: Vec<Message>) {
        for message in messages {
            let acked = match answers::take(&*self.desk, &message.subject, &message.payload).await {
                Ok(()) => message.ack().await,
                Err(NotTaken::Poison(reason)) => self.bury(&message, reason).await,
                Err(NotTaken::Later(reason)) => self.try_later(&message, reason).await,
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
            return self.bury(message, format!("given up after {tries} tries: {reason}")).await;
        }
        let pause = Duration::from_secs(tries.unsigned_abs()).min(RETRY_MAX);
        message.ack_with(AckKind::Nak(Some(pause))).await
    }

    /// Puts a message aside, and only then takes it out of the queue.
    async fn bury(&self, message: &Message, reason: String) -> Result<(), async_nats::Error> {
        tracing::warn!(subject = %message.subject, reason, "a message became a dead letter");
        let mut headers = HeaderMap::new();
        let kept = message.headers.iter().flat_map(HeaderMap::iter);
        for (name, values) in kept.filter(|(name, _)| is_kept(name.as_ref())) {
            for value in values {
                headers.append(name.clone(), value.clone());
            }
        }
        headers.insert(HeaderName::from_static("Plaza-Reason"), one_line(&reason).as_str());
        // A message that is put aside twice, because Plaza died in between, is one dead letter.
        let sequence = message.info()?.stream_sequence;
        headers.insert(
            NATS_MESSAGE_ID,
            format!("{}-{sequence}", message.info()?.published.unix_timestamp_nanos()).as_str(),
        );
        let letter = PublishMessage::build().headers(headers).payload(message.payload.clone());
        self.broker.context().send_publish(subject::dead_letter_subject(&message.subject), letter).await?.await?;
        self.broker.health().buried();
        self.count_again.notify_one();
        message.ack_with(AckKind::Term).await
    }

    async fn count_dead_letters(&self) {
        loop {
            self.broker.connected().await;
            match self.dead_letters().await {
                Ok(letters) => self.broker.health().dead_letters(letters),
                Err(error) => tracing::debug!(%error, "the dead letters can not be counted"),
            }
            tokio::select! {
                () = sleep(COUNT_EVERY) => {}
                () = self.count_again.notified() => {}
            }
        }
    }

    async fn dead_letters(&self) -> Result<DeadLetters, async_nats::Error> {
        let stream = self.broker.context().get_stream(subject::DEAD_LETTERS.0).await?;
        let state = &stream.cached_info().state;
        let (count, last) = (state.messages, state.last_sequence);
        if count == 0 {
            return Ok(DeadLetters::default());
        }
        let letter = stream.get_raw_message(last).await?;
        let subject = letter.subject.strip_prefix("plaza.dlq.").unwrap_or(&letter.subject).to_owned();
        let reason = letter.headers.get(REASON).map(ToString::to_string).unwrap_or_default();
        let micros = i64::try_from(letter.time.unix_timestamp_nanos() / 1_000)?;
        Ok(DeadLetters { count, last: Some(DeadLetter { subject, reason, at: Timestamp(micros) }) })
    }

    /// Makes the streams that are missing; those that are there are the operator's to limit.
    async fn make_streams(&self) -> Result<(), Undelivered> {
        let streams = [(subject::REQUESTS, KEPT.0), (subject::COMMANDS, KEPT.0), (subject::DEAD_LETTERS, KEPT.1)];
        for ((name, subjects), kept) in streams {
            if let Err(error) = self.make_stream(name, subjects, kept).await {
                return Err(Undelivered(format!("the stream {name} can not be made: {error}")));
            }
        }
        Ok(())
    }

    async fn make_stream(&self, name: &str, subjects: &str, kept: Duration) -> Result<(), async_nats::Error> {
        use async_nats::jetstream::context::GetStreamErrorKind as Kind;
        let missing = match self.broker.context().get_stream(name).await {
            Ok(Stream { .. }) => false,
            Err(error) => match error.kind() {
                Kind::JetStream(answer) if answer.error_code() == ErrorCode::STREAM_NOT_FOUND => true,
                _ => return Err(error.into()),
            },
        };
        if missing {
            self.broker
                .context()
                .create_stream(stream_config(name, subjects, kept, self.broker.options().replicas))
                .await?;
            tracing::info!(stream = name, "made a stream for outside services");
        }
        Ok(())
    }

    /// Sends the requests of one order, each after the one before is safe with the broker.
    async fn send_lane(&self, requests: Vec<OutgoingRequest>) -> Result<(), async_nats::Error> {
        for OutgoingRequest { event, number, request } in requests {
            let headers = Attributes::of_request(&event, number, &request, self.log_id).into_headers();
            let message = PublishMessage::build().headers(headers).payload(request.payload().into());
            self.broker.context().send_publish(subject::request_subject(&request), message).await?.await?;
        }
        Ok(())
    }
}

impl RequestSink for JetStreamOutside {
    fn send(&self, requests: Vec<OutgoingRequest>) -> BoxFuture<'_, Result<(), Undelivered>> {
        let mut lanes: HashMap<Uuid, Vec<OutgoingRequest>> = HashMap::new();
        for request in requests {
            lanes.entry(request.event.stream_id).or_default().push(request);
        }
        Box::pin(async move {
            self.broker.connected().await;
            self.make_streams().await?;
            let sent = try_join_all(lanes.into_values().map(|lane| self.send_lane(lane)));
            tokio::select! {
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
    let mut lanes: HashMap<Uuid, Vec<Message>> = HashMap::new();
    for message in messages {
        // Nonsense shares a lane.
        let about = serde_json::from_slice::<About>(&message.payload).map(|about| about.order_id).unwrap_or_default();
        lanes.entry(about).or_default().push(message);
    }
    lanes.into_values().collect()
}

/// Headers that say something about the message; the broker's own would be obeyed once more.
fn is_kept(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("ce-") || name == "content-type"
}

/// A reason as a header: one line of ASCII, not too long.
fn one_line(reason: &str) -> String {
    let plain = reason.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' });
    plain.take(REASON_MAX).collect::<String>().trim().to_owned()
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

fn stream_config(name: &str, subjects: &str, kept: Duration, replicas: usize) -> Config {
    Config {
        name: name.to_owned(),
        subjects: vec![subjects.to_owned()],
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        num_replicas: replicas,
        max_age: kept,
        ..Config::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_one_plain_line() {
        assert_eq!(one_line("a\nb é "), "a?b ?");
        assert_eq!(one_line(&"x".repeat(1_000)).len(), REASON_MAX);
    }
}
