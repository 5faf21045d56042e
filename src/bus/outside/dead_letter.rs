//! A dead letter: an undeliverable message with the reason, small enough that the broker always takes it.
//!
//! What cannot be put aside would come again for ever, and a few of those would stop every answer behind them.

use crate::bus::broker::jetstream::JetStream;
use crate::bus::subject;
use crate::domain::time::Timestamp;
use crate::ports::outside::{BODY_MAX, DeadLetter, DeadLetters};
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::{AckKind, PublishMessage};
use async_nats::jetstream::{ErrorCode, Message};
use async_nats::{HeaderMap, HeaderName};
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;

/// The header that says why a message is a dead letter.
const REASON: &str = "Plaza-Reason";
/// The header that says how many bytes the body had, when the letter holds only its beginning.
const CUT: &str = "Plaza-Cut-From";
/// The longest reason, bytes; the broker bounds headers.
const REASON_MAX: usize = 500;
/// The most bytes of the message's own headers that are kept; the broker takes 64 KiB of headers in all.
const HEADERS_MAX: usize = 4 * 1024;
/// The longest subject, bytes. The broker cuts off who sends a longer line than 4 KiB.
const SUBJECT_MAX: usize = 1024;
/// How often the dead letters are counted without a hint: an operator may purge them.
const COUNT_EVERY: Duration = Duration::from_secs(10);

/// Where dead letters go, over a broker. Clones share it.
#[derive(Clone)]
pub struct DeadLetterBox {
    broker: JetStream,
    count_again: Arc<Notify>,
}

impl DeadLetterBox {
    /// The one of `broker`.
    #[must_use]
    pub fn new(broker: JetStream) -> Self {
        Self { broker, count_again: Arc::default() }
    }

    /// Puts a message aside, and only then takes it out of the queue. One that the broker will never take as a letter
    /// is taken out all the same: else it would come again for ever, and keep others from coming.
    ///
    /// # Errors
    /// It is still in the queue, and comes again.
    pub async fn bury(&self, message: &Message, reason: String) -> Result<(), async_nats::Error> {
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
        let (subject, letter) = letter(message, reason)?;
        self.broker.context().send_publish(subject, letter).await?.await?;
        Ok(())
    }

    /// Keeps the number of dead letters known, for ever.
    pub async fn keep_count(&self) {
        loop {
            self.broker.connected().await;
            match self.there_are().await {
                Ok(letters) => self.broker.health().dead_letters(letters),
                Err(error) => tracing::debug!(%error, "the dead letters cannot be counted"),
            }
            tokio::select! {
                biased;
                () = self.count_again.notified() => {}
                () = sleep(COUNT_EVERY) => {}
            }
        }
    }

    async fn there_are(&self) -> Result<DeadLetters, async_nats::Error> {
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
}

/// The letter for a message, and where it goes. An error when the message was not delivered by a consumer.
fn letter(message: &Message, reason: &str) -> Result<(String, PublishMessage), async_nats::Error> {
    let info = message.info()?;
    let mut headers = message.headers.as_ref().map(kept).unwrap_or_default();
    headers.insert(HeaderName::from_static(REASON), one_line(reason).as_str());
    // A message that is put aside twice, because Plaza died in between, is one dead letter.
    let id = format!("{}-{}", info.published.unix_timestamp_nanos(), info.stream_sequence);
    headers.insert(NATS_MESSAGE_ID, id.as_str());
    let whole = &message.payload;
    if whole.len() > BODY_MAX {
        headers.insert(HeaderName::from_static(CUT), whole.len().to_string().as_str());
    }
    let body = whole.slice(..whole.len().min(BODY_MAX));
    let letter = PublishMessage::build().headers(headers).payload(body);
    Ok((subject::dead_letter_subject(short(&message.subject)), letter))
}

/// Whether the broker will never take a message: it is larger than its limits.
fn is_hopeless(error: &async_nats::Error) -> bool {
    let Some(error) = error.downcast_ref::<PublishError>() else { return false };
    let answer = error.source().and_then(|source| source.downcast_ref::<async_nats::jetstream::Error>());
    let too_large = [ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM, ErrorCode::STREAM_HEADER_EXCEEDS_MAXIMUM];
    error.kind() == PublishErrorKind::MaxPayloadExceeded
        || answer.is_some_and(|answer| too_large.contains(&answer.error_code()))
}

/// Headers that say something about the message, as many as fit; the broker's own would be obeyed once more.
fn kept(headers: &HeaderMap) -> HeaderMap {
    let (mut kept, mut bytes) = (HeaderMap::new(), 0);
    for (name, values) in headers.iter().filter(|(name, _)| is_kept(name.as_ref())) {
        for value in values {
            bytes += AsRef::<str>::as_ref(name).len() + value.as_str().len();
            if bytes <= HEADERS_MAX {
                kept.append(name.clone(), value.clone());
            }
        }
    }
    kept
}

fn is_kept(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("ce-") || name == "content-type"
}

/// A subject, or as many of its tokens as fit.
fn short(subject: &str) -> &str {
    if subject.len() <= SUBJECT_MAX {
        return subject;
    }
    let cut = &subject[..subject.floor_char_boundary(SUBJECT_MAX)];
    cut.rsplit_once('.').map_or(cut, |(tokens, _)| tokens)
}

/// A reason as a header: one line of ASCII, not too long.
fn one_line(reason: &str) -> String {
    let plain = reason.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' });
    plain.take(REASON_MAX).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_one_plain_line() {
        assert_eq!(one_line("a\nb é "), "a?b ?");
        assert_eq!(one_line(&"x".repeat(1_000)).len(), REASON_MAX);
    }

    #[test]
    fn long_subjects_lose_tokens_at_their_end() {
        assert_eq!(short("plaza.cmd.a"), "plaza.cmd.a");
        assert_eq!(short(&format!("plaza.cmd.{}", "é".repeat(2_000))), "plaza.cmd");
        assert_eq!(short(&"a.".repeat(2_000)), "a.".repeat(SUBJECT_MAX / 2).trim_end_matches('.'));
    }

    #[test]
    fn headers_are_kept_as_far_as_they_fit() {
        let mut headers = HeaderMap::new();
        headers.insert("ce-id", "7");
        headers.insert("Nats-Msg-Id", "7");
        for number in 0..100 {
            headers.append("ce-long", format!("{number:01000}").as_str());
        }
        let kept = kept(&headers);
        assert!(kept.get("Nats-Msg-Id").is_none());
        let bytes: usize = kept.iter().flat_map(|(_, values)| values).map(|value| value.as_str().len()).sum();
        assert!((3_000..HEADERS_MAX).contains(&bytes), "{bytes}");
    }
}
