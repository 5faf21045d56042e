//! What shoppers were told: the clients' truth, held against the mall's.

use super::driver::Notes;
use super::shopping::call::{Answer, Call, Seen};
use super::shopping::errand::Errand;
use crate::domain::ids::{CustomerId, OrderId};
use crate::domain::order::OrderStatus;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

/// What was told, and what of it contradicts itself.
#[derive(Debug, Default)]
pub struct Ledger(RefCell<Told>);

#[derive(Debug, Default)]
struct Told {
    /// The newest that was told of each order.
    orders: BTreeMap<OrderId, Seen>,
    /// The first answer to each key whose request made an order.
    keys: BTreeMap<String, OrderId>,
    /// Whose orders they are.
    customers: BTreeMap<OrderId, CustomerId>,
    contradictions: Vec<Contradiction>,
}

/// Where what was told and what is do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Of what kind.
    pub kind: Wrong,
    /// The order.
    pub order: OrderId,
    /// In words.
    pub said: String,
}

/// In what way something does not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// It was answered 201, and is not there.
    Lost,
    /// One key made two orders.
    Doubled,
    /// It was said to have got further than it has.
    TakenBack,
}

/// Whether an order that was told to be `told` may be `is` now.
const fn may_become(told: OrderStatus, is: OrderStatus) -> bool {
    use OrderStatus::{Accepted, Cancelled, Delivered, Expired, Paid, Pending, Rejected};
    matches!(
        (told, is),
        (Pending, _)
            | (Accepted, Accepted | Paid | Delivered | Cancelled | Expired)
            | (Paid, Paid | Delivered)
            | (Delivered, Delivered)
            | (Rejected, Rejected)
            | (Cancelled, Cancelled)
            | (Expired, Expired)
    )
}

impl Ledger {
    /// How many orders were acknowledged.
    #[must_use]
    pub fn orders(&self) -> usize {
        self.0.borrow().orders.len()
    }

    /// Holds what was told against what is: `find` answers version and status of an order that is there.
    pub fn contradictions(&self, find: impl Fn(OrderId) -> Option<(u64, OrderStatus)>) -> Vec<Contradiction> {
        let told = self.0.borrow();
        let mut wrong = told.contradictions.clone();
        for (order, seen) in &told.orders {
            match find(*order) {
                None => wrong.push(Contradiction {
                    kind: Wrong::Lost,
                    order: *order,
                    said: format!("was acknowledged as {} and is not there", seen.status),
                }),
                Some((version, status)) if version < seen.version || !may_become(seen.status, status) => {
                    wrong.push(Contradiction {
                        kind: Wrong::TakenBack,
                        order: *order,
                        said: format!(
                            "was told to be {} at version {}, and is {status} at version {version}",
                            seen.status, seen.version
                        ),
                    });
                }
                Some(_) => {}
            }
        }
        wrong
    }
}

impl Notes for Ledger {
    fn answered(&self, _errand: &Errand, call: &Call, answer: &Answer, _took: Duration) {
        let Answer::Order(seen) = answer else { return };
        let mut told = self.0.borrow_mut();
        if call.ask.orders() {
            if let Some(customer) = call.customer {
                told.customers.insert(seen.id, customer);
            }
            if let Some(key) = &call.key {
                let first = *told.keys.entry(key.clone()).or_insert(seen.id);
                if first != seen.id {
                    let said = format!("was made under a key that had made {first}");
                    told.contradictions.push(Contradiction { kind: Wrong::Doubled, order: seen.id, said });
                }
            }
        }
        let newer = told.orders.get(&seen.id).is_none_or(|before| before.version <= seen.version);
        if newer {
            told.orders.insert(seen.id, (**seen).clone());
        }
    }
}
