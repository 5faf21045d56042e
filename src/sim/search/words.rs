//! What happens in a run, in words: kept line by line where a story is to be told.

use crate::ports::journal::RecordedEvent;
use crate::sim::world::clock::VirtualClock;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// Lines, each with the microsecond since the opening.
type Lines = Vec<(u64, String)>;

/// What happened, each with the microsecond since the opening. Clones share it.
#[derive(Clone)]
pub struct Log {
    clock: Arc<VirtualClock>,
    /// None where no story is told.
    lines: Option<Arc<Mutex<Lines>>>,
}

impl Log {
    /// A log of a world with this clock, which keeps what it is told if a story is to be.
    #[must_use]
    pub fn of(clock: Arc<VirtualClock>, tells: bool) -> Self {
        Self { clock, lines: tells.then(Arc::default) }
    }

    /// Keeps what happens now.
    pub fn note(&self, what: impl FnOnce() -> String) {
        if let Some(lines) = &self.lines {
            let line = (self.clock.elapsed_us(), what());
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }

    /// What was kept, in the order of its times.
    #[must_use]
    pub fn lines(&self) -> Lines {
        let lines = self.lines.as_ref().map(|lines| lines.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let mut lines = lines.unwrap_or_default();
        lines.sort_by_key(|(at, _)| *at);
        lines
    }
}

/// An event in words.
#[must_use]
pub fn of_event(event: &RecordedEvent) -> String {
    let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    let id = event.stream_id;
    let text = |field: &str| payload[field].as_str().unwrap_or_default().to_owned();
    let money = || {
        let amount = ["amount", "total"].iter().find_map(|field| payload[*field]["amount_minor"].as_i64());
        amount.map_or_else(String::new, |minor| format!("{}.{:02}", minor / 100, minor % 100))
    };
    let pieces = || {
        let lines = payload["lines"].as_array().into_iter().flatten();
        lines.filter_map(|line| line["quantity"].as_u64()).sum::<u64>()
    };
    match &*event.name {
        "payment.authorized" => format!("the bank authorizes {} ({id})", money()),
        "payment.held" => format!("the bank holds {} for order {}", money(), text("order_id")),
        "payment.hold_voided" => format!("the bank gives {} back for order {}", money(), text("order_id")),
        "payment.captured" => format!("the bank takes {} for order {}", money(), text("order_id")),
        "store.stock_reserved" => format!("store {id} puts {} aside for order {}", pieces(), text("order_id")),
        "store.stock_released" => format!("store {id} puts {} back for order {}", pieces(), text("order_id")),
        "store.stock_shipped" => format!("store {id} hands {} over for order {}", pieces(), text("order_id")),
        "order.submitted" => format!("order {id} is placed: {} pieces for {}", pieces(), money()),
        "order.accepted" => format!("order {id} is accepted for {}, to be paid by {}", money(), text("pay_by")),
        "order.rejected" => format!("order {id} is rejected: {}", payload["reasons"]),
        "order.store_rejected" => format!("order {id}: store {} refuses, {}", text("store_id"), text("reason")),
        "order.store_confirmed" => format!("order {id}: store {} confirms", text("store_id")),
        "order.payment_confirmed" => format!("order {id}: the bank confirms"),
        "order.compensation_required" => format!("order {id} owes {}", payload["obligations"]),
        "order.obligation_met" => format!("order {id}: {} is done", text("kind").replace('_', " ")),
        name => match name.split_once('.') {
            Some((stream, what)) => format!("{stream} {id}: {}", what.replace('_', " ")),
            None => format!("{name} of {id}"),
        },
    }
}
