//! A mall under paused tokio time, on one thread, with database calls inline.
//!
//! Nothing is faked but time, ids, secrets, and what is made to go wrong: the actors, the journal's writer and SQLite (in
//! memory) are the real ones. Time stands still while anything can run and jumps to the next timer when nothing can. All
//! that is left to chance is drawn from the seed, so that every run of one is the same; `trace` shows whether it is.

mod begun;
pub mod clock;
mod crier;
pub mod entropy;
pub mod journal;
mod life;
pub mod mischief;
pub mod power;
pub mod trace;

use crate::actors::backstage::{Ports, Terms};
use crate::actors::mall::{Mall, MallParts, TIMERS_AT_WORK};
use crate::bus::consumer::Consumer;
use crate::bus::memory::MemoryBus;
use crate::bus::outside::memory::MemoryOutside;
use crate::bus::outside::requests;
use crate::bus::outside::requests::RequestMaker;
use crate::db::connection::Connection;
use crate::db::journal::writer::{OnFatal, Writer};
use crate::db::open;
use crate::db::open::{Birth, Loss, OpenError};
use crate::db::place::Place;
use crate::db::pool::{open_reader, open_reversed_reader};
use crate::db::reads::SqlReadModel;
use crate::domain::money::Currency;
use crate::domain::order::OrderPolicy;
use crate::domain::time::Timestamp;
use crate::metrics::Metrics;
use crate::ports::feed::{Announce, Feed};
use crate::ports::stop::Stop;
use crate::ports::time::Clock;
use crate::sim::chance::Chance;
use actix::Arbiter;
use begun::Begun;
use clock::{EPOCH, VirtualClock};
pub use crier::Ear;
use crier::{Crier, Gap};
use entropy::SeededEntropy;
use journal::{Gaps, WorldJournal};
pub use life::Life;
use mischief::Mischief;
use power::Power;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;
use trace::{Keep, Trace};
use uuid::Uuid;

/// How long a commit takes at the most, unless it is said: fast disks take a millisecond, slow ones twenty.
pub const COMMIT_WITHIN: Duration = Duration::from_millis(20);

/// What a world is made with.
#[derive(Clone, Debug)]
pub struct Options {
    /// What everything is drawn from.
    pub seed: u64,
    /// Delays and deadlines of its mall.
    pub policy: OrderPolicy,
    /// How long a commit takes at the most: each as long as the seed draws. At zero everything is written in the
    /// millisecond in which it was handed over.
    pub commit_within: Duration,
    /// How many requests may be in its mall at a time.
    pub admission: usize,
    /// How many orders may work off due timers at a time.
    pub timers_at_work: usize,
    /// How often whoever passes a port of the mall lets others go first, at the most.
    pub yields: u64,
    /// What is kept of its trace.
    pub keep: Keep,
    /// Where its database is: a mall that is there already goes on. None: in memory, and gone with the world.
    pub place: Option<Place>,
    /// When its time starts: for a new mall, by default, at [`EPOCH`]; for one that goes on never before its newest event.
    pub start: Option<Timestamp>,
    /// The delay of stores that are opened without one of their own, milliseconds.
    pub store_delay_ms: u64,
    /// Whether rows whose order no query asks for come the other way round: no run depends on it.
    pub reversed: bool,
    /// Whether its wall clock may be set: then whoever waits for a time looks every second whether it has come.
    pub wall_may_be_set: bool,
}

impl Options {
    /// A world of `seed`, otherwise as usual.
    #[must_use]
    pub const fn new(seed: u64, policy: OrderPolicy) -> Self {
        Self {
            seed,
            policy,
            commit_within: COMMIT_WITHIN,
            admission: 4_096,
            timers_at_work: TIMERS_AT_WORK,
            yields: 0,
            keep: Keep::Hash,
            place: None,
            start: None,
            store_delay_ms: 15_000,
            reversed: false,
            wall_may_be_set: false,
        }
    }
}

