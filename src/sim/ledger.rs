//! What shoppers were told: the clients' truth, held against the mall's.

use super::driver::{Notes, Took};
use super::shopping::call::{Answer, Ask, Call, Seen};
use super::shopping::errand::Errand;
use crate::db::reads::orders::Head;
use crate::domain::ids::OrderId;
use crate::domain::order::{OnShortage, OrderStatus};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

/// What was told, and what of it contradicts itself.
#[derive(Debug, Default)]
pub struct Ledger(RefCell<Told>);

#[derive(Debug, Default)]
struct Told {
    /// The newest that was told of each order, and whether nothing of it may be dropped.
    orders: BTreeMap<OrderId, (Seen, bool)>,
    /// The key under which each was made.
    made: BTreeMap<OrderId, [u8; 16]>,
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

    /// Whether somebody was told of an order before.
    #[must_use]
    pub fn knows(&self, order: OrderId) -> bool {
        self.0.borrow().orders.contains_key(&order)
    }

    /// How many keys were answered, and how many answers contradict one before.
    #[must_use]
    pub fn keys(&self) -> (u64, u64) {
        let told = self.0.borrow();
        (told.keys.len() as u64, told.contradictions.len() as u64)
    }

    /// How many of the orders that were made nobody was told of, without those whose askers gave up.
    #[must_use]
    pub fn untold(&self, made: u64) -> u64 {
        let told = self.0.borrow();
        made.saturating_sub(told.orders.len() as u64 + told.unanswered)
    }

    /// Holds what was told against what is: `find` answers an order that is there.
    pub fn contradictions(&self, find: impl Fn(OrderId) -> Option<Head>) -> Vec<Contradiction> {
        let told = self.0.borrow();
        let mut wrong = told.contradictions.clone();
        for (order, (seen, is_firm)) in &told.orders {
            match find(*order) {
                None => wrong.push(Contradiction {
                    kind: Wrong::Lost,
                    order: Some(*order),
                    said: format!("was acknowledged as {} and is not there", seen.status),
                }),
                Some(Head { version, status, .. }) if version < seen.version || !may_become(seen.status, status) => {
                    wrong.push(Contradiction {
                        kind: Wrong::TakenBack,
                        order: Some(*order),
                        said: format!(
                            "was told to be {} at version {}, and is {status} at version {version}",
                            seen.status, seen.version
                        ),
                    });
                }
                Some(Head { version, total, .. }) if total != seen.total && (*is_firm || version == seen.version) => {
                    wrong.push(Contradiction {
                        kind: Wrong::Altered,
                        order: Some(*order),
                        said: format!("was told to cost {}, and costs {total}", seen.total),
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
        if let Some(order) = order.filter(|_| makes_an_order) {
            let key_hash = blake3::hash(key.as_bytes()).as_bytes().first_chunk().copied().unwrap_or_default();
            if *self.made.entry(order).or_insert(key_hash) != key_hash {
                let said = format!("was the answer to another request as well: it came under the key {key}");
                self.contradictions.push(Contradiction { kind: Wrong::Altered, order: Some(order), said });
            }
        }
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
        let before = told.orders.get(&seen.id);
        let newer = before.is_none_or(|(before, _)| before.version <= seen.version);
        if newer {
            let firm = match &call.ask {
                Ask::Submit { on_shortage, .. } | Ask::Checkout { on_shortage, .. } => {
                    *on_shortage == OnShortage::RejectAll
                }
                _ => before.is_some_and(|(_, firm)| *firm),
            };
            told.orders.insert(seen.id, ((**seen).clone(), firm));
        }
    }

    fn gave_up(&self, _errand: &Errand, call: &Call) {
        self.0.borrow_mut().unanswered += u64::from(call.ask.orders());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::PaymentId;
    use crate::domain::time::Timestamp;
    use crate::sim::shopping::errand::Errand;
    use std::time::Duration;
    use uuid::Uuid;

    const TOOK: Took = Took { since_intended: Duration::ZERO, since_sent: Duration::ZERO };

    fn errand() -> Errand {
        serde_json::from_str(r#"{"number":1,"at_ms":0,"lines":[]}"#).unwrap()
    }

    fn order(id: u128, total: i64, status: OrderStatus) -> Answer {
        let id = OrderId(Uuid::from_u128(id));
        Answer::Order(Box::new(Seen { id, version: 1, status, total, due: Timestamp(0), pay_by: None }))
    }

    fn submit(key: &str) -> Call {
        let payment = PaymentId(Uuid::nil());
        let ask = Ask::Submit { lines: vec![], payment, on_shortage: OnShortage::RejectAll, expected: None };
        Call { customer: None, key: Some(key.to_owned()), ask, breaks_off: None, insists: true }
    }

    /// What is found of answers, in a mall whose orders all cost 100.
    fn found(answers: &[(&str, Answer)]) -> Vec<Wrong> {
        let ledger = Ledger::default();
        for (key, answer) in answers {
            ledger.answered(&errand(), &submit(key), answer, TOOK);
        }
        let there = |id: OrderId| {
            (id.0.as_u128() < 10).then_some(Head { version: 5, status: OrderStatus::Delivered, total: 100 })
        };
        ledger.contradictions(there).into_iter().map(|wrong| wrong.kind).collect()
    }

    #[test]
    fn what_was_told_and_is_not_so_is_found() {
        let pending = OrderStatus::Pending;
        assert_eq!(found(&[("a", order(1, 100, pending)), ("b", order(2, 100, pending))]), []);
        assert_eq!(found(&[("a", order(1, 100, pending)), ("a", order(1, 100, pending))]), [], "asked again");
        assert_eq!(found(&[("a", order(11, 100, pending))]), [Wrong::Lost]);
        assert_eq!(found(&[("a", order(1, 100, pending)), ("a", order(2, 100, pending))]), [Wrong::Doubled]);
        assert_eq!(found(&[("a", order(1, 100, OrderStatus::Rejected))]), [Wrong::TakenBack]);
        assert_eq!(found(&[("a", order(1, 12_445, pending))]), [Wrong::Altered], "it cost something else");
        let one_for_two = [("a", order(1, 100, pending)), ("b", order(1, 100, pending))];
        assert_eq!(found(&one_for_two), [Wrong::Altered], "one order for two requests");
    }

    #[test]
    fn orders_that_nobody_was_told_of_are_counted() {
        let ledger = Ledger::default();
        ledger.answered(&errand(), &submit("a"), &order(1, 100, OrderStatus::Pending), TOOK);
        assert_eq!((ledger.untold(1), ledger.untold(3)), (0, 2));
        ledger.gave_up(&errand(), &submit("b"));
        assert_eq!(ledger.untold(3), 1, "who gave up may have one");
    }
}
