//! `/events/stream`: events as they are committed (server-sent events, WHATWG HTML 9.2).
//!
//! A client that resumes gets what it missed from the read model, then what is new from the feed, without a gap and
//! without repeats: the feed is joined first, and what it brings up to the position already sent is dropped. A client
//! that can not keep up is cut off and resumes where it was: what waited for it is dropped at once, and its seat is taken
//! until its connection and its follower have ended, so what slow readers hold is bounded by the seats.

use super::caller::Caller;
use super::events::structured;
use super::problem::{ApiError, Code};
use super::query::Query;
use super::seats::Seat;
use super::{Answer, HttpState, State};
use crate::actors::principal::Principal;
use crate::bus::subject;
use crate::domain::event::StreamKind;
use crate::domain::ids::CustomerId;
use crate::ports::feed::LiveEvents;
use crate::ports::journal::RecordedEvent;
use crate::ports::reads::events::EventFilter;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::{Stream, stream};
use serde::Deserialize;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use utoipa::IntoParams;
use uuid::Uuid;

/// A comment is sent after so much silence, so that proxies and clients see that the stream lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often a silent stream looks whether the mall is stopping; it would hold the stop up otherwise.
const LOOK: Duration = Duration::from_secs(1);
/// Pieces of text a client may be behind, each the events of one commit or page.
const QUEUE: usize = 256;
/// Bytes that may wait for a live client; beyond it is cut off and resumes. One commit is sent whatever its size.
const BEHIND_MAX: usize = 512 * 1_024;
/// Events read at a time while catching up, at the most; the next page is read when the client has taken the one before.
const PAGE: usize = 500;
/// Bytes sent of a page, about; an event more. What a client that catches up holds.
const PAGE_BYTES: usize = 64 * 1_024;
/// Handed to the connection at a time, bytes: it copies what it is given.
const SLICE: usize = 16 * 1_024;
/// Positions looked through for a page: where nothing is wanted, this and not the length of the journal is what a client
/// that has left costs.
const WINDOW: u64 = 10_000;
/// How long a client may leave a full queue before it is cut off while it catches up.
const SLOW: Duration = Duration::from_secs(30);

/// Which events are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// Start after this position; from now on when absent. `Last-Event-ID` takes its place.
    after: Option<u64>,
    /// Only of this order.
    order_id: Option<Uuid>,
    /// Only of this customer and of its orders, payments and baskets.
    customer_id: Option<Uuid>,
    /// Only of this store, or naming it.
    store_id: Option<Uuid>,
    /// Only of these types, `order.submitted` or `plaza.order.submitted.v1`, separated by commas.
    r#type: Option<String>,
    /// The access token, for clients that can not send headers (`EventSource`).
    access_token: Option<String>,
}

/// What a client wants to see.
struct Wanted {
    order_id: Option<Uuid>,
    customer: Option<(CustomerId, HashSet<Uuid>)>,
    store_id: Option<Uuid>,
    names: Vec<String>,
}

/// The payload fields that say whose an event is.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Names {
    customer_id: Option<Uuid>,
    store_id: Option<Uuid>,
    order_id: Option<Uuid>,
    lines: Vec<Line>,
    stores: Vec<Line>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Line {
    store_id: Option<Uuid>,
}

impl Wanted {
    const fn is_everything(&self) -> bool {
        self.order_id.is_none() && self.customer.is_none() && self.store_id.is_none() && self.names.is_empty()
    }

    /// Whether the client wants the event; learns which streams are the customer's on the way.
    fn takes(&mut self, event: &RecordedEvent) -> bool {
        let needs_payload = self.customer.is_some() || self.store_id.is_some();
        // What is not in the payload is not named there; shapes differ from event to event.
        let names: Names =
            if needs_payload { serde_json::from_str(&event.payload).unwrap_or_default() } else { Names::default() };
        let mut takes = true;
        if let Some((customer, streams)) = &mut self.customer {
            let founds = matches!(event.stream, StreamKind::Order | StreamKind::Payment | StreamKind::Basket);
            if founds && names.customer_id == Some(customer.0) {
                streams.insert(event.stream_id);
            }
            takes &= event.stream_id == customer.0 || streams.contains(&event.stream_id);
        }
        if let Some(order_id) = self.order_id {
            takes &= event.stream_id == order_id;
        }
        if let Some(store_id) = self.store_id {
            let stores =
                names.store_id.into_iter().chain(names.stores.iter().chain(&names.lines).filter_map(|l| l.store_id));
            takes &= event.stream_id == store_id || { stores }.any(|store| store == store_id);
        }
        takes && (self.names.is_empty() || self.names.iter().any(|name| *name == event.name))
    }

