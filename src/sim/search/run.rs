//! Runs a plan in a world of its own.

use super::checks::{Watch, nothing_is_left, time_to_rest, verify_everything};
use super::fault::Fault;
use super::faults::{Mischance, WHY};
use super::finding::Finding;
use super::outside::Services;
use super::plan::{MallPlan, Plan};
use super::referee::Referee;
use super::words::{Log, of_event};
use crate::actors::mall::TIMERS_AT_WORK;
use crate::db::place::Place;
use crate::domain::clock::Speed;
use crate::domain::ids::OrderId;
use crate::domain::money::Money;
use crate::domain::order::OrderStatus;
use crate::domain::participant::{Fulfilment, Participant};
use crate::domain::personality::Draw;
use crate::domain::store::{ProductEdit, StoreEdit};
use crate::ports::journal::RecordedEvent;
use crate::sim::door::mall::MallDoor;
use crate::sim::door::shelf::{Item, Shelf};
use crate::sim::driver::{Crowd, Driver};
use crate::sim::scratch::Scratch;
use crate::sim::shopping::errand::Errand;
use crate::sim::staff;
use crate::sim::staff::admit;
use crate::sim::world::trace::Keep;
use crate::sim::world::{self, Life, Options, World};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// After so many deaths of a world the tables are compared only at the end: it takes as long as the rest.
const VERIFIED_DEATHS: u32 = 1;

/// How long is waited after the last fault has passed.
const AFTERMATH: Duration = Duration::from_secs(5);
/// How long a shopper asks for the same who gets no answer, and as long again.
const INSISTS: Duration = Duration::from_mins(20);
/// How long idle actors take to fall asleep, and a look more.
const ALL_ASLEEP: Duration = Duration::from_secs(70);
/// What the keys of shoppers start with.
const RUN: &str = "run";
/// How often a healed mall is told to go on as usual.
const TRIES: u32 = 120;

/// What a run is to keep, and what it is for.
#[derive(Clone, Debug, Default)]
pub struct Tells {
    /// What happened, line by line, for a story.
    pub story: bool,
    /// The lines of the trace, to compare two runs.
    pub trace: bool,
    /// The law, and the kind of thing that breaks it, at which the run ends: whether it is broken is all that is asked.
    pub until: Option<(String, String)>,
}

/// What came of a plan.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What was broken.
    pub findings: Vec<Finding>,
    /// Events written.
    pub events: u64,
    /// The head of the journal.
    pub head: [u8; 32],
    /// The hash of the trace.
    pub trace: [u8; 32],
    /// Its lines, where they were asked for.
    pub lines: Vec<String>,
    /// How the orders ended.
    pub outcomes: BTreeMap<OrderStatus, u64>,
    /// How the order of each shopper ended, by the shopper's number.
    pub ends: BTreeMap<u64, OrderStatus>,
    /// What struck, and how often.
    pub struck: BTreeMap<&'static str, u64>,
    /// What has to happen sometimes, and how often it did.
    pub seen: BTreeMap<String, u64>,
    /// Virtual time from the opening to the end.
    pub took: Duration,
    /// How often the mall lived.
    pub lives: u32,
    /// What happened, with the microsecond since the opening, where it was asked for.
    pub story: Vec<(u64, String)>,
}

thread_local! {
    /// What panicked on this thread during a run that nobody had planned.
    static PANICS: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Has panics of runs be kept in place of being printed; those of other threads are printed as ever.
fn listen_for_panics() {
    static LISTENS: Once = Once::new();
    LISTENS.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let kept = PANICS.with(|panics| {
                let mut panics = panics.borrow_mut();
                panics.as_mut().map(|panics| panics.push(panic.to_string())).is_some()
            });
            if !kept {
                print(panic);
            }
        }));
    });
}

