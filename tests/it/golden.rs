//! Events as version 1 wrote them, and what they must still mean: `tests/data/golden/v1`.
//!
//! A file per event name holds payloads with and without every optional part; `journal.jsonl` is the journal of a whole
//! day, `states.json` what its streams add up to. These files are never changed: a build that disagrees with them can
//! not read journals that exist. A new event gets a file; a new field of an event gets a further payload in its file.

use plaza::domain::basket::BasketState;
use plaza::domain::customer::CustomerState;
use plaza::domain::event::{
    BasketEvent, CustomerEvent, DomainEvent, MallEvent, OrderEvent, PaymentEvent, StoreEvent, StreamKind, all_names,
};
use plaza::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, StoreId};
use plaza::domain::order::OrderState;
use plaza::domain::payment::PaymentState;
use plaza::domain::store::{ProductState, StoreState};
use plaza::domain::time::Timestamp;
use plaza::domain::upcast::decode;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use uuid::Uuid;

fn golden(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/data/golden/v1", file].iter().collect()
}

/// The name and payload an event has after it was read and written again.
fn read_and_written(name: &str, payload: &str) -> (&'static str, Value) {
    fn again<E: DomainEvent>(name: &str, payload: &str) -> (&'static str, Value) {
        let event = decode::<E>(name, payload).unwrap_or_else(|error| panic!("{name}: {error}: {payload}"));
        (event.name(), serde_json::from_str(&event.payload()).unwrap())
    }
    match name.split('.').next().and_then(StreamKind::parse) {
        Some(StreamKind::Order) => again::<OrderEvent>(name, payload),
        Some(StreamKind::Store) => again::<StoreEvent>(name, payload),
        Some(StreamKind::Payment) => again::<PaymentEvent>(name, payload),
        Some(StreamKind::Basket) => again::<BasketEvent>(name, payload),
        Some(StreamKind::Customer) => again::<CustomerEvent>(name, payload),
        Some(StreamKind::Mall) => again::<MallEvent>(name, payload),
        None => panic!("{name} names no stream"),
    }
}

/// Whether everything `old` says is in `new`; a later build may say more.
fn keeps(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            old.iter().all(|(key, old)| new.get(key).is_some_and(|new| keeps(new, old)))
        }
        (Value::Array(new), Value::Array(old)) => {
            new.len() == old.len() && new.iter().zip(old).all(|(new, old)| keeps(new, old))
        }
        // Fractions of a second may be written with more digits.
        (Value::String(new), Value::String(old)) if new != old => {
            let times = (Timestamp::parse_rfc3339(new), Timestamp::parse_rfc3339(old));
            matches!(times, (Ok(new), Ok(old)) if new == old)
        }
        _ => new == old,
    }
}

