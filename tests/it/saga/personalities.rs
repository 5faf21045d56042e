//! Personalities: what a slow, absent, failing or stuttering participant means for the orders that need it.

use super::clock::story;
use super::shopper::{SECOND, Shopper, in_a_mall, policy};
use plaza::actors::mall::timekeeper::Until;
use plaza::domain::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use plaza::domain::order::{
    CancelledBy, DeliveryStatus, OnShortage, OrderCommand, OrderPaymentStatus, OrderPolicy, OrderStatus, Reason,
};
use plaza::domain::participant::Participant;
use plaza::domain::personality::{Outage, OutageMode, Personality};
use plaza::domain::store::StoreCommand;
use plaza::ports::reply::{Reply, Responder};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);

/// Verdicts may take an hour: nobody times out while a bank is out for minutes.
fn patient() -> OrderPolicy {
    OrderPolicy { grace_ms: 3_600_000, ..policy() }
}

fn nobody<S: 'static>() -> Responder<S> {
    Responder::new(None, |_| Reply { status: 200, version: None, location: None, body: Vec::new() })
}

impl Shopper {
    async fn behaves(&self, participant: Participant, personality: Value) {
        let personality: Personality = serde_json::from_value(personality).unwrap();
        let mall = self.world.mall();
        mall.set_personality(participant, personality, None, nobody(), self.admitted()).await.unwrap();
    }

    async fn out(&self, participant: Participant, span: Duration, mode: OutageMode) {
        self.world.mall().add_outage(participant, span, mode, None, nobody(), self.admitted()).await.unwrap();
    }

    fn position(&self) -> u64 {
        self.world.mall().journal().head()
    }
}

/// A shop with a customer who can pay.
struct Shop {
    store: StoreId,
    product: ProductId,
    customer: CustomerId,
    payment: PaymentId,
}

impl Shop {
    /// A store that answers after ten seconds.
    async fn open(shopper: &Shopper, stock: i64) -> Self {
        let store = shopper.store(10_000).await;
        let product = shopper.product(store, 100, stock).await;
        let customer = shopper.customer().await;
        Self { store, product, customer, payment: shopper.authorize(customer, 10_000_000).await }
    }

    fn who(&self) -> Participant {
        Participant::Store(self.store)
    }

    async fn order(&self, shopper: &Shopper) -> OrderId {
        shopper.order(self.customer, self.payment, &[(self.product, 1)]).await
    }