/// Runs a plan; one that is compared twice, with its faults and without.
#[must_use]
pub fn run(plan: &Plan, tells: Tells) -> Outcome {
    let mut outcome = run_once(plan, &tells);
    if plan.compare && outcome.findings.is_empty() {
        let calm =
            run_once(&Plan { faults: Vec::new(), ..plan.clone() }, &Tells { until: tells.until, ..Tells::default() });
        outcome.findings.extend(calm.findings.iter().cloned());
        let differs = outcome.ends.iter().find(|(shopper, end)| calm.ends.get(shopper) != Some(end));
        let missing = calm.ends.keys().find(|shopper| !outcome.ends.contains_key(shopper));
        let said = match (differs, missing) {
            (Some((shopper, end)), _) => Some(format!(
                "the order of shopper {shopper} is {end}, and without faults {:?}",
                calm.ends.get(shopper)
            )),
            (None, Some(shopper)) => Some(format!("shopper {shopper} has no order, and has one without faults")),
            (None, None) => None,
        };
        outcome.findings.extend(said.map(|said| Finding {
            law: "delays change no outcome".to_owned(),
            of: "order".to_owned(),
            said,
            at: 0,
        }));
    }
    outcome
}

fn run_once(plan: &Plan, tells: &Tells) -> Outcome {
    listen_for_panics();
    PANICS.set(Some(Vec::new()));
    let ran = catch_unwind(AssertUnwindSafe(|| world::run(live(plan.clone(), tells.clone()))));
    let panics = PANICS.take().unwrap_or_default();
    let mut outcome = ran.unwrap_or_else(|_panicked| Outcome::default());
    outcome.findings.extend(panics.first().map(|said| Finding {
        law: "nobody panics".to_owned(),
        of: "mall".to_owned(),
        said: said.clone(),
        at: 0,
    }));
    outcome
}

async fn live(plan: Plan, tells: Tells) -> Outcome {
    let Plan { seed, mall: terms, shoppers, faults, .. } = plan;
    let disk = terms.on_disk.then(|| Scratch::new().expect("a directory for files can be made"));
    let options = Options {
        commit_within: Duration::from_millis(terms.commit_within_ms),
        admission: terms.admission,
        timers_at_work: terms.timers_at_work,
        yields: terms.yields,
        keep: if tells.trace { Keep::Lines } else { Keep::Hash },
        wall_may_be_set: faults.iter().any(|strike| matches!(strike.fault, Fault::WallClock { .. })),
        place: disk.as_ref().map(|disk| Place::File(disk.path().join("plaza.db"))),
        ..Options::new(seed, terms.policy())
    };
    let world = Rc::new(World::open(options).await.expect("SQLite makes a database in memory"));
    let began = Instant::now();
    let identity = world.mall().reads().log().await.expect("a new journal can be read");
    let opening = world.now();
    let referee = Referee::new(&identity, terms.clone(), opening);
    // With few turns what is due at the same time waits for its turn.
    let is_calm = faults.is_empty() && terms.timers_at_work == TIMERS_AT_WORK;
    let only_closes = faults.iter().all(|strike| strike.fault.only_closes());
    let referee = if only_closes { referee.of_a_run_that_only_closes() } else { referee };
    let referee = referee.who_looks_for(tells.until);
    let found = referee.found().clone();
    let referee = Arc::new(Mutex::new(if is_calm { referee.of_a_calm_run() } else { referee }));
    let log_of_run = Log::of(world.clock().clone(), tells.story);
    let (hears, log, clock) = (referee.clone(), log_of_run.clone(), world.clock().clone());
    let mischief = world.mischief().clone();
    world.listen(Arc::new(move |events: &[RecordedEvent]| {
        for event in events {
            log.note(|| of_event(event));
        }
        let mut referee = hears.lock().unwrap_or_else(PoisonError::into_inner);
        referee.hear(events, clock.elapsed_us());
        for event in events.iter().filter(|event| event.name == "order.submitted") {
            if let Some(order) = referee.orders().get(&OrderId(event.stream_id)) {
                mischief.knows(order.id, order.draw());
            }
        }
    }));
    let (meets, log) = (referee.clone(), log_of_run.clone());
    world.mischief().tell(move |what| {
        log.note(|| format!("the mall is struck: {what}"));
        meets.lock().unwrap_or_else(PoisonError::into_inner).is_struck(what);
    });
    let shelf = Rc::new(Shelf::default());
    let door = Rc::new(MallDoor::new(world.clone(), shelf.clone()));
    let manners = fill(&world.life(), &terms, &shelf).await;
    let services = Services::new(door.clone(), manners, referee.clone());
    services.serve(&world.life());
    let watch = Rc::new(Watch::new(door.clone(), terms.clone(), referee.clone(), log_of_run.clone()));
    let mischance = Mischance::new(door.clone(), referee.clone(), seed);
    let keeper = tokio::task::spawn_local(keep_alive(
        world.clone(),
        services.clone(),
        mischance.clone(),
        watch.clone(),
        referee.clone(),
        log_of_run.clone(),
    ));
    let driver = Driver::new(door, watch.clone(), RUN);
    let numbers: Vec<u64> = shoppers.iter().map(|errand| errand.number).collect();
    let patient = longest_errand(&shoppers, &terms);
    let walks = tokio::task::spawn_local(async move { driver.send(shoppers, Crowd::ALL).await });
    let course = async {
        let lasts = faults.iter().map(|strike| strike.fault.lasts()).max().unwrap_or_default();
        mischance.strike_all(Instant::now(), faults).await;
        // Faults that last a while have their time.
        sleep(lasts + AFTERMATH).await;
        mischance.stop();
        let rests = time_to_rest(&terms).as_secs();
        log_of_run.note(|| {
            format!(
                "from here on nothing goes wrong; once all shoppers are home the mall has {rests} s to come to rest"
            )
        });
        see_to_its_end(&world, &terms, walks, patient, &referee, &watch).await;
    };
    tokio::select! {
        biased;
        () = found.stopped() => {}
        () = course => {}
    }
    keeper.abort();
    finish(&world, &referee, &log_of_run, began, &numbers)
}

