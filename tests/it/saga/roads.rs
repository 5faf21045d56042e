//! Roads nobody takes on purpose: actors that fall asleep or are swept at the worst moment, appends that are refused again
//! and again, participants that cannot be read, promises that were lost, and people who ask for what is not theirs.

use super::shopper::{SECOND, Shopper, in_a_mall, policy};
use diesel::connection::SimpleConnection;
use plaza::actors::admission::Admitted;
use plaza::actors::ask::ask;
use plaza::actors::error::MallError;
use plaza::actors::order_saga::TimerDue;
use plaza::actors::principal::Principal;
use plaza::actors::store::Expect;
use plaza::actors::versions::Versions;
use plaza::actors::{payment, store};
use plaza::domain::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use plaza::domain::order::{Answer, CancelledBy, OrderCommand, OrderPolicy, OrderStatus};
use plaza::domain::participant::Fulfilment;
use plaza::domain::payment::{PaymentCommand, PaymentStatus};
use plaza::domain::store::{ProductEdit, StoreCommand, StoreEdit};
use plaza::ports::journal::Cause;
use plaza::ports::reply::{Reply, Responder};
use std::time::Duration;
use uuid::Uuid;

/// A store that confirms after 15 s, with ten of a product for 100, and a customer with 1 000 to spend.
#[derive(Clone, Copy)]
struct Shop {
    store: StoreId,
    product: ProductId,
    customer: CustomerId,
    payment: PaymentId,
}

impl Shop {
    async fn open(shopper: &Shopper) -> Self {
        let store = shopper.store(15_000).await;
        let product = shopper.product(store, 100, 10).await;
        let customer = shopper.customer().await;
        let payment = shopper.authorize(customer, 1_000).await;
        Self { store, product, customer, payment }
    }

    async fn order(self, shopper: &Shopper) -> OrderId {
        shopper.order(self.customer, self.payment, &[(self.product, 1)]).await
    }
}

/// Changes the mall's database by hand.
fn by_hand(shopper: &mut Shopper, sql: &str) {
    shopper.world.look(|conn| conn.batch_execute(sql)).unwrap();
}

/// Puts every actor to sleep that is not needed; how many are left.
fn sleep(shopper: &Shopper) -> usize {
    let mall = shopper.world.mall();
    mall.orders().sweep(Duration::ZERO);
    mall.stores().sweep(Duration::ZERO);
    mall.payments().sweep(Duration::ZERO);
    mall.orders().awake() + mall.stores().awake() + mall.payments().awake()
}

