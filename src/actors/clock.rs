//! The mall's clock: what all that is about orders is timed by, whatever speed it has.
//!
//! While nobody has set it, it is the wall clock. Set, it passes at its speed over the process's monotonic time, so a wall
//! clock that is set moves it no more. Technical waits (asks, retries, idle actors, idempotency keys) do not look here
//! (`docs/SIMULATION.md` lists both kinds).

use crate::domain::clock::{Course, Speed};
use crate::domain::time::Timestamp;
use crate::ports::time::{Clock, Standing};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Notify;
use tokio::time::Instant;

/// The mall's clock.
pub struct MallClock {
    wall: Arc<dyn Clock>,
    running: RwLock<Running>,
    turned: Notify,
}

/// A course, and the monotonic instant of its beginning.
#[derive(Clone, Copy)]
struct Running {
    course: Course,
    since: Instant,
}

/// What a clock did before it was held.
pub struct Held(Running);

impl Running {
    fn now(&self, wall: &dyn Clock) -> Timestamp {
        if self.course.is_plain() {
            return wall.now();
        }
        let passed = self.course.speed.of(self.since.elapsed());
        Timestamp(
            self.course.mall_time.0.saturating_add_unsigned(u64::try_from(passed.as_micros()).unwrap_or(u64::MAX)),
        )
    }
}

impl MallClock {
    /// A clock that goes on with the course it was set to, and not before `newest`, the time of the journal's newest
    /// event: a saga that asked a participant at some time must never be shown an earlier one. One that was never set is
    /// the wall clock.
    #[must_use]
    pub fn starting(wall: Arc<dyn Clock>, course: Option<Course>, newest: Timestamp) -> Self {
        let now = wall.now();
        let going_on = |set: Course| Course { wall_time: now, mall_time: set.at(now).max(newest), speed: set.speed };
        let course = course.map_or(Course::PLAIN, going_on);
        Self { wall, running: RwLock::new(Running { course, since: Instant::now() }), turned: Notify::new() }
    }

    /// The mall's time. Never runs backwards.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        // Read under the guard: what is read after the clock was turned is not computed from before.
        self.running.read().unwrap_or_else(PoisonError::into_inner).now(&*self.wall)
    }

    /// The wall clock's time.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        self.wall.now()
    }

    /// Whether nobody can set the wall clock: nothing has to be looked at again because somebody may have.
    #[must_use]
    pub fn is_steady(&self) -> bool {
        self.wall.is_steady()
    }

    /// The course it is on.
    #[must_use]
    pub fn course(&self) -> Course {
        self.running().course
    }

    /// How fast it runs.
    #[must_use]
    pub fn speed(&self) -> Speed {
        self.course().speed
    }

    /// How late something is that was due then, really, at today's speed, microseconds; not at all while time stands
    /// still.
    #[must_use]
    pub fn lateness_us(&self, due: Timestamp) -> u64 {
        let real = self.speed().real(self.now().micros_since(due)).unwrap_or_default();
        u64::try_from(real.as_micros()).unwrap_or(u64::MAX)
    }

    /// Runs at another speed from now on.
    pub fn turn(&self, speed: Speed) {
        self.set(speed, |now| now);
    }

    /// Stands still from now on. Answers what it did before, for [`MallClock::release`].
    pub fn hold(&self) -> Held {
        Held(self.set(Speed::PAUSED, |now| now))
    }

    /// Goes on as if it had never been held.
    pub fn release(&self, Held(before): Held) {
        *self.running.write().unwrap_or_else(PoisonError::into_inner) = before;
        self.turned.notify_waiters();
    }

    /// Moves to a time that is not before its own, and stays there. Whoever turned it there moves it on.
    pub fn stop_at(&self, instant: Timestamp) {
        self.set(Speed::PAUSED, |now| now.max(instant));
    }

    fn set(&self, speed: Speed, to: impl FnOnce(Timestamp) -> Timestamp) -> Running {
        let mut running = self.running.write().unwrap_or_else(PoisonError::into_inner);
        let before = *running;
        let (since, wall_time) = (Instant::now(), self.wall.now());
        let course = Course { wall_time, mall_time: to(running.now(&*self.wall)), speed };
        *running = Running { course, since };
        drop(running);
        self.turned.notify_waiters();
        before
    }

    /// Returns once it is turned; whoever waits takes its place in line before it looks at the clock.
    pub fn turned(&self) -> tokio::sync::futures::Notified<'_> {
        self.turned.notified()
    }

    fn running(&self) -> Running {
        *self.running.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for MallClock {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }

    fn standing(&self) -> Standing {
        let Standing { ahead_ms, last_step_ms } = self.wall.standing();
        Standing { ahead_ms: ahead_ms + self.now().micros_since(self.wall()) / 1_000, last_step_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};
    use std::time::Duration;

    struct Wall(AtomicI64);

    impl Clock for Wall {
        fn now(&self) -> Timestamp {
            Timestamp(self.0.load(Ordering::Relaxed))
        }
    }

    async fn passes(wall: &Wall, seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        wall.0.fetch_add(i64::try_from(seconds * 1_000_000).unwrap(), Ordering::Relaxed);
    }

    fn at(second: i64) -> Timestamp {
        Timestamp(second * 1_000_000)
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_the_wall_clock_until_it_is_turned_and_then_runs_at_its_speed() {
        let wall = Arc::new(Wall(AtomicI64::new(at(1_000).0)));
        let clock = MallClock::starting(wall.clone(), None, at(900));
        passes(&wall, 10).await;
        wall.0.fetch_add(at(5).0, Ordering::Relaxed);
        assert_eq!((clock.now(), clock.course()), (at(1_015), Course::PLAIN), "it follows the wall clock");
        clock.turn(Speed::new(60.0).unwrap());
        assert_eq!(clock.now(), at(1_015));
        passes(&wall, 10).await;
        assert_eq!(clock.now(), at(1_615));
        let held = clock.hold();
        passes(&wall, 10).await;
        assert_eq!(clock.now(), at(1_615));
        clock.release(held);
        assert_eq!(clock.now(), at(2_215), "as if it had never been held");
        // A wall clock that is set moves it no more.
        wall.0.fetch_add(at(3_600).0, Ordering::Relaxed);
        assert_eq!(clock.now(), at(2_215));
        clock.turn(Speed::PAUSED);
        passes(&wall, 100).await;
        assert_eq!(clock.now(), at(2_215));
        clock.stop_at(at(3_000));
        clock.stop_at(at(1_000));
        assert_eq!(clock.now(), at(3_000), "it never runs backwards");
        clock.turn(Speed::PLAIN);
        passes(&wall, 1).await;
        assert_eq!(clock.now(), at(3_001));
    }

    #[tokio::test(start_paused = true)]
    async fn a_restart_goes_on_from_there() {
        let wall = Arc::new(Wall(AtomicI64::new(at(1_000).0)));
        let course = Course { wall_time: at(900), mall_time: at(5_000), speed: Speed::new(10.0).unwrap() };
        let clock = MallClock::starting(wall.clone(), Some(course), at(5_500));
        assert_eq!(clock.now(), at(6_000), "through the time the mall was closed");
        let clock = MallClock::starting(wall.clone(), Some(Course { speed: Speed::PAUSED, ..course }), at(5_500));
        assert_eq!(clock.now(), at(5_500), "not before what has happened");
    }
}
