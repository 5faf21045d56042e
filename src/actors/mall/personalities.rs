//! How stores and the bank behave: set, read, taken back.

use super::door::Mall;
use crate::actors::admission::Admitted;
use crate::actors::error::MallError;
use crate::actors::versions::Versions;
use crate::domain::event::MallEvent;
use crate::domain::ids::StoreId;
use crate::domain::participant::{Fulfilment, Participant};
use crate::domain::personality::event::{PersonalityReset, PersonalitySet};
use crate::domain::personality::{DELAY_MS_MAX, Known, Outage, OutageMode, Personality};
use crate::domain::time::Timestamp;
use crate::ports::journal::{Append, Cause};
use crate::ports::reply::{Reply, Responder};
use std::sync::Arc;
use std::time::Duration;

/// How many are taken back in one append.
const RESET_AT_ONCE: usize = 500;

/// A participant and how it behaves, for whoever set it.
pub struct Behaves {
    /// Who.
    pub participant: Participant,
    /// How; the plain personality of version 0 when it was never set.
    pub known: Known,
}

impl Behaves {
    fn plainly(participant: Participant) -> Self {
        let known = Known { personality: Arc::default(), set_at: Timestamp(0), version: 0 };
        Self { participant, known }
    }
}

impl Mall {
    /// How a participant behaves.
    ///
    /// # Errors
    /// [`MallError::NoSuchStore`].
    pub async fn personality(&self, participant: Participant) -> Result<Behaves, MallError> {
        self.fulfilment_of(participant).await?;
        Ok(self.known_of(participant))
    }

    /// Everybody who has a personality, the bank first, then the stores by id.
    #[must_use]
    pub fn personalities(&self) -> Vec<Behaves> {
        let behaves = |(participant, known): (Participant, &Known)| Behaves { participant, known: known.clone() };
        self.backstage().personalities().read(|known| known.iter().map(behaves).collect())
    }

    /// Sets how a participant behaves from now on. The same again changes nothing.
    ///
    /// # Errors
    /// [`MallError::Personality`] names the part; [`MallError::NoSuchStore`]; [`MallError::ExternalParticipant`];
    /// [`MallError::VersionMismatch`].
    pub async fn set_personality(
        &self,
        participant: Participant,
        personality: Personality,
        expect: Option<Versions>,
        responder: Responder<Behaves>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        personality.check()?;
        let _alone = self.timekeeper().setting.lock().await;
        self.check_internal(participant).await?;
        expect.map_or(Ok(()), |versions| versions.check(self.known_of(participant).known.version))?;
        self.write_personality(participant, personality, responder, &by.cause).await
    }

    /// Has a participant be out from now on, beside what its personality is.
    ///
    /// # Errors
    /// As [`Mall::set_personality`].
    pub async fn add_outage(
        &self,
        participant: Participant,
        span: Duration,
        mode: OutageMode,
        expect: Option<Versions>,
        responder: Responder<Behaves>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let _alone = self.timekeeper().setting.lock().await;
        self.check_internal(participant).await?;
        expect.map_or(Ok(()), |versions| versions.check(self.known_of(participant).known.version))?;
        let from = self.clock().now();
        let outage = Outage { from, until: from.plus(span), mode };
        // The longest that an order waits for a verdict.
        let longest_ms = self.policy().grace_ms.saturating_add(DELAY_MS_MAX).saturating_mul(1_000);
        let kept = Timestamp(from.0.saturating_sub_unsigned(longest_ms));
        let before = Personality::clone(&self.known_of(participant).known.personality);
        let personality = before.with_outage(outage, kept).map_err(|_| MallError::TooManyOutages)?;
        self.write_personality(participant, personality, responder, &by.cause).await
    }

    /// Has a participant behave as Plaza itself again.
    ///
    /// # Errors
    /// [`MallError::NoSuchStore`]; [`MallError::VersionMismatch`].
    pub async fn reset_personality(
        &self,
        participant: Participant,
        expect: Option<Versions>,
        by: Admitted,
    ) -> Result<(), MallError> {
        let _alone = self.timekeeper().setting.lock().await;
        let before = self.known_of(participant).known.version;
        self.fulfilment_of(participant).await?;
        expect.map_or(Ok(()), |versions| versions.check(before))?;
        if before > 0 {
            let reset = MallEvent::from(PersonalityReset { participant });
            self.write_personalities(vec![reset], self.clock().now(), Append::default(), &by.cause).await?;
        }
        Ok(())
    }

