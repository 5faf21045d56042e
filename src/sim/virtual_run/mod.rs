//! A scenario in virtual time: a world is opened and filled, shoppers walk through it, what they leave behind is settled,
//! and then everything is checked: the whole journal, and all that anybody was told.
//!
//! * [`ground`]: where the mall is kept, and what it begins as;
//! * [`stocking`]: what it sells;
//! * [`faults`]: what goes wrong;
//! * [`onlooker`] and [`measures`]: what is seen and counted meanwhile;
//! * [`mod@judge`] and [`report`]: what was found.

pub mod course;
pub mod error;
pub mod faults;
pub mod ground;
pub mod judge;
pub mod measures;
pub mod onlooker;
pub mod report;
pub mod stocking;

use crate::db::reads::orders::heads;
use crate::db::reads::totals::{self, totals};
use crate::db::verify::verify;
use crate::domain::participant::Participant;
use crate::domain::personality::Outage;
use crate::domain::time::Timestamp;
use crate::ports::stop::Stop;
use crate::sim::door::Door;
use crate::sim::door::mall::MallDoor;
use crate::sim::door::shelf::Shelf;
use crate::sim::driver::Driver;
use crate::sim::ledger::{Contradiction, Wrong};
use crate::sim::scenario::document::Document;
use crate::sim::scenario::errands::{Catalogue, Errands, phases};
use crate::sim::scenario::model::Scenario;
use crate::sim::scenario::threshold::{Metric, When};
use crate::sim::scenario::trace::{Trace, TraceError};
use crate::sim::world::{self, Options, World};
use data_encoding::HEXLOWER;
use error::RunError;
use faults::FaultPlan;
use futures_util::future::join;
use ground::{Extent, Ground, Prepared};
use judge::{Findings, judge, value};
use measures::{Measures, Stretch};
use onlooker::{Shared, Show, Watch, locked};
use report::{Band, Compared, JournalEnd, MallTime, MoneyTotals, Report, Spread, StockTotals, Verdict};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long before the first shopper a new mall opens: time enough to put a million products on its shelves.
const FILLING: Duration = Duration::from_mins(10);
/// How long is waited for what is open, when it is waited for: longer than any delay and deadline together, so what is
/// open then is stuck.
const SETTLE_MAX: Duration = Duration::from_hours(24 * 30);
/// How long the mall is left alone with what is overdue before it is looked at again.
const OVERDUE: Duration = Duration::from_secs(1);
/// The most problems that are named.
const NAMED: usize = 50;

/// A run that is asked for.
pub struct Plan<'a> {
    /// The scenario.
    pub document: &'a Document,
    /// Orders in place of its shoppers.
    pub trace: Option<&'a Trace>,
    /// Where the mall is kept, and what it begins as.
    pub ground: &'a Ground,
    /// What everything is drawn from.
    pub seed: u64,
    /// What is to be measured beside the thresholds, without the warm-up.
    pub measures: &'a [Metric],
    /// The machine's time, for the report alone.
    pub started_at: Timestamp,
    /// From when on no more shoppers come: those who are there go home, what is open is settled, and the report is made.
    pub stop: Stop,
}

/// Carries out a run, and checks everything afterwards.
///
/// # Errors
/// It could not be made; what was found wrong in the mall is in the report.
pub fn run(plan: &Plan<'_>, show: Show) -> Result<Report, RunError> {
    let prepared = plan.ground.prepare(plan.extent())?;
    world::run(plan.carry_out(&prepared, show))
}

/// A mall that is open for shoppers.
struct Open {
    door: Rc<MallDoor>,
    shelf: Rc<Shelf>,
    opening: Timestamp,
    /// Starts the names and keys of this run.
    name: String,
    notes: Vec<String>,
}

