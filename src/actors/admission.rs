//! How many requests may be in the mall at a time: as many as are answered in good time.
//!
//! What waits in the mall waits for the journal, and how long depends on the disk and on what each request writes. So
//! the limit is not a number but a time. By Little's law (1961) requests in the mall = rate x time: the limit is the
//! rate at which requests are answered times the time they should take. It grows only while it is reached, because what
//! there is room for shows only once it is used (a group commit takes about as long for many as for few), and falls
//! only when answers take too long.

use super::error::MallError;
use super::principal::Principal;
use crate::domain::ids::OrderId;
use crate::ports::journal::Cause;
use crate::ports::reply::KeyGuard;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The time a request should take in the mall, on average. With it the slowest of a hundred stays below a second.
const TARGET: Duration = Duration::from_millis(250);
/// Commits a request may wait for, where that is longer: the one under way, its own, and one more. At two a request
/// takes two however few there are, and nothing would show that there is room for more; a limit below that
/// would only make the groups of a slow disk smaller.
const COMMITS: u32 = 3;
/// How often the limit is looked at. Shorter than [`TARGET`], so that a disk that becomes slow is noticed in time.
const WINDOW: Duration = Duration::from_millis(50);
/// The limit never falls below this, which is one full group commit and so at most a wait of two commits. Below it a
/// machine that is busy with saying no would be taken for a slow disk: answers wait for the processor then, and fewer
/// requests only mean more refusals (2026-11-26, with 64 and a busy neighbour: goodput 6 to 31 % of capacity).
const LEAST: usize = 512;
/// The limit before anything was measured.
const FIRST: usize = 1_024;
/// When nothing was answered for so long, requests beyond [`LEAST`] would wait for something that stands still.
const STILL: Duration = Duration::from_millis(500);

/// The right to have one request in the mall; returned when dropped.
#[derive(Debug)]
pub struct Permit {
    admission: Arc<Room>,
    since: Instant,
    /// The key of the request it belongs to, where that is not in the append.
    #[allow(dead_code, reason = "held for its Drop")]
    key: Option<KeyGuard>,
}

impl Permit {
    /// Keeps an idempotency key taken for as long.
    pub fn keep(&mut self, key: KeyGuard) {
        self.key = Some(key);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.admission.leave(self.since);
    }
}

/// Lets requests in.
#[derive(Clone, Debug)]
pub struct Admission(Arc<Room>);

struct Room {
    in_use: AtomicUsize,
    limit: AtomicUsize,
    most: usize,
    /// Whether somebody was refused, or nearly, since the window began.
    reached: AtomicBool,
    window: Mutex<Window>,
    /// How long a commit takes at the moment.
    commit_time: Box<dyn Fn() -> Duration + Send + Sync>,
}

impl fmt::Debug for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room").field("in_use", &self.in_use).field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// What happened since the limit was last looked at.
#[derive(Debug)]
struct Window {
    began: Instant,
    answered: u32,
    took: Duration,
    /// When something was last answered, or the mall was last empty.
    moved: Instant,
}

impl Admission {
    /// At most `most` requests at a time, however quickly they are answered; `commit_time` tells how long a commit
    /// takes at the moment.
    #[must_use]
    pub fn new(most: usize, commit_time: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let now = Instant::now();
        Self(Arc::new(Room {
            in_use: AtomicUsize::new(0),
            limit: AtomicUsize::new(FIRST.min(most)),
            most,
            reached: AtomicBool::new(false),
            window: Mutex::new(Window { began: now, answered: 0, took: Duration::ZERO, moved: now }),
            commit_time: Box::new(commit_time),
        }))
    }

    /// Whether a permit could be had now, for a caller of whom nothing is known yet: to hold one while its request
    /// arrives would let slow senders take them all.
    ///
    /// # Errors
    /// [`MallError::Busy`] when the mall has all the work it can do in time.
    pub fn check(&self) -> Result<(), MallError> {
        self.0.check(self.in_use(), Instant::now())
    }

