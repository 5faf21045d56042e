//! Outside services over NATS: requests go to them, their answers come in, and what makes no sense is put aside.
//!
//! Three streams of their own, so that limits and rights can differ: requests, answers (commands), dead letters. All
//! three are made when they are missing; none is needed for an inside order. Runs on the bridge's thread.

use super::dead_letter::REASON;
use super::envelope::Attributes;
use super::jetstream::JetStream;
use super::{answers, dead_letter, subject};
use crate::domain::time::Timestamp;
use crate::ports::feed::Undelivered;
use crate::ports::outside::{AnswerDesk, DeadLetter, DeadLetters, NotTaken, OutgoingRequest, RequestSink};
use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind, PublishError, PublishErrorKind};
use async_nats::jetstream::message::{AckKind, PublishMessage};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{ErrorCode, Message};
use futures_util::future::{BoxFuture, join_all, try_join_all};
use futures_util::stream::StreamExt;
use std::collections::HashMap;
use std::error::Error as _;
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
/// How much of the broker's disk the streams may take, bytes: what outside services send must not fill the store that
/// events need. The broker sets that much aside; one with a small store has room for the smaller sizes only.
const BYTES_MAX: [i64; 3] = [256 << 20, 64 << 20, 8 << 20];
/// How long the broker takes two answers with one id for the same; the shortest it knows. Ids of different services
/// may be the same.
const ANSWERS_DUPLICATE_WINDOW: Duration = Duration::from_millis(100);

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
                Err(NotTaken::Poison(reason)) => self.bury(&message, reason).await,
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
            return self.bury(message, format!("given up after {tries} tries: {reason}")).await;
        }
        let pause = Duration::from_secs(tries.unsigned_abs()).min(RETRY_MAX);
        message.ack_with(AckKind::Nak(Some(pause))).await
    }

    /// Puts a message aside, and only then takes it out of the queue. One that the broker will never take as a letter is
    /// taken out all the same: else it would come again for ever, and keep others from coming.
    async fn bury(&self, message: &Message, reason: String) -> Result<(), async_nats::Error> {
        tracing::warn!(subject = %message.subject, reason, "a message became a dead letter");
        if let Err(error) = self.put_aside(message, &reason).await {
            if !is_hopeless(&error) {
                return Err(error);
            }
            let error = format!("a dead letter was dropped, for the broker does not take it: {error}");
            self.broker.health().failed(&error);
            tracing::warn!(subject = %message.subject, error);
        }
        self.broker.health().buried();
        self.count_again.notify_one();
        message.ack_with(AckKind::Term).await
    }

    async fn put_aside(&self, message: &Message, reason: &str) -> Result<(), async_nats::Error> {
        let (subject, letter) = dead_letter::letter(message, reason)?;
        self.broker.context().send_publish(subject, letter).await?.await?;
        Ok(())
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
            let config = stream_config(name, subjects, kept, self.broker.options().replicas);
            let max_bytes = self.create_stream(config).await?;
            tracing::info!(stream = name, max_bytes, "made a stream for outside services");
        }
        Ok(())
    }

    /// Makes a stream as large as the broker has room for, and answers how many bytes that are; 0 is no limit. A broker
    /// that can set nothing aside still carries requests and answers.
    async fn create_stream(&self, config: Config) -> Result<i64, CreateStreamError> {
        for max_bytes in BYTES_MAX {
            match self.broker.context().create_stream(Config { max_bytes, ..config.clone() }).await {
                Ok(_) => return Ok(max_bytes),
                Err(error) if lacks_room(&error.kind()) => {
                    tracing::warn!(stream = config.name, max_bytes, "the broker has no room for a stream this large");
                }
                Err(error) => return Err(error),
            }
        }
        tracing::warn!(stream = config.name, "the stream has no limit: what is sent to it can fill the broker's store");
        self.broker.context().create_stream(config).await?;
        Ok(0)
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

/// Whether the broker will never take a message: it is larger than its limits.
fn is_hopeless(error: &async_nats::Error) -> bool {
    let Some(error) = error.downcast_ref::<PublishError>() else { return false };
    let answer = error.source().and_then(|source| source.downcast_ref::<async_nats::jetstream::Error>());
    let too_large = [ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM, ErrorCode::STREAM_HEADER_EXCEEDS_MAXIMUM];
    error.kind() == PublishErrorKind::MaxPayloadExceeded
        || answer.is_some_and(|answer| too_large.contains(&answer.error_code()))
}

/// Whether a stream was not made because the broker can not set aside as much.
fn lacks_room(error: &CreateStreamErrorKind) -> bool {
    let codes = [ErrorCode::STORAGE_RESOURCES_EXCEEDED, ErrorCode::INSUFFICIENT_RESOURCES];
    matches!(error, CreateStreamErrorKind::JetStream(error) if codes.contains(&error.error_code()))
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
    // Nothing is the broker's default.
    let duplicate_window = if name == subject::COMMANDS.0 { ANSWERS_DUPLICATE_WINDOW } else { Duration::ZERO };
    Config {
        name: name.to_owned(),
        subjects: vec![subjects.to_owned()],
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        num_replicas: replicas,
        max_age: kept,
        duplicate_window,
        ..Config::default()
    }
}
