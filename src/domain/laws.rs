//! The laws of the mall as property tests: whatever people do, whenever the process dies, the invariants hold.
//!
//! A model runs the pure aggregates the way the actors do: sagas ask participants for the work their state calls for,
//! answers may be delayed, come twice, or be lost in a crash. One store, and the bank of some orders, are served from
//! outside: they answer what they like, when they like, or never. Invariants are checked after every step.

use super::event::{DomainEvent, OrderEvent, PaymentEvent, StoreEvent};
use super::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use super::inventory::{Stock, StockLine, StoreRejection};
use super::line::OrderLine;
use super::money::Money;
use super::order::Obligation;
use super::order::OrderState;
use super::order::{
    Answer, CancelledBy, DeliveryStatus, OnShortage, OrderCommand, OrderPolicy, OrderStatus, Reason, Stocked,
    Submission, Work,
};
use super::participant::Fulfilment;
use super::payment;
use super::payment::{PaymentCommand, PaymentError, PaymentState};
use super::store::StoreState;
use super::store::{ProductEdit, StoreCommand, StoreEdit, StoreError};
use super::time::Timestamp;
use super::upcast::decode;
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

const STORES: usize = 3;
/// The store that is served from outside.
const OUTSIDE: usize = 2;
const PRODUCTS_A_STORE: usize = 2;
const PAYMENTS: usize = 3;
const INITIAL_STOCK: i64 = 6;
const PRICE: i64 = 100;

#[derive(Clone, Debug)]
enum Step {
    Submit {
        payment: usize,
        lines: Vec<(usize, u32)>,
        drop_short: bool,
        foreign: bool,
        outside_bank: bool,
    },
    /// Somebody outside answers for a store, or with `STORES` for the bank.
    AnswerOutside {
        order: usize,
        store: usize,
        answer: Answer,
    },
    PassTime {
        ms: u64,
    },
    Ask {
        order: usize,
        work: usize,
    },
    Answer {
        which: usize,
        twice: bool,
    },
    Pay {
        order: usize,
    },
    Cancel {
        order: usize,
    },
    SetStock {
        product: usize,
        available: i64,
    },
    ArchiveProduct {
        product: usize,
    },
    ArchiveStore {
        store: usize,
    },
    VoidPayment {
        payment: usize,
    },
    Crash,
}

fn outside_answer() -> impl Strategy<Value = Answer> {
    let reason = prop::sample::select(Reason::ALL);
    let lines = prop::collection::vec((0..STORES * PRODUCTS_A_STORE, 0_u32..3), 0..2);
    let reject = (reason, lines).prop_map(|(reason, lines)| {
        let stocked = |(product, available)| Stocked { product_id: product_id(product), available };
        Answer::Reject { reason, lines: lines.into_iter().map(stocked).collect() }
    });
    prop_oneof![3 => Just(Answer::Confirm), 1 => reject]
}

fn step() -> impl Strategy<Value = Step> {
    let lines = prop::collection::vec((0..STORES * PRODUCTS_A_STORE, 1_u32..4), 1..4);
    prop_oneof![
        4 => (0..PAYMENTS, lines, any::<bool>(), prop::bool::weighted(0.05), prop::bool::weighted(0.3)).prop_map(
            |(payment, lines, drop_short, foreign, outside_bank)| {
                Step::Submit { payment, lines, drop_short, foreign, outside_bank }
            }
        ),
        8 => (0_usize..8, prop::sample::select(vec![OUTSIDE, STORES, OUTSIDE, STORES, 0]), outside_answer())
            .prop_map(|(order, store, answer)| Step::AnswerOutside { order, store, answer }),
        4 => (0_u64..9_000).prop_map(|ms| Step::PassTime { ms }),
        10 => (0_usize..8, 0_usize..4).prop_map(|(order, work)| Step::Ask { order, work }),
        10 => (0_usize..8, prop::bool::weighted(0.2)).prop_map(|(which, twice)| Step::Answer { which, twice }),
        3 => (0_usize..8).prop_map(|order| Step::Pay { order }),
        2 => (0_usize..8).prop_map(|order| Step::Cancel { order }),
        1 => (0..STORES * PRODUCTS_A_STORE, 0_i64..8).prop_map(|(product, available)| Step::SetStock { product, available }),
        1 => (0..STORES * PRODUCTS_A_STORE).prop_map(|product| Step::ArchiveProduct { product }),
        1 => (0..STORES).prop_map(|store| Step::ArchiveStore { store }),
        1 => (0..PAYMENTS).prop_map(|payment| Step::VoidPayment { payment }),
        1 => Just(Step::Crash),
    ]
}

