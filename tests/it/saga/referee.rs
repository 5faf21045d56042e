//! The referee of the search: a true journal is sound, and each way to forge it breaks the law it should.

use super::shopper::{SECOND, Shopper, eur, in_a_mall, policy};
use plaza::domain::ids::{OrderId, ProductId, StoreId};
use plaza::domain::order::{CancelledBy, OnShortage, OrderCommand};
use plaza::domain::time::Timestamp;
use plaza::ports::journal::RecordedEvent;
use plaza::ports::reads::events::EventFilter;
use plaza::sim::search::plan::MallPlan;
use plaza::sim::search::referee::{Acknowledged, Referee};
use plaza::sim::world::clock::EPOCH;
use std::borrow::Cow;

/// What somebody does to a journal.
type Forge = fn(&mut Vec<RecordedEvent>);

fn terms() -> MallPlan {
    let policy = policy();
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

/// Orders that are delivered, rejected, cancelled, expired.
async fn busy(shopper: &Shopper) {
    let store = shopper.store(2_000).await;
    let product = shopper.product(store, 100, 3).await;
    let customer = shopper.customer().await;
    shopper.wait(60 * SECOND).await;
    let mut orders = Vec::new();
    for _ in 0..4 {
        let payment = shopper.authorize(customer, 1_000).await;
        orders.push(shopper.try_order(customer, payment, &[(product, 1)], OnShortage::RejectAll).await.unwrap());
        shopper.wait(SECOND).await;
    }
    let poor = shopper.authorize(customer, 99).await;
    shopper.order(customer, poor, &[(product, 1)]).await;
    shopper.wait(10 * SECOND).await;
    shopper.command(orders[0], OrderCommand::Pay).await.unwrap();
    let cancel = OrderCommand::Cancel { by: CancelledBy::Customer, reason: None };
    shopper.command(orders[1], cancel).await.unwrap();
    shopper.wait(2_000 * SECOND).await;
    assert_eq!(shopper.stock(product).await.available(), 2);
}

async fn journal(shopper: &Shopper) -> Vec<RecordedEvent> {
    shopper.world.mall().reads().events(EventFilter::default(), 1_000).await.unwrap().events
}

/// A referee that has heard these events.
async fn heard(shopper: &Shopper, events: &[RecordedEvent]) -> Referee {
    let mut referee = Referee::new(&shopper.world.mall().reads().log().await.unwrap(), terms(), EPOCH);
    // What was appended together is heard together.
    for together in events.chunk_by(|one, other| one.occurred_at == other.occurred_at) {
        referee.hear(together, together[0].occurred_at.micros_since(EPOCH));
    }
    referee
}

fn laws(referee: &Referee) -> Vec<String> {
    referee.findings().iter().map(|finding| finding.law.clone()).collect()
}

async fn judged(shopper: &Shopper, forge: impl FnOnce(&mut Vec<RecordedEvent>)) -> Vec<String> {
    let mut events = journal(shopper).await;
    forge(&mut events);
    let mut referee = heard(shopper, &events).await;
    referee.at_the_end(Timestamp::MAX);
    laws(&referee)
}

fn first<'a>(events: &'a mut [RecordedEvent], name: &str) -> &'a mut RecordedEvent {
    events.iter_mut().find(|event| event.name == name).unwrap_or_else(|| panic!("no {name}"))
}

/// Takes the first event of a name out of its stream.
fn leave_out(events: &mut Vec<RecordedEvent>, name: &str) {
    let at = events.iter().position(|event| event.name == name).unwrap();
    let gone = events.remove(at);
    for event in events.iter_mut().filter(|event| event.stream_id == gone.stream_id && event.version > gone.version) {
        event.version -= 1;
    }
}

/// Puts an event of a store before the first of a name, forty seconds earlier.
fn put_before(events: &mut Vec<RecordedEvent>, name: &str, what: &'static str, payload: impl FnOnce(&str) -> String) {
    let at = events.iter().position(|event| event.name == name).unwrap();
    let store = first(events, "store.product_added").clone();
    let version = 1 + events[..at].iter().filter(|event| event.stream_id == store.stream_id).count() as u64;
    for event in events.iter_mut().filter(|event| event.stream_id == store.stream_id && event.version >= version) {
        event.version += 1;
    }
    let occurred_at = Timestamp(events[at].occurred_at.0 - 40_000_000);
    let payload = payload(&store.payload);
    events.insert(at, RecordedEvent { version, name: Cow::Borrowed(what), payload, occurred_at, ..store });
}

/// The product of an event, as a payload of its own.
fn product_of(payload: &str) -> String {
    let added: serde_json::Value = serde_json::from_str(payload).unwrap();
    serde_json::json!({ "product_id": added["product_id"] }).to_string()
}

/// The product of an event at another price.
fn dearer(payload: &str) -> String {
    let mut added: serde_json::Value = serde_json::from_str(payload).unwrap();
    added["price"]["amount_minor"] = 101.into();
    added.as_object_mut().unwrap().remove("stock");
    added.to_string()
}

