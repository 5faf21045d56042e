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
use crate::domain::clock::{ADVANCE_MAX, ClockSet, Speed};
use crate::domain::event::MallEvent;
use crate::domain::time::Timestamp;
use crate::log_limit::seldom;
use crate::ports::journal::{Append, AppendError, Cause};
use crate::ports::stop::Stop;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// After how long an instant at which the mall does not come to rest is said to be stalled.
const STALLED_AFTER: Duration = Duration::from_secs(10);
/// After how long the end of an advance is written again that was refused.
const WRITE_AGAIN: Duration = Duration::from_secs(1);
/// After how long what could not be read is read again.
const READ_AGAIN: Duration = Duration::from_millis(100);
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
            version: keeper.clock_version(),
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
        expect.map_or(Ok(()), |versions| versions.check(keeper.clock_version()))?;
        let before = keeper.speed();
        if speed == before {
            return Ok(());
        }
        // It stands still until it is written where it goes on from, so that a restart is never behind what was shown.
        let held = self.clock().hold();
        let written = self.write_course(speed, by.cause.clone()).await;
        if written.is_ok() {
            self.clock().turn(speed);
            keeper.set_speed(speed);
        } else {
            self.clock().release(held);
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
        // A mall that dies on the way knows then that its time is its own, and not the wall clock's.
        let held = self.clock().hold();
        if let Err(error) = self.write_course(keeper.speed(), by.cause.clone()).await {
            self.clock().release(held);
            return Err(error);
        }
        let (stop, ended) = (Stop::default(), Stop::default());
        let ends = ended.clone().when_dropped();
        keeper.set_advance(Some(Advance { target, stalled: None, stop: stop.clone(), ended }));
        let mall = self.clone();
        actix::spawn(async move {
            mall.go_through(target, instants, &stop).await;
            mall.end_advance(by.cause).await;
            drop(ends);
        });
        Ok(())
    }

    /// Waits until no advance is under way, at most `patience`. Answers whether there is none.
    pub async fn advanced(&self, patience: Duration) -> bool {
        let Some(advance) = self.timekeeper().advance() else { return true };
        timeout(patience, advance.ended.stopped()).await.is_ok()
    }

    /// Stops an advance where it is; its end is waited for.
    ///
    /// # Errors
    /// [`MallError::TimedOut`].
    pub async fn stop_advance(&self) -> Result<(), MallError> {
        if let Some(advance) = self.timekeeper().advance() {
            advance.stop.stop();
        }
        if self.advanced(DEADLINE).await { Ok(()) } else { Err(MallError::TimedOut) }
    }

    /// Goes from instant to instant.
    async fn go_through(&self, target: Option<Timestamp>, mut instants: u32, stop: &Stop) {
        loop {
            tokio::select! {
                biased;
                () = stop.stopped() => return,
                () = self.rests() => {}
            }
            if instants == 0 {
                return;
            }
            let next = match self.next_due().await {
                Ok(next) => next.filter(|next| target.is_none_or(|target| *next <= target)),
                Err(error) => {
                    tracing::warn!(%error, "what is due next could not be read; trying again");
                    sleep(READ_AGAIN).await;
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
                sleep(READ_AGAIN).await;
                continue;
            }
            self.clock().stop_at(next);
            instants = instants.saturating_sub(1);
        }
    }

    /// Waits until the mall is at rest.
    async fn rests(&self) {
        let since = Instant::now();
        let mut look_closer = since + STALLED_AFTER;
        while !self.timers().are_at_rest(self.clock().now()) {
            if Instant::now() >= look_closer {
                look_closer = Instant::now() + Duration::from_secs(1);
                self.note_stalled().await;
            }
            sleep(LOOK).await;
        }
        self.timekeeper().note_stalled(None);
    }

    /// Finds out which order keeps the mall from resting, and which of those it asks does not answer.
    async fn note_stalled(&self) {
        let Some(order_id) = self.timers().restless() else { return };
        let order = self.reads().order(order_id).await.ok().flatten();
        let asked =
            order.iter().flat_map(|order| order.stores.iter().map(|leg| leg.store_id.0).chain([order.payment_id.0]));
        let participant = asked.into_iter().find(|participant| self.troubles().is_silent(*participant));
        self.timekeeper().note_stalled(Some(Stalled { order_id, participant }));
    }

    /// Lets the clock run again, and writes down where.
    async fn end_advance(&self, cause: Cause) {
        let keeper = self.timekeeper();
        let _alone = keeper.setting.lock().await;
        // What is not written a restart would take back: until it is, the clock stands still, and the advance has not ended.
        while let Err(error) = self.write_course(keeper.speed(), cause.clone()).await {
            if matches!(error, MallError::Append(AppendError::Closed)) {
                return;
            }
            if let Some(left_out) = seldom("the end of an advance could not be written") {
                tracing::error!(%error, left_out, "the end of an advance could not be written; trying again");
            }
            sleep(WRITE_AGAIN).await;
        }
        self.clock().turn(keeper.speed());
        keeper.set_advance(None);
    }

    /// Writes down where the clock goes on from, when that is not where it was last set.
    pub(super) async fn note_restart(&self) {
        let keeper = self.timekeeper();
        if keeper.moved {
            let _alone = keeper.setting.lock().await;
            if keeper.advance().is_some() {
                return;
            }
            let cause = Cause { correlation_id: keeper.log_id, causation_id: Arc::from("restart") };
            if let Err(error) = self.write_course(keeper.speed(), cause).await {
                tracing::error!(%error, "where the clock goes on could not be written");
            }
        }
    }

    /// Writes down that the mall's time goes on from here at this speed.
    async fn write_course(&self, speed: Speed, cause: Cause) -> Result<(), MallError> {
        let (wall_time, mall_time) = (self.clock().wall(), self.clock().now());
        let event = MallEvent::from(ClockSet { speed, mall_time, wall_time });
        self.write(&[event], mall_time, Append::default(), &cause).await?;
        let keeper = self.timekeeper();
        keeper.note_set(keeper.version());
        Ok(())
    }

    /// Appends to the mall's own stream. Its lock is held.
    pub(super) async fn write(
        &self,
        events: &[MallEvent],
        at: Timestamp,
        mut append: Append,
        cause: &Cause,
    ) -> Result<(), MallError> {
        let keeper = self.timekeeper();
        let version = keeper.version();
        append.stream(keeper.log_id, version, events, at, cause);
        self.backstage().commit(append, (), None, Presence::default()).await?;
        keeper.note_written(version + events.len() as u64);
        Ok(())
    }
}
