//! The relay: copies the journal into the stream, event by event, position by position.
//!
//! It keeps nothing of its own. How far it is, the end of the stream tells: read back at the start, after every error,
//! after every change of the connection, and every 30 s of silence. Behind the journal: the rest is published, be it
//! new or lost by the broker. Not a piece of the journal: it halts and says so, and looks again every few seconds.
//! Several relays at once, messages that arrive late and messages that arrive twice are all kept out by the fence of
//! [`mod@publish`]. The design and what it was tested with: `docs/adr/0007-relay.md`.

pub mod publish;
pub mod stream;

use super::broker::health::HealthBoard;
use super::broker::jetstream::{ANSWER_WITHIN, JetStream};
use super::envelope::{Attributes, EventId};
use crate::ports::backoff::Backoff;
use crate::ports::feed::LiveEvents;
use crate::ports::journal::RecordedEvent;
use crate::ports::reads::events::{EventFilter, EventPage};
use crate::ports::reads::{ReadError, ReadModel};
use crate::ports::stop::Stop;
use publish::{BATCH_MAX, Outgoing, batch_len, publish};
use std::sync::Arc;
use std::time::Duration;
use stream::{EventStream, Tail, Trouble};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// How often the journal is looked at without a hint. Longer delays events whose hint was lost.
const POLL_EVERY: Duration = Duration::from_millis(250);
/// After how much silence the end of the stream is read back. Longer leaves a loss unnoticed while nothing happens.
const READ_BACK_EVERY: Duration = Duration::from_secs(30);
/// The pauses after errors in a row. Shorter ones ask a broker in trouble too often, longer ones add to the delay.
const AGAIN: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(250));
/// After how many errors in a row, without an event handed on, an operator is told. One is the price of a broker that
/// restarts; a broker without room for events gives them without an end.
const TELL_AFTER: u32 = 5;
/// How often a halted relay looks whether it may go on.
const HALTED_PAUSE: Duration = Duration::from_secs(2);

/// Events that were read and put into their envelopes, and whether there were more behind them.
struct Read {
    events: Vec<Outgoing>,
    more: bool,
}

/// Copies one journal into the stream of one broker.
pub struct Relay {
    broker: JetStream,
    reads: Arc<dyn ReadModel>,
    log_id: Uuid,
    health: Arc<HealthBoard>,
    hint: Arc<Notify>,
    /// The newest position the broker ever acknowledged to this relay.
    acknowledged: u64,
    /// Errors in a row.
    failures: u32,
}

impl Relay {
    /// A relay of the journal `log_id`, which `reads` reads.
    #[must_use]
    pub fn new(broker: JetStream, reads: Arc<dyn ReadModel>, log_id: Uuid) -> Self {
        let health = broker.health().clone();
        Self { broker, reads, log_id, health, hint: Arc::default(), acknowledged: 0, failures: 0 }
    }

    /// Copies until `stop` is given. `live` only wakes it early; without, it polls.
    pub async fn run(mut self, live: Option<LiveEvents>, stop: Stop) {
        let hint = self.hint.clone();
        tokio::select! {
            biased;
            () = stop.stopped() => {}
            () = pass_hints(live, &hint) => {}
            () = self.go_on() => {}
        }
    }

    /// Never ends: each trouble leads to a new look at the end of the stream.
    async fn go_on(&mut self) {
        loop {
            if !self.broker.is_connected() {
                self.health.connecting();
                self.broker.connected().await;
            }
            match self.copy().await {
                Ok(()) => {}
                Err(Trouble::Unavailable(error)) => {
                    self.failures += 1;
                    if self.failures == TELL_AFTER {
                        tracing::warn!(error, "the broker takes no events; the relay keeps trying, orders go on");
                    }
                    tracing::debug!(error, "the relay starts over from the end of the stream");
                    self.health.failed(&error);
                    sleep(self.broker.pause(AGAIN, self.failures)).await;
                }
                Err(Trouble::Halt(reason)) => {
                    if self.health.halted(&reason) {
                        tracing::error!(reason, "the relay has halted; orders go on, events stay in the journal");
                    }
                    sleep(HALTED_PAUSE).await;
                }
            }
        }
    }

    /// Copies from the end of the stream on. Ends well when it is time to read that end back.
    async fn copy(&mut self) -> Result<(), Trouble> {
        let stream = EventStream::open(&self.broker, self.log_id).await?;
        let mut tail = stream.tail(self.log_id).await?;
        self.compare(&tail).await?;
        self.resume(&tail, stream.durable);
        let Read { mut events, mut more } = self.prepare(tail.position).await?;
        let mut read_back_at = Instant::now() + READ_BACK_EVERY;
        loop {
            if events.is_empty() {
                self.failures = 0;
                if !self.idle(read_back_at).await {
                    return Ok(());
                }
                Read { events, more } = self.prepare(tail.position).await?;
                continue;
            }
            let rest = events.split_off(batch_len(&events, &stream));
            let (is_all, count) = (rest.is_empty(), events.len() as u64);
            let rest = Read { events: rest, more };
            let end = tail.position + count;
            let published = self.publish(&stream, events, tail.sequence);
            // The next events are read and wrapped while the broker syncs these.
            let (sequence, next) = tokio::join!(published, self.prepare_after(rest, end));
            tail = Tail { sequence: sequence?, position: end, message: None };
            self.acknowledged = end;
            self.failures = 0;
            self.health.relayed(end, count);
            Read { events, more } = next?;
            self.health.keeps_up(is_all && !more);
            read_back_at = Instant::now() + READ_BACK_EVERY;
        }
    }

