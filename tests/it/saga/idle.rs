//! Virtual time in which nothing happens costs nothing, and what happens after it is found all the same.

use super::life::live;
use super::shopper::{SECOND, in_a_mall, policy};
use plaza::actors::mall::timekeeper::Until;
use plaza::domain::order::{OrderCommand, OrderStatus};
use plaza::sim::world::trace::Keep;
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const MONTH: Duration = Duration::from_hours(30 * 24);

#[test]
fn eighteen_idle_months_cost_no_time_and_the_mall_is_there_after_them() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 100, 3).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 300).await;
        let expires = shopper.order(customer, payment, &[(product, 1)]).await;
        let began = Instant::now();
        shopper.wait(18 * MONTH).await;
        let took = began.elapsed();
        // Half a century of seconds: one wake-up a second alone would take minutes.
        assert!(took < Duration::from_secs(2), "{took:?}");
        assert_eq!(shopper.look(expires).await.status, OrderStatus::Expired);
        let awake = shopper.world.mall().orders().awake() + shopper.world.mall().stores().awake();
        assert_eq!(awake, 0, "everybody sleeps");
        // An order after it is asked for and paid like the first.
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(16 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        shopper.command(order, OrderCommand::Pay).await.unwrap();
        shopper.settle().await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Delivered);
        shopper
    });
}

#[test]
fn what_is_due_long_after_it_was_promised_is_told_in_the_second_it_is_due() {
    let patient = plaza::domain::order::OrderPolicy { pay_deadline_ms: 300 * 24 * 3_600_000, ..policy() };
    in_a_mall(patient, |shopper| async move {
        let store = shopper.store(0).await;
        let product = shopper.product(store, 100, 3).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 300).await;
        let orders = [shopper.order(customer, payment, &[(product, 1)]).await, {
            shopper.wait(MONTH).await;
            shopper.order(customer, payment, &[(product, 1)]).await
        }];
        shopper.wait(270 * 24 * 3_600 * SECOND).await;
        let status = async || [shopper.look(orders[0]).await.status, shopper.look(orders[1]).await.status];
        assert_eq!(status().await, [OrderStatus::Accepted; 2]);
        shopper.wait(6 * SECOND).await;
        assert_eq!(status().await, [OrderStatus::Expired, OrderStatus::Accepted]);
        // Over a crash as well: nothing of what is beyond the horizon was in memory only.
        let shopper = shopper.crash(Duration::from_mins(30 * 24 * 60 - 1)).await;
        assert_eq!(shopper.look(orders[1]).await.status, OrderStatus::Accepted);
        shopper.wait(61 * SECOND).await;
        assert_eq!(shopper.look(orders[1]).await.status, OrderStatus::Expired);
        shopper
    });
}

#[test]
fn an_order_whose_timer_is_lost_is_found_again_within_a_minute() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 100, 3).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 300).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(16 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        // The pay deadline is in half an hour; the memory of it goes.
        shopper.wait(20 * 60 * SECOND).await;
        shopper.world.mall().timers().forget(order);
        shopper.wait(9 * 60 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        shopper.wait(130 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Expired);
        shopper
    });
}

#[test]
fn a_mall_that_dies_while_its_clock_is_advanced_leaves_nothing_that_wakes() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(0).await;
        let product = shopper.product(store, 100, 3).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 300).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        let hour = Until::By(Duration::from_hours(1));
        shopper.world.mall().advance(hour, shopper.admitted()).await.unwrap();
        // Nothing comes to rest: the advance looks every millisecond whether it does.
        shopper.world.journal().stall();
        sleep(SECOND).await;
        let shopper = shopper.crash(SECOND).await;
        let began = Instant::now();
        shopper.wait(Duration::from_hours(2)).await;
        assert!(began.elapsed() < 2 * SECOND, "{:?}", began.elapsed());
        assert_eq!(shopper.look(order).await.status, OrderStatus::Expired);
        shopper
    });
}

/// The memory this process takes, bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4_096
}

#[test]
fn worlds_leave_nothing_behind() {
    // Alone in a process: other tests take memory meanwhile.
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["saga::idle::hundreds_of_worlds_of_a_child", "--exact", "--ignored", "--test-threads=1"])
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
}

#[test]
#[ignore = "run by the test above, in a process of its own"]
fn hundreds_of_worlds_of_a_child() {
    let live = |seeds: std::ops::Range<u64>| seeds.for_each(|seed| drop(live(seed, 1, Keep::Hash)));
    live(0..30);
    let before = resident();
    live(30..230);
    let grown = resident().saturating_sub(before);
    // A mall in memory takes a third of a megabyte: two hundred left behind are 68 MB (measured).
    assert!(grown < 12_000_000, "grown by {grown} bytes");
}
