//! The composition root: builds every layer, starts them in order, stops them in order.
//!
//! Start: lock -> database -> journal thread -> read model -> mall -> overdue timers -> relay -> HTTP -> ready. Stop:
//! no longer ready -> no new connections, requests in flight are answered -> timers -> the journal commits what is
//! queued and folds its log -> the relay hands on the rest -> actors go.

use crate::actors::backstage::{Ports, Terms};
use crate::actors::error::MallError;
use crate::actors::mall::{Mall, MallParts, TIMERS_AT_WORK};
use crate::actors::tokens::Tokens;
use crate::bus::bridge::Bridge;
use crate::bus::consumer::Consumer;
use crate::bus::memory::MemoryBus;
use crate::bus::outside::memory::MemoryOutside;
use crate::bus::outside::requests::RequestMaker;
use crate::bus::outside::{JetStreamOutside, requests};
use crate::bus::statistics::{self, Statistics};
use crate::cli::settings::ServeSettings;
use crate::db::journal::JournalThread;
use crate::db::journal::writer::{Writer, abort};
use crate::db::lookout::watch;
use crate::db::open;
use crate::db::open::{Birth, DirectoryLock, Loss, OpenError, Opened};
use crate::db::place::Place;
use crate::db::pool::open_readers;
use crate::db::reads::SqlReadModel;
use crate::domain::order::OrderPolicy;
use crate::domain::time::Timestamp;
use crate::http;
use crate::http::{Behind, HttpSettings, HttpState};
use crate::metrics::Metrics;
use crate::ports::bus_health::{BusKind, BusMonitor};
use crate::ports::feed::Feed;
use crate::ports::journal::{Append, Journal};
use crate::ports::outside::RequestSink;
use crate::ports::reads::{LogIdentity, ReadModel};
use crate::ports::stop::Stop;
use crate::ports::time::{Clock, Entropy};
use crate::ports::witness::Nobody;
use crate::sim::demo::{self, Filled, Filling};
use crate::sim::lab::apart::Source;
use crate::sim::lab::here::Here;
use crate::sim::lab::{Ground, Lab};
use crate::sim::scratch::Scratch;
use crate::sim::staff;
use crate::system::{SystemClock, SystemEntropy};
use actix::{Arbiter, ArbiterHandle};
use actix_web::dev::Server;
use anyhow::{Context, Result};
use secrecy::ExposeSecret;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Connections that answer queries. They wait for the disk more than they compute, so more than cores.
const READERS: u32 = 8;

/// Connections that actors may take together to load their state.
const READERS_OF_ACTORS: usize = 5;

/// A mall that is built and listening.
pub struct App {
    server: Server,
    address: SocketAddr,
    mall: Arc<Mall>,
    journal: Arc<JournalThread>,
    bridge: Option<Bridge>,
    lab: Arc<Lab>,
    ready: Arc<AtomicBool>,
    tokens: Arc<Tokens>,
    stop: Stop,
    arbiters: Vec<Arbiter>,
    ends_with_stdin: bool,
    _lock: Option<DirectoryLock>,
}

