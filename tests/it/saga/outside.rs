//! Stores and a bank served from outside: late, twice, never, nonsense, and across crashes.

use super::shopper::{SECOND, Shopper, in_a_mall, policy};
use crate::dice::Dice;
use plaza::bus::subject::request_subject;
use plaza::domain::ids::{OrderId, ProductId, StoreId};
use plaza::domain::order::{
    Compensation, DeliveryStatus, OnShortage, OrderCommand, OrderPaymentStatus, OrderPolicy, OrderStatus, Reason,
    Request,
};
use plaza::domain::participant::Fulfilment;
use plaza::domain::store::{StoreCommand, StoreEdit};
use plaza::ports::outside::OutgoingRequest;
use plaza::ports::reads::events::EventFilter;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;

/// What outside services hear.
struct Ear(Receiver<OutgoingRequest>);

impl Ear {
    fn on(shopper: &Shopper) -> Self {
        Self(shopper.world.outside().subscribe())
    }

    /// Everything heard since the last time.
    fn heard(&mut self) -> Vec<OutgoingRequest> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }

    /// The last part of the subjects of everything heard since the last time.
    fn verbs(&mut self) -> Vec<String> {
        let subjects = self.heard().into_iter().map(|heard| request_subject(&heard.request));
        subjects.map(|subject| subject.rsplit('.').next().unwrap().to_owned()).collect()
    }
}

fn outside_bank() -> OrderPolicy {
    OrderPolicy { payment_provider: Fulfilment::External, ..policy() }
}

/// A store served from outside, with one product.
async fn outside_store(shopper: &Shopper, price: i64, stock: i64) -> (StoreId, ProductId) {
    let store = shopper.store(15_000).await;
    let product = shopper.product(store, price, stock).await;
    let edit = StoreEdit { fulfilment: Some(Fulfilment::External), ..StoreEdit::default() };
    shopper.administer(store, StoreCommand::Edit(edit)).await.unwrap();
    (store, product)
}

async fn say(shopper: &Shopper, subject: &str, body: &str) {
    shopper.world.outside().answer(subject, body.as_bytes()).await;
    shopper.settle().await;
}

async fn store_says(shopper: &Shopper, store: StoreId, verb: &str, order: OrderId, rest: &str) {
    say(shopper, &format!("plaza.cmd.store.{store}.{verb}"), &format!("{{\"order_id\":\"{order}\"{rest}}}")).await;
}

async fn bank_says(shopper: &Shopper, verb: &str, order: OrderId, rest: &str) {
    say(shopper, &format!("plaza.cmd.bank.{verb}"), &format!("{{\"order_id\":\"{order}\"{rest}}}")).await;
}

async fn names_of(shopper: &Shopper, order: OrderId) -> Vec<String> {
    let filter = EventFilter { stream_id: Some(order.0), ..EventFilter::default() };
    let page = shopper.world.mall().reads().events(filter, 100).await.unwrap();
    page.events.into_iter().map(|event| event.name.into_owned()).collect()
}

