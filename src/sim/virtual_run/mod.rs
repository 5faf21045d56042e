//! A scenario in virtual time: a world is opened and filled, shoppers walk through it, what they leave behind is settled,
//! and then everything is checked: the whole journal, and all that anybody was told.
//!
//! * [`ground`]: where the mall is kept, and what it begins as;
//! * [`stocking`]: it is filled, or taken as it is;
//! * `faults`: what goes wrong.

pub mod error;
mod faults;
pub mod ground;
pub mod stocking;

use crate::db::reads::orders::heads;
use crate::db::reads::totals::totals;
use crate::db::verify::verify;
use crate::domain::participant::Participant;
use crate::domain::personality::Outage;
use crate::domain::time::Timestamp;
use crate::sim::door::Door;
use crate::sim::door::mall::MallDoor;
use crate::sim::door::shelf::Shelf;
use crate::sim::driver::{Beyond, Crowd, Driver, Pace};
use crate::sim::run::faults::FaultPlan;
use crate::sim::run::finish::{self, Books, Made};
use crate::sim::run::judge::Mode;
use crate::sim::run::measures::Measures;
use crate::sim::run::onlooker::{Shared, Show, Watch, locked};
use crate::sim::run::plan::Plan;
use crate::sim::run::report::{JournalEnd, MallTime, Report};
use crate::sim::scenario::errands::{Catalogue, Errands};
use crate::sim::world::{self, Options, World};
use data_encoding::HEXLOWER;
use error::RunError;
use futures_util::future::join;
use ground::{Extent, Ground, Prepared};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long before the first shopper a new mall opens: time enough to put a million products on its shelves.
const FILLING: Duration = Duration::from_mins(10);
/// How many products are put on shelves at a time: fewer than a mall lets in.
const FILLED_AT_ONCE: usize = 256;
/// How long is waited for what is open, when it is waited for: longer than any delay and deadline together, so what is
/// open then is stuck.
const SETTLE_MAX: Duration = Duration::from_hours(24 * 30);
/// How long the mall is left alone with what is overdue before it is looked at again.
const OVERDUE: Duration = Duration::from_secs(1);

/// Carries out a run on a ground, and checks everything afterwards.
///
/// # Errors
/// It could not be made; what was found wrong in the mall is in the report.
pub fn run(plan: &Plan<'_>, ground: &Ground, show: Show) -> Result<Report, RunError> {
    let run = Run { plan, ground };
    let prepared = ground.prepare(run.extent())?;
    world::run(run.carry_out(&prepared, show))
}

/// A run under way.
struct Run<'a> {
    plan: &'a Plan<'a>,
    ground: &'a Ground,
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

impl Run<'_> {
    /// How much it is going to write, as far as that is known before.
    fn extent(&self) -> Extent {
        if let Some(trace) = self.plan.trace {
            return Extent::of(trace.totals.orders, trace.totals.lines);
        }
        let catalogue = Catalogue::of(&self.plan.document.scenario);
        Extent::of_shoppers(Errands::new(self.plan.document, &catalogue, self.plan.document.starts_at, self.plan.seed))
    }

    async fn carry_out(&self, prepared: &Prepared, show: Show) -> Result<Report, RunError> {
        let open = self.open(prepared).await?;
        let Open { door, shelf, opening, name, .. } = &open;
        let scenario = &self.plan.document.scenario;
        let last = self.plan.last(*opening, Pace::Plain);
        let faults = FaultPlan::of(scenario, shelf, (*opening, last), self.plan.seed)?;
        let outages = door.world().mall().personalities().into_iter().flat_map(|behaves| {
            let out = behaves.known.personality.outages.clone();
            out.into_iter().map(move |outage| (behaves.participant, outage))
        });
        let outages: Vec<(Participant, Outage)> = outages.chain(faults.outages.iter().copied()).collect();
        let mut measures = Measures::new((*opening, last), &self.plan.stretches((*opening, last)), outages);
        measures.know(stocking::count(&door.world().mall(), shelf).await?);
        let measures = Arc::new(Mutex::new(measures));
        let heard = measures.clone();
        door.world().listen(Arc::new(move |events| locked(&heard).hear(events)));
        let clock = door.clone();
        let watch = Watch::new(
            self.plan,
            Mode::Virtual,
            measures.clone(),
            Box::new(move || clock.now()),
            (*opening, last),
            show,
        );
        let watch = Rc::new(watch);
        let driver = Driver::closing(door.clone(), watch.clone(), name, self.plan.ends());
        door.until(*opening).await;
        let crowd = Crowd { most: scenario.arrivals.max_in_flight, beyond: Beyond::Dropped, pace: Pace::Plain };
        let shopping = self.plan.send(&driver, shelf, *opening, crowd);
        let (shopped, failed) = join(shopping, faults::run(faults, door)).await;
        shopped?;
        failed?;
        self.settle(door, &watch).await?;
        watch.show("checking");
        self.report(open, &watch, &measures)
    }

    /// Opens the mall, and fills it unless it has stores.
    async fn open(&self, prepared: &Prepared) -> Result<Open, RunError> {
        let scenario = &self.plan.document.scenario;
        let first = self.plan.trace.map_or(self.plan.document.starts_at, |trace| trace.first);
        let before = i64::try_from(FILLING.as_micros()).unwrap_or_default();
        let world = World::open(Options {
            place: prepared.place.clone(),
            start: Some(Timestamp(first.0.saturating_sub(before))),
            store_delay_ms: scenario.mall.store_delay.ms(),
            ..Options::new(self.plan.seed, scenario.mall.policy())
        });
        let opened = world.await.map_err(|error| RunError::from(error).of_beginning(self.ground.start_from.as_deref()));
        let world = Rc::new(opened?);
        // In a copy of its own mall it would be answered what it was answered before.
        let tail = world.journal().tail();
        let name = self.plan.name(&[&tail.position.to_le_bytes()[..], &tail.hash].concat());
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
            stocking::fill(&mall, &self.plan.stores(), &sold, FILLED_AT_ONCE).await?;
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
        if self.plan.trace.is_none() {
            notes.push(finish::ASSUMED.to_owned());
        }
        // Sleeps are of whole milliseconds.
        let opening = Timestamp(opening.0 + (-opening.0).rem_euclid(1_000));
        Ok(Open { door: Rc::new(MallDoor::new(world, sold.clone())), shelf: sold, opening, name, notes })
    }

    /// Waits until nothing is due any more, or as long as the scenario says.
    async fn settle(&self, door: &MallDoor, watch: &Watch) -> Result<(), RunError> {
        let end = door.now().plus(self.plan.document.settles_for().map_or(SETTLE_MAX, |span| span.0));
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

    fn report(&self, open: Open, watch: &Watch, measures: &Shared) -> Result<Report, RunError> {
        let Open { door, opening, notes, .. } = open;
        let world = door.world();
        let orders = world.look(heads)?;
        let verified = world.look(|conn| verify(conn, |_, _| watch.show("checking")))?;
        let (sums, tail) = (world.look(totals)?, world.journal().tail());
        let books = Books {
            orders,
            sums,
            problems: verified.into_problems(),
            journal: JournalEnd { position: tail.position, head: Some(HEXLOWER.encode(&tail.hash)) },
        };
        let time = MallTime { from: opening, to: door.now() };
        let made = Made { mode: Mode::Virtual, target: None, time, distrust: Vec::new(), notes };
        Ok(finish::report(self.plan, made, Some(books), watch, measures))
    }
}
