//! What is counted of a part of a run.

use crate::domain::order::Reason;
use crate::domain::time::Timestamp;
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::time::Duration;

/// A part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// From then on.
    pub from: Timestamp,
    /// Before then.
    pub until: Timestamp,
}

impl Stretch {
    /// Nothing of it.
    pub const NONE: Self = Self { from: Timestamp::MAX, until: Timestamp::MAX };
    /// All of it.
    pub const ALL: Self = Self { from: Timestamp(i64::MIN), until: Timestamp::MAX };

    /// Whether a time is in it.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// What is counted of a part of a run.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Shoppers that were to come.
    pub offered: u64,
    /// Shoppers that were let in.
    pub started: u64,
    /// Shoppers that were not.
    pub dropped: u64,
    /// Requests, and those of them that were refused or not answered.
    pub requests: u64,
    /// Requests that were refused or not answered.
    pub errors: u64,
    /// Orders.
    pub submitted: u64,
    /// Orders that have their verdict.
    pub settled: u64,
    /// Orders that were accepted.
    pub accepted: u64,
    /// Orders that were rejected.
    pub rejected: u64,
    /// Orders that were rejected for each reason; several may count for one.
    pub reasons: BTreeMap<Reason, u64>,
    /// Orders that were called off.
    pub cancelled: u64,
    /// Orders that were not paid in time.
    pub expired: u64,
    /// Orders that were delivered.
    pub delivered: u64,
    /// Pieces that were ordered.
    pub wanted: u64,
    /// Pieces that were delivered.
    pub served: u64,
    /// Minor units that were authorized.
    pub authorized: i64,
    /// Minor units that were captured.
    pub captured: i64,
    /// Minor units of what was rejected or dropped.
    pub refused_sales: i64,
    /// The same by why: of an order with several reasons it is by the first.
    pub refused: BTreeMap<Reason, i64>,
    /// From the submission to the verdict, microseconds.
    pub settle: Histogram<u64>,
    /// From when the last confirmation was due to the verdict, microseconds.
    pub lateness: Histogram<u64>,
    /// Shoppers under way, whenever one comes.
    pub in_flight: Histogram<u64>,
    /// Orders without their verdict, whenever a shopper comes.
    pub pending: Histogram<u64>,
    /// Over REST alone, microseconds: from when any request was to be sent to its answer.
    pub request: Histogram<u64>,
    /// The same of orders.
    pub submit: Histogram<u64>,
    /// From when an order was sent, each time, to its answer.
    pub service: Histogram<u64>,
    /// As `submit`, of those that come from a basket.
    pub checkout: Histogram<u64>,
    /// As `submit`, of payments for orders.
    pub pay: Histogram<u64>,
    /// From the time of an event to when it was heard of.
    pub commit_to_event: Histogram<u64>,
    /// By how much later than intended steps of shoppers began.
    pub lag: Histogram<u64>,
}

/// Above which the generator's own lateness, p99, says that the times it took are figures of itself.
const LAG_MAX: Duration = Duration::from_millis(5);

impl Counts {
    /// Whether the generator was too late itself for the times it took of the mall to count.
    #[must_use]
    pub fn generator_is_late(&self) -> bool {
        u128::from(self.lag.value_at_quantile(0.99)) > LAG_MAX.as_micros()
    }

    /// Minor units of an order, or of a line, were not sold, and why.
    pub fn refuse(&mut self, amount: i64, why: Option<Reason>) {
        self.refused_sales += amount;
        if let Some(why) = why {
            *self.refused.entry(why).or_default() += amount;
        }
    }

    /// What both counted.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        // Every field by its name: one that is added and not here does not compile.
        let Self {
            offered,
            started,
            dropped,
            requests,
            errors,
            submitted,
            settled,
            accepted,
            rejected,
            cancelled,
            expired,
            delivered,
            wanted,
            served,
            reasons,
            authorized,
            captured,
            refused_sales,
            refused,
            settle,
            lateness,
            in_flight,
            pending,
            request,
            submit,
            service,
            checkout,
            pay,
            commit_to_event,
            lag,
        } = other;
        for (reason, count) in reasons {
            *self.reasons.entry(*reason).or_default() += count;
        }
        for (reason, sum) in refused {
            *self.refused.entry(*reason).or_default() += sum;
        }
        for (all, more) in [
            (&mut self.offered, offered),
            (&mut self.started, started),
            (&mut self.dropped, dropped),
            (&mut self.requests, requests),
            (&mut self.errors, errors),
            (&mut self.submitted, submitted),
            (&mut self.settled, settled),
            (&mut self.accepted, accepted),
            (&mut self.rejected, rejected),
            (&mut self.cancelled, cancelled),
            (&mut self.expired, expired),
            (&mut self.delivered, delivered),
            (&mut self.wanted, wanted),
            (&mut self.served, served),
        ] {
            *all += more;
        }
        self.authorized += authorized;
        self.captured += captured;
        self.refused_sales += refused_sales;
        for (all, more) in [
            (&mut self.settle, settle),
            (&mut self.lateness, lateness),
            (&mut self.in_flight, in_flight),
            (&mut self.pending, pending),
            (&mut self.request, request),
            (&mut self.submit, submit),
            (&mut self.service, service),
            (&mut self.checkout, checkout),
            (&mut self.pay, pay),
            (&mut self.commit_to_event, commit_to_event),
            (&mut self.lag, lag),
        ] {
            // Histograms grow as they need to.
            let _ = all.add(more);
        }
        self
    }
}

impl Default for Counts {
    fn default() -> Self {
        let histogram = || Histogram::new(3).expect("a histogram tells one to five digits apart");
        Self {
            offered: 0,
            started: 0,
            dropped: 0,
            requests: 0,
            errors: 0,
            submitted: 0,
            settled: 0,
            accepted: 0,
            rejected: 0,
            reasons: BTreeMap::new(),
            cancelled: 0,
            expired: 0,
            delivered: 0,
            wanted: 0,
            served: 0,
            authorized: 0,
            captured: 0,
            refused_sales: 0,
            refused: BTreeMap::new(),
            settle: histogram(),
            lateness: histogram(),
            in_flight: histogram(),
            pending: histogram(),
            request: histogram(),
            submit: histogram(),
            service: histogram(),
            checkout: histogram(),
            pay: histogram(),
            commit_to_event: histogram(),
            lag: histogram(),
        }
    }
}
