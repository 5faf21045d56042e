//! What people were answered, held against the journal.

use super::Referee;
use crate::domain::clock::Speed;
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::order::OrderStatus;
use crate::domain::participant::Participant;
use crate::domain::personality::{OutageMode, Personality};
use crate::domain::time::Timestamp;

/// What somebody was told to be done.
#[derive(Clone, Debug)]
pub enum Acknowledged {
    /// A customer is registered.
    Customer(CustomerId),
    /// A customer has an authorization of so much, minor units.
    Money(PaymentId, Option<CustomerId>, i64),
    /// There is a basket.
    Basket(BasketId),
    /// So many pieces of a product are in a basket.
    Put(BasketId, ProductId, u32),
    /// What was left of an authorization is given back.
    MoneyBack(PaymentId),
    /// A product has a new price, minor units.
    Price(ProductId, i64),
    /// So many pieces of a product are available.
    Stock(ProductId, i64),
    /// A product is off the shelf.
    ProductGone(ProductId),
    /// A store closes, or has closed.
    StoreCloses(StoreId),
    /// A store or the bank behaves otherwise.
    Behaves(Participant, Box<Personality>),
    /// A store or the bank is out, for so many milliseconds.
    Out(Participant, OutageMode, u64),
    /// The clock runs at a speed.
    Runs(Speed),
    /// The clock is being advanced.
    Advances,
}

impl Acknowledged {
    const fn of(&self) -> &'static str {
        match self {
            Self::Customer(_) => "customer",
            Self::Money(..) | Self::MoneyBack(_) => "payment",
            Self::Basket(_) | Self::Put(..) => "basket",
            Self::Price(..) | Self::Stock(..) | Self::ProductGone(_) | Self::StoreCloses(_) => "store",
            Self::Behaves(..) | Self::Out(..) | Self::Runs(_) | Self::Advances => "mall",
        }
    }
}

/// Whether the newest of what was heard is so, or any of what was heard since.
fn was_since<T>(heard: Option<&Vec<(T, u64)>>, since_us: u64, is: impl Fn(&T) -> bool) -> bool {
    let heard = heard.map(Vec::as_slice).unwrap_or_default();
    heard.last().is_some_and(|(newest, _)| is(newest))
        || heard.iter().any(|(one, heard_us)| *heard_us >= since_us && is(one))
}

impl Referee {
    /// Holds what somebody was told, who asked `asked_us` microseconds after the world began, against the journal.
    pub fn acknowledged(&mut self, done: &Acknowledged, asked_us: u64, now: Timestamp) {
        let is_there = match done {
            Acknowledged::Customer(customer) => self.customers.contains(customer),
            Acknowledged::Money(payment, customer, amount) => {
                self.books.authorized(*payment).is_some_and(|is| is == (*customer, *amount))
            }
            Acknowledged::Basket(basket) => self.books.has_basket(*basket),
            Acknowledged::Put(basket, product, quantity) => self.books.was_put(*basket, *product, i64::from(*quantity)),
            Acknowledged::MoneyBack(payment) => self.books.is_voided(*payment),
            Acknowledged::Price(product, price) => was_since(self.prices.get(product), asked_us, |is| is == price),
            Acknowledged::Stock(product, available) => {
                self.books.available_since(*product, asked_us).contains(available)
            }
            Acknowledged::ProductGone(product) => self.archived.contains(product),
            Acknowledged::StoreCloses(store) => self.closing.contains(store),
            Acknowledged::Behaves(who, how) => {
                // Whoever is to behave plainly and does needs no event.
                let is_plain = !self.behaves.contains_key(who) && **how == Personality::default();
                is_plain || was_since(self.behaves.get(who), asked_us, |is| **is == **how)
            }
            Acknowledged::Out(who, mode, for_ms) => was_since(self.behaves.get(who), asked_us, |is| {
                let is_it = |out: &crate::domain::personality::Outage| {
                    out.mode == *mode && out.until.micros_since(out.from) == for_ms.saturating_mul(1_000)
                };
                is.outages.iter().any(is_it)
            }),
            Acknowledged::Runs(speed) => was_since(Some(&self.speeds), asked_us, |is| is == speed),
            Acknowledged::Advances => self.speeds.last().is_some_and(|(_, heard_us)| *heard_us >= asked_us),
        };
        if let Acknowledged::Behaves(who, _) | Acknowledged::Out(who, ..) = done {
            let times = self.behaves.get(who).map_or(0, Vec::len);
            self.told_behaviour.insert(*who, (times, self.heard_us));
        }
        if !is_there {
            let said = format!("{done:?} was acknowledged, and is not so");
            self.finds("no answer before its commit", done.of(), now, said);
        }
    }

    /// Whether it was right to refuse what was asked of an order `asked_us` microseconds after the world began: paying one
    /// that was accepted and still is, with time to `now`, or calling one off that waits for verdicts or payment.
    pub fn refused(&mut self, what: &'static str, order: OrderId, code: &str, asked_us: u64, now: Timestamp) {
        let Some(course) = self.orders.get(&order) else { return };
        let Some(status) = self.folds.orders.get(&order).map(|order| order.status) else { return };
        let accepted_before = course.accepted_us.is_some_and(|accepted| accepted < asked_us);
        let is_wrong = match (what, status) {
            ("pay", OrderStatus::Accepted) => accepted_before && course.pay_by.is_some_and(|pay_by| now < pay_by),
            ("cancel", OrderStatus::Pending | OrderStatus::Accepted) => true,
            _ => false,
        };
        if is_wrong {
            let said = format!("order {order} is {status}: {what} was refused, {code}");
            self.finds("nobody is refused what is allowed", "order", now, said);
        }
    }

    /// Whether it was right to refuse what is asked under a key: not if it was done already when it was asked.
    pub fn refused_again(&mut self, cause: &str, code: &str, asked_us: u64, now: Timestamp) {
        if self.done.get(cause).is_some_and(|done_us| *done_us < asked_us) {
            let said = format!("{cause} was done, and asked again it was refused, {code}");
            self.finds("one key has one answer", "key", now, said);
        }
    }

    /// Whose an order is.
    #[must_use]
    pub fn owner_of_order(&self, order: OrderId) -> Option<CustomerId> {
        self.orders.get(&order).map(|course| course.submitted.customer_id)
    }

    /// Whose a basket is, once it is somebody's.
    #[must_use]
    pub fn owner_of_basket(&self, basket: BasketId) -> Option<CustomerId> {
        self.books.basket_of(basket)
    }

    /// Whose money an authorization is.
    #[must_use]
    pub fn owner_of_money(&self, payment: PaymentId) -> Option<CustomerId> {
        self.books.owner(payment)
    }
}
