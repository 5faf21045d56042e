//! What is to be seen of a run now, beside its numbers.

use super::measures::Measures;
use super::measures::behaviour::Behaved;
use super::measures::promises::Promise;
use super::measures::shelves::Scarce;
use super::remarkable::Remarked;
use crate::domain::time::{Rfc3339, Timestamp};
use serde::{Deserialize, Serialize};

/// How many of the bank and the stores are shown.
const BEHAVED: usize = 12;
/// How many products are.
const SCARCEST: usize = 12;

/// What is to be seen of a run now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Picture {
    /// The mall's time.
    #[serde(with = "Rfc3339")]
    pub at: Timestamp,
    /// The promises of the mall, and how they are kept so far.
    pub promises: Vec<Promise>,
    /// What the bank and the busiest stores did with the run's orders.
    pub participants: Vec<Behaved>,
    /// The products of which least is left, least first.
    pub scarcest: Vec<Scarce>,
    /// The orders that ended last, newest first.
    pub latest: Vec<Remarked>,
}

impl Picture {
    /// What the measures of a run show; `keys` are the answers under keys, and those that contradict one before.
    #[must_use]
    pub fn of(at: Timestamp, measures: &mut Measures, keys: (u64, u64)) -> Self {
        Self {
            at,
            promises: measures.promises(keys),
            participants: measures.behaved(BEHAVED),
            scarcest: measures.scarcest(SCARCEST),
            latest: measures.latest(),
        }
    }
}
