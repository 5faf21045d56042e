//! The referee of the search: a true journal is sound, and each way to forge it breaks the law it should. Every law of the
//! referee has a forgery here.

use super::shopper::policy;
use plaza::domain::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use plaza::domain::money::Money;
use plaza::domain::order::request::{BankPart, MoneyPart, StorePart};
use plaza::domain::order::{OnShortage, OrderPolicy, Reason, Request};
use plaza::domain::participant::{Fulfilment, Participant};
use plaza::domain::personality::{OutageMode, Personality};
use plaza::domain::store::{ProductEdit, StoreEdit};
use plaza::domain::time::Timestamp;
use plaza::ports::journal::RecordedEvent;
use plaza::ports::reads::LogIdentity;
use plaza::sim::door::mall::MallDoor;
use plaza::sim::door::shelf::{Item, Shelf};
use plaza::sim::driver::{Crowd, Driver, Notes};
use plaza::sim::search::plan::MallPlan;
use plaza::sim::search::referee::Referee;
use plaza::sim::search::referee::asked::Acknowledged;
use plaza::sim::search::referee::submission::Wish;
use plaza::sim::shopping::errand::{Act, After, Deed, Errand, Funds, Manner, Wanted};
use plaza::sim::staff::{admit, join, open, quiet, shelve};
use plaza::sim::world::clock::EPOCH;
use plaza::sim::world::{Options, World, run};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a referee hears.
#[derive(Clone)]
enum Step {
    Event(RecordedEvent),
    /// An outside service is asked or told something.
    Told(Request),
    /// An outside service refuses for a reason, or agrees.
    Says(Participant, OrderId, Option<Reason>),
    /// What it said first about an order was taken.
    Took(Participant, OrderId),
    /// Whoever runs the mall is told that the bank behaves so.
    Acknowledged(Box<Personality>),
}

/// What a referee hears, with the microsecond: events of one commit have the same.
struct Tape {
    log: LogIdentity,
    steps: Vec<(u64, Step)>,
}

impl Tape {
    fn events(&self) -> impl Iterator<Item = &RecordedEvent> {
        self.steps.iter().filter_map(|(_, step)| if let Step::Event(event) = step { Some(event) } else { None })
    }

    /// Where the event of a name is, counted from 0.
    fn find(&self, name: &str, nth: usize) -> usize {
        let is_it = |(_, step): &&(u64, Step)| matches!(step, Step::Event(event) if event.name == name);
        let found = self.steps.iter().enumerate().filter(|(_, step)| is_it(step)).nth(nth);
        found.unwrap_or_else(|| panic!("there are no {} of {name}", nth + 1)).0
    }

    fn event(&mut self, name: &str, nth: usize) -> &mut RecordedEvent {
        let at = self.find(name, nth);
        let Step::Event(event) = &mut self.steps[at].1 else { unreachable!() };
        event
    }

    /// Sets a part of the payload of an event.
    fn set(&mut self, name: &str, nth: usize, pointer: &str, value: impl Into<Value>) {
        let event = self.event(name, nth);
        let mut payload: Value = serde_json::from_str(&event.payload).unwrap();
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        let parent = payload.pointer_mut(parent).unwrap_or_else(|| panic!("no {pointer} in {name}"));
        match parent {
            Value::Array(items) => items[field.parse::<usize>().unwrap()] = value.into(),
            parent => parent[field] = value.into(),
        }
        event.payload = payload.to_string();
    }

    fn shift(&mut self, name: &str, nth: usize, micros: i64) {
        self.event(name, nth).occurred_at.0 += micros;
    }

    /// Takes an event out of its stream.
    fn leave_out(&mut self, name: &str, nth: usize) -> (u64, RecordedEvent) {
        let at = self.find(name, nth);
        let (us, Step::Event(gone)) = self.steps.remove(at) else { unreachable!() };
        self.renumber(&gone);
        (us, gone)
    }

    /// Puts an event right after another one, in its own stream.
    fn put_after(&mut self, name: &str, nth: usize, what: &RecordedEvent) {
        let at = self.find(name, nth);
        let us = self.steps[at].0;
        self.steps.insert(at + 1, (us, Step::Event(what.clone())));
        self.renumber(what);
    }

    /// Counts the events of a stream again.
    fn renumber(&mut self, of: &RecordedEvent) {
        let mut version = 0;
        for (_, step) in &mut self.steps {
            if let Step::Event(event) = step
                && event.stream_id == of.stream_id
            {
                version += 1;
                event.version = version;
            }
        }
    }

    /// Has an event happen twice.
    fn repeat(&mut self, name: &str, nth: usize) {
        let again = self.event(name, nth).clone();
        self.put_after(name, nth, &again);
    }

    /// Another event at the place and time of one, in the same stream.
    fn instead(&mut self, name: &str, nth: usize, what: &'static str, payload: &Value) -> RecordedEvent {
        let event = self.event(name, nth).clone();
        RecordedEvent { name: Cow::Borrowed(what), payload: payload.to_string(), ..event }
    }

