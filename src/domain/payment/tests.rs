//! What an authorization answers, and where the money is afterwards.

use super::*;
use uuid::Uuid;

const OWNER: CustomerId = CustomerId(Uuid::from_u128(1));
const FIRST: OrderId = OrderId(Uuid::from_u128(10));
const SECOND: OrderId = OrderId(Uuid::from_u128(11));

fn eur(amount: i64) -> Money {
    Money::new(amount, "EUR".parse().unwrap())
}

fn hold(order_id: OrderId, amount: i64) -> PaymentCommand {
    PaymentCommand::Hold { order_id, customer_id: OWNER, amount: eur(amount) }
}

fn lower(order_id: OrderId, amount: i64) -> PaymentCommand {
    PaymentCommand::LowerHold { order_id, amount: eur(amount) }
}

/// 500 were authorized at 7, and every command did something.
fn after(commands: &[PaymentCommand]) -> PaymentState {
    let mut state = PaymentState::blank(PaymentId(Uuid::from_u128(2)), "USD".parse().unwrap());
    state.evolve(&authorize(OWNER, eur(500)).unwrap(), Timestamp(7));
    for command in commands {
        let event = state.decide(command).unwrap().expect("something happens");
        state.evolve(&event, Timestamp(8));
        assert!(state.is_sound(), "I4 {command:?} {state:?}");
    }
    state
}

#[test]
fn an_amount_is_within_what_money_can_hold() {
    for (amount, allowed) in [(-1, false), (0, true), (AMOUNT_MINOR_MAX, true), (AMOUNT_MINOR_MAX + 1, false)] {
        assert_eq!(authorize(OWNER, eur(amount)).err(), (!allowed).then_some(PaymentError::Amount), "{amount}");
    }
}

#[test]
fn what_is_held_is_the_owners_in_the_currency_and_there() {
    let other = CustomerId(Uuid::from_u128(3));
    let dollars = Money::new(1, "USD".parse().unwrap());
    let short = |available, requested| Err(PaymentError::NotEnoughMoney { available, requested });
    let held = |order_id, amount| Ok(Some(event::Held { order_id, amount: eur(amount) }.into()));
    let cases = [
        (vec![], hold(FIRST, 500), held(FIRST, 500)),
        (vec![], hold(FIRST, 501), short(500, 501)),
        (
            vec![],
            PaymentCommand::Hold { order_id: FIRST, customer_id: other, amount: eur(1) },
            Err(PaymentError::NotYours),
        ),
        (
            vec![],
            PaymentCommand::Hold { order_id: FIRST, customer_id: OWNER, amount: dollars },
            Err(PaymentError::Currency(eur(0).currency)),
        ),
        (vec![hold(FIRST, 300)], hold(SECOND, 200), held(SECOND, 200)),
        (vec![hold(FIRST, 300)], hold(SECOND, 201), short(200, 201)),
        (vec![hold(FIRST, 300)], hold(FIRST, 300), Ok(None)),
        (vec![PaymentCommand::Void], hold(FIRST, 0), short(0, 0)),
        (vec![hold(FIRST, 300), PaymentCommand::Void], hold(FIRST, 300), Ok(None)),
    ];
    for (before, command, expected) in cases {
        assert_eq!(after(&before).decide(&command), expected, "{command:?} after {before:?}");
    }
}

#[test]
fn a_hold_is_lowered_voided_or_taken_once() {
    let amount = eur(300);
    let cases = [
        (lower(FIRST, 299), Some(event::HoldLowered { order_id: FIRST, amount: eur(299) }.into())),
        (lower(FIRST, 300), None),
        (lower(FIRST, 301), None),
        (lower(SECOND, 1), None),
        (PaymentCommand::VoidHold(FIRST), Some(event::HoldVoided { order_id: FIRST, amount }.into())),
        (PaymentCommand::VoidHold(SECOND), None),
        (PaymentCommand::Capture(FIRST), Some(event::Captured { order_id: FIRST, amount }.into())),
        (PaymentCommand::Capture(SECOND), None),
        (PaymentCommand::Void, Some(event::Voided { amount: eur(200) }.into())),
    ];
    for (command, expected) in cases {
        let mut state = after(&[hold(FIRST, 300)]);
        assert_eq!(state.decide(&command), Ok(expected.clone()), "{command:?}");
        if let Some(event) = expected {
            state.evolve(&event, Timestamp(8));
            assert_eq!(state.decide(&command), Ok(None), "{command:?} again");
        }
    }
}

