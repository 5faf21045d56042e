//! What makes an order, and when its participants are due.

use super::*;
use crate::domain::line::{LINES_MAX, QUANTITY_MAX};
use crate::domain::money::AMOUNT_MINOR_MAX;
use crate::domain::participant::Participant;
use crate::domain::personality::{Draw, Personality};

fn submit(lines: Vec<OrderLine>, expected_total: Option<Money>) -> Result<Decision, OrderError> {
    OrderState::submit(ORDER, Submission { lines, expected_total, ..submission() }, at(0), &policy())
}

#[test]
fn lines_are_counted_and_added_up() {
    let bread = |price, quantity| line(BAKER, BREAD, price, quantity);
    let quantity = |line| Err(OrderError::Quantity { line });
    let cases = [
        (vec![], Err(OrderError::LineCount)),
        (vec![bread(2, 3)], Ok(6)),
        (vec![bread(1, 1); LINES_MAX], Ok(100)),
        (vec![bread(1, 1); LINES_MAX + 1], Err(OrderError::LineCount)),
        (vec![bread(1, 1); LINES_MAX + 2], Err(OrderError::LineCount)),
        (vec![bread(1, 0)], quantity(0)),
        (vec![bread(1, QUANTITY_MAX), bread(1, QUANTITY_MAX + 1)], quantity(1)),
        (vec![bread(AMOUNT_MINOR_MAX, 1)], Ok(AMOUNT_MINOR_MAX)),
        (vec![bread(AMOUNT_MINOR_MAX, 2)], Err(OrderError::TotalTooLarge)),
        (vec![bread(AMOUNT_MINOR_MAX, 1), bread(1, 1)], Err(OrderError::TotalTooLarge)),
    ];
    for (lines, expected) in cases {
        let count = lines.len();
        assert_eq!(submit(lines, None).map(|made| made.next.total.amount_minor), expected, "{count} lines");
    }
}

#[test]
fn the_total_is_the_one_the_customer_saw() {
    let lines = || submission().lines;
    assert!(submit(lines(), Some(eur(500))).is_ok());
    assert_eq!(submit(lines(), Some(eur(501))).err(), Some(OrderError::TotalChanged(eur(500))));
}

#[test]
fn everybody_is_due_after_his_delay_and_nobody_after_the_longest_with_grace() {
    // Payment delay, the smith's delay, speed; when bank, baker and smith are due, and the time-out.
    let cases = [
        (2_000, 3_000, 1, [2_000, 1_000, 3_000, 8_000]),
        (9_000, 3_000, 1, [9_000, 1_000, 3_000, 14_000]),
        (2_000, 3_000, 10, [200, 100, 300, 800]),
        (2_000, 3_000, 0, [2_000, 1_000, 3_000, 8_000]),
    ];
    for (payment_delay_ms, delay, speed, expected) in cases {
        let policy = OrderPolicy { payment_delay_ms, speed, ..policy() };
        let stores = vec![(BAKER, Internal, 1_000), (SMITH, Internal, delay)];
        let order = Story::of(Submission { stores, ..submission() }, policy).order;
        let due = [order.payment.due_at, order.stores[0].due_at, order.stores[1].due_at, order.confirm_by];
        assert_eq!(due, expected.map(at), "speed {speed}");
    }
    let order = Story::outside(OnShortage::RejectAll).order;
    let due = [order.payment.due_at, order.stores[0].due_at, order.stores[1].due_at];
    assert_eq!(due, [8_000, 1_000, 8_000].map(at), "an outside service has until the time-out");
}

#[test]
fn a_submission_asks_those_outside_for_their_part() {
    let made = |bank, smith| {
        let stores = vec![(BAKER, Internal, 1_000), (SMITH, smith, 3_000)];
        let policy = OrderPolicy { payment_provider: bank, ..policy() };
        let decision = OrderState::submit(ORDER, Submission { stores, ..submission() }, at(0), &policy).unwrap();
        assert_eq!(decision.next.version, decision.events.len() as u64);
        decision.events
    };
    let asked_smith = OrderEvent::from(event::StoreConfirmationRequested {
        store_id: SMITH,
        answer_by: at(8_000),
        lines: vec![event::LineRequested::from(&line(SMITH, NAIL, 300, 1))],
    });
    let asked_bank = OrderEvent::from(event::PaymentConfirmationRequested {
        payment_id: PAYMENT,
        customer_id: CUSTOMER,
        amount: eur(500),
        answer_by: at(8_000),
    });
    let both = [asked_smith, asked_bank];
    assert_eq!(made(Internal, Internal)[1..], []);
    assert_eq!(made(Internal, External)[1..], both[..1]);
    assert_eq!(made(External, Internal)[1..], both[1..]);
    assert_eq!(made(External, External)[1..], both);
}

#[test]
fn an_order_is_born_with_what_was_submitted() {
    let order = Story::begin().order;
    assert_eq!((order.id, order.customer_id, order.payment_id, order.total), (ORDER, CUSTOMER, PAYMENT, eur(500)));
    assert_eq!((order.status, order.created_at, order.updated_at), (OrderStatus::Pending, at(0), at(0)));
    let names: Vec<_> = order.stores.iter().map(|leg| &*leg.store_name).collect();
    assert_eq!((names, order.lines.len()), (vec!["Baker", "Smith"], 3));
}

#[test]
fn who_has_a_delay_of_its_own_is_due_after_it_and_the_time_out_stays() {
    let own = |ms: u64| -> Personality {
        let delay = serde_json::json!({ "delay": { "distribution": "fixed", "ms": ms } });
        serde_json::from_value(delay).unwrap()
    };
    let (bank, smith) = (own(50), own(90_000));
    let personality = |participant| match participant {
        Participant::Bank => Some(&bank),
        Participant::Store(SMITH) => Some(&smith),
        Participant::Store(_) => None,
    };
    let draw = Draw::of_key("a");
    for (draw, expected) in [(None, Draw::of_order(ORDER)), (Some(draw), draw)] {
        let mut order = Submission { draw, ..submission() };
        order.draw_delays(ORDER, Internal, personality);
        let order = OrderState::submit(ORDER, order, at(0), &policy()).unwrap().next;
        let dues = [order.payment.due_at, order.stores[0].due_at, order.stores[1].due_at, order.confirm_by];
        assert_eq!(dues, [50, 1_000, 90_000, 8_000].map(at));
        assert_eq!(order.draw(), expected);
    }
    // An outside bank or store has its own character.
    let mut outside = Submission { stores: vec![(SMITH, External, 3_000)], ..submission() };
    outside.draw_delays(ORDER, External, personality);
    assert_eq!(outside.drawn, []);
}
