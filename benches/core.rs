//! What the order path costs in one thread: deciding, and appending at group sizes 1, 64 and 512 with
//! `synchronous=FULL`; and what whole orders cost in virtual time. `scripts/bench.sh` measures the whole system.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use plaza::actors::counter::{LineRequest, PlaceOrder};
use plaza::actors::principal::Principal;
use plaza::bus::memory::MemoryBus;
use plaza::db::journal::group::Job;
use plaza::db::journal::writer::{Writer, abort};
use plaza::db::open::{Birth, Loss, open};
use plaza::db::place::Place;
use plaza::domain::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use plaza::domain::line::OrderLine;
use plaza::domain::money::Money;
use plaza::domain::order::{Decision, OnShortage, OrderCommand, OrderPolicy, OrderState, OrderStatus, Submission};
use plaza::domain::participant::Fulfilment;
use plaza::domain::store::{ProductEdit, StoreCommand, StoreEdit};
use plaza::domain::time::Timestamp;
use plaza::metrics::Metrics;
use plaza::ports::changes::{Change, OrderChange};
use plaza::ports::journal::{Append, Cause};
use plaza::ports::reply::{Reply, Responder};
use plaza::sim::world::{self, Options, World};
use plaza::system::SystemClock;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::sleep;
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_767_225_600_000_000);
const POLICY: OrderPolicy = OrderPolicy {
    payment_delay_ms: 5_000,
    grace_ms: 30_000,
    pay_deadline_ms: 1_800_000,
    shipping_delay_ms: 0,
    speed: 1,
    payment_provider: Fulfilment::Internal,
};

fn eur(amount: i64) -> Money {
    Money::new(amount, "EUR".parse().expect("EUR is a currency"))
}

fn submission() -> Submission {
    let store_id = StoreId(Uuid::from_u128(1));
    Submission {
        customer_id: CustomerId(Uuid::from_u128(2)),
        payment_id: PaymentId(Uuid::from_u128(3)),
        expected_total: None,
        on_shortage: OnShortage::RejectAll,
        lines: vec![OrderLine {
            product_id: ProductId(Uuid::from_u128(4)),
            store_id,
            store_name: "Corner store".into(),
            sku: "SKU-1".into(),
            product_name: "A thing".into(),
            unit_price: eur(1_999),
            quantity: 2,
        }],
        stores: vec![(store_id, Fulfilment::Internal, 15_000)],
        draw: None,
        drawn: vec![],
    }
}

fn submit() -> Decision {
    OrderState::submit(OrderId(Uuid::now_v7()), submission(), NOW, &POLICY).expect("a sound order is never refused")
}

fn deciding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    group.bench_function("submit", |bench| bench.iter(|| black_box(submit())));
    let confirm_payment = OrderCommand::ConfirmPayment(eur(3_998));
    let pending = submit().next;
    group.bench_function("payment confirmed", |bench| {
        bench.iter(|| black_box(pending.decide(&confirm_payment, NOW, &POLICY)));
    });
    let held = pending.decide(&confirm_payment, NOW, &POLICY).expect("a verdict is never refused").next;
    let confirm_store = OrderCommand::ConfirmStore(StoreId(Uuid::from_u128(1)));
    group.bench_function("store confirmed, accepted", |bench| {
        bench.iter(|| black_box(held.decide(&confirm_store, NOW, &POLICY)));
    });
    group.finish();
}

/// The append of one submission: an event, an order row, a store row.
fn append() -> Append {
    let Decision { events, next } = submit();
    let cause = Cause { correlation_id: next.id.0, causation_id: "bench".into() };
    let mut append = Append::default();
    append.stream(next.id.0, 0, &events, NOW, &cause);
    append.changes.push(Change::Order(Box::new(OrderChange::of(&next, true))));
    append
}