impl Plan<'_> {
    /// How much it is going to write, as far as that is known before.
    fn extent(&self) -> Extent {
        if let Some(trace) = self.trace {
            return Extent::of(trace.totals.orders, trace.totals.lines);
        }
        let catalogue = Catalogue::of(&self.document.scenario);
        Extent::of_shoppers(Errands::new(self.document, &catalogue, self.document.starts_at, self.seed))
    }

    async fn carry_out(&self, prepared: &Prepared, show: Show) -> Result<Report, RunError> {
        let open = self.open(prepared).await?;
        let Open { door, shelf, opening, name, .. } = &open;
        let scenario = &self.document.scenario;
        let last = self.trace.map_or_else(|| opening.plus(scenario.duration.0), |trace| trace.last);
        let faults = FaultPlan::of(scenario, shelf, (*opening, last), self.seed)?;
        let outages = door.world().mall().personalities().into_iter().flat_map(|behaves| {
            let out = behaves.known.personality.outages.clone();
            out.into_iter().map(move |outage| (behaves.participant, outage))
        });
        let outages: Vec<(Participant, Outage)> = outages.chain(faults.outages().iter().copied()).collect();
        let stretches: Vec<Stretch> = self
            .document
            .thresholds
            .0
            .iter()
            .map(|threshold| &threshold.when)
            .chain([&When::Measured])
            .map(|when| self.stretch(when, *opening))
            .collect();
        let measures = Arc::new(Mutex::new(Measures::new(*opening, &stretches, outages)));
        let heard = measures.clone();
        door.world().listen(Arc::new(move |events| locked(&heard).hear(events)));
        let clock = door.clone();
        let watch = Watch::new(measures.clone(), Box::new(move || clock.now()), (*opening, last), show);
        let watch = Rc::new(watch);
        let driver = Driver::new(door.clone(), watch.clone(), name);
        door.until(*opening).await;
        let most = scenario.arrivals.max_in_flight;
        let shopping = async {
            match self.trace {
                None => {
                    let catalogue = stocking::catalogue(shelf);
                    let errands = Errands::new(self.document, &catalogue, *opening, self.seed);
                    driver.send(errands.take_while(|_| !self.stop.is_stopped()), most).await;
                    Ok(())
                }
                Some(trace) => self.replay(&driver, trace, most).await,
            }
        };
        let (shopped, failed) = join(shopping, faults.run(door)).await;
        shopped?;
        failed?;
        self.settle(door, &watch).await?;
        watch.show("checking");
        self.report(&open, &watch, &measures)
    }

    /// Opens the mall, and fills it unless it has stores.
    async fn open(&self, prepared: &Prepared) -> Result<Open, RunError> {
        let scenario = &self.document.scenario;
        let first = self.trace.map_or(self.document.starts_at, |trace| trace.first);
        let before = i64::try_from(FILLING.as_micros()).unwrap_or_default();
        let world = World::open(Options {
            place: prepared.place.clone(),
            start: Some(Timestamp(first.0.saturating_sub(before))),
            store_delay_ms: scenario.mall.store_delay.ms(),
            ..Options::new(self.seed, scenario.mall.policy())
        });
        let opened = world.await.map_err(|error| RunError::from(error).of_beginning(self.ground.start_from.as_deref()));
        let world = Rc::new(opened?);
        let name = self.name(&world);
        let (sold, mall) = (Rc::new(Shelf::default()), world.mall());
        let mut notes = Vec::new();
        if prepared.is_among_temporary_files() {
            notes.push(format!(
                "The journal is going to be too long for the memory, and was kept in {} meanwhile.",
                std::env::temp_dir().display()
            ));
        }
        let stores = stocking::adopt(&mall, &sold).await?;
        let opening = if stores == 0 {
            let plans = match self.trace {
                Some(trace) => stocking::of_trace(trace),
                None => stocking::of_scenario(&scenario.mall, self.seed),
            };
            stocking::fill(&mall, &plans, &sold).await?;
            first.max(world.now())
        } else {
            let sizes = sold.sizes();
            if sizes.is_empty() {
                return Err(RunError::NothingToSell);
            }
            let open = mall.reads().order_counts().await?.into_iter();
            let open: u64 = open.filter(|(status, _)| !status.is_terminal()).map(|(_, orders)| orders).sum();
            notes.push(format!(
                "The mall began as a copy, at its newest event, and was used as it is: {stores} stores, of which {} take part, \
                 with {} products, and {open} open orders. The stores, products, stock and prices of the scenario do not \
                 count.",
                sizes.len(),
                sizes.iter().sum::<usize>(),
            ));
            world.now()
        };
        if self.trace.is_none() {
            notes.push(
                "How long shoppers think, and how many pay and call off, is assumed: there is no open data of it."
                    .to_owned(),
            );
        }
        // Sleeps are of whole milliseconds.
        let opening = Timestamp(opening.0 + (-opening.0).rem_euclid(1_000));
        Ok(Open { door: Rc::new(MallDoor::new(world, sold.clone())), shelf: sold, opening, name, notes })
    }

    /// What starts the keys of this run: in a copy of its own mall it would be answered what it was answered before.
    fn name(&self, world: &World) -> String {
        let tail = world.journal().tail();
        let mut hash = blake3::Hasher::new();
        hash.update(self.document.scenario.name.as_bytes()).update(&self.seed.to_le_bytes());
        hash.update(&tail.position.to_le_bytes()).update(&tail.hash);
        format!("sim-{}", HEXLOWER.encode(&hash.finalize().as_bytes()[..4]))
    }

    fn stretch(&self, when: &When, opening: Timestamp) -> Stretch {
        let at = |seconds: f64| opening.plus(Duration::from_secs_f64(seconds));
        match *when {
            When::Always | When::Abort => Stretch::ALL,
            When::Measured => Stretch { from: opening.plus(self.document.warm_up().0), until: Timestamp::MAX },
            When::Between(from, until) => Stretch { from: opening.plus(from), until: opening.plus(until) },
            When::Phase(phase) => {
                let bounds = phases(&self.document.scenario).nth(phase);
                bounds.map_or(Stretch::ALL, |(_, from, until)| Stretch { from: at(from), until: at(until) })
            }
        }
    }

    /// Sends the orders of a trace.
    async fn replay(&self, driver: &Rc<Driver<MallDoor, Watch>>, trace: &Trace, most: usize) -> Result<(), TraceError> {
        let mut failed = None;
        let orders = trace.errands()?.take_while(|_| !self.stop.is_stopped()).map_while(|read| match read {
            Ok(errand) => Some(errand),
            Err(error) => {
                failed = Some(error);
                None
            }
        });
        driver.send(orders, most).await;
        failed.map_or(Ok(()), Err)
    }

    /// Waits until nothing is due any more, or as long as the scenario says.
    async fn settle(&self, door: &MallDoor, watch: &Watch) -> Result<(), RunError> {
        let end = door.now().plus(self.document.settles_for().map_or(SETTLE_MAX, |span| span.0));
        loop {
            door.world().settle().await;
            watch.show("settling");
            let mall = door.world().opened().await.mall().clone();
            let due = mall.reads().next_due(Timestamp(i64::MIN)).await?;
            let now = door.now();
            match due {
                None => return Ok(()),
                Some(_) if now >= end => return Ok(()),
                // What is overdue the mall asks for again by itself.
                Some(at) => door.until(if at > now { at } else { now.plus(OVERDUE) }.min(end)).await,
            }
        }
    }

    fn report(&self, open: &Open, watch: &Watch, measures: &Shared) -> Result<Report, RunError> {
        let Open { door, opening, notes, .. } = open;
        let (world, scenario) = (door.world(), &self.document.scenario);
        let there = world.look(heads)?;
        let contradictions = watch.ledger.contradictions(|order| there.get(&order).copied());
        let verified = world.look(|conn| verify(conn, |_, _| watch.show("checking")))?;
        let sums = world.look(totals)?;
        // Not before: whoever is shown the checking looks at them as well.
        let measures = locked(measures);
        let mut problems: Vec<String> = verified.problems;
        for invariant in verified.audit.invariants {
            problems.extend(invariant.violations.into_iter().map(|said| format!("{}: {said}", invariant.id)));
        }
        let count = |wrong: &[Wrong]| contradictions.iter().filter(|found| wrong.contains(&found.kind)).count() as u64;
        let findings = Findings {
            lost: count(&[Wrong::Lost]),
            duplicated: count(&[Wrong::Doubled]),
            violations: problems.len() as u64 + count(&[Wrong::TakenBack, Wrong::Altered]),
            stock_left: sums.on_hand - sums.reserved,
        };
        problems.extend(contradictions.iter().map(Contradiction::to_string));
        problems.truncate(NAMED);
        let thresholds = self.document.thresholds.0.iter().enumerate();
        let thresholds: Vec<_> =
            thresholds.map(|(at, threshold)| judge(threshold, measures.of(at), &findings)).collect();
        // The last part is what is measured without the warm-up.
        let warm = measures.of(self.document.thresholds.0.len());
        let values = self.measures.iter().map(|metric| value(metric, warm, &findings).known()).collect();
        let stopped = self.stop.is_stopped();
        let compared = self.trace.filter(|_| !stopped).map_or_else(Vec::new, |trace| compare(trace, &sums));
        let all = measures.all();
        let wrong = findings.lost + findings.duplicated + findings.violations > 0;
        let failed = thresholds.iter().any(|judged| judged.holds == Some(false))
            || compared.iter().any(|total| total.trace != total.mall);
        let tail = world.journal().tail();
        Ok(Report {
            schema: report::SCHEMA,
            scenario: scenario.name.clone(),
            seed: self.seed,
            mode: "virtual",
            target: None,
            started_at: self.started_at,
            mall_time: MallTime { from: *opening, to: door.now() },
            verdict: match (wrong, failed, stopped) {
                (true, _, _) => Verdict::Violated,
                (false, true, _) => Verdict::Failed,
                (false, false, true) => Verdict::Stopped,
                (false, false, false) => Verdict::Passed,
            },
            notes: notes.clone(),
            totals: report::Totals {
                pending: measures.open() as u64,
                lost: findings.lost,
                duplicated: findings.duplicated,
                violations: findings.violations,
                ..report::totals(all)
            },
            money: MoneyTotals { authorized: all.authorized, captured: all.captured, refused_sales: all.refused_sales },
            stock: StockTotals { shipped: all.served, left: findings.stock_left },
            course: measures.course().clone(),
            bands: bands(scenario),
            latency_ms: BTreeMap::from([("settle", Spread::of(&all.settle)), ("lateness", Spread::of(&all.lateness))]),
            thresholds,
            measured: values,
            trace: compared,
            problems,
            journal: JournalEnd { position: tail.position, head: HEXLOWER.encode(&tail.hash) },
        })
    }
}

