//! A small mall for the tests of the read side, in a database in memory.

use super::connection::Connection;
use super::journal::group::Job;
use super::journal::writer::{Writer, abort};
use super::open::{Birth, Loss, Opened};
use super::place::Place;
use super::schema::{ReplyRow, idempotency};
use super::{open, pool};
use crate::bus::memory::MemoryBus;
use crate::domain::basket::{BasketItem, BasketState};
use crate::domain::customer::CustomerState;
use crate::domain::event::{BasketEvent, StoreEvent};
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::inventory::StockLine;
use crate::domain::line::OrderLine;
use crate::domain::money::{Currency, Money};
use crate::domain::order::{OnShortage, OrderCommand, OrderPolicy, OrderState, Submission};
use crate::domain::participant::Fulfilment;
use crate::domain::payment::{PaymentCommand, PaymentState};
use crate::domain::store::{ProductEdit, StoreCommand, StoreEdit, StoreState};
use crate::domain::time::Timestamp;
use crate::domain::{customer, payment};
use crate::ports::changes::{
    Change, Cursor, HoldChange, OrderChange, ReservationChange, StoreHead, TokenRecord, TokenRole,
};
use crate::ports::journal::{Append, Cause};
use crate::ports::reads::statistics::{OrderFigures, SpanRecord};
use crate::ports::reply::{IdempotencyRecord, Reply};
use crate::ports::time::Clock;
use diesel::RunQueryDsl as _;
use std::sync::Arc;
use tokio::sync::oneshot;
use uuid::Uuid;

const POLICY: OrderPolicy = OrderPolicy {
    payment_delay_ms: 5_000,
    grace_ms: 30_000,
    pay_deadline_ms: 1_800_000,
    shipping_delay_ms: 0,
    speed: 1,
    payment_provider: Fulfilment::Internal,
};

/// The id of that number; greater numbers are younger.
pub fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x0194_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// One store with tea and cups, one customer with 100.00 and a basket.
pub struct Mall {
    pub conn: Connection,
    pub place: Place,
    pub store: StoreState,
    pub customer: CustomerState,
    pub payment: PaymentState,
    pub basket: BasketState,
    pub now: Timestamp,
    pub writer: Writer,
}

pub const TEA: u128 = 11;
pub const CUP: u128 = 12;

impl Mall {
    pub fn open(name: &str) -> Self {
        let now = Timestamp(1_764_000_000_000_000);
        let birth = Birth { log_id: uuid(1), currency: eur(), at: now };
        let place = place(name);
        let Opened { engine, tail, .. } = open::open(&place, birth, Loss::Refused).unwrap();
        let writer = Writer::new(
            engine,
            tail,
            Arc::new(MemoryBus::default()),
            Arc::default(),
            Arc::new(Still(now)),
            Box::new(abort),
        );
        let registered = customer::register("Ana Größe", "+49 1").unwrap();
        let customer = CustomerState::born(CustomerId(uuid(2)), &registered, now);
        let mut mall = Self {
            conn: pool::open_reader(&place).unwrap(),
            place,
            writer,
            store: StoreState::blank(StoreId(uuid(3))),
            customer,
            payment: PaymentState::blank(PaymentId(uuid(4)), eur()),
            basket: BasketState::blank(BasketId(uuid(5))),
            now,
        };
        let mut append = Append::default();
        append.stream(mall.customer.id.0, 0, &[registered], now, &cause());
        append.changes.push(Change::Customer(mall.customer.clone(), [7; 32]));
        mall.write(append);
        mall.furnish();
        mall
    }

