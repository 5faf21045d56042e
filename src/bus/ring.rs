//! The newest commits, kept until every listener has taken them, and never more of them than there is room for.
//!
//! A listener that is so far behind that what it has not taken is gone is told so once, and goes on with what comes then:
//! everything up to there is on disk, where it reads it anyway. A commit that is larger than the room is kept for nobody.

use crate::ports::feed::{Lagged, Listener};
use crate::ports::journal::RecordedEvent;
use futures_util::future::BoxFuture;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::task::coop::consume_budget;

/// How much is kept at the most.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Commits.
    pub commits: usize,
    /// Bytes of their events.
    pub bytes: usize,
}

/// The newest commits.
#[derive(Debug)]
pub struct Ring {
    room: Room,
    kept: Mutex<Kept>,
    /// Wakes listeners in the order they began to wait.
    news: Notify,
}

#[derive(Debug, Default)]
struct Kept {
    commits: VecDeque<Commit>,
    /// The number of the first of them, counted from the first commit ever.
    first: u64,
    bytes: usize,
    listeners: usize,
}

#[derive(Debug)]
struct Commit {
    events: Arc<[RecordedEvent]>,
    bytes: usize,
    /// Listeners that have not taken it. They take commits in order, so never fewer wait for a later one.
    awaited: usize,
}

impl Ring {
    /// An empty ring.
    #[must_use]
    pub fn new(room: Room) -> Self {
        Self { room, kept: Mutex::default(), news: Notify::new() }
    }

    /// Adds a commit, and drops the oldest where there is no room.
    pub fn push(&self, events: Vec<RecordedEvent>) {
        {
            let mut kept = self.kept();
            if kept.listeners == 0 {
                return;
            }
            kept.push(events);
            while kept.commits.len() > self.room.commits || kept.bytes > self.room.bytes {
                kept.drop_first();
            }
        }
        self.news.notify_waiters();
    }