/// Everything that happened, in commit order.
#[derive(Clone, Debug)]
enum Fact {
    Order(usize, OrderEvent, Timestamp),
    Store(usize, StoreEvent),
    Payment(PaymentEvent),
}

struct Model {
    now: Timestamp,
    /// Before this no verdict times out: set by a crash.
    patience: Timestamp,
    policy: OrderPolicy,
    stores: Vec<StoreState>,
    payments: Vec<PaymentState>,
    orders: Vec<OrderState>,
    /// Work asked and answered by the participant, its answer not yet with the saga.
    answers: Vec<(usize, Work, OrderCommand)>,
    journal: Vec<Fact>,
}

fn id(kind: u128, index: usize) -> Uuid {
    Uuid::from_u128(kind << 64 | index as u128)
}

fn customer(index: usize) -> CustomerId {
    CustomerId(id(3, index))
}

fn eur(amount: i64) -> Money {
    Money::new(amount, "EUR".parse().unwrap())
}

fn product_id(product: usize) -> ProductId {
    ProductId(id(2, product))
}

impl Model {
    fn open() -> Self {
        let policy = OrderPolicy {
            payment_delay_ms: 2_000,
            grace_ms: 5_000,
            pay_deadline_ms: 20_000,
            shipping_delay_ms: 3_000,
            speed: 1,
            payment_provider: Fulfilment::Internal,
        };
        let mut model = Self {
            now: Timestamp(1_000_000),
            patience: Timestamp(0),
            policy,
            stores: (0..STORES).map(|index| StoreState::blank(StoreId(id(1, index)))).collect(),
            payments: (0..PAYMENTS)
                .map(|index| PaymentState::blank(PaymentId(id(4, index)), eur(0).currency))
                .collect(),
            orders: vec![],
            answers: vec![],
            journal: vec![],
        };
        for store in 0..STORES {
            let edit = StoreEdit {
                name: Some("S".into()),
                location: Some("L".into()),
                confirmation_delay_ms: Some(1_000 + 2_000 * store as u64),
                fulfilment: (store == OUTSIDE).then_some(Fulfilment::External),
            };
            model.store(store, &StoreCommand::Create(edit)).unwrap();
            for product in 0..PRODUCTS_A_STORE {
                let edit = ProductEdit {
                    name: Some("P".into()),
                    price: Some(eur(PRICE)),
                    stock: Some(INITIAL_STOCK),
                    ..ProductEdit::default()
                };
                let product = product_id(store * PRODUCTS_A_STORE + product);
                model.store(store, &StoreCommand::AddProduct(product, edit)).unwrap();
            }
        }
        for index in 0..PAYMENTS {
            let event = payment::authorize(customer(index), eur(700)).unwrap();
            model.apply_payment(index, event);
        }
        model
    }

    fn store(&mut self, store: usize, command: &StoreCommand) -> Result<(), StoreError> {
        for event in self.stores[store].decide(command)? {
            self.stores[store].evolve(&event, self.now);
            self.journal.push(Fact::Store(store, event));
        }
        Ok(())
    }

    fn apply_payment(&mut self, payment: usize, event: PaymentEvent) {
        self.payments[payment].evolve(&event, self.now);
        self.journal.push(Fact::Payment(event));
    }

    fn payment(&mut self, payment: usize, command: &PaymentCommand) -> Result<(), PaymentError> {
        if let Some(event) = self.payments[payment].decide(command)? {
            self.apply_payment(payment, event);
        }
        Ok(())
    }

