//! What an order wants done at a moment, and when it wants to be looked at again.

use super::super::Work::{ConfirmItems, ConfirmPayment, LowerHold, Meet, PassTime};
use super::*;

const NEVER: Timestamp = Timestamp(0);

fn smith_said_yes() -> Story {
    Story::outside(OnShortage::RejectAll).at(500).then(store_says(SMITH, Answer::Confirm))
}

fn too_much_held() -> Story {
    Story::drops_short().at(3_000).then(bank(500)).then(no(BAKER)).then(yes(SMITH))
}

#[test]
fn work_is_what_is_due_and_what_is_owed() {
    let everybody = vec![ConfirmPayment, ConfirmItems(BAKER), ConfirmItems(SMITH)];
    let undone = [Meet(VOID), Meet(RELEASE_BAKER), Meet(RELEASE_SMITH)];
    // The story, the moment, what is to be done.
    let cases = [
        (Story::begin(), 999, vec![]),
        (Story::begin(), 1_000, vec![ConfirmItems(BAKER)]),
        (Story::begin(), 2_000, vec![ConfirmPayment, ConfirmItems(BAKER)]),
        (Story::begin(), 3_000, everybody.clone()),
        (Story::begin(), 7_999, everybody),
        (Story::begin(), 8_000, vec![PassTime]),
        (Story::begin().then(bank(500)), 3_000, vec![ConfirmItems(BAKER), ConfirmItems(SMITH)]),
        (Story::begin().then(yes(BAKER)), 3_000, vec![ConfirmPayment, ConfirmItems(SMITH)]),
        (Story::drops_short().then(no(BAKER)), 3_000, vec![ConfirmPayment, ConfirmItems(SMITH)]),
        (too_much_held(), 3_000, vec![LowerHold]),
        (Story::drops_short().then(bank(500)).then(no(BAKER)), 2_000, vec![]),
        (Story::outside(OnShortage::RejectAll), 7_999, vec![ConfirmItems(BAKER)]),
        (smith_said_yes(), 500, vec![ConfirmItems(SMITH)]),
        (
            Story::outside(OnShortage::RejectAll).at(600).then(OrderCommand::AnswerPayment(Answer::Confirm)),
            600,
            vec![ConfirmPayment],
        ),
        (Story::begin().accepted(), 19_999, vec![]),
        (Story::begin().accepted(), 20_000, vec![PassTime]),
        (Story::begin().paid(), 3_999, vec![Meet(Obligation::CaptureHold)]),
        (Story::begin().paid(), 4_000, vec![Meet(Obligation::CaptureHold), PassTime]),
        (Story::begin().then(cancel()), 99_000, vec![]),
        (Story::begin().accepted().then(cancel()), 0, undone.to_vec()),
        (Story::begin().accepted().then(cancel()).then(OrderCommand::Meet(VOID)), 0, undone[1..].to_vec()),
    ];
    for (story, ms, expected) in cases {
        assert_eq!(story.order.work(at(ms), NEVER), expected, "at {ms}: {:?}", story.order);
    }
}

#[test]
fn nobody_is_timed_out_while_there_is_patience() {
    let order = Story::begin().order;
    for (now, patience, late) in [
        (7_999, 0, false),
        (8_000, 0, true),
        (8_000, 8_000, true),
        (8_000, 8_001, false),
        (9_000, 9_001, false),
        (9_001, 9_001, true),
    ] {
        assert_eq!(order.times_out(at(now), at(patience)), late, "at {now}, patient until {patience}");
        assert_eq!(order.work(at(now), at(patience)) == [PassTime], late);
    }
    assert!(!Story::begin().accepted().order.times_out(at(9_000), NEVER), "its verdicts are in");
    assert_eq!(Story::begin().then(cancel()).order.due_inside(at(9_000)).count(), 0, "nobody is asked any more");
}

#[test]
fn an_order_is_due_when_somebody_is_to_be_asked_or_told() {
    // The story, when it is due next, and when after the moment given.
    let cases = [
        (Story::begin(), Some(1_000), 0, Some(1_000)),
        (Story::begin(), Some(1_000), 1_000, Some(2_000)),
        (Story::begin(), Some(1_000), 2_500, Some(3_000)),
        (Story::begin(), Some(1_000), 3_000, Some(8_000)),
        (Story::begin(), Some(1_000), 8_000, None),
        (Story::begin().then(yes(BAKER)), Some(2_000), 0, Some(2_000)),
        (Story::begin().then(bank(500)).then(yes(BAKER)), Some(3_000), 0, Some(3_000)),
        (Story::outside(OnShortage::RejectAll).then(yes(BAKER)), Some(8_000), 0, Some(8_000)),
        (smith_said_yes(), Some(500), 0, Some(500)),
        (too_much_held(), Some(3_000), 3_000, Some(8_000)),
        (Story::begin().accepted(), Some(20_000), 0, Some(20_000)),
        (Story::begin().accepted(), Some(20_000), 20_000, None),
        (Story::begin().paid().then(OrderCommand::Meet(Obligation::CaptureHold)), Some(4_000), 0, Some(4_000)),
        (Story::begin().at(100).paid(), Some(100), 100, Some(4_100)),
        (Story::begin().at(900).then(cancel()), None, 0, None),
        (Story::begin().at(2_000).then(cancel()), Some(2_000), 0, None),
    ];
    for (story, next, after, then) in cases {
        assert_eq!(story.order.next_due(), next.map(at), "{:?}", story.order);
        assert_eq!(story.order.due_after(at(after), NEVER), then.map(at), "after {after}: {:?}", story.order);
    }
    let patient = Story::begin().order.due_after(at(3_000), at(9_500));
    assert_eq!(patient, Some(at(9_500)), "the time-out waits for patience");
}

#[test]
fn an_answer_was_to_be_known_when_its_participant_was_due() {
    let order = Story::begin().order;
    for (work, due) in [
        (ConfirmPayment, Some(2_000)),
        (ConfirmItems(BAKER), Some(1_000)),
        (ConfirmItems(SMITH), Some(3_000)),
        (ConfirmItems(NOBODY), None),
        (LowerHold, None),
        (Meet(VOID), None),
        (PassTime, None),
    ] {
        assert_eq!(order.due_of(work), due.map(at), "{work:?}");
    }
    assert_eq!(smith_said_yes().order.due_of(ConfirmItems(SMITH)), Some(at(500)), "since its service said yes");
}