/// A mall in virtual time, through all its lives.
pub struct World {
    options: Options,
    place: Place,
    /// What the mall was when the world began, if there was one.
    begun: Option<Begun>,
    clock: Arc<VirtualClock>,
    entropy: Arc<SeededEntropy>,
    trace: Arc<Trace>,
    mischief: Arc<Mischief>,
    /// Of the disk its database is on, if it is on one.
    power: Option<Arc<Power>>,
    ears: Arc<Mutex<Vec<Ear>>>,
    gap: Arc<Gap>,
    /// What reads the database, in all lives: it keeps a database in memory while the mall is restarted, and what it has
    /// prepared.
    reader: RefCell<Arc<Mutex<Connection>>>,
    /// The present life; none while the mall is closed.
    life: RefCell<Option<Rc<Life>>>,
    /// How many lives there were.
    lives: RefCell<u64>,
    opened: Notify,
}

impl World {
    /// Opens a mall, an empty one unless its place holds one; call it within [`run`].
    ///
    /// # Errors
    /// The database could not be made or opened.
    pub async fn open(options: Options) -> Result<Self, OpenError> {
        // Names differ within a process, and nothing else follows from them.
        static WORLDS: AtomicU64 = AtomicU64::new(0);
        let name = || format!("plaza-world-{}", WORLDS.fetch_add(1, Ordering::Relaxed));
        let place = options.place.clone().unwrap_or_else(|| Place::Memory(name()));
        let begun = if options.place.is_some() { Begun::of(&place)? } else { None };
        let start = options.start.unwrap_or(begun.as_ref().map_or(EPOCH, |begun| begun.newest));
        let start = begun.as_ref().map_or(start, |begun| start.max(begun.newest));
        let clock = Arc::new(VirtualClock::starting(start, options.wall_may_be_set));
        let trace = Arc::new(Trace::new(clock.clone(), options.keep));
        let from = begun.as_ref().map_or(0, |begun| begun.position);
        let entropy = Arc::new(SeededEntropy::new(options.seed, from, clock.clone(), trace.clone()));
        let mischief = Arc::new(Mischief::new(options.seed, options.yields, trace.clone()));
        if let Place::File(_) | Place::Scratch(_) = place {
            // What only reads finds a file.
            drop(open::open(&place, birth(begun.as_ref(), start), Loss::Refused)?);
        }
        let power = match &place {
            Place::File(path) => Some(Arc::new(Power::of(path.clone(), Chance::of(options.seed, "power", 0)))),
            _ => None,
        };
        let reader = RefCell::new(reader(&place, &options)?);
        let (ears, gap, life) = (Arc::default(), Arc::default(), RefCell::default());
        let (lives, opened) = (RefCell::new(0), Notify::new());
        let world = Self {
            options,
            place,
            begun,
            clock,
            entropy,
            trace,
            mischief,
            power,
            ears,
            gap,
            reader,
            life,
            lives,
            opened,
        };
        world.start().await?;
        Ok(world)
    }