    fn order(&mut self, order: usize, command: &OrderCommand) -> bool {
        let Ok(decision) = self.orders[order].decide(command, self.now, &self.policy) else { return false };
        self.orders[order] = decision.next;
        let at = self.now;
        self.journal.extend(decision.events.into_iter().map(|event| Fact::Order(order, event, at)));
        true
    }

    fn step(&mut self, step: Step) {
        let order = |index: usize| (!self.orders.is_empty()).then(|| index % self.orders.len());
        match step {
            Step::Submit { payment, lines, drop_short, foreign, outside_bank } => {
                self.policy.payment_provider = if outside_bank { Fulfilment::External } else { Fulfilment::Internal };
                self.submit(payment, &lines, drop_short, foreign);
            }
            Step::AnswerOutside { order: index, store, answer } => {
                if let Some(order) = order(index) {
                    self.answer_outside(order, store, answer);
                }
            }
            Step::PassTime { ms } => self.now = self.now.plus_millis(ms),
            Step::Ask { order: index, work } => {
                if let Some(order) = order(index) {
                    self.ask(order, work);
                }
            }
            Step::Answer { which, twice } => self.answer(which, twice),
            Step::Pay { order: index } => {
                order(index).map(|order| self.order(order, &OrderCommand::Pay));
            }
            Step::Cancel { order: index } => {
                let cancel = OrderCommand::Cancel { by: CancelledBy::Customer, reason: None };
                order(index).map(|order| self.order(order, &cancel));
            }
            Step::SetStock { product, available } => {
                let edit = ProductEdit { stock: Some(available), ..ProductEdit::default() };
                // Refused for archived products, as it should be.
                let _ = self.store(product / PRODUCTS_A_STORE, &StoreCommand::EditProduct(product_id(product), edit));
            }
            Step::ArchiveProduct { product } => {
                // Refused for archived stores, as it should be.
                let archive = StoreCommand::ArchiveProducts(vec![product_id(product)]);
                let _ = self.store(product / PRODUCTS_A_STORE, &archive);
            }
            Step::ArchiveStore { store } => self.archive_store(store),
            Step::VoidPayment { payment } => self.payment(payment, &PaymentCommand::Void).unwrap(),
            Step::Crash => {
                self.answers.clear();
                self.patience = self.policy.after(self.now, self.policy.grace_ms);
            }
        }
    }

    fn submit(&mut self, payment: usize, lines: &[(usize, u32)], drop_short: bool, foreign: bool) {
        let open = |product: &usize| self.stores[product / PRODUCTS_A_STORE].product(product_id(*product)).is_some();
        if !lines.iter().all(|(product, _)| open(product)) {
            return;
        }
        let line = |(product, quantity): &(usize, u32)| OrderLine {
            product_id: product_id(*product),
            store_id: self.stores[product / PRODUCTS_A_STORE].id,
            store_name: "S".into(),
            sku: "P".into(),
            product_name: "P".into(),
            unit_price: eur(PRICE),
            quantity: *quantity,
        };
        let mut stores = BTreeMap::new();
        for (product, _) in lines {
            let store = &self.stores[product / PRODUCTS_A_STORE];
            stores.insert(store.id, (store.id, store.fulfilment, store.confirmation_delay_ms));
        }
        let submission = Submission {
            customer_id: customer(if foreign { payment + 1 } else { payment }),
            payment_id: self.payments[payment].id,
            expected_total: None,
            on_shortage: if drop_short { OnShortage::AcceptAvailable } else { OnShortage::RejectAll },
            lines: lines.iter().map(line).collect(),
            stores: stores.into_values().collect(),
        };
        let order_id = OrderId(id(5, self.orders.len()));
        let decision = OrderState::submit(order_id, submission, self.now, &self.policy).unwrap();
        let (index, at) = (self.orders.len(), self.now);
        self.orders.push(decision.next);
        self.journal.extend(decision.events.into_iter().map(|event| Fact::Order(index, event, at)));
    }

