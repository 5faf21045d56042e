//! The door to a running mall: REST over kept-alive connections, and its live stream of events.
//!
//! * [`client`]: requests and answers;
//! * [`bodies`]: what is asked and answered, as JSON;
//! * [`clock`]: the mall's time, as far as it was told;
//! * [`follower`]: what happens in the mall, as it tells it.

pub mod bodies;
pub mod client;
pub mod clock;
pub mod follower;

use super::news::Verdicts;
use super::shelf::Shelf;
use super::{Asked, Door};
use crate::domain::ids::{CustomerId, OrderId, PaymentId};
use crate::domain::time::Timestamp;
use crate::sim::shopping::call::{Answer, Call, Verdict};
use crate::sim::shopping::errand::Wanted;
use bodies::Shown;
use client::{Client, Request};
use clock::MallClock;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The door to a running mall.
pub struct RestDoor {
    client: Rc<Client>,
    clock: Rc<MallClock>,
    shelf: Rc<Shelf>,
    verdicts: Verdicts,
    currency: String,
    customers: Customers,
    payments: RefCell<BTreeSet<PaymentId>>,
}

/// The customers of a run, and what each shows to say who it is; a mall that asks nobody tells none.
pub type Customers = Rc<RefCell<BTreeMap<CustomerId, Option<String>>>>;

impl RestDoor {
    /// The door to the mall that `client` asks, which sells what is on the shelf in a currency.
    #[must_use]
    pub fn new(client: Rc<Client>, clock: Rc<MallClock>, shelf: Rc<Shelf>, currency: String) -> Self {
        let verdicts = Verdicts::default();
        Self { client, clock, shelf, verdicts, currency, customers: Rc::default(), payments: RefCell::default() }
    }

    /// What became of orders: whoever follows the mall tells it.
    #[must_use]
    pub const fn verdicts(&self) -> &Verdicts {
        &self.verdicts
    }

    /// The customers that were registered through it.
    #[must_use]
    pub const fn customers(&self) -> &Customers {
        &self.customers
    }

    /// The authorizations that were made through it.
    #[must_use]
    pub fn payments(&self) -> BTreeSet<PaymentId> {
        self.payments.borrow().clone()
    }
}

impl Door for RestDoor {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn until(&self, time: Timestamp) {
        self.clock.until(time).await;
    }

    async fn ask(&self, call: &Call) -> Asked {
        let Some((method, path, body)) = bodies::request(call, &self.shelf, &self.currency) else {
            // What is not on the shelf cannot be named.
            return Asked {
                answer: Answer::Refused { code: "unknown_product".to_owned() },
                sent: tokio::time::Instant::now(),
            };
        };
        let token = call.customer.and_then(|customer| self.customers.borrow().get(&customer).cloned().flatten());
        let sent =
            self.client.send(Request { method, path: &path, token: token.as_deref(), key: call.key.as_deref(), body });
        let sent = sent.await;
        let answer = match sent.reply {
            Ok(reply) => bodies::answer(&call.ask, &reply),
            Err(_broken) => Shown::from(Answer::Unknown),
        };
        match answer.answer {
            Answer::Customer(customer) => {
                // Asked again, the mall may not tell the secret again.
                let mut customers = self.customers.borrow_mut();
                let known = customers.entry(customer).or_default();
                *known = answer.secret.or_else(|| known.take());
            }
            Answer::Payment(payment) => _ = self.payments.borrow_mut().insert(payment),
            _ => {}
        }
        Asked { answer: answer.answer, sent: sent.at }
    }

    async fn verdict(&self, order: OrderId) -> Verdict {
        self.verdicts.of(order).await
    }

    fn price(&self, lines: &[Wanted]) -> i64 {
        self.shelf.price(lines)
    }
}
