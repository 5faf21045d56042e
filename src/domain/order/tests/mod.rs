//! Decision tables: an order with a history, what happens next, and what comes of it.
//!
//! Two stores: the baker with two products for 200, the smith with one for 300. Delays are 1 s and 3 s, the bank's 2 s,
//! the grace 5 s; time counts in milliseconds from the submission.

mod answers;
mod ends;
mod requests;
mod submission;
mod verdicts;
mod views;
mod work;

use super::*;
use crate::domain::event::{DomainEvent, OrderEvent};
use crate::domain::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::inventory::{Shortage, StoreRejection};
use crate::domain::line::OrderLine;
use crate::domain::money::Money;
use crate::domain::participant::Fulfilment::{External, Internal};
use crate::domain::time::Timestamp;
use uuid::Uuid;

const ORDER: OrderId = OrderId(Uuid::from_u128(1));
const CUSTOMER: CustomerId = CustomerId(Uuid::from_u128(2));
const PAYMENT: PaymentId = PaymentId(Uuid::from_u128(3));
const BAKER: StoreId = StoreId(Uuid::from_u128(4));
const SMITH: StoreId = StoreId(Uuid::from_u128(5));
const NOBODY: StoreId = StoreId(Uuid::from_u128(6));
const BREAD: ProductId = ProductId(Uuid::from_u128(7));
const CAKE: ProductId = ProductId(Uuid::from_u128(8));
const NAIL: ProductId = ProductId(Uuid::from_u128(9));

const VOID: Obligation = Obligation::VoidHold;
const RELEASE_BAKER: Obligation = Obligation::ReleaseStock { store_id: BAKER };
const RELEASE_SMITH: Obligation = Obligation::ReleaseStock { store_id: SMITH };

fn eur(amount: i64) -> Money {
    Money::new(amount, "EUR".parse().unwrap())
}

/// `ms` after the submission.
fn at(ms: i64) -> Timestamp {
    Timestamp(1_000_000_000 + ms * 1_000)
}

fn policy() -> OrderPolicy {
    OrderPolicy {
        payment_delay_ms: 2_000,
        grace_ms: 5_000,
        pay_deadline_ms: 20_000,
        shipping_delay_ms: 4_000,
        speed: 1,
        payment_provider: Internal,
    }
}

fn line(store_id: StoreId, product_id: ProductId, price: i64, quantity: u32) -> OrderLine {
    let store_name = if store_id == BAKER { "Baker" } else { "Smith" };
    let (sku, product_name) = ("SKU".into(), "Name".into());
    OrderLine {
        product_id,
        store_id,
        store_name: store_name.into(),
        sku,
        product_name,
        unit_price: eur(price),
        quantity,
    }
}

fn submission() -> Submission {
    Submission {
        customer_id: CUSTOMER,
        payment_id: PAYMENT,
        on_shortage: OnShortage::RejectAll,
        lines: vec![line(BAKER, BREAD, 50, 2), line(BAKER, CAKE, 100, 1), line(SMITH, NAIL, 300, 1)],
        expected_total: None,
        stores: vec![(BAKER, Internal, 1_000), (SMITH, Internal, 3_000)],
        draw: None,
        drawn: vec![],
    }
}

/// An order, the mall's policy, and what time it is.
#[derive(Clone, Debug)]
struct Story {
    order: OrderState,
    policy: OrderPolicy,
    now: Timestamp,
}

impl Story {
    fn of(submission: Submission, policy: OrderPolicy) -> Self {
        let order = OrderState::submit(ORDER, submission, at(0), &policy).unwrap().next;
        Self { order, policy, now: at(0) }
    }

    /// Everything inside.
    fn begin() -> Self {
        Self::of(submission(), policy())
    }

    fn drops_short() -> Self {
        Self::of(Submission { on_shortage: OnShortage::AcceptAvailable, ..submission() }, policy())
    }

    /// The smith and the bank are served from outside.
    fn outside(on_shortage: OnShortage) -> Self {
        let stores = vec![(BAKER, Internal, 1_000), (SMITH, External, 3_000)];
        Self::of(
            Submission { on_shortage, stores, ..submission() },
            OrderPolicy { payment_provider: External, ..policy() },
        )
    }

    fn decide(&self, command: &OrderCommand) -> Result<Decision, OrderError> {
        self.order.decide(command, self.now, &self.policy)
    }

    /// The names of what comes of a command, without the stream's.
    fn tries(&self, command: &OrderCommand) -> Result<Vec<&'static str>, OrderError> {
        let name = |event: &OrderEvent| event.name().strip_prefix("order.").unwrap();
        Ok(self.decide(command)?.events.iter().map(name).collect())
    }

    fn events(&self, command: &OrderCommand) -> Vec<OrderEvent> {
        self.decide(command).unwrap().events
    }

    /// The order after a command that changes something.
    #[allow(clippy::needless_pass_by_value, reason = "stories read better without a reference at each step")]
    fn then(mut self, command: OrderCommand) -> Self {
        let decision = self.decide(&command).unwrap();
        assert!(!decision.events.is_empty(), "something happens: {command:?} {self:?}");
        self.order = decision.next;
        self
    }

    fn at(mut self, ms: i64) -> Self {
        self.now = at(ms);
        self
    }

    fn accepted(self) -> Self {
        self.then(bank(500)).then(yes(BAKER)).then(yes(SMITH))
    }

    fn paid(self) -> Self {
        self.accepted().then(OrderCommand::Pay)
    }

    fn delivered(self) -> Self {
        self.paid().at(4_000).then(OrderCommand::PassTime)
    }

    fn owed(&self) -> Vec<Obligation> {
        self.order.duties.iter().map(|duty| duty.obligation).collect()
    }
}

fn bank(amount: i64) -> OrderCommand {
    OrderCommand::ConfirmPayment(eur(amount))
}

fn yes(store_id: StoreId) -> OrderCommand {
    OrderCommand::ConfirmStore(store_id)
}

fn shortage() -> Shortage {
    Shortage { product_id: BREAD, requested: 2, available: 1 }
}

fn no(store_id: StoreId) -> OrderCommand {
    OrderCommand::RejectStore(store_id, StoreRejection::OutOfStock(vec![shortage()]))
}

fn cancel() -> OrderCommand {
    OrderCommand::Cancel { by: CancelledBy::Customer, reason: None }
}

fn store_says(store_id: StoreId, answer: Answer) -> OrderCommand {
    OrderCommand::AnswerStore(store_id, answer)
}

fn refusal(reason: Reason) -> Answer {
    Answer::Reject { reason, lines: vec![] }
}