    /// An answer that makes no sense is refused and changes nothing; of the others the first counts.
    fn answer_outside(&mut self, order: usize, store: usize, answer: Answer) {
        let before = self.orders[order].clone();
        let store_id = self.stores.get(store).map(|store| store.id);
        let answered = match store_id {
            Some(store_id) => before.leg(store_id).is_none_or(|leg| leg.answered_at.is_some() || !leg.is_kept()),
            None => before.payment.answered_at.is_some() || before.payment.rejection.is_some(),
        };
        let command = match store_id {
            Some(store_id) => OrderCommand::AnswerStore(store_id, answer),
            None => OrderCommand::AnswerPayment(answer),
        };
        let taken = self.order(order, &command);
        let after = &self.orders[order];
        if !taken || answered {
            assert_eq!(*after, before, "a refused or later answer changes nothing");
        } else {
            assert_ne!(after.version, before.version, "the first answer is remembered");
        }
        assert!(!before.is_terminal() || after.status == before.status, "an outcome is final");
    }

    /// Asks for one piece of work, if it is not being asked for already.
    fn ask(&mut self, order: usize, work: usize) {
        let wanted = self.orders[order].work(self.now, self.patience);
        let Some(work) = wanted.get(work % wanted.len().max(1)).copied() else { return };
        if self.answers.iter().any(|(asked, kind, _)| (*asked, *kind) == (order, work)) {
            return;
        }
        if work == Work::PassTime {
            self.order(order, &OrderCommand::PassTime);
            return;
        }
        let answer = self.at_participant(order, work);
        self.answers.push((order, work, answer));
    }

    fn at_participant(&mut self, order: usize, work: Work) -> OrderCommand {
        let state = self.orders[order].clone();
        let bank = self.payments.iter().position(|payment| payment.id == state.payment_id).unwrap();
        let (order_id, customer_id, amount) = (state.id, state.customer_id, state.total);
        match work {
            Work::ConfirmPayment => match self.payment(bank, &PaymentCommand::Hold { order_id, customer_id, amount }) {
                Ok(()) => OrderCommand::ConfirmPayment(eur(self.payments[bank].holds[&order_id])),
                Err(PaymentError::NotYours) => OrderCommand::RejectPayment(Reason::PaymentNotYours),
                Err(_) => OrderCommand::RejectPayment(Reason::NotEnoughMoney),
            },
            Work::LowerHold => {
                self.payment(bank, &PaymentCommand::LowerHold { order_id, amount }).unwrap();
                OrderCommand::LowerHold(amount)
            }
            Work::ConfirmItems(store_id) => {
                let reserve = StoreCommand::Reserve { order_id, lines: state.lines_of(store_id) };
                match self.store(self.store_index(store_id), &reserve) {
                    Ok(()) => OrderCommand::ConfirmStore(store_id),
                    Err(StoreError::CannotServe(why)) => OrderCommand::RejectStore(store_id, why),
                    Err(other) => panic!("a store cannot answer {other}"),
                }
            }
            Work::Meet(obligation) => {
                match obligation {
                    Obligation::VoidHold => self.payment(bank, &PaymentCommand::VoidHold(order_id)).unwrap(),
                    Obligation::CaptureHold => self.payment(bank, &PaymentCommand::Capture(order_id)).unwrap(),
                    Obligation::ReleaseStock { store_id } => {
                        self.store(self.store_index(store_id), &StoreCommand::Release(order_id)).unwrap();
                    }
                    Obligation::ShipStock { store_id } => {
                        self.store(self.store_index(store_id), &StoreCommand::Ship(order_id)).unwrap();
                    }
                }
                OrderCommand::Meet(obligation)
            }
            Work::PassTime => OrderCommand::PassTime,
        }
    }

    fn store_index(&self, id: StoreId) -> usize {
        self.stores.iter().position(|store| store.id == id).unwrap()
    }

