//! What outside services may answer, and what comes of it.

use super::*;
use crate::domain::inventory::StoreRejection;

type Outcome = Result<Vec<&'static str>, OrderError>;

fn outside() -> Story {
    Story::outside(OnShortage::RejectAll)
}

fn bank_says(answer: Answer) -> OrderCommand {
    OrderCommand::AnswerPayment(answer)
}

fn short_of(product_id: ProductId, available: u32) -> Answer {
    Answer::Reject { reason: Reason::OutOfStock, lines: vec![Stocked { product_id, available }] }
}

fn with_lines(reason: Reason) -> Answer {
    Answer::Reject { reason, lines: vec![Stocked { product_id: NAIL, available: 0 }] }
}

fn nonsense(error: AnswerError) -> Outcome {
    Err(OrderError::Answer(error))
}

#[test]
fn a_store_may_refuse_for_its_own_reasons() {
    let refused: Outcome = Ok(vec!["store_rejected", "rejected", "compensation_required"]);
    let cases = [
        (Answer::Confirm, Ok(vec!["store_confirmation_received"])),
        (refusal(Reason::OutOfStock), refused.clone()),
        (refusal(Reason::ProductUnavailable), refused.clone()),
        (refusal(Reason::StoreClosed), refused.clone()),
        (short_of(NAIL, 0), refused),
        (short_of(BREAD, 0), nonsense(AnswerError::UnknownProduct(BREAD))),
        (with_lines(Reason::ProductUnavailable), nonsense(AnswerError::Lines)),
        (with_lines(Reason::StoreClosed), nonsense(AnswerError::Lines)),
        (refusal(Reason::NotEnoughMoney), nonsense(AnswerError::Reason(Reason::NotEnoughMoney))),
        (refusal(Reason::ConfirmationTimeout), nonsense(AnswerError::Reason(Reason::ConfirmationTimeout))),
    ];
    for (answer, expected) in cases {
        assert_eq!(outside().tries(&store_says(SMITH, answer.clone())), expected, "{answer:?}");
    }
    for store_id in [BAKER, NOBODY] {
        assert_eq!(outside().tries(&store_says(store_id, Answer::Confirm)), nonsense(AnswerError::NotAsked));
    }
}

#[test]
fn what_a_store_is_short_of_is_counted_over_the_lines() {
    let mut lines = submission().lines;
    lines.push(line(SMITH, NAIL, 300, 4));
    let stores = vec![(BAKER, Internal, 1_000), (SMITH, External, 3_000)];
    let story = Story::of(Submission { lines, stores, ..submission() }, policy());
    let events = story.events(&store_says(SMITH, short_of(NAIL, 2)));
    let lines = vec![Shortage { product_id: NAIL, requested: 5, available: 2 }];
    assert_eq!(events[0], event::StoreRejected { store_id: SMITH, reason: Reason::OutOfStock, lines }.into());
}

#[test]
fn the_bank_may_refuse_for_its_own_reasons() {
    let refused: Outcome = Ok(vec!["payment_rejected", "rejected", "compensation_required"]);
    let cases = [
        (Answer::Confirm, Ok(vec!["payment_confirmation_received"])),
        (refusal(Reason::NotEnoughMoney), refused.clone()),
        (refusal(Reason::PaymentNotFound), refused.clone()),
        (refusal(Reason::PaymentNotYours), refused),
        (with_lines(Reason::NotEnoughMoney), nonsense(AnswerError::Lines)),
        (with_lines(Reason::PaymentNotFound), nonsense(AnswerError::Lines)),
        (with_lines(Reason::PaymentNotYours), nonsense(AnswerError::Lines)),
        (refusal(Reason::OutOfStock), nonsense(AnswerError::Reason(Reason::OutOfStock))),
    ];
    for (answer, expected) in cases {
        assert_eq!(outside().tries(&bank_says(answer.clone())), expected, "{answer:?}");
    }
    assert_eq!(Story::begin().tries(&bank_says(Answer::Confirm)), nonsense(AnswerError::NotAsked));
}

