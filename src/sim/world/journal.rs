//! The journal of a world: the server's writer, without its thread and its disk, and with what can go wrong there.
//!
//! Appends wait as they wait for the thread, are written in groups at moments that the seed draws, and are answered
//! after. So all that races with a commit in the server does here, and the same way in every run of one seed.

use super::mischief::Mischief;
use super::power::Power;
use crate::db::journal::group::{GROUP_MAX, Job, Tail};
use crate::db::journal::writer::Writer;
use crate::ports::journal::{Append, AppendError, Commit, Journal};
use crate::ports::stop::Stop;
use crate::sim::chance::Chance;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::sleep;

/// What befalls the next group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The database refuses one append of it: the first that has events. A group without any waits for the next.
    RefuseOne,
    /// It is written, and none of those who wait hear of it for as long as this life lasts.
    LoseAnswers,
    /// The life of the mall ends, as if it was killed: nothing of the group is written.
    EndBefore,
    /// The life of the mall ends, as if it was killed: the group is written, and nobody heard of it.
    EndAfter,
    /// The power goes while the group is written. In memory, where there is no disk, as [`Fault::EndBefore`].
    PowerCut,
}

type Answer = oneshot::Sender<Result<(), AppendError>>;

/// When groups are written: so long after the first of their appends came.
pub struct Gaps {
    chance: Chance,
    longest_ms: u64,
}

impl Gaps {
    /// Gaps of whole milliseconds up to `longest`, each as likely as any other.
    #[must_use]
    pub fn up_to(longest: Duration, chance: Chance) -> Self {
        Self { chance, longest_ms: u64::try_from(longest.as_millis()).unwrap_or(u64::MAX) }
    }

    fn next(&mut self) -> Duration {
        Duration::from_millis(self.chance.below(self.longest_ms.saturating_add(1)))
    }
}

/// The journal of one life of a mall.
pub struct WorldJournal {
    state: Mutex<State>,
    /// Something to do: an append, or the end of a stall.
    news: Notify,
    life: Stop,
    mischief: Arc<Mischief>,
    power: Option<Arc<Power>>,
}

struct State {
    queue: VecDeque<(Append, Answer)>,
    /// None once the life is over.
    writer: Option<Writer>,
    tail: Tail,
    gaps: Gaps,
    faults: VecDeque<Fault>,
    stalled: bool,
    /// Whose answers were lost: they wait until the life is over.
    unheard: Vec<Answer>,
}

impl WorldJournal {
    /// The journal of a life that is over once `life` is given; `gaps` says when groups are written.
    #[must_use]
    pub fn new(writer: Writer, gaps: Gaps, life: Stop, mischief: Arc<Mischief>, power: Option<Arc<Power>>) -> Self {
        let state = State {
            queue: VecDeque::new(),
            tail: writer.tail(),
            writer: Some(writer),
            gaps,
            faults: VecDeque::new(),
            stalled: false,
            unheard: Vec::new(),
        };
        Self { state: Mutex::new(state), news: Notify::new(), life, mischief, power }
    }