/// When something goes wrong by the scenario, or the rate changes.
fn bands(scenario: &Scenario) -> Vec<Band> {
    let whole = scenario.duration.0;
    let faults = scenario.faults.iter().flat_map(|(of, faults)| {
        faults.0.iter().map(move |fault| {
            let lasts = fault.crash.or(fault.lasts).map_or_else(|| whole.saturating_sub(fault.at.0), |lasts| lasts.0);
            Band::of(format!("{}: {}", of.get_ref(), fault.name()), fault.at.0, fault.at.0 + lasts)
        })
    });
    let phases = phases(scenario).map(|(name, from, until)| {
        let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or(whole);
        Band::of(name.to_owned(), seconds(from), seconds(until))
    });
    faults.chain(phases).collect()
}

/// What a trace and a mall that was opened for it have to agree on.
fn compare(trace: &Trace, sums: &totals::Totals) -> Vec<Compared> {
    let of = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let said = trace.totals;
    let (amount, pieces) = (of(said.amount), of(said.pieces));
    [
        ("orders delivered", of(said.orders), of(sums.delivered)),
        ("orders with total 0", of(said.free_orders), of(sums.delivered_free)),
        ("customers", of(said.customers), of(sums.customers)),
        ("units shipped", pieces, pieces - sums.on_hand),
        ("units left on the shelf", 0, sums.on_hand - sums.reserved),
        ("units still reserved", 0, sums.reserved),
        ("money of the orders", amount, sums.sold),
        ("money captured", amount, sums.captured),
        ("money authorized", amount, sums.authorized),
        ("money still held", 0, sums.held),
        ("money refunded", 0, sums.refunded),
    ]
    .map(|(name, trace, mall)| Compared { name, trace, mall })
    .into()
}
