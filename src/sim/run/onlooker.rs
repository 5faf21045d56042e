//! Who looks on while shoppers walk: the ledger of what they were told, the measures, and whoever shows progress.

use super::abort::Aborts;
use super::bands::bands;
use super::judge::{Findings, Mode};
use super::measures::{Measures, Window};
use super::picture::Picture;
use super::plan::Plan;
use super::point::{Moment, Point};
use super::report::Band;
use crate::domain::time::Timestamp;
use crate::ports::stop::Stop;
use crate::sim::driver::{Notes, Took};
use crate::sim::ledger::Ledger;
use crate::sim::shopping::call::{Answer, Call};
use crate::sim::shopping::errand::Errand;
use hdrhistogram::Histogram;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A look at a run under way.
pub trait Glance {
    /// What is done now.
    fn doing(&self) -> &'static str;
    /// How far it is.
    fn moment(&self) -> Moment;
    /// The same for programs, with what became known since it was asked last.
    fn point(&self) -> Point;
    /// What is to be seen beside it; asked once a second.
    fn picture(&self) -> Picture;
}

/// Shows a run while it is under way. It is called for every shopper, and looks when the run is to be shown again.
pub type Show = Rc<dyn Fn(&dyn Glance)>;

/// The measures of a run: the mall's journal tells them of orders, the driver of shoppers.
pub type Shared = Arc<Mutex<Measures>>;

/// Looks on.
pub struct Watch {
    /// What shoppers were told.
    pub ledger: Ledger,
    measures: Shared,
    mode: Mode,
    now: Box<dyn Fn() -> Timestamp>,
    span: (Timestamp, Timestamp),
    show: Show,
    aborts: RefCell<Aborts>,
    halt: Stop,
    /// What is otherwise at times, by the scenario.
    bands: Vec<Band>,
    /// When the last point was told.
    told: Cell<Timestamp>,
}

impl Watch {
    /// Looks on in a mall whose time `now` tells, from the first shopper to the last; where the plan says so, it gives the
    /// signal that ends the run.
    #[must_use]
    pub fn new(
        plan: &Plan<'_>,
        mode: Mode,
        measures: Shared,
        now: Box<dyn Fn() -> Timestamp>,
        span: (Timestamp, Timestamp),
        show: Show,
    ) -> Self {
        let findings = Findings { mode, ..Findings::default() };
        let aborts = RefCell::new(Aborts::of(&plan.document.thresholds.0, findings));
        Self {
            ledger: Ledger::default(),
            measures,
            mode,
            now,
            span,
            show,
            aborts,
            halt: plan.halt.clone(),
            bands: bands(&plan.document.scenario),
            told: Cell::new(span.0),
        }
    }

    /// What ended the run before its time, by the scenario.
    #[must_use]
    pub fn aborted(&self) -> Option<String> {
        self.aborts.borrow().fired().map(str::to_owned)
    }

    /// Looks whether the run is to end before its time: with everything that happens, and every second where it may be that
    /// nothing does.
    pub fn look(&self) {
        if self
            .aborts
            .borrow_mut()
            .look((self.now)(), || locked(&self.measures).take_window(Window::Aborts).unwrap_or_default())
        {
            self.halt.stop();
        }
    }

    /// Shows what is done now.
    pub fn show(&self, doing: &'static str) {
        (self.show)(&Looked { watch: self, doing });
    }
}

/// A look at what is done now.
struct Looked<'a> {
    watch: &'a Watch,
    doing: &'static str,
}

impl Glance for Looked<'_> {
    fn doing(&self) -> &'static str {
        self.doing
    }

    fn moment(&self) -> Moment {
        let Watch { measures, now, span, .. } = self.watch;
        let measures = locked(measures);
        let all = measures.all();
        let ms = |micros: &Histogram<u64>, share| micros.value_at_quantile(share) / 1_000;
        Moment {
            now: now(),
            from: span.0,
            until: span.1,
            offered: all.offered,
            dropped: all.dropped,
            under_way: measures.under_way(),
            submitted: all.submitted,
            pending: measures.pending(),
            open: measures.open() as u64,
            accepted: all.accepted,
            delivered: all.delivered,
            rejected: all.rejected,
            submit_ms: (!all.submit.is_empty()).then(|| (ms(&all.submit, 0.5), ms(&all.submit, 0.99))),
            lateness_ms: ms(&all.lateness, 0.99),
            doing: self.doing,
        }
    }

    fn point(&self) -> Point {
        let moment = self.moment();
        let mut measures = locked(&self.watch.measures);
        let lately = measures.take_window(Window::Points);
        let all = measures.all();
        let Watch { span, bands, told, .. } = self.watch;
        let ms = |at: Timestamp| at.micros_since(span.0) / 1_000;
        let since = (ms(told.replace(moment.now)), ms(moment.now));
        let during = bands.iter().filter(|band| band.touches(since)).map(|band| band.name.clone()).collect();
        Point::of(&moment, lately.as_ref().unwrap_or(all), all, during)
    }

    fn picture(&self) -> Picture {
        let Watch { measures, now, ledger, .. } = self.watch;
        Picture::of(now(), &mut locked(measures), ledger.keys())
    }
}

/// The measures; whoever panicked with them in hand has counted one thing less.
pub fn locked(measures: &Shared) -> MutexGuard<'_, Measures> {
    measures.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Notes for Watch {
    fn came(&self, _errand: &Errand) {
        locked(&self.measures).came((self.now)());
        self.look();
        self.show("shopping");
    }

    fn dropped(&self, _errand: &Errand) {
        locked(&self.measures).dropped((self.now)());
        self.look();
    }

    fn answered(&self, errand: &Errand, call: &Call, answer: &Answer, took: Took) {
        let ago = |time: Duration| Timestamp((self.now)().0 - i64::try_from(time.as_micros()).unwrap_or_default());
        {
            let mut measures = locked(&self.measures);
            if let Answer::Order(seen) = answer
                && !self.ledger.knows(seen.id)
            {
                measures.acknowledged(seen.id);
            }
            measures.answered(ago(took.since_sent), answer);
            if self.mode.takes_times() {
                measures.timed(ago(took.since_intended), call, answer, took);
            }
        }
        self.look();
        self.ledger.answered(errand, call, answer, took);
    }

    fn gave_up(&self, errand: &Errand, call: &Call) {
        self.ledger.gave_up(errand, call);
    }

    fn began(&self, late: Duration) {
        if !self.mode.takes_times() {
            return;
        }
        locked(&self.measures).began((self.now)(), late);
    }

    fn gone(&self, _errand: &Errand) {
        locked(&self.measures).gone((self.now)());
    }
}