    fn answer(&mut self, which: usize, twice: bool) {
        if self.answers.is_empty() {
            return;
        }
        let which = which % self.answers.len();
        let (order, _, command) = if twice { self.answers[which].clone() } else { self.answers.swap_remove(which) };
        assert!(self.order(order, &command), "a participant's answer is never refused");
    }

    /// Closes a store the way the mall does: it reserves nothing any more, pending orders that count on it are told, and
    /// then it is archived.
    fn archive_store(&mut self, store: usize) {
        let store_id = self.stores[store].id;
        if self.store(store, &StoreCommand::Close).is_err() {
            return;
        }
        let waiting: Vec<usize> = (0..self.orders.len())
            .filter(|order| self.stores[store].reservations.contains_key(&self.orders[*order].id))
            .collect();
        for order in waiting {
            self.order(order, &OrderCommand::CloseStore(store_id));
        }
        self.store(store, &StoreCommand::Archive).unwrap();
    }

    /// Lets every saga run to its end.
    fn finish(&mut self) {
        for _ in 0..200 {
            while !self.answers.is_empty() {
                self.answer(0, false);
                self.check();
            }
            for order in 0..self.orders.len() {
                self.ask(order, 0);
                self.check();
            }
            self.now = self.now.plus_millis(500);
        }
    }

    fn check(&self) {
        for store in &self.stores {
            let mut live: BTreeMap<ProductId, i64> = BTreeMap::new();
            for line in store.reservations.values().flatten() {
                *live.entry(line.product_id).or_default() += i64::from(line.quantity);
            }
            for product in store.products.values() {
                assert!(product.stock.is_sound(), "I1 {product:?}");
                assert_eq!(product.stock.reserved, live.get(&product.id).copied().unwrap_or(0), "I2 {product:?}");
            }
        }
        for payment in &self.payments {
            assert!(payment.is_sound(), "I4 {payment:?}");
        }
        for order in &self.orders {
            let sum: i64 = order.lines.iter().map(|line| line.line_total().amount_minor).sum();
            assert_eq!(order.total.amount_minor, sum, "I11 {order:?}");
            if order.status == OrderStatus::Accepted {
                self.check_accepted(order);
            }
            if order.is_settled() {
                assert_eq!(order.next_due(), None, "I6 {order:?}");
                if order.status == OrderStatus::Delivered {
                    self.check_delivered(order);
                }
            } else {
                assert!(order.next_due().is_some(), "an order that is not settled has a timer: {order:?}");
            }
        }
    }

    fn check_accepted(&self, order: &OrderState) {
        let payment = self.payments.iter().find(|payment| payment.id == order.payment_id).unwrap();
        assert_eq!(payment.holds.get(&order.id), Some(&order.total.amount_minor), "I5 {order:?}");
        for leg in order.kept_stores() {
            let store = &self.stores[self.store_index(leg.store_id)];
            assert_eq!(leg.status, DeliveryStatus::Confirmed, "I5 {order:?}");
            assert!(store.reservations.contains_key(&order.id), "I5 {order:?}");
        }
    }

    /// What was delivered left the shelf, and was paid for (I15).
    fn check_delivered(&self, order: &OrderState) {
        for leg in order.kept_stores() {
            let store = self.store_index(leg.store_id);
            let shipped = self.journal.iter().find_map(|fact| match fact {
                Fact::Store(of, StoreEvent::StockShipped(moved)) if *of == store && moved.order_id == order.id => {
                    Some(&moved.lines)
                }
                _ => None,
            });
            assert_eq!(
                shipped.map(|lines| StockLine::pieces(lines)),
                Some(StockLine::pieces(&order.lines_of(leg.store_id))),
                "I15 {order:?}"
            );
        }
        let captured = self.journal.iter().find_map(|fact| match fact {
            Fact::Payment(PaymentEvent::Captured(taken)) if taken.order_id == order.id => Some(taken.amount),
            _ => None,
        });
        assert_eq!(captured, Some(order.total), "I15 {order:?}");
    }

