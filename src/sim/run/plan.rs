//! What a run is asked to be.

use super::counts::Stretch;
use super::stock::{StorePlan, catalogue, of_scenario, of_trace};
use super::warm_up::{CUT_MAX, Looks};
use crate::domain::time::Timestamp;
use crate::ports::stop::Stop;
use crate::sim::door::Door;
use crate::sim::door::shelf::Shelf;
use crate::sim::driver::{Crowd, Driver, Notes, Pace};
use crate::sim::scenario::document::Document;
use crate::sim::scenario::errands::{Errands, phases};
use crate::sim::scenario::threshold::{Metric, When};
use crate::sim::scenario::trace::{Trace, TraceError};
use crate::sim::scenario::value::WarmUp;
use data_encoding::HEXLOWER;
use std::rc::Rc;
use std::time::Duration;

/// A run that is asked for.
pub struct Plan<'a> {
    /// The scenario.
    pub document: &'a Document,
    /// Orders in place of its shoppers.
    pub trace: Option<&'a Trace>,
    /// What everything is drawn from.
    pub seed: u64,
    /// What is to be measured beside the thresholds, without the warm-up.
    pub measures: &'a [Metric],
    /// The machine's time, for the report alone.
    pub started_at: Timestamp,
    /// From when on no more shoppers come: those who are there go home, what is open is settled, and the report is made.
    pub stop: Stop,
    /// The same, given by the run itself when its scenario says so.
    pub halt: Stop,
}

impl Plan<'_> {
    /// What the mall is to sell, where it has nothing.
    #[must_use]
    pub fn stores(&self) -> Vec<StorePlan> {
        match self.trace {
            Some(trace) => of_trace(trace),
            None => of_scenario(&self.document.scenario.mall, self.seed),
        }
    }

    /// When the last shopper may come to a mall that opens then.
    #[must_use]
    pub fn last(&self, opening: Timestamp, pace: Pace) -> Timestamp {
        opening.plus(match self.trace {
            None => self.document.scenario.duration.0,
            Some(trace) => pace.of(Duration::from_micros(trace.last.micros_since(trace.first))),
        })
    }

    /// What starts the names and keys of this run; `what` tells it from the same run at another time of the same mall.
    #[must_use]
    pub fn name(&self, what: &[u8]) -> String {
        let mut hash = blake3::Hasher::new();
        hash.update(self.document.scenario.name.as_bytes()).update(&self.seed.to_le_bytes()).update(what);
        format!("sim-{}", HEXLOWER.encode(&hash.finalize().as_bytes()[..4]))
    }

    /// What ends the run before its time.
    #[must_use]
    pub fn ends(&self) -> Vec<Stop> {
        vec![self.stop.clone(), self.halt.clone()]
    }

    /// Whether it was ended before its time.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        self.stop.is_stopped() || self.halt.is_stopped()
    }

    /// The parts of the run, whose shoppers may come within `span`, that thresholds are of, in their order, and then what
    /// may be measured of it without the warm-up: where that is found later, one part after the other.
    #[must_use]
    pub fn stretches(&self, span: (Timestamp, Timestamp)) -> Vec<Stretch> {
        let thresholds = self.document.thresholds.0.iter().map(|threshold| self.stretch(&threshold.when, span.0));
        let mut all: Vec<Stretch> = thresholds.collect();
        match self.document.scenario.warm_up {
            WarmUp::For(warm) => all.push(Stretch { from: span.0.plus(warm.0), until: Timestamp::MAX }),
            WarmUp::Auto => {
                let width = Looks::over(span.0, span.1).mean_is_of();
                let ends = (0..CUT_MAX).scan(Timestamp(i64::MIN), |from, _| {
                    let until = if from.0 == i64::MIN { span.0 } else { *from }.plus(width);
                    Some(Stretch { from: std::mem::replace(from, until), until })
                });
                all.extend(ends);
                let from = all.last().map_or(span.0, |last| last.until);
                all.push(Stretch { from, until: Timestamp::MAX });
            }
        }
        all
    }

    fn stretch(&self, when: &When, opening: Timestamp) -> Stretch {
        let at = |seconds: f64| opening.plus(Duration::from_secs_f64(seconds));
        match *when {
            When::Always | When::Abort => Stretch::ALL,
            // It is of what is counted beside the thresholds.
            When::Measured => Stretch::NONE,
            When::Between(from, until) => Stretch { from: opening.plus(from), until: opening.plus(until) },
            When::Phase(phase) => {
                let bounds = phases(&self.document.scenario).nth(phase);
                bounds.map_or(Stretch::ALL, |(_, from, until)| Stretch { from: at(from), until: at(until) })
            }
        }
    }

    /// Sends everybody in who is to come, and returns once all have gone.
    ///
    /// # Errors
    /// The trace cannot be read any more.
    pub async fn send<D: Door + 'static, N: Notes + 'static>(
        &self,
        driver: &Rc<Driver<D, N>>,
        goods: &Shelf,
        opening: Timestamp,
        crowd: Crowd,
    ) -> Result<(), TraceError> {
        let Some(trace) = self.trace else {
            driver.send(Errands::new(self.document, &catalogue(goods), opening, self.seed), crowd).await;
            return Ok(());
        };
        let mut failed = None;
        let orders = trace.errands()?.map_while(|read| match read {
            Ok(errand) => Some(errand),
            Err(error) => {
                failed = Some(error);
                None
            }
        });
        driver.send(orders, crowd).await;
        failed.map_or(Ok(()), Err)
    }
}