impl App {
    /// Opens the journal, wakes what is overdue, and listens.
    ///
    /// # Errors
    /// A setting, the data directory, the journal or the address cannot be used; the text says what to do.
    pub async fn build(settings: &ServeSettings) -> Result<Self> {
        settings.check()?;
        let started = Instant::now();
        let listener = TcpListener::bind(settings.listen)
            .with_context(|| format!("PLAZA_LISTEN: {} cannot be listened on", settings.listen))?;
        let address = listener.local_addr().context("the listener has no address")?;
        let place = settings.storage.place()?;
        let lock = open::lock(&place)?;
        // Before anything is made where nothing is yet: a mall that may not be served is not founded.
        if let Err(OpenError::Missing(_)) = open::open_to_read(&place) {
            settings.check_reach(settings.admin.secret()?.is_some())?;
        }
        let loss = if settings.accept_loss { Loss::Accepted } else { Loss::Refused };
        let opened = open::open(&place, birth(settings), loss)?;
        let readers = open_readers(&place, READERS)?;
        let arbiters: Vec<Arbiter> = (0..actor_threads(settings)).map(|_| Arbiter::new()).collect();
        let simulations = Arbiter::new();
        let read_model = SqlReadModel::pooled(readers);
        let of_actors: Arc<dyn ReadModel> = match read_model.lane(READERS_OF_ACTORS) {
            Some(lane) => Arc::new(lane),
            None => anyhow::bail!("the readers have no pool"),
        };
        let read_model: Arc<dyn ReadModel> = Arc::new(read_model);
        let parts = Parts::new(settings, opened, of_actors, &arbiters)?;
        let Parts { mall, journal, bus, log, clock } = parts;
        if let Place::File(path) = &place {
            watch(path, journal.availability())?;
        }
        let admin = settings.admin.secret()?;
        let admin = admin.as_ref().map(ExposeSecret::expose_secret);
        let tokens = Arc::new(Tokens::load(admin, &*read_model).await?);
        settings.check_reach(tokens.is_closed())?;
        mall.refill_timers().await?;
        let stop = Stop::default();
        // The timers live with the actors, where telling a saga wakes no other thread.
        arbiters[0].spawn(mall.clone().run(stop.clone()));
        arbiters[0].spawn(keep_asking(journal.clone(), stop.clone()));
        arbiters[0].spawn(clock.clone().watch(stop.clone()));
        if settings.demo {
            fill_empty_mall(&mall).await?;
        }
        let bridge = bridge(settings, read_model.clone(), &bus, &log).await?;
        let outside = Outside { mall: mall.clone(), journal: journal.clone(), reads: read_model.clone(), clock };
        match &bridge {
            Some(bridge) => outside.over(bridge, &bus, &log),
            None => outside.within(&arbiters[0], &bus, stop.clone()),
        }
        let monitor: Arc<dyn BusMonitor> = match &bridge {
            Some(bridge) => bridge.health(),
            None => Arc::new(bus.clone()),
        };
        let statistics = Arc::new(Statistics::load(&*read_model).await?);
        let counting = Consumer::new(
            statistics::CONSUMER,
            read_model.clone(),
            journal.clone(),
            statistics.clone(),
            Arc::new(SystemEntropy),
        );
        arbiters[0].spawn(counting.run(bus.subscribe(), stop.clone()));
        let lab = lab(settings, &mall, &bus, &read_model, &simulations).await?;
        let ready = Arc::new(AtomicBool::new(false));
        let door = http_settings(settings, place.engine(), monitor.health().kind);
        let state = HttpState::new(
            Behind {
                mall: mall.clone(),
                tokens: tokens.clone(),
                reads: read_model,
                feed: Arc::new(bus),
                bus: monitor,
                log,
                statistics,
                lab: lab.clone(),
                ready: ready.clone(),
            },
            door,
        );
        let server = http::server(state, listener, workers(settings)).context("HTTP could not be started")?;
        ready.store(true, Ordering::Release);
        tracing::info!(took_ms = started.elapsed().as_millis(), head = mall.journal().head(), "the mall is open");
        let ends_with_stdin = settings.ends_with_stdin;
        Ok(Self {
            server,
            address,
            mall,
            journal,
            bridge,
            lab,
            ready,
            tokens,
            stop,
            arbiters: arbiters.into_iter().chain([simulations]).collect(),
            ends_with_stdin,
            _lock: lock,
        })
    }

    /// The address listened on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Who may do what, on one line.
    #[must_use]
    pub fn access(&self) -> String {
        if !self.tokens.is_closed() {
            return "open: everybody on this machine may do everything (`plaza token create NAME` closes it)"
                .to_owned();
        }
        let (admins, readers) = self.tokens.count();
        let of = |count: usize| format!("{count} {}", if count == 1 { "token" } else { "tokens" });
        let admins = match (self.tokens.has_setting(), admins) {
            (true, 0) => "PLAZA_ADMIN_TOKEN".to_owned(),
            (true, count) => format!("PLAZA_ADMIN_TOKEN and {}", of(count)),
            (false, count) => of(count),
        };
        format!("closed: administrators by {admins}, readers by {}, customers by their own", of(readers))
    }