    fn check_end(&self) {
        for (index, order) in self.orders.iter().enumerate() {
            assert!(order.is_settled(), "every order ends: {order:?}");
            let facts = || {
                self.journal.iter().filter_map(move |fact| match fact {
                    Fact::Order(of, event, at) if *of == index => Some((event, *at)),
                    _ => None,
                })
            };
            assert_eq!(OrderState::fold(order.id, facts()).as_ref(), Some(order), "I8");
            assert_eq!(facts().count() as u64, order.version, "I8");
            check_stream(facts().map(|(event, _)| event));
        }
        for payment in &self.payments {
            assert!(payment.holds.is_empty(), "I6 {payment:?}");
        }
        for store in &self.stores {
            assert!(store.reservations.is_empty(), "I6 {store:?}");
        }
        self.check_effects();
        self.check_outside();
        self.check_closed_stores();
        self.check_money();
    }

    /// I12: one effect per order, participant and kind. I3: what left the stores is what orders shipped.
    fn check_effects(&self) {
        let mut seen: BTreeMap<(OrderId, String), u32> = BTreeMap::new();
        let mut stock: BTreeMap<ProductId, Stock> = BTreeMap::new();
        for fact in &self.journal {
            let key = match fact {
                Fact::Payment(PaymentEvent::Held(held)) => (held.order_id, "hold".to_owned()),
                Fact::Payment(PaymentEvent::Captured(captured)) => (captured.order_id, "end".to_owned()),
                Fact::Payment(PaymentEvent::HoldVoided(voided)) => (voided.order_id, "end".to_owned()),
                Fact::Store(store, StoreEvent::StockReserved(reserved)) => {
                    (reserved.order_id, format!("reserve {store}"))
                }
                Fact::Store(store, StoreEvent::StockReleased(released)) => (released.order_id, format!("end {store}")),
                Fact::Store(store, StoreEvent::StockShipped(shipped)) => {
                    for line in &shipped.lines {
                        let left = stock.entry(line.product_id).or_default();
                        left.on_hand += i64::from(line.quantity);
                    }
                    (shipped.order_id, format!("end {store}"))
                }
                _ => continue,
            };
            *seen.entry(key).or_default() += 1;
        }
        assert!(seen.values().all(|count| *count == 1), "I12 {seen:?}");
        let delivered = self.orders.iter().filter(|order| order.status == OrderStatus::Delivered);
        let mut ordered: BTreeMap<ProductId, i64> = BTreeMap::new();
        for line in delivered.flat_map(|order| &order.lines) {
            *ordered.entry(line.product_id).or_default() += i64::from(line.quantity);
        }
        let shipped: BTreeMap<_, _> = stock.into_iter().map(|(product, left)| (product, left.on_hand)).collect();
        assert_eq!(shipped, ordered, "I3");
    }

    /// Whoever outside may have put something aside is told what became of it: taken, or to be given back.
    fn check_outside(&self) {
        for order in &self.orders {
            let owes = |obligation| order.duties.iter().any(|duty| duty.obligation == obligation);
            for leg in order.stores.iter().filter(|leg| leg.fulfilment == Fulfilment::External) {
                let store_id = leg.store_id;
                let told = owes(Obligation::ReleaseStock { store_id }) != owes(Obligation::ShipStock { store_id });
                let may_hold = leg.is_kept() || leg.answered_at.is_some();
                assert!(told || !may_hold, "an outside store is left with its reservation: {order:?}");
            }
            let payment = &order.payment;
            if payment.provider == Fulfilment::External
                && (payment.rejection.is_none() || payment.answered_at.is_some())
            {
                let told = owes(Obligation::VoidHold) != owes(Obligation::CaptureHold);
                assert!(told, "an outside bank is left with its hold: {order:?}");
            }
        }
    }

