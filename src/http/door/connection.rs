//! Connections: bounded in number, in how many of them one peer may hold, in how long an answer may stand still, and in
//! what is listened to while no request is under way.
//!
//! actix-web has a deadline for the first head of a connection; the body's is in `payload`. What it has none for is a client
//! that does not read its answer, which would hold the connection and what is to be sent for ever; a later head that
//! never ends; and a body that goes on without end when its request was answered long ago.

use actix_http::Protocol;
use actix_web::rt::net::TcpStream;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

/// How long a client may take to send the head of a request. Longer lets idle attackers hold connections (slowloris),
/// shorter cuts off bad mobile networks.
pub const REQUEST_HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// How long an idle connection is kept for the next request. Longer holds sockets, shorter costs handshakes.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a client may take to read [`PROGRESS`] bytes of an answer, or what is left of it.
const STALL: Duration = Duration::from_secs(20);
/// 16 KiB in 20 s is a tenth of what the slowest mobile network delivers.
const PROGRESS: usize = 16 * 1_024;
/// How long a connection that is being closed may take over it.
pub const DISCONNECT_DEADLINE: Duration = Duration::from_secs(1);
/// How long a connection is listened to without a request under way: an idle one, and then a head.
const NO_REQUEST: Duration = Duration::from_secs(KEEP_ALIVE.as_secs() + REQUEST_HEAD_DEADLINE.as_secs());
/// What is read of a client for one request, or between two, bytes: its body, and as much of one that is too large as is
/// read and thrown away (`payload`), or the rest of one in chunks whose request was refused; less would cut clients off
/// before they have read the refusal. Of a body with a length actix reads on for [`DISCONNECT_DEADLINE`].
const SAID_MAX: usize = 2 << 20;

/// Who holds how many connections.
#[derive(Clone)]
pub struct Peers {
    most: usize,
    held: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

impl Peers {
    /// Lets each peer hold `most` connections.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, held: Arc::default() }
    }

    /// A connection as it is served, or an error when its peer holds too many.
    ///
    /// # Errors
    /// The peer holds as many as it may.
    pub fn admit(&self, io: TcpStream) -> io::Result<(Connection, Protocol, Option<SocketAddr>)> {
        // An event, or what an answer ends with, is not to wait for the client's word on what came before: where both sides
        // wait, that is 40 ms. Where it cannot be set, it is only later.
        let _ = io.set_nodelay(true);
        let peer = io.peer_addr().ok();
        let slot = self.take(peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip()))?;
        Ok((Connection { io, line: Line::default(), quiet: None, stall: None, _slot: slot }, Protocol::Http1, peer))
    }

    fn take(&self, peer: IpAddr) -> io::Result<Slot> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(peer).or_default();
        if *count >= self.most {
            return Err(io::Error::other("a peer holds too many connections"));
        }
        *count += 1;
        Ok(Slot { peer, held: self.held.clone() })
    }
}

/// One connection of a peer; given back when dropped.
struct Slot {
    peer: IpAddr,
    held: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.peer);
            }
        }
    }
}

/// The requests under way on a connection.
#[derive(Clone)]
pub struct Line(Rc<Cell<Listening>>);

#[derive(Clone, Copy)]
struct Listening {
    /// Requests begun and not answered.
    under_way: usize,
    /// Since when there is none, if there is none.
    since: Instant,
    /// What was read since the last request began or ended, bytes.
    read: usize,
}

impl Default for Line {
    fn default() -> Self {
        Self(Rc::new(Cell::new(Listening { under_way: 0, since: Instant::now(), read: 0 })))
    }
}

impl Line {
    /// A request begins.
    #[must_use]
    pub fn begin(&self) -> Request {
        let listening = self.0.get();
        self.0.set(Listening { under_way: listening.under_way + 1, read: 0, ..listening });
        Request(self.clone())
    }

    /// Counts what was read; false when it was too much.
    fn may_say(&self, bytes: usize) -> bool {
        let listening = self.0.get();
        let read = listening.read + bytes;
        self.0.set(Listening { read, ..listening });
        read <= SAID_MAX
    }

    /// When nobody listens any longer, unless a request begins.
    fn until(&self, now: Instant) -> Instant {
        let listening = self.0.get();
        (if listening.under_way > 0 { now } else { listening.since }) + NO_REQUEST
    }
}

/// A request under way; answered, or given up, when dropped.
pub struct Request(Line);

impl Drop for Request {
    fn drop(&mut self) {
        let Listening { under_way, .. } = self.0.0.get();
        self.0.0.set(Listening { under_way: under_way - 1, since: Instant::now(), read: 0 });
    }
}

/// A connection that ends when its client stops reading, or talks beside any request.
pub struct Connection {
    io: TcpStream,
    line: Line,
    /// Wakes the connection when it may be time to give it up. Set again then, and not for each request.
    quiet: Option<Pin<Box<Sleep>>>,
    stall: Option<Stall>,
    _slot: Slot,
}

impl Connection {
    /// The requests under way on it.
    #[must_use]
    pub fn line(&self) -> Line {
        self.line.clone()
    }
}

/// An answer that could not be handed to the network at once.
struct Stall {
    until: Pin<Box<Sleep>>,
    written: usize,
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buffer);
        match &read {
            Poll::Ready(Ok(())) if !self.line.may_say(buffer.filled().len() - before) => {
                return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
            }
            Poll::Ready(_) => {}
            Poll::Pending => {
                let now = Instant::now();
                let until = self.line.until(now);
                let quiet = self.quiet.get_or_insert_with(|| Box::pin(sleep_until(until)));
                while quiet.as_mut().poll(cx).is_ready() {
                    if until <= now {
                        return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                    }
                    quiet.as_mut().reset(until);
                }
            }
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        match &written {
            Poll::Ready(Ok(count)) => {
                if let Some(stall) = &mut self.stall {
                    stall.written += count;
                    if stall.written >= PROGRESS {
                        self.stall = None;
                    }
                }
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                let stall = self.stall.get_or_insert_with(|| Stall { until: Box::pin(sleep(STALL)), written: 0 });
                if stall.until.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
            }
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Asked for once everything was taken.
        self.stall = None;
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_leaves_places_to_others() {
        let peers = Peers::new(2);
        let (one, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let places = [peers.take(one).unwrap(), peers.take(one).unwrap()];
        assert!(peers.take(one).is_err());
        assert!(peers.take(other).is_ok());
        drop(places);
        assert!(peers.take(one).is_ok());
        assert!(peers.held.lock().unwrap().is_empty(), "who holds nothing is forgotten");
    }
}