    async fn start(&self) -> Result<(), OpenError> {
        let Self { options, place, begun, clock, entropy, mischief, .. } = self;
        // The power of a world goes after the end of the journal was noted, and a disk may forget what it had synced: what is
        // missing is for the referee to find.
        let mut opened = open::open(place, birth(begun.as_ref(), clock.from()), Loss::Accepted)?;
        if begun.as_ref().is_some_and(|begun| opened.mall.course_version <= begun.version) {
            // Its clock was set over the real time of another process: here it is the world's, which goes on at its newest
            // event.
            opened.mall.course = None;
        }
        clock.begin(if opened.mall.course.is_none() { opened.mall.newest } else { Timestamp(0) });
        entropy.begin();
        let (metrics, bus, end) = (Arc::new(Metrics::default()), MemoryBus::default(), Stop::default());
        let crier =
            Crier { bus: bus.clone(), ears: self.ears.clone(), gap: self.gap.clone(), mischief: mischief.clone() };
        let writer = Writer::new(
            opened.engine,
            opened.tail,
            Arc::new(crier),
            metrics.clone(),
            clock.clone(),
            end_of(end.clone()),
        );
        let gaps = Gaps::up_to(options.commit_within, Chance::of(options.seed, "commits", *self.lives.borrow()));
        let journal = Arc::new(WorldJournal::new(writer, gaps, end.clone(), mischief.clone(), self.power.clone()));
        let reads = Arc::new(SqlReadModel::gated(self.reader.borrow().clone(), mischief.clone()));
        let mall = Mall::open(MallParts {
            ports: Ports {
                journal: journal.clone(),
                reads: reads.clone(),
                clock: clock.clone(),
                entropy: entropy.clone(),
                metrics,
                witness: mischief.clone(),
            },
            terms: Terms {
                policy: options.policy.clone(),
                store_delay_ms: options.store_delay_ms,
                currency: opened.log.currency,
            },
            admission_limit: options.admission,
            timers_at_work: options.timers_at_work,
            known: opened.mall,
            arbiters: vec![Arbiter::current()],
        });
        if let Err(error) = mall.refill_timers().await {
            tracing::error!(%error, "timers could not be read");
        }
        actix::spawn(journal.clone().run());
        actix::spawn(mall.clone().run(end.clone()));
        let outside = MemoryOutside::new(Arc::new(mall.clone()), clock.clone());
        let of_mall = mall.clone();
        let maker = Arc::new(RequestMaker::new(Arc::new(outside.clone()), move || of_mall.clock().speed()));
        let consumer = Consumer::new(requests::CONSUMER, reads, journal.clone(), maker, entropy.clone());
        actix::spawn(consumer.on_hints_alone().run(bus.subscribe(), end.clone()));
        *self.lives.borrow_mut() += 1;
        *self.life.borrow_mut() = Some(Rc::new(Life { mall, journal, outside, end }));
        self.opened.notify_waiters();
        Ok(())
    }

    /// The present life; `None` while the mall is closed.
    #[must_use]
    pub fn present(&self) -> Option<Rc<Life>> {
        self.life.borrow().clone()
    }

    /// The present life.
    ///
    /// # Panics
    /// The mall is closed.
    #[must_use]
    pub fn life(&self) -> Rc<Life> {
        self.present().expect("the mall is open")
    }

    /// How often the mall was started.
    #[must_use]
    pub fn lives(&self) -> u32 {
        u32::try_from(*self.lives.borrow()).unwrap_or(u32::MAX)
    }

    /// Returns once the mall is open.
    pub async fn opened(&self) -> Rc<Life> {
        loop {
            let opened = self.opened.notified();
            if let Some(life) = self.present() {
                return life;
            }
            opened.await;
        }
    }

    /// The mall.
    ///
    /// # Panics
    /// As [`World::life`].
    #[must_use]
    pub fn mall(&self) -> Arc<Mall> {
        self.life().mall.clone()
    }

    /// The journal of this life, to make things go wrong.
    ///
    /// # Panics
    /// As [`World::life`].
    #[must_use]
    pub fn journal(&self) -> Arc<WorldJournal> {
        self.life().journal.clone()
    }

    /// The way to outside services and back; a crash ends it.
    ///
    /// # Panics
    /// As [`World::life`].
    #[must_use]
    pub fn outside(&self) -> MemoryOutside {
        self.life().outside.clone()
    }

    /// Has `ear` hear what is committed from now on.
    pub fn listen(&self, ear: Ear) {
        self.ears.lock().unwrap_or_else(PoisonError::into_inner).push(ear);
    }

    /// Has those who follow the commits of a life hear nothing until [`World::close_gap`]: they have to read the journal.
    pub fn open_gap(&self) {
        self.gap.open.store(true, Ordering::Relaxed);
    }

