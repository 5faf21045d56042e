//! Which events a client of the live stream wants to see.

use crate::domain::event::StreamKind;
use crate::domain::ids::CustomerId;
use crate::ports::journal::RecordedEvent;
use crate::ports::reads::events::EventFilter;
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a client wants to see: the events that every one of these lets through.
pub struct Interest {
    /// Only of this order.
    pub order_id: Option<Uuid>,
    /// Only of this customer, and of these streams of it.
    pub customer: Option<(CustomerId, BTreeSet<Uuid>)>,
    /// Only of this store, or naming it.
    pub store_id: Option<Uuid>,
    /// Only what this request or order led to.
    pub correlation_id: Option<Uuid>,
    /// Only of these types; all when empty.
    pub names: Vec<String>,
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

impl Interest {
    /// Whether every event is wanted.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        let Self { order_id, customer, store_id, correlation_id, names } = self;
        order_id.is_none() && customer.is_none() && store_id.is_none() && correlation_id.is_none() && names.is_empty()
    }

    /// Whether the client wants the event; learns which streams are the customer's on the way.
    pub fn takes(&mut self, event: &RecordedEvent) -> bool {
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
        takes &= self.correlation_id.is_none_or(|correlation_id| event.correlation_id == correlation_id);
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
    #[must_use]
    pub fn filter(&self, after: u64, up_to: u64) -> EventFilter {
        EventFilter {
            after: Some(after),
            up_to: Some(up_to),
            stream_id: self.order_id,
            correlation_id: self.correlation_id,
            names: self.names.clone(),
            descending: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;
    use std::sync::Arc;

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

    fn everything() -> Interest {
        Interest { order_id: None, customer: None, store_id: None, correlation_id: None, names: vec![] }
    }

    #[test]
    fn a_customers_streams_are_learned_on_the_way() {
        let customer = Uuid::from_u128(1);
        let mut interest = Interest { customer: Some((CustomerId(customer), BTreeSet::new())), ..everything() };
        let accepted = event(StreamKind::Order, 7, "order.accepted", "{}");
        assert!(!interest.takes(&accepted));
        let submitted = format!(r#"{{"customer_id":"{customer}","lines":[],"stores":[]}}"#);
        assert!(interest.takes(&event(StreamKind::Order, 7, "order.submitted", &submitted)));
        assert!(interest.takes(&accepted));
        assert!(!interest.takes(&event(StreamKind::Order, 8, "order.accepted", "{}")));
    }

    #[test]
    fn a_store_is_followed_by_stream_and_by_name() {
        let store = Uuid::from_u128(5);
        let mut interest = Interest { store_id: Some(store), ..everything() };
        assert!(interest.takes(&event(StreamKind::Store, 5, "store.joined", "{}")));
        let confirmed = format!(r#"{{"store_id":"{store}"}}"#);
        assert!(interest.takes(&event(StreamKind::Order, 7, "order.store_confirmed", &confirmed)));
        let submitted = format!(r#"{{"lines":[],"stores":[{{"store_id":"{store}","store_name":"x"}}]}}"#);
        assert!(interest.takes(&event(StreamKind::Order, 7, "order.submitted", &submitted)));
        assert!(!interest.takes(&event(StreamKind::Order, 7, "order.paid", "{}")));
    }

    #[test]
    fn types_are_any_of_the_named() {
        let mut interest = Interest { names: vec!["order.paid".into(), "order.expired".into()], ..everything() };
        assert!(interest.takes(&event(StreamKind::Order, 7, "order.paid", "{}")));
        assert!(!interest.takes(&event(StreamKind::Order, 7, "order.accepted", "{}")));
    }
}
