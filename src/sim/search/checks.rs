//! What has to hold beyond single commits: what shoppers were told, the tables, and a mall that comes to rest.

use super::plan::MallPlan;
use super::referee::Referee;
use super::referee::asked::Acknowledged;
use super::referee::submission::Wish;
use super::words::Log;
use crate::db::reads::orders::Head;
use crate::db::verify::verify;
use crate::domain::order::OrderStatus;
use crate::domain::time::Timestamp;
use crate::sim::door::Door;
use crate::sim::door::mall::MallDoor;
use crate::sim::driver::{Notes, Took};
use crate::sim::ledger::{Ledger, Wrong};
use crate::sim::shopping::call::{Answer, Ask, Call, Seen};
use crate::sim::shopping::errand::Errand;
use crate::sim::world::{Life, World};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often an order may ask its participants once nothing goes wrong any more.
const QUESTIONS_MAX: u64 = 40;
/// What everything that waits gets beside its delays and deadlines: the longest pause of whoever tries again.
const SLACK: Duration = Duration::from_mins(1);

/// Looks at every answer as it comes, beside the ledger: nobody may be told what is not in the journal.
pub struct Watch {
    referee: Arc<Mutex<Referee>>,
    ledger: Ledger,
    door: Rc<MallDoor>,
    terms: MallPlan,
    /// What was first asked under each key.
    asked: RefCell<BTreeMap<String, Ask>>,
    log: Log,
}

impl Watch {
    /// Watches over the answers of a mall with these terms, and logs them.
    #[must_use]
    pub fn new(door: Rc<MallDoor>, terms: MallPlan, referee: Arc<Mutex<Referee>>, log: Log) -> Self {
        Self { referee, ledger: Ledger::default(), door, terms, asked: RefCell::default(), log }
    }

    fn world(&self) -> &World {
        self.door.world()
    }

    /// Holds what shoppers were told against the journal.
    pub fn compare(&self) {
        let mut referee = self.referee.lock().unwrap_or_else(PoisonError::into_inner);
        let wrong = self.ledger.contradictions(|order| {
            let order = referee.orders().get(&order)?;
            Some(Head { version: order.version, status: order.status, total: order.total.amount_minor })
        });
        for contradiction in wrong {
            let law = match contradiction.kind {
                Wrong::Lost => "no acknowledged order is lost",
                Wrong::Doubled => "one key makes one order",
                Wrong::TakenBack => "what was told stays true",
                Wrong::Altered => "one key has one answer",
            };
            referee.finds(law, "order", self.world().now(), contradiction.to_string());
        }
    }

    fn tell(&self, what: impl FnOnce() -> String) {
        self.log.note(what);
    }

    /// What an answer says to be done, where there is something to look for.
    fn done(&self, call: &Call, answer: &Answer) -> Option<Acknowledged> {
        match (answer, &call.ask) {
            (Answer::Customer(customer), _) => Some(Acknowledged::Customer(*customer)),
            (Answer::Payment(payment), Ask::Authorize { amount }) => {
                Some(Acknowledged::Money(*payment, call.customer, *amount))
            }
            (Answer::Basket(basket), _) => Some(Acknowledged::Basket(*basket)),
            (Answer::Done, Ask::Put { basket, wanted }) => {
                let item = self.door.shelf().item(*wanted)?;
                Some(Acknowledged::Put(*basket, item.id, wanted.quantity))
            }
            (Answer::Done, Ask::Void(payment)) => Some(Acknowledged::MoneyBack(*payment)),
            _ => None,
        }
    }

    /// What was wished for by who asked for an order.
    fn wish(&self, call: &Call) -> Option<Wish> {
        let (payment, on_shortage, pieces) = match &call.ask {
            Ask::Checkout { payment, on_shortage, .. } => (*payment, *on_shortage, None),
            Ask::Submit { lines, payment, on_shortage, .. } => {
                let mut pieces = BTreeMap::new();
                for wanted in lines {
                    let item = self.door.shelf().item(*wanted)?;
                    *pieces.entry(item.id).or_default() += i64::from(wanted.quantity);
                }
                (*payment, *on_shortage, Some(pieces))
            }
            _ => return None,
        };
        Some(Wish { customer: call.customer, payment, on_shortage, pieces })
    }

