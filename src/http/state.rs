//! What handlers work with: how the door is set up, what is behind it, and what it shares among requests.

use super::door::fields::Object;
use super::door::problem::ApiError;
use super::door::seats::Seats;
use super::door::values::MoneyIn;
use super::sse::text::NewestCommit;
use crate::actors::mall::Mall;
use crate::actors::tokens::Tokens;
use crate::bus::statistics::Statistics;
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::ports::bus_health::BusMonitor;
use crate::ports::feed::Feed;
use crate::ports::reads::{LogIdentity, ReadModel};
use crate::sim::lab::Lab;
use actix_web::web;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use tokio::sync::{Mutex as AsyncMutex, Semaphore};

/// How many clients of the live stream read what they missed at a time: a quarter of the connections that read.
const CATCHING_UP: usize = 2;

/// How the door is set up.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Whether other machines reach the address listened on.
    pub others_reach_it: bool,
    /// Origins whose pages may call the API, for example `https://shop.example`; none: same origin only.
    pub cors_origins: Vec<String>,
    /// Requests a second one peer may send; `None` or 0: no limit. Too low turns people behind one address away.
    pub rate_limit: Option<u32>,
    /// Clients of the live event stream at a time; each holds a connection and some kilobytes.
    pub sse_clients_max: usize,
    /// What holds the journal: `sqlite` or `postgres`.
    pub database: &'static str,
    /// What carries events: `in_process` or `jetstream`.
    pub bus: &'static str,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            others_reach_it: false,
            cors_origins: Vec::new(),
            rate_limit: None,
            sse_clients_max: 1_000,
            database: "sqlite",
            bus: "in_process",
        }
    }
}

/// What the door leads to.
pub struct Behind {
    /// The mall.
    pub mall: Arc<Mall>,
    /// Who is an administrator or a reader.
    pub tokens: Arc<Tokens>,
    /// Answers queries. Not the mall's own: what actors load does not take every connection.
    pub reads: Arc<dyn ReadModel>,
    /// Committed events as they come.
    pub feed: Arc<dyn Feed>,
    /// How the bus is that carries them out.
    pub bus: Arc<dyn BusMonitor>,
    /// Which journal this is.
    pub log: LogIdentity,
    /// How many orders became what.
    pub statistics: Arc<Statistics>,
    /// Where simulations are asked for.
    pub lab: Arc<Lab>,
    /// Whether the mall takes requests; false while starting and stopping.
    pub ready: Arc<AtomicBool>,
}

/// What handlers work with.
pub struct HttpState {
    behind: Behind,
    /// How the door is set up.
    pub settings: HttpSettings,
    /// When the process started.
    pub started_at: (Timestamp, Instant),
    /// Held while an audit runs.
    pub(super) auditing: AsyncMutex<()>,
    /// Seats at the live event stream.
    pub(super) seats: Arc<Seats>,
    /// What the live stream sent last.
    pub(super) newest_commit: NewestCommit,
    /// Turns of clients of the live stream that read what they missed.
    pub(super) catching_up: Semaphore,
    /// Counts the requests of each peer; `None` without a limit.
    pub(super) limiter: Option<DefaultKeyedRateLimiter<IpAddr>>,
    /// What `/openapi.json` answers, once somebody has asked.
    pub(super) document: OnceLock<web::Bytes>,
}

impl HttpState {
    /// The state of a door to what is behind it.
    #[must_use]
    pub fn new(behind: Behind, settings: HttpSettings) -> Self {
        let limiter =
            settings.rate_limit.and_then(NonZeroU32::new).map(|rate| RateLimiter::keyed(Quota::per_second(rate)));
        Self {
            started_at: (behind.mall.clock().wall(), Instant::now()),
            auditing: AsyncMutex::default(),
            seats: Seats::new(settings.sse_clients_max),
            newest_commit: NewestCommit::default(),
            settings,
            catching_up: Semaphore::new(CATCHING_UP),
            limiter,
            document: OnceLock::new(),
            behind,
        }
    }

    /// An amount of a body, if it is in the mall's currency; `pointer` is where it stands.
    ///
    /// # Errors
    /// 422 for another currency.
    pub(super) fn amount(&self, Object(money): MoneyIn, pointer: &str) -> Result<Money, ApiError> {
        let currency = self.mall.currency();
        if money.currency == currency {
            return Ok(Money::new(money.amount_minor.0, currency));
        }
        let detail = format!("the mall trades in {currency}");
        Err(ApiError::invalid(format!("{pointer}/currency"), "foreign_currency", detail))
    }
}

impl Deref for HttpState {
    type Target = Behind;

    fn deref(&self) -> &Behind {
        &self.behind
    }
}

/// The state as handlers get it.
pub type State = web::Data<HttpState>;