    /// I14: no order is accepted that keeps a store closed before.
    fn check_closed_stores(&self) {
        let mut closed = vec![];
        let mut folds: BTreeMap<usize, OrderState> = BTreeMap::new();
        for fact in &self.journal {
            match fact {
                Fact::Store(store, StoreEvent::Archived(_)) => closed.push(self.stores[*store].id),
                Fact::Order(order, OrderEvent::Submitted(submitted), at) => {
                    folds.insert(*order, OrderState::born(self.orders[*order].id, submitted, *at));
                }
                Fact::Order(order, event, at) => {
                    let state = folds.get_mut(order).unwrap();
                    state.evolve(event, *at);
                    if matches!(event, OrderEvent::Accepted(_)) {
                        assert!(!state.kept_stores().any(|leg| closed.contains(&leg.store_id)), "I14 {state:?}");
                    }
                }
                _ => {}
            }
        }
    }

    fn check_money(&self) {
        let captured: i64 = self.payments.iter().map(|payment| payment.captured).sum();
        let delivered = self.orders.iter().filter(|order| order.status == OrderStatus::Delivered);
        assert_eq!(captured, delivered.map(|order| order.total.amount_minor).sum::<i64>(), "money in is money out");
    }
}

/// I7, I9, I10: one outcome, nothing but acknowledgements and notes after it; and every event survives its encoding.
fn check_stream<'a>(events: impl Iterator<Item = &'a OrderEvent>) {
    let (mut ended, mut captured) = (0, false);
    for event in events {
        let terminal = matches!(
            event,
            OrderEvent::Rejected(_) | OrderEvent::Cancelled(_) | OrderEvent::Expired(_) | OrderEvent::Delivered(_)
        );
        let after = matches!(
            event,
            OrderEvent::CompensationRequired(_) | OrderEvent::ObligationMet(_) | OrderEvent::ConfirmationIgnored(_)
        );
        assert!(ended == 0 || after, "I7 {event:?}");
        captured |= matches!(event, OrderEvent::Paid(_));
        assert!(!(captured && matches!(event, OrderEvent::Expired(_))), "I10");
        ended += u32::from(terminal);
        assert_eq!(decode::<OrderEvent>(event.name(), &event.payload()).unwrap(), *event);
    }
    assert_eq!(ended, 1, "I9");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn the_invariants_hold_whatever_happens(steps in prop::collection::vec(step(), 1..120)) {
        let mut model = Model::open();
        model.check();
        for step in steps {
            model.step(step);
            model.check();
        }
        model.finish();
        model.check_end();
    }

    #[test]
    fn a_store_never_promises_more_than_it_has(
        stock in 0_i64..20,
        wants in prop::collection::vec(prop::collection::vec(1_u32..5, 1..4), 1..20),
    ) {
        let mut store = StoreState::blank(StoreId(id(1, 0)));
        let at = Timestamp(1);
        let apply = |store: &mut StoreState, command: StoreCommand| {
            let decided = store.decide(&command)?;
            for event in &decided {
                store.evolve(event, at);
            }
            Ok::<_, StoreError>(())
        };
        let edit = StoreEdit { name: Some("S".into()), location: Some("L".into()), ..StoreEdit::default() };
        apply(&mut store, StoreCommand::Create(edit)).unwrap();
        let edit = ProductEdit { name: Some("P".into()), price: Some(eur(1)), stock: Some(stock), ..ProductEdit::default() };
        apply(&mut store, StoreCommand::AddProduct(product_id(0), edit)).unwrap();
        let mut promised = 0;
        for (index, quantities) in wants.iter().enumerate() {
            let lines = quantities.iter().map(|quantity| super::inventory::StockLine { product_id: product_id(0), quantity: *quantity });
            let sum: u32 = quantities.iter().sum();
            let reserve = StoreCommand::Reserve { order_id: OrderId(id(5, index)), lines: lines.collect() };
            match apply(&mut store, reserve) {
                Ok(()) => promised += i64::from(sum),
                Err(StoreError::CannotServe(StoreRejection::OutOfStock(short))) => {
                    prop_assert!(promised + i64::from(sum) > stock);
                    prop_assert_eq!((short[0].requested, short[0].available), (i64::from(sum), stock - promised));
                }
                Err(other) => panic!("{other}"),
            }
            prop_assert!(promised <= stock);
        }
    }
}