#[test]
fn payloads_of_version_1_are_read_and_nothing_in_them_is_lost() {
    let files = std::fs::read_dir(golden("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names =
        files.filter_map(|file| file.strip_suffix(".json").filter(|name| name.contains('.')).map(str::to_owned));
    let mut seen = BTreeSet::new();
    for name in names {
        let text = std::fs::read_to_string(golden(&format!("{name}.json"))).unwrap();
        let payloads: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert!(!payloads.is_empty(), "{name}.json is empty");
        for payload in payloads {
            let (now, again) = read_and_written(&name, &payload.to_string());
            // What an upcaster made of an older version is its own affair.
            assert!(now != name || keeps(&again, &payload), "{name}: {payload} became {again}");
        }
        seen.insert(name);
    }
    let missing: Vec<_> = all_names().into_iter().filter(|name| !seen.contains(*name)).collect();
    let hint = "write tests/data/golden/v1/<name>.json, a JSON array of payloads as they are now";
    assert!(missing.is_empty(), "no golden file for {missing:?}: {hint}");
}

#[test]
fn a_lost_field_would_be_noticed() {
    let (_, again) = read_and_written("order.cancelled", r#"{"by":"admin","reason":"fraud","note":"kept?"}"#);
    assert!(!keeps(&again, &json!({"by": "admin", "reason": "fraud", "note": "kept?"})));
    assert!(keeps(&again, &json!({"by": "admin", "reason": "fraud"})));
}

/// A row of the golden journal.
#[derive(Deserialize)]
struct Row {
    position: u64,
    name: String,
    stream_id: Uuid,
    version: u64,
    occurred_at: String,
    payload: Value,
}

/// What the streams of the golden journal add up to.
#[derive(Default)]
struct Fold {
    stores: BTreeMap<Uuid, StoreState>,
    baskets: BTreeMap<Uuid, BasketState>,
    customers: BTreeMap<Uuid, CustomerState>,
    payments: BTreeMap<Uuid, PaymentState>,
    orders: BTreeMap<Uuid, OrderState>,
}

impl Fold {
    fn apply(&mut self, row: &Row) {
        let (name, payload, id) = (row.name.as_str(), row.payload.to_string(), row.stream_id);
        let at = Timestamp::parse_rfc3339(&row.occurred_at).unwrap();
        match StreamKind::parse(name.split('.').next().unwrap()).unwrap() {
            StreamKind::Store => {
                let event = decode::<StoreEvent>(name, &payload).unwrap();
                self.stores.entry(id).or_insert_with(|| StoreState::blank(StoreId(id))).evolve(&event, at);
            }
            StreamKind::Basket => {
                let event = decode::<BasketEvent>(name, &payload).unwrap();
                self.baskets.entry(id).or_insert_with(|| BasketState::blank(BasketId(id))).evolve(&event, at);
            }
            StreamKind::Customer => {
                let event = decode::<CustomerEvent>(name, &payload).unwrap();
                self.customers.insert(id, CustomerState::born(CustomerId(id), &event, at));
            }
            StreamKind::Payment => {
                let event = decode::<PaymentEvent>(name, &payload).unwrap();
                let blank = || PaymentState::blank(PaymentId(id), "EUR".parse().unwrap());
                self.payments.entry(id).or_insert_with(blank).evolve(&event, at);
            }
            StreamKind::Order => match decode::<OrderEvent>(name, &payload).unwrap() {
                OrderEvent::Submitted(submitted) => {
                    self.orders.insert(id, OrderState::born(OrderId(id), &submitted, at));
                }
                event => self.orders.get_mut(&id).expect("submitted first").evolve(&event, at),
            },
            // Nothing is kept of it but the clock it sets.
            StreamKind::Mall => drop(decode::<MallEvent>(name, &payload).unwrap()),
        }
    }

    /// Every state by the id of its stream.
    fn states(&self) -> BTreeMap<Uuid, Value> {
        let stores = self.stores.iter().map(|(id, store)| (*id, told_of_store(store)));
        let baskets = self.baskets.iter().map(|(id, basket)| (*id, told_of_basket(basket)));
        let customers = self.customers.iter().map(|(id, customer)| (*id, told_of_customer(customer)));
        let payments = self.payments.iter().map(|(id, payment)| (*id, told_of_payment(payment)));
        let orders = self.orders.iter().map(|(id, order)| (*id, serde_json::to_value(order).unwrap()));
        stores.chain(baskets).chain(customers).chain(payments).chain(orders).collect()
    }
}

fn told_of_store(store: &StoreState) -> Value {
    let product = |product: &ProductState| {
        json!({
            "sku": product.sku, "name": product.name, "description": product.description, "price": product.price,
            "stock": product.stock, "archived": product.archived, "version": product.version,
            "created_at": product.created_at,
        })
    };
    let products: BTreeMap<_, _> = store.products.iter().map(|(id, state)| (id.to_string(), product(state))).collect();
    json!({
        "name": store.name, "location": store.location, "participating": store.participating,
        "confirmation_delay_ms": store.confirmation_delay_ms, "fulfilment": store.fulfilment,
        "archived": store.archived, "products": products, "reservations": store.reservations,
        "version": store.version, "created_at": store.created_at,
    })
}

fn told_of_basket(basket: &BasketState) -> Value {
    json!({
        "customer_id": basket.customer_id, "items": basket.items, "version": basket.version,
        "created_at": basket.created_at, "updated_at": basket.updated_at,
    })
}

fn told_of_customer(customer: &CustomerState) -> Value {
    json!({
        "name": customer.name, "phone": customer.phone, "version": customer.version, "created_at": customer.created_at
    })
}

fn told_of_payment(payment: &PaymentState) -> Value {
    json!({
        "customer_id": payment.customer_id, "currency": payment.currency, "status": payment.status.as_str(),
        "authorized": payment.authorized, "available": payment.available, "held": payment.held,
        "captured": payment.captured, "refunded": payment.refunded, "holds": payment.holds,
        "version": payment.version, "created_at": payment.created_at,
    })
}

#[test]
fn a_journal_of_version_1_adds_up_to_the_same_states() {
    let text = std::fs::read_to_string(golden("journal.jsonl")).unwrap();
    let rows: Vec<Row> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut fold = Fold::default();
    let mut versions = BTreeMap::<Uuid, u64>::new();
    for (row, position) in rows.iter().zip(1..) {
        let version = versions.entry(row.stream_id).or_default();
        *version += 1;
        assert_eq!((row.position, row.version), (position, *version), "the golden journal has a gap");
        fold.apply(row);
    }
    let states = fold.states();
    let text = std::fs::read_to_string(golden("states.json")).unwrap();
    let expected: BTreeMap<Uuid, Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(states.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (id, state) in &states {
        assert!(keeps(state, &expected[id]), "{id} became {state:#}, was {:#}", expected[id]);
    }
    let ends: BTreeSet<_> = fold.orders.values().map(|order| order.status.as_str()).collect();
    assert!(ends.is_superset(&["cancelled", "delivered", "expired", "rejected"].into()), "{ends:?}");
}