    /// Serves until SIGINT or SIGTERM, then stops in order: nothing that was answered is lost.
    ///
    /// # Errors
    /// HTTP failed.
    pub async fn run_until_stopped(self) -> Result<()> {
        let Self { server, mall, journal, bridge, lab, ready, stop, arbiters, ends_with_stdin, .. } = self;
        let handle = server.handle();
        let mut serving = actix::spawn(server);
        tokio::select! {
            biased;
            signal = shutdown_signal() => signal.context("signals cannot be waited for")?,
            () = input_ends(ends_with_stdin) => tracing::info!("standard input has ended"),
            ended = &mut serving => anyhow::bail!("HTTP ended by itself: {ended:?}"),
        }
        tracing::info!("stopping: answering what is in flight");
        ready.store(false, Ordering::Release);
        handle.stop(true).await;
        lab.close().await;
        let served = serving.await.context("HTTP ended in a panic")?;
        stop.stop();
        actix::clock::sleep(Duration::from_millis(1)).await;
        let closing = journal.clone();
        tokio::task::spawn_blocking(move || closing.close()).await.context("the journal could not be closed")?;
        if let Some(bridge) = bridge {
            bridge.close(mall.journal().head()).await;
        }
        mall.close();
        for arbiter in &arbiters {
            arbiter.stop();
        }
        tracing::info!(head = mall.journal().head(), "stopped");
        served.context("HTTP failed")
    }
}

/// What the layers below HTTP become.
struct Parts {
    mall: Arc<Mall>,
    journal: Arc<JournalThread>,
    bus: MemoryBus,
    log: LogIdentity,
    clock: Arc<SystemClock>,
}

impl Parts {
    fn new(settings: &ServeSettings, opened: Opened, reads: Arc<dyn ReadModel>, arbiters: &[Arbiter]) -> Result<Self> {
        // A clock that somebody has set may be ahead of the wall clock; one that nobody has is the wall clock.
        let floor = if opened.mall.course.is_none() { opened.mall.newest } else { Timestamp(0) };
        let clock = Arc::new(SystemClock::starting_at(floor));
        let (metrics, bus) = (Arc::new(Metrics::default()), MemoryBus::default());
        let writer = Writer::new(
            opened.engine,
            opened.tail,
            Arc::new(bus.clone()),
            metrics.clone(),
            clock.clone(),
            Box::new(abort),
        );
        let journal = Arc::new(JournalThread::start(writer).context("the journal's thread could not be started")?);
        let handles: Vec<ArbiterHandle> = arbiters.iter().map(Arbiter::handle).collect();
        let mall = Mall::open(MallParts {
            ports: Ports {
                journal: journal.clone(),
                reads,
                clock: clock.clone(),
                entropy: Arc::new(SystemEntropy),
                metrics,
                witness: Arc::new(Nobody),
            },
            terms: Terms {
                policy: policy(settings),
                store_delay_ms: millis(settings.store_delay),
                currency: opened.log.currency,
            },
            admission_limit: usize::try_from(settings.admission_limit)?,
            timers_at_work: TIMERS_AT_WORK,
            known: opened.mall,
            arbiters: handles,
        });
        Ok(Self { mall, journal, bus, log: opened.log, clock })
    }
}

/// Where simulations are asked for. They are kept in the data directory, or, where there is none, among the temporary files.
async fn lab(
    settings: &ServeSettings,
    mall: &Arc<Mall>,
    bus: &MemoryBus,
    reads: &Arc<dyn ReadModel>,
    thread: &Arbiter,
) -> Result<Arc<Lab>> {
    let here = Here { mall: mall.clone(), feed: Arc::new(bus.clone()), reads: reads.clone() };
    let address = settings.storage.address()?;
    let scratch =
        if address.is_some() { Some(Scratch::new().context("there is no place for simulations")?) } else { None };
    let directory = scratch.as_ref().map_or(&*settings.storage.data_dir, Scratch::path).join("simulations");
    let source = address.map_or_else(|| Source::Directory(settings.storage.data_dir.clone()), Source::Server);
    Ok(Lab::open(Ground { here, thread: thread.handle(), source, scratch, directory }).await)
}

fn birth(settings: &ServeSettings) -> Birth {
    let at = SystemClock::starting_at(Timestamp(0)).now();
    Birth { log_id: SystemEntropy.uuid(), currency: settings.currency, at }
}

fn policy(settings: &ServeSettings) -> OrderPolicy {
    OrderPolicy {
        payment_delay_ms: millis(settings.payment_delay),
        grace_ms: millis(settings.grace),
        pay_deadline_ms: millis(settings.pay_deadline),
        shipping_delay_ms: millis(settings.shipping_delay),
        speed: settings.speed,
        payment_provider: settings.payment_provider,
    }
}

