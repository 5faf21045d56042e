//! A small mall for the tests of the read side: a migrated database in memory, and a writer just good enough for it.

use super::chain::{self, HashedEvent};
use super::pool::{Connection, open_memory};
use super::schema;
use super::schema::events::dsl as e;
use crate::actors::ports::{Append, Cause, Change, HoldChange, OrderChange, ReservationChange, StoreHead};
use crate::domain::basket::{BasketItem, BasketState};
use crate::domain::catalogue::{Fulfilment, ProductEdit, StockLine, StoreCommand, StoreEdit, StoreState};
use crate::domain::customer::{self, CustomerState};
use crate::domain::event::{BasketEvent, StoreEvent};
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::money::{Currency, Money};
use crate::domain::order::{OnShortage, OrderCommand, OrderLine, OrderPolicy, OrderState, Submission};
use crate::domain::payment::{self, PaymentCommand, PaymentState};
use crate::domain::time::Timestamp;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::sync::Arc;
use uuid::Uuid;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POLICY: OrderPolicy = OrderPolicy {
    payment_delay_ms: 5_000,
    grace_ms: 30_000,
    pay_deadline_ms: 1_800_000,
    shipping_delay_ms: 0,
    speed: 1,
};

/// The id of that number; greater numbers are younger.
pub fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x0194_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// Gives an empty database its tables.
pub fn migrate(conn: &mut Connection) {
    conn.run_pending_migrations(MIGRATIONS).unwrap();
}

/// One store with tea and cups, one customer with 100.00 and a basket.
pub struct Mall {
    pub conn: Connection,
    pub store: StoreState,
    pub customer: CustomerState,
    pub payment: PaymentState,
    pub basket: BasketState,
    pub now: Timestamp,
    position: i64,
    hash: [u8; 32],
}

pub const TEA: u128 = 11;
pub const CUP: u128 = 12;