    /// Takes a permit without waiting.
    ///
    /// # Errors
    /// As [`Admission::check`].
    pub fn admit(&self) -> Result<Permit, MallError> {
        let (state, now) = (&self.0, Instant::now());
        let before = state.in_use.fetch_add(1, Ordering::AcqRel);
        if let Err(busy) = state.check(before, now) {
            state.in_use.fetch_sub(1, Ordering::AcqRel);
            return Err(busy);
        }
        if before == 0 {
            let mut window = state.window.lock().unwrap_or_else(PoisonError::into_inner);
            *window = Window { began: now, answered: 0, took: Duration::ZERO, moved: now };
        }
        Ok(Permit { admission: state.clone(), since: now, key: None })
    }

    /// Permits in use.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.0.in_use.load(Ordering::Acquire)
    }

    /// Permits there are at the moment.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.0.limit.load(Ordering::Acquire)
    }
}

impl Room {
    fn stands_still(&self, now: Instant) -> bool {
        let moved = self.window.lock().unwrap_or_else(PoisonError::into_inner).moved;
        now.saturating_duration_since(moved) >= STILL
    }

    fn check(&self, in_use: usize, now: Instant) -> Result<(), MallError> {
        if in_use < self.limit.load(Ordering::Acquire) && (in_use < LEAST || !self.stands_still(now)) {
            return Ok(());
        }
        self.reached.store(true, Ordering::Relaxed);
        Err(MallError::Busy)
    }

    /// A request that came `since` then leaves, and tells how long it took.
    fn leave(&self, since: Instant) {
        let before = self.in_use.fetch_sub(1, Ordering::AcqRel);
        if before * 10 >= self.limit.load(Ordering::Relaxed) * 9 {
            self.reached.store(true, Ordering::Relaxed);
        }
        let now = Instant::now();
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.moved = now;
        window.answered += 1;
        window.took += now.saturating_duration_since(since);
        if now.saturating_duration_since(window.began) < WINDOW {
            return;
        }
        let seen = Seen {
            elapsed: now.saturating_duration_since(window.began),
            answered: window.answered,
            average: window.took / window.answered,
            target: TARGET.max((self.commit_time)() * COMMITS),
            reached: self.reached.swap(false, Ordering::Relaxed),
        };
        (window.began, window.answered, window.took) = (now, 0, Duration::ZERO);
        let limit = seen.adjust(self.limit.load(Ordering::Relaxed));
        self.limit.store(limit.clamp(LEAST.min(self.most), self.most), Ordering::Release);
    }
}

/// What a window showed.
struct Seen {
    elapsed: Duration,
    /// Requests answered within it.
    answered: u32,
    /// How long they took on average.
    average: Duration,
    /// How long they should take.
    target: Duration,
    /// Whether the limit was reached.
    reached: bool,
}

impl Seen {
    /// The limit after a window that had `limit`.
    fn adjust(&self, limit: usize) -> usize {
        let right = u128::from(self.answered) * self.target.as_micros() / self.elapsed.as_micros().max(1);
        let right = usize::try_from(right).unwrap_or(usize::MAX);
        if self.average > self.target {
            // At most halved: one slow commit is not yet a slow disk.
            right.clamp(limit / 2, limit)
        } else if self.reached {
            right.clamp(limit, limit * 2)
        } else {
            limit
        }
    }
}

/// A request that was let in: who asked, and the permit it holds.
pub struct Admitted {
    /// Why it happens: the request.
    pub cause: Cause,
    /// Who asked.
    pub principal: Principal,
    /// The right to be in the mall.
    pub permit: Permit,
}