    /// Has `fault` befall the next group, after those that were asked for before.
    pub fn strike(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    /// Writes nothing until [`WorldJournal::go_on`].
    pub fn stall(&self) {
        self.state().stalled = true;
    }

    /// Takes back what was to befall groups to come, and writes again.
    pub fn heal(&self) {
        self.state().faults.clear();
        self.go_on();
    }

    /// Writes again.
    pub fn go_on(&self) {
        self.state().stalled = false;
        self.news.notify_one();
    }

    /// Whether everything that was handed over is written, or nothing is written at the moment.
    #[must_use]
    pub fn rests(&self) -> bool {
        let state = self.state();
        state.queue.is_empty() || state.stalled
    }

    /// Where the journal ends, or ended with this life.
    #[must_use]
    pub fn tail(&self) -> Tail {
        self.state().tail
    }

    /// Ends this life of the mall: nothing more of it is written, and the connection is closed.
    pub fn end(&self) {
        // Whoever races with the end hears of it first, and not what the memory of the dead makes of it.
        self.life.stop();
        let (queue, unheard) = {
            let mut state = self.state();
            state.writer = None;
            (std::mem::take(&mut state.queue), std::mem::take(&mut state.unheard))
        };
        for answer in queue.into_iter().map(|(_, answer)| answer).chain(unheard) {
            // The task that waited may have gone with its life.
            let _ = answer.send(Err(AppendError::Closed));
        }
    }

    /// Writes groups until the life is over.
    pub async fn run(self: Arc<Self>) {
        tokio::select! {
            biased;
            () = self.life.stopped() => {}
            () = self.write_groups() => {}
        }
        self.end();
    }

    async fn write_groups(&self) {
        loop {
            while self.state().queue.is_empty() {
                self.news.notified().await;
            }
            let gap = self.state().gaps.next();
            sleep(gap).await;
            while self.is_stalled() {
                self.news.notified().await;
            }
            if !self.write_group() {
                return;
            }
        }
    }

    /// Whether the group in hand has to wait; that it does is seen as in the server (`Availability`).
    fn is_stalled(&self) -> bool {
        let state = self.state();
        if let Some(writer) = state.writer.as_ref().filter(|_| state.stalled) {
            writer.availability().work(true);
        }
        if state.stalled {
            self.mischief.struck("journal stalled");
        }
        state.stalled
    }

    /// Writes what waits, at most a group. Answers whether the life goes on.
    fn write_group(&self) -> bool {
        let mut state = self.state();
        let State { queue, writer: Some(writer), tail, faults, unheard, .. } = &mut *state else { return false };
        let waiting = queue.len().min(GROUP_MAX);
        let mut group: Vec<_> = queue.drain(..waiting).collect();
        let fault = next_fault(faults, &mut group);
        let power = self.power.as_ref().filter(|_| fault == Some(Fault::PowerCut));
        if fault == Some(Fault::EndBefore) || fault == Some(Fault::PowerCut) && power.is_none() {
            self.mischief.note(format_args!("ends before a commit of {waiting} appends"));
            self.mischief.struck("crash before a commit");
            return false;
        }
        match fault {
            Some(Fault::RefuseOne) => self.mischief.struck("append refused"),
            Some(Fault::LoseAnswers) => self.mischief.struck("answers of a commit lost"),
            _ => {}
        }
        let (mut jobs, mut answers) = (Vec::with_capacity(waiting), Vec::with_capacity(waiting));
        for (append, answer) in group {
            let (written, outcome) = oneshot::channel();
            jobs.push(Job::new(append, written));
            answers.push((answer, outcome));
        }
        if let Some(power) = power {
            power.keep().expect("a database on disk can be copied");
            // Nobody hears of what the disk will not have.
            self.mischief.mute(true);
        }
        // Who asks for the head runs after this.
        writer.commit(&mut jobs, |_head| {});
        if let Some(power) = power {
            self.mischief.mute(false);
            power.cut().expect("a database on disk can be copied");
            self.mischief.struck("power cut in a commit");
            return false;
        }
        *tail = writer.tail();
        let Tail { position, hash: [a, b, c, d, ..] } = *tail;
        let hash = u32::from_be_bytes([a, b, c, d]);
        self.mischief.note(format_args!("commits {waiting} appends up to {position} {hash:08x}"));
        // Over by the fault, or because the database has failed.
        if fault == Some(Fault::EndAfter) || self.life.is_stopped() {
            self.mischief.note(format_args!("ends after a commit"));
            if fault == Some(Fault::EndAfter) {
                self.mischief.struck("crash after a commit");
            }
            return false;
        }
        for (answer, mut outcome) in answers {
            match outcome.try_recv() {
                Ok(_) if fault == Some(Fault::LoseAnswers) => unheard.push(answer),
                // Whoever waited may have gone.
                Ok(outcome) => drop(answer.send(outcome)),
                Err(_unanswered) => unheard.push(answer),
            }
        }
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The fault that befalls a group. An append that is to be refused is made impossible: the database refuses it by itself,
/// and all that follows is the writer's.
fn next_fault(faults: &mut VecDeque<Fault>, group: &mut [(Append, Answer)]) -> Option<Fault> {
    let fault = *faults.front()?;
    if fault == Fault::RefuseOne {
        let event = group.iter_mut().find_map(|(append, _)| append.events.first_mut())?;
        event.version = 0;
    }
    faults.pop_front()
}

impl Journal for WorldJournal {
    fn submit(&self, append: Append) -> Commit {
        let (answer, commit) = oneshot::channel();
        let mut state = self.state();
        if self.life.is_stopped() || state.writer.is_none() {
            // The receiver is in this very function.
            let _ = answer.send(Err(AppendError::Closed));
            return commit;
        }
        state.queue.push_back((append, answer));
        drop(state);
        self.news.notify_one();
        commit
    }

    fn head(&self) -> u64 {
        self.state().tail.position
    }

    fn depth(&self) -> usize {
        self.state().queue.len()
    }

    fn is_available(&self) -> bool {
        let state = self.state();
        state.writer.as_ref().is_some_and(|writer| writer.availability().is_available())
    }
}
