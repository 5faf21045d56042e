//! What every commit has to obey: the contract of orders, stock and money, read from the events alone.
//!
//! It does not decide as the domain does: times, sums and what may follow what are worked out again here, from the terms of
//! the mall. So a rule that the domain breaks is broken here, and not in both. What it takes from the domain is how events
//! become an order, which lines and stores of it are left, and which fate is drawn for an answer.

pub mod asked;
mod books;
mod causes;
mod fates;
mod orders;
mod outside;
mod participants;
mod services;
mod state;
pub mod submission;
mod verdicts;

use super::finding::Finding;
use super::plan::MallPlan;
use crate::db::verify::folds::Folds;
use crate::domain::clock::Speed;
use crate::domain::event::{BasketEvent, MallEvent, OrderEvent, PaymentEvent, StoreEvent, StreamKind};
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::order::event::Submitted;
use crate::domain::order::{OrderState, OrderStatus, Reason};
use crate::domain::participant::Participant;
use crate::domain::personality::Personality;
use crate::domain::time::Timestamp;
use crate::domain::upcast::decode;
use crate::ports::journal::RecordedEvent;
use crate::ports::reads::LogIdentity;
use crate::ports::stop::Stop;
use books::Books;
use services::Services;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// The most events an order may make, for itself and for each of its participants and lines: more means that something
/// goes round in circles.
const EVENTS_MAX: (u64, u64) = (20, 10);
/// How long somebody may still order at a price that was changed meanwhile, microseconds that pass in the world: as long as
/// a client waits for its answer, while stores that cannot be read are asked for their prices one after the other.
const QUOTED_US: u64 = 35_000_000;
/// The most findings that are kept.
const FINDINGS_MAX: usize = 20;