    /// An order that is answered with is as it was asked for, was done, and is in the journal.
    fn shown(&self, call: &Call, seen: &Seen, referee: &mut Referee, now: Timestamp) {
        if let Some(expected) = call.ask.expects().filter(|expected| *expected != seen.total) {
            let said = format!("order {} costs {}, and was to cost {expected}", seen.id, seen.total);
            referee.finds("an order costs what was expected", "order", now, said);
        }
        if let Some(wish) = self.wish(call) {
            referee.is_as_asked(seen.id, &wish, now);
        }
        let is_done = match call.ask {
            Ask::Pay(_) => matches!(seen.status, OrderStatus::Paid | OrderStatus::Delivered),
            Ask::Cancel(_) => seen.status == OrderStatus::Cancelled,
            _ => true,
        };
        if !is_done {
            let said = format!("{} of order {} was answered with {}", call.ask.name(), seen.id, seen.status);
            referee.finds("what is answered was done", "order", now, said);
        }
        let is = referee.orders().get(&seen.id).map(|order| order.version);
        if is.is_none_or(|version| version < seen.version) {
            let said = format!("order {} was shown at version {}, and is at {is:?}", seen.id, seen.version);
            referee.finds("no answer before its commit", "order", now, said);
        }
    }

    /// Nobody is answered who asks of what is another's, or under a key for something else.
    fn is_entitled(&self, call: &Call, referee: &Referee) -> Result<(), (&'static str, String)> {
        let owner = match &call.ask {
            Ask::Pay(order) | Ask::Cancel(order) => referee.owner_of_order(*order),
            Ask::Put { basket, .. } => referee.owner_of_basket(*basket),
            Ask::Void(payment) | Ask::Checkout { payment, .. } | Ask::Submit { payment, .. } => {
                referee.owner_of_money(*payment)
            }
            _ => None,
        };
        if owner.is_some() && owner != call.customer {
            return Err(("nobody acts for another", format!("{:?} was done for {:?}", call.ask, call.customer)));
        }
        let asked = self.asked.borrow();
        let first = call.key.as_ref().and_then(|key| asked.get(key));
        if first.is_some_and(|first| *first != call.ask) {
            return Err(("one key is of one request", format!("{:?} was done under the key of {first:?}", call.ask)));
        }
        Ok(())
    }

    /// Whoever is refused was to be.
    fn refused(&self, call: &Call, code: &str, asked_us: u64, referee: &mut Referee, now: Timestamp) {
        let is_the_first = |key: &String| self.asked.borrow().get(key).is_some_and(|first| *first == call.ask);
        if call.key.as_ref().is_some_and(is_the_first) {
            referee.refused_again(&call.cause(), code, asked_us, now);
        }
        if let Ask::Pay(order) | Ask::Cancel(order) = call.ask
            && referee.owner_of_order(order) == call.customer
        {
            referee.refused(call.ask.name(), order, code, asked_us, now);
        }
    }

    /// No more is let in, or worked off, at a time than may be.
    fn look_at_the_door(&self, referee: &mut Referee, now: Timestamp) {
        let Some(life) = self.world().present() else { return };
        let (inside, at_work) = (life.mall().admission().in_use(), life.mall().timers_at_work());
        if inside > self.terms.admission || at_work > self.terms.timers_at_work {
            let said = format!("{inside} requests are in the mall, and {at_work} orders work off timers");
            referee.finds("no more than are let in", "mall", now, said);
        }
    }
}

impl Notes for Watch {
    fn asked(&self, errand: &Errand, call: &Call, again: bool) {
        if let Some(key) = &call.key {
            self.asked.borrow_mut().entry(key.clone()).or_insert_with(|| call.ask.clone());
        }
        let again = if again { " again" } else { "" };
        self.tell(|| format!("shopper {} asks{again}: {}", errand.number, call.ask.name()));
    }