/// Heals the mall, lets it come to rest, and checks what has to hold then.
async fn see_to_its_end(
    world: &Rc<World>,
    terms: &MallPlan,
    walks: tokio::task::JoinHandle<()>,
    patient: Duration,
    referee: &Mutex<Referee>,
    watch: &Watch,
) {
    let walked = heal(world, terms, walks, patient, referee).await;
    let finds = |law, of, said| {
        referee.lock().unwrap_or_else(PoisonError::into_inner).finds(law, of, world.now(), said);
    };
    if !walked {
        finds("every shopper goes home", "shopper", "a shopper waits for ever".to_owned());
    }
    watch.compare();
    verify_everything(world, referee);
    if let Some(life) = world.present() {
        nothing_is_left(&life, world, referee);
    }
}

fn finish(world: &World, referee: &Mutex<Referee>, log: &Log, began: Instant, numbers: &[u64]) -> Outcome {
    let referee = referee.lock().unwrap_or_else(PoisonError::into_inner);
    let draws: BTreeMap<Draw, u64> =
        numbers.iter().map(|number| (Draw::of_key(&format!("{RUN}-{number}-order")), *number)).collect();
    let ends = referee.orders().values().filter_map(|order| Some((*draws.get(&order.draw())?, order.status)));
    Outcome {
        findings: referee.findings().to_vec(),
        events: referee.events(),
        head: world.present().map_or([0; 32], |life| life.journal().tail().hash),
        trace: world.trace().hash(),
        lines: world.trace().lines(),
        outcomes: super::checks::outcomes(&referee),
        ends: ends.collect(),
        struck: world.mischief().tally(),
        seen: referee.seen().clone(),
        took: began.elapsed(),
        lives: world.lives(),
        story: log.lines(),
    }
}

/// Starts the mall again whenever it has died.
async fn keep_alive(
    world: Rc<World>,
    services: Rc<Services>,
    mischance: Rc<Mischance>,
    watch: Rc<Watch>,
    referee: Arc<Mutex<Referee>>,
    log: Log,
) {
    let mut deaths = 0;
    let mut again = None;
    loop {
        let life = world.opened().await;
        match again.take() {
            Some(after) => {
                tokio::select! {
                    biased;
                    () = life.ended() => {}
                    () = sleep(after) => {
                        world.mischief().struck("crash during the restart");
                        life.journal().end();
                    }
                }
            }
            None => life.ended().await,
        }
        drop(life);
        world.kill();
        watch.compare();
        deaths += 1;
        if deaths <= VERIFIED_DEATHS {
            verify_everything(&world, &referee);
        }
        let (down, dies_again) = mischance.down();
        again = dies_again;
        sleep(down).await;
        world.restart().await.expect("what was written can be read");
        log.note(|| "the mall is open again".to_owned());
        services.serve(&world.life());
    }
}

