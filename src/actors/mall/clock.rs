//! Setting the mall's clock: its speed, and how it is advanced.
//!
//! Advancing is not jumping. The clock stops at each instant at which something is due, in order, and goes on only once
//! the mall is at rest there: every timer was told and answered, and what the answers appended is on disk. So an
//! advanced mall writes the story that waiting would have written. Requests of people do not count, nor does the broker.
//!
//! Each setting is an event of the mall's own stream, from which a restart goes on.

use super::door::Mall;
use super::timekeeper::{Advance, ClockStatus, ClockView, Stalled, Until};
use crate::actors::admission::Admitted;
use crate::actors::ask::DEADLINE;
use crate::actors::error::MallError;
use crate::actors::presence::Presence;
use crate::actors::versions::Versions;
use crate::domain::clock::{ClockSet, Course, Speed};
use crate::domain::event::MallEvent;
use crate::domain::time::Timestamp;
use crate::ports::journal::{Append, Cause};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

/// How far ahead the clock can be advanced at once.
const ADVANCE_MAX: Duration = Duration::from_hours(400 * 24);
/// After how long an instant at which the mall does not come to rest is said to be stalled.
const STALLED_AFTER: Duration = Duration::from_secs(10);
/// How often it is looked whether the mall rests.
const LOOK: Duration = Duration::from_millis(1);

impl Mall {
    /// The clock as it is.
    #[must_use]
    pub fn clock_view(&self) -> ClockView {
        let (keeper, clock) = (self.timekeeper(), self.clock());
        let (advance, speed) = (keeper.advance(), keeper.speed());
        let status = match &advance {
            Some(Advance { stalled: Some(_), .. }) => ClockStatus::Stalled,
            Some(_) => ClockStatus::Advancing,
            None if speed == Speed::PAUSED => ClockStatus::Paused,
            None => ClockStatus::Running,
        };
        ClockView {
            now: clock.now(),
            wall: clock.wall(),
            speed,
            status,
            target: advance.as_ref().and_then(|advance| advance.target),
            stalled: advance.and_then(|advance| advance.stalled),
            version: keeper.version(),
        }
    }