#[test]
fn the_first_answer_counts_and_the_first_after_the_end_is_noted() {
    let store = |answer| store_says(SMITH, answer);
    let noted = vec!["confirmation_ignored"];
    let cases = [
        (outside().then(store(Answer::Confirm)), store(refusal(Reason::StoreClosed)), vec![]),
        (outside().then(store(Answer::Confirm)), store(Answer::Confirm), vec![]),
        (outside().then(bank_says(Answer::Confirm)), bank_says(refusal(Reason::NotEnoughMoney)), vec![]),
        (outside().then(store(refusal(Reason::StoreClosed))), store(Answer::Confirm), vec![]),
        (outside().then(bank_says(refusal(Reason::NotEnoughMoney))), bank_says(Answer::Confirm), vec![]),
        (outside().then(cancel()), store(Answer::Confirm), noted.clone()),
        (outside().then(cancel()), store(refusal(Reason::StoreClosed)), noted.clone()),
        (outside().then(cancel()), bank_says(Answer::Confirm), noted.clone()),
        (outside().then(cancel()), bank_says(refusal(Reason::NotEnoughMoney)), noted),
        (outside().then(cancel()).then(store(Answer::Confirm)), store(Answer::Confirm), vec![]),
        (outside().then(cancel()).then(bank_says(Answer::Confirm)), bank_says(Answer::Confirm), vec![]),
    ];
    for (story, command, expected) in cases {
        assert_eq!(story.tries(&command), Ok(expected), "{command:?} {:?}", story.order);
    }
    let both = outside().at(7).then(store(Answer::Confirm)).at(8).then(bank_says(Answer::Confirm)).order;
    assert_eq!((both.stores[1].answered_at, both.payment.answered_at), (Some(at(7)), Some(at(8))));
    assert_eq!(both.stores[0].answered_at, None, "nobody outside was asked for it");
    let noted = outside().at(5).then(cancel()).then(store(Answer::Confirm)).then(bank_says(Answer::Confirm)).order;
    assert_eq!((noted.stores[1].answered_at, noted.payment.answered_at), (Some(at(5)), Some(at(5))));
}

#[test]
fn who_promised_in_his_own_books_is_told_when_ours_say_no() {
    let promised = outside().then(store_says(SMITH, Answer::Confirm)).then(no(SMITH));
    assert_eq!(promised.owed(), [VOID, RELEASE_SMITH]);
    let shop = || Story::outside(OnShortage::AcceptAvailable);
    let dropped = shop().then(store_says(SMITH, Answer::Confirm)).then(no(SMITH));
    assert_eq!((dropped.owed(), dropped.order.status), (vec![RELEASE_SMITH], OrderStatus::Pending));
    let refused = shop().then(store_says(SMITH, refusal(Reason::StoreClosed)));
    assert_eq!(refused.owed(), [], "it has put nothing aside");
    let inside = Story::begin().then(OrderCommand::RejectStore(BAKER, StoreRejection::StoreClosed));
    assert_eq!(inside.owed(), []);
    let bank = outside().then(bank_says(Answer::Confirm)).then(OrderCommand::RejectPayment(Reason::NotEnoughMoney));
    assert_eq!(bank.owed(), [VOID, RELEASE_SMITH]);
    let bank = outside().then(bank_says(refusal(Reason::NotEnoughMoney)));
    assert_eq!(bank.owed(), [RELEASE_SMITH], "it holds nothing");
    let told: Vec<_> = outside().then(store_says(SMITH, Answer::Confirm)).at(1_000).events(&cancel());
    let OrderEvent::CompensationRequired(required) = &told[1] else { panic!("{told:?}") };
    assert_eq!(required.obligations, [VOID, RELEASE_BAKER, RELEASE_SMITH]);
    assert_eq!(required.outside, [VOID, RELEASE_SMITH]);
}

#[test]
fn an_outside_bank_hears_of_lines_that_were_dropped_before_its_answer() {
    let shop = || Story::outside(OnShortage::AcceptAvailable).then(bank_says(Answer::Confirm));
    assert_eq!(shop().tries(&bank(500)), Ok(vec!["payment_confirmed"]));
    let short = shop().then(no(BAKER));
    assert_eq!(short.tries(&bank(300)), Ok(vec!["payment_confirmed", "hold_lowered"]));
    let lowered = event::HoldLowered { amount: eur(300), payment_provider: External };
    assert_eq!(short.events(&bank(300))[1], lowered.into());
    assert_eq!(
        short.tries(&bank(500)),
        Ok(vec!["payment_confirmed"]),
        "held before they fell: it is told once it is lowered"
    );
    let told = short.then(bank(500)).events(&OrderCommand::LowerHold(eur(300)));
    assert_eq!(told[0], event::HoldLowered { amount: eur(300), payment_provider: External }.into());
    let inside = Story::drops_short().then(no(BAKER));
    assert_eq!(inside.tries(&bank(300)), Ok(vec!["payment_confirmed"]), "Plaza's own bank was asked for 300");
}
