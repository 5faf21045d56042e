//! A scenario over REST: shoppers walk through a running mall in real time, what happens is followed on its live stream, and
//! then what everybody was told is held against its books.
//!
//! * `own_mall`: a mall of the run's own, which can be killed;
//! * `staff`: what whoever runs a mall does over REST.

pub mod error;
mod own_mall;
mod staff;

use crate::domain::clock::Speed;
use crate::domain::participant::Participant;
use crate::ports::journal::RecordedEvent;
use crate::ports::stop::Stop;
use crate::sim::door::Door;
use crate::sim::door::rest::RestDoor;
use crate::sim::door::rest::bodies::Store;
use crate::sim::door::rest::client::{CallError, Client, Request};
use crate::sim::door::rest::clock::MallClock;
use crate::sim::door::rest::follower::{Follower, read_clock};
use crate::sim::door::shelf::Shelf;
use crate::sim::driver::{Beyond, Crowd, Driver, Pace};
use crate::sim::run::faults::{Change, FaultPlan};
use crate::sim::run::finish::{self, Made};
use crate::sim::run::judge::Mode;
use crate::sim::run::measures::Measures;
use crate::sim::run::onlooker::{Shared, Show, Watch, locked};
use crate::sim::run::plan::Plan;
use crate::sim::run::report::{MallTime, Report};
use awc::http::Method;
use error::LiveError;
use own_mall::OwnMall;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use staff::Staff;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How many orders of a trace are under way at a time when they come as fast as it goes: fewer than a mall lets in.
const AT_ONCE_MAX: usize = 2_000;
/// How often it is looked whether everything is settled, and how long nothing may happen that was due.
const LOOK: Duration = Duration::from_millis(100);
const STUCK: Duration = Duration::from_mins(2);
/// How many due instants a mall of the run's own is advanced over at a time.
const INSTANTS: u32 = 1_000;

/// The mall that is driven.
pub enum Target {
    /// One that runs.
    Running {
        /// Its address.
        url: String,
        /// The administrator's token, where it has one.
        admin: Option<SecretString>,
        /// Whether its stores have to be the scenario's.
        exact: bool,
    },
    /// One of the run's own.
    Own,
}

/// Carries out a run, and checks everything afterwards.
///
/// # Errors
/// It could not be made; what was found wrong in the mall is in the report.
pub fn run(plan: &Plan<'_>, target: Target, pace: Pace, show: Show) -> Result<Report, LiveError> {
    actix::System::new().block_on(async {
        let (own, url, admin, exact) = match target {
            Target::Running { url, admin, exact } => (None, url, admin, exact),
            Target::Own => {
                let own = OwnMall::new(&plan.document.scenario.mall)?;
                let url = own.start("127.0.0.1:0").await?;
                (Some(own), url, None, false)
            }
        };
        let client = Rc::new(Client::new(&url, admin));
        LiveRun { plan, client, own: own.as_ref(), exact, pace }.carry_out(show).await
    })
}

/// A run under way.
struct LiveRun<'a> {
    plan: &'a Plan<'a>,
    client: Rc<Client>,
    own: Option<&'a OwnMall>,
    exact: bool,
    pace: Pace,
}

/// What a mall says of itself.
#[derive(Deserialize)]
struct Status {
    currency: String,
}

/// When something is due next.
#[derive(Deserialize)]
struct Due {
    next_due_at: Option<Value>,
}

