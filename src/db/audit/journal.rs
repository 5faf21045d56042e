//! One walk through the journal: I7, I8, I9, I12, I13, half of I14, and what the other checks need to know of it.

use super::findings::Findings;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::guards;
use crate::db::rows::Origin;
use crate::db::schema::events;
use crate::domain::event::{PaymentEvent, StoreEvent};
use crate::domain::ids::OrderId;
use crate::domain::inventory::{Stock, StockLine};
use crate::domain::order::OrderStatus;
use crate::domain::upcast::decode;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Rows read at a time.
const CHUNK: i64 = 10_000;

/// What the walk remembers.
#[derive(Default)]
pub(super) struct Streams {
    /// The newest position.
    pub(super) head: u64,
    /// The version each stream is at.
    pub(super) versions: BTreeMap<Uuid, i64>,
    /// How many of the streams have no row.
    pub(super) without_row: usize,
    /// What ended each order that ended.
    pub(super) outcomes: BTreeMap<Uuid, OrderStatus>,
    /// Where orders were accepted.
    pub(super) accepted_at: BTreeMap<Uuid, i64>,
    /// Where stores closed.
    pub(super) closed_at: BTreeMap<Uuid, i64>,
    /// The stock the movements left each product with.
    pub(super) stock: BTreeMap<Uuid, Stock>,
    /// Stores that reserve nothing any more.
    closing: BTreeSet<Uuid>,
    /// Which effects there were: participant, order, kind.
    effects: BTreeSet<(Uuid, Uuid, &'static str)>,
}

/// Position, version, stream, name, stream id, payload (empty for orders).
type Event = (i64, i64, String, String, String, String);

pub(super) fn check(conn: &mut Connection, findings: &mut Findings) -> Result<Streams, DbError> {
    let mut streams = Streams::default();
    let mut head = 0;
    loop {
        let chunk: Vec<Event> = events::table
            .filter(events::position.gt(head))
            .order(events::position.asc())
            .limit(CHUNK)
            .select((
                events::position,
                events::version,
                events::stream,
                events::name,
                events::stream_id,
                // What orders say is not needed, and they say the most.
                sql::<Text>("CASE WHEN stream = 'order' THEN '' ELSE payload END"),
            ))
            .load(conn)?;
        if chunk.is_empty() {
            break;
        }
        for event in &chunk {
            streams.visit(event, head, findings)?;
            head = event.0;
        }
    }
    for guard in guards::missing_guards(conn)? {
        findings.violated(13, || format!("trigger {guard} is missing"));
    }
    if let Some(wrong) = guards::wrong_counter(conn, head)? {
        findings.violated(13, || wrong);
    }
    streams.head = head.unsigned_abs();
    Ok(streams)
}

impl Streams {
    fn visit(&mut self, event: &Event, before: i64, findings: &mut Findings) -> Result<(), DbError> {
        let (position, version, stream, name, stream_id, payload) = event;
        findings.check(13, *position == before + 1, || format!("position {position} follows {before}"));
        let id: Uuid = Origin("events", &position.to_string()).id("stream_id", stream_id)?;
        let at = self.versions.entry(id).or_insert(0);
        findings.check(8, *version == *at + 1, || format!("{stream} {id}: version {version} follows {at}"));
        *at = *version;
        match stream.as_str() {
            "order" => self.order_event(id, *position, name, findings),
            "store" => self.store_event(id, *position, name, payload, findings),
            "payment" => self.payment_event(id, *position, name, payload, findings),
            // The mall's own stream has no row in any table.
            "mall" => self.without_row = 1,
            _ => {}
        }
        Ok(())
    }

    fn order_event(&mut self, id: Uuid, position: i64, name: &str, findings: &mut Findings) {
        let outcome = outcome_of(name);
        if let Some(ended) = self.outcomes.get(&id) {
            findings.check(7, follows_an_end(name), || format!("order {id}: {name} at {position} follows its end"));
            if outcome.is_some() {
                findings.violated(9, || format!("order {id}: {name} at {position}, but it was {ended} before"));
            }
        } else if let Some(outcome) = outcome {
            self.outcomes.insert(id, outcome);
        }
        if name == "order.accepted" {
            self.accepted_at.insert(id, position);
        }
    }

