//! Personalities: what a slow, absent, failing or stuttering participant means for the orders that need it.

use super::clock::story;
use super::shopper::{SECOND, Shopper, in_a_mall, policy};
use plaza::actors::mall::timekeeper::Until;
use plaza::domain::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use plaza::domain::order::{
    DeliveryStatus, OnShortage, OrderCommand, OrderPaymentStatus, OrderPolicy, OrderStatus, Reason,
};
use plaza::domain::participant::Participant;
use plaza::domain::personality::{OutageMode, Personality};
use plaza::domain::store::StoreCommand;
use plaza::ports::reply::{Reply, Responder};
use serde_json::{Value, json};
use std::time::Duration;

pub const MINUTE: Duration = Duration::from_mins(1);

/// Verdicts may take an hour: nobody times out while a bank is out for minutes.
pub fn patient() -> OrderPolicy {
    OrderPolicy { grace_ms: 3_600_000, ..policy() }
}

pub fn nobody<S: 'static>() -> Responder<S> {
    Responder::new(None, |_| Reply { status: 200, version: None, location: None, body: Vec::new() })
}

impl Shopper {
    pub async fn behaves(&self, participant: Participant, personality: Value) {
        let personality: Personality = serde_json::from_value(personality).unwrap();
        let mall = self.world.mall();
        mall.set_personality(participant, personality, None, nobody(), self.admitted()).await.unwrap();
    }

    pub async fn out(&self, participant: Participant, span: Duration, mode: OutageMode) {
        self.world.mall().add_outage(participant, span, mode, None, nobody(), self.admitted()).await.unwrap();
    }

    fn position(&self) -> u64 {
        self.world.mall().journal().head()
    }
}

/// A shop with a customer who can pay.
pub struct Shop {
    pub store: StoreId,
    pub product: ProductId,
    pub customer: CustomerId,
    pub payment: PaymentId,
}

impl Shop {
    /// A store that answers after ten seconds.
    pub async fn open(shopper: &Shopper, stock: i64) -> Self {
        let store = shopper.store(10_000).await;
        let product = shopper.product(store, 100, stock).await;
        let customer = shopper.customer().await;
        Self { store, product, customer, payment: shopper.authorize(customer, 10_000_000).await }
    }

    pub fn who(&self) -> Participant {
        Participant::Store(self.store)
    }

    pub async fn order(&self, shopper: &Shopper) -> OrderId {
        shopper.order(self.customer, self.payment, &[(self.product, 1)]).await
    }

    pub async fn orders(&self, shopper: &Shopper, count: usize) -> Vec<OrderId> {
        let mut orders = Vec::new();
        for _ in 0..count {
            orders.push(self.order(shopper).await);
        }
        orders
    }
}

#[test]
fn a_delay_is_drawn_at_the_submission_and_kept() {
    in_a_mall(patient(), |shopper| async move {
        let shop = Shop::open(&shopper, 100).await;
        let slow = json!({ "delay": { "distribution": "exponential", "mean_ms": 20_000 }, "seed": 3 });
        shopper.behaves(shop.who(), slow.clone()).await;
        shopper.behaves(Participant::Bank, json!({ "delay": { "distribution": "fixed", "ms": 1_500 } })).await;
        let personality: Personality = serde_json::from_value(slow).unwrap();
        let orders = shop.orders(&shopper, 50).await;
        let mut dues = Vec::new();
        for order in &orders {
            let seen = shopper.look(*order).await;
            let drawn = personality.delay_ms(seen.draw(), shop.who()).unwrap();
            assert_eq!(seen.stores[0].due_at, seen.created_at.plus_millis(drawn));
            assert_eq!(seen.payment.due_at, seen.created_at.plus_millis(1_500));
            // By the nominal delays.
            assert_eq!(seen.confirm_by, seen.created_at.plus_millis(10_000 + 3_600_000));
            dues.push(seen.stores[0].due_at);
        }
        // Once drawn it stays: neither another personality nor a crash moves it.
        shopper.behaves(shop.who(), json!({ "delay": { "distribution": "fixed", "ms": 1 } })).await;
        let shopper = shopper.crash(SECOND).await;
        shopper.wait(10 * MINUTE).await;
        for (order, due) in orders.iter().zip(dues) {
            let told = story(&shopper, *order).await;
            let confirmed = told.iter().find(|(name, _)| name == "order.store_confirmed").unwrap().1;
            assert!(confirmed >= due && confirmed.micros_since(due) < 2_000_000, "{confirmed} for {due}");
        }
        shopper
    });
}

