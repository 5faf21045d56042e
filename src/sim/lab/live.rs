//! A simulation in the mall that serves people: on a thread of its own, through the mall's own functions.
//!
//! Shoppers live in the mall's time. What is recorded of them is for ever, as all that happens in the mall.

use super::books::checked;
use super::failing::Failing;
use super::handiwork::Turn;
use super::here::Here;
use super::record::{AGAIN, Change, Steered};
use super::running::{Running, locked};
use crate::actors::mall::Mall;
use crate::domain::event::StreamKind;
use crate::domain::time::Timestamp;
use crate::ports::feed::LiveEvents;
use crate::ports::journal::RecordedEvent;
use crate::ports::reads::events::EventFilter;
use crate::ports::reads::{ReadError, ReadModel};
use crate::ports::stop::Stop;
use crate::sim::door::inside::InsideDoor;
use crate::sim::door::shelf::Shelf;
use crate::sim::door::{Door, Since};
use crate::sim::driver::{Beyond, Crowd, Driver, Pace};
use crate::sim::run::faults::{FaultPlan, NoSuchStore};
use crate::sim::run::finish::{self, Made};
use crate::sim::run::judge::Mode;
use crate::sim::run::measures::Measures;
use crate::sim::run::onlooker::{Glance, Shared, Show, Watch};
use crate::sim::run::plan::Plan;
use crate::sim::run::report::{Band, MallTime, Report};
use crate::sim::run::stock::catalogue;
use crate::sim::scenario::document::Document;
use crate::sim::scenario::errands::Errands;
use crate::sim::virtual_run::error::RunError;
use crate::sim::virtual_run::stocking;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep};

/// How often there is a point of it.
const POINT: Duration = Duration::from_secs(1);
/// How often it is looked how far it is.
const TICK: Duration = Duration::from_millis(200);
/// For how long verdicts may be overdue without one coming.
const STUCK: Duration = Duration::from_mins(2);
/// How many products are put on shelves at a time, beside the people the mall serves.
const FILLED_AT_ONCE: usize = 32;
/// Rows of a list that are read at a time.
const PAGE: usize = 1_000;

/// Why a simulation in this mall could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The mall could not be stocked.
    #[error(transparent)]
    Stocking(#[from] RunError),
    /// A fault is of a store that is not there.
    #[error(transparent)]
    NoSuchStore(#[from] NoSuchStore),
    /// It was ended before the first shopper came, or its mall ends.
    #[error("it was ended before it was checked")]
    Ended,
    /// There is nothing to buy.
    #[error("no store of this mall takes part and sells something that Plaza itself serves")]
    NothingToSell,
    /// The mall could not be asked.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// A simulation in this mall.
pub struct LiveRun<'a> {
    /// The mall.
    pub here: &'a Here,
    /// What is asked.
    pub document: &'a Document,
    /// What everything is drawn from.
    pub seed: u64,
    /// By the machine's clock.
    pub started_at: Timestamp,
    /// The most shoppers.
    pub most: u64,
    /// Who watches it.
    pub running: &'a Arc<Running>,
    /// What they change.
    pub changes: UnboundedReceiver<Change>,
}

/// The run, open for shoppers.
struct Open<'a> {
    plan: &'a Plan<'a>,
    door: Rc<InsideDoor>,
    shelf: &'a Shelf,
    since: Since,
    last: Timestamp,
    name: String,
    watch: Rc<Watch>,
    measures: &'a Shared,
    most: u64,
}

