//! Who looks on while shoppers walk: the ledger of what they were told, the measures, and whoever shows progress.

use super::measures::Measures;
use crate::domain::time::Timestamp;
use crate::sim::driver::Notes;
use crate::sim::ledger::Ledger;
use crate::sim::shopping::call::{Answer, Call};
use crate::sim::shopping::errand::Errand;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A run under way, for whoever shows it.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The mall's time.
    pub now: Timestamp,
    /// When the first shopper could come.
    pub from: Timestamp,
    /// When the last one comes.
    pub until: Timestamp,
    /// Shoppers that were to come so far.
    pub offered: u64,
    /// Those of them that were not let in.
    pub dropped: u64,
    /// Orders so far.
    pub submitted: u64,
    /// Orders that have not ended.
    pub open: u64,
    /// Orders that were delivered.
    pub delivered: u64,
    /// Orders that were rejected.
    pub rejected: u64,
    /// What is done now.
    pub doing: &'static str,
}

/// What is shown of a run while it is under way. It may be called for every shopper, and has to be quick.
pub type Show = Rc<dyn Fn(&Moment)>;

/// The measures of a run: the mall's journal tells them of orders, the driver of shoppers.
pub type Shared = Arc<Mutex<Measures>>;

/// Looks on.
pub struct Watch {
    /// What shoppers were told.
    pub ledger: Ledger,
    measures: Shared,
    now: Box<dyn Fn() -> Timestamp>,
    span: (Timestamp, Timestamp),
    show: Show,
}

impl Watch {
    /// Looks on in a mall whose time `now` tells, from the first shopper to the last.
    #[must_use]
    pub fn new(measures: Shared, now: Box<dyn Fn() -> Timestamp>, span: (Timestamp, Timestamp), show: Show) -> Self {
        Self { ledger: Ledger::default(), measures, now, span, show }
    }

    /// Shows what is done now.
    pub fn show(&self, doing: &'static str) {
        let moment = {
            let measures = locked(&self.measures);
            let all = measures.all();
            Moment {
                now: (self.now)(),
                from: self.span.0,
                until: self.span.1,
                offered: all.offered,
                dropped: all.dropped,
                submitted: all.submitted,
                open: measures.open() as u64,
                delivered: all.delivered,
                rejected: all.rejected,
                doing,
            }
        };
        (self.show)(&moment);
    }
}

/// The measures; whoever panicked with them in hand has counted one thing less.
pub fn locked(measures: &Shared) -> MutexGuard<'_, Measures> {
    measures.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Notes for Watch {
    fn came(&self, _errand: &Errand) {
        locked(&self.measures).came((self.now)());
        self.show("shopping");
    }

    fn dropped(&self, _errand: &Errand) {
        locked(&self.measures).dropped((self.now)());
    }

    fn answered(&self, errand: &Errand, call: &Call, answer: &Answer, took: Duration) {
        let well = !matches!(answer, Answer::Refused { .. } | Answer::Busy | Answer::Unknown);
        locked(&self.measures).answered((self.now)(), well);
        self.ledger.answered(errand, call, answer, took);
    }

    fn gone(&self, _errand: &Errand) {
        locked(&self.measures).gone();
    }
}
