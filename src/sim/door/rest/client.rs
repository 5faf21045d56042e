//! Requests and answers over so many kept-alive connections: who finds all of them engaged waits in line, which is told
//! apart from how long the mall takes.

use actix_service::ServiceExt;
use actix_tls::connect::{Connection, Connector as TcpConnector};
use awc::Connector;
use awc::error::PayloadError;
use awc::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use awc::http::{Method, StatusCode};
use futures_util::Stream;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::cell::Cell;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

/// Connections, unless said otherwise. Enough that a mall that writes for a tenth of a second keeps nobody from asking, at
/// 2 500 requests a second; and few enough that one that stands still makes most of those who come wait before they ask,
/// as a crowd before a counter does.
pub const CONNECTIONS: usize = 256;
/// How long an answer is waited for before the connection is taken for broken.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How long an idle connection is kept: a Plaza closes them after 15 s, and what is sent at that moment is not answered.
const KEPT: Duration = Duration::from_secs(10);
/// How long a mall that is busy is asked for what has to be, and the pause between.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(200);
/// The longest answer that is read.
const LONGEST: usize = 64 << 20;

/// Why there is no answer, or not the one that was needed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The connection failed.
    #[error("{url} does not answer: {why}")]
    Unreachable {
        /// The mall.
        url: String,
        /// What failed.
        why: String,
    },
    /// The mall refused.
    #[error("{what} was refused: {status} {code}, {detail}")]
    Refused {
        /// What was asked.
        what: String,
        /// The HTTP status.
        status: u16,
        /// The code of the refusal.
        code: String,
        /// Its words.
        detail: String,
    },
    /// Whoever answered is no mall.
    #[error("{0} answered with something else than a Plaza does")]
    NoMall(String),
}

/// One request.
pub struct Request<'a> {
    /// The method.
    pub method: Method,
    /// The path, below `/api/v1`.
    pub path: &'a str,
    /// What whoever asks shows in place of the administrator's token.
    pub token: Option<&'a str>,
    /// The idempotency key.
    pub key: Option<&'a str>,
    /// The body, JSON; none when empty.
    pub body: Vec<u8>,
}

/// What became of a request.
pub struct Sent {
    /// When a connection was free for it.
    pub at: Instant,
    /// The answer.
    pub reply: Result<Reply, CallError>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Vec<u8>,
    /// How long is to be waited before the same is asked again.
    after: Option<Duration>,
}

/// A refusal, as `application/problem+json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// Its code.
    pub code: String,
    /// Its words.
    pub detail: String,
}

impl Reply {
    /// The refusal in it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Asks a mall.
pub struct Client {
    http: awc::Client,
    url: String,
    admin: Option<SecretString>,
    free: Semaphore,
    patience: Cell<Duration>,
}

impl Client {
    /// Asks the mall at `url`, `http://…` without a path, with the administrator's token where it has one, over so many
    /// connections.
    #[must_use]
    pub fn new(url: &str, admin: Option<SecretString>, connections: usize) -> Self {
        let connect = TcpConnector::default().service().map(|connected: Connection<_, TcpStream>| {
            // A request in two parts is not to wait for the mall's word on the first.
            let _ = connected.io_ref().set_nodelay(true);
            connected
        });
        let connector =
            Connector::new().connector(connect).limit(0).conn_keep_alive(KEPT).conn_lifetime(Duration::from_hours(24));
        // Each request has a time of its own.
        let http = awc::Client::builder().connector(connector).disable_timeout().disable_redirects();
        let url = url.trim_end_matches('/').to_owned();
        Self { http: http.finish(), url, admin, free: Semaphore::new(connections), patience: Cell::new(PATIENCE) }
    }

    /// The mall has been waited for long enough: what has to be is asked once from now on.
    pub fn give_up(&self) {
        self.patience.set(Duration::ZERO);
    }

    /// The mall's address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Sends a request, once, when a connection is free.
    pub async fn send(&self, request: Request<'_>) -> Sent {
        let held = self.free.acquire().await;
        let at = Instant::now();
        let asked = tokio::time::timeout(ANSWER_WITHIN, self.exchange(request)).await;
        drop(held);
        let reply = asked.unwrap_or_else(|_| Err(self.unreachable(&"no answer in time")));
        Sent { at, reply }
    }