    /// Has them hear again. What they missed last comes now: whoever follows on hints alone is not left without one.
    pub fn close_gap(&self) {
        self.gap.open.store(false, Ordering::Relaxed);
        let missed = self.gap.missed.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((bus, events)) = missed {
            self.mischief.struck("gap in the feed");
            bus.announce(events);
        }
    }

    /// What happened so far.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// What goes wrong between the actors, and what has struck so far.
    #[must_use]
    pub const fn mischief(&self) -> &Arc<Mischief> {
        &self.mischief
    }

    /// Of the disk its database is on; none in memory.
    #[must_use]
    pub const fn power(&self) -> Option<&Arc<Power>> {
        self.power.as_ref()
    }

    /// The time of the mall's machine, before the mall's own speed.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock of the mall's machine.
    #[must_use]
    pub const fn clock(&self) -> &Arc<VirtualClock> {
        &self.clock
    }

    /// Looks at the database.
    pub fn look<T>(&self, look: impl FnOnce(&mut Connection) -> T) -> T {
        let reader = self.reader.borrow().clone();
        look(&mut reader.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Calls the mall as a client does, who hears nothing (`None`) when the mall dies meanwhile.
    pub async fn call<T>(&self, call: impl Future<Output = T>) -> Option<T> {
        self.life().call(call).await
    }

    /// Returns once this life of the mall is over.
    pub async fn ended(&self) {
        self.life().ended().await;
    }

    /// Lets everything happen that can without a wait of the mall's own: until nothing that was handed over is left to be
    /// written, and what followed from it neither.
    pub async fn settle(&self) {
        // A millisecond of virtual time passes only once all tasks are idle.
        sleep(Duration::from_millis(1)).await;
        while self.present().is_some_and(|life| !life.journal.rests()) {
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Kills the mall, if it still lives, as a power cut would: from here on nothing of it is written.
    pub fn kill(&self) {
        let Some(life) = self.life.borrow_mut().take() else { return };
        life.journal.end();
        life.mall.close();
        self.trace.note(format_args!("is dead"));
        drop(life);
        let restored = self.power.as_ref().is_some_and(|power| power.restore().expect("files of a cut can be moved"));
        if restored {
            *self.reader.borrow_mut() = reader(&self.place, &self.options).expect("what the disk has can be opened");
        }
    }

    /// Starts the mall from the database.
    ///
    /// # Errors
    /// The database could not be opened again.
    pub async fn restart(&self) -> Result<(), OpenError> {
        self.start().await
    }

    /// Kills the mall and starts it after `down`.
    ///
    /// # Errors
    /// As [`World::restart`].
    pub async fn crash(&self, down: Duration) -> Result<(), OpenError> {
        self.kill();
        sleep(down).await;
        self.restart().await
    }
}

/// Runs `future` on an actix system whose time is paused, with all that it began. What is left over ends with it.
pub fn run<F: Future>(future: F) -> F::Output {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().start_paused(true).build().expect("a current-thread runtime can always be built")
    };
    actix::System::with_tokio_rt(runtime).block_on(future)
}

/// Ends a life instead of the process.
fn end_of(life: Stop) -> OnFatal {
    Box::new(move |error| {
        tracing::error!(%error, "the journal failed; this life of the mall is over");
        life.stop();
    })
}

/// A mall that is there keeps its identity and its currency.
fn birth(begun: Option<&Begun>, at: Timestamp) -> Birth {
    Birth { log_id: Uuid::from_u128(1), currency: begun.map_or_else(currency, |begun| begun.currency), at }
}

fn currency() -> Currency {
    "EUR".parse().expect("EUR is three capital letters")
}

fn reader(place: &Place, options: &Options) -> Result<Arc<Mutex<Connection>>, OpenError> {
    let opened = if options.reversed { open_reversed_reader(place) } else { open_reader(place) };
    let opened = opened.map(|reader| Arc::new(Mutex::new(reader)));
    opened.map_err(|source| OpenError::Database { place: place.clone(), source })
}