    /// Fails unless the last message of the stream is the journal's event at that position. A database that was
    /// restored from an older copy has fewer events, and after new orders other ones.
    async fn compare(&self, tail: &Tail) -> Result<(), Trouble> {
        if tail.position == 0 {
            return Ok(());
        }
        let filter = EventFilter { after: Some(tail.position - 1), ..EventFilter::default() };
        let EventPage { events, .. } = self.reads.events(filter, 1).await.map_err(|error| not_read(&error))?;
        let id = EventId { log_id: self.log_id, position: tail.position };
        let reason = match (events.first(), &tail.message) {
            (None, _) => "the journal has no such event",
            (Some(event), Some(message)) if !is_same(event, self.log_id, message) => {
                "the journal has another one there"
            }
            (Some(_), _) => return Ok(()),
        };
        Err(Trouble::Halt(format!(
            "the stream ends in event {id}, but {reason}: the database was restored from an older copy; restore the \
             right one, or delete the stream to fill it anew"
        )))
    }

    fn resume(&mut self, tail: &Tail, durable: bool) {
        let lost = self.acknowledged.saturating_sub(tail.position);
        if lost > 0 {
            tracing::warn!(lost, position = tail.position, "the broker has lost events it had acknowledged; refilling");
        }
        self.acknowledged = tail.position;
        self.health.resumed(tail.position, lost, durable);
    }

    /// Waits for new events. False when the end of the stream is to be read back instead.
    async fn idle(&self, read_back_at: Instant) -> bool {
        self.health.keeps_up(true);
        tokio::select! {
            biased;
            () = self.broker.lost() => false,
            () = self.hint.notified() => true,
            () = sleep(POLL_EVERY) => Instant::now() < read_back_at,
        }
    }

    async fn publish(&self, stream: &EventStream, events: Vec<Outgoing>, last: u64) -> Result<u64, Trouble> {
        // Sending can take as long as the answer: the client's queue is bounded.
        let published = timeout(ANSWER_WITHIN * 2, publish(&self.broker, stream, events, last));
        tokio::select! {
            biased;
            published = published => {
                published.unwrap_or_else(|_| Err(Trouble::Unavailable("events could not be sent in time".to_owned())))
            }
            () = self.broker.lost() => Err(Trouble::Unavailable("the connection was lost".to_owned())),
        }
    }

    /// What is left of the events before `position`, or else the ones after it.
    async fn prepare_after(&self, rest: Read, position: u64) -> Result<Read, Trouble> {
        if rest.events.is_empty() { self.prepare(position).await } else { Ok(rest) }
    }

    /// Reads the events after `position` and puts them into their envelopes.
    async fn prepare(&self, position: u64) -> Result<Read, Trouble> {
        let filter = EventFilter { after: Some(position), ..EventFilter::default() };
        let page = self.reads.events(filter, BATCH_MAX).await.map_err(|error| not_read(&error))?;
        let EventPage { events, more } = page;
        if let Some((event, expected)) =
            events.iter().zip(position + 1..).find(|(event, expected)| event.position != *expected)
        {
            let found = event.position;
            return Err(Trouble::Halt(format!(
                "the journal has event {found} where {expected} should be; check it with plaza verify"
            )));
        }
        Ok(Read { events: events.into_iter().map(|event| Outgoing::of(event, self.log_id)).collect(), more })
    }
}

/// Turns every commit into a hint, for ever. Commits are always taken: what waits for the relay would stay in memory.
async fn pass_hints(live: Option<LiveEvents>, hint: &Notify) {
    let Some(mut live) = live else { return std::future::pending().await };
    loop {
        // Which events they are, and whether some were left out, the journal tells.
        let _ = live.next().await;
        hint.notify_one();
    }
}

/// Whether a message is this event: its envelope says so. The body is not compared, for it may be written anew.
fn is_same(event: &RecordedEvent, log_id: Uuid, message: &async_nats::jetstream::message::StreamMessage) -> bool {
    let expected = Attributes::of(event, log_id).into_headers();
    ["ce-id", "ce-subject", "ce-time", "ce-streamversion", "ce-correlationid"]
        .iter()
        .all(|name| expected.get(*name) == message.headers.get(*name))
}

fn not_read(error: &ReadError) -> Trouble {
    Trouble::unavailable("the journal could not be read", error)
}
