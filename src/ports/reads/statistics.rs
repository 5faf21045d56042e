//! How many orders became what, in spans of the mall's time.

use crate::domain::order::Reason;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many orders became what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFigures {
    /// Orders that were placed.
    pub submitted: u64,
    /// Orders that were accepted.
    pub accepted: u64,
    /// Orders that were rejected.
    pub rejected: u64,
    /// Orders that were called off.
    pub cancelled: u64,
    /// Orders that were not paid in time.
    pub expired: u64,
    /// Orders that were delivered.
    pub delivered: u64,
    /// The rejected by reason; several may count for one.
    pub rejected_by: BTreeMap<Reason, u64>,
}

impl OrderFigures {
    /// Counts what others count as well.
    pub fn add(&mut self, more: &Self) {
        // Every field by its name: one that is added and not here does not compile.
        let Self { submitted, accepted, rejected, cancelled, expired, delivered, rejected_by } = more;
        for (all, more) in [
            (&mut self.submitted, submitted),
            (&mut self.accepted, accepted),
            (&mut self.rejected, rejected),
            (&mut self.cancelled, cancelled),
            (&mut self.expired, expired),
            (&mut self.delivered, delivered),
        ] {
            *all += more;
        }
        for (reason, count) in rejected_by {
            *self.rejected_by.entry(*reason).or_default() += count;
        }
    }
}

/// The figures of one span of the mall's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanRecord {
    /// How long the span is, seconds; 0: since the beginning.
    pub step_s: i64,
    /// Where it is kept: one that is kept no longer gives its place to another.
    pub slot: i64,
    /// When it begins, seconds since 1970 of the mall's time.
    pub at_s: i64,
    /// What was counted.
    pub figures: OrderFigures,
}
