//! What every commit has to obey: the contract of orders, stock and money, read from the events alone.
//!
//! It does not decide as the domain does and compares nothing with it: times, sums and what may follow what are worked out
//! again here, from the terms of the mall. So a rule that the domain breaks is broken here, and not in both.

use super::finding::Finding;
use super::plan::MallPlan;
use crate::db::verify::folds::Folds;
use crate::domain::event::{MallEvent, OrderEvent, PaymentEvent, StoreEvent, StreamKind};
use crate::domain::ids::{OrderId, PaymentId, ProductId, StoreId};
use crate::domain::inventory::StockLine;
use crate::domain::order::event::Submitted;
use crate::domain::order::{DeliveryStatus, OrderState, OrderStatus, Reason};
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use crate::domain::upcast::decode;
use crate::ports::journal::RecordedEvent;
use crate::ports::reads::LogIdentity;
use std::collections::{BTreeMap, BTreeSet};

/// The most events an order may make: more means that something goes round in circles.
const EVENTS_MAX: u64 = 60;
/// The most findings that are kept.
const FINDINGS_MAX: usize = 20;

/// Watches the journal of a world.
pub struct Referee {
    folds: Folds,
    terms: MallPlan,
    opening: Timestamp,
    /// What the events say of orders beyond the folds.
    orders: BTreeMap<OrderId, Course>,
    /// Prices a product had.
    prices: BTreeMap<ProductId, BTreeSet<i64>>,
    /// Stores that began to close, and those that did.
    closing: BTreeSet<StoreId>,
    closed: BTreeSet<StoreId>,
    /// Who ever behaved otherwise than plainly, or was out.
    characters: BTreeSet<Participant>,
    /// How many orders draw on each authorization.
    drawn_on: BTreeMap<PaymentId, u64>,
    /// Effects at participants.
    effects: BTreeSet<(uuid::Uuid, OrderId, &'static str)>,
    seen: BTreeMap<String, u64>,
    events: u64,
    commits: u64,
    findings: Vec<Finding>,
}

/// What the events of an order say of its course.
struct Course {
    submitted: Submitted,
    at: Timestamp,
    pay_by: Option<Timestamp>,
    ships_at: Option<Timestamp>,
    ended: Option<&'static str>,
    events: u64,
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
            closing: BTreeSet::new(),
            closed: BTreeSet::new(),
            characters: BTreeSet::new(),
            drawn_on: BTreeMap::new(),
            effects: BTreeSet::new(),
            seen: BTreeMap::new(),
            events: 0,
            commits: 0,
            findings: Vec::new(),
        }
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
        if self.findings.len() < FINDINGS_MAX {
            let at = at.micros_since(self.opening);
            self.findings.push(Finding { law: law.to_owned(), of: of.to_owned(), said, at });
        }
    }

    /// Reads the events of a commit.
    pub fn hear(&mut self, events: &[RecordedEvent]) {
        self.commits += 1;
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
        }
        let at = events.last().map_or(self.opening, |event| event.occurred_at);
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
                if let Ok(MallEvent::PersonalitySet(set)) = decode::<MallEvent>(name, payload) {
                    self.characters.insert(set.participant);
                }
            }
            StreamKind::Basket | StreamKind::Customer => {}
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
                self.prices.entry(added.product_id).or_default().insert(added.price.amount_minor);
            }
            StoreEvent::ProductEdited(edited) => {
                let product = self.folds.stores.get(&store).and_then(|store| store.products.get(&edited.product_id));
                if let Some(price) = product.map(|product| product.price.amount_minor) {
                    self.prices.entry(edited.product_id).or_default().insert(price);
                }
            }
            StoreEvent::ClosingStarted(_) => _ = self.closing.insert(store),
            StoreEvent::Archived(_) => _ = self.closed.insert(store),
            StoreEvent::StockReserved(moved) => {
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

    fn judge_order(
        &mut self,
        order: OrderId,
        name: &str,
        event: &OrderEvent,
        before: Option<OrderStatus>,
        at: Timestamp,
    ) {
        if let OrderEvent::Submitted(submitted) = event {
            return self.judge_submission(order, submitted, at);
        }
        let Some(course) = self.orders.get_mut(&order) else { return };
        course.events += 1;
        let (too_many, ended) = (course.events > EVENTS_MAX, course.ended);
        let (pay_by, ships_at) = (course.pay_by, course.ships_at);
        let submitted = course.submitted.clone();
        if too_many {
            self.finds("moderation", "order", at, format!("order {order} has made more than {EVENTS_MAX} events"));
        }
        if let Some(end) = ended {
            let follows = matches!(
                event,
                OrderEvent::ObligationMet(_)
                    | OrderEvent::CompensationRequired(_)
                    | OrderEvent::ConfirmationIgnored(_)
                    | OrderEvent::Archived(_)
            );
            if !follows {
                self.finds("I7 the end", "order", at, format!("order {order}: {name} follows {end}"));
            }
        }
        let inside = submitted.payment_provider.is_internal();
        let early = |due: Timestamp| at < due;
        match event {
            OrderEvent::PaymentConfirmed(confirmed) => {
                if inside && early(submitted.payment_due_at) {
                    let said = format!("order {order} heard the bank at {at}, due at {}", submitted.payment_due_at);
                    self.finds("not before it is due", "order", at, said);
                }
                let total = self.folds.orders.get(&order).map_or(submitted.total, |order| order.total);
                let asked_for = total.amount_minor..=submitted.total.amount_minor;
                if !asked_for.contains(&confirmed.amount.amount_minor) {
                    let said = format!("order {order}: {} is held of {total}", confirmed.amount);
                    self.finds("I5 the hold", "order", at, said);
                }
            }
            OrderEvent::PaymentRejected(rejected) => {
                self.judge_refusal_of_money(order, rejected.reason, &submitted, at);
            }
            OrderEvent::StoreConfirmed(confirmed) => {
                let asked = submitted.stores.iter().find(|asked| asked.store_id == confirmed.store_id);
                match asked {
                    None => {
                        let said = format!("order {order} never asked store {}", confirmed.store_id);
                        self.finds("asked", "order", at, said);
                    }
                    Some(asked) if asked.fulfilment.is_internal() && early(asked.due_at) => {
                        let said = format!("order {order} heard a store at {at}, due at {}", asked.due_at);
                        self.finds("not before it is due", "order", at, said);
                    }
                    Some(_) => {}
                }
            }
            OrderEvent::StoreRejected(rejected) => {
                let asked = submitted.stores.iter().find(|asked| asked.store_id == rejected.store_id);
                let internal = asked.is_some_and(|asked| asked.fulfilment.is_internal());
                let due = asked.map_or(at, |asked| asked.due_at);
                self.saw(format!("a store refused: {}", rejected.reason));
                if rejected.reason == Reason::OutOfStock && internal && early(due) {
                    let said = format!("order {order} was refused by a store at {at}, due at {due}");
                    self.finds("not before it is due", "order", at, said);
                }
                let short = |shortage: &crate::domain::inventory::Shortage| shortage.available >= shortage.requested;
                if internal && rejected.lines.iter().any(short) {
                    let said = format!("order {order} was refused what there is: {:?}", rejected.lines);
                    self.finds("no shortage", "order", at, said);
                }
                let excused = self.characters.contains(&Participant::Store(rejected.store_id));
                if rejected.reason == Reason::ServiceFailed && internal && !excused {
                    let said = format!("order {order}: a store failed that never was to");
                    self.finds("no failure without a cause", "order", at, said);
                }
            }
            OrderEvent::Accepted(accepted) => {
                let pay_by = at.plus_millis(self.terms.pay_deadline_ms);
                if accepted.pay_by != pay_by {
                    let said = format!("order {order} was accepted at {at} and is to be paid by {}", accepted.pay_by);
                    self.finds("the pay deadline", "order", at, said);
                }
                if before != Some(OrderStatus::Pending) {
                    self.finds("the course", "order", at, format!("order {order} was {before:?} and is accepted"));
                }
                let kept = self.folds.orders.get(&order).into_iter().flat_map(OrderState::kept_stores);
                let closed = kept.map(|leg| leg.store_id).find(|store| self.closed.contains(store));
                if let Some(store) = closed {
                    let said = format!("order {order} was accepted, and store {store} is closed");
                    self.finds("I14 no sale of a closed store", "order", at, said);
                }
                if let Some(course) = self.orders.get_mut(&order) {
                    course.pay_by = Some(accepted.pay_by);
                }
            }
            OrderEvent::Paid(paid) => {
                if before != Some(OrderStatus::Accepted) || pay_by.is_none_or(|pay_by| at >= pay_by) {
                    let said = format!("order {order} was {before:?}, to be paid by {pay_by:?}, and paid at {at}");
                    self.finds("paid in time", "order", at, said);
                }
                let ships_at = at.plus_millis(self.terms.shipping_delay_ms);
                if paid.ships_at != ships_at {
                    let said = format!("order {order} was paid at {at} and ships at {}", paid.ships_at);
                    self.finds("the shipping delay", "order", at, said);
                }
                if let Some(course) = self.orders.get_mut(&order) {
                    course.ships_at = Some(paid.ships_at);
                }
            }
            OrderEvent::StoreShipped(_) => {
                if ships_at.is_none_or(early) {
                    let said = format!("order {order} ships at {ships_at:?}, and was shipped at {at}");
                    self.finds("not before it is due", "order", at, said);
                }
            }
            OrderEvent::Expired(_) => {
                if before != Some(OrderStatus::Accepted) || pay_by.is_none_or(early) {
                    let said = format!("order {order} was {before:?}, to be paid by {pay_by:?}, and expired at {at}");
                    self.finds("not before it is due", "order", at, said);
                }
                self.end(order, "order.expired");
            }
            OrderEvent::Rejected(rejected) => {
                if before != Some(OrderStatus::Pending) {
                    self.finds("the course", "order", at, format!("order {order} was {before:?} and is rejected"));
                }
                for reason in &rejected.reasons {
                    self.saw(format!("rejected: {reason}"));
                    self.judge_reason(order, *reason, &submitted, at);
                }
                self.end(order, "order.rejected");
            }
            OrderEvent::Cancelled(_) => {
                if !matches!(before, Some(OrderStatus::Pending | OrderStatus::Accepted)) {
                    self.finds("the course", "order", at, format!("order {order} was {before:?} and is cancelled"));
                }
                self.saw(format!("cancelled while {}", before.map_or("unknown", OrderStatus::as_str)));
                self.end(order, "order.cancelled");
            }
            OrderEvent::Delivered(_) => self.end(order, "order.delivered"),
            OrderEvent::ConfirmationIgnored(_) => self.saw("a verdict came after the end".to_owned()),
            OrderEvent::LineDropped(_) => self.saw("a line was dropped".to_owned()),
            _ => {}
        }
    }

    fn end(&mut self, order: OrderId, name: &'static str) {
        self.saw(format!("ended: {name}"));
        if let Some(course) = self.orders.get_mut(&order) {
            course.ended = Some(name);
        }
    }

    fn judge_submission(&mut self, order: OrderId, submitted: &Submitted, at: Timestamp) {
        *self.drawn_on.entry(submitted.payment_id).or_default() += 1;
        let sum: i64 = submitted.lines.iter().map(|line| line.unit_price.amount_minor * i64::from(line.quantity)).sum();
        if sum != submitted.total.amount_minor {
            let said = format!("order {order}: the total is {}, its lines cost {sum}", submitted.total);
            self.finds("I11 the total", "order", at, said);
        }
        for line in &submitted.lines {
            let known = self.prices.get(&line.product_id);
            if !known.is_some_and(|prices| prices.contains(&line.unit_price.amount_minor)) {
                let said = format!("order {order}: {} was never the price of {}", line.unit_price, line.product_id);
                self.finds("the price", "order", at, said);
            }
        }
        let delays = submitted.stores.iter().map(|asked| {
            let delay = self.folds.stores.get(&asked.store_id).map_or(0, |store| store.confirmation_delay_ms);
            (Participant::Store(asked.store_id), asked.fulfilment, delay, asked.due_at)
        });
        let bank =
            (Participant::Bank, submitted.payment_provider, self.terms.payment_delay_ms, submitted.payment_due_at);
        let asked: Vec<_> = delays.chain([bank]).collect();
        let longest = asked.iter().map(|(.., delay, _)| *delay).max().unwrap_or_default();
        let confirm_by = at.plus_millis(longest).plus_millis(self.terms.grace_ms);
        if submitted.confirm_by != confirm_by {
            let said = format!("order {order} of {at} times out at {}, not at {confirm_by}", submitted.confirm_by);
            self.finds("the time-out", "order", at, said);
        }
        for (who, served_by, delay, due_at) in asked {
            // Whoever is served from outside has until the time-out.
            let due = if served_by.is_internal() { at.plus_millis(delay) } else { confirm_by };
            if due_at != due && !self.characters.contains(&who) {
                let said = format!("order {order} of {at} hears {who:?} at {due_at}, not at {due}");
                self.finds("the delay of a confirmation", "order", at, said);
            }
        }
        let course = Course { submitted: submitted.clone(), at, pay_by: None, ships_at: None, ended: None, events: 1 };
        self.orders.insert(order, course);
    }

    fn judge_refusal_of_money(&mut self, order: OrderId, reason: Reason, submitted: &Submitted, at: Timestamp) {
        self.saw(format!("the bank refused: {reason}"));
        if !submitted.payment_provider.is_internal() {
            return;
        }
        if at < submitted.payment_due_at {
            let said = format!("order {order} was refused by the bank at {at}, due at {}", submitted.payment_due_at);
            self.finds("not before it is due", "order", at, said);
        }
        let payment = self.folds.payments.get(&submitted.payment_id);
        let alone = self.drawn_on.get(&submitted.payment_id) == Some(&1);
        // What is there can only have become less since the bank looked.
        let there = payment.map_or(0, |payment| payment.available);
        if reason == Reason::NotEnoughMoney && alone && there >= submitted.total.amount_minor {
            let said = format!("order {order} of {} was refused, and {there} are there", submitted.total);
            self.finds("no lack of money", "order", at, said);
        }
        if reason == Reason::ServiceFailed && !self.characters.contains(&Participant::Bank) {
            let said = format!("order {order}: the bank failed that never was to");
            self.finds("no failure without a cause", "order", at, said);
        }
    }

    fn judge_reason(&mut self, order: OrderId, reason: Reason, submitted: &Submitted, at: Timestamp) {
        if reason != Reason::ConfirmationTimeout {
            return;
        }
        if at < submitted.confirm_by {
            let said = format!("order {order} timed out at {at}, not to before {}", submitted.confirm_by);
            self.finds("not before it is due", "order", at, said);
        }
    }

    /// What has to be true of an order after every commit that touched it or what it has at its participants.
    fn check_order(&mut self, id: OrderId, at: Timestamp) {
        let Some(order) = self.folds.orders.get(&id) else {
            return self.finds(
                "I12 one effect",
                "order",
                at,
                format!("order {id} has effects and was never submitted"),
            );
        };
        let mut wrong = Vec::new();
        let hold = self.folds.holds.get(&id);
        let sum: i64 = order.lines.iter().map(|line| line.line_total().amount_minor).sum();
        if sum != order.total.amount_minor {
            wrong.push(("I11 the total", format!("the total is {}, its lines cost {sum}", order.total)));
        }
        let reservation = |store| self.folds.reservations.get(&(id, store));
        if order.status == OrderStatus::Accepted {
            if hold != Some(&(order.payment_id, order.total.amount_minor, "held")) {
                wrong.push(("I5 the hold", format!("it is accepted for {}, the hold is {hold:?}", order.total)));
            }
            for leg in order.kept_stores() {
                if leg.status != DeliveryStatus::Confirmed
                    || !is(reservation(leg.store_id), "reserved", &order.lines_of(leg.store_id))
                {
                    let has = reservation(leg.store_id);
                    wrong.push(("I5 the reservation", format!("store {} has {has:?}", leg.store_id)));
                }
            }
        }
        if order.is_settled() {
            let live: Vec<_> = order.stores.iter().filter_map(|leg| reservation(leg.store_id)).collect();
            if live.iter().any(|(_, status)| *status == "reserved") || hold.is_some_and(|hold| hold.2 == "held") {
                wrong.push(("I6 nothing is left", format!("it is settled; hold {hold:?}, reservations {live:?}")));
            }
            if order.status == OrderStatus::Delivered {
                if hold != Some(&(order.payment_id, order.total.amount_minor, "captured")) {
                    wrong.push(("I15 the sale", format!("it is delivered for {}, hold {hold:?}", order.total)));
                }
                for leg in order.kept_stores() {
                    if !is(reservation(leg.store_id), "shipped", &order.lines_of(leg.store_id)) {
                        let has = reservation(leg.store_id);
                        wrong.push(("I15 the sale", format!("store {} shipped {has:?}", leg.store_id)));
                    }
                }
            } else if hold.is_some_and(|hold| hold.2 == "captured")
                || live.iter().any(|(_, status)| *status == "shipped")
            {
                wrong.push(("I10 no sale", format!("it is {}; hold {hold:?}, {live:?}", order.status)));
            }
        }
        for (law, said) in wrong {
            self.finds(law, "order", at, format!("order {id}: {said}"));
        }
    }

    /// What has to be true once the mall was healed and has had its time.
    pub fn at_the_end(&mut self, now: Timestamp) {
        let open: Vec<_> = self.folds.orders.values().filter(|order| !order.is_settled()).collect();
        let said = open.first().map(|order| {
            let duties: Vec<_> = order.duties.iter().filter(|duty| !duty.met).collect();
            format!(
                "{} orders are not settled, one of them {}, {} since {}, which owes {duties:?}",
                open.len(),
                order.id,
                order.status,
                order.updated_at
            )
        });
        if let Some(said) = said {
            self.finds("every order ends", "order", now, said);
        }
        let captured: i64 = self.folds.payments.values().map(|payment| payment.captured).sum();
        let sold = self.folds.orders.values().filter(|order| order.status == OrderStatus::Delivered);
        let sold: i64 = sold.map(|order| order.total.amount_minor).sum();
        if captured != sold {
            self.finds("money in is money out", "mall", now, format!("{captured} was captured, {sold} was sold"));
        }
        if let Some((late, course)) = self.orders.iter().find(|(_, course)| course.ended.is_none()) {
            let (late, at) = (*late, course.at);
            self.finds("every order ends", "order", now, format!("order {late} of {at} has no outcome"));
        }
    }
}

fn is(reservation: Option<&(Vec<StockLine>, &'static str)>, status: &str, lines: &[StockLine]) -> bool {
    reservation.is_some_and(|(reserved, is)| *is == status && StockLine::pieces(reserved) == StockLine::pieces(lines))
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