    async fn orders(&self, shopper: &Shopper, count: usize) -> Vec<OrderId> {
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

/// How each order of a day of odd participants ends, by its place in the queue.
fn day(crashes: &[u64]) -> Vec<(OrderStatus, Vec<Reason>)> {
    let mut ends = Vec::new();
    in_a_mall(OrderPolicy { grace_ms: 120_000, ..policy() }, |mut shopper| {
        let ends = &mut ends;
        async move {
            let shop = Shop::open(&shopper, 1_000).await;
            let begun = shopper.now();
            let at = |seconds: u64| begun.plus(Duration::from_secs(seconds));
            let outage = |from: u64, until: u64, mode| Outage { from: at(from), until: at(until), mode };
            let outages = [
                outage(6, 9, OutageMode::Refuse),
                outage(20, 28, OutageMode::Hold),
                outage(30, 33, OutageMode::Silent),
            ];
            let odd = |seed: u64| {
                json!({
                    "delay": { "distribution": "uniform", "min_ms": 0, "max_ms": 40_000 },
                    "refuse": { "share": 0.2, "reason": "SERVICE_FAILED" }, "silent": { "share": 0.1 },
                    "lose_answer": { "share": 0.2 }, "repeat_answer": { "share": 0.2 },
                    "outages": outages, "seed": seed,
                })
            };
            shopper.behaves(shop.who(), odd(1)).await;
            shopper.behaves(Participant::Bank, odd(2)).await;
            let orders = shop.orders(&shopper, 150).await;
            for seconds in crashes {
                let wait = at(*seconds).micros_since(shopper.now());
                shopper.wait(Duration::from_micros(wait)).await;
                shopper = shopper.crash(Duration::from_millis(300)).await;
            }
            shopper.wait(10 * MINUTE).await;
            for order in &orders {
                let seen = shopper.look(*order).await;
                ends.push((seen.status, seen.reasons));
            }
            shopper
        }
    });
    ends
}

#[test]
fn a_crash_changes_no_fate() {
    let quiet = day(&[]);
    for reason in [Reason::ServiceFailed, Reason::ConfirmationTimeout] {
        let met = quiet.iter().filter(|(_, reasons)| reasons.contains(&reason)).count();
        assert!((15..100).contains(&met), "{met} of {reason}");
    }
    assert!(quiet.iter().any(|(status, _)| *status == OrderStatus::Accepted));
    for crashes in [&[4, 7, 12][..], &[21, 22, 31], &[35, 60]] {
        assert_eq!(day(crashes), quiet, "after crashes at {crashes:?} s");
    }
}

/// An answer that would come after the time-out never counts: neither a restart, which gives everybody a moment more, nor
/// a clock that runs too fast to be in time brings it back.
#[test]
fn nobody_who_is_late_with_asking_brings_back_an_answer_beyond_the_time_out() {
    for (crash, speed) in [(None, 1.0), (Some(2), 1.0), (Some(13), 1.0), (Some(40), 1.0), (None, 1_000.0)] {
        in_a_mall(OrderPolicy { grace_ms: 3_000, ..policy() }, |mut shopper| async move {
            let shop = Shop::open(&shopper, 10).await;
            shopper.behaves(shop.who(), json!({ "delay": { "distribution": "fixed", "ms": 13_500 } })).await;
            let late = shop.order(&shopper).await;
            shopper.behaves(shop.who(), json!({ "delay": { "distribution": "fixed", "ms": 12_900 } })).await;
            let in_time = shop.order(&shopper).await;
            // What was drawn stays drawn.
            shopper.world.mall().reset_personality(shop.who(), None, shopper.admitted()).await.unwrap();
            shopper.out(Participant::Bank, 14 * SECOND, OutageMode::Hold).await;
            let held = shop.order(&shopper).await;
            shopper.world.mall().reset_personality(Participant::Bank, None, shopper.admitted()).await.unwrap();
            shopper.turn(speed).await;
            if let Some(after) = crash {
                shopper.wait(SECOND).await;
                shopper = shopper.crash(after * SECOND).await;
            }
            shopper.wait(2 * MINUTE).await;
            let seen = shopper.look(late).await;
            let story = format!("crash {crash:?}, speed {speed}");
            assert_eq!(
                (seen.status, seen.reasons),
                (OrderStatus::Rejected, vec![Reason::ConfirmationTimeout]),
                "{story}"
            );
            for order in [in_time, held] {
                assert!(shopper.look(order).await.reasons.is_empty(), "{story}");
            }
            shopper
        });
    }
}

#[test]
fn an_answer_that_comes_twice_after_the_end_is_noted_once() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(5_000).await;
        let product = shopper.product(store, 100, 50).await;
        let customer = shopper.customer().await;
        let poor = shopper.authorize(customer, 50).await;
        shopper.behaves(Participant::Store(store), json!({ "repeat_answer": { "share": 1 } })).await;
        let mut ignored = 0;
        for _ in 0..20 {
            let order = shopper.order(customer, poor, &[(product, 1)]).await;
            shopper.wait(6 * SECOND).await;
            let told = story(&shopper, order).await;
            let of_order = told.iter().filter(|(name, _)| name == "order.confirmation_ignored").count();
            assert!(of_order <= 1, "{told:?}");
            ignored += of_order;
        }
        assert!(ignored > 0, "bank and store answered at the same moment, and never was one too late");
        shopper
    });
}

