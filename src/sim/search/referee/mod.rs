//! What every commit has to obey: the contract of orders, stock and money, read from the events alone.
//!
//! It does not decide as the domain does and compares nothing with it: times, sums and what may follow what are worked out
//! again here, from the terms of the mall. So a rule that the domain breaks is broken here, and not in both.

mod books;
mod orders;
mod state;

use super::finding::Finding;
use super::plan::MallPlan;
use crate::db::verify::folds::Folds;
use crate::domain::event::{BasketEvent, MallEvent, OrderEvent, PaymentEvent, StoreEvent, StreamKind};
use crate::domain::ids::{BasketId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::order::event::Submitted;
use crate::domain::order::{OrderState, OrderStatus, Reason};
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use crate::domain::upcast::decode;
use crate::ports::journal::RecordedEvent;
use crate::ports::reads::LogIdentity;
use crate::ports::stop::Stop;
use books::Books;
use std::collections::{BTreeMap, BTreeSet};

/// The most events an order may make: more means that something goes round in circles.
const EVENTS_MAX: u64 = 60;
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
    effects: BTreeSet<(uuid::Uuid, OrderId, &'static str)>,
    seen: BTreeMap<String, u64>,
    events: u64,
    findings: Vec<Finding>,
    /// What whoever shrinks a plan looks for, and the signal that it was found.
    wanted: Option<(String, String)>,
    found: Stop,
}

/// What the events of an order say of its course.
struct Course {
    submitted: Submitted,
    at: Timestamp,
    pay_by: Option<Timestamp>,
    /// When it was heard that it was accepted, microseconds since the world began.
    accepted_us: Option<u64>,
    ships_at: Option<Timestamp>,
    ended: Option<&'static str>,
    events: u64,
    /// Why participants refused it.
    refused: BTreeSet<Reason>,
}

/// What whoever runs the mall was told to be done.
#[derive(Clone, Copy, Debug)]
pub enum Acknowledged {
    /// A product has a new price, minor units.
    Price(ProductId, i64),
    /// A product is off the shelf.
    ProductGone(ProductId),
    /// A store closes, or has closed.
    StoreCloses(StoreId),
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
            heard_us: 0,
            drawn_on: BTreeMap::new(),
            books: Books::default(),
            is_calm: false,
            only_closes: false,
            effects: BTreeSet::new(),
            seen: BTreeMap::new(),
            events: 0,
            findings: Vec::new(),
            wanted: None,
            found: Stop::default(),
        }
    }

    /// The same for a run in which nothing goes wrong: what is due happens then, and not later.
    #[must_use]
    pub fn of_a_calm_run(self) -> Self {
        Self { is_calm: true, ..self }
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
                    self.books.payment(payment, &event);
                    let has = self.folds.payments.get(&payment);
                    if let Some(said) = has.and_then(|has| self.books.disagrees(has)) {
                        self.finds("I4 the books of money", "payment", at, said);
                    }
                    self.judge_payment(payment, &event, at, touched);
                }
            }
            StreamKind::Mall => {
                if let Ok(MallEvent::PersonalitySet(set)) = decode::<MallEvent>(name, payload) {
                    self.characters.insert(set.participant);
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
            StreamKind::Customer => {}
        }
    }

    /// What an order led to, in any stream, carries its id, and names an event that was there before.
    fn judge_cause(&mut self, event: &RecordedEvent) {
        let at = event.occurred_at;
        let order = match event.stream {
            StreamKind::Order => Some(event.stream_id),
            StreamKind::Store | StreamKind::Payment => order_of(&event.payload),
            _ => None,
        };
        if order.is_some_and(|order| order != event.correlation_id) {
            let said = format!("event {} ({}) is of order {order:?}, not of its request", event.position, event.name);
            self.finds("what an order led to carries its id", event.stream.as_str(), at, said);
        }
        let Some((of, version)) = event.causation_id.split_once('@') else { return };
        let of = of.parse().ok().and_then(|of| self.folds.orders.get(&OrderId(of)));
        // Of the stream itself the newest event is this one.
        let newest = of.map_or(0, |of| of.version - u64::from(of.id.0 == event.stream_id));
        if !version.parse().is_ok_and(|version: u64| (1..=newest).contains(&version)) {
            let said = format!("event {} ({}) was led to by {}", event.position, event.name, event.causation_id);
            self.finds("a cause comes before what it led to", event.stream.as_str(), at, said);
        }
    }

    fn check_stock(&mut self, store: StoreId, event: &StoreEvent, at: Timestamp) {
        for product in self.books.store(event) {
            let stock = self.folds.stores.get(&store).and_then(|store| store.products.get(&product));
            let differs = stock.and_then(|has| self.books.differs(product, has.stock));
            if let Some(said) = differs {
                self.finds("I3 the books of stock", "store", at, said);
            }
        }
    }

    /// Whether a product has, or had not long before, such a price.
    fn has_price(&self, product: ProductId, price: i64) -> bool {
        let prices = self.prices.get(&product).map(Vec::as_slice).unwrap_or_default();
        prices.iter().enumerate().any(|(at, (is, _))| {
            let replaced = prices.get(at + 1).map(|(_, heard_us)| *heard_us);
            *is == price && replaced.is_none_or(|replaced| self.heard_us <= replaced + QUOTED_US)
        })
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

    /// Holds what whoever runs the mall was told against the journal.
    pub fn acknowledged(&mut self, change: Acknowledged, now: Timestamp) {
        let is_there = match change {
            Acknowledged::Price(product, price) => {
                self.prices.get(&product).is_some_and(|prices| prices.iter().any(|(is, _)| *is == price))
            }
            Acknowledged::ProductGone(product) => self.archived.contains(&product),
            Acknowledged::StoreCloses(store) => self.closing.contains(&store),
        };
        if !is_there {
            self.finds(
                "no answer before its commit",
                "store",
                now,
                format!("{change:?} was acknowledged, and is not so"),
            );
        }
    }

    /// In a calm run what is due happens then; `slack_ms` for what was to be written before.
    fn is_on_time(&mut self, order: OrderId, what: &str, due: Timestamp, at: Timestamp, slack_ms: u64) {
        if self.is_calm && at > due.plus_millis(slack_ms) {
            self.finds("on time", "order", at, format!("order {order}: {what} was due at {due}, and is of {at}"));
        }
    }

    fn effect(&mut self, of: uuid::Uuid, order: OrderId, kind: &'static str, at: Timestamp) {
        if !self.effects.insert((of, order, kind)) {
            self.finds("I12 one effect", "order", at, format!("{of} has {kind} for order {order} more than once"));
        }
    }

    fn judge_store(&mut self, store: StoreId, event: &StoreEvent, at: Timestamp, touched: &mut BTreeSet<OrderId>) {
        match event {
            StoreEvent::ProductAdded(added) => {
                self.prices.entry(added.product_id).or_default().push((added.price.amount_minor, self.heard_us));
            }
            StoreEvent::ProductEdited(edited) => {
                self.prices.entry(edited.product_id).or_default().push((edited.price.amount_minor, self.heard_us));
            }
            StoreEvent::ClosingStarted(_) => _ = self.closing.insert(store),
            StoreEvent::Archived(_) => _ = self.closed.insert(store),
            StoreEvent::ProductArchived(archived) => _ = self.archived.insert(archived.product_id),
            StoreEvent::StockReserved(moved) => {
                let gone = moved.lines.iter().find(|line| self.archived.contains(&line.product_id));
                if let Some(line) = gone {
                    let said =
                        format!("{} was reserved for order {}, and is archived", line.product_id, moved.order_id);
                    self.finds("no sale of an archived product", "store", at, said);
                }
                touched.insert(moved.order_id);
                self.effect(store.0, moved.order_id, "reserved", at);
                if self.closing.contains(&store) {
                    let said = format!("store {store} reserved for order {}, and was closing", moved.order_id);
                    self.finds("I14 no sale of a closed store", "store", at, said);
                }
            }
            StoreEvent::StockReleased(moved) => {
                touched.insert(moved.order_id);
                self.effect(store.0, moved.order_id, "released", at);
            }
            StoreEvent::StockShipped(moved) => {
                touched.insert(moved.order_id);
                self.effect(store.0, moved.order_id, "shipped", at);
            }
            _ => {}
        }
    }

    fn judge_payment(
        &mut self,
        payment: PaymentId,
        event: &PaymentEvent,
        at: Timestamp,
        touched: &mut BTreeSet<OrderId>,
    ) {
        let (order, kind) = match event {
            PaymentEvent::Held(held) => (held.order_id, "held"),
            PaymentEvent::HoldVoided(voided) => (voided.order_id, "voided"),
            PaymentEvent::Captured(captured) => (captured.order_id, "captured"),
            PaymentEvent::HoldLowered(lowered) => {
                touched.insert(lowered.order_id);
                return;
            }
            PaymentEvent::Authorized(_) | PaymentEvent::Voided(_) => return,
        };
        touched.insert(order);
        self.effect(payment.0, order, kind, at);
    }
}

/// The order that an event of a participant names, if it names one.
fn order_of(payload: &str) -> Option<uuid::Uuid> {
    #[derive(serde::Deserialize)]
    struct About {
        order_id: Option<uuid::Uuid>,
    }
    serde_json::from_str::<About>(payload).ok()?.order_id
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
