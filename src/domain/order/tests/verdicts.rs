//! What an order makes of the verdicts of Plaza's own books.

use super::*;

type Case = (Story, OrderCommand, Vec<&'static str>);

fn check(cases: Vec<Case>) {
    for (story, command, expected) in cases {
        assert_eq!(story.tries(&command).unwrap(), expected, "{command:?} after {:?}", story.order);
    }
}

fn reject(reason: Reason) -> OrderCommand {
    OrderCommand::RejectPayment(reason)
}

#[test]
fn an_order_is_accepted_with_the_last_verdict_and_each_counts_once() {
    let begin = Story::begin;
    check(vec![
        (begin(), bank(500), vec!["payment_confirmed"]),
        (begin(), yes(BAKER), vec!["store_confirmed"]),
        (begin(), yes(NOBODY), vec![]),
        (begin().then(bank(500)), bank(500), vec![]),
        (begin().then(yes(BAKER)), yes(BAKER), vec![]),
        (begin().then(bank(500)).then(yes(BAKER)), yes(SMITH), vec!["store_confirmed", "accepted"]),
        (begin().then(yes(BAKER)).then(yes(SMITH)), bank(500), vec!["payment_confirmed", "accepted"]),
        (begin().then(yes(BAKER)).then(yes(SMITH)), bank(499), vec!["payment_confirmed"]),
        (begin().accepted(), bank(500), vec![]),
        (begin().accepted(), yes(SMITH), vec![]),
    ]);
    let accepted = begin().at(3_000).accepted().order;
    assert_eq!((accepted.status, accepted.pay_by), (OrderStatus::Accepted, Some(at(23_000))));
}

#[test]
fn a_verdict_after_the_end_is_noted_and_what_it_put_aside_given_back() {
    let cancelled = |ms| Story::begin().at(ms).then(cancel());
    let noted_only = vec!["confirmation_ignored"];
    let noted = vec!["confirmation_ignored", "compensation_required"];
    check(vec![
        (cancelled(0), bank(500), noted.clone()),
        (cancelled(0), yes(BAKER), noted),
        (cancelled(3_000), bank(500), noted_only.clone()),
        (cancelled(3_000), yes(BAKER), noted_only),
        (cancelled(3_000).then(OrderCommand::Meet(VOID)), bank(500), vec![]),
        (cancelled(3_000).then(OrderCommand::Meet(RELEASE_BAKER)), yes(BAKER), vec![]),
        (cancelled(0), reject(Reason::NotEnoughMoney), vec![]),
        (cancelled(0), no(BAKER), vec![]),
    ]);
    assert_eq!(cancelled(0).then(bank(500)).owed(), [VOID]);
    assert_eq!(cancelled(0).then(yes(SMITH)).owed(), [RELEASE_SMITH]);
    let ignored = |store_id| OrderEvent::from(event::ConfirmationIgnored { store_id });
    let inside = cancelled(0).then(bank(500)).then(yes(BAKER)).order;
    assert_eq!((inside.payment.answered_at, inside.stores[0].answered_at), (None, None), "nobody outside answered");
    assert_eq!(cancelled(0).events(&bank(500))[0], ignored(None));
    assert_eq!(cancelled(0).events(&yes(BAKER))[0], ignored(Some(BAKER)));
}

#[test]
fn the_bank_refuses_once_and_for_its_reason() {
    let refused = vec!["payment_rejected", "rejected"];
    check(vec![
        (Story::begin(), reject(Reason::NotEnoughMoney), refused.clone()),
        (Story::drops_short(), reject(Reason::PaymentNotYours), refused),
        (Story::begin().then(bank(500)), reject(Reason::NotEnoughMoney), vec![]),
        (Story::begin().then(reject(Reason::NotEnoughMoney)), reject(Reason::NotEnoughMoney), vec![]),
        (
            Story::begin().then(yes(BAKER)),
            reject(Reason::NotEnoughMoney),
            vec!["payment_rejected", "rejected", "compensation_required"],
        ),
    ]);
    for (reason, status) in [
        (Reason::NotEnoughMoney, OrderPaymentStatus::NotEnoughMoney),
        (Reason::PaymentNotYours, OrderPaymentStatus::Invalid),
        (Reason::PaymentNotFound, OrderPaymentStatus::Invalid),
    ] {
        let order = Story::begin().then(reject(reason)).order;
        assert_eq!((order.payment.status, order.payment.rejection), (status, Some(reason)));
        assert_eq!((order.status, order.reasons), (OrderStatus::Rejected, vec![reason]));
    }
}

#[test]
fn a_store_that_cannot_serve_ends_the_order_or_loses_its_lines() {
    let dropped = vec!["store_rejected", "line_dropped", "line_dropped"];
    let ended = vec!["store_rejected", "rejected"];
    let undone = vec!["store_rejected", "rejected", "compensation_required"];
    check(vec![
        (Story::begin(), no(BAKER), ended.clone()),
        (Story::begin().then(bank(500)), no(BAKER), undone.clone()),
        (Story::begin().then(yes(BAKER)), no(BAKER), vec![]),
        (Story::begin(), no(NOBODY), vec![]),
        (Story::begin().then(no(BAKER)), no(BAKER), vec![]),
        (Story::drops_short(), no(BAKER), dropped.clone()),
        (Story::drops_short().then(no(BAKER)), no(BAKER), vec![]),
        (Story::drops_short().then(no(BAKER)), yes(BAKER), vec![]),
        (Story::drops_short().then(no(BAKER)), no(SMITH), ended),
        (Story::drops_short().then(bank(500)).then(yes(SMITH)), no(BAKER), dropped),
        (Story::drops_short().then(no(BAKER)).then(yes(SMITH)), bank(300), vec!["payment_confirmed", "accepted"]),
    ]);
    for (why, reason, status) in [
        (StoreRejection::OutOfStock(vec![shortage()]), Reason::OutOfStock, DeliveryStatus::OutOfStock),
        (StoreRejection::ProductUnavailable(BREAD), Reason::ProductUnavailable, DeliveryStatus::Unavailable),
        (StoreRejection::StoreClosed, Reason::StoreClosed, DeliveryStatus::Unavailable),
    ] {
        let lines = if reason == Reason::OutOfStock { vec![shortage()] } else { vec![] };
        let command = OrderCommand::RejectStore(BAKER, why);
        let rejected = OrderEvent::from(event::StoreRejected { store_id: BAKER, reason, lines });
        assert_eq!(Story::begin().events(&command)[0], rejected);
        let order = Story::begin().then(command).order;
        assert_eq!((order.stores[0].status, order.stores[0].rejection), (status, Some(reason)));
        assert_eq!((order.stores[1].status, order.reasons), (DeliveryStatus::Pending, vec![reason]));
    }
}

#[test]
fn lines_of_one_product_fall_together() {
    let mut lines = submission().lines;
    lines.push(line(BAKER, BREAD, 70, 3));
    let story = Story::of(Submission { lines, on_shortage: OnShortage::AcceptAvailable, ..submission() }, policy());
    assert_eq!(story.order.total, eur(710));
    let drop = |product_id, quantity, total| {
        OrderEvent::from(event::LineDropped { store_id: BAKER, product_id, quantity, line_total: eur(total) })
    };
    assert_eq!(story.events(&no(BAKER))[1..], [drop(BREAD, 5, 310), drop(CAKE, 1, 100)]);
    let order = story.then(no(BAKER)).order;
    assert_eq!((order.total, order.lines), (eur(300), vec![line(SMITH, NAIL, 300, 1)]));
}

#[test]
fn a_hold_above_the_kept_lines_is_lowered_before_the_order_is_accepted() {
    let short = || Story::drops_short().then(bank(500)).then(no(BAKER));
    let lower = |amount| OrderCommand::LowerHold(eur(amount));
    check(vec![
        (short(), yes(SMITH), vec!["store_confirmed"]),
        (short().then(yes(SMITH)), lower(300), vec!["hold_lowered", "accepted"]),
        (short().then(yes(SMITH)), lower(500), vec![]),
        (short().then(yes(SMITH)), lower(501), vec![]),
        (short().then(yes(SMITH)), lower(400), vec!["hold_lowered"]),
        (short(), lower(300), vec!["hold_lowered"]),
        (short().then(yes(SMITH)).then(cancel()), lower(300), vec![]),
    ]);
    let lowered = short().then(yes(SMITH)).then(lower(300)).order;
    assert_eq!((lowered.payment.held, lowered.total), (300, eur(300)));
}

#[test]
fn a_store_that_closes_takes_the_orders_with_it_that_wait() {
    let close = OrderCommand::CloseStore(BAKER);
    let gone = vec!["store_rejected", "rejected"];
    let undone = vec!["store_rejected", "rejected", "compensation_required"];
    check(vec![
        (Story::begin(), close.clone(), gone),
        (Story::begin().at(1_000), close.clone(), undone.clone()),
        (Story::begin().then(yes(BAKER)), close.clone(), undone),
        (Story::begin().accepted(), close.clone(), vec![]),
        (Story::begin(), OrderCommand::CloseStore(NOBODY), vec![]),
        (Story::drops_short().then(no(BAKER)), close.clone(), vec![]),
        (Story::drops_short(), close.clone(), vec!["store_rejected", "line_dropped", "line_dropped"]),
        (
            Story::drops_short().at(1_000),
            close.clone(),
            vec!["store_rejected", "line_dropped", "line_dropped", "compensation_required"],
        ),
    ]);
    let order = Story::begin().at(999).then(close.clone());
    assert_eq!((order.owed(), order.order.reasons), (vec![], vec![Reason::StoreClosed]), "it has not been asked");
    assert_eq!(Story::begin().at(1_000).then(close.clone()).owed(), [RELEASE_BAKER], "it may have been asked");
    assert_eq!(Story::drops_short().then(yes(BAKER)).then(close).owed(), [RELEASE_BAKER]);
}
