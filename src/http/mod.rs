//! The outside door: REST, live events, Swagger, the interface.
//!
//! The only place with actix-web. Handlers read a request (`json`, `query`, `caller`), ask the [`Mall`] or its read
//! model, and answer (`reply`, `problem`); they know neither the database nor the bus. One file per resource: `stores`,
//! `products`, `customers`, `baskets`, `payments`, `orders`, `events`, `sse`, `status`, `demo`. `roles` is the one table
//! of routes and who may use them; `openapi` documents them; `middleware` and `auth` are what every request passes.

mod asyncapi;
mod auth;
mod baskets;
mod caller;
mod csv;
mod customers;
mod demo;
mod events;
mod examples;
mod json;
mod middleware;
pub mod openapi;
mod order_body;
mod orders;
mod payments;
mod problem;
mod products;
mod query;
mod refusal;
mod reply;
pub mod roles;
mod routes;
mod sse;
mod status;
mod stores;
mod swagger;
mod ui;
mod values;
mod words;

pub use routes::app;

use crate::actors::bus_health::BusMonitor;
use crate::actors::idempotency::{Reply, Responder};
use crate::actors::mall::Mall;
use crate::actors::ports::{Append, AppendError, Feed, LogIdentity};
use crate::domain::time::Timestamp;
use actix_web::dev::Server;
use actix_web::{HttpResponse, HttpServer, web};
use caller::Ticket;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use problem::ApiError;
use std::net::{IpAddr, TcpListener};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;
use tokio::sync::Mutex as AsyncMutex;

/// How long a client may take to send the head of a request. Longer lets idle attackers hold connections (slowloris),
/// shorter cuts off bad mobile networks.
const REQUEST_HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// How long an idle connection is kept for the next request. Longer holds sockets, shorter costs handshakes.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Connections a worker takes at a time; beyond it new ones wait in the kernel's queue.
const CONNECTIONS_MAX: usize = 10_000;
/// How long open requests may take to end when the server stops, seconds. Live streams end within a second.
const SHUTDOWN_S: u64 = 10;

/// How the door is set up.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// SHA-256 of the admin token; `None` opens everything to everybody.
    pub admin_token: Option<[u8; 32]>,
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
            admin_token: None,
            cors_origins: Vec::new(),
            rate_limit: None,
            sse_clients_max: 1_000,
            database: "sqlite",
            bus: "in_process",
        }
    }
}

/// What handlers work with.
pub struct HttpState {
    /// The mall.
    pub mall: Arc<Mall>,
    /// Committed events as they come.
    pub feed: Arc<dyn Feed>,
    /// How the bus is that carries them out.
    pub bus: Arc<dyn BusMonitor>,
    /// Which journal this is.
    pub log: LogIdentity,
    /// How the door is set up.
    pub settings: HttpSettings,
    /// When the process started.
    pub started_at: Timestamp,
    /// Whether the mall takes requests; false while starting and stopping.
    pub ready: Arc<AtomicBool>,
    /// Held while an audit runs.
    auditing: AsyncMutex<()>,
    /// Clients of the live event stream.
    sse_clients: Arc<AtomicUsize>,
    limiter: Option<DefaultKeyedRateLimiter<IpAddr>>,
}

impl HttpState {
    /// The state of a door to `mall`.
    #[must_use]
    pub fn new(
        mall: Arc<Mall>,
        feed: Arc<dyn Feed>,
        bus: Arc<dyn BusMonitor>,
        log: LogIdentity,
        settings: HttpSettings,
        ready: Arc<AtomicBool>,
    ) -> Self {
        let limiter =
            settings.rate_limit.and_then(NonZeroU32::new).map(|rate| RateLimiter::keyed(Quota::per_second(rate)));
        let started_at = mall.clock().now();
        Self {
            mall,
            feed,
            bus,
            log,
            settings,
            started_at,
            ready,
            auditing: AsyncMutex::default(),
            sse_clients: Arc::default(),
            limiter,
        }
    }

    /// Whether callers are asked who they are.
    #[must_use]
    pub const fn asks_who(&self) -> bool {
        self.settings.admin_token.is_some()
    }
}

/// The state as handlers get it.
type State = web::Data<HttpState>;
/// What a handler answers.
type Answer = Result<HttpResponse, ApiError>;

/// The server on `listener`, with `workers` threads of its own. Runs when awaited; stops when its handle says so.
///
/// # Errors
/// The listener can not be used.
pub fn server(state: HttpState, listener: TcpListener, workers: usize) -> std::io::Result<Server> {
    let state = web::Data::new(state);
    let server = HttpServer::new(move || app(&state))
        .workers(workers.max(1))
        .client_request_timeout(REQUEST_HEAD_DEADLINE)
        .keep_alive(KEEP_ALIVE)
        .max_connections(CONNECTIONS_MAX)
        .shutdown_timeout(SHUTDOWN_S)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

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
        state.mall.journal().submit(append).await.unwrap_or(Err(AppendError::Closed))?;
    }
    Ok(reply)
}