    /// A referee who has heard it.
    fn heard_by(&self, mut referee: Referee) -> Referee {
        let groups = self.steps.chunk_by(|(one_us, one), (other_us, other)| {
            one_us == other_us && matches!((one, other), (Step::Event(_), Step::Event(_)))
        });
        for group in groups {
            let us = group[0].0;
            let events: Vec<RecordedEvent> = group
                .iter()
                .filter_map(|(_, step)| if let Step::Event(event) = step { Some(event.clone()) } else { None })
                .collect();
            let now = Timestamp(EPOCH.0 + us.cast_signed());
            match &group[0].1 {
                Step::Event(_) => referee.hear(&events, us),
                Step::Told(request) => referee.told(request, now),
                Step::Says(who, order, refuses) => _ = referee.says(*who, *order, *refuses),
                Step::Took(who, order) => referee.took(*who, *order, 0, now),
                Step::Acknowledged(how) => {
                    referee.acknowledged(&Acknowledged::Behaves(Participant::Bank, how.clone()), us, now);
                }
            }
        }
        referee
    }

    fn referee(&self, terms: MallPlan) -> Referee {
        Referee::new(&self.log, terms, EPOCH)
    }

    fn copy(&self) -> Self {
        Self { log: self.log.clone(), steps: self.steps.clone() }
    }
}

fn terms(policy: &OrderPolicy) -> MallPlan {
    MallPlan {
        stores: vec![],
        outside_bank: None,
        payment_delay_ms: policy.payment_delay_ms,
        grace_ms: policy.grace_ms,
        pay_deadline_ms: policy.pay_deadline_ms,
        shipping_delay_ms: policy.shipping_delay_ms,
        admission: 4_096,
        timers_at_work: 2_048,
        commit_within_ms: 20,
        yields: 0,
        on_disk: false,
    }
}

fn laws(referee: &Referee) -> BTreeSet<String> {
    referee.findings().iter().map(|finding| finding.law.clone()).collect()
}

struct Silent;

impl Notes for Silent {}

fn errand(number: u64, lines: &[(u32, u32, u32)], then: &[(Deed, After, i64)]) -> Errand {
    let wanted = |&(store, product, quantity): &(u32, u32, u32)| Wanted { store, product, quantity };
    let act = |&(what, after, ms): &(Deed, After, i64)| Act { what, after, ms, again: false };
    Errand {
        number,
        at_ms: number * 1_000,
        customer: None,
        lines: lines.iter().map(wanted).collect(),
        funds: Funds::Enough,
        on_shortage: OnShortage::RejectAll,
        basket: false,
        expects: false,
        think_ms: 0,
        manner: None,
        then: then.iter().map(act).collect(),
    }
}

/// A store with products of these prices and stocks.
async fn a_store(
    world: &World,
    shelf: &Shelf,
    fulfilment: Fulfilment,
    delay_ms: u64,
    products: &[(i64, i64)],
) -> StoreId {
    let mall = world.mall();
    let edit = StoreEdit {
        name: Some("Store".into()),
        location: Some("Here".into()),
        confirmation_delay_ms: Some(delay_ms),
        fulfilment: Some(fulfilment),
    };
    let store = open(&mall, edit, admit(&mall, "test").unwrap()).await.unwrap();
    join(&mall, store, admit(&mall, "test").unwrap()).await.unwrap();
    let number = shelf.open(store);
    for (price, stock) in products {
        let edit = ProductEdit {
            name: Some("Thing".into()),
            price: Some(Money::new(*price, mall.currency())),
            stock: Some(*stock),
            ..ProductEdit::default()
        };
        let id = shelve(&mall, store, edit, admit(&mall, "test").unwrap()).await.unwrap();
        shelf.put(number, Item { id, price: *price });
    }
    store
}

/// What is written in a world is on the tape.
fn record(world: &World) -> Arc<Mutex<Vec<(u64, Step)>>> {
    let steps: Arc<Mutex<Vec<(u64, Step)>>> = Arc::default();
    let (writes, clock) = (steps.clone(), world.clock().clone());
    world.listen(Arc::new(move |events: &[RecordedEvent]| {
        let us = clock.elapsed_us();
        writes.lock().unwrap().extend(events.iter().map(|event| (us, Step::Event(event.clone()))));
    }));
    steps
}