#[test]
fn an_outside_store_is_asked_answers_once_and_is_told_to_ship() {
    in_a_mall(policy(), |shopper| async move {
        let (store, product) = outside_store(&shopper, 100, 5).await;
        let mut ear = Ear::on(&shopper);
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        let order = shopper.order(customer, payment, &[(product, 2)]).await;
        shopper.settle().await;
        let heard = ear.heard();
        let [OutgoingRequest { request: Request::Confirm(asked), .. }] = heard.as_slice() else {
            panic!("{heard:?}");
        };
        assert_eq!((asked.order_id, asked.store_id), (order, store));
        assert_eq!((asked.lines[0].product_id, asked.lines[0].quantity), (product, 2));
        assert_eq!(asked.answer_by, shopper.look(order).await.confirm_by);

        store_says(&shopper, store, "confirm", order, "").await;
        assert_eq!(shopper.look(order).await.leg(store).unwrap().status, DeliveryStatus::Confirmed);
        assert_eq!(shopper.stock(product).await.reserved, 2, "Plaza keeps the books");
        let before = shopper.look(order).await;
        store_says(&shopper, store, "confirm", order, "").await;
        store_says(&shopper, store, "reject", order, r#","reason":"OUT_OF_STOCK""#).await;
        assert_eq!(shopper.look(order).await, before, "the first answer counts");

        shopper.wait(5 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        shopper.command(order, OrderCommand::Pay).await.unwrap();
        shopper.settle().await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Delivered);
        assert_eq!(shopper.stock(product).await.on_hand, 3);
        assert_eq!(ear.verbs(), ["ship"]);
        shopper
    });
}

#[test]
fn an_outside_store_refuses_with_what_it_has() {
    in_a_mall(policy(), |shopper| async move {
        let (store, product) = outside_store(&shopper, 100, 5).await;
        let (_, other) = outside_store(&shopper, 50, 5).await;
        let mut ear = Ear::on(&shopper);
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        let order = shopper.order(customer, payment, &[(product, 2), (other, 1)]).await;
        shopper.settle().await;
        assert_eq!(ear.verbs(), ["confirm", "confirm"]);
        let rest = format!(r#","reason":"OUT_OF_STOCK","lines":[{{"product_id":"{product}","available":1}}]"#);
        store_says(&shopper, store, "reject", order, &rest).await;
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.reasons.as_slice()), (OrderStatus::Rejected, [Reason::OutOfStock].as_slice()));
        assert_eq!(seen.leg(store).unwrap().status, DeliveryStatus::OutOfStock);
        assert_eq!(ear.verbs(), ["release"], "only the other store may hold something");
        assert_eq!(seen.compensation(), Compensation::Done);
        shopper
    });
}

#[test]
fn the_books_have_the_last_word_and_the_store_is_told() {
    in_a_mall(policy(), |shopper| async move {
        let (store, product) = outside_store(&shopper, 100, 1).await;
        let inside = shopper.store(6_000).await;
        let kept = shopper.product(inside, 30, 5).await;
        let mut ear = Ear::on(&shopper);
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        let lines = [(product, 2), (kept, 1)];
        let order = shopper.try_order(customer, payment, &lines, OnShortage::AcceptAvailable).await.unwrap();
        shopper.settle().await;
        store_says(&shopper, store, "confirm", order, "").await;
        let seen = shopper.look(order).await;
        assert_eq!(seen.leg(store).unwrap().rejection, Some(Reason::OutOfStock));
        shopper.wait(6 * SECOND).await;
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.total.amount_minor), (OrderStatus::Accepted, 30));
        assert_eq!(ear.verbs(), ["confirm", "release"]);
        shopper
    });
}