    /// When something is due next; what is overdue is not.
    ///
    /// # Errors
    /// The read model could not answer.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, MallError> {
        let now = self.clock().now();
        let stored = self.reads().next_due(now).await?;
        Ok(self.timers().next_due().filter(|due| *due > now).into_iter().chain(stored).min())
    }

    /// Sets the clock's speed.
    ///
    /// # Errors
    /// [`MallError::ClockAdvancing`]; [`MallError::VersionMismatch`]; the journal does not take it, and the speed stays.
    pub async fn set_speed(&self, speed: Speed, expect: Option<Versions>, by: Admitted) -> Result<(), MallError> {
        let keeper = self.timekeeper();
        let _alone = keeper.setting.lock().await;
        if keeper.advance().is_some() {
            return Err(MallError::ClockAdvancing);
        }
        expect.map_or(Ok(()), |versions| versions.check(keeper.version()))?;
        let before = keeper.speed();
        if speed == before {
            return Ok(());
        }
        let course = self.clock().turn(speed);
        keeper.set_speed(speed);
        let written = self.write_course(course, by.cause.clone()).await;
        if written.is_err() {
            self.clock().turn(before);
            keeper.set_speed(before);
        }
        written
    }

    /// Begins to advance the clock; [`Mall::advanced`] waits for its end.
    ///
    /// # Errors
    /// [`MallError::ClockAdvancing`]; [`MallError::ClockBackwards`]; [`MallError::ClockTooFar`].
    pub async fn advance(self: &Arc<Self>, until: Until, by: Admitted) -> Result<(), MallError> {
        let keeper = self.timekeeper();
        let _alone = keeper.setting.lock().await;
        if keeper.advance().is_some() {
            return Err(MallError::ClockAdvancing);
        }
        let now = self.clock().now();
        let (target, instants) = match until {
            Until::Time(target) => (Some(target), u32::MAX),
            Until::By(span) => (Some(now.plus(span)), u32::MAX),
            Until::Next(instants) => (None, instants),
        };
        match target {
            Some(target) if target < now => return Err(MallError::ClockBackwards(now)),
            Some(target) if target > now.plus(ADVANCE_MAX) => return Err(MallError::ClockTooFar),
            _ => {}
        }
        let (stop, stopped) = watch::channel(false);
        let (ends, ended) = watch::channel(());
        self.clock().stop_at(now);
        keeper.set_advance(Some(Advance { target, stalled: None, stop, ended }));
        let mall = self.clone();
        actix::spawn(async move {
            mall.go_through(target, instants, stopped).await;
            mall.end_advance(by.cause).await;
            drop(ends);
        });
        Ok(())
    }

    /// Waits until no advance is under way, at most `patience`. Answers whether there is none.
    pub async fn advanced(&self, patience: Duration) -> bool {
        let Some(mut advance) = self.timekeeper().advance() else { return true };
        // The sender is dropped at the end: that is an error here, and all there is to hear.
        timeout(patience, advance.ended.changed()).await.is_ok()
    }

    /// Stops an advance where it is; its end is waited for.
    ///
    /// # Errors
    /// [`MallError::TimedOut`].
    pub async fn stop_advance(&self) -> Result<(), MallError> {
        if let Some(advance) = self.timekeeper().advance() {
            // It may have ended meanwhile.
            let _ = advance.stop.send(true);
        }
        if self.advanced(DEADLINE).await { Ok(()) } else { Err(MallError::TimedOut) }
    }

    /// Goes from instant to instant.
    async fn go_through(&self, target: Option<Timestamp>, mut instants: u32, mut stopped: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                biased;
                _ = stopped.changed() => return,
                () = self.rests() => {}
            }
            if instants == 0 {
                return;
            }
            let next = match self.next_due().await {
                Ok(next) => next.filter(|next| target.is_none_or(|target| *next <= target)),
                Err(error) => {
                    tracing::warn!(%error, "what is due next could not be read; trying again");
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let Some(next) = next else {
                if let Some(target) = target {
                    self.clock().stop_at(target);
                }
                return;
            };
            if let Err(error) = self.timers().read_until(self.reads(), next.plus_millis(1)).await {
                tracing::warn!(%error, "timers could not be read; trying again");
                continue;
            }
            self.clock().stop_at(next);
            instants = instants.saturating_sub(1);
        }
    }

    /// Waits until the mall is at rest.
    async fn rests(&self) {
        let since = Instant::now();
        while let Some(order_id) = self.timers().restless(self.clock().now()) {
            if since.elapsed() >= STALLED_AFTER {
                let participant = self.troubles().longest();
                self.timekeeper().note_stalled(Some(Stalled { order_id, participant }));
            }
            sleep(LOOK).await;
        }
        self.timekeeper().note_stalled(None);
    }

    /// Lets the clock run again, and writes down where.
    async fn end_advance(&self, cause: Cause) {
        let keeper = self.timekeeper();
        let _alone = keeper.setting.lock().await;
        let course = self.clock().turn(keeper.speed());
        if let Err(error) = self.write_course(course, cause).await {
            tracing::error!(%error, "the end of an advance could not be written; a restart goes on from the newest event");
        }
        keeper.set_advance(None);
    }

    /// Writes down where the clock goes on from, when that is not where it was last set.
    pub(super) async fn note_restart(&self) {
        let keeper = self.timekeeper();
        if keeper.moved {
            let _alone = keeper.setting.lock().await;
            let course = self.clock().turn(keeper.speed());
            let cause = Cause { correlation_id: keeper.log_id, causation_id: Arc::from("restart") };
            if let Err(error) = self.write_course(course, cause).await {
                tracing::error!(%error, "where the clock goes on could not be written");
            }
        }
    }

    async fn write_course(&self, course: Course, cause: Cause) -> Result<(), MallError> {
        let keeper = self.timekeeper();
        let Course { wall_time, mall_time, speed } = course;
        let event = MallEvent::from(ClockSet { speed, mall_time, wall_time });
        let version = keeper.version();
        let mut append = Append::default();
        append.stream(keeper.log_id, version, &[event], mall_time, &cause);
        self.backstage().commit(append, (), None, Presence::default()).await?;
        keeper.note_set(version + 1);
        Ok(())
    }
}
