//! Every outcome an order can have, at the second it is due.

use super::shopper::{SECOND, in_a_mall, policy};
use plaza::actors::error::MallError;
use plaza::domain::order::{
    CancelledBy, Compensation, DeliveryStatus, OnShortage, OrderCommand, OrderError, OrderPaymentStatus, OrderPolicy,
    OrderStatus, Reason,
};
use plaza::domain::store::StoreCommand;
use std::time::Duration;

fn cancel() -> OrderCommand {
    OrderCommand::Cancel { by: CancelledBy::Customer, reason: Some("changed my mind".into()) }
}

#[test]
fn an_order_is_confirmed_accepted_and_delivered_on_time() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 1_999, 10).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 5_000).await;
        let order = shopper.order(customer, payment, &[(product, 2)]).await;

        shopper.wait(Duration::from_millis(4_900)).await;
        assert_eq!(shopper.look(order).await.payment.status, OrderPaymentStatus::Pending);
        shopper.wait(Duration::from_millis(200)).await;
        let seen = shopper.look(order).await;
        assert_eq!((seen.payment.status, seen.status), (OrderPaymentStatus::Confirmed, OrderStatus::Pending));
        assert_eq!(shopper.payment(payment).await.held, 3_998);

        shopper.wait(Duration::from_millis(9_700)).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Pending, "the store answers after 15 s, not before");
        shopper.wait(Duration::from_millis(300)).await;
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.delivery_status()), (OrderStatus::Accepted, DeliveryStatus::Confirmed));
        assert_eq!(shopper.stock(product).await.reserved, 2);

        shopper.command(order, OrderCommand::Pay).await.unwrap();
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.delivery_status()), (OrderStatus::Delivered, DeliveryStatus::Delivered));
        let paid = shopper.payment(payment).await;
        assert_eq!((paid.captured, paid.held, paid.available), (3_998, 0, 1_002));
        assert_eq!((shopper.stock(product).await.on_hand, shopper.stock(product).await.reserved), (8, 0));
        assert!(matches!(shopper.command(order, cancel()).await, Err(MallError::Order(OrderError::NotAllowed { .. }))));
        shopper
    });
}

#[test]
fn too_little_money_rejects_when_the_bank_is_due() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 1_000, 10).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 999).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(5 * SECOND).await;
        let seen = shopper.look(order).await;
        assert_eq!(
            (seen.status, seen.reasons.as_slice()),
            (OrderStatus::Rejected, [Reason::NotEnoughMoney].as_slice())
        );
        assert_eq!(
            (seen.payment.status, seen.compensation()),
            (OrderPaymentStatus::NotEnoughMoney, Compensation::None)
        );
        shopper.wait(20 * SECOND).await;
        assert_eq!(shopper.stock(product).await.reserved, 0, "a rejected order reserves nothing");
        shopper
    });
}

#[test]
fn stock_set_to_zero_before_the_store_answers_rejects_and_voids_the_hold() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 1_000, 10).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(10 * SECOND).await;
        shopper.set_stock(store, product, 0).await;
        shopper.wait(5 * SECOND).await;
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.reasons.as_slice()), (OrderStatus::Rejected, [Reason::OutOfStock].as_slice()));
        assert_eq!((seen.payment.status, seen.compensation()), (OrderPaymentStatus::Voided, Compensation::Done));
        let paid = shopper.payment(payment).await;
        assert_eq!((paid.held, paid.available), (0, 1_000));
        shopper
    });
}

#[test]
fn two_stores_confirm_separately_and_a_shortage_releases_the_other() {
    in_a_mall(policy(), |shopper| async move {
        let (quick, slow) = (shopper.store(8_000).await, shopper.store(20_000).await);
        let (plenty, scarce) = (shopper.product(quick, 100, 10).await, shopper.product(slow, 100, 1).await);
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 10_000).await;
        // Split over two lines: the summed quantity counts.
        let order = shopper.order(customer, payment, &[(plenty, 1), (scarce, 1), (scarce, 1)]).await;
        shopper.wait(8 * SECOND).await;
        let seen = shopper.look(order).await;
        assert_eq!(seen.leg(quick).unwrap().status, DeliveryStatus::Confirmed);
        assert_eq!(seen.leg(slow).unwrap().status, DeliveryStatus::Pending);
        shopper.wait(12 * SECOND).await;
        let seen = shopper.look(order).await;
        assert_eq!(seen.status, OrderStatus::Rejected);
        assert_eq!(seen.leg(quick).unwrap().status, DeliveryStatus::Released);
        assert_eq!(seen.leg(slow).unwrap().status, DeliveryStatus::OutOfStock);
        assert_eq!(shopper.stock(plenty).await.reserved, 0);
        shopper
    });
}

#[test]
fn accept_available_drops_the_short_store_and_lowers_hold_and_total() {
    in_a_mall(policy(), |shopper| async move {
        let (first, second) = (shopper.store(6_000).await, shopper.store(9_000).await);
        let (plenty, scarce) = (shopper.product(first, 100, 10).await, shopper.product(second, 250, 0).await);
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 10_000).await;
        let lines = [(plenty, 3), (scarce, 2)];
        let order = shopper.try_order(customer, payment, &lines, OnShortage::AcceptAvailable).await.unwrap();
        shopper.wait(5 * SECOND).await;
        assert_eq!(shopper.payment(payment).await.held, 800);
        shopper.wait(4 * SECOND).await;
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.total.amount_minor, seen.lines.len()), (OrderStatus::Accepted, 300, 1));
        assert_eq!(shopper.payment(payment).await.held, 300);
        shopper.command(order, OrderCommand::Pay).await.unwrap();
        assert_eq!(shopper.payment(payment).await.captured, 300);
        shopper
    });
}

