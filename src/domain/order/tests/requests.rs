//! What outside participants are asked and told because of an event.

use super::*;
use crate::domain::participant::Participant;

/// Every event of some lives of an order whose smith and bank are served from outside, and of one inside.
fn lives() -> Vec<OrderEvent> {
    let mut events = vec![];
    for mut story in [Story::outside(OnShortage::AcceptAvailable), Story::drops_short()] {
        let stores = story.order.stores.iter().map(|leg| (leg.store_id, leg.fulfilment, 1_000)).collect();
        let on_shortage = OnShortage::AcceptAvailable;
        let made = OrderState::submit(ORDER, Submission { on_shortage, stores, ..submission() }, at(0), &story.policy);
        events.extend(made.unwrap().events);
        let begun = story.clone();
        let sold = [
            store_says(SMITH, Answer::Confirm),
            OrderCommand::AnswerPayment(Answer::Confirm),
            no(BAKER),
            bank(300),
            yes(SMITH),
            OrderCommand::Pay,
            OrderCommand::PassTime,
        ];
        let called_off = [bank(500), yes(BAKER), yes(SMITH), cancel(), OrderCommand::Meet(VOID), OrderCommand::Archive];
        for (index, command) in sold.iter().chain(&called_off).enumerate() {
            if index == sold.len() {
                story = begun.clone();
            }
            story.now = at(if matches!(command, OrderCommand::PassTime) { 9_000 } else { 0 });
            if let Ok(decision) = story.decide(command) {
                story.order = decision.next;
                events.extend(decision.events);
            }
        }
    }
    events
}

#[test]
fn those_outside_are_asked_told_and_nobody_else() {
    let lines = vec![event::LineRequested::from(&line(SMITH, NAIL, 300, 1))];
    let (order_id, store_id) = (ORDER, SMITH);
    let requests: Vec<Request> = lives().iter().flat_map(|event| Request::because_of(ORDER, event)).collect();
    let money = |amount| MoneyPart { order_id, amount: eur(amount) };
    let hold =
        HoldMoney { order_id, payment_id: PAYMENT, customer_id: CUSTOMER, amount: eur(500), answer_by: at(7_000) };
    assert_eq!(
        requests,
        [
            Request::Confirm(ConfirmLines { order_id, store_id, answer_by: at(7_000), lines }),
            Request::Hold(hold),
            Request::Lower(money(300)),
            Request::Capture(money(300)),
            Request::Ship(StorePart { order_id, store_id }),
            Request::Void(BankPart { order_id }),
            Request::Release(StorePart { order_id, store_id }),
        ]
    );
    for request in &requests {
        let of_store = matches!(request, Request::Confirm(_) | Request::Release(_) | Request::Ship(_));
        assert_eq!(request.to(), if of_store { Participant::Store(SMITH) } else { Participant::Bank });
        let payload: serde_json::Value = serde_json::from_str(&request.payload()).unwrap();
        assert_eq!(payload["order_id"], ORDER.to_string(), "{payload}");
        assert_eq!(payload["store_id"].is_string(), of_store, "{payload}");
    }
}

#[test]
fn events_that_lead_to_requests_are_named_as_causes() {
    let lives = lives();
    let causes: Vec<_> = lives.iter().filter(|event| !Request::because_of(ORDER, event).is_empty()).collect();
    assert!(causes.iter().all(|event| Request::CAUSES.contains(&event.name())), "{causes:?}");
    let named = |name: &&str| causes.iter().any(|event| event.name() == *name);
    assert!(Request::CAUSES.iter().all(named), "each of them may lead to one");
}

#[test]
fn obligations_of_a_sale_are_told_by_its_own_events() {
    let outside = vec![Obligation::CaptureHold, Obligation::ShipStock { store_id: SMITH }];
    let required = event::CompensationRequired { obligations: outside.clone(), outside };
    assert_eq!(Request::because_of(ORDER, &required.into()), []);
}

#[test]
fn nobody_outside_is_told_of_what_is_served_inside() {
    let (amount, payment_provider) = (eur(300), Internal);
    let events: [OrderEvent; 3] = [
        event::HoldLowered { amount, payment_provider }.into(),
        event::Paid { amount, payment_provider, ships_at: at(0) }.into(),
        event::StoreShipped { store_id: BAKER, fulfilment: Internal }.into(),
    ];
    for event in events {
        assert_eq!(Request::because_of(ORDER, &event), [], "{event:?}");
    }
}
