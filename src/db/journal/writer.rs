//! The writer: groups of appends become transactions, in order.
//!
//! A group is one transaction. When a constraint refuses it (a defect, or memory that no longer matches the disk), it is
//! rolled back and its appends are tried one by one: the guilty one is refused, the others are committed. Later appends
//! to a refused stream were decided on events that do not exist; they are checked against the disk until one fits.

use super::engine::{Availability, Engine, Group};
use crate::actors::idempotency::KEPT_MS;
use crate::actors::ports::{Append, AppendError, Clock, RecordedEvent};
use crate::bus::memory::MemoryBus;
use crate::db::chain::{self, HashedEvent};
use crate::domain::time::Timestamp;
use crate::telemetry::Metrics;
use diesel::result::Error as DieselError;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::oneshot;
use uuid::Uuid;

/// How often replies of forgotten idempotency keys are dropped, milliseconds.
const CLEANUP_MS: u64 = 3_600_000;

/// An append and where its answer goes.
pub struct Job {
    append: Append,
    answer: oneshot::Sender<Result<(), AppendError>>,
}

impl Job {
    /// What is to be written.
    #[must_use]
    pub const fn append(&self) -> &Append {
        &self.append
    }

    /// An append on its way.
    #[must_use]
    pub const fn new(append: Append, answer: oneshot::Sender<Result<(), AppendError>>) -> Self {
        Self { append, answer }
    }

    /// Answers; a caller that hung up is not an error, the append stands.
    pub fn answer(self, result: Result<(), AppendError>) {
        let _ = self.answer.send(result);
    }
}

/// The end of the journal: where the next event goes.
#[derive(Clone, Copy, Debug)]
pub struct Tail {
    /// The newest position; 0 for an empty journal.
    pub position: u64,
    /// The newest hash; [`chain::GENESIS`] for an empty journal.
    pub hash: [u8; 32],
}

/// Writes the journal over one connection.
pub struct Writer {
    engine: Engine,
    availability: Availability,
    tail: Tail,
    bus: MemoryBus,
    metrics: Arc<Metrics>,
    clock: Arc<dyn Clock>,
    refused_streams: HashSet<Uuid>,
    cleaned_at: Timestamp,
}

impl Writer {
    /// A writer that goes on at `tail`.
    #[must_use]
    pub fn new(engine: Engine, tail: Tail, bus: MemoryBus, metrics: Arc<Metrics>, clock: Arc<dyn Clock>) -> Self {
        Self {
            availability: engine.availability(),
            engine,
            tail,
            bus,
            metrics,
            clock,
            refused_streams: HashSet::new(),
            cleaned_at: Timestamp(0),
        }
    }

    /// The newest position.
    #[must_use]
    pub const fn head(&self) -> u64 {
        self.tail.position
    }

    /// Commits a group and answers every append in it. `committed` learns the new head before anybody else does.
    pub fn commit(&mut self, group: &mut Vec<Job>, committed: impl Fn(u64)) {
        self.availability.work(true);
        self.commit_group(group, committed);
        self.availability.work(false);
    }

    fn commit_group(&mut self, group: &mut Vec<Job>, committed: impl Fn(u64)) {
        let suspicious = !self.refused_streams.is_empty();
        if !suspicious && self.write(group, &committed).is_ok() {
            return group.drain(..).for_each(|job| job.answer(Ok(())));
        }
        for job in group.drain(..) {
            let result = self.write_alone(&job, &committed);
            job.answer(result);
        }
    }

    fn write_alone(&mut self, job: &Job, committed: &impl Fn(u64)) -> Result<(), AppendError> {
        let streams = || job.append.events.iter().map(|event| event.stream_id);
        let written = match self.gap(&job.append) {
            Some(gap) => Err(gap),
            None => self.write(std::slice::from_ref(job), committed).map_err(|refused| refused.to_string().into()),
        };
        match written {
            Ok(()) => {
                streams().for_each(|stream| {
                    self.refused_streams.remove(&stream);
                });
                Ok(())
            }
            Err(why) => {
                self.refused_streams.extend(streams());
                Err(AppendError::Refused(why))
            }
        }
    }

