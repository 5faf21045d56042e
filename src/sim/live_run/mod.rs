//! A scenario over REST: shoppers walk through a running mall in real time, what happens is followed on its live stream, and
//! then what everybody was told is held against its books.
//!
//! * `own_mall`: a mall of the run's own, which can be killed;
//! * `staff`: what whoever runs a mall does over REST;
//! * `failing`: what goes wrong;
//! * `overseer`: who sees to it that the run comes to its end.

pub mod error;
mod failing;
mod overseer;
mod own_mall;
mod staff;

use crate::domain::clock::Speed;
use crate::ports::journal::RecordedEvent;
use crate::ports::stop::Stop;
use crate::sim::door::Door;
use crate::sim::door::rest::RestDoor;
use crate::sim::door::rest::bodies::Store;
use crate::sim::door::rest::client::{Client, Request};
use crate::sim::door::rest::clock::MallClock;
use crate::sim::door::rest::follower::{Follower, read_clock};
use crate::sim::door::shelf::Shelf;
use crate::sim::driver::{Beyond, Crowd, Driver, Pace};
use crate::sim::run::faults::FaultPlan;
use crate::sim::run::finish::{self, Made};
use crate::sim::run::judge::Mode;
use crate::sim::run::measures::Measures;
use crate::sim::run::onlooker::{Shared, Show, Watch, locked};
use crate::sim::run::plan::Plan;
use crate::sim::run::report::{MallTime, Report};
use awc::http::Method;
use error::LiveError;
use failing::Failing;
use futures_util::future::try_join;
use overseer::Overseer;
use own_mall::OwnMall;
use secrecy::SecretString;
use serde::Deserialize;
use staff::{Behaves, Staff};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