    /// The part of the filter the read model knows.
    fn filter(&self, after: u64, up_to: u64) -> EventFilter {
        EventFilter {
            after: Some(after),
            up_to: Some(up_to),
            stream_id: self.order_id,
            names: self.names.clone(),
            descending: false,
        }
    }
}

/// Follow events as they are committed (server-sent events).
///
/// Each event has its position as `id` and a `CloudEvent` as data. Resume with `Last-Event-ID` or `after`.
#[utoipa::path(get, path = "/api/v1/events/stream", tag = "events", params(StreamQuery), responses((status = 200, body = String, content_type = "text/event-stream")))]
pub async fn stream_events(state: State, caller: Caller, request: HttpRequest, query: Query<StreamQuery>) -> Answer {
    let query = query.0;
    let _ = query.access_token;
    let after = last_event_id(&request)?.or(query.after);
    let customer = caller.limit_to(query.customer_id)?;
    if request.method() == Method::HEAD {
        // Nothing follows, so there is nothing to sit for.
        return Ok(opening().streaming(stream::empty::<Result<Bytes, Infallible>>()));
    }
    let seat = state.seats.take(request.peer_addr().map(|peer| peer.ip()), caller.principal())?;
    // Joined before the head is read: whatever comes after the head is in one of the two, or in both.
    let live = state.feed.subscribe();
    let head = state.mall.journal().head();
    // After that: an order that is submitted meanwhile is among the streams read here, or comes with the feed.
    let wanted = wanted(&state, customer, &query).await?;
    // A position beyond the head is of another journal: there is nothing to resume.
    let after = after.unwrap_or(head).min(head);
    let (client, queue) = mpsc::channel::<Bytes>(QUEUE);
    let queue = Rc::new(RefCell::new(Some(queue)));
    let (behind, seat) = (Rc::new(Cell::new(0)), Rc::new(seat));
    let sending = Sending { queue: queue.clone(), piece: Bytes::new(), behind: behind.clone(), _seat: seat.clone() };
    let follower = Follower {
        state,
        principal: caller.principal(),
        wanted,
        sent: after,
        client,
        behind,
        page: PAGE,
        spoke: Instant::now(),
        _seat: seat,
    };
    actix_web::rt::spawn(follower.run(live, queue));
    Ok(opening().streaming(sending))
}

/// What waits for a client. Only its connection keeps it: when that ends, the follower's side closes.
type Waiting = Rc<RefCell<Option<mpsc::Receiver<Bytes>>>>;

/// The body of the answer.
struct Sending {
    queue: Waiting,
    /// What is left of the piece that is being sent.
    piece: Bytes,
    behind: Rc<Cell<usize>>,
    _seat: Rc<Seat>,
}

impl Stream for Sending {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.piece.is_empty() {
            let next = self.queue.borrow_mut().as_mut().map_or(Poll::Ready(None), |queue| queue.poll_recv(cx));
            match std::task::ready!(next) {
                Some(piece) => self.piece = piece,
                None => return Poll::Ready(None),
            }
        }
        let most = SLICE.min(self.piece.len());
        let slice = self.piece.split_to(most);
        self.behind.set(self.behind.get().saturating_sub(slice.len()));
        Poll::Ready(Some(Ok(slice)))
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        *self.queue.borrow_mut() = None;
    }
}

/// How the answer begins.
fn opening() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-cache, no-transform"))
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"));
    response
}

fn last_event_id(request: &HttpRequest) -> Result<Option<u64>, ApiError> {
    let Some(id) = request.headers().get("last-event-id").filter(|id| !id.is_empty()) else { return Ok(None) };
    let position = id.to_str().ok().and_then(|id| id.trim().parse().ok());
    position.map(Some).ok_or_else(|| ApiError::new(Code::InvalidHeader, "Last-Event-ID must be a position"))
}

async fn wanted(state: &State, customer: Option<CustomerId>, query: &StreamQuery) -> Result<Wanted, ApiError> {
    let customer = match customer {
        None => None,
        Some(id) => Some((id, state.reads.streams_of_customer(id).await?.into_iter().collect())),
    };
    let names = query.r#type.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
    Ok(Wanted {
        order_id: query.order_id,
        customer,
        store_id: query.store_id,
        names: names.map(|name| subject::event_name(name).to_owned()).collect(),
    })
}

