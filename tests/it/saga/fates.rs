//! Fates: an order's luck is the same whoever is late, crashes, sleeps, closes or changes his mind.

use super::clock::story;
use super::personalities::{MINUTE, Shop, nobody, patient};
use super::shopper::{SECOND, in_a_mall, policy};
use plaza::domain::order::{CancelledBy, OnShortage, OrderCommand, OrderPolicy, OrderStatus, Reason};
use plaza::domain::participant::Participant;
use plaza::domain::personality::{Outage, OutageMode};
use plaza::domain::store::StoreCommand;
use serde_json::json;
use std::time::Duration;

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
