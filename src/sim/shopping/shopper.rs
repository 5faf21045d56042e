//! How a shopper goes about its errand: a pure state machine. It knows no time but what it is told, and no mall.

use super::call::{Answer, Ask, Call, Seen, Verdict};
use super::errand::{Act, After, Deed, Errand, Funds, Manner, Wanted};
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId};
use crate::domain::order::{OnShortage, OrderStatus};
use crate::domain::time::Timestamp;

/// What a shopper does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Thinks for so many milliseconds.
    Think(u64),
    /// Waits until it is that late in the mall.
    Until(Timestamp),
    /// Waits for news of an order, at most until then.
    Verdict(OrderId, Timestamp),
    /// Asks all of these at once.
    Ask(Vec<Call>),
    /// Goes home.
    Leave,
}

/// What a shopper is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// It is here; or time has passed. With the mall's time.
    Time(Timestamp),
    /// What it asked was answered, in the order of asking; with the mall's time.
    Answers(Vec<Answer>, Timestamp),
    /// What became of an order; with the mall's time.
    Verdict(Verdict, Timestamp),
}

/// A shopper under way.
#[derive(Debug)]
pub struct Shopper {
    errand: Errand,
    /// What its lines cost at the prices it saw, minor units.
    price: i64,
    /// Starts the keys of its requests.
    run: String,
    customer: Option<CustomerId>,
    stage: Stage,
    /// Acts that were not done yet, in order.
    acts: Vec<Act>,
}

#[derive(Debug)]
enum Stage {
    Arrives,
    Registers,
    Thinks(Next),
    Authorizes,
    /// Waits for its basket.
    TakesBasket(PaymentId),
    /// Has put so many lines in.
    Fills(PaymentId, BasketId, usize),
    Orders(PaymentId, Option<BasketId>),
    /// Has sent its order once more, after the first answer.
    OrdersAgain(PaymentId, Box<Seen>),
    /// Somebody else registers, to try what is not theirs.
    SendsAnother(PaymentId, Option<BasketId>, Box<Seen>),
    Waits(Ordered),
    Acts(Ordered),
    Gone,
}

/// What comes after a thought.
#[derive(Clone, Copy, Debug)]
enum Next {
    Authorize,
    MakeBasket(PaymentId),
    Put(PaymentId, BasketId, usize),
    Order(PaymentId, Option<BasketId>),
}

/// What a shopper knows of its order.
#[derive(Clone, Copy, Debug)]
struct Ordered {
    id: OrderId,
    payment: PaymentId,
    submitted_at: Timestamp,
    due: Timestamp,
    /// When it heard that it was accepted, and the deadline.
    accepted: Option<(Timestamp, Timestamp)>,
    /// Whether it knows the verdict.
    known: bool,
}

impl Ordered {
    fn learn(&mut self, status: OrderStatus, pay_by: Option<Timestamp>, now: Timestamp) {
        if status == OrderStatus::Pending || self.known {
            return;
        }
        self.known = true;
        self.accepted = pay_by.filter(|_| status == OrderStatus::Accepted).map(|pay_by| (now, pay_by));
    }

    /// When an act is to be done, if that is known.
    fn when(&self, act: Act) -> Option<Timestamp> {
        let from = match act.after {
            After::Submission => self.submitted_at,
            After::Due => self.due,
            After::Acceptance => self.accepted?.0,
            After::PayBy => self.accepted?.1,
        };
        Some(Timestamp(from.0.saturating_add(act.ms.saturating_mul(1_000))))
    }
}

impl Shopper {
    /// A shopper of a run with an errand whose lines cost `price`; `customer` when it was here before.
    #[must_use]
    pub fn new(run: &str, errand: Errand, price: i64, customer: Option<CustomerId>) -> Self {
        let acts = errand.then.clone();
        Self { errand, price, run: run.to_owned(), customer, stage: Stage::Arrives, acts }
    }

    /// Its errand.
    #[must_use]
    pub const fn errand(&self) -> &Errand {
        &self.errand
    }

    /// The customer it is, once it is registered.
    #[must_use]
    pub const fn customer(&self) -> Option<CustomerId> {
        self.customer
    }

    /// What it does next, after what it is told.
    pub fn next(&mut self, news: News) -> Step {
        let now = match &news {
            News::Time(now) | News::Answers(_, now) | News::Verdict(_, now) => *now,
        };
        let stage = std::mem::replace(&mut self.stage, Stage::Gone);
        match (stage, news) {
            (Stage::Arrives, _) if self.customer.is_some() => self.think(Next::Authorize),
            (Stage::Arrives, _) => {
                self.stage = Stage::Registers;
                let name = format!("{}-{}", self.run, self.errand.customer());
                self.ask("register", Ask::Register { name })
            }
            (Stage::Thinks(next), _) => self.go_on(next),
            (Stage::Waits(mut ordered), News::Verdict(verdict, _)) => {
                ordered.learn(verdict.status, verdict.pay_by, now);
                self.attend(ordered, now)
            }
            (Stage::Waits(ordered), _) => self.attend(ordered, now),
            (stage, News::Answers(answers, _)) => self.answered(stage, answers, now),
            (_, News::Time(_) | News::Verdict(..)) => Step::Leave,
        }
    }