/// Orders that are delivered, cancelled, expired, refused by the bank and by a store, and served in part; then a product is
/// archived, a store closes, the bank behaves otherwise, and the clock is set.
fn inside() -> Tape {
    run(async {
        let world = Rc::new(World::open(Options::new(7, policy())).await.unwrap());
        let log = world.mall().reads().log().await.unwrap();
        let steps = record(&world);
        let shelf = Rc::new(Shelf::default());
        a_store(&world, &shelf, Fulfilment::Internal, 2_000, &[(100, 30), (250, 100)]).await;
        let last = a_store(&world, &shelf, Fulfilment::Internal, 1_000, &[(40, 1)]).await;
        let pays = [(Deed::Pay, After::Acceptance, 1_000)];
        let takes_less = OnShortage::AcceptAvailable;
        let errands = [
            errand(0, &[(0, 0, 1)], &pays),
            errand(1, &[(0, 0, 1)], &[(Deed::Cancel, After::Acceptance, 1_000)]),
            errand(2, &[(0, 0, 1)], &[]),
            Errand { funds: Funds::Short(1), ..errand(3, &[(0, 0, 1)], &[]) },
            errand(4, &[(0, 0, 50)], &[]),
            Errand { basket: true, on_shortage: takes_less, ..errand(5, &[(0, 1, 2), (1, 0, 3)], &pays) },
            Errand { basket: true, manner: Some(Manner::Robbed), ..errand(6, &[(0, 1, 1)], &pays) },
            errand(7, &[(0, 1, 1)], &[(Deed::Void, After::Submission, 60_000)]),
        ];
        let door = Rc::new(MallDoor::new(world.clone(), shelf.clone()));
        Driver::new(door, Rc::new(Silent), "run").send(errands, Crowd::ALL).await;
        tokio::time::sleep(Duration::from_hours(1)).await;
        let mall = world.mall();
        let by = || admit(&mall, "test").unwrap();
        mall.archive_store(last, None, quiet(|_| ()), by()).await.unwrap();
        mall.add_outage(Participant::Bank, Duration::from_mins(1), OutageMode::Hold, None, quiet(|_| ()), by())
            .await
            .unwrap();
        mall.set_speed(plaza::domain::clock::Speed::new(2.0).unwrap(), None, by()).await.unwrap();
        world.settle().await;
        let steps = std::mem::take(&mut *steps.lock().unwrap());
        Tape { log, steps }
    })
}

/// A mall whose bank and first store are served from outside: an order that is delivered, one in part, one that nobody
/// answers.
fn outside() -> Tape {
    let policy = OrderPolicy { payment_provider: Fulfilment::External, ..policy() };
    run(async {
        let world = Rc::new(World::open(Options::new(7, policy)).await.unwrap());
        let log = world.mall().reads().log().await.unwrap();
        let steps = record(&world);
        let shelf = Rc::new(Shelf::default());
        let store = a_store(&world, &shelf, Fulfilment::External, 2_000, &[(100, 10)]).await;
        a_store(&world, &shelf, Fulfilment::Internal, 1_000, &[(40, 10)]).await;
        let pays = [(Deed::Pay, After::Acceptance, 1_000)];
        let errands = [
            errand(0, &[(0, 0, 1)], &pays),
            Errand { on_shortage: OnShortage::AcceptAvailable, ..errand(20, &[(0, 0, 1), (1, 0, 1)], &pays) },
            errand(40, &[(0, 0, 1)], &[]),
        ];
        let (hears, said, clock) = (world.outside(), steps.clone(), world.clock().clone());
        tokio::task::spawn_local(async move {
            let (mut requests, mut asked) = (hears.subscribe(), 0);
            while let Ok(heard) = requests.recv().await {
                let us = clock.elapsed_us();
                said.lock().unwrap().push((us, Step::Told(heard.request.clone())));
                let (who, order) = match &heard.request {
                    Request::Confirm(asked) => (Participant::Store(asked.store_id), asked.order_id),
                    Request::Hold(asked) => (Participant::Bank, asked.order_id),
                    _ => continue,
                };
                asked += 1;
                let (subject, refuses) = match (who, asked) {
                    (_, 5..) => continue,
                    (Participant::Bank, _) => ("plaza.cmd.bank.confirm".to_owned(), None),
                    (Participant::Store(_), 1 | 2) => (format!("plaza.cmd.store.{store}.confirm"), None),
                    _ => (format!("plaza.cmd.store.{store}.reject"), Some(Reason::OutOfStock)),
                };
                let reason = refuses.map_or(String::new(), |reason| format!(",\"reason\":\"{reason}\""));
                said.lock().unwrap().push((us, Step::Says(who, order, refuses)));
                assert!(hears.answer(&subject, format!("{{\"order_id\":\"{order}\"{reason}}}").as_bytes()).await);
                said.lock().unwrap().push((clock.elapsed_us(), Step::Took(who, order)));
            }
        });
        let door = Rc::new(MallDoor::new(world.clone(), shelf.clone()));
        Driver::new(door, Rc::new(Silent), "run").send(errands, Crowd::ALL).await;
        tokio::time::sleep(Duration::from_hours(1)).await;
        world.settle().await;
        let steps = std::mem::take(&mut *steps.lock().unwrap());
        Tape { log, steps }
    })
}

