//! Bodies of answers as they are sent: in slices, so that what a connection holds of them is bounded.

use super::connection::Request;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What is handed to the connection at a time, bytes. It copies what it is given: of a body given whole every reader
/// that does not read would hold a copy (3 000 of them 957 MB, measured 2026-11-25).
pub const SLICE: usize = 16 * 1_024;

/// A body that is in memory already, shared or not.
struct Sliced(Bytes);

impl MessageBody for Sliced {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let next = SLICE.min(self.0.len());
        Poll::Ready((next > 0).then(|| Ok(self.0.split_to(next))))
    }
}

/// The body of a HEAD answer whose length nobody knows. The stream itself would be polled for ever, and sent nowhere.
struct Unsent;

impl MessageBody for Unsent {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

/// A body that takes its time: its request is under way until the last of it was taken.
struct UnderWay {
    body: BoxBody,
    _request: Option<Request>,
}

impl MessageBody for UnderWay {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}

/// A body as it is to be sent, in answer to `request`.
pub fn bounded<B: MessageBody + 'static>(body: B, is_head: bool, request: Option<Request>) -> BoxBody {
    if is_head && body.size() == BodySize::Stream {
        return BoxBody::new(Unsent);
    }
    let body = match body.try_into_bytes() {
        Ok(bytes) if bytes.len() > SLICE => BoxBody::new(Sliced(bytes)),
        Ok(bytes) => return BoxBody::new(bytes),
        Err(body) => body.boxed(),
    };
    BoxBody::new(UnderWay { body, _request: request })
}