impl LiveRun<'_> {
    /// Carries it out, and checks what can be checked in a mall that goes on.
    ///
    /// # Errors
    /// It could not be carried out; what was found wrong is in the report.
    pub async fn carry_out(self) -> Result<Report, LiveError> {
        let Self { here, document, seed, started_at, most, running, mut changes } = self;
        let plan = Plan {
            document,
            trace: None,
            seed,
            measures: &[],
            started_at,
            stop: running.stop.clone(),
            halt: Stop::default(),
        };
        let mall = &here.mall;
        let goods = Rc::new(Shelf::default());
        let notes = tokio::select! {
            biased;
            () = running.end.stopped() => return Err(LiveError::Ended),
            notes = stock(mall, &plan, &goods) => notes?,
        };
        let door = Rc::new(InsideDoor::new(mall.clone(), goods.clone()));
        // Joined before the first shopper: nothing that they cause is missed.
        let (feed, after) = (here.feed.subscribe(), mall.journal().head());
        let opening = door.now();
        let span = (opening, plan.last(opening, Pace::Plain));
        let faults = FaultPlan::of(&document.scenario, &goods, span, seed)?;
        let outages = mall.personalities().into_iter().flat_map(|behaves| {
            let out = behaves.known.personality.outages.clone();
            out.into_iter().map(move |outage| (behaves.participant, outage))
        });
        let outages = outages.chain(faults.outages.iter().copied()).collect();
        let mut measures = Measures::new(span, &plan.stretches(span), outages);
        measures.know(stocking::count(mall, &goods).await?);
        let measures: Shared = Arc::new(Mutex::new(measures));
        let time = door.clone();
        let watch =
            Watch::new(&plan, Mode::Live, measures.clone(), Box::new(move || time.now()), span, points(running));
        let open = Open {
            plan: &plan,
            name: plan.name(&started_at.0.to_le_bytes()),
            door,
            shelf: &goods,
            since: Since { at: Instant::now(), time: opening },
            last: span.1,
            watch: Rc::new(watch),
            measures: &measures,
            most,
        };
        let over = Stop::default();
        let _over = over.clone().when_dropped();
        let following =
            follow(here.reads.clone(), feed, after, open.door.clone(), measures.clone(), running.clone(), over);
        let following = tokio::task::spawn_local(following);
        let failing = Failing { mall, door: &open.door, touched: RefCell::default() };
        let mut distrust = open.shop(&failing, faults, &mut changes, running).await;
        running.settles();
        distrust.extend(failing.restore().await);
        if running.closes.is_stopped() {
            return Err(LiveError::Ended);
        }
        distrust.extend(open.settle(&running.end).await);
        open.watch.show("checking");
        let books = checked(here, &open.door, &goods, opening, || open.watch.show("checking")).await;
        if books.is_none() {
            distrust.push("The mall's books could not be read: nothing was checked.".to_owned());
        }
        following.abort();
        let time = MallTime { from: opening, to: open.door.now() };
        let made = Made { mode: Mode::Live, target: None, time, distrust, notes };
        let mut report = finish::report(&plan, made, books, &open.watch, &measures);
        let steered = running.record().steered;
        let ended = time.to.min(span.1);
        let mut turns = turns(&steered);
        turns.extend(locked(&running.handiwork).turns().iter().cloned());
        turns.sort_by_key(|turn| turn.at);
        report.bands.extend(bands(&turns, opening, ended));
        for Turn { at, of, said } in &turns {
            let said = said.clone().unwrap_or_else(|| format!("{of} as before"));
            report.notes.push(format!("From {:.19} on: {said}.", at.to_string()));
        }
        Ok(report)
    }
}

/// What was changed of who comes.
fn turns(steered: &[Steered]) -> Vec<Turn> {
    let of = |Steered { at, change }: &Steered| {
        let at = *at;
        // That shoppers come again is as it was.
        let turn =
            move |(of, said): (&str, String)| Turn { at, of: of.to_owned(), said: (said != AGAIN).then_some(said) };
        change.said().map(turn).collect::<Vec<_>>()
    };
    steered.iter().flat_map(of).collect()
}

/// What was otherwise, each until the same is said again, or nobody comes any more.
fn bands(turns: &[Turn], opening: Timestamp, ended: Timestamp) -> Vec<Band> {
    let after = |time: Timestamp| Duration::from_micros(time.micros_since(opening));
    let mut lasting: BTreeMap<&str, (&str, Timestamp)> = BTreeMap::new();
    let mut bands = Vec::new();
    for Turn { at, of, said } in turns.iter().filter(|turn| turn.at < ended) {
        let before = match said {
            Some(said) => lasting.insert(of, (said, *at)),
            None => lasting.remove(&**of),
        };
        if let Some((said, from)) = before {
            bands.push(Band::of(said.to_owned(), after(from), after(*at)));
        }
    }
    let still = lasting.into_values();
    bands.extend(still.map(|(said, from)| Band::of(said.to_owned(), after(from), after(ended.max(from)))));
    bands.sort_by_key(|band| band.from_ms);
    bands
}