/// What somebody does to a tape, and the law it breaks.
type Forgery = (&'static str, fn(&mut Tape));

const ANOTHER: &str = "00000000-0000-4000-8000-000000000000";

/// Has the bank behave otherwise from the beginning on: out for the first minute in a mode, if that is one.
fn out(tape: &mut Tape, mode: &str, after: &str) {
    if !mode.is_empty() {
        let outage = json!({ "from": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:01:00Z", "mode": mode });
        tape.set("mall.personality_set", 0, "/personality/outages", json!([outage]));
    }
    let (_, set) = tape.leave_out("mall.personality_set", 0);
    let payload: Value = serde_json::from_str(&set.payload).unwrap();
    let how = serde_json::from_value(payload["personality"].clone()).unwrap();
    let occurred_at = tape.event(after, 0).occurred_at;
    tape.put_after(after, 0, &RecordedEvent { occurred_at, ..set });
    // Once all of that commit is heard.
    let (at, us) = (tape.find("customer.registered", 0), tape.steps[tape.find(after, 0)].0);
    tape.steps.insert(at, (us, Step::Acknowledged(Box::new(how))));
}

/// Forged in a mall that serves everything itself.
const INSIDE: &[Forgery] = &[
    ("I8 versions", |tape| tape.event("order.accepted", 0).version += 1),
    ("time never runs backwards", |tape| tape.shift("order.accepted", 0, -60_000_000)),
    ("the journal can be read", |tape| "{}".clone_into(&mut tape.event("order.accepted", 0).payload)),
    ("I1 stock", |tape| tape.set("store.stock_reserved", 0, "/lines/0/quantity", 50)),
    ("I4 money", |tape| tape.set("payment.held", 0, "/amount/amount_minor", 10_000)),
    ("I12 one effect", |tape| tape.repeat("payment.captured", 0)),
    ("checkout empties the basket", |tape| _ = tape.leave_out("order.submitted", 5)),
    ("checkout takes the basket", |tape| tape.set("basket.item_set", 0, "/quantity", 9)),
    ("what an order led to carries its id", |tape| tape.event("payment.held", 0).correlation_id = uuid::Uuid::nil()),
    ("what an order led to names it", |tape| {
        let other = tape.event("payment.held", 1).causation_id.clone();
        tape.event("payment.held", 0).causation_id = other;
    }),
    ("what an order led to names it", |tape| {
        let other = tape.event("order.accepted", 1).causation_id.clone();
        tape.event("order.payment_confirmed", 0).causation_id = other;
    }),
    ("a cause comes before what it led to", |tape| {
        let accepted = tape.event("order.accepted", 0);
        accepted.causation_id = format!("{}@{}", accepted.stream_id, accepted.version).into();
    }),
    ("one key has one effect", |tape| {
        let first = tape.event("order.paid", 0).causation_id.clone();
        tape.event("order.paid", 1).causation_id = first;
    }),
    ("what is asked is done, and nothing else", |tape| {
        tape.event("order.paid", 0).causation_id = "cancel run-0-cancel".into();
    }),
    ("moderation", |tape| (0..60).for_each(|_| tape.repeat("order.obligation_met", 0))),
    ("I7 the end", |tape| {
        let expired = tape.instead("order.cancelled", 0, "order.expired", &json!({}));
        tape.put_after("order.cancelled", 0, &expired);
    }),
    ("the pay deadline", |tape| tape.shift("order.accepted", 0, -1)),
    ("the time-out", |tape| tape.shift("order.submitted", 0, 1)),
    ("the shipping delay", |tape| tape.set("order.paid", 0, "/ships_at", "2026-01-02T00:00:00Z")),
    ("the delay of a confirmation", |tape| {
        tape.set("order.submitted", 0, "/payment_due_at", "2026-01-01T00:00:00Z");
    }),
    ("I14 no sale of a closed store", |tape| {
        let closing = tape.instead("store.product_added", 0, "store.closing_started", &json!({}));
        tape.put_after("store.product_added", 0, &closing);
    }),
    ("I14 no sale of a closed store", |tape| {
        let gone = tape.instead("store.stock_reserved", 0, "store.archived", &json!({}));
        tape.put_after("store.stock_reserved", 0, &gone);
    }),
    ("a store closes before it is gone", |tape| _ = tape.leave_out("store.closing_started", 0)),
    ("every store that closes is gone", |tape| _ = tape.leave_out("store.archived", 0)),
    ("no sale of an archived product", |tape| {
        let added: Value = serde_json::from_str(&tape.event("store.product_added", 0).payload).unwrap();
        let gone = json!({ "product_id": added["product_id"] });
        let gone = tape.instead("store.product_added", 0, "store.product_archived", &gone);
        tape.put_after("store.product_added", 0, &gone);
    }),
    ("the price", |tape| tape.set("order.submitted", 0, "/lines/0/unit_price/amount_minor", 99)),
    ("the price", |tape| tape.set("store.product_added", 0, "/price/amount_minor", 101)),
    ("nobody acts for another", |tape| tape.set("payment.authorized", 0, "/customer_id", ANOTHER)),
    ("nobody acts for another", |tape| tape.set("basket.claimed", 0, "/customer_id", ANOTHER)),
    ("I11 the total", |tape| tape.set("order.submitted", 0, "/total/amount_minor", 101)),
    ("not before it is due", |tape| tape.shift("order.expired", 0, -1)),
    ("not before it is due", |tape| tape.shift("order.payment_confirmed", 0, -1_000_000)),
    ("not before it is due", |tape| tape.shift("order.store_confirmed", 0, -1_000_000)),
    ("not before it is due", |tape| tape.shift("order.store_rejected", 0, -1_000_000)),
    ("not before it is due", |tape| tape.shift("order.payment_rejected", 0, -1_000_000)),
    ("not before it is due", |tape| tape.set("order.rejected", 0, "/reasons", json!(["CONFIRMATION_TIMEOUT"]))),
    ("paid in time", |tape| tape.shift("order.paid", 0, 1_800_000_000)),
    ("paid in time", |tape| _ = tape.leave_out("order.accepted", 0)),
    ("asked", |tape| tape.set("order.store_confirmed", 0, "/store_id", ANOTHER)),
    ("one verdict each", |tape| tape.repeat("order.store_confirmed", 0)),
    ("accepted when all have agreed", |tape| _ = tape.leave_out("order.store_confirmed", 0)),
    ("accepted when all have agreed", |tape| _ = tape.leave_out("order.accepted", 2)),
    ("the course", |tape| {
        let rejected = tape.instead("order.expired", 0, "order.rejected", &json!({ "reasons": [] }));
        *tape.event("order.expired", 0) = rejected;
    }),
    ("everybody behaves as they were set to", |tape| out(tape, "hold", "store.product_added")),
    ("everybody behaves as they were set to", |tape| out(tape, "silent", "store.product_added")),
    ("everybody behaves as they were set to", |tape| {
        tape.set("mall.personality_set", 0, "/personality", json!({ "silent": { "share": 1 }, "seed": 0 }));
        out(tape, "", "store.product_added");
    }),
    ("everybody behaves as they were set to", |tape| {
        tape.set("order.payment_rejected", 0, "/reason", "SERVICE_FAILED");
        tape.set("mall.personality_set", 0, "/personality", json!({ "seed": 1 }));
        out(tape, "", "store.product_added");
    }),
    ("all reasons", |tape| tape.set("order.rejected", 1, "/reasons", json!([]))),
    ("what is wanted when a store is short", |tape| tape.set("order.submitted", 5, "/on_shortage", "reject_all")),
    ("what is wanted when a store is short", |tape| {
        let order = tape.event("order.line_dropped", 0).stream_id;
        let nth = (0..8).find(|nth| tape.event("order.accepted", *nth).stream_id == order).unwrap();
        let rejected = tape.instead("order.accepted", nth, "order.rejected", &json!({ "reasons": ["OUT_OF_STOCK"] }));
        *tape.event("order.accepted", nth) = rejected;
    }),
    ("a line falls with its store", |tape| _ = tape.leave_out("order.line_dropped", 0)),
    ("a line falls with its store", |tape| tape.set("order.line_dropped", 0, "/quantity", 1)),
    ("a line falls with its store", |tape| tape.repeat("order.line_dropped", 0)),
    ("no shortage", |tape| tape.set("order.store_rejected", 0, "/lines/0/available", 50)),
    ("no shortage", |tape| tape.set("order.store_rejected", 0, "/lines/0/available", 1)),
    ("no shortage", |tape| tape.set("order.store_rejected", 0, "/lines/0/requested", 51)),
    ("no refusal without a cause", |tape| tape.set("order.store_rejected", 0, "/reason", "STORE_CLOSED")),
    ("no refusal without a cause", |tape| tape.set("order.store_rejected", 0, "/reason", "PRODUCT_UNAVAILABLE")),
    ("no refusal without a cause", |tape| tape.set("order.store_rejected", 0, "/reason", "SERVICE_FAILED")),
    ("no refusal without a cause", |tape| tape.set("order.store_rejected", 0, "/lines", json!([]))),
    ("no refusal without a cause", |tape| tape.set("order.payment_rejected", 0, "/reason", "PAYMENT_NOT_YOURS")),
    ("no refusal without a cause", |tape| tape.set("order.payment_rejected", 0, "/reason", "SERVICE_FAILED")),
    ("no lack of money", |tape| tape.set("payment.authorized", 3, "/amount/amount_minor", 1_000)),
    ("I5 the hold", |tape| _ = tape.leave_out("payment.held", 0)),
    ("I5 the hold", |tape| tape.set("order.payment_confirmed", 0, "/amount/amount_minor", 99)),
    ("I5 the reservation", |tape| _ = tape.leave_out("store.stock_reserved", 0)),
    ("I6 nothing is left", |tape| _ = tape.leave_out("payment.hold_voided", 0)),
    ("I6 nothing is left", |tape| _ = tape.leave_out("store.stock_released", 0)),
    ("I10 no sale", |tape| {
        let at = tape.find("payment.hold_voided", 0);
        let Step::Event(event) = &mut tape.steps[at].1 else { unreachable!() };
        event.name = Cow::Borrowed("payment.captured");
    }),
    ("I15 the sale", |tape| _ = tape.leave_out("payment.captured", 0)),
    ("I15 the sale", |tape| _ = tape.leave_out("store.stock_shipped", 0)),
    ("money in is money out", |tape| _ = tape.leave_out("payment.captured", 0)),
    ("every order ends", |tape| _ = tape.leave_out("order.expired", 0)),
];

/// Forged in a mall that is calm.
const CALM: &[Forgery] = &[
    ("on time", |tape| tape.shift("order.expired", 0, 1_000_000)),
    ("on time", |tape| tape.shift("order.payment_confirmed", 0, 1_000_000)),
    ("on time", |tape| tape.shift("order.store_confirmed", 0, 1_000_000)),
    ("on time", |tape| tape.shift("order.store_shipped", 0, 1_000_000)),
    ("no time-out for a mall that was closed", |tape| {
        tape.set("order.rejected", 0, "/reasons", json!(["NOT_ENOUGH_MONEY", "CONFIRMATION_TIMEOUT"]));
    }),
];

/// Where the step is that outside services are told of.
fn told(tape: &Tape, is: fn(&Request) -> bool) -> usize {
    let found = tape.steps.iter().position(|(_, step)| matches!(step, Step::Told(request) if is(request)));
    found.expect("it is told")
}

/// Tells an outside service something as soon as its order is placed.
fn early(tape: &mut Tape, is: fn(&Request) -> bool) {
    let (_, request) = tape.steps.remove(told(tape, is));
    let Step::Told(told) = &request else { unreachable!() };
    let (Request::Ship(StorePart { order_id, .. })
    | Request::Release(StorePart { order_id, .. })
    | Request::Capture(MoneyPart { order_id, .. })
    | Request::Void(BankPart { order_id })) = told
    else {
        unreachable!()
    };
    let placed = |(_, step): &(u64, Step)| matches!(step, Step::Event(event) if event.name == "order.submitted" && event.stream_id == order_id.0);
    let at = tape.steps.iter().position(placed).unwrap();
    let us = tape.steps[at].0;
    // After all of that commit.
    let after = tape.steps[at..].iter().position(|(other, _)| *other != us).unwrap() + at;
    tape.steps.insert(after, (us, request));
}

/// Forged in a mall whose bank and first store are served from outside.
const OUTSIDE: &[Forgery] = &[
    ("outside services are told what is so", |tape| {
        let at = told(tape, |request| matches!(request, Request::Capture(_)));
        if let Step::Told(Request::Capture(part)) = &mut tape.steps[at].1 {
            part.amount.amount_minor += 1;
        }
    }),
    ("outside services are told what is so", |tape| {
        let at = told(tape, |request| matches!(request, Request::Confirm(_)));
        if let Step::Told(Request::Confirm(asked)) = &mut tape.steps[at].1 {
            asked.lines[0].quantity += 1;
        }
    }),
    ("outside services are told what is so", |tape| {
        let at = told(tape, |request| matches!(request, Request::Hold(_)));
        if let Step::Told(Request::Hold(asked)) = &mut tape.steps[at].1 {
            asked.amount.amount_minor -= 1;
        }
    }),
    ("outside services are told what is so", |tape| {
        let at = told(tape, |request| matches!(request, Request::Lower(_)));
        if let Step::Told(Request::Lower(part)) = &mut tape.steps[at].1 {
            part.amount.amount_minor = 140;
        }
    }),
    ("outside services are told what is so", |tape| early(tape, |request| matches!(request, Request::Ship(_)))),
    ("outside services are told what is so", |tape| early(tape, |request| matches!(request, Request::Capture(_)))),
    ("outside services are told what is so", |tape| early(tape, |request| matches!(request, Request::Void(_)))),
    ("outside services are told what is so", |tape| early(tape, |request| matches!(request, Request::Release(_)))),
    ("every request is made", |tape| {
        tape.steps.retain(|(_, step)| !matches!(step, Step::Told(Request::Void(_))));
    }),
    ("every request is made", |tape| {
        tape.steps.retain(|(_, step)| !matches!(step, Step::Told(Request::Release(_))));
    }),
    ("every request is made", |tape| {
        tape.steps.retain(|(_, step)| !matches!(step, Step::Told(Request::Ship(_))));
    }),
    ("every request is made", |tape| {
        tape.steps.retain(|(_, step)| !matches!(step, Step::Told(Request::Lower(_))));
    }),
    ("outside services decide", |tape| {
        tape.steps.retain(|(_, step)| !matches!(step, Step::Says(Participant::Bank, ..)));
    }),
    ("outside services decide", |tape| tape.repeat("order.payment_confirmation_received", 0)),
    ("outside services decide", |tape| _ = tape.leave_out("order.store_confirmation_received", 0)),
    ("no refusal without a cause", |tape| {
        tape.steps.retain(|(_, step)| !matches!(step, Step::Says(Participant::Store(_), _, Some(_))));
    }),
    ("no answer before its commit", |tape| _ = tape.leave_out("order.payment_confirmation_received", 0)),
];

fn judged(tape: &Tape, forge: fn(&mut Tape), terms: MallPlan, is_calm: bool) -> BTreeSet<String> {
    let mut forged = tape.copy();
    forge(&mut forged);
    let referee = forged.referee(terms);
    let mut referee = forged.heard_by(if is_calm { referee.of_a_calm_run() } else { referee });
    referee.at_the_end(Timestamp::MAX);
    laws(&referee)
}

fn sound_and_forged(tape: &Tape, terms: &MallPlan, is_calm: bool, forged: &[Forgery]) {
    let sound = judged(tape, |_| {}, terms.clone(), is_calm);
    assert_eq!(sound, BTreeSet::new(), "a true journal");
    for (at, (law, forge)) in forged.iter().enumerate() {
        let broken = judged(tape, *forge, terms.clone(), is_calm);
        assert!(broken.contains(*law), "forgery {at}, {law}: {broken:?}");
    }
}

#[test]
fn a_true_journal_is_sound_and_a_forged_one_breaks_the_law_it_should() {
    let (tape, terms) = (inside(), terms(&policy()));
    sound_and_forged(&tape, &terms, false, INSIDE);
    sound_and_forged(&tape, &terms, true, CALM);
}

#[test]
fn outside_services_decide_and_are_told_what_is_so() {
    let terms = MallPlan {
        outside_bank: Some(plaza::sim::search::plan::Outside { after_ms: 0, ways: vec![] }),
        ..terms(&policy())
    };
    sound_and_forged(&outside(), &terms, false, OUTSIDE);
}

/// Laws that compare what the domain makes of the events with books of the events: no journal can break them. The others
/// are of what people are told, below.
const NOT_FORGED: [&str; 2] = ["I3 the books of stock", "I4 the books of money"];
const TOLD: [&str; 4] = [
    "an order is what was asked for",
    "nobody is refused what is allowed",
    "no answer before its commit",
    "one key has one answer",
];

#[test]
fn every_law_of_the_referee_has_a_forgery() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sim/search/referee");
    let mut laws = BTreeSet::new();
    for file in std::fs::read_dir(sources).unwrap().map(|entry| entry.unwrap().path()) {
        let source = std::fs::read_to_string(&file).unwrap();
        for begins in ["finds(", "push((", "=> {\n        \"I", "wrong.starts_with", "wrong.contains"] {
            let found = source.split(begins).skip(1).filter_map(|rest| {
                let rest = rest.trim_start();
                // The law is the first text: of a fold's words the second.
                let nth = if begins.starts_with("wrong.") { 3 } else { 1 };
                let starts = rest.starts_with('"') || begins.starts_with("wrong.");
                starts.then(|| rest.split('"').nth(nth)).flatten()
            });
            laws.extend(found.map(str::to_owned));
        }
    }
    assert!(laws.len() > 50, "{laws:?}");
    let forged = [INSIDE, CALM, OUTSIDE].into_iter().flatten().map(|(law, _)| *law);
    let covered: BTreeSet<&str> = forged.chain(NOT_FORGED).chain(TOLD).collect();
    let missing: Vec<_> = laws.iter().filter(|law| !covered.contains(law.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_is_allowed_is_refused_wrongly_and_what_is_not_rightly() {
    let tape = inside();
    let place = tape.find("order.accepted", 0);
    let (heard_us, Step::Event(event)) = &tape.steps[place] else { unreachable!() };
    let (order, accepted, heard_us) = (OrderId(event.stream_id), event.occurred_at, *heard_us);
    let later = |seconds: u64| accepted.plus(Duration::from_secs(seconds));
    for (up_to, what, asked_us, now, is_wrong) in [
        (place, "cancel", heard_us, accepted, true),
        (place, "pay", heard_us, accepted, false),
        (place + 1, "pay", heard_us - 1, accepted, false),
        (place + 1, "pay", heard_us + 1, later(1), true),
        (place + 1, "pay", heard_us + 1, later(100_000), false),
        (place + 1, "cancel", heard_us + 1, later(1), true),
        (tape.steps.len(), "pay", heard_us + 1, later(1), false),
        (tape.steps.len(), "cancel", heard_us + 1, later(1), false),
    ] {
        let beginning = Tape { log: tape.log.clone(), steps: tape.steps[..up_to].to_vec() };
        let mut referee = beginning.heard_by(beginning.referee(terms(&policy())));
        let before = referee.findings().len();
        referee.refused(what, order, "because", asked_us, now);
        assert_eq!(referee.findings().len() > before, is_wrong, "{what} up to {up_to}: {:?}", laws(&referee));
    }
}

#[test]
fn what_was_done_under_a_key_is_not_refused_when_it_is_asked_again() {
    let tape = inside();
    let (done_us, cause) = (tape.steps[tape.find("order.paid", 0)].0, "pay run-0-pay");
    let mut referee = tape.heard_by(tape.referee(terms(&policy())));
    referee.refused_again(cause, "because", done_us, Timestamp(0));
    referee.refused_again("pay run-99-pay", "because", u64::MAX, Timestamp(0));
    assert_eq!(laws(&referee), BTreeSet::new(), "it was asked before it was done, or is not done");
    referee.refused_again(cause, "because", done_us + 1, Timestamp(0));
    assert_eq!(laws(&referee), BTreeSet::from(["one key has one answer".to_owned()]));
}

#[test]
fn an_order_is_what_was_asked_for() {
    let tape = inside();
    let submitted = tape.events().find(|event| event.name == "order.submitted").unwrap();
    let payload: Value = serde_json::from_str(&submitted.payload).unwrap();
    let id = |pointer: &str| payload.pointer(pointer).unwrap().as_str().unwrap().parse().unwrap();
    let product = ProductId(id("/lines/0/product_id"));
    let wish = Wish {
        customer: Some(CustomerId(id("/customer_id"))),
        payment: PaymentId(id("/payment_id")),
        on_shortage: OnShortage::RejectAll,
        pieces: Some([(product, 1)].into()),
    };
    let other = ANOTHER.parse().unwrap();
    for (wish, is_wrong) in [
        (wish.clone(), false),
        (Wish { pieces: None, ..wish.clone() }, false),
        (Wish { customer: Some(CustomerId(other)), ..wish.clone() }, true),
        (Wish { payment: PaymentId(other), ..wish.clone() }, true),
        (Wish { on_shortage: OnShortage::AcceptAvailable, ..wish.clone() }, true),
        (Wish { pieces: Some([(product, 2)].into()), ..wish.clone() }, true),
        (Wish { pieces: Some([(product, 1), (ProductId(other), 1)].into()), ..wish }, true),
    ] {
        let mut referee = tape.heard_by(tape.referee(terms(&policy())));
        referee.is_as_asked(OrderId(submitted.stream_id), &wish, Timestamp(0));
        assert_eq!(!referee.findings().is_empty(), is_wrong, "{wish:?}");
    }
}

#[test]
fn what_was_acknowledged_is_in_the_journal() {
    let tape = inside();
    let event = |name: &str, nth: usize| tape.events().filter(|event| event.name == name).nth(nth).unwrap();
    let read = |event: &RecordedEvent, pointer: &str| {
        let payload: Value = serde_json::from_str(&event.payload).unwrap();
        payload.pointer(pointer).unwrap().as_str().unwrap().parse().unwrap()
    };
    let product = ProductId(read(event("store.product_added", 0), "/product_id"));
    let put = event("basket.item_set", 0);
    let registered = CustomerId(read(event("payment.authorized", 0), "/customer_id"));
    let customer = Some(registered);
    let money = |nth| PaymentId(event("payment.authorized", nth).stream_id);
    let (basket, thing) = (plaza::domain::ids::BasketId(put.stream_id), ProductId(read(put, "/product_id")));
    let (store, closed) = (event("store.created", 0).stream_id, event("store.created", 1).stream_id);
    let other: uuid::Uuid = ANOTHER.parse().unwrap();
    let speed = |times| plaza::domain::clock::Speed::new(times).unwrap();
    let end = u64::MAX;
    let set_us = tape.steps[tape.find("mall.clock_set", 0)].0;
    let cases = [
        (Acknowledged::Customer(registered), end, true),
        (Acknowledged::Customer(CustomerId(other)), 0, false),
        (Acknowledged::Money(money(0), customer, 100), end, true),
        (Acknowledged::Money(money(0), customer, 101), 0, false),
        (Acknowledged::Money(money(0), Some(CustomerId(other)), 100), 0, false),
        (Acknowledged::MoneyBack(PaymentId(event("payment.voided", 0).stream_id)), end, true),
        (Acknowledged::MoneyBack(money(0)), 0, false),
        (Acknowledged::Basket(basket), end, true),
        (Acknowledged::Basket(plaza::domain::ids::BasketId(other)), 0, false),
        (Acknowledged::Put(basket, thing, 2), end, true),
        (Acknowledged::Put(basket, thing, 3), 0, false),
        (Acknowledged::Price(product, 100), end, true),
        (Acknowledged::Price(product, 101), 0, false),
        (Acknowledged::Stock(product, 30), 0, true),
        (Acknowledged::Stock(product, 30), end, false),
        (Acknowledged::Stock(product, 29), end, true),
        (Acknowledged::ProductGone(product), 0, false),
        (Acknowledged::StoreCloses(StoreId(closed)), end, true),
        (Acknowledged::StoreCloses(StoreId(store)), 0, false),
        (Acknowledged::Out(Participant::Bank, OutageMode::Hold, 60_000), end, true),
        (Acknowledged::Out(Participant::Bank, OutageMode::Silent, 60_000), 0, false),
        (Acknowledged::Out(Participant::Bank, OutageMode::Hold, 60_001), 0, false),
        (Acknowledged::Behaves(Participant::Store(StoreId(store)), Box::default()), end, true),
        (
            Acknowledged::Behaves(
                Participant::Store(StoreId(store)),
                Box::new(Personality { seed: 1, ..Personality::default() }),
            ),
            0,
            false,
        ),
        (Acknowledged::Behaves(Participant::Bank, Box::default()), 0, false),
        (Acknowledged::Runs(speed(2.0)), end, true),
        (Acknowledged::Runs(speed(1.0)), 1, false),
        (Acknowledged::Advances, set_us, true),
        (Acknowledged::Advances, set_us + 1, false),
    ];
    for (acknowledged, asked_us, is_so) in cases {
        let mut referee = tape.heard_by(tape.referee(terms(&policy())));
        referee.acknowledged(&acknowledged, asked_us, Timestamp(0));
        assert_eq!(referee.findings().is_empty(), is_so, "{acknowledged:?}: {:?}", referee.findings());
    }
}