/// Sweeps between any two steps of the others.
fn sweep_on_and_on(shopper: &Shopper) -> tokio::task::JoinHandle<()> {
    let mall = shopper.world.mall().clone();
    actix::spawn(async move {
        loop {
            // Time passes only while nobody has anything to do.
            for _ in 0..50 {
                mall.orders().sweep(Duration::ZERO);
                mall.stores().sweep(Duration::ZERO);
                mall.payments().sweep(Duration::ZERO);
                tokio::task::yield_now().await;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
}

fn count(shopper: &Shopper, name: &str) -> u64 {
    let text = shopper.world.mall().metrics().encode(&[]).unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("{name} is not in {text}")).parse().unwrap()
}

fn cancel() -> OrderCommand {
    OrderCommand::Cancel { by: CancelledBy::Customer, reason: None }
}

fn silent<S: 'static>() -> Responder<S> {
    Responder::new(None, |_| Reply { status: 200, version: None, location: None, body: vec![] })
}

fn cause() -> Cause {
    Cause { correlation_id: Uuid::nil(), causation_id: "test".into() }
}

fn only(version: u64) -> Versions {
    Versions::from_iter([version])
}

async fn serve_payment(
    shopper: &Shopper,
    shop: Shop,
    order: OrderId,
    command: PaymentCommand,
) -> Result<i64, MallError> {
    let lease = shopper.world.mall().payments().get(shop.payment).unwrap();
    ask(lease.addr(), payment::Serve { order_id: order, command, cause: cause() }).await
}

async fn serve_store(shopper: &Shopper, shop: Shop, command: StoreCommand) -> Result<(), MallError> {
    let lease = shopper.world.mall().stores().get(shop.store).unwrap();
    ask(lease.addr(), store::Serve { command, cause: cause() }).await
}

#[test]
fn falling_asleep_in_every_second_of_an_order_changes_nothing_about_its_outcome() {
    in_a_mall(OrderPolicy { shipping_delay_ms: 5_000, ..policy() }, |shopper| async move {
        let shop = Shop::open(&shopper).await;
        let order = shop.order(&shopper).await;
        for second in 0..16 {
            assert_eq!(sleep(&shopper), 0, "in second {second} nobody is needed");
            shopper.wait(SECOND).await;
        }
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        shopper.command(order, OrderCommand::Pay).await.unwrap();
        for _ in 0..6 {
            sleep(&shopper);
            shopper.wait(SECOND).await;
        }
        assert_eq!(shopper.look(order).await.status, OrderStatus::Delivered);
        assert_eq!((shopper.payment(shop.payment).await.captured, shopper.stock(shop.product).await.on_hand), (100, 9));
        shopper
    });
}

#[test]
fn actors_that_are_swept_while_they_are_asked_answer_all_the_same() {
    in_a_mall(policy(), |shopper| async move {
        let shop = Shop::open(&shopper).await;
        let sweeper = sweep_on_and_on(&shopper);
        let mut orders = vec![];
        for _ in 0..5 {
            orders.push(shop.order(&shopper).await);
        }
        shopper.wait(16 * SECOND).await;
        for order in &orders {
            assert_eq!(shopper.look(*order).await.status, OrderStatus::Accepted);
            shopper.command(*order, OrderCommand::Pay).await.unwrap();
            assert_eq!(shopper.look(*order).await.status, OrderStatus::Delivered, "the answer waits for the stores");
        }
        sweeper.abort();
        assert_eq!(shopper.stock(shop.product).await.on_hand, 5);
        shopper
    });
}

#[test]
fn an_answer_from_outside_is_carried_out_though_everybody_is_swept() {
    in_a_mall(policy(), |shopper| async move {
        let shop = Shop::open(&shopper).await;
        let outside = StoreEdit { fulfilment: Some(Fulfilment::External), ..StoreEdit::default() };
        shopper.administer(shop.store, StoreCommand::Edit(outside)).await.unwrap();
        let order = shop.order(&shopper).await;
        shopper.wait(6 * SECOND).await;
        let sweeper = sweep_on_and_on(&shopper);
        let yes = OrderCommand::AnswerStore(shop.store, Answer::Confirm);
        shopper.world.mall().answer_order(order, yes).await.unwrap();
        shopper.wait(Duration::from_millis(10)).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted, "at once, not when somebody looks again");
        sweeper.abort();
        shopper
    });
}

#[test]
fn nothing_is_asked_for_on_the_strength_of_what_is_not_written() {
    in_a_mall(policy(), |mut shopper| async move {
        let shop = Shop::open(&shopper).await;
        let (first, second) = (shop.order(&shopper).await, shop.order(&shopper).await);
        shopper.wait(16 * SECOND).await;
        shopper.command(first, OrderCommand::Pay).await.unwrap();
        by_hand(&mut shopper, "CREATE UNIQUE INDEX one_sold ON orders (customer_id) WHERE status = 'delivered'");
        let saga = shopper.world.mall().orders().get(second).unwrap();
        let (hears, _) = tokio::sync::oneshot::channel();
        // The saga looks for work after it has decided, and before it is told what became of that.
        let paid = shopper.command(second, OrderCommand::Pay);
        let (paid, told) = futures_util::future::join(paid, saga.addr().send(TimerDue { hears })).await;
        assert!(matches!(paid, Err(MallError::Append(_))), "{paid:?}");
        drop((told, saga));
        shopper.wait(SECOND).await;
        assert_eq!((shopper.payment(shop.payment).await.captured, shopper.stock(shop.product).await.on_hand), (100, 9));
        by_hand(&mut shopper, "DROP INDEX one_sold");
        shopper.command(second, OrderCommand::Pay).await.unwrap();
        assert_eq!((shopper.payment(shop.payment).await.captured, shopper.stock(shop.product).await.on_hand), (200, 8));
        shopper
    });
}

#[test]
fn a_reservation_that_is_refused_is_tried_again_after_pauses_that_grow() {
    in_a_mall(OrderPolicy { grace_ms: 600_000, ..policy() }, |mut shopper| async move {
        let shop = Shop::open(&shopper).await;
        let first = shop.order(&shopper).await;
        shopper.wait(16 * SECOND).await;
        by_hand(&mut shopper, "CREATE UNIQUE INDEX one_a_store ON reservations (store_id)");
        let order = shop.order(&shopper).await;
        shopper.wait(15 * SECOND).await;
        assert_eq!(count(&shopper, "plaza_appends_refused_total"), 1);
        shopper.wait(60 * SECOND).await;
        let tries = count(&shopper, "plaza_appends_refused_total");
        assert!((7..=10).contains(&tries), "after a quarter of a second, and twice as long each time: {tries}");
        assert_eq!(shopper.look(order).await.status, OrderStatus::Pending);
        assert_eq!(shopper.world.mall().troubles().count(), 0, "the store is well");
        by_hand(&mut shopper, "DROP INDEX one_a_store");
        shopper.wait(31 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        assert_eq!(shopper.look(first).await.status, OrderStatus::Accepted);
        shopper
    });
}

#[test]
fn an_order_whose_own_append_is_refused_rests_and_goes_on() {
    in_a_mall(OrderPolicy { grace_ms: 600_000, ..policy() }, |mut shopper| async move {
        let shop = Shop::open(&shopper).await;
        let first = shop.order(&shopper).await;
        shopper.wait(16 * SECOND).await;
        assert_eq!(shopper.look(first).await.status, OrderStatus::Accepted);
        by_hand(&mut shopper, "CREATE UNIQUE INDEX one_accepted ON orders (customer_id) WHERE status = 'accepted'");
        let order = shop.order(&shopper).await;
        let mall = shopper.world.mall().clone();
        let waits = actix::spawn(async move { mall.await_verdict(order, 600 * SECOND).await });
        shopper.wait(15 * SECOND).await;
        assert_eq!(count(&shopper, "plaza_appends_refused_total"), 1);
        assert!(waits.await.unwrap(), "it will not be told by this actor: it is to look again");
        assert_eq!(shopper.world.mall().troubles().count(), 1);
        shopper.wait(60 * SECOND).await;
        let tries = count(&shopper, "plaza_appends_refused_total");
        assert!((5..=12).contains(&tries), "after pauses that grow: {tries}");
        assert_eq!(shopper.look(order).await.status, OrderStatus::Pending);
        by_hand(&mut shopper, "DROP INDEX one_accepted");
        shopper.wait(60 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        assert_eq!(shopper.world.mall().troubles().count(), 0);
        shopper
    });
}

#[test]
fn a_store_that_cannot_be_read_is_left_alone_and_asked_again() {
    in_a_mall(OrderPolicy { grace_ms: 600_000, ..policy() }, |mut shopper| async move {
        let shop = Shop::open(&shopper).await;
        let order = shop.order(&shopper).await;
        assert_eq!(sleep(&shopper), 0);
        by_hand(&mut shopper, "ALTER TABLE stores RENAME TO away");
        shopper.wait(15 * SECOND).await;
        let mall = shopper.world.mall();
        let troubles = mall.troubles();
        assert_eq!(troubles.count(), 1);
        shopper.wait(60 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Pending);
        by_hand(&mut shopper, "ALTER TABLE away RENAME TO stores");
        shopper.wait(60 * SECOND).await;
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        assert_eq!(shopper.world.mall().troubles().count(), 0);
        shopper
    });
}

#[test]
fn what_a_store_is_owed_waits_until_it_can_be_read_and_costs_the_others_nothing() {
    in_a_mall(policy(), |mut shopper| async move {
        let (shop, other) = (Shop::open(&shopper).await, Shop::open(&shopper).await);
        let order = shop.order(&shopper).await;
        shopper.wait(16 * SECOND).await;
        assert_eq!(sleep(&shopper), 0);
        by_hand(&mut shopper, &format!("UPDATE stores SET fulfilment = '?' WHERE id = '{}'", shop.store));
        shopper.command(order, cancel()).await.unwrap();
        shopper.wait(SECOND).await;
        assert!(!shopper.look(order).await.is_settled(), "its reservation is still there");
        assert_eq!(shopper.world.mall().troubles().count(), 1);
        let next = other.order(&shopper).await;
        shopper.wait(15 * SECOND).await;
        assert_eq!(shopper.look(next).await.status, OrderStatus::Accepted, "on time");
        by_hand(&mut shopper, "UPDATE stores SET fulfilment = 'internal'");
        shopper.wait(60 * SECOND).await;
        assert!(shopper.look(order).await.is_settled());
        assert_eq!(shopper.stock(shop.product).await.reserved, 0);
        shopper
    });
}

#[test]
fn stock_that_was_promised_and_lost_is_owed_until_it_is_found() {
    in_a_mall(policy(), |mut shopper| async move {
        let shop = Shop::open(&shopper).await;
        let order = shop.order(&shopper).await;
        shopper.wait(16 * SECOND).await;
        assert_eq!(sleep(&shopper), 0);
        by_hand(&mut shopper, "UPDATE reservations SET status = 'released'");
        shopper.command(order, OrderCommand::Pay).await.unwrap();
        shopper.wait(SECOND).await;
        let seen = shopper.look(order).await;
        assert!(seen.is_terminal() && !seen.is_settled(), "it is owed: {seen:?}");
        assert_eq!(count(&shopper, "plaza_promises_broken_total"), 1);
        shopper.wait(80 * SECOND).await;
        assert_eq!(count(&shopper, "plaza_promises_broken_total"), 3, "every half a minute");
        assert_eq!(shopper.world.mall().troubles().count(), 0, "the store is well");
        by_hand(&mut shopper, "UPDATE reservations SET status = 'reserved'");
        sleep(&shopper);
        shopper.wait(31 * SECOND).await;
        assert!(shopper.look(order).await.is_settled());
        assert_eq!(shopper.stock(shop.product).await.on_hand, 9);
        shopper
    });
}

#[test]
fn what_is_asked_twice_happens_once() {
    in_a_mall(policy(), |shopper| async move {
        let shop = Shop::open(&shopper).await;
        let order = shop.order(&shopper).await;
        shopper.wait(16 * SECOND).await;
        let amount = super::shopper::eur(100);
        let hold = PaymentCommand::Hold { order_id: order, customer_id: shop.customer, amount };
        assert_eq!(serve_payment(&shopper, shop, order, hold).await.unwrap(), 100);
        let lower = PaymentCommand::LowerHold { order_id: order, amount };
        assert_eq!(serve_payment(&shopper, shop, order, lower).await.unwrap(), 100);
        let lines = shopper.look(order).await.lines_of(shop.store);
        serve_store(&shopper, shop, StoreCommand::Reserve { order_id: order, lines }).await.unwrap();
        assert_eq!((shopper.payment(shop.payment).await.held, shopper.stock(shop.product).await.reserved), (100, 1));
        shopper.command(order, OrderCommand::Pay).await.unwrap();
        for _ in 0..2 {
            assert_eq!(serve_payment(&shopper, shop, order, PaymentCommand::Capture(order)).await.unwrap(), 0);
            assert_eq!(serve_payment(&shopper, shop, order, PaymentCommand::VoidHold(order)).await.unwrap(), 0);
            serve_store(&shopper, shop, StoreCommand::Ship(order)).await.unwrap();
            serve_store(&shopper, shop, StoreCommand::Release(order)).await.unwrap();
            assert_eq!(sleep(&shopper), 0, "and again by those who remember nothing");
        }
        assert_eq!((shopper.payment(shop.payment).await.captured, shopper.stock(shop.product).await.on_hand), (100, 9));
        let never = OrderId(Uuid::nil());
        let taken = serve_payment(&shopper, shop, never, PaymentCommand::Capture(never)).await;
        assert!(matches!(taken, Err(MallError::NothingToCapture(_))), "{taken:?}");
        let handed_over = serve_store(&shopper, shop, StoreCommand::Ship(never)).await;
        assert!(matches!(handed_over, Err(MallError::NothingToShip { .. })), "{handed_over:?}");
        shopper
    });
}

#[test]
fn what_is_not_there_or_not_ones_own_is_not_found() {
    in_a_mall(policy(), |shopper| async move {
        let shop = Shop::open(&shopper).await;
        let order = shop.order(&shopper).await;
        let (mall, stranger) = (shopper.world.mall(), shopper.customer().await);
        let of = |customer| Admitted { principal: Principal::Customer(customer), ..shopper.admitted() };
        let refused = mall.command_order(order, cancel(), None, silent(), of(stranger)).await;
        assert!(matches!(refused, Err(MallError::NoSuchOrder(_))));
        let refused = mall.void_payment(shop.payment, None, silent(), of(stranger)).await;
        assert!(matches!(refused, Err(MallError::NoSuchPayment(_))));
        assert_eq!(shopper.payment(shop.payment).await.status, PaymentStatus::Authorized);
        let nobody = OrderId(Uuid::nil());
        assert!(matches!(shopper.command(nobody, cancel()).await, Err(MallError::NoSuchOrder(_))));
        let edit = StoreCommand::Edit(StoreEdit::default());
        let refused = shopper.administer(StoreId(Uuid::nil()), edit.clone()).await;
        assert!(matches!(refused, Err(MallError::NoSuchStore(_))));
        mall.command_order(order, cancel(), None, silent(), of(shop.customer)).await.unwrap();
        mall.void_payment(shop.payment, None, silent(), of(shop.customer)).await.unwrap();
        assert_eq!(shopper.payment(shop.payment).await.status, PaymentStatus::Voided);
        shopper
    });
}

#[test]
fn whoever_insists_on_a_version_is_refused_at_another() {
    in_a_mall(policy(), |shopper| async move {
        let shop = Shop::open(&shopper).await;
        let order = shop.order(&shopper).await;
        let mall = shopper.world.mall();
        let mismatch = |result: &Result<Reply, MallError>| matches!(result, Err(MallError::VersionMismatch { .. }));
        let version = shopper.look(order).await.version;
        for (expected, ok) in [(version + 1, false), (version, true)] {
            let done = mall.command_order(order, cancel(), Some(only(expected)), silent(), shopper.admitted()).await;
            assert_eq!((done.is_ok(), mismatch(&done)), (ok, !ok));
        }
        for (expected, ok) in [(2, false), (1, true)] {
            let done = mall.void_payment(shop.payment, Some(only(expected)), silent(), shopper.admitted()).await;
            assert_eq!((done.is_ok(), mismatch(&done)), (ok, !ok));
        }
        let name = |name: &str| StoreCommand::Edit(StoreEdit { name: Some(name.into()), ..StoreEdit::default() });
        let price = |amount| {
            let price = Some(super::shopper::eur(amount));
            StoreCommand::EditProduct(shop.product, ProductEdit { price, ..ProductEdit::default() })
        };
        let cases = [
            (name("A"), Expect::Store(only(9)), false),
            (name("A"), Expect::Store(only(3)), true),
            (price(7), Expect::Product(shop.product, only(9)), false),
            (price(7), Expect::Product(shop.product, only(1)), true),
        ];
        for (command, expect, ok) in cases {
            let done = mall.administer(shop.store, command, Some(expect), silent(), shopper.admitted()).await;
            assert_eq!((done.is_ok(), mismatch(&done)), (ok, !ok));
        }
        let unknown = Some(Expect::Product(ProductId(Uuid::nil()), only(1)));
        let done = mall.administer(shop.store, price(8), unknown, silent(), shopper.admitted()).await;
        assert!(matches!(done, Err(MallError::NoSuchProduct(_))));
        shopper
    });
}

#[test]
fn who_waits_for_a_verdict_is_told_when_there_is_one() {
    in_a_mall(policy(), |shopper| async move {
        let shop = Shop::open(&shopper).await;
        let order = shop.order(&shopper).await;
        let mall = shopper.world.mall();
        let began = tokio::time::Instant::now();
        assert!(!mall.await_verdict(order, 14 * SECOND).await, "there is none yet");
        assert!(mall.await_verdict(order, 60 * SECOND).await);
        let took = began.elapsed();
        assert!((15 * SECOND..16 * SECOND).contains(&took), "{took:?}");
        assert_eq!(shopper.look(order).await.status, OrderStatus::Accepted);
        assert!(mall.await_verdict(order, Duration::from_millis(1)).await, "it is known");
        assert!(mall.await_verdict(OrderId(Uuid::nil()), SECOND).await, "there will never be one");
        shopper
    });
}

#[test]
fn every_outcome_and_every_verdict_is_counted_once() {
    in_a_mall(policy(), |shopper| async move {
        let shop = Shop::open(&shopper).await;
        let (paid, cancelled) = (shop.order(&shopper).await, shop.order(&shopper).await);
        shopper.wait(16 * SECOND).await;
        shopper.command(paid, OrderCommand::Pay).await.unwrap();
        for _ in 0..2 {
            shopper.command(cancelled, cancel()).await.unwrap();
        }
        let orders = |status: &str| count(&shopper, &format!("plaza_orders_total{{status=\"{status}\"}}"));
        let counted = ["pending", "accepted", "delivered", "cancelled", "rejected"].map(orders);
        assert_eq!(counted, [2, 2, 1, 1, 0]);
        assert_eq!(count(&shopper, "plaza_settle_lateness_seconds_count"), 4, "of the bank and the store, twice");
        shopper
    });
}
