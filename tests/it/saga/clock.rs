//! The mall's own clock: paused, hurried and advanced, an order lives the life that waiting would have given it.

use super::shopper::{SECOND, Shopper, in_a_mall, in_a_world, policy};
use plaza::actors::error::MallError;
use plaza::actors::mall::timekeeper::{ClockStatus, Until};
use plaza::domain::clock::Speed;
use plaza::domain::ids::OrderId;
use plaza::domain::order::{CancelledBy, OrderCommand, OrderPolicy, OrderStatus};
use plaza::domain::participant::Fulfilment;
use plaza::domain::store::{StoreCommand, StoreEdit};
use plaza::domain::time::Timestamp;
use plaza::ports::reads::events::EventFilter;
use plaza::sim::world::Options;
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

fn speed(times: f64) -> Speed {
    Speed::new(times).unwrap()
}

impl Shopper {
    pub async fn turn(&self, times: f64) {
        self.world.mall().set_speed(speed(times), None, self.admitted()).await.unwrap();
    }

    pub async fn advance(&self, until: Until) {
        self.world.mall().advance(until, self.admitted()).await.unwrap();
        assert!(self.world.mall().advanced(HOUR).await);
    }

    pub fn now(&self) -> Timestamp {
        self.world.mall().clock().now()
    }
}

/// What happened to an order: the names of its events, and when.
pub async fn story(shopper: &Shopper, order: OrderId) -> Vec<(String, Timestamp)> {
    let filter = EventFilter { stream_id: Some(order.0), ..EventFilter::default() };
    let events = shopper.world.mall().reads().events(filter, 100).await.unwrap();
    events.events.into_iter().map(|event| (event.name.into_owned(), event.occurred_at)).collect()
}

/// A day of a small mall: forty orders at four stores, some that are short of stock, some that are paid.
async fn morning(shopper: &Shopper) -> Vec<OrderId> {
    let customer = shopper.customer().await;
    let payment = shopper.authorize(customer, 100_000).await;
    let mut products = Vec::new();
    for delay in [1_000, 7_000, 15_000, 29_999] {
        let store = shopper.store(delay).await;
        products.push(shopper.product(store, 100, 14).await);
    }
    let mut orders = Vec::new();
    for number in 0..40 {
        let lines = [(products[number % 4], 1), (products[(number / 4) % 4], 1)];
        let lines = if number % 4 == (number / 4) % 4 { &lines[..1] } else { &lines[..] };
        orders.push(shopper.order(customer, payment, lines).await);
    }
    orders
}

#[test]
fn advancing_writes_the_story_that_waiting_writes() {
    let mut stories = Vec::new();
    for advanced in [false, true] {
        // Commits take no time: what differs is not the disk's.
        let options = Options { commit_within: Duration::ZERO, ..Options::new(7, policy()) };
        in_a_world(options, |shopper| {
            let stories = &mut stories;
            async move {
                let orders = morning(&shopper).await;
                if advanced {
                    shopper.advance(Until::By(HOUR)).await;
                } else {
                    shopper.wait(HOUR).await;
                }
                let mut told = Vec::new();
                for order in &orders {
                    let seen = shopper.look(*order).await;
                    let begun = seen.created_at;
                    let happened = story(&shopper, *order).await;
                    if advanced {
                        // Stamped with the due instants, to the microsecond.
                        let verdict = happened.iter().find(|(name, _)| name == "order.payment_confirmed");
                        assert!(verdict.is_none_or(|(_, at)| *at == begun.plus_millis(5_000)), "{happened:?}");
                    }
                    let since = |at: Timestamp| at.micros_since(begun).next_multiple_of(10_000);
                    told.push(happened.into_iter().map(|(name, at)| (name, since(at))).collect::<Vec<_>>());
                }
                stories.push(told);
                shopper
            }
        });
    }
    assert_eq!(stories[0], stories[1]);
    for name in ["order.expired", "order.rejected", "order.store_rejected"] {
        assert!(stories[0].iter().flatten().any(|(seen, _)| seen == name), "no {name} in {stories:?}");
    }
}

#[test]
fn a_paused_mall_waits_over_a_crash_and_goes_on_where_it_was() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 100, 5).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 500).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(10 * SECOND).await;
        shopper.turn(0.0).await;
        let (paused_at, before) = (shopper.now(), story(&shopper, order).await);
        shopper.wait(24 * HOUR).await;
        assert_eq!((shopper.now(), story(&shopper, order).await), (paused_at, before.clone()));
        assert_eq!(shopper.world.mall().clock_view().status, ClockStatus::Paused);
        // A person is served at the time it is.
        let late = shopper.order(customer, payment, &[(product, 1)]).await;
        assert_eq!(shopper.look(late).await.created_at, paused_at);
        let shopper = shopper.crash(HOUR).await;
        assert_eq!(shopper.now(), paused_at);
        shopper.turn(1.0).await;
        shopper.wait(4 * SECOND).await;
        assert_eq!(story(&shopper, order).await, before, "nothing is early, and nothing happens twice");
        shopper.wait(2 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        // It runs on through the time it is closed.
        shopper.turn(60.0).await;
        let closed_at = shopper.now();
        let shopper = shopper.crash(60 * SECOND).await;
        // Sixty times what the commit of the setting took lie between both.
        let passed = shopper.now().micros_since(closed_at);
        assert!((3_600_000_000..3_602_000_000).contains(&passed), "{passed}");
        shopper.settle().await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Expired);
        assert_eq!(shopper.world.mall().clock_view().version, 3);
        shopper
    });
}