    fn answered(&mut self, stage: Stage, mut answers: Vec<Answer>, now: Timestamp) -> Step {
        if let Stage::Acts(mut ordered) = stage {
            for answer in &answers {
                if let Answer::Order(seen) = answer {
                    ordered.learn(seen.status, seen.pay_by, now);
                }
            }
            return self.attend(ordered, now);
        }
        let first = if answers.is_empty() { Answer::Unknown } else { answers.swap_remove(0) };
        match (stage, first) {
            (Stage::Registers, Answer::Customer(id)) => {
                self.customer = Some(id);
                self.think(Next::Authorize)
            }
            (Stage::Authorizes, Answer::Payment(payment)) if self.errand.basket => {
                self.think(Next::MakeBasket(payment))
            }
            (Stage::Authorizes, Answer::Payment(payment)) => self.think(Next::Order(payment, None)),
            (Stage::TakesBasket(payment), Answer::Basket(basket)) => self.think(Next::Put(payment, basket, 0)),
            (Stage::Fills(payment, basket, line), Answer::Done | Answer::Refused { .. })
                if line + 1 < self.errand.lines.len() =>
            {
                self.think(Next::Put(payment, basket, line + 1))
            }
            (Stage::Fills(payment, basket, _), Answer::Done | Answer::Refused { .. }) => {
                self.think(Next::Order(payment, Some(basket)))
            }
            (Stage::Orders(payment, basket), Answer::Order(seen)) => match self.errand.manner {
                Some(Manner::GoneAfter(_)) => Step::Leave,
                Some(Manner::Again) => self.order_again(payment, basket, seen, false),
                Some(Manner::Altered) => self.order_again(payment, basket, seen, true),
                Some(Manner::Robbed) => {
                    self.stage = Stage::SendsAnother(payment, basket, seen);
                    let name = format!("{}-{}-robber", self.run, self.errand.number);
                    self.ask("robber", Ask::Register { name })
                }
                Some(Manner::Doubled | Manner::BrokenOff(_)) | None => self.ordered(payment, &seen, now),
            },
            (Stage::SendsAnother(payment, basket, seen), Answer::Customer(other)) => {
                self.rob(payment, basket, seen, other)
            }
            (Stage::OrdersAgain(payment, seen) | Stage::SendsAnother(payment, _, seen), _) => {
                self.ordered(payment, &seen, now)
            }
            // Whatever else there was: there is nothing to go on with.
            _ => Step::Leave,
        }
    }

    fn think(&mut self, next: Next) -> Step {
        if self.errand.think_ms == 0 {
            return self.go_on(next);
        }
        self.stage = Stage::Thinks(next);
        Step::Think(self.errand.think_ms)
    }

    fn go_on(&mut self, next: Next) -> Step {
        match next {
            Next::Authorize => {
                self.stage = Stage::Authorizes;
                let amount = match self.errand.funds {
                    // What costs nothing needs no money.
                    Funds::Enough => self.price,
                    Funds::Short(less) => self.price.saturating_sub(less).max(1),
                    Funds::Over(more) => self.price.saturating_add(more),
                };
                self.ask("authorize", Ask::Authorize { amount })
            }
            Next::MakeBasket(payment) => {
                self.stage = Stage::TakesBasket(payment);
                self.ask("basket", Ask::MakeBasket)
            }
            Next::Put(payment, basket, line) => {
                let Some(wanted) = self.errand.lines.get(line).copied() else { return Step::Leave };
                self.stage = Stage::Fills(payment, basket, line);
                // Setting a quantity is harmless to repeat, and has no key.
                Step::Ask(vec![self.call(None, Ask::Put { basket, wanted })])
            }
            Next::Order(payment, basket) => {
                self.stage = Stage::Orders(payment, basket);
                let mut call = self.order(payment, basket, self.errand.lines.clone());
                match self.errand.manner {
                    Some(Manner::BrokenOff(ms)) => call.breaks_off = Some(ms),
                    Some(Manner::GoneAfter(ms)) => (call.breaks_off, call.insists) = (Some(ms), false),
                    Some(Manner::Doubled) => return Step::Ask(vec![call.clone(), call]),
                    _ => {}
                }
                Step::Ask(vec![call])
            }
        }
    }