/// What outside services need of the mall: requests are made of its journal, answers go to its orders.
struct Outside {
    mall: Arc<Mall>,
    journal: Arc<JournalThread>,
    reads: Arc<dyn ReadModel>,
    clock: Arc<SystemClock>,
}

impl Outside {
    /// Runs them over the broker.
    fn over(self, bridge: &Bridge, bus: &MemoryBus, log: &LogIdentity) {
        let way = JetStreamOutside::new(bridge.broker().clone(), log.log_id, Arc::new(self.mall.clone()));
        bridge.spawn(self.requests(Arc::new(way.clone())).run(bus.subscribe(), bridge.stop().clone()));
        bridge.spawn(way.run(bridge.stop().clone()));
    }

    /// Runs them within the process.
    fn within(self, arbiter: &Arbiter, bus: &MemoryBus, stop: Stop) {
        let way = MemoryOutside::new(Arc::new(self.mall.clone()), self.clock.clone());
        arbiter.spawn(self.requests(Arc::new(way)).run(bus.subscribe(), stop));
    }

    fn requests(self, sink: Arc<dyn RequestSink>) -> Consumer {
        let mall = self.mall.clone();
        let maker = Arc::new(RequestMaker::new(sink, move || mall.clock().speed()));
        Consumer::new(requests::CONSUMER, self.reads, self.journal, maker, Arc::new(SystemEntropy))
    }
}

/// The way to the broker, when there is one; the relay starts at once.
async fn bridge(
    settings: &ServeSettings,
    reads: Arc<dyn ReadModel>,
    bus: &MemoryBus,
    log: &LogIdentity,
) -> Result<Option<Bridge>> {
    let Some(options) = settings.broker.options()? else { return Ok(None) };
    let bridge = Bridge::start(options, Arc::new(SystemEntropy)).await?;
    bridge.relay(reads, log.log_id, bus.subscribe());
    Ok(Some(bridge))
}

fn http_settings(settings: &ServeSettings, database: &'static str, bus: BusKind) -> HttpSettings {
    HttpSettings {
        others_reach_it: !settings.listen.ip().is_loopback(),
        cors_origins: settings.origins().map(str::to_owned).collect(),
        rate_limit: settings.requests_per_second(),
        sse_clients_max: 1_000,
        database,
        bus: bus.as_str(),
    }
}

/// Asks the journal every second whether it can write: a mall without customers notices too that its database is away.
async fn keep_asking(journal: Arc<JournalThread>, stop: Stop) {
    loop {
        // The answer does not matter: what the journal learned by it is what `/readyz` says.
        let _ = journal.submit(Append::default()).await;
        tokio::select! {
            biased;
            () = stop.stopped() => return,
            () = actix::clock::sleep(Duration::from_secs(1)) => {}
        }
    }
}

async fn fill_empty_mall(mall: &Arc<Mall>) -> Result<()> {
    let request = mall.entropy().uuid();
    match (Filling { mall, request, step: &|admitted| admitted }).run(staff::quiet(|_| ())).await {
        Ok(_) => {
            let Filled { stores, products } = demo::filled();
            tracing::info!(stores, products, "filled with demo data");
        }
        Err(MallError::NotEmpty) => tracing::info!("the mall has stores already; no demo data"),
        Err(error) => return Err(error).context("the demo data could not be written"),
    }
    Ok(())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn workers(settings: &ServeSettings) -> usize {
    if settings.http_workers == 0 { cores() } else { settings.http_workers }
}

fn actor_threads(settings: &ServeSettings) -> usize {
    if settings.actor_threads == 0 { (cores() / 2).max(1) } else { settings.actor_threads }
}

/// Returns when standard input ends, where that is to end the mall.
async fn input_ends(ends_with_it: bool) {
    let (tells, ends) = tokio::sync::oneshot::channel::<()>();
    if ends_with_it {
        // A thread that nobody waits for: a read of the standard input cannot be called off.
        let read = move || {
            let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
            drop(tells);
        };
        if std::thread::Builder::new().name("plaza-stdin".to_owned()).spawn(read).is_ok() {
            let _ = ends.await;
            return;
        }
    }
    std::future::pending::<()>().await;
}

async fn shutdown_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        biased;
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