#[test]
fn a_store_that_closes_has_no_character_any_more_and_its_orders_hear_of_it() {
    for crash in [false, true] {
        in_a_mall(patient(), |mut shopper| async move {
            let shop = Shop::open(&shopper, 10).await;
            let other = shopper.store(10_000).await;
            let elsewhere = shopper.product(other, 300, 10).await;
            shopper.behaves(shop.who(), json!({ "silent": { "share": 1 } })).await;
            let whole = shop.order(&shopper).await;
            let lines = [(shop.product, 1), (elsewhere, 1)];
            let part =
                shopper.try_order(shop.customer, shop.payment, &lines, OnShortage::AcceptAvailable).await.unwrap();
            shopper.wait(11 * SECOND).await;
            if crash {
                // The closing is a fact, and nobody has told anybody.
                shopper.administer(shop.store, StoreCommand::Close).await.unwrap();
                shopper = shopper.crash(SECOND).await;
            } else {
                shopper.world.mall().archive_store(shop.store, None, nobody(), shopper.admitted()).await.unwrap();
            }
            shopper.wait(SECOND).await;
            let seen = shopper.look(whole).await;
            assert_eq!((seen.status, seen.reasons), (OrderStatus::Rejected, vec![Reason::StoreClosed]));
            let seen = shopper.look(part).await;
            assert_eq!((seen.status, seen.total.amount_minor), (OrderStatus::Accepted, 300));
            assert!(shopper.world.mall().personalities().is_empty());
            shopper
        });
    }
}

/// An order may wait longer than a day for a verdict: what was due in an outage stays met by it.
#[test]
fn an_outage_that_orders_still_wait_in_is_not_forgotten() {
    in_a_mall(OrderPolicy { grace_ms: 10 * 86_400_000, ..policy() }, |shopper| async move {
        let shop = Shop::open(&shopper, 10).await;
        shopper.out(shop.who(), 10 * MINUTE, OutageMode::Silent).await;
        let order = shop.order(&shopper).await;
        shopper.wait(Duration::from_hours(72)).await;
        shopper.out(shop.who(), MINUTE, OutageMode::Silent).await;
        shopper.wait(10 * MINUTE).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Pending);
        shopper.wait(Duration::from_hours(8 * 24)).await;
        assert_eq!(shopper.look(order).await.reasons, [Reason::ConfirmationTimeout]);
        shopper
    });
}

/// An order that sleeps is woken by a person, and knows nothing of what the timers know of it.
#[test]
fn an_order_that_is_called_off_in_its_sleep_waits_for_nobody_any_more() {
    in_a_mall(patient(), |shopper| async move {
        let shop = Shop::open(&shopper, 10).await;
        shopper.out(Participant::Bank, 50 * MINUTE, OutageMode::Hold).await;
        let orders = shop.orders(&shopper, 3).await;
        shopper.wait(3 * MINUTE).await;
        assert_eq!(shopper.world.mall().orders().awake(), 0);
        assert_eq!(shopper.world.mall().timers().withheld(), 3);
        for order in &orders {
            let cancel = OrderCommand::Cancel { by: CancelledBy::Customer, reason: None };
            shopper.command(*order, cancel).await.unwrap();
        }
        shopper.settle().await;
        assert_eq!((shopper.world.mall().timers().withheld(), shopper.world.mall().timers().len()), (0, 0));
        assert_eq!(shopper.world.mall().next_due().await.unwrap(), None);
        shopper
    });
}

#[test]
fn a_verdict_that_was_withheld_is_not_late() {
    for mode in [OutageMode::Hold, OutageMode::Silent] {
        in_a_mall(patient(), |shopper| async move {
            let shop = Shop::open(&shopper, 10).await;
            shopper.out(Participant::Bank, 30 * MINUTE, mode).await;
            shop.orders(&shopper, 3).await;
            shopper.wait(3 * MINUTE).await;
            shopper.world.mall().reset_personalities(shopper.admitted()).await.unwrap();
            shopper.out(Participant::Bank, MINUTE, OutageMode::Hold).await;
            shop.order(&shopper).await;
            shopper.wait(10 * MINUTE).await;
            let late = shopper.world.mall().metrics().lateness();
            assert!(late.max_ms < 1_000.0, "{late:?}");
            shopper
        });
    }
}