/// Follows the journal for one client.
struct Follower {
    state: State,
    principal: Principal,
    wanted: Wanted,
    /// The newest position that was sent, or passed over.
    sent: u64,
    client: mpsc::Sender<Bytes>,
    /// Bytes queued and not taken by the client yet.
    behind: Rc<Cell<usize>>,
    /// Events read at a time, as many as have fitted lately.
    page: usize,
    /// When the client was last sent something.
    spoke: Instant,
    _seat: Rc<Seat>,
}

/// Why a follower ends: the client is gone, too slow, no longer let in, or will find out by resuming.
struct Ended;

impl Follower {
    async fn run(mut self, live: LiveEvents, queue: Waiting) {
        // However it ends, the client resumes where it was.
        let Err(Ended) = self.follow(live).await;
        // A client that does not read would hold what waits for it for as long as its connection lasts.
        if let Some(queue) = &mut *queue.borrow_mut() {
            queue.close();
            while queue.try_recv().is_ok() {}
        }
    }

    async fn catch_up(&mut self) -> Result<(), Ended> {
        let newest = self.state.mall.journal().head();
        while self.sent < newest {
            // Nothing is read ahead of the client.
            let drained = tokio::time::timeout(SLOW, self.client.reserve_many(QUEUE)).await;
            drop(drained.map_err(|_slow| Ended)?.map_err(|_gone| Ended)?);
            let up_to = newest.min(self.sent.saturating_add(WINDOW));
            let text = self.missed(up_to).await?;
            if text.is_empty() { self.heartbeat()? } else { self.push(text)? }
        }
        Ok(())
    }

    /// The next of what the client has missed up to a position, as text.
    async fn missed(&mut self, up_to: u64) -> Result<Bytes, Ended> {
        let state = self.state.clone();
        // Few at a time: each takes a connection that queries need as well.
        let _turn = state.catching_up.acquire().await.map_err(|_closed| Ended)?;
        // It may have been long until it was this client's.
        self.check()?;
        let events = state.reads.events(self.wanted.filter(self.sent, up_to), self.page).await.map_err(|error| {
            tracing::warn!(%error, "a live stream could not catch up");
            Ended
        })?;
        let (text, taken) = self.written(&events, PAGE_BYTES)?;
        if taken == events.len() && taken < self.page {
            self.sent = self.sent.max(up_to);
        }
        self.page = (2 * taken).clamp(PAGE / 50, PAGE);
        Ok(text)
    }

    async fn follow(&mut self, mut live: LiveEvents) -> Result<Infallible, Ended> {
        self.push(Bytes::from_static(b"retry: 1000\n\n"))?;
        self.catch_up().await?;
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                biased;
                () = self.client.closed() => return Err(Ended),
                _ = look.tick() => {
                    self.check()?;
                    self.heartbeat()?;
                }
                commit = live.recv() => match commit {
                    Ok(events) => {
                        let text = self.live(&events)?;
                        let behind = self.behind.get();
                        // It would keep what the feed brings meanwhile, too: it resumes, if it reads at all.
                        if behind > 0 && behind + text.len() > BEHIND_MAX {
                            return Err(Ended);
                        }
                        if !text.is_empty() {
                            self.push(text)?;
                        }
                    }
                    // What was missed is in the read model; what is sent again by the feed is dropped.
                    Err(RecvError::Lagged(_)) => self.catch_up().await?,
                    Err(RecvError::Closed) => return Err(Ended),
                },
            }
        }
    }

    /// Whether to go on: the client is there, may still see what it sees, and the mall is not stopping.
    fn check(&self) -> Result<(), Ended> {
        let goes_on = !self.client.is_closed()
            && self.state.tokens.still_knows(self.principal)
            && self.state.ready.load(Ordering::Acquire);
        if goes_on { Ok(()) } else { Err(Ended) }
    }

    fn heartbeat(&mut self) -> Result<(), Ended> {
        if self.spoke.elapsed() < HEARTBEAT {
            return Ok(());
        }
        self.push(Bytes::from_static(b": still here\n\n"))
    }

    fn push(&mut self, text: Bytes) -> Result<(), Ended> {
        self.spoke = Instant::now();
        self.behind.set(self.behind.get() + text.len());
        self.client.try_send(text).map_err(|_full_or_gone| Ended)
    }

    /// What is to be sent of a commit.
    fn live(&mut self, commit: &Arc<[RecordedEvent]>) -> Result<Bytes, Ended> {
        let (Some(first), Some(last)) = (commit.first(), commit.last()) else { return Ok(Bytes::new()) };
        if !self.wanted.is_everything() || first.position <= self.sent {
            return self.written(commit, usize::MAX).map(|(text, _)| text);
        }
        self.sent = last.position;
        self.state.told.text(&self.state, commit)
    }

    /// The wanted ones of `events` that were not sent yet, as text, until there is this much of it; and how many of
    /// `events` that covers.
    fn written(&mut self, events: &[RecordedEvent], most: usize) -> Result<(Bytes, usize), Ended> {
        let (mut text, mut taken) = (String::new(), 0);
        for event in events {
            if text.len() >= most {
                break;
            }
            if event.position > self.sent && self.wanted.takes(event) {
                write(&self.state, event, &mut text)?;
            }
            self.sent = self.sent.max(event.position);
            taken += 1;
        }
        Ok((Bytes::from(text), taken))
    }
}