#[test]
fn a_true_journal_is_sound_and_a_forged_one_breaks_the_law_it_should() {
    in_a_mall(policy(), |shopper| async move {
        busy(&shopper).await;
        assert_eq!(judged(&shopper, |_| {}).await, Vec::<String>::new());

        let forged: [(&str, Forge); 19] = [
            ("paid in time", |events| first(events, "order.paid").occurred_at.0 += 1_800_000_000),
            ("not before it is due", |events| first(events, "order.expired").occurred_at.0 -= 1_000),
            ("not before it is due", |events| first(events, "order.payment_confirmed").occurred_at.0 -= 1_000_000),
            ("not before it is due", |events| first(events, "order.store_confirmed").occurred_at.0 -= 1_000_000),
            ("the time-out", |events| first(events, "order.submitted").occurred_at.0 += 1),
            ("the pay deadline", |events| first(events, "order.accepted").occurred_at.0 -= 1),
            ("I6 nothing is left", |events| leave_out(events, "payment.hold_voided")),
            ("I6 nothing is left", |events| leave_out(events, "store.stock_released")),
            ("I15 the sale", |events| leave_out(events, "payment.captured")),
            ("I15 the sale", |events| leave_out(events, "store.stock_shipped")),
            ("I5 the reservation", |events| leave_out(events, "store.stock_reserved")),
            ("every order ends", |events| leave_out(events, "order.expired")),
            ("all reasons", |events| {
                let rejected = first(events, "order.rejected");
                rejected.payload = rejected.payload.replace("OUT_OF_STOCK", "STORE_CLOSED");
            }),
            ("what an order led to carries its id", |events| {
                first(events, "payment.held").correlation_id = OrderId(uuid::Uuid::nil()).0;
            }),
            ("a cause comes before what it led to", |events| {
                let accepted = first(events, "order.accepted");
                accepted.causation_id = format!("{}@{}", accepted.stream_id, accepted.version).into();
            }),
            ("no sale of an archived product", |events| {
                put_before(events, "store.stock_reserved", "store.product_archived", product_of);
            }),
            ("the price", |events| put_before(events, "order.submitted", "store.product_edited", dearer)),
            ("I8 versions", |events| first(events, "order.accepted").version += 1),
            ("I12 one effect", |events| {
                let at = events.iter().position(|event| event.name == "payment.captured").unwrap();
                let again = RecordedEvent { version: events[at].version + 1, ..events[at].clone() };
                events.insert(at + 1, again);
            }),
        ];
        for (law, forge) in forged {
            let broken = judged(&shopper, forge).await;
            assert!(broken.iter().any(|broken| broken == law), "{law}: {broken:?}");
        }
        let prices = judged(&shopper, |events| {
            let event = first(events, "order.submitted");
            let price = format!("\"amount_minor\":{}", eur(100).amount_minor);
            event.payload = event.payload.replace(&price, "\"amount_minor\":99");
        });
        assert!(prices.await.contains(&"the price".to_owned()));
        let shortage = judged(&shopper, |events| {
            let event = first(events, "order.store_rejected");
            event.payload = event.payload.replace("\"available\":0", "\"available\":1");
        });
        assert!(shortage.await.contains(&"no shortage".to_owned()));
        let outcomes = judged(&shopper, |events| {
            first(events, "order.cancelled").name = Cow::Borrowed("order.expired");
            first(events, "order.expired").payload = "{}".to_owned();
        });
        assert!(!outcomes.await.is_empty());
        shopper
    });
}

#[test]
fn what_is_allowed_is_refused_wrongly_and_what_is_not_rightly() {
    in_a_mall(policy(), |shopper| async move {
        busy(&shopper).await;
        let events = journal(&shopper).await;
        let place = events.iter().position(|event| event.name == "order.accepted").unwrap();
        let (order, accepted) = (OrderId(events[place].stream_id), events[place].occurred_at);
        let heard_us = accepted.micros_since(EPOCH);
        for (up_to, what, asked_us, now, is_wrong) in [
            (place, "cancel", heard_us, accepted, true),
            (place, "pay", heard_us, accepted, false),
            (place + 1, "pay", heard_us - 1, accepted, false),
            (place + 1, "pay", heard_us + 1, accepted.plus(SECOND), true),
            (place + 1, "pay", heard_us + 1, accepted.plus(100_000 * SECOND), false),
            (place + 1, "cancel", heard_us + 1, accepted.plus(SECOND), true),
            (events.len(), "pay", heard_us + 1, accepted.plus(SECOND), false),
            (events.len(), "cancel", heard_us + 1, accepted.plus(SECOND), false),
        ] {
            let mut referee = heard(&shopper, &events[..up_to]).await;
            let before = laws(&referee).len();
            referee.refused(what, order, "because", asked_us, now);
            assert_eq!(laws(&referee).len() > before, is_wrong, "{what} up to {up_to}: {:?}", laws(&referee));
        }
        shopper
    });
}

#[test]
fn what_was_acknowledged_to_whoever_runs_the_mall_is_in_the_journal() {
    in_a_mall(policy(), |shopper| async move {
        busy(&shopper).await;
        let events = journal(&shopper).await;
        let mut referee = heard(&shopper, &events).await;
        let store = events.iter().find(|event| event.name == "store.product_added").unwrap();
        let added: serde_json::Value = serde_json::from_str(&store.payload).unwrap();
        let product = ProductId(added["product_id"].as_str().unwrap().parse().unwrap());
        referee.acknowledged(Acknowledged::Price(product, 100), Timestamp(0));
        assert_eq!(laws(&referee), Vec::<String>::new());
        for (wrong, acknowledged) in [
            Acknowledged::Price(product, 101),
            Acknowledged::ProductGone(product),
            Acknowledged::StoreCloses(StoreId(store.stream_id)),
        ]
        .into_iter()
        .enumerate()
        {
            referee.acknowledged(acknowledged, Timestamp(0));
            assert_eq!(laws(&referee).len(), wrong + 1, "{acknowledged:?}");
        }
        shopper
    });
}
