//! Makes requests to outside participants of what happens in the journal.

use crate::domain::clock::Speed;
use crate::domain::event::OrderEvent;
use crate::domain::ids::OrderId;
use crate::domain::order::Request;
use crate::domain::upcast::decode;
use crate::ports::feed::{Consume, Undelivered};
use crate::ports::journal::RecordedEvent;
use crate::ports::outside::{OutgoingRequest, RequestSink};
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// The name of the durable consumer that makes requests.
pub const CONSUMER: &str = "requests";

/// Turns events into requests.
pub struct RequestMaker {
    sink: Arc<dyn RequestSink>,
    speed: Box<dyn Fn() -> Speed + Send + Sync>,
}

impl RequestMaker {
    /// Hands requests to `sink`, each with the speed at which the mall's time passes when it is made.
    #[must_use]
    pub fn new(sink: Arc<dyn RequestSink>, speed: impl Fn() -> Speed + Send + Sync + 'static) -> Self {
        Self { sink, speed: Box::new(speed) }
    }
}

impl Consume for RequestMaker {
    fn consume<'a>(&'a self, events: &'a [RecordedEvent]) -> BoxFuture<'a, Result<bool, Undelivered>> {
        let speed = (self.speed)();
        let requests: Vec<_> = events.iter().flat_map(|event| requests(event, speed)).collect();
        Box::pin(async move {
            if requests.is_empty() {
                return Ok(false);
            }
            self.sink.send(requests).await.map(|()| true)
        })
    }
}

fn requests(event: &RecordedEvent, speed: Speed) -> Vec<OutgoingRequest> {
    if !Request::CAUSES.contains(&&*event.name) {
        return Vec::new();
    }
    let cause = match decode::<OrderEvent>(&event.name, &event.payload) {
        Ok(cause) => cause,
        Err(error) => {
            tracing::error!(position = event.position, %error, "an event cannot be read; it leads to no request");
            return Vec::new();
        }
    };
    let requests = Request::because_of(OrderId(event.stream_id), &cause).into_iter().zip(1..);
    requests.map(|(request, number)| OutgoingRequest { event: event.clone(), number, request, speed }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::all_names;

    #[test]
    fn what_may_lead_to_requests_are_events() {
        assert!(Request::CAUSES.iter().all(|name| all_names().contains(name)));
    }
}