    async fn exchange(&self, request: Request<'_>) -> Result<Reply, CallError> {
        let Request { method, path, token, key, body } = request;
        let mut sending = self.request(method, path, token);
        if let Some(key) = key {
            sending = sending.insert_header((HeaderName::from_static("idempotency-key"), key));
        }
        let sent = if body.is_empty() {
            sending.send()
        } else {
            sending.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json"))).send_body(body)
        };
        let mut answer = sent.await.map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        let after = answer.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok()?.parse().ok());
        let body = answer.body().limit(LONGEST).await.map_err(|error| self.unreachable(&error))?;
        Ok(Reply { status, body: body.to_vec(), after: after.map(Duration::from_secs) })
    }

    fn request(&self, method: Method, path: &str, token: Option<&str>) -> awc::ClientRequest {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.url));
        let token = token.or_else(|| self.admin.as_ref().map(ExposeSecret::expose_secret));
        match token {
            Some(token) => request.insert_header((AUTHORIZATION, format!("Bearer {token}"))),
            None => request,
        }
    }

    fn unreachable(&self, why: &impl ToString) -> CallError {
        CallError::Unreachable { url: self.url.clone(), why: why.to_string() }
    }

    /// Asks for what has to be: as long as the mall is busy or away, but not for ever, and under a key where it changes
    /// something.
    ///
    /// # Errors
    /// The mall refuses, or is away too long.
    pub async fn insist(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Reply, CallError> {
        let began = Instant::now();
        loop {
            let request = Request { method: method.clone(), path, token: None, key, body: body.clone() };
            let pause = match self.send(request).await.reply {
                Ok(reply) if reply.status.is_success() => return Ok(reply),
                Ok(reply)
                    if matches!(reply.status.as_u16(), 408 | 429 | 503) && began.elapsed() < self.patience.get() =>
                {
                    reply.after.unwrap_or(PAUSE)
                }
                Ok(reply) => {
                    let Problem { code, detail } = reply.problem();
                    if code.is_empty() {
                        return Err(CallError::NoMall(self.url.clone()));
                    }
                    let what = format!("{method} {path}");
                    return Err(CallError::Refused { what, status: reply.status.as_u16(), code, detail });
                }
                Err(_) if began.elapsed() < self.patience.get() => PAUSE,
                Err(error) => return Err(error),
            };
            sleep(pause).await;
        }
    }

    /// What is at a path.
    ///
    /// # Errors
    /// As [`Client::insist`], or whoever answers is no mall.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        let reply = self.insist(Method::GET, path, None, Vec::new()).await?;
        self.read(&reply)
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// Whoever answered is no mall.
    pub fn read<T: DeserializeOwned>(&self, reply: &Reply) -> Result<T, CallError> {
        serde_json::from_slice(&reply.body).map_err(|_| CallError::NoMall(self.url.clone()))
    }

    /// The items of a list, page by page, as long as those of a page are wanted.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<Vec<T>, CallError> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        let joint = if path.contains('?') { '&' } else { '?' };
        loop {
            let page: Page<T> = self.get(&format!("{path}{joint}limit=200{cursor}")).await?;
            let is_over = page.items.last().is_none_or(|last| !wanted(last));
            items.extend(page.items);
            let Some(next) = page.next_cursor.filter(|_| !is_over) else { return Ok(items) };
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            cursor = format!("&cursor={next}");
        }
    }

    /// Opens an answer that goes on, on a connection of its own.
    ///
    /// # Errors
    /// There is none.
    pub async fn open(
        &self,
        path: &str,
        last_event: u64,
    ) -> Result<impl Stream<Item = Result<impl AsRef<[u8]> + use<>, PayloadError>> + Unpin + use<>, CallError> {
        let request = self.request(Method::GET, path, None);
        let accept = (ACCEPT, HeaderValue::from_static("text/event-stream"));
        let last = (HeaderName::from_static("last-event-id"), last_event.to_string());
        let request = request.insert_header(accept).insert_header(last).timeout(ANSWER_WITHIN);
        let answer = request.send().await.map_err(|error| self.unreachable(&error))?;
        if answer.status().is_success() { Ok(answer) } else { Err(self.unreachable(&answer.status())) }
    }
}

#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}