impl LiveRun<'_> {
    async fn carry_out(&self, show: Show) -> Result<Report, LiveError> {
        let scenario = &self.plan.document.scenario;
        let Status { currency } = self.greet().await?;
        let (reading, position) = read_clock(&self.client).await?;
        let clock = Rc::new(MallClock::new(reading));
        // In a mall of its own, it is the same run as often as it is made; in another's it must not be answered what it was
        // answered before.
        let once = if self.own.is_some() { 0 } else { self.plan.started_at.0 };
        let name = self.plan.name(&once.to_le_bytes());
        let staff = Staff { client: &self.client, name: &name, currency: &currency };
        let goods = Rc::new(Shelf::default());
        let mut notes = self.stock(&staff, &goods).await?;
        if clock.speed() != Speed::PLAIN {
            notes.push(format!(
                "The mall's clock runs {} times as fast as real time, in which shoppers come and think.",
                clock.speed().times()
            ));
        }
        let door = Rc::new(RestDoor::new(self.client.clone(), clock.clone(), goods.clone(), currency.clone()));
        let opening = door.now();
        let last = self.plan.last(opening, self.pace);
        let faults = FaultPlan::of(scenario, &goods, (opening, last), self.plan.seed)?;
        let measures = Measures::new(opening, &self.plan.stretches(opening), faults.outages.clone());
        let measures: Shared = Arc::new(Mutex::new(measures));
        let (heard, verdicts) = (measures.clone(), door.verdicts().clone());
        let hear = Box::new(move |event: &RecordedEvent, after| {
            let mut measures = locked(&heard);
            measures.heard_after(event.occurred_at, after);
            measures.hear(std::slice::from_ref(event));
            verdicts.hear(std::slice::from_ref(event));
        });
        let follower = Follower::new(self.client.clone(), clock.clone(), door.customers().clone(), hear);
        let end = Stop::default();
        let _ends = end.clone().when_dropped();
        let following = tokio::task::spawn_local(follower.run(position, end.clone()));
        let time = door.clone();
        let now = Box::new(move || time.now());
        let watch = Rc::new(Watch::new(self.plan, Mode::Rest, measures.clone(), now, (opening, last), show));
        let driver = Driver::new(door.clone(), watch.clone(), &name);
        let failing = Failing { run: self, staff: &staff, door: &door, touched: BTreeMap::new() };
        let home = Stop::default();
        let shopping = async {
            let sent = self.plan.send(&driver, &goods, opening, self.crowd()).await;
            home.stop();
            sent
        };
        let (shopped, failed) = tokio::join!(shopping, failing.run(faults, &home));
        shopped?;
        failed?;
        let settled = self.settle(&door, &watch, &measures).await?;
        notes.extend(settled);
        watch.show("checking");
        let time = MallTime { from: opening, to: door.now() };
        end.stop();
        // It ends by itself.
        let _ = following.await;
        let books = match self.own {
            Some(own) => own.books(|| watch.show("checking"))?,
            None => staff.books(&door, &goods, opening, self.plan.trace.is_some()).await?,
        };
        let target = self.own.is_none().then(|| self.client.url().to_owned());
        Ok(finish::report(self.plan, Made { mode: Mode::Rest, target, time, notes }, books, &watch, &measures))
    }

    /// Asks the mall what it is, once: who is not there now is not waited for.
    async fn greet(&self) -> Result<Status, LiveError> {
        let path = "/status";
        let reply = self.client.send(Request { method: Method::GET, path, token: None, key: None, body: Vec::new() });
        let reply = reply.await.reply?;
        if !reply.status.is_success() {
            // It says why.
            return Ok(self.client.get(path).await?);
        }
        Ok(self.client.read(&reply)?)
    }

    fn crowd(&self) -> Crowd {
        let most = self.plan.document.scenario.arrivals.max_in_flight;
        match self.pace {
            Pace::AtOnce => Crowd { most: most.min(AT_ONCE_MAX), beyond: Beyond::Waits, pace: self.pace },
            Pace::Plain | Pace::Times(_) => Crowd { most, beyond: Beyond::Dropped, pace: self.pace },
        }
    }

    /// Fills a mall that has no stores, or takes what it has; a trace needs its own products in any case. Answers what there
    /// is to be said of it.
    async fn stock(&self, staff: &Staff<'_>, goods: &Shelf) -> Result<Vec<String>, LiveError> {
        let delay = self.plan.document.scenario.mall.store_delay.ms();
        let stores = staff.stores().await?;
        if self.exact && !stores.is_empty() {
            self.compare(&stores)?;
        }
        let mut notes = Vec::new();
        if stores.is_empty() || self.plan.trace.is_some() {
            staff.fill(&self.plan.stores(), delay, stores.is_empty(), goods).await?;
        } else {
            staff.adopt(&stores, goods).await?;
            let sizes = goods.sizes();
            if sizes.is_empty() {
                return Err(LiveError::NothingToSell);
            }
            notes.push(format!(
                "The mall was used as it is: {} stores, of which {} take part, with {} products. The stores, products, stock, \
                 prices, delays and deadlines of the scenario do not count.",
                stores.len(),
                sizes.len(),
                sizes.iter().sum::<usize>(),
            ));
        }
        if self.plan.trace.is_none() {
            notes.push(finish::ASSUMED.to_owned());
        }
        Ok(notes)
    }

    /// Whether stores are those of the scenario.
    fn compare(&self, stores: &[Store]) -> Result<(), LiveError> {
        let wanted: Vec<String> = self.plan.stores().into_iter().map(|store| store.name).collect();
        let there: Vec<&str> = stores.iter().map(|store| store.name.as_str()).collect();
        if there == wanted {
            return Ok(());
        }
        let there = there.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        Err(LiveError::Another(format!(
            "the scenario has {} stores, {}; this mall has {} others: {there}, …",
            wanted.len(),
            wanted.first().map_or("none", String::as_str),
            stores.len(),
        )))
    }

    /// Waits until every order has its verdict and what was paid is delivered, or as long as the scenario says. A mall of
    /// the run's own is then advanced until nothing is due in it any more. Answers what is to be said of what is open.
    async fn settle(&self, door: &RestDoor, watch: &Watch, measures: &Shared) -> Result<Option<String>, LiveError> {
        let until = self.plan.document.settles_for().map(|span| door.now().plus(span.0));
        let (mut last, mut since) = (0, Instant::now());
        loop {
            watch.show("settling");
            let (waiting, awaited) = {
                let measures = locked(measures);
                let unheard = (watch.ledger.orders() as u64).saturating_sub(measures.all().submitted);
                (unheard + measures.pending() + measures.unshipped(), measures.awaited())
            };
            let now = door.now();
            if waiting == 0 || until.is_some_and(|until| now >= until) {
                break;
            }
            // What is not due yet may take as long as it takes.
            if waiting != last || awaited.is_some_and(|due| due > now) {
                (last, since) = (waiting, Instant::now());
            }
            if since.elapsed() > STUCK {
                return Ok(Some(format!(
                    "{waiting} orders were not settled: for two minutes nothing happened, and everything was due."
                )));
            }
            sleep(LOOK).await;
        }
        if self.own.is_some() && until.is_none() {
            self.advance(watch, measures).await?;
        }
        let (open, pending) = {
            let measures = locked(measures);
            (measures.open() as u64, measures.pending())
        };
        Ok((open > pending)
            .then(|| format!("{} orders were accepted and not paid; they expire in their time.", open - pending)))
    }

    /// Advances the mall's clock from instant to instant until nothing is due any more.
    async fn advance(&self, watch: &Watch, measures: &Shared) -> Result<(), LiveError> {
        let body = json!({"next": INSTANTS}).to_string().into_bytes();
        loop {
            let Due { next_due_at } = self.client.get("/clock").await?;
            if next_due_at.is_none() {
                break;
            }
            match self.client.insist(Method::POST, "/clock/advance", None, body.clone()).await {
                // It is on its way.
                Ok(_) => {}
                Err(CallError::Refused { code, .. }) if code == "clock_advancing" => {}
                Err(error) => return Err(error.into()),
            }
            watch.show("settling");
            sleep(LOOK).await;
        }
        // The news of it is on its way.
        let began = Instant::now();
        while locked(measures).open() > 0 && began.elapsed() < STUCK {
            sleep(LOOK).await;
        }
        Ok(())
    }
}