    fn store_event(&mut self, id: Uuid, position: i64, name: &str, payload: &str, findings: &mut Findings) {
        let Ok(event) = decode::<StoreEvent>(name, payload) else {
            return findings.violated(3, || format!("event {position} ({name}) cannot be read"));
        };
        match event {
            StoreEvent::ClosingStarted(_) => {
                self.closing.insert(id);
            }
            StoreEvent::Archived(_) => {
                self.closed_at.insert(id, position);
            }
            StoreEvent::ProductAdded(added) => {
                self.stock.insert(added.product_id.0, Stock { on_hand: added.stock, reserved: 0 });
            }
            StoreEvent::StockSet(set) => {
                let stock = self.stock.entry(set.product_id.0).or_default();
                *stock = stock.with_available(set.available);
            }
            StoreEvent::StockReserved(moved) => {
                let open = !self.closing.contains(&id);
                findings.check(14, open, || format!("store {id} reserved at {position}, but it was closing"));
                self.effect(id, moved.order_id, "reserved", findings);
                self.movement(&moved.lines, Stock::reserve);
            }
            StoreEvent::StockReleased(moved) => {
                self.effect(id, moved.order_id, "released", findings);
                self.movement(&moved.lines, Stock::release);
            }
            StoreEvent::StockShipped(moved) => {
                self.effect(id, moved.order_id, "shipped", findings);
                self.movement(&moved.lines, Stock::ship);
            }
            StoreEvent::Created(_)
            | StoreEvent::Edited(_)
            | StoreEvent::Joined(_)
            | StoreEvent::Left(_)
            | StoreEvent::ProductEdited(_)
            | StoreEvent::ProductArchived(_) => {}
        }
    }

    fn movement(&mut self, lines: &[StockLine], movement: fn(Stock, i64) -> Stock) {
        for line in lines {
            let stock = self.stock.entry(line.product_id.0).or_default();
            *stock = movement(*stock, i64::from(line.quantity));
        }
    }

    fn payment_event(&mut self, id: Uuid, position: i64, name: &str, payload: &str, findings: &mut Findings) {
        match decode::<PaymentEvent>(name, payload) {
            Ok(PaymentEvent::Held(held)) => self.effect(id, held.order_id, "held", findings),
            Ok(PaymentEvent::HoldVoided(voided)) => self.effect(id, voided.order_id, "voided", findings),
            Ok(PaymentEvent::Captured(captured)) => self.effect(id, captured.order_id, "captured", findings),
            Ok(PaymentEvent::Authorized(_) | PaymentEvent::HoldLowered(_) | PaymentEvent::Voided(_)) => {}
            Err(_) => findings.violated(12, || format!("event {position} ({name}) cannot be read")),
        }
    }

    /// I12: an order has each effect at a participant once.
    fn effect(&mut self, participant: Uuid, order: OrderId, kind: &'static str, findings: &mut Findings) {
        let first = self.effects.insert((participant, order.0, kind));
        findings.check(12, first, || format!("{participant} {kind} for order {order} more than once"));
    }
}

/// The status a terminal event leads to.
fn outcome_of(name: &str) -> Option<OrderStatus> {
    match name {
        "order.rejected" => Some(OrderStatus::Rejected),
        "order.cancelled" => Some(OrderStatus::Cancelled),
        "order.expired" => Some(OrderStatus::Expired),
        "order.delivered" => Some(OrderStatus::Delivered),
        _ => None,
    }
}

/// I7: what may happen to an order that has ended.
fn follows_an_end(name: &str) -> bool {
    matches!(
        name,
        "order.obligation_met" | "order.compensation_required" | "order.confirmation_ignored" | "order.archived"
    )
}
