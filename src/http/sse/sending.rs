//! The body of a live stream, and what waits for its client.

use crate::http::door::body::SLICE;
use crate::http::door::seats::Seat;
use actix_web::web::Bytes;
use futures_util::Stream;
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// Pieces of text a client may be behind, each the events of one commit or page.
const QUEUE: usize = 256;

/// What waits for a client. Only its connection keeps it: when that ends, the follower's side closes.
type Waiting = Rc<RefCell<Option<mpsc::Receiver<Bytes>>>>;

/// The body of an answer, and the side of it that is filled. The seat is taken until both have ended.
#[must_use]
pub fn pair(seat: Seat) -> (Sending, Client) {
    let (to, queue) = mpsc::channel(QUEUE);
    let queue = Rc::new(RefCell::new(Some(queue)));
    let (behind, seat) = (Rc::new(Cell::new(0)), Rc::new(seat));
    let sending = Sending { queue: queue.clone(), piece: Bytes::new(), behind: behind.clone(), _seat: seat.clone() };
    (sending, Client { to, queue, behind, _seat: seat })
}

/// The body of the answer.
pub struct Sending {
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

/// A client of the live stream, as its follower knows it.
pub struct Client {
    to: mpsc::Sender<Bytes>,
    queue: Waiting,
    /// Bytes queued and not taken by the client yet.
    behind: Rc<Cell<usize>>,
    _seat: Rc<Seat>,
}

impl Client {
    /// Whether it has left.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.to.is_closed()
    }

    /// Waits until it has left.
    pub async fn gone(&self) {
        self.to.closed().await;
    }

    /// Waits until it has taken everything; false when it has left before that.
    pub async fn drained(&self) -> bool {
        self.to.reserve_many(QUEUE).await.is_ok()
    }

    /// Bytes that wait for it.
    #[must_use]
    pub fn behind(&self) -> usize {
        self.behind.get()
    }

    /// Queues a piece; false when the queue is full, or the client has left.
    #[must_use]
    pub fn push(&self, text: Bytes) -> bool {
        self.behind.set(self.behind.get() + text.len());
        self.to.try_send(text).is_ok()
    }

    /// Ends the answer and drops what waits: a client that does not read would hold it for as long as its connection lasts.
    pub fn cut_off(&self) {
        if let Some(queue) = &mut *self.queue.borrow_mut() {
            queue.close();
            while queue.try_recv().is_ok() {}
        }
    }
}
