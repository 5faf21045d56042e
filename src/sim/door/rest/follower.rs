//! What happens in a running mall, as its live stream of events tells it: followed on one connection, and taken up again
//! where it broke off. Nothing is polled, which would be load of its own.

use super::Customers;
use super::client::{CallError, Client};
use super::clock::{MallClock, Reading};
use crate::bus::subject;
use crate::domain::clock::Speed;
use crate::domain::event::StreamKind;
use crate::domain::time::{Rfc3339, Timestamp};
use crate::ports::journal::RecordedEvent;
use crate::ports::stop::Stop;
use crate::sim::door::ours::Ours;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// How long a stream may say nothing: the mall gives a sign of life every 15 s.
const SILENT: Duration = Duration::from_secs(45);
/// The pause before the stream is opened again.
const PAUSE: Duration = Duration::from_millis(100);

/// Follows the events of a mall, and tells those of a run's own customers.
pub struct Follower {
    client: Rc<Client>,
    clock: Rc<MallClock>,
    customers: Customers,
    ours: Ours,
    heard: Rc<Heard>,
    hear: Hear,
}

/// How far a mall was followed.
#[derive(Debug, Default)]
pub struct Heard {
    position: Cell<u64>,
    is_deaf: Cell<bool>,
}

impl Heard {
    /// The newest event that was heard of.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position.get()
    }

    /// Whether nothing can be heard now.
    #[must_use]
    pub const fn is_deaf(&self) -> bool {
        self.is_deaf.get()
    }
}

/// Hears of an event so long after its time.
pub type Hear = Box<dyn Fn(&RecordedEvent, Duration)>;

/// An event as it is told.
#[derive(Deserialize)]
struct Told<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(borrow)]
    sequence: Cow<'a, str>,
    #[serde(with = "Rfc3339")]
    time: Timestamp,
    streamversion: u64,
    correlationid: Uuid,
    #[serde(borrow)]
    causationid: Cow<'a, str>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The clock, as it is told.
#[derive(Deserialize)]
struct Clock {
    #[serde(with = "Rfc3339")]
    now: Timestamp,
    speed: f64,
    position: u64,
}

/// Reads a mall's clock; answers what it showed, and the newest position of the journal.
///
/// # Errors
/// The mall does not answer.
pub async fn read_clock(client: &Client) -> Result<(Reading, u64), CallError> {
    let asked = Instant::now();
    let clock: Clock = client.get("/clock").await?;
    // It was read somewhere between.
    let at = asked + asked.elapsed() / 2;
    let speed = Speed::new(clock.speed).unwrap_or(Speed::PLAIN);
    Ok((Reading { mall: clock.now, at, speed }, clock.position))
}

impl Follower {
    /// Follows for whoever hears: events of the run's customers, and how long after their time, as the mall's clock goes,
    /// they were heard of.
    #[must_use]
    pub fn new(client: Rc<Client>, clock: Rc<MallClock>, customers: Customers, hear: Hear) -> Self {
        Self { client, clock, customers, ours: Ours::default(), heard: Rc::default(), hear }
    }

    /// How far it has come.
    #[must_use]
    pub const fn heard(&self) -> &Rc<Heard> {
        &self.heard
    }

    /// Follows from after a position on, until it is stopped.
    pub async fn run(self, after: u64, stop: Stop) {
        self.heard.position.set(after);
        loop {
            tokio::select! {
                biased;
                () = stop.stopped() => return,
                () = self.follow() => {}
            }
            self.heard.is_deaf.set(true);
            tokio::select! {
                biased;
                () = stop.stopped() => return,
                () = sleep(PAUSE) => {}
            }
        }
    }

    /// Follows as long as a connection lasts.
    async fn follow(&self) {
        // All of them, which a mall writes once for everybody who follows.
        let opened = self.client.open("/events/stream", self.heard.position()).await;
        let Ok(mut answer) = opened else { return };
        self.heard.is_deaf.set(false);
        let mut text = Vec::new();
        while let Ok(Some(Ok(more))) = timeout(SILENT, answer.next()).await {
            text.extend_from_slice(more.as_ref());
            let mut read = 0;
            while let Some(end) = text[read..].windows(2).position(|two| two == b"\n\n") {
                self.told(&text[read..read + end]).await;
                read += end + 2;
            }
            text.drain(..read);
        }
    }

    /// Reads one message: an event has a line of `data:`; the others are signs of life.
    async fn told(&self, message: &[u8]) {
        let Ok(message) = std::str::from_utf8(message) else { return };
        let data = message.lines().find_map(|line| line.strip_prefix("data: "));
        let Some(told) = data.and_then(|data| serde_json::from_str::<Told<'_>>(data).ok()) else { return };
        let Ok(position) = told.sequence.parse() else { return };
        // Told twice, it happened once.
        if position > self.heard.position() {
            self.event(&told).await;
            self.heard.position.set(position);
        }
    }

    async fn event(&self, told: &Told<'_>) {
        let name = subject::event_name(&told.r#type);
        if name == "mall.clock_set" {
            if let Ok((reading, _)) = read_clock(&self.client).await {
                self.clock.set(reading);
            }
            return;
        }
        self.clock.at_least(told.time);
        let Some((stream, id)) = told.subject.split_once('/') else { return };
        let (Some(stream), Ok(stream_id)) = (StreamKind::parse(stream), id.parse::<Uuid>()) else { return };
        let knows = |customer| self.customers.borrow().contains_key(&customer);
        if !self.ours.takes(name, stream_id, told.data.get(), knows) {
            return;
        }
        let event = RecordedEvent {
            position: 0,
            stream,
            stream_id,
            version: told.streamversion,
            name: Cow::Owned(name.to_owned()),
            payload: told.data.get().to_owned(),
            occurred_at: told.time,
            correlation_id: told.correlationid,
            causation_id: Arc::from(&*told.causationid),
        };
        (self.hear)(&event, Duration::from_micros(self.clock.now().micros_since(told.time)));
    }
}
