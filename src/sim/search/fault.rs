//! What goes wrong in a plan, or is done to its mall.

use super::bounds::{SPAN_MS_MAX, at_most};
use crate::domain::clock::SPEED_MAX;
use crate::domain::inventory::STOCK_MAX;
use crate::domain::money::AMOUNT_MINOR_MAX;
use crate::domain::personality::{OutageMode, Personality};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Something that goes wrong, or is done to the mall, at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strike {
    /// Its number, which its stream is named after.
    pub number: u64,
    /// When, milliseconds from the opening.
    pub at_ms: u64,
    /// What.
    pub fault: Fault,
}

/// What goes wrong, or is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The mall is killed, and started again after a time; killed again so long after it was started, if that is said.
    Crash {
        /// How long it is closed, milliseconds.
        down_ms: u64,
        /// After how many milliseconds it dies once more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again_ms: Option<u64>,
    },
    /// The mall dies at its next commit: before it, or after it and before anybody is answered.
    CrashAtCommit {
        /// Whether the commit happens.
        written: bool,
        /// How long it is closed, milliseconds.
        down_ms: u64,
    },
    /// The power goes in the middle of the next commit: the disk has a beginning of it.
    PowerCut {
        /// How long the mall is closed, milliseconds.
        down_ms: u64,
    },
    /// The next group is written, nobody hears of it, and the mall dies a while later.
    LoseAnswers {
        /// How long it lives on, milliseconds.
        for_ms: u64,
        /// How long it is closed then, milliseconds.
        down_ms: u64,
    },
    /// The journal stands still.
    Stall {
        /// How long, milliseconds.
        for_ms: u64,
    },
    /// The next appends are refused by the database, one in each group.
    Refuse {
        /// How many.
        appends: u32,
    },
    /// Queries fail.
    Reads {
        /// How long, milliseconds.
        for_ms: u64,
        /// Of a thousand.
        per_mille: u64,
        /// Whether the database cannot be reached, and is not merely busy.
        away: bool,
    },
    /// The next turns of a kind of actor fail by a panic.
    Panic {
        /// Whose.
        of: Kind,
        /// How many.
        turns: u32,
    },
    /// All idle actors go to sleep at once.
    Sleep,
    /// Questions of orders to participants are late.
    LateQuestions(Spell),
    /// Answers of participants are late.
    LateAnswers(Spell),
    /// Questions of orders to participants are lost.
    LostQuestions(Spell),
    /// Answers of participants are lost.
    LostAnswers(Spell),
    /// The timer of one of the orders is forgotten.
    WakeUpLost,
    /// One of the orders is told that it is due, and is not; twice.
    WakeUpEarly,
    /// Commits are not heard of by those who follow them.
    Gap {
        /// How long, milliseconds.
        for_ms: u64,
    },
    /// The place of the consumers is forgotten.
    CursorLost,
    /// A store, by number, or the bank behaves otherwise from now on.
    Behave {
        /// The store; none for the bank.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        store: Option<u32>,
        /// How.
        personality: Personality,
    },
    /// A store, by number, or the bank is out.
    Outage {
        /// The store; none for the bank.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        store: Option<u32>,
        /// How long, milliseconds.
        for_ms: u64,
        /// What becomes of its answers meanwhile.
        mode: OutageMode,
    },
    /// A product gets another price or stock.
    Edit {
        /// The store, by number.
        store: u32,
        /// The product, by number.
        product: u32,
        /// Its price, minor units.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price: Option<i64>,
        /// What is available of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stock: Option<i64>,
    },
    /// A product is archived.
    ArchiveProduct {
        /// The store, by number.
        store: u32,
        /// The product, by number.
        product: u32,
    },
    /// A store closes for good.
    CloseStore {
        /// The store, by number.
        store: u32,
    },
    /// The wall clock of the machine is set.
    WallClock {
        /// By how many milliseconds; back where it is negative.
        by_ms: i64,
    },
    /// The clock runs at another speed, in thousandths of its own.
    Speed {
        /// 0 pauses it.
        thousandths: u64,
    },
    /// The clock is advanced.
    Advance {
        /// By how many milliseconds.
        by_ms: u64,
    },
}

/// How long and how often something befalls questions or answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spell {
    /// How long, milliseconds.
    pub for_ms: u64,
    /// Of a thousand.
    pub per_mille: u64,
    /// By how many milliseconds at the most; nothing where things are lost.
    #[serde(default)]
    pub ms: u64,
}

/// A kind of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Stores.
    Store,
    /// Authorizations.
    Payment,
    /// Baskets.
    Basket,
    /// Order sagas.
    Order,
}

