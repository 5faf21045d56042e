//! The referee of the search: a true journal is sound, and each way to forge it breaks the law it should.

use super::shopper::{SECOND, Shopper, eur, in_a_mall, policy};
use plaza::domain::order::{CancelledBy, OnShortage, OrderCommand};
use plaza::domain::time::Timestamp;
use plaza::ports::journal::RecordedEvent;
use plaza::ports::reads::events::EventFilter;
use plaza::sim::search::plan::MallPlan;
use plaza::sim::search::referee::Referee;
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

async fn judged(shopper: &Shopper, forge: impl FnOnce(&mut Vec<RecordedEvent>)) -> Vec<String> {
    let reads = shopper.world.mall();
    let mut events = reads.reads().events(EventFilter::default(), 1_000).await.unwrap().events;
    forge(&mut events);
    let mut referee = Referee::new(&reads.reads().log().await.unwrap(), terms(), EPOCH);
    // What was appended together is heard together.
    for together in events.chunk_by(|one, other| one.occurred_at == other.occurred_at) {
        referee.hear(together, together[0].occurred_at.micros_since(EPOCH));
    }
    referee.at_the_end(Timestamp::MAX);
    referee.findings().iter().map(|finding| finding.law.clone()).collect()
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

#[test]
fn a_true_journal_is_sound_and_a_forged_one_breaks_the_law_it_should() {
    in_a_mall(policy(), |shopper| async move {
        busy(&shopper).await;
        assert_eq!(judged(&shopper, |_| {}).await, Vec::<String>::new());

        let forged: [(&str, Forge); 14] = [
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
