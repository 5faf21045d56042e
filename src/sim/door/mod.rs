//! The way into a mall: what a driver of shoppers needs of it, whatever lies between.

use super::shopping::call::{Answer, Call, Verdict};
use super::shopping::errand::Wanted;
use crate::domain::ids::OrderId;
use crate::domain::time::Timestamp;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

pub mod inside;
pub mod mall;
pub mod news;
pub mod ours;
pub mod rest;
pub mod shelf;

/// What was heard of a request.
#[derive(Debug)]
pub struct Asked {
    /// The answer.
    pub answer: Answer,
    /// When it was sent: whoever finds every line to the mall engaged waits before that.
    pub sent: Instant,
}

impl Asked {
    /// Nothing was heard.
    #[must_use]
    pub const fn unanswered(sent: Instant) -> Self {
        Self { answer: Answer::Unknown, sent }
    }
}

/// When something began, by the clock of this machine and by the mall's.
#[derive(Clone, Copy, Debug)]
pub struct Since {
    /// By the machine's.
    pub at: Instant,
    /// By the mall's.
    pub time: Timestamp,
}

/// The way into a mall.
#[allow(async_fn_in_trait, reason = "one thread drives all shoppers of a run")]
pub trait Door {
    /// The mall's time.
    fn now(&self) -> Timestamp;

    /// Returns once so much time has passed for shoppers, and answers when that was to be. It passes for them as it does
    /// for whoever drives them, unless the way says otherwise.
    async fn passed(&self, since: Since, span: Duration) -> Instant {
        let due = since.at + span;
        sleep_until(due).await;
        due
    }

    /// Returns once it is that late in the mall.
    async fn until(&self, time: Timestamp);

    /// Asks, once. Of a mall that dies, or does not live, nothing is heard ([`Answer::Unknown`]).
    async fn ask(&self, call: &Call) -> Asked;

    /// Waits for the verdict of an order: what became of it once it was not pending any more.
    async fn verdict(&self, order: OrderId) -> Verdict;

    /// What lines cost at the prices that are shown now, minor units.
    fn price(&self, lines: &[Wanted]) -> i64;
}