impl Fault {
    /// Its name in tables.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Crash { again_ms: None, .. } => "crash",
            Self::Crash { again_ms: Some(_), .. } => "crash during the restart",
            Self::CrashAtCommit { written: false, .. } => "crash before a commit",
            Self::CrashAtCommit { written: true, .. } => "crash after a commit",
            Self::PowerCut { .. } => "power cut in a commit",
            Self::LoseAnswers { .. } => "answers of a commit lost",
            Self::Stall { .. } => "journal stalled",
            Self::Refuse { .. } => "append refused",
            Self::Reads { .. } => "query failed",
            Self::Panic { of: Kind::Store, .. } => "panic of a store",
            Self::Panic { of: Kind::Payment, .. } => "panic of an authorization",
            Self::Panic { of: Kind::Basket, .. } => "panic of a basket",
            Self::Panic { of: Kind::Order, .. } => "panic of an order",
            Self::Sleep => "all idle asleep",
            Self::LateQuestions(_) => "question late",
            Self::LateAnswers(_) => "answer late",
            Self::LostQuestions(_) => "question lost",
            Self::LostAnswers(_) => "answer lost",
            Self::WakeUpLost => "wake-up lost",
            Self::WakeUpEarly => "wake-up early and twice",
            Self::Gap { .. } => "gap in the feed",
            Self::CursorLost => "cursor lost",
            Self::Behave { .. } => "personality",
            Self::Outage { .. } => "outage",
            Self::Edit { .. } => "price or stock edited",
            Self::ArchiveProduct { .. } => "product archived",
            Self::CloseStore { .. } => "store closed",
            Self::WallClock { by_ms } if *by_ms < 0 => "wall clock set back",
            Self::WallClock { .. } => "wall clock set forward",
            Self::Speed { .. } => "clock at another speed",
            Self::Advance { .. } => "clock advanced",
        }
    }

    /// Whether it can befall a mall whose stores have so many products.
    ///
    /// # Errors
    /// What is beyond it.
    pub fn check(&self, stores: &[usize]) -> Result<(), String> {
        at_most("how long it lasts, in milliseconds,", self.lasts_ms(), SPAN_MS_MAX)?;
        let (store, product) = match self {
            Self::Behave { store, personality } => {
                personality.check().map_err(|error| format!("personality{}: {error}", error.pointer))?;
                (*store, None)
            }
            Self::Outage { store, .. } => (*store, None),
            Self::Edit { store, product, price, stock } => {
                let prices = 0..=AMOUNT_MINOR_MAX / 1_000_000;
                if price.is_some_and(|price| !prices.contains(&price))
                    || stock.is_some_and(|stock| !(0..=STOCK_MAX).contains(&stock))
                {
                    return Err("no product has such a price or stock".to_owned());
                }
                (Some(*store), Some(*product))
            }
            Self::ArchiveProduct { store, product } => (Some(*store), Some(*product)),
            Self::CloseStore { store } => (Some(*store), None),
            Self::WallClock { by_ms } => return at_most("by_ms", by_ms.unsigned_abs(), SPAN_MS_MAX),
            Self::Advance { by_ms } => return at_most("by_ms", *by_ms, SPAN_MS_MAX),
            Self::Speed { thousandths } => return at_most("thousandths", *thousandths, 1_000 * u64::from(SPEED_MAX)),
            Self::Refuse { appends } => return at_most("appends", (*appends).into(), 10_000),
            Self::Panic { turns, .. } => return at_most("turns", (*turns).into(), 10_000),
            Self::Reads { per_mille, .. } => return at_most("per_mille", *per_mille, 1_000),
            Self::LateQuestions(spell)
            | Self::LateAnswers(spell)
            | Self::LostQuestions(spell)
            | Self::LostAnswers(spell) => {
                at_most("per_mille", spell.per_mille, 1_000)?;
                return at_most("ms", spell.ms, SPAN_MS_MAX);
            }
            _ => return Ok(()),
        };
        let is_there = |store: u32| {
            let products = *stores.get(store as usize)?;
            product.is_none_or(|product| (product as usize) < products).then_some(())
        };
        match store {
            Some(store) if is_there(store).is_none() => {
                Err(format!("store {store} with product {product:?} is not there"))
            }
            _ => Ok(()),
        }
    }

    /// How long it goes on, once it has begun, that the mall is not healed of it before.
    #[must_use]
    pub const fn lasts(&self) -> Duration {
        Duration::from_millis(self.lasts_ms())
    }

    const fn lasts_ms(&self) -> u64 {
        match self {
            Self::Crash { down_ms, again_ms } => match again_ms {
                Some(again_ms) => down_ms.saturating_add(*again_ms),
                None => *down_ms,
            },
            Self::CrashAtCommit { down_ms, .. } | Self::PowerCut { down_ms } => *down_ms,
            Self::LoseAnswers { for_ms, down_ms } => for_ms.saturating_add(*down_ms),
            Self::Stall { for_ms }
            | Self::Reads { for_ms, .. }
            | Self::Gap { for_ms }
            | Self::Outage { for_ms, .. } => *for_ms,
            Self::LateQuestions(spell)
            | Self::LateAnswers(spell)
            | Self::LostQuestions(spell)
            | Self::LostAnswers(spell) => spell.for_ms,
            _ => 0,
        }
    }

    /// Whether all it does is close the mall for a while, or nothing that anybody notices: no order may time out for it.
    #[must_use]
    pub const fn only_closes(&self) -> bool {
        matches!(
            self,
            Self::Crash { .. }
                | Self::CrashAtCommit { .. }
                | Self::PowerCut { .. }
                | Self::Sleep
                | Self::WakeUpEarly
                | Self::Gap { .. }
                | Self::CursorLost
        )
    }

    /// Whether all it does is delay: a run whose faults only delay ends as one without.
    #[must_use]
    pub const fn only_delays(&self) -> bool {
        matches!(
            self,
            Self::Crash { .. }
                | Self::CrashAtCommit { .. }
                | Self::PowerCut { .. }
                | Self::LoseAnswers { .. }
                | Self::Stall { .. }
                | Self::Refuse { .. }
                | Self::Reads { .. }
                | Self::Panic { .. }
                | Self::Sleep
                | Self::LateQuestions(_)
                | Self::LateAnswers(_)
                | Self::LostQuestions(_)
                | Self::LostAnswers(_)
                | Self::WakeUpLost
                | Self::WakeUpEarly
                | Self::Gap { .. }
                | Self::CursorLost
        )
    }
}