/// An answer beyond the time-out, which follows the nominal delay, is not waited for.
#[test]
fn an_answer_that_takes_far_too_long_ends_in_a_time_out() {
    in_a_mall(policy(), |shopper| async move {
        let shop = Shop::open(&shopper, 10).await;
        shopper.behaves(shop.who(), json!({ "delay": { "distribution": "fixed", "ms": 50_000 } })).await;
        let order = shop.order(&shopper).await;
        shopper.wait(39 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Pending);
        shopper.wait(2 * SECOND).await;
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.reasons), (OrderStatus::Rejected, vec![Reason::ConfirmationTimeout]));
        shopper.wait(MINUTE).await;
        assert_eq!(shopper.stock(shop.product).await.available(), 10);
        shopper
    });
}

#[test]
fn a_bank_that_is_out_is_waited_for_without_a_word_and_answers_at_its_end() {
    in_a_mall(patient(), |shopper| async move {
        let shop = Shop::open(&shopper, 1_000).await;
        let other = shopper.store(20_000).await;
        let elsewhere = shopper.product(other, 100, 1_000).await;
        let back = shopper.now().plus(10 * MINUTE);
        shopper.out(Participant::Bank, 10 * MINUTE, OutageMode::Hold).await;
        let mut orders = shop.orders(&shopper, 200).await;
        for _ in 0..100 {
            orders.push(shopper.order(shop.customer, shop.payment, &[(elsewhere, 1)]).await);
        }
        // The stores are not late because the bank is out.
        shopper.wait(25 * SECOND).await;
        for order in &orders {
            let seen = shopper.look(*order).await;
            assert_eq!(
                (seen.stores[0].status, seen.payment.status),
                (DeliveryStatus::Confirmed, OrderPaymentStatus::Pending)
            );
        }
        let (position, told) = (shopper.position(), shopper.world.mall().timers().told());
        assert_eq!(shopper.world.mall().timers().withheld(), orders.len());
        assert!(shopper.world.mall().timers().are_at_rest(shopper.now()), "who is held needs neither permit nor retry");
        shopper.wait(9 * MINUTE).await;
        assert_eq!(shopper.position(), position, "nothing happens while nobody can answer");
        assert_eq!(shopper.world.mall().timers().told(), told, "and nobody is woken");
        shopper.wait(MINUTE).await;
        for order in &orders {
            let told = story(&shopper, *order).await;
            let (name, at) = told.last().unwrap();
            assert_eq!(name, "order.accepted");
            assert!(*at >= back && at.micros_since(back) < 1_000_000, "{at} for {back}");
        }
        assert_eq!(shopper.world.mall().timers().withheld(), 0);
        shopper
    });
}

#[test]
fn advancing_stops_where_a_held_answer_is_given() {
    in_a_mall(patient(), |shopper| async move {
        let shop = Shop::open(&shopper, 10).await;
        shopper.turn(0.0).await;
        let begun = shopper.now();
        shopper.out(shop.who(), 30 * MINUTE, OutageMode::Hold).await;
        let order = shop.order(&shopper).await;
        for (seconds, count) in [(5, 2), (10, 2), (1_800, 4)] {
            shopper.advance(Until::Next(1)).await;
            assert_eq!(shopper.now(), begun.plus(seconds * SECOND));
            assert_eq!(story(&shopper, order).await.len(), count, "after {seconds} s");
        }
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        shopper.turn(1.0).await;
        shopper
    });
}

#[test]
fn who_never_answers_costs_the_order_its_time_out_and_nothing_else() {
    in_a_mall(policy(), |shopper| async move {
        let shop = Shop::open(&shopper, 10).await;
        shopper.behaves(shop.who(), json!({ "silent": { "share": 1 } })).await;
        let order = shop.order(&shopper).await;
        shopper.wait(11 * SECOND).await;
        let told = shopper.world.mall().timers().told();
        shopper.wait(28 * SECOND).await;
        assert_eq!(shopper.world.mall().timers().told(), told, "nobody asks again");
        shopper.wait(2 * SECOND).await;
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.reasons.clone()), (OrderStatus::Rejected, vec![Reason::ConfirmationTimeout]));
        assert_eq!(seen.updated_at.micros_since(seen.confirm_by) / 1_000_000, 0, "not before its time, nor after");
        assert!(seen.is_settled());
        assert_eq!(shopper.payment(shop.payment).await.held, 0);
        shopper
    });
}