impl Admitted {
    /// The same request, belonging to what happens to an order.
    #[must_use]
    pub fn about(mut self, order_id: OrderId) -> Self {
        self.cause.correlation_id = order_id.0;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_follows_what_answers_take() {
        let ms = Duration::from_millis;
        let adjusted = |limit, answered, average, reached| {
            Seen { elapsed: ms(100), answered, average: ms(average), target: ms(250), reached }.adjust(limit)
        };
        assert_eq!(adjusted(1_000, 300, 400, true), 750, "3 000 a second for a quarter of a second");
        assert_eq!(adjusted(1_000, 300, 400, false), 750, "whether or not all were used");
        assert_eq!(adjusted(1_000, 10, 5_000, true), 500, "but not at once");
        assert_eq!(adjusted(1_000, 500, 200, true), 1_250, "there is room");
        assert_eq!(adjusted(1_000, 5_000, 10, true), 2_000, "but not all at once");
        assert_eq!(adjusted(1_000, 10, 10, true), 1_000, "few answers may only mean few requests");
        assert_eq!(adjusted(1_000, 5_000, 10, false), 1_000, "nobody needs it");
    }

    /// Requests of a mall that does `per_ms` of them a millisecond, arriving ten times as fast for `seconds`. Answers
    /// how many were done, and how long the slowest took once the mall had met its load.
    async fn overload(per_ms: usize, seconds: usize) -> (usize, Duration) {
        let admission = Admission::new(4_096, || Duration::ZERO);
        let (queue, mut jobs) = tokio::sync::mpsc::unbounded_channel::<Permit>();
        let worker = tokio::spawn(async move {
            let (mut done, mut slowest, began, mut turn) = (0, Duration::ZERO, Instant::now(), Vec::new());
            while jobs.recv_many(&mut turn, per_ms).await > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                done += turn.len();
                let longest = turn.drain(..).map(|permit| permit.since.elapsed()).max().unwrap_or_default();
                if began.elapsed() > Duration::from_secs(5) {
                    slowest = slowest.max(longest);
                }
            }
            (done, slowest)
        });
        for _ in 0..seconds * 100 {
            for _ in 0..per_ms * 100 {
                if let Ok(permit) = admission.admit() {
                    queue.send(permit).unwrap();
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        drop(queue);
        worker.await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn ten_times_too_much_is_answered_in_time_at_full_speed() {
        for per_ms in [1, 4, 10] {
            let (done, slowest) = overload(per_ms, 20).await;
            // A paused clock rounds every wait up to the next millisecond: half as many turns as there could be.
            assert!(done >= per_ms * 9_000, "{done} done at {per_ms}/ms");
            assert!(slowest < Duration::from_millis(1_200), "{slowest:?} at {per_ms}/ms");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_disk_still_gets_whole_groups() {
        for commit in [20, 100, 400] {
            let commit = Duration::from_millis(commit);
            let admission = Admission::new(4_096, move || commit);
            let (queue, mut jobs) = tokio::sync::mpsc::unbounded_channel::<Permit>();
            let worker = tokio::spawn(async move {
                let (mut done, mut group) = (0, Vec::new());
                while jobs.recv_many(&mut group, 512).await > 0 {
                    tokio::time::sleep(commit).await;
                    done += group.len();
                    group.clear();
                }
                done
            });
            for _ in 0..2_000 {
                for _ in 0..60 {
                    if let Ok(permit) = admission.admit() {
                        queue.send(permit).unwrap();
                    }
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            drop(queue);
            let (done, ceiling) = (worker.await.unwrap(), 20.0 * 512.0 / commit.as_secs_f64());
            let wanted = f64::min(ceiling, 20.0 * 6_000.0) * 0.8;
            assert!(f64::from(u32::try_from(done).unwrap()) > wanted, "{done} done with commits of {commit:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_mall_that_stands_still_lets_few_in() {
        let admission = Admission::new(4_096, || Duration::ZERO);
        let mut held = Vec::new();
        for _ in 0..100 {
            held.extend((0..100).filter_map(|_| admission.admit().ok()));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(held.len() <= FIRST, "{}", held.len());
        assert!(admission.admit().is_err());
        drop(held);
        assert_eq!(admission.in_use(), 0);
        assert!(admission.admit().is_ok(), "an empty mall lets in");
    }
}