    fn answered(&self, errand: &Errand, call: &Call, answer: &Answer, took: Took) {
        self.ledger.answered(errand, call, answer, took);
        self.tell(|| format!("shopper {} hears of {}: {}", errand.number, call.ask.name(), in_words(answer)));
        let mut referee = self.referee.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.door.now();
        self.look_at_the_door(&mut referee, now);
        let took_us = u64::try_from(took.since_sent.as_micros()).unwrap_or(u64::MAX);
        let asked_us = self.world().clock().elapsed_us().saturating_sub(took_us);
        match answer {
            Answer::Refused { code } => return self.refused(call, code, asked_us, &mut referee, now),
            Answer::Busy | Answer::Unknown => return,
            Answer::Order(seen) => self.shown(call, seen, &mut referee, now),
            _ => {}
        }
        if let Err((law, said)) = self.is_entitled(call, &referee) {
            referee.finds(law, "request", now, said);
        }
        if let Some(done) = self.done(call, answer) {
            referee.acknowledged(&done, asked_us, now);
        }
    }

    fn gone(&self, errand: &Errand) {
        self.tell(|| format!("shopper {} goes home", errand.number));
    }
}

fn in_words(answer: &Answer) -> String {
    match answer {
        Answer::Customer(_) => "registered".to_owned(),
        Answer::Payment(_) => "authorized".to_owned(),
        Answer::Basket(_) => "a basket".to_owned(),
        Answer::Order(seen) => format!("order {}, {} at version {}", seen.id, seen.status, seen.version),
        Answer::Done => "done".to_owned(),
        Answer::Refused { code } => format!("refused, {code}"),
        Answer::Busy => "not now".to_owned(),
        Answer::Unknown => "nothing, the connection is broken".to_owned(),
    }
}

/// Walks the whole journal and every table.
pub fn verify_everything(world: &World, referee: &Mutex<Referee>) {
    let now = world.now();
    let report = world.look(|conn| verify(conn, |_, _| {}));
    let mut referee = referee.lock().unwrap_or_else(PoisonError::into_inner);
    match report {
        Err(error) => referee.finds("the journal can be read", "mall", now, format!("verify: {error}")),
        Ok(report) => {
            if let Some(problem) = report.problems.first() {
                referee.finds("the tables follow from the journal", "mall", now, problem.clone());
            }
            for invariant in report.audit.invariants {
                if let Some(violation) = invariant.violations.first() {
                    let law = format!("{} {}", invariant.id, invariant.name);
                    referee.finds(&law, "audit", now, violation.clone());
                }
            }
        }
    }
}

/// How long a healed mall has to come to rest.
#[must_use]
pub fn time_to_rest(terms: &MallPlan) -> Duration {
    let waits = terms.longest_verdict_ms() + terms.pay_deadline_ms + terms.shipping_delay_ms;
    Duration::from_millis(waits) + SLACK
}

/// What a mall at rest has left over: nothing.
pub fn nothing_is_left(life: &Life, world: &World, referee: &Mutex<Referee>) {
    let (mall, now) = (life.mall(), world.now());
    let mut referee = referee.lock().unwrap_or_else(PoisonError::into_inner);
    referee.at_the_end(now);
    let mut left = Vec::new();
    if mall.admission().in_use() > 0 {
        left.push(format!("{} permits of requests", mall.admission().in_use()));
    }
    if mall.timers_at_work() > 0 {
        left.push(format!("{} turns of orders with due timers", mall.timers_at_work()));
    }
    if mall.keys().taken() > 0 {
        left.push(format!("{} idempotency keys", mall.keys().taken()));
    }
    if !mall.timers().are_at_rest(Timestamp::MAX) {
        left.push(format!("timers, the next at {:?}", mall.timers().next_due()));
    }
    if life.journal().tail().position != referee.events() {
        left.push("a commit that was not announced".to_owned());
    }
    if mall.is_somebody_awake() {
        let awake = [mall.stores().awake(), mall.payments().awake(), mall.baskets().awake(), mall.orders().awake()];
        left.push(format!("awake stores, authorizations, baskets and orders: {awake:?}"));
    }
    if !left.is_empty() {
        referee.finds("nothing is left over", "mall", now, left.join("; "));
    }
    if let Some((order, times)) = world.mischief().most_asked().filter(|(_, times)| *times > QUESTIONS_MAX) {
        let said = format!("order {order} asked {times} times though nothing was wrong any more");
        referee.finds("moderation", "order", now, said);
    }
}

/// Orders by how they ended.
#[must_use]
pub fn outcomes(referee: &Referee) -> BTreeMap<OrderStatus, u64> {
    let mut outcomes = BTreeMap::new();
    for order in referee.orders().values() {
        *outcomes.entry(order.status).or_default() += 1;
    }
    outcomes
}
