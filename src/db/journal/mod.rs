//! The journal: one writer, group commit, answers after the commit.
//!
//! [`JournalThread`] runs the writer on its own thread; [`InlineJournal`] commits on the caller's, for deterministic
//! tests under paused time. Both are [`Journal`]s over the same [`writer::Writer`].
//!
//! The writer is the same on both engines; [`engine::Engine`] is where they part. On SQLite an I/O error while committing
//! leaves the outcome unknown, and a panic leaves the transaction open (diesel does not roll back): both abort the
//! process, and the next start recovers from disk. On PostgreSQL a lost session is replaced, and the server is asked what
//! became of the group (`postgres`).

mod changes;
mod columns;
pub mod engine;
mod postgres;
mod rows;
mod sqlite;
mod tables;
pub mod writer;

use crate::ports::journal::{Append, AppendError, Commit, Journal};
use engine::Availability;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use writer::{Job, Writer};

/// The most appends in one commit. Larger groups would delay every answer in them; at 300 an fsync is already a small
/// part of the commit (docs/PERFORMANCE.md).
const GROUP_MAX: usize = 512;

/// How long the end waits for a writer whose database server does not answer.
const CLOSE_LIMIT: Duration = Duration::from_secs(7);
/// How often the end looks whether the writer is through.
const CLOSE_LOOKS: Duration = Duration::from_millis(5);
/// What the process ends with when its database server did not let it end in order.
const UNANSWERED: i32 = 4;

/// What other threads see of the writer.
#[derive(Default)]
struct Gauges {
    head: AtomicU64,
    depth: AtomicUsize,
}

/// The journal with its own writer thread.
pub struct JournalThread {
    queue: mpsc::UnboundedSender<Message>,
    gauges: Arc<Gauges>,
    availability: Availability,
    depends_on_a_server: bool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// The queue is unbounded as a type; what bounds it are the permits of requests and timers (`actors::ask`).
enum Message {
    Job(Job),
    Close,
}

impl JournalThread {
    /// Starts the writer.
    ///
    /// # Errors
    /// The thread could not be started.
    pub fn start(writer: Writer) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::unbounded_channel();
        let gauges = Arc::new(Gauges::default());
        gauges.head.store(writer.head(), Ordering::Release);
        let (seen, availability) = (gauges.clone(), writer.availability());
        let depends_on_a_server = writer.depends_on_a_server();
        let thread = std::thread::Builder::new().name("plaza-writer".to_owned()).spawn(move || {
            let _abort = AbortOnPanic;
            run(writer, jobs, &seen);
        })?;
        Ok(Self { queue, gauges, availability, depends_on_a_server, thread: Mutex::new(Some(thread)) })
    }

    /// Commits what is queued, leaves the database in order, and ends the writer. Later appends are refused.
    ///
    /// A database server that does not take what is queued ends the process within some seconds.
    pub fn close(&self) {
        self.availability.close();
        // A writer that is gone has nothing left to commit.
        let _ = self.queue.send(Message::Close);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            if self.depends_on_a_server {
                wait(&thread);
            }
            // A panic there has aborted the process already.
            let _ = thread.join();
        }
    }
}

/// Waits for the writer of a server's database; not forever.
fn wait(thread: &JoinHandle<()>) {
    let started = Instant::now();
    // It may be in a pause between two tries.
    thread.thread().unpark();
    while !thread.is_finished() {
        if started.elapsed() >= CLOSE_LIMIT {
            end_unanswered();
        }
        std::thread::park_timeout(CLOSE_LOOKS);
    }
}

/// Ends the process without its database. Nothing is lost by it: what was not answered was not promised.
fn end_unanswered() -> ! {
    tracing::error!(
        "the mall is to end and its database does not let it: what was not answered may or may not be written"
    );
    std::process::exit(UNANSWERED)
}

fn run(mut writer: Writer, mut jobs: mpsc::UnboundedReceiver<Message>, gauges: &Gauges) {
    let mut open = true;
    let mut group = Vec::with_capacity(GROUP_MAX);
    while open {
        match jobs.blocking_recv() {
            Some(Message::Job(job)) => group.push(job),
            Some(Message::Close) | None => break,
        }
        while group.len() < GROUP_MAX {
            match jobs.try_recv() {
                Ok(Message::Job(job)) => group.push(job),
                Ok(Message::Close) => open = false,
                Err(_) => break,
            }
        }
        gauges.depth.fetch_sub(group.len(), Ordering::Relaxed);
        writer.commit(&mut group, |head| gauges.head.store(head, Ordering::Release));
    }
    jobs.close();
    while let Ok(Message::Job(job)) = jobs.try_recv() {
        job.answer(Err(AppendError::Closed));
    }
    writer.close();
}

/// A panic in the writer leaves a transaction of unknown outcome: the process ends, the next start recovers.
struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!("the journal's writer panicked; ending the process, the next start recovers from disk");
            std::process::abort();
        }
    }
}

impl Journal for JournalThread {
    fn submit(&self, append: Append) -> Commit {
        let (answer, commit) = oneshot::channel();
        self.gauges.depth.fetch_add(1, Ordering::Relaxed);
        if let Err(mpsc::error::SendError(Message::Job(job))) = self.queue.send(Message::Job(Job::new(append, answer)))
        {
            self.gauges.depth.fetch_sub(1, Ordering::Relaxed);
            job.answer(Err(AppendError::Closed));
        }
        commit
    }

    fn head(&self) -> u64 {
        self.gauges.head.load(Ordering::Acquire)
    }

    fn depth(&self) -> usize {
        self.gauges.depth.load(Ordering::Relaxed)
    }

    fn is_available(&self) -> bool {
        self.availability.is_available()
    }
}

/// The journal that commits every append at once, on the caller's thread.
pub struct InlineJournal {
    writer: Mutex<Writer>,
    head: AtomicU64,
    cut: AtomicBool,
}

impl InlineJournal {
    /// A journal over `writer`.
    #[must_use]
    pub fn new(writer: Writer) -> Self {
        Self { head: AtomicU64::new(writer.head()), writer: Mutex::new(writer), cut: AtomicBool::new(false) }
    }

    /// Refuses every later append, as if the process had ended here.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::Release);
    }
}

impl Journal for InlineJournal {
    fn submit(&self, append: Append) -> Commit {
        let (answer, commit) = oneshot::channel();
        if self.cut.load(Ordering::Acquire) {
            Job::new(append, answer).answer(Err(AppendError::Closed));
            return commit;
        }
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.commit(&mut vec![Job::new(append, answer)], |head| self.head.store(head, Ordering::Release));
        commit
    }

    fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    fn depth(&self) -> usize {
        0
    }

    fn is_available(&self) -> bool {
        !self.cut.load(Ordering::Acquire)
    }
}
