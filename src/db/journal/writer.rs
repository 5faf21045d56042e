//! The writer: groups of appends become transactions, in order.
//!
//! A group is one transaction. When a constraint refuses it (a defect, or memory that no longer matches the disk), it
//! is rolled back and halved until the guilty append is alone: that one is refused, the others are committed. Later
//! appends that were decided on the same memory count on events that do not exist, and are refused as well, whether
//! they hold events or only wait for those before them.

use super::availability::Availability;
use super::engine::Engine;
use super::group::{Group, Job, NotWritten, Tail};
use super::refusal::is_key_taken;
use super::sqlite::is_damaged;
use crate::db::chain;
use crate::db::rows::EventIds;
use crate::db::schema::EventRow;
use crate::domain::time::Timestamp;
use crate::metrics::Metrics;
use crate::ports::feed::Announce;
use crate::ports::journal::{AppendError, RecordedEvent};
use crate::ports::reply::KEPT_MS;
use crate::ports::time::Clock;
use diesel::result::Error as DieselError;
use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;
use tokio::time::Instant;

/// How often replies of forgotten idempotency keys are dropped, milliseconds.
const CLEANUP_MS: u64 = 3_600_000;

/// What is done when nothing can be written any more, and nobody knows what is. What it returns from goes on with a writer
/// that writes nothing and answers nobody.
pub type OnFatal = Box<dyn Fn(&dyn Error) + Send>;

/// What a process ends with whose file no longer holds what was written.
const OVERWRITTEN: i32 = 5;

/// Ends the process: the next start reads from the disk what is written. What a server does.
pub fn abort(error: &dyn Error) {
    if is_damaged(&error.to_string()) {
        tracing::error!(
            %error,
            "the mall's file no longer holds what was written: somebody wrote over it, or its disk fails; ending the process"
        );
        std::process::exit(OVERWRITTEN);
    }
    tracing::error!(%error, "the journal failed; ending the process, the next start recovers from disk");
    std::process::abort();
}

/// Writes the journal over one connection.
pub struct Writer {
    engine: Engine,
    availability: Availability,
    tail: Tail,
    feed: Arc<dyn Announce>,
    metrics: Arc<Metrics>,
    clock: Arc<dyn Clock>,
    cleaned_at: Timestamp,
    on_fatal: OnFatal,
    /// Whether something fatal has happened.
    ended: bool,
}

impl Writer {
    /// A writer that goes on at `tail`, and ends with `on_fatal`.
    #[must_use]
    pub fn new(
        engine: Engine,
        tail: Tail,
        feed: Arc<dyn Announce>,
        metrics: Arc<Metrics>,
        clock: Arc<dyn Clock>,
        on_fatal: OnFatal,
    ) -> Self {
        let availability = engine.availability();
        let cleaned_at = Timestamp(0);
        Self { engine, availability, tail, feed, metrics, clock, cleaned_at, on_fatal, ended: false }
    }

    /// The newest position.
    #[must_use]
    pub const fn head(&self) -> u64 {
        self.tail.position
    }

    /// Where the journal ends.
    #[must_use]
    pub const fn tail(&self) -> Tail {
        self.tail
    }

    /// Commits a group and answers every append in it; after something fatal, none. `committed` learns the new head before anybody else does.
    pub fn commit(&mut self, group: &mut Vec<Job>, committed: impl Fn(u64)) {
        self.availability.work(true);
        let availability = self.availability.clone();
        match availability.enter() {
            Some(_committing) => self.commit_group(group, &committed),
            None => group.clear(),
        }
        self.availability.work(false);
    }

    /// Writes what of `group` is still true in as few transactions as it takes: a group that is refused is halved until
    /// the appends at fault are alone.
    fn commit_group(&mut self, group: &mut Vec<Job>, committed: &impl Fn(u64)) {
        // Whatever else such an append was decided on holds what is not written now, and is void as well.
        let is_void = |job: &mut Job| {
            let is_void = job.append().decided_on.iter().any(|on| on.memory().is_void());
            if is_void {
                job.append().decided_on.iter().for_each(|on| on.memory().void());
            }
            is_void
        };
        if self.ended {
            return group.clear();
        }
        for job in group.extract_if(.., is_void) {
            job.answer(Err(AppendError::Void));
        }
        if group.is_empty() {
            return;
        }
        match self.write(group, committed) {
            Ok(()) => group.drain(..).for_each(|job| job.answer(Ok(()))),
            Err(NotWritten::Fatal(error)) => {
                self.ended = true;
                group.clear();
                (self.on_fatal)(&error);
            }
            Err(NotWritten::Refused(why)) if group.len() == 1 => {
                group.drain(..).for_each(|job| self.refuse(job, &why));
            }
            Err(NotWritten::Refused(_)) => {
                let mut rest = group.split_off(group.len() / 2);
                self.commit_group(group, committed);
                self.commit_group(&mut rest, committed);
            }
        }
    }