    fn furnish(&mut self) {
        let edit =
            StoreEdit { name: Some("Tee & Töpfe".into()), location: Some("1st floor".into()), ..Default::default() };
        self.store(&StoreCommand::Create(edit));
        self.store(&StoreCommand::Participate(true));
        for (number, name, price, stock) in [(TEA, "Tea 50%_off", 500, 10), (CUP, "cup", 1_500, 3)] {
            let edit = ProductEdit {
                name: Some(name.into()),
                price: Some(Money::new(price, eur())),
                stock: Some(stock),
                ..Default::default()
            };
            self.store(&StoreCommand::AddProduct(ProductId(uuid(number)), edit));
        }
        let authorized = payment::authorize(self.customer.id, Money::new(10_000, eur())).unwrap();
        self.payment_event(&authorized, |_| vec![]);
        let item = BasketItem { product_id: ProductId(uuid(TEA)), store_id: self.store.id, quantity: 4 };
        for event in [
            BasketEvent::Created(crate::domain::basket::event::Created {}),
            crate::domain::basket::event::Claimed { customer_id: self.customer.id }.into(),
            crate::domain::basket::event::ItemSet {
                product_id: item.product_id,
                store_id: item.store_id,
                quantity: item.quantity,
            }
            .into(),
        ] {
            let mut append = Append::default();
            append.stream(self.basket.id.0, self.basket.version, std::slice::from_ref(&event), self.now, &cause());
            self.basket.evolve(&event, self.now);
            append.changes.push(Change::Basket(self.basket.clone()));
            self.write(append);
        }
    }

    /// Lets the store do something.
    pub fn store(&mut self, command: &StoreCommand) {
        let events = self.store.decide(command).unwrap();
        for event in events {
            let mut append = Append::default();
            append.stream(self.store.id.0, self.store.version, std::slice::from_ref(&event), self.now, &cause());
            self.store.evolve(&event, self.now);
            append.changes.push(Change::Store(StoreHead::from(&self.store)));
            for id in self.store.touched_by(&event) {
                append.changes.push(Change::Product(self.store.id, self.store.products[&id].clone()));
            }
            let store_id = self.store.id;
            let mut reservation = |moved: (OrderId, Vec<StockLine>), status| {
                let (order_id, lines) = moved;
                append.changes.push(Change::Reservation(ReservationChange { store_id, order_id, lines, status }));
            };
            match event {
                StoreEvent::StockReserved(moved) => reservation((moved.order_id, moved.lines), "reserved"),
                StoreEvent::StockReleased(moved) => reservation((moved.order_id, moved.lines), "released"),
                StoreEvent::StockShipped(moved) => reservation((moved.order_id, moved.lines), "shipped"),
                _ => {}
            }
            self.write(append);
        }
    }

    fn payment_event(
        &mut self,
        event: &crate::domain::event::PaymentEvent,
        holds: impl FnOnce(&PaymentState) -> Vec<HoldChange>,
    ) {
        let mut append = Append::default();
        append.stream(self.payment.id.0, self.payment.version, std::slice::from_ref(event), self.now, &cause());
        self.payment.evolve(event, self.now);
        append.changes.push(Change::Payment(self.payment.clone()));
        append.changes.extend(holds(&self.payment).into_iter().map(Change::Hold));
        self.write(append);
    }

    fn bank(&mut self, command: &PaymentCommand, order_id: OrderId, amount: i64, status: &'static str) {
        let event = self.payment.decide(command).unwrap().unwrap();
        self.payment_event(&event, |payment| vec![HoldChange { payment_id: payment.id, order_id, amount, status }]);
    }

    fn order(&mut self, order: &mut OrderState, command: &OrderCommand) {
        let decision = order.decide(command, self.now, &POLICY).unwrap();
        let mut append = Append::default();
        append.stream(order.id.0, order.version, &decision.events, self.now, &cause());
        *order = decision.next;
        append.changes.push(Change::Order(Box::new(OrderChange::of(order, false))));
        self.write(append);
    }

    /// Submits an order of `quantity` pieces of tea.
    pub fn submit(&mut self, number: u128, quantity: u32) -> OrderState {
        self.now = self.now.plus_millis(1_000);
        let tea = &self.store.products[&ProductId(uuid(TEA))];
        let line = OrderLine {
            product_id: tea.id,
            store_id: self.store.id,
            store_name: self.store.name.clone(),
            sku: tea.sku.clone(),
            product_name: tea.name.clone(),
            unit_price: tea.price,
            quantity,
        };
        let submission = Submission {
            customer_id: self.customer.id,
            payment_id: self.payment.id,
            expected_total: None,
            on_shortage: OnShortage::RejectAll,
            lines: vec![line],
            stores: vec![(self.store.id, Fulfilment::Internal, 15_000)],
            draw: None,
            drawn: vec![],
        };
        let id = OrderId(uuid(number));
        let decision = OrderState::submit(id, submission, self.now, &POLICY).unwrap();
        let mut append = Append::default();
        append.stream(id.0, 0, &decision.events, self.now, &cause());
        append.changes.push(Change::Order(Box::new(OrderChange::of(&decision.next, true))));
        self.write(append);
        decision.next
    }