#[test]
fn a_refusal_follows_the_rules_of_every_refusal() {
    in_a_mall(policy(), |shopper| async move {
        let shop = Shop::open(&shopper, 10).await;
        let other = shopper.store(12_000).await;
        let elsewhere = shopper.product(other, 300, 10).await;
        shopper.behaves(shop.who(), json!({ "refuse": { "share": 1, "reason": "SERVICE_FAILED" } })).await;
        let lines = [(shop.product, 2), (elsewhere, 1)];
        let whole = shopper.order(shop.customer, shop.payment, &lines).await;
        let part = shopper.try_order(shop.customer, shop.payment, &lines, OnShortage::AcceptAvailable).await.unwrap();
        shopper.wait(15 * SECOND).await;
        let seen = shopper.look(whole).await;
        assert_eq!((seen.status, seen.reasons.clone()), (OrderStatus::Rejected, vec![Reason::ServiceFailed]));
        assert_eq!(seen.leg(shop.store).unwrap().status, DeliveryStatus::Unavailable);
        let seen = shopper.look(part).await;
        assert_eq!((seen.status, seen.total.amount_minor, seen.lines.len()), (OrderStatus::Accepted, 300, 1));
        assert_eq!(shopper.stock(shop.product).await.reserved, 0);
        // The bank's ends the order whatever it accepts.
        shopper.out(Participant::Bank, MINUTE, OutageMode::Refuse).await;
        let order = shopper.try_order(shop.customer, shop.payment, &lines, OnShortage::AcceptAvailable).await.unwrap();
        shopper.wait(15 * SECOND).await;
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.reasons.clone()), (OrderStatus::Rejected, vec![Reason::ServiceFailed]));
        assert_eq!(seen.payment.status, OrderPaymentStatus::Invalid);
        assert_eq!(shopper.payment(shop.payment).await.held, 300);
        shopper
    });
}

#[test]
fn answers_that_are_lost_or_come_twice_have_one_effect() {
    in_a_mall(policy(), |shopper| async move {
        let shop = Shop::open(&shopper, 100).await;
        let odd = json!({ "lose_answer": { "share": 1 }, "repeat_answer": { "share": 1 } });
        shopper.behaves(shop.who(), odd.clone()).await;
        shopper.behaves(Participant::Bank, odd).await;
        let orders = shop.orders(&shopper, 20).await;
        shopper.wait(11 * SECOND).await;
        for order in &orders {
            let names: Vec<_> = story(&shopper, *order).await.into_iter().map(|(name, _)| name).collect();
            let expected = ["order.submitted", "order.payment_confirmed", "order.store_confirmed", "order.accepted"];
            assert_eq!(names, expected, "once each");
        }
        assert_eq!(shopper.stock(shop.product).await.reserved, 20);
        let metrics = shopper.world.mall().metrics().encode(&[]).unwrap();
        for fate in ["lost", "repeated"] {
            assert!(metrics.contains(&format!("plaza_fates_total{{fate=\"{fate}\"}} 40")), "{metrics}");
        }
        shopper
    });
}

/// What a participant did before it began to refuse is done: it says so, and nothing is left behind.
#[test]
fn a_promise_that_was_kept_is_not_taken_back_by_a_refusal() {
    in_a_mall(patient(), |shopper| async move {
        let shop = Shop::open(&shopper, 10).await;
        let order = shop.order(&shopper).await;
        // The store reserves, and the order dies before it hears of it.
        let reserve = StoreCommand::Reserve { order_id: order, lines: shopper.look(order).await.lines_of(shop.store) };
        shopper.administer(shop.store, reserve).await.unwrap();
        shopper.behaves(shop.who(), json!({ "refuse": { "share": 1, "reason": "SERVICE_FAILED" } })).await;
        shopper.wait(11 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        shopper.command(order, OrderCommand::Pay).await.unwrap();
        shopper.settle().await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Delivered);
        shopper
    });
}

#[test]
fn taking_a_personality_back_lets_everybody_go_on() {
    in_a_mall(patient(), |shopper| async move {
        let shop = Shop::open(&shopper, 100).await;
        shopper.behaves(Participant::Bank, json!({ "silent": { "share": 1 } })).await;
        shopper.out(shop.who(), 50 * MINUTE, OutageMode::Hold).await;
        let orders = shop.orders(&shopper, 20).await;
        shopper.wait(2 * MINUTE).await;
        // Everybody sleeps by now, and what the mall knows of them is in its timers.
        assert_eq!(shopper.world.mall().timers().withheld(), 20);
        shopper.world.mall().reset_personalities(shopper.admitted()).await.unwrap();
        assert!(shopper.world.mall().personalities().is_empty());
        shopper.settle().await;
        for order in &orders {
            assert_eq!(shopper.look(*order).await.status, OrderStatus::Accepted);
        }
        shopper
    });
}
