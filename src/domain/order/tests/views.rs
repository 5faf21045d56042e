//! What people and the mall see of an order.

use super::*;

fn rejected() -> Story {
    Story::begin().then(bank(500)).then(no(BAKER))
}

#[test]
fn undoing_is_none_pending_or_done() {
    let meet = OrderCommand::Meet;
    let cases = [
        (Story::begin(), Compensation::None, false),
        (Story::begin().then(cancel()), Compensation::None, true),
        (Story::begin().delivered(), Compensation::None, false),
        (rejected(), Compensation::Pending, false),
        (rejected().then(meet(VOID)), Compensation::Done, true),
        (Story::begin().accepted().then(cancel()).then(meet(VOID)), Compensation::Pending, false),
    ];
    for (story, compensation, settled) in cases {
        assert_eq!(
            (story.order.compensation(), story.order.is_settled()),
            (compensation, settled),
            "{:?}",
            story.order
        );
    }
    for (obligation, undoes) in [
        (VOID, true),
        (RELEASE_BAKER, true),
        (Obligation::CaptureHold, false),
        (Obligation::ShipStock { store_id: BAKER }, false),
    ] {
        assert_eq!(obligation.is_compensation(), undoes, "{obligation:?}");
    }
}

#[test]
fn delivery_is_the_least_advanced_store_or_what_ended_the_order() {
    let meet = OrderCommand::Meet;
    let cancelled = || Story::begin().then(yes(BAKER)).then(cancel());
    let expired = || Story::begin().accepted().at(20_000).then(OrderCommand::PassTime);
    let cases = [
        (Story::begin(), DeliveryStatus::Pending),
        (Story::begin().then(yes(BAKER)), DeliveryStatus::Pending),
        (Story::begin().accepted(), DeliveryStatus::Confirmed),
        (Story::begin().delivered(), DeliveryStatus::Delivered),
        (Story::drops_short().then(no(BAKER)), DeliveryStatus::Pending),
        (Story::drops_short().then(no(BAKER)).then(yes(SMITH)), DeliveryStatus::Confirmed),
        (Story::drops_short().then(no(BAKER)).then(no(SMITH)), DeliveryStatus::OutOfStock),
        (rejected(), DeliveryStatus::OutOfStock),
        (Story::begin().then(OrderCommand::CloseStore(SMITH)), DeliveryStatus::Unavailable),
        (cancelled(), DeliveryStatus::Pending),
        (cancelled().then(meet(RELEASE_BAKER)), DeliveryStatus::Released),
        (expired(), DeliveryStatus::Confirmed),
        (expired().then(meet(RELEASE_SMITH)), DeliveryStatus::Released),
    ];
    for (story, expected) in cases {
        assert_eq!(story.order.delivery_status(), expected, "{:?}", story.order);
    }
}

#[test]
fn a_person_may_pay_until_the_deadline_and_cancel_until_it_is_paid() {
    let (pay, cancels) = (vec![OrderAction::Pay, OrderAction::Cancel], vec![OrderAction::Cancel]);
    let cases = [
        (Story::begin(), cancels.clone()),
        (Story::begin().accepted(), pay.clone()),
        (Story::begin().accepted().at(19_999), pay),
        (Story::begin().accepted().at(20_000), cancels),
        (Story::begin().paid(), vec![]),
        (Story::begin().delivered(), vec![]),
        (rejected(), vec![]),
        (Story::begin().then(cancel()), vec![]),
    ];
    for (story, expected) in cases {
        let allowed = story.order.allowed_actions(story.now);
        assert_eq!(allowed, expected, "{:?}", story.order);
        assert_eq!(allowed.contains(&OrderAction::Pay), story.tries(&OrderCommand::Pay).is_ok(), "as it is decided");
        let cancels = story.tries(&cancel()).is_ok_and(|events| !events.is_empty());
        assert_eq!(allowed.contains(&OrderAction::Cancel), cancels, "as it is decided");
    }
}

#[test]
fn a_store_serves_its_own_lines_and_is_told_where_it_is_served_from() {
    let order = Story::outside(OnShortage::AcceptAvailable).order;
    let lines = |store| order.lines_of(store).iter().map(|line| (line.product_id, line.quantity)).collect::<Vec<_>>();
    assert_eq!((lines(BAKER), lines(SMITH), lines(NOBODY)), (vec![(BREAD, 2), (CAKE, 1)], vec![(NAIL, 1)], vec![]));
    let ship = |store_id| Obligation::ShipStock { store_id };
    for (obligation, outside) in [
        (VOID, true),
        (Obligation::CaptureHold, true),
        (RELEASE_BAKER, false),
        (RELEASE_SMITH, true),
        (ship(BAKER), false),
        (ship(SMITH), true),
        (ship(NOBODY), false),
    ] {
        assert_eq!(order.is_met_outside(obligation), outside, "{obligation:?}");
    }
    assert!(!Story::begin().order.is_met_outside(VOID));
    assert_eq!(order.currency(), eur(0).currency);
    assert_eq!(
        Story::drops_short().then(no(BAKER)).order.kept_stores().map(|leg| leg.store_id).collect::<Vec<_>>(),
        [SMITH]
    );
}

#[test]
fn only_an_outcome_is_final() {
    for status in OrderStatus::ALL {
        let open = matches!(status, OrderStatus::Pending | OrderStatus::Accepted | OrderStatus::Paid);
        assert_eq!(status.is_terminal(), !open, "{status}");
    }
}

#[test]
fn an_order_is_the_sum_of_its_events_and_the_first_is_its_submission() {
    let made = OrderState::submit(ORDER, submission(), at(0), &policy()).unwrap();
    let story = Story { order: made.next, policy: policy(), now: at(1) };
    let paid = story.decide(&bank(500)).unwrap();
    let events: Vec<_> =
        made.events.iter().map(|event| (event, at(0))).chain(paid.events.iter().map(|event| (event, at(1)))).collect();
    assert_eq!(OrderState::fold(ORDER, events.clone()), Some(paid.next));
    assert_eq!(OrderState::fold(ORDER, events[1..].to_vec()), None);
    assert_eq!(OrderState::fold(ORDER, []), None);
}