#[test]
fn at_a_thousand_times_the_speed_everything_is_found_in_time() {
    in_a_mall(policy(), |shopper| async move {
        shopper.turn(1_000.0).await;
        let orders = morning(&shopper).await;
        // An hour and a half of the mall's, in which every accepted order runs out of its deadline.
        shopper.wait(Duration::from_millis(5_400)).await;
        for order in &orders {
            let seen = shopper.look(*order).await;
            assert!([OrderStatus::Expired, OrderStatus::Rejected].contains(&seen.status), "{:?}", seen.status);
            for (name, at) in story(&shopper, *order).await {
                let due = match name.as_str() {
                    "order.payment_confirmed" => seen.created_at.plus_millis(5_000),
                    "order.expired" => seen.pay_by.unwrap(),
                    _ => continue,
                };
                let late = at.micros_since(due);
                assert!(at >= due && late < 60_000_000, "{name} {late} us of mall time after it was due");
            }
        }
        shopper
    });
}

#[test]
fn an_advance_stops_at_instants_and_is_refused_backwards() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 100, 5).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 500).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        let born = shopper.look(order).await.created_at;
        shopper.turn(0.0).await;
        shopper.advance(Until::Next(1)).await;
        assert_eq!(shopper.now(), born.plus_millis(5_000));
        shopper.advance(Until::Next(1)).await;
        assert_eq!(shopper.now(), born.plus_millis(15_000));
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        shopper.command(order, OrderCommand::Pay).await.unwrap();
        shopper.advance(Until::Time(born.plus_millis(86_400_000))).await;
        assert_eq!(shopper.now(), born.plus_millis(86_400_000));
        // Nothing is due any more: so many instants there are not.
        shopper.advance(Until::Next(1_000)).await;
        assert_eq!(shopper.now(), born.plus_millis(86_400_000));
        assert_eq!(shopper.world.mall().clock_view().status, ClockStatus::Paused, "the speed is what it was");
        let mall = shopper.world.mall();
        let refused = mall.advance(Until::Time(born), shopper.admitted()).await.unwrap_err();
        assert!(matches!(refused, MallError::ClockBackwards(_)));
        let refused = mall.advance(Until::By(401 * 24 * HOUR), shopper.admitted()).await.unwrap_err();
        assert!(matches!(refused, MallError::ClockTooFar));
        shopper
    });
}

#[test]
fn a_crash_in_the_middle_of_an_advance_leaves_a_clock_that_goes_on() {
    in_a_mall(policy(), |shopper| async move {
        let orders = morning(&shopper).await;
        shopper.turn(2.0).await;
        shopper.world.mall().advance(Until::By(HOUR), shopper.admitted()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(3)).await;
        let at = shopper.now();
        assert!(!shopper.world.mall().advanced(Duration::ZERO).await, "it is in the middle");
        let shopper = shopper.crash(SECOND).await;
        let newest = shopper.world.mall().clock().now();
        assert!(newest <= at.plus_millis(2_000) && shopper.world.mall().clock().speed() == speed(2.0));
        shopper.wait(HOUR).await;
        for order in orders {
            let seen = shopper.look(order).await;
            assert!([OrderStatus::Expired, OrderStatus::Rejected].contains(&seen.status), "{:?}", seen.status);
        }
        shopper
    });
}

#[test]
fn what_nobody_answers_runs_out_of_patience_at_its_time_and_not_at_the_end_of_an_advance() {
    in_a_mall(OrderPolicy { grace_ms: 1, ..policy() }, |shopper| async move {
        let store = shopper.store(6_000).await;
        let product = shopper.product(store, 100, 5).await;
        let outside = StoreEdit { fulfilment: Some(Fulfilment::External), ..StoreEdit::default() };
        shopper.administer(store, StoreCommand::Edit(outside)).await.unwrap();
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 500).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        // Overdue when it opens again: the bank is asked first, and gets a moment of real time for it.
        let shopper = shopper.crash(20 * SECOND).await;
        let opened = shopper.now();
        shopper.advance(Until::By(48 * HOUR)).await;
        let seen = shopper.look(order).await;
        assert_eq!(seen.status, OrderStatus::Rejected);
        let late = seen.updated_at.micros_since(opened);
        assert!(late < 5_000_000, "rejected {late} us of mall time after the start");
        shopper
    });
}

#[test]
fn an_order_that_has_moved_on_is_due_no_more() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 100, 5).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 500).await;
        shopper.turn(0.0).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.settle().await;
        assert_eq!(shopper.world.mall().next_due().await.unwrap(), Some(shopper.now().plus_millis(5_000)));
        shopper.command(order, OrderCommand::Cancel { by: CancelledBy::Admin, reason: None }).await.unwrap();
        shopper.settle().await;
        assert_eq!(shopper.world.mall().next_due().await.unwrap(), None);
        let before = shopper.now();
        shopper.advance(Until::Next(1)).await;
        assert_eq!(shopper.now(), before);
        shopper
    });
}
