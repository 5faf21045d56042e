//! How an order ends: cancelled, timed out, expired, paid and delivered; and what it owes then.

use super::*;
use crate::domain::text::TextError;

const SHIP_BAKER: Obligation = Obligation::ShipStock { store_id: BAKER };
const SHIP_SMITH: Obligation = Obligation::ShipStock { store_id: SMITH };

fn refused(action: OrderAction, status: OrderStatus) -> Result<Vec<&'static str>, OrderError> {
    Err(OrderError::NotAllowed { action, status })
}

fn expired() -> Story {
    Story::begin().accepted().at(20_000).then(OrderCommand::PassTime)
}

#[test]
fn an_order_is_cancelled_until_it_is_paid() {
    let undone = Ok(vec!["cancelled", "compensation_required"]);
    let cases = [
        (Story::begin(), Ok(vec!["cancelled"])),
        (Story::begin().then(bank(500)), undone.clone()),
        (Story::begin().accepted(), undone),
        (Story::begin().then(cancel()), Ok(vec![])),
        (Story::begin().paid(), refused(OrderAction::Cancel, OrderStatus::Paid)),
        (Story::begin().delivered(), refused(OrderAction::Cancel, OrderStatus::Delivered)),
        (Story::begin().then(no(BAKER)), refused(OrderAction::Cancel, OrderStatus::Rejected)),
        (expired(), refused(OrderAction::Cancel, OrderStatus::Expired)),
    ];
    for (story, expected) in cases {
        assert_eq!(story.tries(&cancel()), expected, "{:?}", story.order);
    }
}

#[test]
fn a_cancellation_remembers_who_and_why() {
    let cancel =
        |reason: Option<&str>| OrderCommand::Cancel { by: CancelledBy::Admin, reason: reason.map(str::to_owned) };
    let long = "r".repeat(CANCEL_REASON_MAX);
    for (reason, remembered) in
        [(None, None), (Some(" "), None), (Some(" too late "), Some("too late")), (Some(&*long), Some(&*long))]
    {
        let order = Story::begin().then(cancel(reason)).order;
        assert_eq!((order.cancelled_by, order.cancel_reason.as_deref()), (Some(CancelledBy::Admin), remembered));
    }
    let too_long = format!("{long}r");
    for (reason, error) in [(&*too_long, TextError::TooLong { max: CANCEL_REASON_MAX }), ("\u{0}", TextError::Control)]
    {
        assert_eq!(Story::begin().tries(&cancel(Some(reason))), Err(OrderError::CancelReason(error)));
    }
}

#[test]
fn whoever_may_have_put_something_aside_is_owed_its_undoing() {
    let refusing = |story: Story| story.then(OrderCommand::RejectPayment(Reason::NotEnoughMoney));
    let cases = [
        (Story::begin().then(cancel()), vec![]),
        (Story::begin().at(999).then(cancel()), vec![]),
        (Story::begin().at(1_000).then(cancel()), vec![RELEASE_BAKER]),
        (Story::begin().at(1_999).then(cancel()), vec![RELEASE_BAKER]),
        (Story::begin().at(2_000).then(cancel()), vec![VOID, RELEASE_BAKER]),
        (Story::begin().at(3_000).then(cancel()), vec![VOID, RELEASE_BAKER, RELEASE_SMITH]),
        (Story::begin().accepted().then(cancel()), vec![VOID, RELEASE_BAKER, RELEASE_SMITH]),
        (Story::begin().at(3_000).then(no(BAKER)), vec![VOID, RELEASE_SMITH]),
        (refusing(Story::begin().at(3_000)), vec![RELEASE_BAKER, RELEASE_SMITH]),
        (refusing(Story::begin().then(yes(SMITH))), vec![RELEASE_SMITH]),
        (expired(), vec![VOID, RELEASE_BAKER, RELEASE_SMITH]),
        (Story::outside(OnShortage::RejectAll).then(cancel()), vec![VOID, RELEASE_SMITH]),
    ];
    for (story, owed) in cases {
        assert_eq!(story.owed(), owed, "{:?}", story.order);
        for obligation in owed {
            let duty = story.order.duties.iter().find(|duty| duty.obligation == obligation).unwrap();
            assert!(!duty.met);
        }
    }
}

#[test]
fn time_ends_what_nobody_decides() {
    let shipped = vec!["store_shipped", "store_shipped", "delivered"];
    let undone = |first| vec![first, "compensation_required"];
    let cases = [
        (Story::begin().at(7_999), vec![]),
        (Story::begin().at(8_000), undone("rejected")),
        (Story::begin().at(8_001), undone("rejected")),
        (Story::begin().accepted().at(19_999), vec![]),
        (Story::begin().accepted().at(20_000), undone("expired")),
        (Story::begin().accepted().at(20_001), undone("expired")),
        (Story::begin().paid().at(3_999), vec![]),
        (Story::begin().paid().at(4_000), shipped.clone()),
        (Story::begin().paid().at(4_001), shipped),
        (Story::begin().delivered().at(99_000), vec![]),
        (Story::begin().then(cancel()).at(99_000), vec![]),
        (expired().at(99_000), vec![]),
    ];
    for (story, expected) in cases {
        assert_eq!(story.tries(&OrderCommand::PassTime), Ok(expected), "{:?} at {:?}", story.order, story.now);
    }
    let late = Story::drops_short().then(no(BAKER)).at(8_000).then(OrderCommand::PassTime).order;
    assert_eq!(late.reasons, [Reason::OutOfStock, Reason::ConfirmationTimeout], "every reason that is known");
    let both = Story::drops_short().then(no(BAKER)).then(no(SMITH)).order;
    assert_eq!(both.reasons, [Reason::OutOfStock], "each once");
}