    fn order(&self, payment: PaymentId, basket: Option<BasketId>, lines: Vec<Wanted>) -> Call {
        let on_shortage = self.errand.on_shortage;
        let expected = self.errand.expects.then_some(self.price);
        let ask = match basket {
            Some(basket) => Ask::Checkout { basket, payment, on_shortage, expected },
            None => Ask::Submit { lines, payment, on_shortage, expected },
        };
        self.call(Some("order"), ask)
    }

    fn order_again(&mut self, payment: PaymentId, basket: Option<BasketId>, seen: Box<Seen>, altered: bool) -> Step {
        self.stage = Stage::OrdersAgain(payment, seen);
        let mut call = self.order(payment, basket, self.errand.lines.clone());
        if altered {
            match &mut call.ask {
                Ask::Submit { lines, .. } => lines[0].quantity += 1,
                Ask::Checkout { on_shortage, .. } => {
                    *on_shortage = match on_shortage {
                        OnShortage::RejectAll => OnShortage::AcceptAvailable,
                        OnShortage::AcceptAvailable => OnShortage::RejectAll,
                    };
                }
                _ => {}
            }
        }
        Step::Ask(vec![call])
    }

    /// Somebody else tries to pay the order, to call it off, to take the money back, to order for it, and to put something
    /// into the basket.
    fn rob(&mut self, payment: PaymentId, basket: Option<BasketId>, seen: Box<Seen>, other: CustomerId) -> Step {
        let order = self.order(payment, None, self.errand.lines.clone()).ask;
        let put = basket.zip(self.errand.lines.first().copied());
        let put = put.map(|(basket, wanted)| Ask::Put { basket, wanted });
        let asks = [Ask::Pay(seen.id), Ask::Cancel(seen.id), Ask::Void(payment), order];
        let calls = asks.into_iter().chain(put).map(|ask| {
            let key = format!("robber-{}", ask.name());
            Call { customer: Some(other), ..self.call(Some(&key), ask) }
        });
        let step = Step::Ask(calls.collect());
        self.stage = Stage::OrdersAgain(payment, seen);
        step
    }

    fn ordered(&mut self, payment: PaymentId, seen: &Seen, now: Timestamp) -> Step {
        let mut ordered =
            Ordered { id: seen.id, payment, submitted_at: now, due: seen.due, accepted: None, known: false };
        ordered.learn(seen.status, seen.pay_by, now);
        self.attend(ordered, now)
    }

    /// Does what is to be done about an order by now, or waits for it.
    fn attend(&mut self, ordered: Ordered, now: Timestamp) -> Step {
        // What counts from an acceptance that did not come is not done.
        let hopeless = |act: &Act| ordered.known && ordered.when(*act).is_none();
        self.acts.retain(|act| !hopeless(act));
        let (due, rest): (Vec<_>, Vec<_>) =
            self.acts.drain(..).partition(|act| ordered.when(*act).is_some_and(|when| when <= now));
        self.acts = rest;
        if !due.is_empty() {
            self.stage = Stage::Acts(ordered);
            return Step::Ask(due.into_iter().flat_map(|act| self.act(act, &ordered)).collect());
        }
        let next = self.acts.iter().filter_map(|act| ordered.when(*act)).min();
        match (next, ordered.known) {
            (Some(next), true) => {
                self.stage = Stage::Waits(ordered);
                Step::Until(next)
            }
            // Also without anything to do: whoever ordered wants to know.
            (next, false) => {
                self.stage = Stage::Waits(ordered);
                Step::Verdict(ordered.id, next.unwrap_or(Timestamp::MAX))
            }
            (None, true) => Step::Leave,
        }
    }

    fn act(&self, Act { what, again, .. }: Act, ordered: &Ordered) -> Vec<Call> {
        let call = match what {
            Deed::Pay => self.call(Some("pay"), Ask::Pay(ordered.id)),
            Deed::Cancel => self.call(Some("cancel"), Ask::Cancel(ordered.id)),
            Deed::Void => self.call(Some("void"), Ask::Void(ordered.payment)),
        };
        if again { vec![call.clone(), call] } else { vec![call] }
    }

    fn ask(&self, what: &str, ask: Ask) -> Step {
        Step::Ask(vec![self.call(Some(what), ask)])
    }

    fn call(&self, key: Option<&str>, ask: Ask) -> Call {
        let key = key.map(|what| match what {
            // Customers are of all their errands.
            "register" => format!("{}-customer-{}", self.run, self.errand.customer()),
            _ => format!("{}-{}-{what}", self.run, self.errand.number),
        });
        Call { customer: self.customer, key, ask, breaks_off: None, insists: true }
    }
}