/// How many orders of a trace are under way at a time when they come as fast as it goes: fewer than a mall lets in.
const AT_ONCE_MAX: usize = 2_000;

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
pub fn run(plan: &Plan<'_>, target: &Target, pace: Pace, connections: usize, show: Show) -> Result<Found, LiveError> {
    actix::System::new().block_on(async {
        let (own, url, admin, exact) = match target {
            Target::Running { url, admin, exact } => (None, url.clone(), admin.clone(), *exact),
            Target::Own => {
                let own = OwnMall::new(&plan.document.scenario.mall)?;
                let url = own.start("127.0.0.1:0").await?;
                (Some(own), url, None, false)
            }
        };
        let client = Rc::new(Client::new(&url, admin, connections));
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

/// What a run found, and why the mall could not be checked, if it could not.
pub struct Found {
    /// What was found.
    pub report: Report,
    /// Why nothing was checked.
    pub failure: Option<LiveError>,
}

impl LiveRun<'_> {
    async fn carry_out(&self, show: Show) -> Result<Found, LiveError> {
        let scenario = &self.plan.document.scenario;
        let Status { currency } = self.greet().await?;
        let (reading, position) = read_clock(&self.client).await?;
        if reading.speed != Speed::PLAIN {
            return Err(LiveError::AnotherTime(reading.speed.times()));
        }
        let clock = Rc::new(MallClock::new(reading));
        // In a mall of its own, it is the same run as often as it is made; in another's it must not be answered what it was
        // answered before.
        let once = if self.own.is_some() { 0 } else { self.plan.started_at.0 };
        let name = self.plan.name(&once.to_le_bytes());
        let staff = Staff { client: &self.client, name: &name, currency: &currency };
        let goods = Rc::new(Shelf::default());
        let mut notes = self.stock(&staff, &goods).await?;
        let door = Rc::new(RestDoor::new(self.client.clone(), clock.clone(), goods.clone(), currency.clone()));
        let opening = door.now();
        let span = (opening, self.plan.last(opening, self.pace));
        let faults = FaultPlan::of(scenario, &goods, span, self.plan.seed)?;
        let outages = staff.personalities().await?.into_iter().flat_map(|Behaves { participant, personality }| {
            personality.outages.into_iter().map(move |outage| (participant, outage))
        });
        // Who orders before an outage that is to come may have to wait for it too.
        let outages = outages.chain(faults.outages.iter().copied()).collect();
        let measures = Measures::new(span, &self.plan.stretches(span), outages);
        let measures: Shared = Arc::new(Mutex::new(measures));
        let (told, verdicts) = (measures.clone(), door.verdicts().clone());
        let hear = Box::new(move |event: &RecordedEvent, after| {
            let mut measures = locked(&told);
            measures.heard_after(event.occurred_at, after);
            measures.hear(std::slice::from_ref(event));
            verdicts.hear(std::slice::from_ref(event));
        });
        let follower = Follower::new(self.client.clone(), clock.clone(), door.customers().clone(), hear);
        let heard = follower.heard().clone();
        let end = Stop::default();
        let _ends = end.clone().when_dropped();
        let following = tokio::task::spawn_local(follower.run(position, end.clone()));
        let time = door.clone();
        let watch = Watch::new(self.plan, Mode::Rest, measures.clone(), Box::new(move || time.now()), span, show);
        let watch = Rc::new(watch);
        let driver = Driver::closing(door.clone(), watch.clone(), &name, self.plan.ends());
        let failing = Failing {
            own: self.own,
            url: self.client.url(),
            staff: &staff,
            clock: &clock,
            touched: RefCell::default(),
        };
        let home = Stop::default();
        let shopping = async {
            let sent = self.plan.send(&driver, &goods, opening, self.crowd()).await;
            home.stop();
            sent.map_err(LiveError::from)
        };
        let over = Overseer {
            plan: self.plan,
            client: &self.client,
            own: self.own.is_some(),
            watch: &watch,
            measures: &measures,
            heard: &heard,
            clock: &clock,
        };
        let mut distrust = Vec::new();
        let gone = tokio::select! {
            biased;
            gone = try_join(shopping, failing.run(faults, &home)) => gone.map(|((), said)| said),
            said = over.stuck() => Ok(vec![said]),
            // By the scenario, or by whoever runs it, it ends here, for everybody.
            () = self.plan.halt.stopped() => Ok(Vec::new()),
            () = self.plan.stop.stopped() => Ok(Vec::new()),
        };
        distrust.extend(failing.restore().await);
        distrust.extend(gone?);
        if clock.was_set() && self.own.is_none() {
            distrust
                .push("Somebody set the mall's clock meanwhile; shoppers came and thought in real time.".to_owned());
        }
        // What was measured is told whatever becomes of the mall now.
        let books = async {
            notes.extend(over.settle().await?);
            watch.show("checking");
            match self.own {
                Some(own) => own.books(|| watch.show("checking")).await,
                None => Ok(staff.books(&door, &goods, opening, self.plan.trace.is_some()).await?),
            }
        };
        let books = books.await;
        let time = MallTime { from: opening, to: door.now() };
        end.stop();
        // It ends by itself.
        let _ = following.await;
        let (books, failure) = match books {
            Ok(books) => (Some(books), None),
            Err(error) => (None, Some(error)),
        };
        if failure.is_some() {
            distrust.push("The mall's books could not be read: nothing was checked.".to_owned());
        }
        let target = self.own.is_none().then(|| self.client.url().to_owned());
        let made = Made { mode: Mode::Rest, target, time, distrust, notes };
        Ok(Found { report: finish::report(self.plan, made, books, &watch, &measures), failure })
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
            self.compare(staff, &stores).await?;
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

    /// Whether stores, and what they sell at what prices, are those of the scenario.
    async fn compare(&self, staff: &Staff<'_>, stores: &[Store]) -> Result<(), LiveError> {
        let wanted = self.plan.stores();
        let there: Vec<&str> = stores.iter().map(|store| store.name.as_str()).collect();
        if there.iter().copied().eq(wanted.iter().map(|store| store.name.as_str())) {
            for (store, plan) in stores.iter().zip(&wanted) {
                let products = staff.products(store.id).await?;
                let mut sold: Vec<_> =
                    products.iter().map(|sold| (sold.sku.as_str(), sold.price.amount_minor)).collect();
                let mut asked: Vec<_> = plan.products.iter().map(|asked| (asked.sku.as_str(), asked.price)).collect();
                sold.sort_unstable();
                asked.sort_unstable();
                if sold != asked {
                    let said = format!("{} sells other products, or at other prices, than the scenario's", store.name);
                    return Err(LiveError::Another(said));
                }
            }
            return Ok(());
        }
        let there = there.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        Err(LiveError::Another(format!(
            "the scenario has {} stores, {}; this mall has {} others: {there}, …",
            wanted.len(),
            wanted.first().map_or("none", |store| store.name.as_str()),
            stores.len(),
        )))
    }
}