/// Opens stores and fills shelves. Answers how the outside services answer.
async fn fill(life: &Life, terms: &MallPlan, shelf: &Shelf) -> BTreeMap<Participant, super::plan::Outside> {
    let mall = life.mall();
    let by = || admit(mall, WHY).expect("nobody else is in the mall");
    let mut manners = BTreeMap::new();
    for (number, plan) in terms.stores.iter().enumerate() {
        let edit = StoreEdit {
            name: Some(format!("Store {number}")),
            location: Some("Here".to_owned()),
            confirmation_delay_ms: Some(plan.delay_ms),
            fulfilment: Some(if plan.outside.is_some() { Fulfilment::External } else { Fulfilment::Internal }),
        };
        let store = staff::open(mall, edit, by()).await.expect("the store is well described");
        staff::join(mall, store, by()).await.expect("a new store takes part");
        shelf.open(store);
        for (product, item) in plan.products.iter().enumerate() {
            let edit = ProductEdit {
                name: Some(format!("Product {product}")),
                price: Some(Money::new(item.price, mall.currency())),
                stock: Some(item.stock),
                ..ProductEdit::default()
            };
            let id = staff::shelve(mall, store, edit, by()).await.expect("the product is well described");
            shelf.put(number, Item { id, price: item.price });
        }
        if let Some(outside) = &plan.outside {
            manners.insert(Participant::Store(store), outside.clone());
        }
    }
    if let Some(outside) = &terms.outside_bank {
        manners.insert(Participant::Bank, outside.clone());
    }
    manners
}

/// How long the errand takes that takes longest, from the opening.
fn longest_errand(shoppers: &[Errand], terms: &MallPlan) -> Duration {
    let of = |errand: &Errand| {
        let steps = if errand.basket { 4 + errand.lines.len() as u64 } else { 3 };
        let acts = errand.then.iter().map(|act| act.ms.unsigned_abs()).max().unwrap_or_default();
        errand.at_ms + steps * errand.think_ms + acts
    };
    let longest = shoppers.iter().map(of).max().unwrap_or_default();
    let waits = terms.longest_verdict_ms() + terms.pay_deadline_ms;
    Duration::from_millis(longest + waits)
}

/// Takes back everything that goes wrong, without a restart, and lets the mall come to rest. Answers whether all shoppers
/// have gone home.
async fn heal(
    world: &Rc<World>,
    terms: &MallPlan,
    walks: tokio::task::JoinHandle<()>,
    patient: Duration,
    referee: &Mutex<Referee>,
) -> bool {
    let life = world.opened().await;
    world.mischief().heal();
    world.close_gap();
    life.journal().heal();
    drop(life);
    settle_clock(world, referee).await;
    // Shoppers whose requests were held up ask for the same for ten minutes at the most.
    let walked = timeout(patient + time_to_rest(terms) + INSISTS, walks).await;
    world.mischief().count_questions();
    sleep(time_to_rest(terms)).await;
    world.settle().await;
    sleep(ALL_ASLEEP).await;
    world.settle().await;
    match walked {
        Ok(done) => {
            done.expect("no shopper panics");
            true
        }
        Err(_late) => false,
    }
}

/// Sets clock and characters back to what is usual.
async fn settle_clock(world: &World, referee: &Mutex<Referee>) {
    for _ in 0..TRIES {
        let set = async {
            let life = world.opened().await;
            life.mall().stop_advance().await?;
            life.mall().set_speed(Speed::PLAIN, None, admit(life.mall(), WHY)?).await?;
            life.mall().reset_personalities(admit(life.mall(), WHY)?).await
        };
        match set.await {
            Ok(()) => return,
            // Whoever is let in one at a time waits for the others; what was asked when things went wrong still does.
            Err(_) => sleep(Duration::from_secs(1)).await,
        }
    }
    let mut referee = referee.lock().unwrap_or_else(PoisonError::into_inner);
    let said = "clock and characters cannot be set back".to_owned();
    referee.finds("a healed mall does as it is told", "mall", world.now(), said);
}
