//! A mall under paused tokio time, on one thread, with database calls inline.
//!
//! Nothing is faked but time, ids and secrets: the actors, the journal's writer and SQLite (in memory) are the real
//! ones. Time stands still while anything can run and jumps to the next timer when nothing can.

use crate::actors::backstage::{Ports, Terms};
use crate::actors::mall::{Mall, MallParts};
use crate::bus::consumer::Consumer;
use crate::bus::memory::MemoryBus;
use crate::bus::outside::memory::MemoryOutside;
use crate::bus::outside::requests;
use crate::bus::outside::requests::RequestMaker;
use crate::db::connection::Connection;
use crate::db::journal::InlineJournal;
use crate::db::journal::writer::Writer;
use crate::db::open;
use crate::db::open::{Birth, OpenError};
use crate::db::place::Place;
use crate::db::pool::open_reader;
use crate::db::reads::SqlReadModel;
use crate::domain::money::Currency;
use crate::domain::order::OrderPolicy;
use crate::domain::time::Timestamp;
use crate::metrics::Metrics;
use crate::ports::feed::Feed;
use crate::ports::time::{Clock, Entropy};
use actix::Arbiter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::{Builder, Uuid};

/// Where virtual time starts: 2026-01-01T00:00:00Z.
const EPOCH: Timestamp = Timestamp(1_767_225_600_000_000);

/// tokio's clock as the mall's: it stands still under paused time.
pub struct VirtualClock {
    start: Instant,
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let elapsed = self.start.elapsed();
        Timestamp(EPOCH.0 + i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX))
    }
}

/// Ids and secrets that are the same in every run of one seed. Not secret at all.
pub struct SeededEntropy {
    seed: u64,
    made: AtomicU64,
    /// Draws of chance are counted apart: how often something is tried again changes no id.
    drawn: AtomicU64,
}

impl SeededEntropy {
    /// Starts the sequence of `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, made: AtomicU64::new(0), drawn: AtomicU64::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn uuid(&self) -> Uuid {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        let hash = blake3::hash(&[self.seed.to_le_bytes(), made.to_le_bytes()].concat());
        let mut random = [0; 10];
        random.copy_from_slice(&hash.as_bytes()[..10]);
        // The count takes the place of the milliseconds, so that later ids compare greater.
        Builder::from_unix_timestamp_millis(made, &random).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        *blake3::hash(self.uuid().as_bytes()).as_bytes()
    }

    fn bits(&self) -> u64 {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let hash = blake3::hash(&[self.seed.to_le_bytes(), drawn.to_le_bytes(), *b"drawings"].concat());
        hash.as_bytes().first_chunk().copied().map_or(0, u64::from_le_bytes)
    }
}

/// A mall in virtual time.
pub struct World {
    name: String,
    mall: Arc<Mall>,
    journal: Arc<InlineJournal>,
    stop: watch::Sender<bool>,
    seed: u64,
    policy: OrderPolicy,
    clock: Arc<VirtualClock>,
    outside: MemoryOutside,
    /// Keeps the database in memory while the mall is restarted.
    keeper: Connection,
}

impl World {
    /// Opens an empty mall; call it within [`run`].
    ///
    /// # Errors
    /// The database in memory could not be made.
    pub async fn open(seed: u64, policy: OrderPolicy) -> Result<Self, OpenError> {
        static WORLDS: AtomicU64 = AtomicU64::new(0);
        let name = format!("plaza-world-{}-{}", std::process::id(), WORLDS.fetch_add(1, Ordering::Relaxed));
        let clock = Arc::new(VirtualClock { start: Instant::now() });
        Self::start(name, seed, policy, clock).await
    }

    async fn start(name: String, seed: u64, policy: OrderPolicy, clock: Arc<VirtualClock>) -> Result<Self, OpenError> {
        let opened = open::open(&Place::Memory(name.clone()), birth())?;
        let metrics = Arc::new(Metrics::default());
        let entropy = Arc::new(SeededEntropy::new(seed));
        let bus = MemoryBus::default();
        let writer = Writer::new(opened.engine, opened.tail, Arc::new(bus.clone()), metrics.clone(), clock.clone());
        let journal = Arc::new(InlineJournal::new(writer));
        let reads = Arc::new(SqlReadModel::inline(reader(&name)?));
        let mall = Mall::open(MallParts {
            ports: Ports {
                journal: journal.clone(),
                reads: reads.clone(),
                clock: clock.clone(),
                entropy: entropy.clone(),
                metrics,
            },
            terms: Terms { policy: policy.clone(), store_delay_ms: 15_000, currency: opened.log.currency },
            admission_limit: 4_096,
            known: opened.mall,
            arbiters: vec![Arbiter::current()],
        });
        let (stop, stopped) = watch::channel(false);
        if let Err(error) = mall.refill_timers().await {
            tracing::error!(%error, "timers could not be read");
        }
        actix::spawn(mall.clone().run(stopped.clone()));
        let outside = MemoryOutside::new(Arc::new(mall.clone()), clock.clone());
        let of_mall = mall.clone();
        let maker = Arc::new(RequestMaker::new(Arc::new(outside.clone()), move || of_mall.clock().speed()));
        let consumer = Consumer::new(requests::CONSUMER, reads, journal.clone(), maker, entropy);
        actix::spawn(consumer.run(bus.subscribe(), stopped));
        let keeper = reader(&name)?;
        Ok(Self { name, mall, journal, stop, seed, policy, clock, outside, keeper })
    }

    /// The mall.
    #[must_use]
    pub const fn mall(&self) -> &Arc<Mall> {
        &self.mall
    }

    /// The way to outside services and back; a crash ends it.
    #[must_use]
    pub const fn outside(&self) -> &MemoryOutside {
        &self.outside
    }

    /// A connection to look at the database with.
    pub const fn database(&mut self) -> &mut Connection {
        &mut self.keeper
    }

    /// Kills the mall, as a power cut would: from here on nothing of it is written. Starts it from the database after
    /// `down`.
    ///
    /// # Errors
    /// The database could not be opened again.
    pub async fn crash(self, down: Duration) -> Result<Self, OpenError> {
        self.journal.cut();
        // Whoever listens may have ended already.
        let _ = self.stop.send(true);
        self.mall.close();
        tokio::time::sleep(down).await;
        let next = Self::start(self.name.clone(), self.seed.wrapping_add(1), self.policy.clone(), self.clock.clone());
        next.await
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // The timers may have ended already.
        let _ = self.stop.send(true);
    }
}

/// Runs `future` on an actix system whose time is paused.
pub fn run<F: Future>(future: F) -> F::Output {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().start_paused(true).build().expect("a current-thread runtime can always be built")
    };
    actix::System::with_tokio_rt(runtime).block_on(future)
}

fn birth() -> Birth {
    Birth { log_id: Uuid::from_u128(1), currency: currency(), at: EPOCH }
}

fn currency() -> Currency {
    "EUR".parse().expect("EUR is three capital letters")
}

fn reader(name: &str) -> Result<Connection, OpenError> {
    let place = Place::Memory(name.to_owned());
    open_reader(&place).map_err(|source| OpenError::Database { place, source })
}