/// The newest commit as text: whoever wants everything is sent the same bytes.
#[derive(Default)]
pub struct Told(Mutex<Option<(Arc<[RecordedEvent]>, Bytes)>>);

impl Told {
    fn text(&self, state: &HttpState, commit: &Arc<[RecordedEvent]>) -> Result<Bytes, Ended> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, text)) = &*told
            && Arc::ptr_eq(known, commit)
        {
            return Ok(text.clone());
        }
        let mut text = String::new();
        commit.iter().try_for_each(|event| write(state, event, &mut text))?;
        let text = Bytes::from(text);
        *told = Some((commit.clone(), text.clone()));
        Ok(text)
    }
}

/// Writes an event as it is sent.
fn write(state: &HttpState, event: &RecordedEvent, text: &mut String) -> Result<(), Ended> {
    let json = structured(state, event).map_err(|error| {
        error.log("");
        Ended
    })?;
    // Writing to a string does not fail.
    let _ = write!(text, "id: {}\ndata: {json}\n\n", event.position);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn event(stream: StreamKind, stream_id: u128, name: &'static str, payload: &str) -> RecordedEvent {
        RecordedEvent {
            position: 1,
            stream,
            stream_id: Uuid::from_u128(stream_id),
            version: 1,
            name: name.into(),
            payload: payload.to_owned(),
            occurred_at: Timestamp(0),
            correlation_id: Uuid::nil(),
            causation_id: Arc::from("x"),
        }
    }

    fn everything() -> Wanted {
        Wanted { order_id: None, customer: None, store_id: None, names: vec![] }
    }

    #[test]
    fn a_customers_streams_are_learned_on_the_way() {
        let customer = Uuid::from_u128(1);
        let mut wanted = Wanted { customer: Some((CustomerId(customer), HashSet::new())), ..everything() };
        let accepted = event(StreamKind::Order, 7, "order.accepted", "{}");
        assert!(!wanted.takes(&accepted));
        let submitted = format!(r#"{{"customer_id":"{customer}","lines":[],"stores":[]}}"#);
        assert!(wanted.takes(&event(StreamKind::Order, 7, "order.submitted", &submitted)));
        assert!(wanted.takes(&accepted));
        assert!(!wanted.takes(&event(StreamKind::Order, 8, "order.accepted", "{}")));
    }

    #[test]
    fn a_store_is_followed_by_stream_and_by_name() {
        let store = Uuid::from_u128(5);
        let mut wanted = Wanted { store_id: Some(store), ..everything() };
        assert!(wanted.takes(&event(StreamKind::Store, 5, "store.joined", "{}")));
        let confirmed = format!(r#"{{"store_id":"{store}"}}"#);
        assert!(wanted.takes(&event(StreamKind::Order, 7, "order.store_confirmed", &confirmed)));
        let submitted = format!(r#"{{"lines":[],"stores":[{{"store_id":"{store}","store_name":"x"}}]}}"#);
        assert!(wanted.takes(&event(StreamKind::Order, 7, "order.submitted", &submitted)));
        assert!(!wanted.takes(&event(StreamKind::Order, 7, "order.paid", "{}")));
    }

    #[test]
    fn types_are_any_of_the_named() {
        let mut wanted = Wanted { names: vec!["order.paid".into(), "order.expired".into()], ..everything() };
        assert!(wanted.takes(&event(StreamKind::Order, 7, "order.paid", "{}")));
        assert!(!wanted.takes(&event(StreamKind::Order, 7, "order.accepted", "{}")));
    }
}
