//! What led to what: every event names its cause, and one request has one effect.

use super::Referee;
use crate::domain::event::StreamKind;
use crate::domain::ids::OrderId;
use crate::ports::journal::RecordedEvent;
use uuid::Uuid;

/// What people's requests make, once under a key.
const ONCE: [&str; 8] = [
    "customer.registered",
    "payment.authorized",
    "payment.voided",
    "basket.created",
    "basket.checked_out",
    "order.submitted",
    "order.paid",
    "order.cancelled",
];

impl Referee {
    /// What an order led to, in any stream, carries its id, and names an event of it that was there before.
    pub(super) fn judge_cause(&mut self, event: &RecordedEvent) {
        let at = event.occurred_at;
        let order = match event.stream {
            StreamKind::Order => Some(event.stream_id),
            StreamKind::Store | StreamKind::Payment => order_of(&event.payload),
            _ => None,
        };
        if order.is_some_and(|order| order != event.correlation_id) {
            let said = format!("event {} ({}) is of order {order:?}, not of its request", event.position, event.name);
            self.finds("what an order led to carries its id", event.stream.as_str(), at, said);
        }
        let cause = event.causation_id.split_once('@');
        let of_its_order = |(of, _): (&str, &str)| of.parse().ok() == order;
        let must_be = order.is_some() && (event.stream != StreamKind::Order || cause.is_some());
        if must_be && !cause.is_some_and(of_its_order) {
            let said = format!("event {} ({}) was led to by {}", event.position, event.name, event.causation_id);
            self.finds("what an order led to names it", event.stream.as_str(), at, said);
        }
        if let Some((of, version)) = cause {
            let of = of.parse().ok().and_then(|of| self.folds.orders.get(&OrderId(of)));
            // Of the stream itself the newest event is this one.
            let newest = of.map_or(0, |of| of.version - u64::from(of.id.0 == event.stream_id));
            if !version.parse().is_ok_and(|version: u64| (1..=newest).contains(&version)) {
                let said = format!("event {} ({}) was led to by {}", event.position, event.name, event.causation_id);
                self.finds("a cause comes before what it led to", event.stream.as_str(), at, said);
            }
        } else {
            self.judge_request(event);
        }
    }

    /// What was asked under a key is done once.
    fn judge_request(&mut self, event: &RecordedEvent) {
        let Some(name) = ONCE.iter().find(|name| **name == event.name) else { return };
        let Some((what, _key)) = event.causation_id.split_once(' ') else { return };
        self.done.entry(event.causation_id.to_string()).or_insert(self.heard_us);
        if !self.by_request.insert((event.causation_id.to_string(), name)) {
            let said = format!("{} did {name} more than once", event.causation_id);
            self.finds("one key has one effect", event.stream.as_str(), event.occurred_at, said);
        }
        let does = match what {
            "register" => *name == "customer.registered",
            "authorize" => *name == "payment.authorized",
            "basket" => *name == "basket.created",
            "checkout" => matches!(*name, "basket.checked_out" | "order.submitted"),
            "submit" => *name == "order.submitted",
            "pay" => *name == "order.paid",
            "cancel" => *name == "order.cancelled",
            "void" => *name == "payment.voided",
            _ => true,
        };
        if !does {
            let said = format!("{} led to {name}", event.causation_id);
            self.finds("what is asked is done, and nothing else", event.stream.as_str(), event.occurred_at, said);
        }
    }
}

/// The order that an event of a participant names, if it names one.
fn order_of(payload: &str) -> Option<Uuid> {
    #[derive(serde::Deserialize)]
    struct About {
        order_id: Option<Uuid>,
    }
    serde_json::from_str::<About>(payload).ok()?.order_id
}