#[test]
fn answers_after_the_end_are_noted_once() {
    in_a_mall(policy(), |shopper| async move {
        let (store, product) = outside_store(&shopper, 100, 5).await;
        let mut ear = Ear::on(&shopper);
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        shopper.wait(60 * SECOND).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.wait(46 * SECOND).await;
        assert_eq!(shopper.look(order).await.reasons, [Reason::ConfirmationTimeout]);
        assert_eq!(ear.verbs(), ["confirm", "release"]);
        for verb in ["confirm", "confirm"] {
            store_says(&shopper, store, verb, order, "").await;
        }
        store_says(&shopper, store, "reject", order, r#","reason":"STORE_CLOSED""#).await;
        let noted = names_of(&shopper, order).await;
        assert_eq!(noted.iter().filter(|name| *name == "order.confirmation_ignored").count(), 1, "{noted:?}");
        assert_eq!(shopper.stock(product).await.reserved, 0);
        assert_eq!(shopper.world.outside().dead_letters().count, 0, "late is not poison");
        assert_eq!(ear.verbs(), Vec::<String>::new());
        shopper
    });
}

#[test]
fn nonsense_is_a_dead_letter_and_changes_nothing() {
    in_a_mall(policy(), |shopper| async move {
        let (store, product) = outside_store(&shopper, 100, 5).await;
        let inside = shopper.store(15_000).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        let order = shopper.order(customer, payment, &[(product, 1)]).await;
        let before = shopper.look(order).await;
        let (confirm, reject) = (format!("plaza.cmd.store.{store}.confirm"), format!("plaza.cmd.store.{store}.reject"));
        let good = format!(r#"{{"order_id":"{order}"}}"#);
        let with = |rest: &str| format!(r#"{{"order_id":"{order}",{rest}}}"#);
        let nonsense = [
            (confirm.clone(), "hello".to_owned()),
            (confirm.clone(), "\u{0}\u{ff}".to_owned()),
            (confirm.clone(), "{}".to_owned()),
            (confirm.clone(), with(r#""price":1"#)),
            (confirm.clone(), with(r#""reason":"OUT_OF_STOCK""#)),
            (confirm.clone(), format!(r#"{{"order_id":"{}"}}"#, product.0)),
            (confirm.clone(), format!("{}{good}", " ".repeat(65 * 1_024))),
            (reject.clone(), good.clone()),
            (reject.clone(), with(r#""reason":"NOT_ENOUGH_MONEY""#)),
            (reject.clone(), with(r#""reason":"NO_IDEA""#)),
            (reject.clone(), with(r#""reason":"STORE_CLOSED","lines":[{"product_id":"0","available":1}]"#)),
            (
                reject.clone(),
                with(&format!(r#""reason":"OUT_OF_STOCK","lines":[{{"product_id":"{}","available":1}}]"#, order.0)),
            ),
            (
                reject.clone(),
                with(&format!(r#""reason":"OUT_OF_STOCK","lines":[{{"product_id":"{product}","available":-1}}]"#)),
            ),
            (format!("plaza.cmd.store.{inside}.confirm"), good.clone()),
            (format!("plaza.cmd.store.{store}.eat"), good.clone()),
            ("plaza.cmd.bank.confirm".to_owned(), good.clone()),
            ("plaza.cmd.post.confirm".to_owned(), good.clone()),
        ];
        for (subject, body) in &nonsense {
            say(&shopper, subject, body).await;
        }
        let dead = shopper.world.outside().dead_letters();
        assert_eq!(
            (dead.count, dead.last.unwrap().subject),
            (nonsense.len() as u64, "plaza.cmd.post.confirm".to_owned())
        );
        assert_eq!(shopper.look(order).await, before);
        store_says(&shopper, store, "confirm", order, "").await;
        assert_eq!(shopper.look(order).await.leg(store).unwrap().status, DeliveryStatus::Confirmed);
        shopper
    });
}

#[test]
fn an_outside_bank_holds_lowers_and_captures() {
    in_a_mall(outside_bank(), |shopper| async move {
        let (first, second) = (shopper.store(6_000).await, shopper.store(9_000).await);
        let (plenty, scarce) = (shopper.product(first, 100, 10).await, shopper.product(second, 250, 0).await);
        let mut ear = Ear::on(&shopper);
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 10_000).await;
        let lines = [(plenty, 3), (scarce, 2)];
        let order = shopper.try_order(customer, payment, &lines, OnShortage::AcceptAvailable).await.unwrap();
        shopper.wait(10 * SECOND).await;
        assert_eq!(shopper.look(order).await.payment.status, OrderPaymentStatus::Pending, "the bank has not answered");
        let heard = ear.heard();
        let [OutgoingRequest { request: Request::Hold(asked), .. }] = heard.as_slice() else { panic!("{heard:?}") };
        // Asked at the submission, for all that was ordered.
        assert_eq!((asked.amount.amount_minor, asked.payment_id), (800, payment));
        bank_says(&shopper, "confirm", order, "").await;
        bank_says(&shopper, "reject", order, r#","reason":"NOT_ENOUGH_MONEY""#).await;
        let seen = shopper.look(order).await;
        assert_eq!((seen.status, seen.payment.held), (OrderStatus::Accepted, 300));
        shopper.command(order, OrderCommand::Pay).await.unwrap();
        shopper.settle().await;
        assert_eq!(shopper.payment(payment).await.captured, 300);
        assert_eq!(ear.verbs(), ["lower", "capture"]);
        shopper
    });
}

#[test]
fn an_outside_bank_refuses_never_answers_or_promises_what_the_books_lack() {
    in_a_mall(outside_bank(), |shopper| async move {
        let store = shopper.store(6_000).await;
        let product = shopper.product(store, 100, 10).await;
        let mut ear = Ear::on(&shopper);
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 150).await;
        let refused = shopper.order(customer, payment, &[(product, 1)]).await;
        let broke = shopper.order(customer, payment, &[(product, 2)]).await;
        let forgotten = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.settle().await;
        bank_says(&shopper, "reject", refused, r#","reason":"PAYMENT_NOT_FOUND""#).await;
        assert_eq!(shopper.look(refused).await.reasons, [Reason::PaymentNotFound]);
        bank_says(&shopper, "confirm", broke, "").await;
        let seen = shopper.look(broke).await;
        assert_eq!(
            (seen.status, seen.reasons.as_slice()),
            (OrderStatus::Rejected, [Reason::NotEnoughMoney].as_slice())
        );
        assert_eq!(seen.payment.status, OrderPaymentStatus::NotEnoughMoney);
        assert_eq!(ear.verbs(), ["hold", "hold", "hold", "void"], "who said yes is told to let go, who said no is not");
        shopper.wait(61 * SECOND).await;
        assert_eq!(shopper.look(forgotten).await.reasons, [Reason::ConfirmationTimeout]);
        assert_eq!(ear.verbs(), ["void"]);
        assert_eq!(shopper.payment(payment).await.available, 150);
        shopper
    });
}

#[test]
fn a_yes_that_was_taken_survives_a_crash_before_it_is_carried_out() {
    in_a_mall(policy(), |shopper| async move {
        let (store, product) = outside_store(&shopper, 100, 5).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        let order = shopper.order(customer, payment, &[(product, 2)]).await;
        // Not settled: the mall dies as soon as the answer is taken.
        let (subject, body) = (format!("plaza.cmd.store.{store}.confirm"), format!(r#"{{"order_id":"{order}"}}"#));
        shopper.world.outside().answer(&subject, body.as_bytes()).await;
        let shopper = shopper.crash(Duration::ZERO).await;
        store_says(&shopper, store, "reject", order, r#","reason":"OUT_OF_STOCK""#).await;
        shopper.wait(6 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted, "the first answer counts");
        shopper
    });
}

#[test]
fn requests_go_on_where_they_were_after_a_crash() {
    in_a_mall(policy(), |shopper| async move {
        let (store, product) = outside_store(&shopper, 100, 5).await;
        let mut ear = Ear::on(&shopper);
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        let first = shopper.order(customer, payment, &[(product, 1)]).await;
        shopper.settle().await;
        let asked = ear.heard();
        assert_eq!(asked.len(), 1);
        // The cursor is not written yet: the request comes again, and is the same one.
        let shopper = shopper.crash(Duration::ZERO).await;
        let mut ear = Ear::on(&shopper);
        shopper.wait(SECOND).await;
        let again = ear.heard();
        assert_eq!(again.len(), 1);
        let identity = |heard: &OutgoingRequest| (heard.event.position, heard.number, heard.request.clone());
        assert_eq!(identity(&again[0]), identity(&asked[0]));
        // Now it is written: nothing comes again, and what was committed last before a crash still comes.
        let second = shopper.order(customer, payment, &[(product, 1)]).await;
        let shopper = shopper.crash(Duration::ZERO).await;
        let mut ear = Ear::on(&shopper);
        shopper.wait(SECOND).await;
        let heard = ear.heard();
        let [OutgoingRequest { request: Request::Confirm(asked), .. }] = heard.as_slice() else { panic!("{heard:?}") };
        assert_eq!(asked.order_id, second);
        for order in [first, second] {
            store_says(&shopper, store, "confirm", order, "").await;
        }
        shopper.wait(5 * SECOND).await;
        for order in [first, second] {
            assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        }
        shopper
    });
}

/// Every request is answered late, twice, contradictorily, or never, and the mall dies now and then: each order has one
/// outcome, and the journal is verified at the end.
#[test]
fn whatever_outside_services_do_every_order_has_one_outcome() {
    for seed in 0..12 {
        in_a_mall(outside_bank(), |mut shopper| async move {
            let mut dice = Dice(seed);
            let (store, product) = outside_store(&shopper, 100, 12).await;
            let (other, thing) = outside_store(&shopper, 70, 3).await;
            let customer = shopper.customer().await;
            let payment = shopper.authorize(customer, 1_500).await;
            let (mut orders, mut answers) = (Vec::new(), Vec::new());
            let mut ear = Ear::on(&shopper);
            for step in 0..90_u64 {
                if step < 40 && dice.below(3) == 0 {
                    let lines = [(product, 1), (thing, 1)];
                    let policy = if dice.below(2) == 0 { OnShortage::RejectAll } else { OnShortage::AcceptAvailable };
                    let lines = &lines[..=usize::from(dice.below(2) == 0)];
                    orders.push(shopper.try_order(customer, payment, lines, policy).await.unwrap());
                }
                for heard in ear.heard() {
                    let body = |order: OrderId, rest: &str| format!("{{\"order_id\":\"{order}\"{rest}}}");
                    let (order, base, reason) = match heard.request {
                        Request::Confirm(ask) => {
                            (ask.order_id, format!("plaza.cmd.store.{}", ask.store_id), "OUT_OF_STOCK")
                        }
                        Request::Hold(ask) => (ask.order_id, "plaza.cmd.bank".to_owned(), "NOT_ENOUGH_MONEY"),
                        _ => continue,
                    };
                    for _ in 0..dice.below(4) {
                        let at = step + dice.below(60) * dice.below(2);
                        let no = format!(",\"reason\":\"{reason}\"");
                        answers.push(match dice.below(4) {
                            0 => (at, format!("{base}.reject"), body(order, &no)),
                            _ => (at, format!("{base}.confirm"), body(order, "")),
                        });
                    }
                }
                for (_, subject, body) in answers.extract_if(.., |(at, ..)| *at <= step) {
                    shopper.world.outside().answer(&subject, body.as_bytes()).await;
                }
                if dice.below(4) == 0
                    && let Some(order) = orders.get(usize::try_from(dice.below(20)).unwrap())
                {
                    let command = if dice.below(3) == 0 { cancel() } else { OrderCommand::Pay };
                    // Refused when the order's state does not allow it.
                    let _ = shopper.command(*order, command).await;
                }
                if dice.below(6) == 0 {
                    shopper = shopper.crash(Duration::from_millis(dice.below(1_500))).await;
                    ear = Ear::on(&shopper);
                }
                shopper.wait(SECOND).await;
            }
            assert_eq!(shopper.world.outside().dead_letters().count, 0);
            // Waits past every time-out, the grace after the last crash included.
            shopper.wait(1_900 * SECOND).await;
            for order in orders {
                let seen = shopper.look(order).await;
                assert!(seen.is_settled(), "seed {seed}: {seen:?}");
            }
            for product in [product, thing] {
                assert_eq!(shopper.stock(product).await.reserved, 0, "seed {seed}");
            }
            assert_eq!(shopper.payment(payment).await.held, 0, "seed {seed}");
            assert_ne!(store, other);
            shopper
        });
    }
}

fn cancel() -> OrderCommand {
    OrderCommand::Cancel { by: plaza::domain::order::CancelledBy::Customer, reason: None }
}
