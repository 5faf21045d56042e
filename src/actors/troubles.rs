//! Participants that do not answer: whom the sagas leave alone, and until when.
//!
//! One store that cannot answer must cost the others nothing. Its orders would each ask it again and again, and each
//! time wait ten seconds for nothing; so what one of them finds out, all of them know. After a pause, which grows, one
//! of them asks again, while the others go on resting.

use crate::ports::backoff::Backoff;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// The pauses after which one order asks again.
const PAUSES: Backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(30));
/// After how long an order that asked alone is no longer waited for: an answer takes ten seconds at most.
const ALONE: Duration = Duration::from_secs(12);
/// How often the log speaks of one participant.
const TELL: Duration = Duration::from_mins(1);

/// A participant that does not answer.
struct Trouble {
    /// When the pause began, and how many there have been with it.
    since: Instant,
    pauses: u32,
    /// Since when one order asks alone.
    asking: Option<Instant>,
    told_at: Option<Instant>,
    failures: u64,
}

impl Trouble {
    fn pause(&self) -> Duration {
        PAUSES.longest(self.pauses)
    }
}

/// What a failure means for the order that met it.
#[derive(Debug, PartialEq, Eq)]
pub struct Failed {
    /// When it may ask again.
    pub again: Instant,
    /// How many failures the log has not spoken of, when it is to speak.
    pub tell: Option<u64>,
}

/// The participants that do not answer, by the id of the store or the authorization.
#[derive(Default)]
pub struct Troubles {
    of: Mutex<BTreeMap<Uuid, Trouble>>,
    /// Spares everybody the lock while all is well.
    count: AtomicUsize,
}

impl Troubles {
    /// How many participants do not answer.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Whether a participant is one of them.
    #[must_use]
    pub fn is_silent(&self, participant: Uuid) -> bool {
        self.count() > 0 && self.of.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&participant)
    }

    /// Lets an order ask a participant. Who comes first after a pause asks alone.
    ///
    /// # Errors
    /// When it may come again.
    pub fn may_ask(&self, participant: Uuid, now: Instant) -> Result<(), Instant> {
        if self.count() == 0 {
            return Ok(());
        }
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(trouble) = of.get_mut(&participant) else { return Ok(()) };
        let until = trouble.since + trouble.pause();
        if now < until {
            return Err(until);
        }
        if trouble.asking.is_some_and(|since| now < since + ALONE) {
            return Err(now + trouble.pause());
        }
        trouble.asking = Some(now);
        Ok(())
    }

    /// A participant has answered.
    pub fn answered(&self, participant: Uuid) {
        if self.count() > 0 {
            let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
            of.remove(&participant);
            self.count.store(of.len(), Ordering::Release);
        }
    }

    /// A participant did not answer an order that asked it at `asked_at`. A question from before the pause makes no
    /// longer one of it: many may have asked at once.
    pub fn failed(&self, participant: Uuid, asked_at: Instant, now: Instant) -> Failed {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let trouble = of.entry(participant).or_insert(Trouble {
            since: now,
            pauses: 1,
            asking: None,
            told_at: None,
            failures: 0,
        });
        if trouble.asking.take_if(|since| asked_at >= *since).is_some() {
            (trouble.since, trouble.pauses) = (now, trouble.pauses.saturating_add(1));
        }
        trouble.failures += 1;
        let is_told = trouble.told_at.is_some_and(|told_at| now.duration_since(told_at) < TELL);
        let tell = (!is_told).then(|| std::mem::take(&mut trouble.failures));
        if tell.is_some() {
            trouble.told_at = Some(now);
        }
        let again = trouble.since + trouble.pause();
        self.count.store(of.len(), Ordering::Release);
        Failed { again, tell }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    /// Times after the first that was asked for.
    fn at(ms: u64) -> Instant {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        *START + Duration::from_millis(ms)
    }

    #[test]
    fn one_order_asks_after_pauses_that_grow_and_the_others_rest() {
        let (troubles, store) = (Troubles::default(), Uuid::from_u128(1));
        assert_eq!(troubles.may_ask(store, at(0)), Ok(()));
        // A hundred had asked before anybody knew.
        assert_eq!(troubles.failed(store, at(0), at(100)), Failed { again: at(350), tell: Some(1) });
        for _ in 0..99 {
            assert_eq!(troubles.failed(store, at(0), at(110)), Failed { again: at(350), tell: None });
        }
        let (mut now, mut pauses) = (350, Vec::new());
        for _ in 0..9 {
            assert_eq!(troubles.may_ask(store, at(now - 1)), Err(at(now)));
            assert_eq!(troubles.may_ask(store, at(now)), Ok(()));
            assert!(troubles.may_ask(store, at(now)).is_err(), "one asks, the others do not");
            let Failed { again, .. } = troubles.failed(store, at(now), at(now + 10));
            pauses.push(u64::try_from((again - at(now + 10)).as_millis()).unwrap());
            now += 10 + pauses.last().unwrap();
        }
        assert_eq!(pauses, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(troubles.count(), 1);
        assert_eq!(troubles.may_ask(Uuid::from_u128(2), at(now - 1)), Ok(()), "the others are asked as ever");
        troubles.answered(store);
        assert_eq!((troubles.count(), troubles.may_ask(store, at(now - 1))), (0, Ok(())));
    }

    #[test]
    fn an_order_that_asked_alone_and_vanished_is_not_waited_for() {
        let (troubles, store) = (Troubles::default(), Uuid::from_u128(1));
        troubles.failed(store, at(0), at(0));
        assert_eq!(troubles.may_ask(store, at(250)), Ok(()));
        assert!(troubles.may_ask(store, at(250 + 12_000 - 1)).is_err());
        assert_eq!(troubles.may_ask(store, at(250 + 12_000)), Ok(()));
    }

    #[test]
    fn the_log_speaks_of_a_participant_once_a_minute() {
        let (troubles, store) = (Troubles::default(), Uuid::from_u128(1));
        let told = (0..180).filter_map(|second| troubles.failed(store, at(0), at(second * 1_000)).tell);
        assert_eq!(told.collect::<Vec<_>>(), [1, 60, 60]);
    }
}