#[test]
fn an_accepted_order_is_paid_before_its_deadline() {
    let pay = OrderCommand::Pay;
    let cases = [
        (Story::begin().accepted(), Ok(vec!["paid"])),
        (Story::begin().accepted().at(19_999), Ok(vec!["paid"])),
        (Story::begin().accepted().at(20_000), Err(OrderError::PayDeadlinePassed(at(20_000)))),
        (Story::begin().accepted().at(20_001), Err(OrderError::PayDeadlinePassed(at(20_000)))),
        (Story::begin(), refused(OrderAction::Pay, OrderStatus::Pending)),
        (Story::begin().paid(), refused(OrderAction::Pay, OrderStatus::Paid)),
        (Story::begin().then(cancel()), refused(OrderAction::Pay, OrderStatus::Cancelled)),
        (expired(), refused(OrderAction::Pay, OrderStatus::Expired)),
    ];
    for (story, expected) in cases {
        assert_eq!(story.tries(&pay), expected, "{:?} at {:?}", story.order, story.now);
    }
    let mut at_once = Story::begin().accepted();
    at_once.policy.shipping_delay_ms = 0;
    assert_eq!(at_once.tries(&pay).unwrap(), ["paid", "store_shipped", "store_shipped", "delivered"]);
}

#[test]
fn what_is_paid_is_taken_and_shipped_by_the_kept_stores() {
    let paid = Story::begin().at(1_000).paid();
    assert_eq!((paid.order.status, paid.order.ships_at), (OrderStatus::Paid, Some(at(5_000))));
    assert_eq!((paid.order.payment.status, paid.owed()), (OrderPaymentStatus::Captured, vec![Obligation::CaptureHold]));
    let delivered = Story::begin().delivered();
    assert_eq!(delivered.owed(), [Obligation::CaptureHold, SHIP_BAKER, SHIP_SMITH]);
    let short = Story::drops_short().then(no(BAKER)).then(yes(SMITH)).then(bank(300)).then(OrderCommand::Pay).at(4_000);
    let short = short.then(OrderCommand::PassTime);
    assert_eq!(short.owed(), [Obligation::CaptureHold, SHIP_SMITH]);
    let legs: Vec<_> = short.order.stores.iter().map(|leg| leg.status).collect();
    assert_eq!(legs, [DeliveryStatus::OutOfStock, DeliveryStatus::Delivered]);
}

#[test]
fn what_is_owed_is_met_once() {
    let meet = OrderCommand::Meet;
    let ended = Story::begin().accepted().then(cancel());
    let cases = [
        (ended.clone(), VOID, vec!["obligation_met"]),
        (ended.clone(), RELEASE_SMITH, vec!["obligation_met"]),
        (ended.clone(), Obligation::CaptureHold, vec![]),
        (ended.clone(), SHIP_BAKER, vec![]),
        (ended.clone().then(meet(VOID)), VOID, vec![]),
        (ended.clone().then(meet(VOID)), RELEASE_BAKER, vec!["obligation_met"]),
    ];
    for (story, obligation, expected) in cases {
        assert_eq!(story.tries(&meet(obligation)), Ok(expected), "{obligation:?} {:?}", story.order.duties);
    }
    let voided = ended.then(meet(VOID)).then(meet(RELEASE_BAKER)).order;
    assert_eq!((voided.payment.held, voided.payment.status), (0, OrderPaymentStatus::Voided));
    let legs: Vec<_> = voided.stores.iter().map(|leg| leg.status).collect();
    assert_eq!(legs, [DeliveryStatus::Released, DeliveryStatus::Confirmed]);
    let taken = Story::begin().delivered().then(meet(Obligation::CaptureHold)).order;
    assert_eq!((taken.payment.held, taken.payment.status), (0, OrderPaymentStatus::Captured));
}

#[test]
fn undoing_keeps_the_reason_of_whoever_refused() {
    let meet = OrderCommand::Meet;
    let bank_promised = Story::outside(OnShortage::RejectAll)
        .then(OrderCommand::AnswerPayment(Answer::Confirm))
        .then(OrderCommand::RejectPayment(Reason::NotEnoughMoney))
        .then(meet(VOID));
    assert_eq!(bank_promised.order.payment.status, OrderPaymentStatus::NotEnoughMoney);
    let store_promised = Story::outside(OnShortage::RejectAll)
        .then(store_says(SMITH, Answer::Confirm))
        .then(no(SMITH))
        .then(meet(RELEASE_SMITH));
    assert_eq!(store_promised.order.stores[1].status, DeliveryStatus::OutOfStock);
}

#[test]
fn an_order_is_archived_once() {
    let archived = Story::begin().then(OrderCommand::Archive);
    assert!(archived.order.archived);
    assert_eq!(archived.tries(&OrderCommand::Archive), Ok(vec![]));
}
