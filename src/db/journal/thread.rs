//! The journal with a thread of its own: appends queue up, and the writer takes as many as there are at once.

use super::availability::{Availability, end_unanswered};
use super::group::{GROUP_MAX, Job};
use super::writer::Writer;
use crate::ports::journal::{Append, AppendError, Commit, Journal};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// How long the end waits for a writer whose database server does not answer.
const CLOSE_LIMIT: Duration = Duration::from_secs(7);
/// How often the end looks whether the writer is through.
const CLOSE_LOOKS: Duration = Duration::from_millis(5);

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

/// The queue is unbounded as a type; what bounds it are the permits of requests and timers (`actors::admission`,
/// `actors::mall`).
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

    /// Whether it can write, for whoever can put an end to that.
    #[must_use]
    pub fn availability(&self) -> Availability {
        self.availability.clone()
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
