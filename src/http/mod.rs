//! The outside door: REST, live events, Swagger, the interface.
//!
//! The only place with actix-web. Handlers read a request (`json`, `query`, `caller`), ask the [`Mall`] or its read
//! model, and answer (`reply`, `problem`); they know neither the database nor the bus. One file per resource: `stores`,
//! `products`, `customers`, `baskets`, `payments`, `orders`, `events`, `sse`, `status`, `tokens`, `demo`. `roles` is the
//! one table of routes and who may use them; `openapi` documents them; `middleware` and `auth` are what every request
//! passes.

mod asyncapi;
mod auth;
mod baskets;
mod body;
mod caller;
mod connection;
mod csv;
mod customers;
mod demo;
mod etags;
mod events;
mod examples;
mod json;
mod middleware;
pub mod openapi;
mod order_body;
mod orders;
mod origin;
mod payments;
mod problem;
mod products;
mod query;
mod refusal;
mod reply;
pub mod roles;
mod routes;
mod seal;
mod seats;
mod spelling;
mod sse;
mod status;
mod stores;
mod swagger;
mod tokens;
mod ui;
mod values;
mod words;

use crate::actors::ask::in_time;
use crate::actors::mall::Mall;
use crate::actors::tokens::Tokens;
use crate::domain::time::Timestamp;
use crate::ports::bus_health::BusMonitor;
use crate::ports::feed::Feed;
use crate::ports::journal::{Append, AppendError};
use crate::ports::reads::{LogIdentity, ReadModel};
use crate::ports::reply::{Reply, Responder};
use caller::Ticket;
pub use connection::server;
use problem::ApiError;
pub use routes::app;
use seats::Seats;
use sse::Told;

use actix_web::{HttpResponse, web};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
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
    /// Whether the mall takes requests; false while starting and stopping.
    pub ready: Arc<AtomicBool>,
}

/// What handlers work with.
pub struct HttpState {
    behind: Behind,
    /// How the door is set up.
    pub settings: HttpSettings,
    /// When the process started.
    pub started_at: Timestamp,
    /// Held while an audit runs.
    auditing: AsyncMutex<()>,
    /// Seats at the live event stream.
    seats: Arc<Seats>,
    /// What the live stream was told last.
    told: Told,
    /// Turns of clients of the live stream that read what they missed.
    catching_up: Semaphore,
    limiter: Option<DefaultKeyedRateLimiter<IpAddr>>,
    /// What `/openapi.json` answers.
    document: web::Bytes,
}

impl HttpState {
    /// The state of a door to what is behind it.
    #[must_use]
    pub fn new(behind: Behind, settings: HttpSettings) -> Self {
        let limiter =
            settings.rate_limit.and_then(NonZeroU32::new).map(|rate| RateLimiter::keyed(Quota::per_second(rate)));
        Self {
            started_at: behind.mall.clock().now(),
            auditing: AsyncMutex::default(),
            seats: Seats::new(settings.sse_clients_max),
            told: Told::default(),
            settings,
            catching_up: Semaphore::new(CATCHING_UP),
            limiter,
            document: openapi::document_in(behind.mall.currency()).into(),
            behind,
        }
    }
}

impl Deref for HttpState {
    type Target = Behind;

    fn deref(&self) -> &Behind {
        &self.behind
    }
}

/// The state as handlers get it.
type State = web::Data<HttpState>;
/// What a handler answers.
type Answer = Result<HttpResponse, ApiError>;

/// A responder whose reply nobody repeats: the request has no idempotency key, or another append carries it.
fn unremembered<S>(render: impl FnOnce(&S) -> Reply + Send + 'static) -> Responder<S> {
    Responder::new(None, render)
}

/// Remembers the reply of a request that needed several appends, and answers it.
///
/// A crash before this leaves some of the appends done and no reply: the repeated request does the rest.
async fn commit_reply(state: &HttpState, ticket: &Ticket, reply: Reply) -> Result<Reply, ApiError> {
    let (reply, idempotency) =
        ticket.responder(|reply: &Reply| reply.clone()).respond(&reply, state.mall.clock().now());
    if idempotency.is_some() {
        let append = Append { idempotency, ..Append::default() };
        let commit = state.mall.journal().submit(append);
        in_time(async { Ok(commit.await.unwrap_or(Err(AppendError::Closed))?) }).await?;
    }
    Ok(reply)
}
