//! Putting events into the stream, each exactly at its place.
//!
//! Every way of publishing is fenced by `Nats-Expected-Last-Sequence`: what arrives late, twice or out of order is
//! refused by the broker, so an unknown outcome needs no more than a look at the end of the stream.

use super::stream::{EventStream, Trouble};
use crate::bus::broker::jetstream::JetStream;
use crate::bus::envelope::Attributes;
use crate::bus::subject;
use crate::ports::journal::RecordedEvent;
use async_nats::client::PublishErrorKind as SendErrorKind;
use async_nats::header::{
    NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE, NATS_EXPECTED_LAST_SEQUENCE,
    NATS_EXPECTED_LAST_SUBJECT_SEQUENCE,
};
use async_nats::jetstream::context::{PublishAckFuture, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::{HeaderMap, HeaderValue};
use futures_util::future::try_join_all;
use uuid::Uuid;

/// The most events in a batch; the broker takes 1 000 (ADR-50). Larger ones share the sync of the broker's disk among
/// more events; beyond 500 nothing was gained.
pub const BATCH_MAX: usize = 500;
/// The most events without an acknowledgement where there are no batches.
const PIPELINE_MAX: usize = 256;
/// Up to how many events go one by one even where there are batches: the broker takes longer to open a batch than to
/// store a few messages. Measured with nats-server 2.15.1 and 1 000 events a second, from commit to consumer: 5 to 10
/// ms in the median with `sync_interval: always` and 1 ms with the default; with batches of any size 30 and 25 ms, and
/// with up to 64 one by one 9 to 28 ms and 1 ms (2026-11-22, two busy cores).
const PIPELINED_UP_TO: usize = 16;
/// An event in its envelope, on its way.
pub struct Outgoing {
    /// Its position.
    pub position: u64,
    subject: String,
    headers: HeaderMap,
    payload: String,
}

impl Outgoing {
    /// Puts an event of the journal `log_id` into its envelope.
    #[must_use]
    pub fn of(event: RecordedEvent, log_id: Uuid) -> Self {
        Self {
            position: event.position,
            subject: subject::event_subject(&event.name, event.stream_id),
            headers: Attributes::of(&event, log_id).into_headers(),
            payload: event.payload,
        }
    }
}

/// How many of the events at the front are published together. Of bytes no more are read at a time than the broker can
/// hold, and than can be sent again after an error.
#[must_use]
pub fn batch_len(events: &[Outgoing], stream: &EventStream) -> usize {
    events.len().min(if stream.atomic { BATCH_MAX } else { PIPELINE_MAX })
}

/// Publishes events behind the message with sequence `last`, and answers the sequence of the last one.
///
/// # Errors
/// [`Trouble::Unavailable`]: some, all or none of them were stored. [`Trouble::Halt`]: the broker cannot take one.
pub async fn publish(
    broker: &JetStream,
    stream: &EventStream,
    events: Vec<Outgoing>,
    last: u64,
) -> Result<u64, Trouble> {
    if stream.atomic && events.len() > PIPELINED_UP_TO {
        publish_batch(broker, events, last).await
    } else {
        publish_pipelined(broker, events, last).await
    }
}

/// All events or none: one sync of the broker's disk for all of them.
async fn publish_batch(broker: &JetStream, events: Vec<Outgoing>, last: u64) -> Result<u64, Trouble> {
    // The client's names for reply subjects are unique; a batch needs nothing else of its id.
    let inbox = broker.client().new_inbox();
    let batch = inbox.rsplit('.').next().unwrap_or(&inbox);
    let count = events.len() as u64;
    for (mut event, number) in events.into_iter().zip(1_u64..) {
        event.headers.insert(NATS_BATCH_ID, batch);
        event.headers.insert(NATS_BATCH_SEQUENCE, HeaderValue::from(number));
        if number == 1 {
            event.headers.insert(NATS_EXPECTED_LAST_SEQUENCE, HeaderValue::from(last));
        }
        if number < count {
            let sent = broker.client().publish_with_headers(event.subject, event.headers, event.payload.into());
            sent.await
                .map_err(|error| not_sent(event.position, error.kind() == SendErrorKind::MaxPayloadExceeded, &error))?;
        } else {
            event.headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
            let ack = send(broker, event).await?;
            return acknowledged(ack, last + count).await;
        }
    }
    Ok(last)
}

/// One after the other without waiting in between; each names the sequence before it.
async fn publish_pipelined(broker: &JetStream, events: Vec<Outgoing>, last: u64) -> Result<u64, Trouble> {
    let mut acks = Vec::with_capacity(events.len());
    for (mut event, before) in events.into_iter().zip(last..) {
        event.headers.insert(NATS_EXPECTED_LAST_SEQUENCE, HeaderValue::from(before));
        if before == 0 {
            // Servers before 2.10 take an expected sequence of 0 for none, but not that of a subject.
            event.headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, HeaderValue::from(0_u64));
        }
        acks.push(acknowledged(send(broker, event).await?, before + 1));
    }
    Ok(try_join_all(acks).await?.last().copied().unwrap_or(last))
}

async fn send(broker: &JetStream, event: Outgoing) -> Result<PublishAckFuture, Trouble> {
    let message = PublishMessage::build().headers(event.headers).payload(event.payload.into());
    let sent = broker.context().send_publish(event.subject, message).await;
    sent.map_err(|error| not_sent(event.position, error.kind() == PublishErrorKind::MaxPayloadExceeded, &error))
}

fn not_sent(position: u64, is_too_large: bool, error: &dyn std::fmt::Display) -> Trouble {
    if is_too_large {
        Trouble::Halt(format!("event {position} is larger than the broker takes; raise its max_payload"))
    } else {
        Trouble::unavailable("an event could not be sent", error)
    }
}

/// Waits for the acknowledgement of the message that has to become `expected`.
async fn acknowledged(ack: PublishAckFuture, expected: u64) -> Result<u64, Trouble> {
    let ack = ack.await.map_err(|error| Trouble::unavailable("events were not acknowledged", describe(&error)))?;
    if ack.sequence == expected && !ack.duplicate {
        return Ok(expected);
    }
    Err(Trouble::Unavailable(format!("sequence {} came back instead of {expected}", ack.sequence)))
}

/// The error with what the broker said.
fn describe(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error} ({source})"))
}