impl Mall {
    pub fn open(name: &str) -> Self {
        let mut conn = open_memory(name).unwrap();
        migrate(&mut conn);
        let row = (schema::log::one.eq(1), schema::log::log_id.eq(uuid(1).to_string()));
        diesel::insert_into(schema::log::table)
            .values((row, schema::log::currency.eq("EUR"), schema::log::created_at.eq(0)))
            .execute(&mut conn)
            .unwrap();
        let now = Timestamp(1_764_000_000_000_000);
        let registered = customer::register("Ana Größe", "+49 1").unwrap();
        let customer = CustomerState::born(CustomerId(uuid(2)), &registered, now);
        let mut mall = Self {
            conn,
            store: StoreState::blank(StoreId(uuid(3))),
            customer,
            payment: PaymentState::blank(PaymentId(uuid(4)), eur()),
            basket: BasketState::blank(BasketId(uuid(5))),
            now,
            position: 0,
            hash: chain::GENESIS,
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
            on_shortage: OnShortage::RejectAll,
            lines: vec![line],
            stores: vec![(self.store.id, Fulfilment::Internal, 15_000)],
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

    fn write(&mut self, append: Append) {
        for event in append.events {
            self.position += 1;
            let (stream_id, correlation_id) = (event.stream_id.to_string(), event.cause.correlation_id.to_string());
            let hashed = HashedEvent {
                position: self.position.unsigned_abs(),
                stream: event.stream.as_str(),
                stream_id: &stream_id,
                version: event.version,
                name: event.name,
                payload: &event.payload,
                occurred_at: event.occurred_at.0,
                correlation_id: &correlation_id,
                causation_id: &event.cause.causation_id,
            };
            self.hash = chain::next_hash(&self.hash, &hashed);
            let row = (
                e::position.eq(self.position),
                e::stream.eq(hashed.stream),
                e::stream_id.eq(&stream_id),
                e::version.eq(event.version.cast_signed()),
                e::name.eq(event.name),
                e::payload.eq(&event.payload),
                e::occurred_at.eq(event.occurred_at.0),
                e::correlation_id.eq(&correlation_id),
                e::causation_id.eq(hashed.causation_id),
                e::hash.eq(self.hash.as_slice()),
            );
            diesel::insert_into(e::events).values(row).execute(&mut self.conn).unwrap();
        }
        append.changes.into_iter().for_each(|change| write_change(&mut self.conn, change));
    }
}

fn write_change(conn: &mut Connection, change: Change) {
    use schema::*;
    let written = match change {
        Change::Store(s) => diesel::replace_into(stores::table)
            .values((
                stores::id.eq(s.id.to_string()),
                stores::name.eq(&*s.name),
                stores::location.eq(&*s.location),
                stores::participating.eq(s.participating),
                stores::confirmation_delay_ms.eq(s.confirmation_delay_ms.cast_signed()),
                stores::fulfilment.eq(s.fulfilment.as_str()),
                stores::archived.eq(s.archived),
                stores::version.eq(s.version.cast_signed()),
                stores::created_at.eq(s.created_at.0),
            ))
            .execute(conn),
        Change::Product(store_id, p) => diesel::replace_into(products::table)
            .values((
                products::id.eq(p.id.to_string()),
                products::store_id.eq(store_id.to_string()),
                products::sku.eq(&*p.sku),
                products::name.eq(&*p.name),
                products::description.eq(&*p.description),
                products::price.eq(p.price.amount_minor),
                products::on_hand.eq(p.stock.on_hand),
                products::reserved.eq(p.stock.reserved),
                products::archived.eq(p.archived),
                products::version.eq(p.version.cast_signed()),
                products::created_at.eq(p.created_at.0),
            ))
            .execute(conn),
        Change::Reservation(r) => diesel::replace_into(reservations::table)
            .values((
                reservations::order_id.eq(r.order_id.to_string()),
                reservations::store_id.eq(r.store_id.to_string()),
                reservations::lines.eq(serde_json::to_string(&r.lines).unwrap()),
                reservations::status.eq(r.status),
            ))
            .execute(conn),
        Change::Customer(c, token_hash) => diesel::replace_into(customers::table)
            .values((
                customers::id.eq(c.id.to_string()),
                customers::name.eq(&*c.name),
                customers::phone.eq(&*c.phone),
                customers::token_hash.eq(token_hash.as_slice()),
                customers::version.eq(c.version.cast_signed()),
                customers::created_at.eq(c.created_at.0),
            ))
            .execute(conn),
        Change::Payment(p) => diesel::replace_into(payments::table)
            .values((
                payments::id.eq(p.id.to_string()),
                payments::customer_id.eq(p.customer_id.to_string()),
                payments::status.eq(p.status.as_str()),
                payments::authorized.eq(p.authorized),
                payments::available.eq(p.available),
                payments::held.eq(p.held),
                payments::captured.eq(p.captured),
                payments::refunded.eq(p.refunded),
                payments::version.eq(p.version.cast_signed()),
                payments::created_at.eq(p.created_at.0),
            ))
            .execute(conn),
        Change::Hold(h) => diesel::replace_into(holds::table)
            .values((
                holds::order_id.eq(h.order_id.to_string()),
                holds::payment_id.eq(h.payment_id.to_string()),
                holds::amount.eq(h.amount),
                holds::status.eq(h.status),
            ))
            .execute(conn),
        Change::Basket(b) => diesel::replace_into(baskets::table)
            .values((
                baskets::id.eq(b.id.to_string()),
                baskets::customer_id.eq(b.customer_id.map(|id| id.to_string())),
                baskets::items.eq(serde_json::to_string(&b.items).unwrap()),
                baskets::pieces.eq(b.items.iter().map(|item| i64::from(item.quantity)).sum::<i64>()),
                baskets::version.eq(b.version.cast_signed()),
                baskets::created_at.eq(b.created_at.0),
                baskets::updated_at.eq(b.updated_at.0),
            ))
            .execute(conn),
        Change::Order(o) => {
            for store in &o.new_stores {
                let row = (order_stores::store_id.eq(store.to_string()), order_stores::order_id.eq(o.id.to_string()));
                diesel::replace_into(order_stores::table).values(row).execute(conn).unwrap();
            }
            diesel::replace_into(orders::table)
                .values((
                    orders::id.eq(o.id.to_string()),
                    orders::customer_id.eq(o.customer_id.to_string()),
                    orders::payment_id.eq(o.payment_id.to_string()),
                    orders::status.eq(o.status.as_str()),
                    orders::reasons.eq(&o.reasons),
                    orders::archived.eq(o.archived),
                    orders::next_due_at.eq(o.next_due_at.map(|at| at.0)),
                    orders::total.eq(o.total),
                    orders::version.eq(o.version.cast_signed()),
                    orders::created_at.eq(o.created_at.0),
                    orders::updated_at.eq(o.updated_at.0),
                    orders::body.eq(&o.body),
                ))
                .execute(conn)
        }
    };
    assert_eq!(written.unwrap(), 1);
}

fn cause() -> Cause {
    Cause { correlation_id: uuid(9), causation_id: Arc::from("test") }
}

fn eur() -> Currency {
    "EUR".parse().unwrap()
}