/// Watches the journal of a world.
pub struct Referee {
    folds: Folds,
    terms: MallPlan,
    opening: Timestamp,
    /// What the events say of orders beyond the folds.
    orders: BTreeMap<OrderId, Course>,
    /// Prices a product had, the newest last, each with when that was heard.
    prices: BTreeMap<ProductId, Vec<(i64, u64)>>,
    /// Products that were taken off the shelf.
    archived: BTreeSet<ProductId>,
    /// Stores that began to close, and those that did.
    closing: BTreeSet<StoreId>,
    closed: BTreeSet<StoreId>,
    /// Who ever behaved otherwise than plainly, or was out.
    characters: BTreeSet<Participant>,
    /// How each behaved, the newest last, each with when that was heard.
    behaves: BTreeMap<Participant, Vec<(Box<Personality>, u64)>>,
    /// Of which of these it was told that it counts, and when that was heard: the mall may not know of what is written and
    /// was answered to nobody.
    told_behaviour: BTreeMap<Participant, (usize, u64)>,
    /// Speeds of the clock, the newest last, each with when that was heard.
    speeds: Vec<(Speed, u64)>,
    customers: BTreeSet<CustomerId>,
    /// What was done under each key, by what led to it, and when that was heard.
    done: BTreeMap<String, u64>,
    by_request: BTreeSet<(String, &'static str)>,
    services: Services,
    /// The time that has passed when what is read was heard, microseconds.
    heard_us: u64,
    /// How many orders draw on each authorization.
    drawn_on: BTreeMap<PaymentId, u64>,
    books: Books,
    /// Whether nothing goes wrong: then everything happens when it is due.
    is_calm: bool,
    /// Whether all that goes wrong is that the mall is closed: then nobody who waits for it times out.
    only_closes: bool,
    /// Effects at participants.
    effects: BTreeSet<(Uuid, OrderId, &'static str)>,
    seen: BTreeMap<String, u64>,
    events: u64,
    /// The time of the newest event of each stream.
    newest: BTreeMap<Uuid, Timestamp>,
    findings: Vec<Finding>,
    /// What whoever shrinks a plan looks for, and the signal that it was found.
    wanted: Option<(String, String)>,
    found: Stop,
}

/// What the events of an order say of its course.
struct Course {
    submitted: Arc<Submitted>,
    at: Timestamp,
    /// When it was heard that it was placed, microseconds since the world began.
    heard_us: u64,
    pay_by: Option<Timestamp>,
    /// When it was heard that it was accepted, microseconds since the world began.
    accepted_us: Option<u64>,
    ships_at: Option<Timestamp>,
    ended: Option<&'static str>,
    events: u64,
    /// Whose outside service said yes.
    received: BTreeSet<Participant>,
    /// Who agreed, in Plaza's books.
    confirmed: BTreeSet<Participant>,
    /// How much is held by what the order knows, minor units.
    held: i64,
    /// Who refused, and why.
    refused: BTreeMap<Participant, Reason>,
    dropped: BTreeSet<(StoreId, ProductId)>,
}

impl Course {
    fn new(submitted: Arc<Submitted>, at: Timestamp, heard_us: u64) -> Self {
        Self {
            submitted,
            at,
            heard_us,
            pay_by: None,
            accepted_us: None,
            ships_at: None,
            ended: None,
            events: 1,
            received: BTreeSet::new(),
            confirmed: BTreeSet::new(),
            held: 0,
            refused: BTreeMap::new(),
            dropped: BTreeSet::new(),
        }
    }
}

impl Referee {
    /// The referee of a mall with these terms, which opens at `opening`.
    #[must_use]
    pub fn new(log: &LogIdentity, terms: MallPlan, opening: Timestamp) -> Self {
        Self {
            folds: Folds::new(log),
            terms,
            opening,
            orders: BTreeMap::new(),
            prices: BTreeMap::new(),
            archived: BTreeSet::new(),
            closing: BTreeSet::new(),
            closed: BTreeSet::new(),
            characters: BTreeSet::new(),
            behaves: BTreeMap::new(),
            told_behaviour: BTreeMap::new(),
            speeds: vec![(Speed::PLAIN, 0)],
            customers: BTreeSet::new(),
            done: BTreeMap::new(),
            by_request: BTreeSet::new(),
            services: Services::default(),
            heard_us: 0,
            drawn_on: BTreeMap::new(),
            books: Books::default(),
            is_calm: false,
            only_closes: false,
            effects: BTreeSet::new(),
            seen: BTreeMap::new(),
            events: 0,
            newest: BTreeMap::new(),
            findings: Vec::new(),
            wanted: None,
            found: Stop::default(),
        }
    }

    /// The same for a run in which nothing goes wrong: what is due happens then, and not later.
    #[must_use]
    pub fn of_a_calm_run(self) -> Self {
        Self { is_calm: true, only_closes: true, ..self }
    }

    /// The same for a run in which all that goes wrong is that the mall is closed for a while.
    #[must_use]
    pub fn of_a_run_that_only_closes(self) -> Self {
        Self { only_closes: true, ..self }
    }

    /// The same for somebody who only wants to know whether a law is broken by a kind of thing.
    #[must_use]
    pub fn who_looks_for(self, wanted: Option<(String, String)>) -> Self {
        Self { wanted, ..self }
    }

    /// Given once that is found.
    #[must_use]
    pub const fn found(&self) -> &Stop {
        &self.found
    }

    /// What was broken so far.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Events so far.
    #[must_use]
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// Orders as the events say they are.
    #[must_use]
    pub const fn orders(&self) -> &BTreeMap<OrderId, OrderState> {
        &self.folds.orders
    }

    /// How often things happened that have to happen sometimes.
    #[must_use]
    pub const fn seen(&self) -> &BTreeMap<String, u64> {
        &self.seen
    }

    /// Notes that something happened that has to happen sometimes.
    pub fn saw(&mut self, what: String) {
        *self.seen.entry(what).or_default() += 1;
    }

    /// Notes what there was when the mall was struck.
    pub fn is_struck(&mut self, what: &str) {
        let open = self.folds.orders.values().filter(|order| !order.is_settled());
        let meets: BTreeSet<&str> =
            open.map(|order| if order.is_terminal() { "undone" } else { order.status.as_str() }).collect();
        for status in meets {
            self.saw(format!("{what} while an order is {status}"));
        }
    }

    /// Notes what is wrong.
    pub fn finds(&mut self, law: &str, of: &str, at: Timestamp, said: String) {
        let is_wanted = |(wanted, by): &(String, String)| wanted == law && by == of;
        let wanted = self.wanted.as_ref().is_some_and(is_wanted);
        if wanted {
            self.found.stop();
        }
        if wanted || self.findings.len() < FINDINGS_MAX {
            let at = at.micros_since(self.opening);
            self.findings.push(Finding { law: law.to_owned(), of: of.to_owned(), said, at });
        }
    }

    /// Reads the events of a commit, `heard_us` microseconds after the world began.
    pub fn hear(&mut self, events: &[RecordedEvent], heard_us: u64) {
        self.heard_us = heard_us;
        let mut touched = BTreeSet::new();
        for event in events {
            self.events += 1;
            let at = event.occurred_at;
            // Of different streams one may be decided before the other and written after it.
            if let Some(before) = self.newest.insert(event.stream_id, at).filter(|before| at < *before) {
                let said = format!("event {} ({}) is of {at}, after one of {before}", event.position, event.name);
                self.finds("time never runs backwards", event.stream.as_str(), at, said);
            }
            let before = self.before(event);
            let applied =
                self.folds.apply(event.stream, event.stream_id, event.version, &event.name, &event.payload, at);
            if let Err(wrong) = applied {
                let said = format!("event {} ({}): {wrong}", event.position, event.name);
                self.finds(law_of(&wrong), event.stream.as_str(), at, said);
            }
            self.judge(event, before, &mut touched);
            self.judge_cause(event);
        }
        let at = events.last().map_or(self.opening, |event| event.occurred_at);
        if let Some(order) = self.books.without_order() {
            let said = format!("a basket became order {order}, which was not placed with it");
            self.finds("checkout empties the basket", "basket", at, said);
        }
        for order in touched {
            self.check_order(order, at);
        }
    }

    /// The status of the order an event is of, before it.
    fn before(&self, event: &RecordedEvent) -> Option<OrderStatus> {
        let of_order = event.stream == StreamKind::Order;
        of_order.then(|| self.folds.orders.get(&OrderId(event.stream_id)))?.map(|order| order.status)
    }

    fn judge(&mut self, event: &RecordedEvent, before: Option<OrderStatus>, touched: &mut BTreeSet<OrderId>) {
        let (name, payload, at) = (&*event.name, &event.payload, event.occurred_at);
        match event.stream {
            StreamKind::Order => {
                let order = OrderId(event.stream_id);
                touched.insert(order);
                if let Ok(event) = decode::<OrderEvent>(name, payload) {
                    self.judge_order(order, name, &event, before, at);
                }
            }
            StreamKind::Store => {
                let store = StoreId(event.stream_id);
                if let Ok(event) = decode::<StoreEvent>(name, payload) {
                    self.check_stock(store, &event, at);
                    self.judge_store(store, &event, at, touched);
                }
            }
            StreamKind::Payment => {
                let payment = PaymentId(event.stream_id);
                if let Ok(event) = decode::<PaymentEvent>(name, payload) {
                    self.judge_payment(payment, &event, at, touched);
                }
            }
            StreamKind::Mall => {
                if let Ok(event) = decode::<MallEvent>(name, payload) {
                    self.judge_mall(event);
                }
            }
            StreamKind::Basket => {
                let basket = BasketId(event.stream_id);
                if let Ok(event) = decode::<BasketEvent>(name, payload) {
                    self.books.basket(basket, &event);
                }
                let has = self.folds.baskets.get(&basket).is_some_and(|basket| !basket.items.is_empty());
                if has == self.books.is_empty(basket) {
                    let said = format!("basket {basket} is full and has to be empty, or the other way round");
                    self.finds("checkout empties the basket", "basket", at, said);
                }
            }
            StreamKind::Customer => _ = self.customers.insert(CustomerId(event.stream_id)),
        }
    }
}

/// Which law a fold finds broken.
fn law_of(wrong: &str) -> &'static str {
    if wrong.starts_with("version") {
        "I8 versions"
    } else if wrong.contains("stock") {
        "I1 stock"
    } else if wrong.contains("amounts") {
        "I4 money"
    } else if wrong.contains("reservation") {
        "I12 one effect"
    } else if wrong.contains("clock") {
        "time never runs backwards"
    } else {
        "the journal can be read"
    }
}