    /// Answers an append that was refused; before its memory is void nothing else that was decided on it is looked at.
    fn refuse(&self, job: Job, refused: &DieselError) {
        tracing::error!(error = %refused, events = job.append().events.len(), "an append was refused");
        job.append().decided_on.iter().for_each(|on| on.memory().void());
        self.metrics.append_refused();
        let why = if is_key_taken(refused) {
            AppendError::KeyTaken
        } else {
            AppendError::Refused(refused.to_string().into())
        };
        job.answer(Err(why));
    }

    /// Writes `jobs` in one transaction.
    fn write(&mut self, jobs: &[Job], committed: &impl Fn(u64)) -> Result<(), NotWritten> {
        let started = Instant::now();
        let (tail, events) = self.recorded(jobs);
        let forget_before = self.expired();
        let group = Group { tail, events: &events, jobs, forget_before };
        let forgotten = self.engine.write(&group)?;
        if forget_before.is_some() && forgotten == 0 {
            self.cleaned_at = self.clock.now();
        }
        self.tail = tail;
        committed(tail.position);
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.metrics.committed(jobs.len(), events.len() as u64, micros);
        self.feed.announce(events.into_iter().map(|(event, _)| event).collect());
        Ok(())
    }

    /// Gives every event its position and hash.
    fn recorded(&self, jobs: &[Job]) -> (Tail, Vec<(RecordedEvent, [u8; 32])>) {
        let mut tail = self.tail;
        let events = jobs.iter().flat_map(|job| &job.append().events);
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
    let mut ids = EventIds::default();
    // The row lacks nothing but the hash that is made of it.
    let row = EventRow::new(event, &chain::GENESIS, &mut ids);
    chain::next_hash(prev, &row.hashed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testbed::{Mall, uuid};
    use crate::domain::basket::event::Created;
    use crate::domain::event::BasketEvent;
    use crate::ports::journal::Memory;
    use crate::ports::journal::{Append, Cause};
    use tokio::sync::oneshot;

    /// The birth of basket `number` at `version`, decided on `memory`.
    fn birth(number: u128, version: u64, memory: &Memory) -> Append {
        let mut append = Append { decided_on: vec![memory.relied_on()], ..Append::default() };
        let cause = Cause { correlation_id: uuid(number), causation_id: "test".into() };
        append.stream(uuid(number), version, &[BasketEvent::from(Created {})], Timestamp(1), &cause);
        append
    }

    fn commit(mall: &mut Mall, appends: Vec<Append>) -> Vec<Result<(), AppendError>> {
        let (mut jobs, mut answers) = (Vec::new(), Vec::new());
        for append in appends {
            let (answer, answered) = oneshot::channel();
            jobs.push(Job::new(append, answer));
            answers.push(answered);
        }
        mall.writer.commit(&mut jobs, |_| {});
        answers.into_iter().map(|mut answer| answer.try_recv().unwrap()).collect()
    }

    fn commits(mall: &Mall) -> u64 {
        let text = mall.writer.metrics.encode(&[]).unwrap();
        let count = text.lines().find_map(|line| line.strip_prefix("plaza_commit_batch_appends_count "));
        count.unwrap().parse().unwrap()
    }

    #[test]
    fn what_was_decided_on_a_refused_memory_is_refused_and_nothing_else_is() {
        let mut mall = Mall::open("refused-memory");
        let [well, ill] = [Memory::default(), Memory::default()];
        let barrier = |memory: &Memory| Append { decided_on: vec![memory.relied_on()], ..Append::default() };
        commit(&mut mall, vec![birth(201, 0, &well)]).pop().unwrap().unwrap();
        // The second birth of one basket is refused; what waits behind it is not answered as if it stood.
        let mut appends = vec![birth(202, 0, &well), birth(201, 0, &ill), barrier(&ill), birth(203, 0, &ill)];
        appends.extend((0..60).map(|number| birth(300 + number, 0, &well)));
        let before = mall.writer.head();
        let answers = commit(&mut mall, appends);
        assert!(matches!(answers[1], Err(AppendError::Refused(_))), "{:?}", answers[1]);
        assert!(matches!((&answers[2], &answers[3]), (Err(AppendError::Void), Err(AppendError::Void))), "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 61);
        assert_eq!(mall.writer.head(), before + 61);
        // In the groups after it as well, and for as long as anybody remembers it so.
        let later = commit(&mut mall, vec![barrier(&ill), barrier(&well), birth(204, 0, &ill)]);
        assert!(matches!((&later[0], &later[2]), (Err(AppendError::Void), Err(AppendError::Void))), "{later:?}");
        assert!(later[1].is_ok());
        // A checkout is decided on a basket and an order: with the basket's memory the order's is void.
        let order = Memory::default();
        let mut checkout = birth(205, 0, &ill);
        checkout.decided_on.push(order.relied_on());
        let both = commit(&mut mall, vec![checkout, barrier(&order)]);
        assert!(matches!((&both[0], &both[1]), (Err(AppendError::Void), Err(AppendError::Void))), "{both:?}");
        // A birth that was refused costs the groups after it nothing.
        let before = commits(&mall);
        commit(&mut mall, (0..40).map(|number| birth(400 + number, 0, &well)).collect());
        assert_eq!(commits(&mall), before + 1);
    }
}
