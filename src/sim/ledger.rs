//! What shoppers were told: the clients' truth, held against the mall's.

use super::driver::{Notes, Took};
use super::shopping::call::{Answer, Call, Seen};
use super::shopping::errand::Errand;
use crate::domain::ids::OrderId;
use crate::domain::order::OrderStatus;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

/// What was told, and what of it contradicts itself.
#[derive(Debug, Default)]
pub struct Ledger(RefCell<Told>);

#[derive(Debug, Default)]
struct Told {
    /// The newest that was told of each order.
    orders: BTreeMap<OrderId, Seen>,
    /// The first answer under each key; a refusal is not kept.
    keys: BTreeMap<String, First>,
    contradictions: Vec<Contradiction>,
    /// Orders that were asked for and never answered: each may be there or not.
    unanswered: u64,
}

/// A first answer: the order in it, if it is one, and a hash of all of it.
type First = (Option<OrderId>, [u8; 16]);

/// Where what was told and what is do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Of what kind.
    pub kind: Wrong,
    /// The order, if it is about one.
    pub order: Option<OrderId>,
    /// In words.
    pub said: String,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.order {
            Some(order) => write!(f, "order {order} {}", self.said),
            None => write!(f, "somebody {}", self.said),
        }
    }
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
    /// One key was answered in two ways.
    Altered,
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

    /// How many of the orders that were made nobody was told of, without those whose askers gave up.
    #[must_use]
    pub fn untold(&self, made: u64) -> u64 {
        let told = self.0.borrow();
        made.saturating_sub(told.orders.len() as u64 + told.unanswered)
    }

    /// Holds what was told against what is: `find` answers version and status of an order that is there.
    pub fn contradictions(&self, find: impl Fn(OrderId) -> Option<(u64, OrderStatus)>) -> Vec<Contradiction> {
        let told = self.0.borrow();
        let mut wrong = told.contradictions.clone();
        for (order, seen) in &told.orders {
            match find(*order) {
                None => wrong.push(Contradiction {
                    kind: Wrong::Lost,
                    order: Some(*order),
                    said: format!("was acknowledged as {} and is not there", seen.status),
                }),
                Some((version, status)) if version < seen.version || !may_become(seen.status, status) => {
                    wrong.push(Contradiction {
                        kind: Wrong::TakenBack,
                        order: Some(*order),
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

impl Told {
    /// What was done under a key is answered alike however often it is asked.
    fn compare(&mut self, key: &str, makes_an_order: bool, answer: &Answer) {
        let order = if let Answer::Order(seen) = answer { Some(seen.id) } else { None };
        let hash = blake3::hash(format!("{answer:?}").as_bytes());
        let hash = hash.as_bytes().first_chunk().copied().unwrap_or_default();
        let Some((first, was)) = self.keys.get(key) else {
            self.keys.insert(key.to_owned(), (order, hash));
            return;
        };
        let contradiction = if makes_an_order && *first != order {
            Contradiction {
                kind: Wrong::Doubled,
                order,
                said: format!("was made under the key {key}, as {first:?} was"),
            }
        } else if *was != hash {
            let said = format!("was answered otherwise before under the key {key}: now {answer:?}");
            Contradiction { kind: Wrong::Altered, order, said }
        } else {
            return;
        };
        self.contradictions.push(contradiction);
    }
}

impl Notes for Ledger {
    fn answered(&self, _errand: &Errand, call: &Call, answer: &Answer, _took: Took) {
        let mut told = self.0.borrow_mut();
        let kept = answer.is_final() && !matches!(answer, Answer::Refused { .. });
        if let Some(key) = call.key.as_ref().filter(|_| kept) {
            told.compare(key, call.ask.orders(), answer);
        }
        let Answer::Order(seen) = answer else { return };
        let newer = told.orders.get(&seen.id).is_none_or(|before| before.version <= seen.version);
        if newer {
            told.orders.insert(seen.id, (**seen).clone());
        }
    }

    fn gave_up(&self, _errand: &Errand, call: &Call) {
        self.0.borrow_mut().unanswered += u64::from(call.ask.orders());
    }
}