/// Tells whoever watches how far it is, once a second.
fn points(running: &Arc<Running>) -> Show {
    let (running, last) = (running.clone(), Cell::new(None::<(Instant, &'static str)>));
    let told = Cell::new(None::<Timestamp>);
    Rc::new(move |look: &dyn Glance| {
        let doing = look.doing();
        if last.get().is_none_or(|(last, before)| before != doing || last.elapsed() >= POINT) {
            last.set(Some((Instant::now(), doing)));
            let mut point = look.point();
            let since = told.replace(Some(point.at)).unwrap_or(point.at);
            point.during.extend(locked(&running.handiwork).between(since, point.at));
            running.point(&point);
            running.show(&look.picture());
        }
    })
}

/// Fills a mall that has no stores, or takes what it has; answers what there is to be said of it.
async fn stock(mall: &Mall, plan: &Plan<'_>, shelf: &Shelf) -> Result<Vec<String>, LiveError> {
    let mut notes = vec![finish::ASSUMED.to_owned()];
    match stocking::adopt(mall, shelf).await? {
        0 => stocking::fill(mall, &plan.stores(), shelf, FILLED_AT_ONCE).await?,
        stores => {
            let sizes = shelf.sizes();
            if sizes.is_empty() {
                return Err(LiveError::NothingToSell);
            }
            notes.push(format!(
                "The mall was used as it is: {stores} stores, of which {} take part, with {} products. The stores, products, \
                 stock and prices of the scenario do not count.",
                sizes.len(),
                sizes.iter().sum::<usize>(),
            ));
        }
    }
    notes.push("Delays and deadlines are the mall's. Times are without HTTP.".to_owned());
    Ok(notes)
}

/// Hears what happens in the mall until the run is over.
async fn follow(
    reads: Arc<dyn ReadModel>,
    mut feed: LiveEvents,
    mut heard: u64,
    door: Rc<InsideDoor>,
    measures: Shared,
    running: Arc<Running>,
    over: Stop,
) {
    let plain = door.mall().clock().speed();
    let hear = |heard: &mut u64, events: &[RecordedEvent]| {
        let news = events.iter().position(|event| event.position > *heard).map_or(&[][..], |first| &events[first..]);
        let Some(last) = news.last() else { return };
        *heard = last.position;
        let ours = door.hear(news);
        let stores = news.iter().filter(|event| event.stream == StreamKind::Store);
        let clock = door.mall().clock();
        let (now, speed) = (clock.now(), clock.speed());
        let mut measures = locked(&measures);
        measures.passes(speed);
        for event in &ours {
            // While time stands still nobody knows.
            if let Some(after) = speed.real(now.micros_since(event.occurred_at)) {
                measures.heard_after(event.occurred_at, after);
            }
        }
        measures.hear(&ours);
        stores.for_each(|event| measures.hear(std::slice::from_ref(event)));
        let mut handiwork = locked(&running.handiwork);
        for event in news {
            handiwork.hear(event, plain, |who| measures.name(who));
        }
    };
    while !over.is_stopped() {
        match feed.next().await {
            Ok(events) => hear(&mut heard, &events),
            // What was left out is in the read model.
            Err(_lagged) => loop {
                let filter = EventFilter { after: Some(heard), ..EventFilter::default() };
                match reads.events(filter, PAGE).await {
                    Ok(page) if page.events.is_empty() => break,
                    Ok(page) => hear(&mut heard, &page.events),
                    Err(_busy) => sleep(TICK).await,
                }
            },
        }
    }
}

impl Open<'_> {
    /// Sends everybody in who is to come, however that is changed meanwhile, and has everything go wrong at its time;
    /// answers what is to be said of it.
    async fn shop(
        &self,
        failing: &Failing<'_>,
        faults: FaultPlan,
        changes: &mut UnboundedReceiver<Change>,
        running: &Running,
    ) -> Vec<String> {
        let home = Stop::default();
        let shopping = async {
            let stuck = tokio::select! {
                biased;
                // At once: nobody waits for those who are there.
                () = running.end.stopped() => None,
                stuck = self.crowds(changes, running) => stuck,
            };
            home.stop();
            stuck
        };
        // Whoever is being told how to behave hears it to the end.
        let (stuck, failed) = futures_util::future::join(shopping, failing.run(faults, &home)).await;
        stuck.into_iter().chain(failed).collect()
    }

    /// One crowd after the other: with every change another one comes.
    async fn crowds(&self, changes: &mut UnboundedReceiver<Change>, running: &Running) -> Option<String> {
        let mut crowds = FuturesUnordered::new();
        let (mut document, mut is_paused, mut number) = (self.plan.document.clone(), false, 1);
        let mut closes = Stop::default();
        let ends = |closes: &Stop| self.plan.ends().into_iter().chain([closes.clone()]).collect();
        let mut driver = Driver::closing(self.door.clone(), self.watch.clone(), &self.name, ends(&closes));
        crowds.push(self.come(driver.clone(), document.clone(), Timestamp(i64::MIN)));
        let mut overdue = Overdue::default();
        loop {
            // It lasts as long as the scenario says, also where nobody comes for a time: somebody may come again.
            let is_over = self.door.now() >= self.last || self.plan.is_cut_short();
            let is_full = locked(self.measures).all().offered >= self.most;
            if is_over || is_full {
                running.settles();
            }
            if crowds.is_empty() && (is_over || is_full) {
                let most = self.most;
                return is_full.then(|| format!("As many came as were allowed, {most}: nobody came after them."));
            }
            tokio::select! {
                biased;
                Some(change) = changes.recv() => {
                    let now = self.door.now();
                    closes.stop();
                    is_paused = change.arrivals_paused.unwrap_or(is_paused);
                    steer(&mut document, &change, Duration::from_micros(now.micros_since(self.since.time)));
                    if !is_paused {
                        number += 1;
                        closes = Stop::default();
                        driver = driver.again(&format!("{}-{number}", self.name), ends(&closes));
                        crowds.push(self.come(driver.clone(), document.clone(), now));
                    }
                }
                Some(()) = crowds.next(), if !crowds.is_empty() => {}
                () = sleep(TICK) => {
                    self.watch.look();
                    self.watch.show("shopping");
                    if overdue.lasts(self) >= STUCK {
                        return Some("For two minutes verdicts were overdue and none came: the shoppers were sent home.".to_owned());
                    }
                }
            }
        }
    }

    /// Those come who are to come from then on.
    async fn come(&self, driver: Rc<Driver<InsideDoor, Watch>>, document: Document, from: Timestamp) {
        let came = usize::try_from(from.micros_since(self.since.time) / 1_000).unwrap_or_default();
        let left = usize::try_from(self.most.saturating_sub(locked(self.measures).all().offered)).unwrap_or(usize::MAX);
        let errands = Errands::new(&document, &catalogue(self.shelf), self.since.time, self.plan.seed);
        let errands = errands.skip_while(move |errand| errand.at_ms < came as u64).take(left);
        let most = document.scenario.arrivals.max_in_flight;
        driver.send_since(self.since, errands, Crowd { most, beyond: Beyond::Dropped, pace: Pace::Plain }).await;
    }

    /// Waits until every order has its verdict and what was paid is delivered, or as long as the scenario says; answers what is
    /// to be said of what is open.
    async fn settle(&self, end: &Stop) -> Vec<String> {
        let until = self.plan.document.settles_for().map(|span| self.door.now().plus(span.0));
        let mut overdue = Overdue::default();
        let mut said = Vec::new();
        while !end.is_stopped() {
            self.watch.show("settling");
            let waiting = {
                let measures = locked(self.measures);
                measures.pending() + measures.unshipped()
            };
            if waiting == 0 || until.is_some_and(|until| self.door.now() >= until) {
                break;
            }
            if overdue.lasts(self) >= STUCK {
                said.push(format!("{waiting} orders were overdue, and for two minutes nothing came."));
                break;
            }
            sleep(TICK).await;
        }
        if end.is_stopped() {
            said.push("It was ended at once: what was open then was not waited for.".to_owned());
        }
        let unpaid = {
            let measures = locked(self.measures);
            (measures.open() as u64).saturating_sub(measures.pending() + measures.unshipped())
        };
        if unpaid > 0 {
            said.push(match unpaid {
                1 => "One order was accepted and not paid; it expires in its time.".to_owned(),
                many => format!("{many} orders were accepted and not paid; they expire in their time."),
            });
        }
        said
    }
}

/// How long verdicts have been overdue while none came and the mall's time went on.
#[derive(Default)]
struct Overdue {
    seen: Option<(u64, Instant)>,
}

impl Overdue {
    fn lasts(&mut self, run: &Open<'_>) -> Duration {
        let (settled, awaited) = {
            let measures = locked(run.measures);
            (measures.all().settled, measures.awaited())
        };
        let is_overdue = awaited.is_some_and(|due| due <= run.door.now()) && !run.door.is_paused();
        match self.seen {
            Some((before, since)) if is_overdue && before == settled => since.elapsed(),
            _ => {
                self.seen = Some((settled, Instant::now()));
                Duration::ZERO
            }
        }
    }
}

/// Changes a scenario that has been running for so long.
fn steer(document: &mut Document, change: &Change, after: Duration) {
    let scenario = &mut document.scenario;
    if let Some(rate) = change.rate {
        scenario.turn(after, rate);
    }
    if let Some(share) = change.too_little_money {
        scenario.shopper.too_little_money.0 = share;
    }
}
