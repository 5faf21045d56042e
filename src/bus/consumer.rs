//! Durable named consumers of the journal: each sees every event, in order, at least once.
//!
//! A consumer reads by dense position from its cursor, which lives in the database under its name: first what is in the
//! journal, then what the feed hands over, and the journal again whenever the feed has a gap. The cursor is written
//! behind the work, so a crash repeats events and never skips one. Nobody waits for a consumer.

use crate::ports::backoff::Backoff;
use crate::ports::changes::{Change, Cursor};
use crate::ports::feed::{Consume, Lagged, LiveEvents};
use crate::ports::journal::{Append, Journal, RecordedEvent};
use crate::ports::reads::ReadModel;
use crate::ports::reads::events::{EventFilter, EventPage};
use crate::ports::stop::Stop;
use crate::ports::time::Entropy;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// Events read from the journal at a time, at the most.
const PAGE: usize = 500;
/// How often the journal is looked at without a hint of the feed.
const POLL_EVERY: Duration = Duration::from_secs(1);
/// How long after the first event that was dealt with the cursor is written. Shorter writes more, longer repeats more
/// after a crash.
const SAVE_AFTER: Duration = Duration::from_millis(250);
/// After how many events of no interest the cursor is written all the same: what a restart reads again at the most.
const SAVE_EVERY: u64 = 10_000;
/// The pauses after errors in a row.
const AGAIN: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));

/// A durable named consumer.
pub struct Consumer {
    name: &'static str,
    reads: Arc<dyn ReadModel>,
    journal: Arc<dyn Journal>,
    work: Arc<dyn Consume>,
    entropy: Arc<dyn Entropy>,
    /// The last position dealt with, and the one that is written.
    seen: u64,
    saved: u64,
    /// When the cursor is to be written, once something was done that a restart would repeat.
    save_at: Option<Instant>,
    /// How often the journal is looked at without a hint.
    look_every: Option<Duration>,
}

impl Consumer {
    /// A consumer known by `name`, which does `work`.
    #[must_use]
    pub fn new(
        name: &'static str,
        reads: Arc<dyn ReadModel>,
        journal: Arc<dyn Journal>,
        work: Arc<dyn Consume>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { name, reads, journal, work, entropy, seen: 0, saved: 0, save_at: None, look_every: Some(POLL_EVERY) }
    }

    /// Looks at the journal on a hint of the feed alone: for a feed that cannot lose one.
    #[must_use]
    pub fn on_hints_alone(self) -> Self {
        Self { look_every: None, ..self }
    }

    /// Consumes until `stop` is given. `live` was subscribed before.
    pub async fn run(mut self, live: LiveEvents, stop: Stop) {
        tokio::select! {
            biased;
            () = stop.stopped() => {}
            () = self.go_on(live) => {}
        }
        self.save().await;
    }

    async fn go_on(&mut self, mut live: LiveEvents) {
        self.seen = self.start().await;
        self.saved = self.seen;
        loop {
            self.catch_up().await;
            self.follow(&mut live).await;
        }
    }

    async fn start(&self) -> u64 {
        let mut failures = 0;
        loop {
            match self.reads.cursor(self.name).await {
                Ok(position) => return position,
                Err(error) => self.wait(&error, &mut failures).await,
            }
        }
    }

    /// Deals with everything in the journal.
    async fn catch_up(&mut self) {
        let mut failures = 0;
        loop {
            let filter = EventFilter { after: Some(self.seen), ..EventFilter::default() };
            match self.reads.events(filter, PAGE).await {
                Ok(EventPage { events, more }) => {
                    self.deal_with(&events).await;
                    if !more {
                        return;
                    }
                }
                Err(error) => self.wait(&error, &mut failures).await,
            }
        }
    }

    /// Deals with what is committed from here on, until the feed leaves something out or falls silent.
    async fn follow(&mut self, live: &mut LiveEvents) {
        loop {
            let look_at = self.look_every.map(|every| Instant::now() + every);
            let heard = match self.save_at.into_iter().chain(look_at).min() {
                Some(until) => timeout_at(until, live.next()).await,
                None => Ok(live.next().await),
            };
            match heard {
                Ok(Ok(events)) => {
                    // What was read from the journal already comes once more.
                    let new = &events[events.partition_point(|event| event.position <= self.seen)..];
                    if new.first().is_some_and(|event| event.position > self.seen + 1) {
                        return;
                    }
                    self.deal_with(new).await;
                }
                Ok(Err(Lagged)) => return,
                Err(_silent) if self.save_at.is_some_and(|at| at <= Instant::now()) => self.save().await,
                Err(_silent) if self.journal.head() > self.seen => return,
                Err(_silent) => {}
            }
        }
    }

    async fn deal_with(&mut self, events: &[RecordedEvent]) {
        let Some(last) = events.last() else { return };
        let mut failures = 0;
        loop {
            match self.work.consume(events).await {
                Ok(done) => {
                    self.seen = last.position;
                    if done {
                        self.save_at.get_or_insert(Instant::now() + SAVE_AFTER);
                    }
                    break;
                }
                Err(error) => self.wait(&error, &mut failures).await,
            }
        }
        if self.seen - self.saved >= SAVE_EVERY || self.save_at.is_some_and(|at| at <= Instant::now()) {
            self.save().await;
        }
    }

    async fn save(&mut self) {
        self.save_at = None;
        if self.seen == self.saved {
            return;
        }
        let cursor = Cursor { consumer: self.name, position: self.seen };
        let changes = self.work.saves().into_iter().chain([Change::Cursor(cursor)]).collect();
        match self.journal.submit(Append { changes, ..Append::default() }).await {
            Ok(Ok(())) => {
                self.saved = self.seen;
                self.work.saved();
            }
            // A cursor that is not written costs a repetition; a journal that closes takes no more.
            Ok(Err(error)) => tracing::debug!(consumer = self.name, %error, "a cursor was not written"),
            Err(_closed) => {}
        }
    }

    async fn wait(&self, error: &(dyn std::error::Error + Sync), failures: &mut u32) {
        tracing::warn!(consumer = self.name, %error, "a consumer waits before it tries again");
        *failures += 1;
        sleep(AGAIN.pause(*failures, &*self.entropy)).await;
    }
}