fn appending(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("append");
    for size in [1_u64, 64, 512] {
        let directory = tempfile::tempdir().expect("the system has a temporary directory");
        let birth = Birth { log_id: Uuid::nil(), currency: eur(0).currency, at: NOW };
        let opened = open(&Place::File(directory.path().join("plaza.db")), birth, Loss::Refused)
            .expect("a new journal can be made");
        let clock = Arc::new(SystemClock::starting_at(NOW));
        let (bus, metrics) = (MemoryBus::default(), Arc::new(Metrics::default()));
        let mut writer = Writer::new(opened.engine, opened.tail, Arc::new(bus), metrics, clock, Box::new(abort));
        group.throughput(Throughput::Elements(size));
        group.bench_function(format!("groups of {size}"), |bench| {
            bench.iter_batched(
                || (0..size).map(|_| Job::new(append(), oneshot::channel().0)).collect::<Vec<_>>(),
                |mut jobs| {
                    writer.commit(&mut jobs, |head| {
                        black_box(head);
                    });
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// What a responder keeps of what was made.
fn made<S: 'static>(id: fn(&S) -> Uuid) -> Responder<S> {
    let reply =
        move |state: &S| Reply { status: 201, version: None, location: None, body: id(state).into_bytes().into() };
    Responder::new(None, reply)
}

fn id(reply: &Reply) -> Uuid {
    Uuid::from_slice(&reply.body).expect("the body is an id")
}

/// Orders at a small mall in virtual time, one a second: each with a new customer, and paid once it is accepted.
async fn buying(orders: u64) {
    let world = World::open(Options::new(1, POLICY)).await.expect("a world can be made");
    let mall = world.mall();
    let admitted = || {
        let cause = Cause { correlation_id: Uuid::nil(), causation_id: "bench".into() };
        mall.admit(cause, Principal::Open).expect("there is room for one a second")
    };
    let named = StoreEdit { name: Some("Store".into()), location: Some("Here".into()), ..StoreEdit::default() };
    let store = mall.create_store(named, made(|store| store.id.0), admitted()).await.expect("a store opens");
    let (store, product_id) = (StoreId(id(&store)), ProductId(mall.entropy().uuid()));
    let (name, price, stock) = (Some("Thing".into()), Some(eur(1_999)), Some(1_000_000));
    let edit = ProductEdit { name, price, stock, ..ProductEdit::default() };
    for command in [StoreCommand::Participate(true), StoreCommand::AddProduct(product_id, edit)] {
        mall.administer(store, command, None, made(|store| store.id.0), admitted()).await.expect("it has products");
    }
    let buys = (0..orders).map(async |number| {
        sleep(Duration::from_secs(number)).await;
        let token = mall.entropy().secret();
        let customer = mall.register_customer("Ana", "555", &token, made(|customer| customer.id.0), admitted()).await;
        let customer_id = CustomerId(id(&customer.expect("she registers")));
        let payment = mall.authorize_payment(customer_id, eur(5_000), made(|payment| payment.id.0), admitted()).await;
        let order = PlaceOrder {
            customer_id,
            payment_id: PaymentId(id(&payment.expect("she has money"))),
            lines: vec![LineRequest { product_id, quantity: 2 }],
            on_shortage: OnShortage::RejectAll,
            expected_total: None,
            draw: None,
        };
        let order = mall.place_order(order, made(|order| order.id.0), admitted()).await.expect("she orders");
        sleep(Duration::from_secs(20)).await;
        let order = OrderId(id(&order));
        mall.command_order(order, OrderCommand::Pay, None, made(|order| order.id.0), admitted())
            .await
            .expect("she pays");
    });
    futures_util::future::join_all(buys).await;
    world.settle().await;
    let counts = mall.reads().order_counts().await.expect("they are counted");
    assert!(counts.contains(&(OrderStatus::Delivered, orders)), "{counts:?}");
}

fn living(criterion: &mut Criterion) {
    const ORDERS: u64 = 1_000;
    let mut group = criterion.benchmark_group("world");
    group.throughput(Throughput::Elements(ORDERS)).sample_size(10);
    group.bench_function("orders, paid and delivered", |bench| bench.iter(|| world::run(buying(ORDERS))));
    group.finish();
}

criterion_group!(benches, deciding, appending, living);
criterion_main!(benches);
