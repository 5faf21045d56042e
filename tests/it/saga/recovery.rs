//! What a crash leaves behind is finished by the next start, once.

use super::shopper::{SECOND, in_a_mall, policy};
use plaza::domain::order::{OrderCommand, OrderStatus, Reason};
use plaza::domain::participant::Fulfilment;
use plaza::domain::store::{StoreCommand, StoreEdit};
use plaza::ports::reads::events::EventFilter;
use std::time::Duration;

#[test]
fn confirmations_that_fell_due_while_down_are_made_at_once() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 100, 1).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 100).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(6 * SECOND).await;
        let shopper = shopper.crash(Duration::ZERO).await;
        shopper.wait(9 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        let shopper = shopper.crash(Duration::ZERO).await;
        shopper.command(order, OrderCommand::Pay).await.unwrap();
        let shopper = shopper.crash(Duration::ZERO).await;
        shopper.settle().await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Delivered);
        assert_eq!(shopper.payment(payment).await.captured, 100);
        assert_eq!(shopper.stock(product).await.on_hand, 0);
        shopper
    });
}

#[test]
fn an_hour_of_downtime_is_not_held_against_an_order() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 100, 1).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 100).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        let shopper = shopper.crash(3_600 * SECOND).await;
        shopper.wait(SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        shopper
    });
}

#[test]
fn an_outside_store_that_never_answers_times_out() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 100, 1).await;
        let outside = StoreEdit { fulfilment: Some(Fulfilment::External), ..StoreEdit::default() };
        shopper.administer(store, StoreCommand::Edit(outside)).await.unwrap();
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 100).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(44 * SECOND).await;
        let shopper = shopper.crash(10 * SECOND).await;
        shopper.wait(29 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Pending, "the grace starts anew after a crash");
        shopper.wait(2 * SECOND).await;
        let seen = shopper.look(order).await;
        assert_eq!(
            (seen.status, seen.reasons.as_slice()),
            (OrderStatus::Rejected, [Reason::ConfirmationTimeout].as_slice())
        );
        assert_eq!(shopper.payment(payment).await.available, 100);
        shopper
    });
}

#[test]
fn a_crash_in_every_second_of_an_order_changes_nothing_about_its_outcome() {
    in_a_mall(policy(), |mut shopper| async move {
        let (first, second) = (shopper.store(7_000).await, shopper.store(11_000).await);
        let (one, two) = (shopper.product(first, 100, 1).await, shopper.product(second, 50, 1).await);
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 300).await;
        let bought = shopper.order(customer, payment, &[(one, 1), (two, 1)]).await;
        let late = shopper.order(customer, payment, &[(two, 1)]).await;
        for _ in 0..14 {
            shopper.wait(SECOND).await;
            shopper = shopper.crash(Duration::ZERO).await;
        }
        shopper.settle().await;
        let outcomes = [shopper.look(bought).await.status, shopper.look(late).await.status];
        assert!(outcomes.contains(&OrderStatus::Accepted) && outcomes.contains(&OrderStatus::Rejected), "{outcomes:?}");
        assert_eq!(shopper.stock(two).await.available(), 0);
        shopper
    });
}

#[test]
fn the_same_seed_writes_the_same_journal() {
    let heads: Vec<_> = (0..2)
        .map(|_| {
            let (told, tells) = std::sync::mpsc::channel();
            in_a_mall(policy(), |shopper| async move {
                let store = shopper.store(6_000).await;
                let product = shopper.product(store, 100, 3).await;
                let customer = shopper.customer().await;
                let payment = shopper.authorize(customer, 1_000).await;
                for _ in 0..5 {
                    shopper.order(customer, payment, &[(product, 1)]).await;
                }
                shopper.wait(7 * SECOND).await;
                let page = shopper.world.mall().reads().events(EventFilter::default(), 1_000).await.unwrap();
                told.send(page.events).unwrap();
                shopper
            });
            tells.recv().unwrap()
        })
        .collect();
    assert!(heads[0].len() > 20);
    assert_eq!(heads[0], heads[1]);
}