#[test]
fn money_is_available_held_taken_or_back_on_the_card() {
    let (void_hold, capture) = (PaymentCommand::VoidHold(FIRST), PaymentCommand::Capture(FIRST));
    let (held, void) = (hold(FIRST, 300), PaymentCommand::Void);
    // Authorized, available, held, captured.
    let cases = [
        (vec![], [500, 500, 0, 0]),
        (vec![held.clone()], [500, 200, 300, 0]),
        (vec![held.clone(), hold(SECOND, 150)], [500, 50, 450, 0]),
        (vec![held.clone(), lower(FIRST, 100)], [500, 400, 100, 0]),
        (vec![held.clone(), void_hold.clone()], [500, 500, 0, 0]),
        (vec![held.clone(), capture.clone()], [500, 200, 0, 300]),
        (vec![held.clone(), capture.clone(), hold(SECOND, 200), PaymentCommand::Capture(SECOND)], [500, 0, 0, 500]),
        (vec![void.clone()], [0, 0, 0, 0]),
        (vec![held.clone(), void.clone()], [300, 0, 300, 0]),
        (vec![held.clone(), void.clone(), lower(FIRST, 100)], [100, 0, 100, 0]),
        (vec![held.clone(), void.clone(), void_hold], [0, 0, 0, 0]),
        (vec![held, void, capture], [300, 0, 0, 300]),
    ];
    for (commands, expected) in cases {
        let state = after(&commands);
        assert_eq!([state.authorized, state.available, state.held, state.captured], expected, "{commands:?}");
        assert_eq!(state.version, 1 + commands.len() as u64, "{commands:?}");
        assert_eq!((state.customer_id, state.currency, state.created_at), (OWNER, eur(0).currency, Timestamp(7)));
        let row = PaymentState { holds: BTreeMap::new(), ..state.clone() };
        assert_eq!(state.without_holds(), row, "the row has everything but the holds");
    }
}

#[test]
fn the_check_of_i4_can_fail() {
    let sound = after(&[hold(FIRST, 300), PaymentCommand::Capture(FIRST), hold(SECOND, 100)]);
    assert!(sound.is_sound());
    let broken: [fn(&mut PaymentState); 9] = [
        |state| state.authorized += 1,
        |state| state.available += 1,
        |state| state.captured += 1,
        |state| state.refunded = state.captured + 1,
        |state| state.refunded = -1,
        |state| (state.available, state.held, state.holds) = (101, 99, BTreeMap::from([(SECOND, 100)])),
        |state| state.holds = BTreeMap::from([(SECOND, 99)]),
        |state| (state.available, state.captured) = (-1, state.captured + state.available + 1),
        |state| state.holds.clear(),
    ];
    for (index, breaks) in broken.into_iter().enumerate() {
        let mut state = sound.clone();
        breaks(&mut state);
        assert!(!state.is_sound(), "{index}: {state:?}");
    }
    assert!(PaymentState { refunded: sound.captured, ..sound }.is_sound(), "everything taken may go back");
}

#[test]
fn a_bank_whose_service_fails_refuses_what_it_does_not_hold() {
    let held = after(&[hold(FIRST, 300)]);
    assert_eq!(after(&[]).decide(&PaymentCommand::Refuse(FIRST)), Err(PaymentError::ServiceFailed));
    assert_eq!(held.decide(&PaymentCommand::Refuse(SECOND)), Err(PaymentError::ServiceFailed));
    assert_eq!(held.decide(&PaymentCommand::Refuse(FIRST)), Ok(None), "what it holds it says again");
}