/// What goes wrong meanwhile.
struct Failing<'a> {
    run: &'a LiveRun<'a>,
    staff: &'a Staff<'a>,
    door: &'a RestDoor,
    /// How those behaved who were told to behave otherwise.
    touched: BTreeMap<Participant, Value>,
}

impl Failing<'_> {
    /// Has everything go wrong at its time, as long as shoppers are there, and leaves everybody as they were.
    async fn run(mut self, plan: FaultPlan, home: &Stop) -> Result<(), LiveError> {
        for (at, change) in plan.changes {
            tokio::select! {
                biased;
                () = home.stopped() => break,
                () = self.door.until(at) => {}
            }
            match (change, self.run.own) {
                (Change::Behave(participant, personality), _) => {
                    if let Entry::Vacant(first) = self.touched.entry(participant) {
                        first.insert(self.staff.personality(participant).await?);
                    }
                    self.staff.behave(participant, &personality).await?;
                }
                (Change::Crash(down), Some(own)) => {
                    let address = self.run.client.url().trim_start_matches("http://").to_owned();
                    own.kill();
                    sleep(down).await;
                    own.start(&address).await?;
                }
                // Such a scenario is refused before.
                (Change::Crash(_), None) => {}
            }
        }
        for (participant, was) in &self.touched {
            self.staff.set(*participant, was).await?;
        }
        Ok(())
    }
}