    /// Joins: what is pushed from now on.
    pub fn listen(self: &Arc<Self>) -> RingListener {
        let mut kept = self.kept();
        kept.listeners += 1;
        RingListener { ring: self.clone(), next: kept.end() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// The number of the next commit.
    fn end(&self) -> u64 {
        self.first + self.commits.len() as u64
    }

    fn push(&mut self, events: Vec<RecordedEvent>) {
        let bytes = events.iter().map(size).sum();
        self.bytes += bytes;
        self.commits.push_back(Commit { events: events.into(), bytes, awaited: self.listeners });
    }

    fn drop_first(&mut self) {
        if let Some(commit) = self.commits.pop_front() {
            self.bytes -= commit.bytes;
            self.first += 1;
        }
    }

    /// What the listener that has come to commit `next` takes; `None` when there is nothing new.
    fn take(&mut self, next: &mut u64) -> Option<Result<Arc<[RecordedEvent]>, Lagged>> {
        if *next < self.first {
            self.give_up(*next);
            *next = self.end();
            return Some(Err(Lagged));
        }
        let commit = self.commits.get_mut(usize::try_from(*next - self.first).ok()?)?;
        commit.awaited -= 1;
        let events = commit.events.clone();
        *next += 1;
        self.drop_taken();
        Some(Ok(events))
    }

    /// A listener does not take what is kept from commit `next` on.
    fn give_up(&mut self, next: u64) {
        let taken = usize::try_from(next.saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.commits.iter_mut().skip(taken).for_each(|commit| commit.awaited -= 1);
        self.drop_taken();
    }

    fn drop_taken(&mut self) {
        while self.commits.front().is_some_and(|commit| commit.awaited == 0) {
            self.drop_first();
        }
    }
}

/// The memory an event takes.
fn size(event: &RecordedEvent) -> usize {
    size_of::<RecordedEvent>() + event.payload.len() + event.causation_id.len()
}

/// One who listens to a ring.
#[derive(Debug)]
pub struct RingListener {
    ring: Arc<Ring>,
    /// The number of the commit to take next.
    next: u64,
}

impl Listener for RingListener {
    fn next(&mut self) -> BoxFuture<'_, Result<Arc<[RecordedEvent]>, Lagged>> {
        Box::pin(async move {
            // One who finds something every time lets others have their turn all the same.
            consume_budget().await;
            loop {
                // Whatever is pushed from here on wakes it, also while it looks.
                let news = self.ring.news.notified();
                let taken = self.ring.kept().take(&mut self.next);
                match taken {
                    Some(taken) => return taken,
                    None => news.await,
                }
            }
        })
    }
}

impl Drop for RingListener {
    fn drop(&mut self) {
        let mut kept = self.ring.kept();
        kept.listeners -= 1;
        kept.give_up(self.next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::StreamKind;
    use crate::domain::time::Timestamp;
    use futures_util::FutureExt;
    use futures_util::task::{ArcWake, waker};
    use std::task::Context;
    use uuid::Uuid;

    const ROOM: Room = Room { commits: 8, bytes: 4_096 };

    /// A commit of one event with so large a payload.
    fn commit(position: u64, payload: usize) -> Vec<RecordedEvent> {
        vec![RecordedEvent {
            position,
            stream: StreamKind::Order,
            stream_id: Uuid::nil(),
            version: 1,
            name: "order.submitted".into(),
            payload: "x".repeat(payload),
            occurred_at: Timestamp(0),
            correlation_id: Uuid::nil(),
            causation_id: Arc::from("x"),
        }]
    }

    /// What a listener is handed without waiting: the position of a commit, or that it has lagged.
    fn heard(listener: &mut RingListener) -> Option<Result<u64, Lagged>> {
        listener.next().now_or_never().map(|heard| heard.map(|events| events[0].position))
    }

    fn bytes(ring: &Ring) -> usize {
        let kept = ring.kept();
        assert_eq!(kept.bytes, kept.commits.iter().map(|commit| commit.bytes).sum::<usize>());
        kept.bytes
    }

    #[test]
    fn a_listener_gets_every_commit_once_and_in_order() {
        let ring = Arc::new(Ring::new(ROOM));
        ring.push(commit(1, 1));
        let mut early = ring.listen();
        ring.push(commit(2, 1));
        let mut late = ring.listen();
        for position in 3..=5 {
            ring.push(commit(position, 1));
        }
        let all = |listener: &mut RingListener| std::iter::from_fn(|| heard(listener)).collect::<Vec<_>>();
        assert_eq!(all(&mut early), [Ok(2), Ok(3), Ok(4), Ok(5)]);
        assert_eq!(all(&mut late), [Ok(3), Ok(4), Ok(5)]);
        assert_eq!((heard(&mut early), bytes(&ring)), (None, 0), "what everybody has taken is not kept");
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for_whoever_is_behind() {
        let ring = Arc::new(Ring::new(ROOM));
        let (mut slow, mut quick) = (ring.listen(), ring.listen());
        for position in 1..=100 {
            ring.push(commit(position, 1_000));
            assert!(bytes(&ring) <= ROOM.bytes);
            assert_eq!(heard(&mut quick), Some(Ok(position)));
        }
        assert_eq!(heard(&mut slow), Some(Err(Lagged)));
        assert_eq!((heard(&mut slow), bytes(&ring)), (None, 0), "it reads up to here from the disk");
        for position in 101..=200 {
            ring.push(commit(position, 0));
            assert!(ring.kept().commits.len() <= ROOM.commits);
        }
        assert_eq!([heard(&mut slow), heard(&mut quick)], [Some(Err(Lagged)); 2]);
        ring.push(commit(201, 0));
        assert_eq!([heard(&mut slow), heard(&mut quick)], [Some(Ok(201)); 2]);
    }

    #[test]
    fn a_commit_larger_than_the_room_is_read_from_the_disk() {
        let ring = Arc::new(Ring::new(ROOM));
        let mut listener = ring.listen();
        ring.push(commit(1, 10));
        ring.push(commit(2, ROOM.bytes));
        assert_eq!(bytes(&ring), 0);
        ring.push(commit(3, 10));
        assert_eq!(heard(&mut listener), Some(Err(Lagged)));
        ring.push(commit(4, 10));
        assert_eq!([heard(&mut listener), heard(&mut listener)], [Some(Ok(4)), None]);
    }

    #[test]
    fn what_only_those_who_left_had_to_take_is_not_kept() {
        let ring = Arc::new(Ring::new(ROOM));
        let (mut stays, leaves) = (ring.listen(), ring.listen());
        ring.push(commit(1, 10));
        ring.push(commit(2, 10));
        assert_eq!(heard(&mut stays), Some(Ok(1)));
        drop(leaves);
        assert_eq!(ring.kept().commits.len(), 1);
        assert_eq!(heard(&mut stays), Some(Ok(2)));
        // One that has lagged, and never asked again.
        let lagged = ring.listen();
        for position in 3..=20 {
            ring.push(commit(position, 10));
        }
        drop(lagged);
        assert_eq!(ring.kept().commits.len(), ROOM.commits, "the other one still may take them");
        drop(stays);
        assert_eq!(bytes(&ring), 0);
        ring.push(commit(21, 10));
        assert_eq!(bytes(&ring), 0, "nobody listens");
    }

    /// Notes its number when it is woken.
    struct Note(usize, Arc<Mutex<Vec<usize>>>);

    impl ArcWake for Note {
        fn wake_by_ref(note: &Arc<Self>) {
            note.1.lock().unwrap().push(note.0);
        }
    }

    #[test]
    fn listeners_are_woken_in_the_order_they_began_to_wait() {
        let ring = Arc::new(Ring::new(ROOM));
        let mut listeners: Vec<_> = (0..100).map(|_| ring.listen()).collect();
        let woken = Arc::new(Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for (number, listener) in listeners.iter_mut().enumerate().rev() {
            let mut next = listener.next();
            let note = waker(Arc::new(Note(number, woken.clone())));
            assert!(next.poll_unpin(&mut Context::from_waker(&note)).is_pending());
            waiting.push(next);
        }
        ring.push(commit(1, 10));
        assert_eq!(*woken.lock().unwrap(), (0..100).rev().collect::<Vec<_>>());
        // A wait that is given up takes nothing with it.
        drop(waiting);
        assert!(listeners.iter_mut().all(|listener| heard(listener) == Some(Ok(1))));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn nothing_is_missed_and_nothing_seen_twice_while_it_is_pushed() {
        const COMMITS: u64 = 20_000;
        let ring = Arc::new(Ring::new(Room { commits: 16, bytes: usize::MAX }));
        let following: Vec<_> = (0..8)
            .map(|_| {
                let mut listener = ring.listen();
                tokio::spawn(async move {
                    let mut seen = 0;
                    while seen < COMMITS {
                        match listener.next().await {
                            Ok(events) => {
                                assert!(events[0].position == seen + 1, "{} after {seen}", events[0].position);
                                seen += 1;
                            }
                            // The next one is the first that was not there yet; what was is on disk.
                            Err(Lagged) => seen = listener.next,
                        }
                    }
                })
            })
            .collect();
        let pushing = ring.clone();
        std::thread::spawn(move || (1..=COMMITS).for_each(|position| pushing.push(commit(position, 0))));
        for following in following {
            following.await.unwrap();
        }
        assert_eq!(ring.kept().listeners, 0);
        assert_eq!(bytes(&ring), 0);
    }
}