    /// Whether an append to a refused stream builds on events that were never written.
    fn gap(&mut self, append: &Append) -> Option<Arc<str>> {
        let mut checked = HashSet::new();
        for event in &append.events {
            if !self.refused_streams.contains(&event.stream_id) || !checked.insert(event.stream_id) {
                continue;
            }
            let last = self.engine.last_version(event.stream_id);
            if event.version != last + 1 {
                let (stream, version) = (event.stream_id, event.version);
                return Some(format!("stream {stream} is at version {last}, the append starts at {version}").into());
            }
        }
        None
    }

    /// Writes `jobs` in one transaction.
    fn write(&mut self, jobs: &[Job], committed: &impl Fn(u64)) -> Result<(), DieselError> {
        let started = Instant::now();
        let (tail, events) = self.recorded(jobs);
        let forget_before = self.expired();
        let group = Group { tail, events: &events, jobs, forget_before };
        let forgotten = self.engine.write(&group).inspect_err(|error| {
            tracing::error!(%error, appends = jobs.len(), "a commit was refused");
        })?;
        if forget_before.is_some() && forgotten == 0 {
            self.cleaned_at = self.clock.now();
        }
        self.tail = tail;
        committed(tail.position);
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.metrics.committed(jobs.len(), events.len() as u64, micros);
        self.bus.publish(events.into_iter().map(|(event, _)| event).collect());
        Ok(())
    }

    /// Gives every event its position and hash.
    fn recorded(&self, jobs: &[Job]) -> (Tail, Vec<(RecordedEvent, [u8; 32])>) {
        let mut tail = self.tail;
        let events = jobs.iter().flat_map(|job| &job.append.events);
        let recorded = events.map(|event| {
            tail.position += 1;
            let event = RecordedEvent {
                position: tail.position,
                stream: event.stream,
                stream_id: event.stream_id,
                version: event.version,
                name: Cow::Borrowed(event.name),
                payload: event.payload.clone(),
                occurred_at: event.occurred_at,
                correlation_id: event.cause.correlation_id,
                causation_id: event.cause.causation_id.clone(),
            };
            tail.hash = hash(&tail.hash, &event);
            (event, tail.hash)
        });
        let recorded = recorded.collect();
        (tail, recorded)
    }

    /// Before when remembered replies are to be dropped: every hour, until none is left.
    fn expired(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        let due = now.micros_since(self.cleaned_at) >= CLEANUP_MS * 1_000;
        due.then(|| Timestamp(now.0 - i64::try_from(KEPT_MS * 1_000).unwrap_or(i64::MAX)))
    }

    /// Whether the journal can write, as far as it knows.
    #[must_use]
    pub fn availability(&self) -> Availability {
        self.availability.clone()
    }

    /// Whether its end can be waited for in vain: a server may never answer.
    #[must_use]
    pub const fn depends_on_a_server(&self) -> bool {
        self.engine.depends_on_a_server()
    }

    /// Leaves the database in order.
    pub fn close(self) {
        self.engine.close();
    }
}

fn hash(prev: &[u8; 32], event: &RecordedEvent) -> [u8; 32] {
    let (mut stream_id, mut correlation_id) = (Uuid::encode_buffer(), Uuid::encode_buffer());
    let hashed = HashedEvent {
        position: event.position,
        stream: event.stream.as_str(),
        stream_id: event.stream_id.as_hyphenated().encode_lower(&mut stream_id),
        version: event.version,
        name: &event.name,
        payload: &event.payload,
        occurred_at: event.occurred_at.0,
        correlation_id: event.correlation_id.as_hyphenated().encode_lower(&mut correlation_id),
        causation_id: &event.causation_id,
    };
    chain::next_hash(prev, &hashed)
}