#[test]
fn accept_available_with_nothing_left_is_rejected() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(6_000).await;
        let product = shopper.product(store, 100, 0).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 100).await;
        let order = shopper.try_order(customer, payment, &[(product, 1)], OnShortage::AcceptAvailable).await.unwrap();
        shopper.wait(6 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Rejected);
        assert_eq!(shopper.payment(payment).await.available, 100);
        shopper
    });
}

#[test]
fn no_grace_at_all_still_leaves_time_to_ask() {
    let strict = OrderPolicy { grace_ms: 0, ..policy() };
    in_a_mall(strict, |shopper| async move {
        let store = shopper.store(6_000).await;
        let product = shopper.product(store, 100, 1).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 100).await;
        // Past the first seconds, in which a mall that has just opened is patient anyway.
        shopper.wait(60 * SECOND).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(6 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        shopper
    });
}

#[test]
fn money_that_is_spent_can_not_be_held_again() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(6_000).await;
        let product = shopper.product(store, 600, 10).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        let first = shopper.order(customer, payment, &[(product, 1)]).await;
        let second = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(6 * SECOND).await;
        assert_eq!(shopper.look(first).await.status, OrderStatus::Accepted);
        assert_eq!(shopper.look(second).await.reasons, [Reason::NotEnoughMoney]);
        shopper
    });
}

#[test]
fn an_order_nobody_pays_expires_after_thirty_minutes_and_gives_everything_back() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 100, 1).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 100).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(15 * SECOND + 1_799 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        shopper.wait(2 * SECOND).await;
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.compensation()), (OrderStatus::Expired, Compensation::Done));
        assert_eq!((shopper.stock(product).await.reserved, shopper.payment(payment).await.available), (0, 100));
        assert!(shopper.command(order, OrderCommand::Pay).await.is_err());
        shopper
    });
}

#[test]
fn cancelling_twice_is_one_cancellation() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(6_000).await;
        let product = shopper.product(store, 100, 1).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 100).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(6 * SECOND).await;
        shopper.command(order, cancel()).await.unwrap();
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.compensation()), (OrderStatus::Cancelled, Compensation::Done));
        shopper.command(order, cancel()).await.unwrap();
        assert_eq!(shopper.look(order).await.version, seen.version);
        assert_eq!((shopper.stock(product).await.reserved, shopper.payment(payment).await.held), (0, 0));
        shopper
    });
}

#[test]
fn a_shipping_delay_keeps_a_paid_order_paid_until_it_ships() {
    let slow = OrderPolicy { shipping_delay_ms: 60_000, ..policy() };
    in_a_mall(slow, |shopper| async move {
        let store = shopper.store(6_000).await;
        let product = shopper.product(store, 100, 1).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 100).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(6 * SECOND).await;
        shopper.command(order, OrderCommand::Pay).await.unwrap();
        assert_eq!(shopper.look(order).await.status, OrderStatus::Paid);
        assert!(shopper.command(order, cancel()).await.is_err());
        shopper.wait(60 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Delivered);
        shopper
    });
}

#[test]
fn a_store_that_closes_takes_its_waiting_orders_with_it() {
    in_a_mall(policy(), |shopper| async move {
        let (closing, other) = (shopper.store(6_000).await, shopper.store(12_000).await);
        let (here, there) = (shopper.product(closing, 100, 5).await, shopper.product(other, 100, 5).await);
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        let reserved = shopper.order(customer, payment, &[(here, 1), (there, 1)]).await;
        shopper.wait(3 * SECOND).await;
        let waiting = shopper.order(customer, payment, &[(here, 1)]).await;
        shopper.wait(4 * SECOND).await;
        assert_eq!(shopper.look(reserved).await.leg(closing).unwrap().status, DeliveryStatus::Confirmed);
        let responder = plaza::ports::reply::Responder::new(None, |_| plaza::ports::reply::Reply {
            status: 204,
            version: None,
            location: None,
            body: vec![],
        });
        shopper.world.mall().archive_store(closing, None, responder, shopper.admitted()).await.unwrap();
        shopper.wait(10 * SECOND).await;
        for order in [reserved, waiting] {
            let seen = shopper.look(order).await;
            assert_eq!(
                (seen.status, seen.reasons.as_slice()),
                (OrderStatus::Rejected, [Reason::StoreClosed].as_slice())
            );
        }
        assert_eq!(shopper.stock(here).await.reserved, 0);
        assert_eq!(shopper.payment(payment).await.available, 1_000);
        shopper
    });
}

#[test]
fn a_product_archived_while_an_order_waits_rejects_it() {
    in_a_mall(policy(), |shopper| async move {
        let store = shopper.store(6_000).await;
        let product = shopper.product(store, 100, 5).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.administer(store, StoreCommand::ArchiveProducts(vec![product])).await.unwrap();
        shopper.wait(6 * SECOND).await;
        assert_eq!(shopper.look(order).await.reasons, [Reason::ProductUnavailable]);
        shopper
    });
}