    /// Takes an order to where the customer can pay.
    pub fn accept(&mut self, order: &mut OrderState) {
        let (id, total) = (order.id, order.total);
        let hold = PaymentCommand::Hold { order_id: id, customer_id: order.customer_id, amount: total };
        self.bank(&hold, id, total.amount_minor, "held");
        self.order(order, &OrderCommand::ConfirmPayment(total));
        let lines: Vec<StockLine> = order.lines_of(self.store.id);
        self.store(&StoreCommand::Reserve { order_id: id, lines });
        self.order(order, &OrderCommand::ConfirmStore(self.store.id));
    }

    /// Pays an accepted order and lets everyone do their part.
    pub fn pay(&mut self, order: &mut OrderState) {
        let (id, total) = (order.id, order.total);
        self.order(order, &OrderCommand::Pay);
        self.bank(&PaymentCommand::Capture(id), id, total.amount_minor, "captured");
        self.store(&StoreCommand::Ship(id));
        for duty in order.duties.clone() {
            self.order(order, &OrderCommand::Meet(duty.obligation));
        }
    }

    /// Rejects a submitted order for want of money.
    pub fn refuse(&mut self, order: &mut OrderState) {
        self.order(order, &OrderCommand::RejectPayment(crate::domain::order::Reason::NotEnoughMoney));
    }

    /// Hides an order.
    pub fn archive(&mut self, order: &mut OrderState) {
        self.order(order, &OrderCommand::Archive);
    }

    /// Writes what no event makes: a token, a consumer, what was counted, and a reply.
    pub fn keep_everything(&mut self) {
        let token = TokenRecord {
            hash: [7; 32],
            name: "desk".into(),
            role: TokenRole::Reader,
            created_at: self.now,
            revoked_at: None,
        };
        let span = SpanRecord { step_s: 60, slot: 1, at_s: 60, figures: OrderFigures::default() };
        let reply = Reply { status: 201, version: Some(1), location: Some("/orders/1".into()), body: b"{}".to_vec() };
        let record = IdempotencyRecord { key: [1; 32], request_hash: [2; 32], reply, created_at: self.now };
        self.write(Append {
            changes: vec![
                Change::Token(token),
                Change::Cursor(Cursor { consumer: "statistics", position: 1 }),
                Change::Statistics(span),
            ],
            ..Append::default()
        });
        let mut conn = pool::open_writer(&self.place).unwrap();
        diesel::insert_into(idempotency::table).values(ReplyRow::from(&record)).execute(&mut conn).unwrap();
    }

    /// Commits an append alone.
    pub fn write(&mut self, append: Append) {
        let (answer, mut commit) = oneshot::channel();
        self.writer.commit(&mut vec![Job::new(append, answer)], |_| {});
        commit.try_recv().unwrap().unwrap();
    }
}

/// A database in memory, or a new one on the server that is to be tested.
fn place(name: &str) -> Place {
    server(name).unwrap_or_else(|| Place::Memory(name.to_owned()))
}

/// With `PLAZA_TEST_DATABASE=postgres`, a new database at the server of `PLAZA_TEST_POSTGRES_URL`
/// (`scripts/with-postgres.sh` brings one).
pub fn server(name: &str) -> Option<Place> {
    use diesel::RunQueryDsl;
    if std::env::var("PLAZA_TEST_DATABASE").is_ok_and(|database| database == "postgres") {
        let server = std::env::var("PLAZA_TEST_POSTGRES_URL").unwrap();
        let name = format!("unit_{}_{}", std::process::id(), name.replace('-', "_"));
        let any = Place::Server(format!("{server}postgres").parse().unwrap());
        let mut conn = pool::open_writer(&any).unwrap();
        diesel::sql_query(format!("CREATE DATABASE {name}")).execute(&mut conn).unwrap();
        return Some(Place::Server(format!("{server}{name}").parse().unwrap()));
    }
    None
}

/// Time stands still.
struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn cause() -> Cause {
    Cause { correlation_id: uuid(9), causation_id: Arc::from("test") }
}

fn eur() -> Currency {
    "EUR".parse().unwrap()
}
