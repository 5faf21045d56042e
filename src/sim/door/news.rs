//! What became of orders, as the journal's events say it: shoppers wait here for their verdicts.

use crate::domain::event::{OrderEvent, StreamKind};
use crate::domain::ids::OrderId;
use crate::domain::order::OrderStatus;
use crate::domain::upcast::decode;
use crate::ports::journal::RecordedEvent;
use crate::sim::shopping::call::Verdict;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// The verdicts of orders. Clones share them.
#[derive(Clone, Default)]
pub struct Verdicts(Arc<Mutex<Orders>>);

#[derive(Default)]
struct Orders {
    /// What nobody has asked for yet.
    known: BTreeMap<OrderId, Verdict>,
    waiting: BTreeMap<OrderId, Vec<oneshot::Sender<Verdict>>>,
}

impl Verdicts {
    /// Reads committed events.
    pub fn hear(&self, events: &[RecordedEvent]) {
        let verdicts = events.iter().filter(|event| event.stream == StreamKind::Order);
        for (order, verdict) in verdicts.filter_map(|event| Some((OrderId(event.stream_id), verdict(event)?))) {
            let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let waiting = orders.waiting.remove(&order).unwrap_or_default();
            // Whoever waited may have turned to something else, and asks again.
            let heard = waiting.into_iter().fold(false, |heard, waits| waits.send(verdict).is_ok() | heard);
            if !heard {
                orders.known.insert(order, verdict);
            }
        }
    }

    /// Waits for the verdict of an order. It is told once: whoever knows it does not ask again.
    pub async fn of(&self, order: OrderId) -> Verdict {
        let waits = {
            let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(verdict) = orders.known.remove(&order) {
                return verdict;
            }
            let (tells, waits) = oneshot::channel();
            orders.waiting.entry(order).or_default().push(tells);
            waits
        };
        match waits.await {
            Ok(verdict) => verdict,
            // Nobody tells any more: the run is over.
            Err(_gone) => std::future::pending().await,
        }
    }
}

/// The verdict an event tells, if it is one: the first end of being pending.
fn verdict(event: &RecordedEvent) -> Option<Verdict> {
    let (status, pay_by) = match &*event.name {
        "order.accepted" => match decode::<OrderEvent>(&event.name, &event.payload) {
            Ok(OrderEvent::Accepted(accepted)) => (OrderStatus::Accepted, Some(accepted.pay_by)),
            _ => return None,
        },
        "order.rejected" => (OrderStatus::Rejected, None),
        "order.cancelled" => (OrderStatus::Cancelled, None),
        _ => return None,
    };
    Some(Verdict { status, pay_by, at: event.occurred_at })
}