    /// Has everybody behave as Plaza itself again.
    ///
    /// # Errors
    /// The journal does not take it; those before it are reset.
    pub async fn reset_personalities(&self, by: Admitted) -> Result<(), MallError> {
        let _alone = self.timekeeper().setting.lock().await;
        let all = self.backstage().personalities().read(|known| known.iter().map(|(who, _)| who).collect::<Vec<_>>());
        for some in all.chunks(RESET_AT_ONCE) {
            let resets = some.iter().map(|participant| PersonalityReset { participant: *participant }.into());
            self.write_personalities(resets.collect(), self.clock().now(), Append::default(), &by.cause).await?;
        }
        Ok(())
    }

    /// A store that closes has no character any more: orders that wait for an answer of it ask, and hear that it is closed.
    pub(super) async fn forget_closing(&self, store_id: StoreId, cause: &Cause) -> Result<(), MallError> {
        let participant = Participant::Store(store_id);
        // Whoever sets one looks whether the store is open while it holds this.
        let _alone = self.timekeeper().setting.lock().await;
        if self.known_of(participant).known.version == 0 {
            return Ok(());
        }
        let reset = MallEvent::from(PersonalityReset { participant });
        self.write_personalities(vec![reset], self.clock().now(), Append::default(), cause).await
    }

    /// As [`Mall::forget_closing`], for stores whose closing a crash cut short.
    pub(super) async fn forget_the_closed(&self, cause: &Cause) -> Result<(), MallError> {
        for Behaves { participant, .. } in self.personalities() {
            if let Participant::Store(id) = participant
                && self.reads().store(id).await?.is_none()
            {
                self.forget_closing(id, cause).await?;
            }
        }
        Ok(())
    }

    fn known_of(&self, participant: Participant) -> Behaves {
        let known = self.backstage().personalities().read(|known| known.of(participant).cloned());
        known.map_or_else(|| Behaves::plainly(participant), |known| Behaves { participant, known })
    }

    async fn fulfilment_of(&self, participant: Participant) -> Result<Fulfilment, MallError> {
        match participant {
            Participant::Bank => Ok(self.policy().payment_provider),
            Participant::Store(id) => {
                let view = self.reads().store(id).await?.ok_or(MallError::NoSuchStore(id))?;
                Ok(view.store.fulfilment)
            }
        }
    }

    async fn check_internal(&self, participant: Participant) -> Result<(), MallError> {
        let fulfilment = self.fulfilment_of(participant).await?;
        if fulfilment.is_internal() { Ok(()) } else { Err(MallError::ExternalParticipant) }
    }

    /// Writes a personality if it is another one than before, and answers. The stream's lock is held.
    async fn write_personality(
        &self,
        participant: Participant,
        personality: Personality,
        responder: Responder<Behaves>,
        cause: &Cause,
    ) -> Result<Reply, MallError> {
        let before = self.known_of(participant);
        let is_new = *before.known.personality != personality;
        let (now, version) = (self.clock().now(), self.timekeeper().version() + 1);
        let known = Known { personality: Arc::new(personality.clone()), set_at: now, version };
        // Behaving as Plaza itself is having none.
        let is_plain = personality.is_plain();
        let after = match (is_new, is_plain) {
            (false, _) => before,
            (true, false) => Behaves { participant, known },
            (true, true) => Behaves::plainly(participant),
        };
        let (reply, idempotency) = responder.respond(&after, self.clock().wall());
        let append = Append { idempotency, ..Append::default() };
        let event = || {
            if is_plain {
                PersonalityReset { participant }.into()
            } else {
                PersonalitySet { participant, personality }.into()
            }
        };
        let events = is_new.then(event);
        self.write_personalities(events.into_iter().collect(), now, append, cause).await?;
        Ok(reply)
    }

    /// Writes events, takes them on, and tells the orders that wait for an answer which may come now.
    async fn write_personalities(
        &self,
        events: Vec<MallEvent>,
        now: Timestamp,
        append: Append,
        cause: &Cause,
    ) -> Result<(), MallError> {
        let first = self.timekeeper().version() + 1;
        self.write(&events, now, append, cause).await?;
        for (event, version) in events.iter().zip(first..) {
            self.backstage().personalities().evolve(event, version, now);
        }
        if !events.is_empty() {
            self.timers().release_withheld(now);
        }
        Ok(())
    }
}
