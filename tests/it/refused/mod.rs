//! Appends that are refused, and participants that do not answer: nothing is acknowledged that never was, and everybody
//! else is served as usual.

mod closing;
mod disk;
mod triggers;

use crate::app::{TestApp, eventually, id, order as order_of, send, text};
use diesel::connection::SimpleConnection;
use plaza::db::connection::Connection;
use plaza::db::place::Place;
use plaza::db::pool::open_writer;
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};

/// A session that changes the mall's database by hand.
pub struct Hand(Connection);

impl Hand {
    pub fn on(app: &TestApp) -> Self {
        let place = match app.storage().as_slice() {
            [option, url] if option == "--database-url" => Place::Server(url.parse().unwrap()),
            _ => Place::File(app.data_dir().join("plaza.db")),
        };
        let mut hand = Self(open_writer(&place).unwrap());
        if let Connection::Postgres(_) = hand.0 {
            hand.does("SET idle_in_transaction_session_timeout = 0");
        }
        hand
    }

    pub fn does(&mut self, sql: &str) {
        self.0.batch_execute(sql).unwrap();
    }

    /// Keeps everybody else from writing a table; the whole file, where a table cannot be locked.
    pub fn locks(&mut self, table: &str) {
        match self.0 {
            Connection::Sqlite(_) => self.does("BEGIN IMMEDIATE"),
            Connection::Postgres(_) => self.does(&format!("BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE")),
        }
    }
}

pub async fn metric(app: &TestApp, name: &str) -> f64 {
    let text = app.get("//metrics").await.text;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("{name} is not in {text}")).parse().unwrap()
}

pub struct Shop {
    pub customer: String,
    pub payment: String,
    pub store: String,
    pub product: String,
}

pub async fn shop(app: &TestApp, delay_ms: u64) -> Shop {
    let store = app.store(Some(delay_ms)).await;
    let product = app.product(&store, 100, 10_000).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, 10_000_000).await;
    Shop { customer, payment, store, product }
}

impl Shop {
    pub async fn order(&self, app: &TestApp) -> String {
        id(&app.order(&self.customer, &self.payment, &[(&self.product, 1)]).await)
    }
}

#[tokio::test]
async fn an_order_whose_reservation_was_refused_is_not_accepted_by_asking_again() {
    let mut app = TestApp::with(&["--payment-delay", "10ms", "--grace", "10m"]).await;
    let shop = shop(&app, 1_500).await;
    let first = shop.order(&app).await;
    app.until(&first, "accepted").await;
    let second = shop.order(&app).await;
    let held = async || (app.look(&second).await["payment_status"] == "confirmed").then_some(());
    eventually("the bank has confirmed", held).await;
    let mut hand = Hand::on(&app);
    hand.locks("reservations");
    // The saga has given the first try up, and asks once more: what the store remembers waits behind what it is to
    // write.
    eventually("the store was asked again", async || {
        (metric(&app, "plaza_writer_queue_depth").await >= 1.0).then_some(())
    })
    .await;
    hand.does("CREATE UNIQUE INDEX one_a_store ON reservations (store_id); COMMIT");
    eventually("the reservation was refused, and refused again", async || {
        assert_eq!(app.look(&second).await["status"], "pending", "nothing is reserved for it");
        (metric(&app, "plaza_appends_refused_total").await >= 2.0).then_some(())
    })
    .await;
    hand.does("DROP INDEX one_a_store");
    app.until(&second, "accepted").await;
    for order in [&first, &second] {
        app.pay(order).await.expect(200);
    }
    let product = app.get(&format!("/products/{}", shop.product)).await.expect(200);
    assert_eq!((&product["stock"], &product["reserved"]), (&json!(9_998), &json!(0)));
    app.audit().await;
    app.stop();
}

#[tokio::test]
async fn a_retry_while_the_first_request_waits_gets_its_answer() {
    let mut app = TestApp::with(&["--payment-delay", "10ms"]).await;
    let shop = shop(&app, 20).await;
    let body = order_of(&shop.customer, &shop.payment, &[(&shop.product, 1)]);
    let submit = || send(app.request(Method::POST, "/orders").header("idempotency-key", "once").json(&body));
    let mut hand = Hand::on(&app);
    hand.locks("idempotency");
    submit().await.refused(503, "no_answer");
    let mut retry = Box::pin(submit());
    let soon = tokio::time::timeout(Duration::from_secs(3), &mut retry).await;
    assert!(soon.is_err(), "the retry waits for the first request, and is not one more");
    hand.does("COMMIT");
    let first = retry.await;
    assert_eq!(first.header("idempotency-replayed"), "true");
    let first = first.expect(201);
    assert_eq!(id(&submit().await.expect(201)), id(&first));
    app.until(&id(&first), "accepted").await;
    assert_eq!(app.all("/orders").await.len(), 1);
    app.cancel(&id(&first)).await.expect(200);
    app.audit().await;
    app.stop();
}

#[tokio::test]
async fn the_key_of_a_change_of_several_steps_is_held_while_a_step_is_under_way() {
    let mut app = TestApp::start().await;
    let mut products = Vec::new();
    for _ in 0..3 {
        let store = app.store(None).await;
        products.push(app.product(&store, 100, 10).await);
    }
    let archive = || {
        let request = app.request(Method::POST, "/products/archive").header("idempotency-key", "once");
        send(request.json(&json!({"ids": products})))
    };
    let mut hand = Hand::on(&app);
    hand.locks("products");
    archive().await.refused(503, "no_answer");
    let mut retry = Box::pin(archive());
    let soon = tokio::time::timeout(Duration::from_secs(3), &mut retry).await;
    assert!(soon.is_err(), "the retry waits for the step of the first request");
    let status = app.get("/status").await.expect(200);
    assert_eq!(status["queue"]["admitted"], 1, "and is not one more in the mall");
    hand.does("COMMIT");
    retry.await.expect(200);
    assert_eq!(app.all("/products").await.len(), 0);
    assert_eq!(archive().await.header("idempotency-replayed"), "true");
    let archived = app.all("/events?type=store.product_archived").await.len();
    assert_eq!(archived, products.len(), "each once");
    app.audit().await;
    app.stop();
}

#[tokio::test]
async fn a_demo_that_was_abandoned_is_finished_under_its_key_and_under_no_other() {
    let mut app = TestApp::start().await;
    let fill = |key: &'static str| send(app.request(Method::POST, "/demo").header("idempotency-key", key));
    let mut hand = Hand::on(&app);
    hand.locks("stores");
    fill("first").await.refused(503, "no_answer");
    // The second store cannot join: half of the work is done, and no answer was given.
    hand.does("CREATE UNIQUE INDEX one_joins ON stores (participating); COMMIT");
    fill("first").await.refused(500, "internal_error");
    assert!(!app.all("/stores").await.is_empty());
    fill("another").await.refused(409, "mall_not_empty");
    hand.does("DROP INDEX one_joins");
    let filled = fill("first").await.expect(201);
    let count = async |path| json!(app.all(path).await.len());
    assert_eq!(filled["stores"], count("/stores?participating=true").await);
    assert_eq!(filled["products"], count("/products").await);
    assert_eq!(filled["stores"], count("/events?type=store.created").await, "each was opened once");
    assert_eq!(filled["products"], count("/events?type=store.product_added").await);
    assert_eq!(fill("first").await.header("idempotency-replayed"), "true");
    fill("another").await.refused(409, "mall_not_empty");
    app.audit().await;
    app.stop();
}

#[tokio::test]
async fn the_first_token_is_not_made_while_the_journal_cannot_write() {
    let mut app = TestApp::start().await;
    let ask = || send(app.request(Method::POST, "/tokens").json(&json!({"name": "ann"})));
    let mut hand = Hand::on(&app);
    hand.locks("tokens");
    ask().await.refused(503, "unavailable");
    hand.does("COMMIT");
    // Whatever was handed to the journal is written by now; nobody is shut out by a token that nobody has.
    app.store(None).await;
    assert_eq!(app.get("/whoami").await.expect(200)["closed"], false);
    assert_eq!(app.all("/tokens").await, Vec::<serde_json::Value>::new());
    let made = ask().await.expect(201);
    app.get("/tokens").await.refused(401, "unauthorized");
    app.authenticate(&text(&made["token"]));
    assert_eq!(app.all("/tokens").await.len(), 1);
    app.stop();
}

#[tokio::test]
async fn an_order_that_was_never_born_is_forgotten() {
    let app = TestApp::with(&["--payment-delay", "10ms"]).await;
    let shop = shop(&app, 20).await;
    let first = shop.order(&app).await;
    app.until(&first, "accepted").await;
    app.pay(&first).await.expect(200);
    let mut hand = Hand::on(&app);
    hand.does("CREATE UNIQUE INDEX one_a_customer ON orders (customer_id)");
    for _ in 0..20 {
        let body = order_of(&shop.customer, &shop.payment, &[(&shop.product, 1)]);
        app.post("/orders", &body).await.refused(500, "internal_error");
    }
    hand.does("DROP INDEX one_a_customer");
    eventually("nobody is told any more", async || {
        let status = app.get("/status").await.expect(200);
        (status["timers"] == 0 && status["silent"] == 0).then_some(())
    })
    .await;
    // Nor does it cost the next ones anything: they are written together.
    let alone = metric(&app, "plaza_commit_batch_appends_bucket{le=\"1.0\"}").await;
    let commits = metric(&app, "plaza_commit_batch_appends_count").await;
    let baskets = (0..400).map(|_| send(app.request(Method::POST, "/baskets").json(&json!({}))));
    for made in futures_util::future::join_all(baskets).await {
        made.expect(201);
    }
    let alone = metric(&app, "plaza_commit_batch_appends_bucket{le=\"1.0\"}").await - alone;
    let commits = metric(&app, "plaza_commit_batch_appends_count").await - commits;
    assert!(alone < commits && commits < 350.0, "{alone} of {commits} commits held one append");
}

/// How long orders at a store took from submission to acceptance, beyond its delay, milliseconds, the 99th of a
/// hundred.
async fn lateness(app: &TestApp, shop: &Shop, orders: usize) -> u64 {
    let mut took = Vec::new();
    for _ in 0..orders {
        let placed = shop.order(app).await;
        let seen = app.until(&placed, "accepted").await;
        let at = |name: &str| chrono::DateTime::parse_from_rfc3339(&text(&seen[name])).unwrap();
        took.push((at("updated_at") - at("created_at")).num_milliseconds().unsigned_abs());
    }
    took.sort_unstable();
    took[took.len() * 99 / 100]
}

#[tokio::test]
async fn one_silent_store_costs_the_others_nothing() {
    let waiting = 1_000;
    let mut app = TestApp::with(&["--payment-delay", "0s", "--grace", "10m", "--log", "warn"]).await;
    let (silent, well) = (shop(&app, 2_000).await, shop(&app, 100).await);
    let before = lateness(&app, &well, 40).await;
    let mut orders = Vec::new();
    while orders.len() < waiting {
        let some = (0..50).map(|_| silent.order(&app));
        orders.extend(futures_util::future::join_all(some).await);
    }
    app.kill9();
    // Its row cannot be read: whoever asks it waits for an actor that does not start.
    let mut hand = Hand::on(&app);
    hand.does(&format!("UPDATE stores SET fulfilment = 'nobody' WHERE id = '{}'", silent.store));
    app.restart().await;
    eventually("the silent store was asked", async || {
        (app.get("/status").await.expect(200)["silent"].as_u64().unwrap() >= 1).then_some(())
    })
    .await;
    let started = Instant::now();
    let during = lateness(&app, &well, 40).await;
    println!("p99 beside a silent store: {during} ms, before {before} ms");
    assert!(during < 2 * before + 400, "{during} ms beside a silent store, {before} ms before");
    let status = app.get("/status").await.expect(200);
    assert!(status["timers_late_ms"].as_u64().unwrap() < 2_000, "{status}");
    assert_eq!(app.get("//readyz").await.status, 200);
    let lines = app.logged().lines().filter(|line| line.contains("does not answer")).count();
    assert!(lines <= 3 + usize::try_from(started.elapsed().as_secs() / 30).unwrap(), "{lines} lines");

    hand.does(&format!("UPDATE stores SET fulfilment = 'internal' WHERE id = '{}'", silent.store));
    let last = orders.last().unwrap();
    for order in [&orders[0], last] {
        app.until(order, "accepted").await;
    }
    eventually("everything is settled after it comes back", async || {
        (app.get("/status").await.expect(200)["orders"]["pending"] == 0).then_some(())
    })
    .await;
    app.may_leave_orders();
    app.audit().await;
}

#[tokio::test]
async fn orders_that_fall_due_while_nobody_can_read_them_are_told_as_soon_as_somebody_can() {
    let mut app = TestApp::with(&["--payment-delay", "0s", "--grace", "10m"]).await;
    let shop = shop(&app, 3_000).await;
    let mut orders = Vec::new();
    for _ in 0..10 {
        orders.push(shop.order(&app).await);
    }
    // After a restart none is in memory, so each has to be loaded to be told.
    app.kill9();
    let mut hand = Hand::on(&app);
    hand.does("UPDATE orders SET body = '?' || body");
    app.restart().await;
    eventually("it is said that they are late", async || {
        (app.get("/status").await.expect(200)["timers_late_ms"].as_u64().unwrap() > 3_000).then_some(())
    })
    .await;
    assert!(metric(&app, "plaza_timer_lateness_seconds").await > 3.0);
    hand.does("UPDATE orders SET body = substr(body, 2)");
    for order in &orders {
        app.until(order, "accepted").await;
    }
    eventually("nothing is late any more", async || {
        let status = app.get("/status").await.expect(200);
        (status["timers_late_ms"] == 0 && status["silent"] == 0).then_some(())
    })
    .await;
    app.may_leave_orders();
}

#[tokio::test]
async fn an_order_whose_reservation_is_refused_leaves_its_store_to_the_others() {
    let app = TestApp::with(&["--payment-delay", "0s", "--grace", "10m"]).await;
    let shop = shop(&app, 20).await;
    let mut hand = Hand::on(&app);
    let ordinary = shop.order(&app).await;
    app.until(&ordinary, "accepted").await;
    hand.does("CREATE UNIQUE INDEX nobody_orders_777 ON reservations (store_id) WHERE lines LIKE '%777%'");
    let first = id(&app.order(&shop.customer, &shop.payment, &[(&shop.product, 777)]).await);
    app.until(&first, "accepted").await;
    let refused = id(&app.order(&shop.customer, &shop.payment, &[(&shop.product, 777)]).await);
    let tries = Instant::now();
    while metric(&app, "plaza_appends_refused_total").await < 6.0 {
        // Some ask for prices at the moment at which the store gives its memory up.
        let some = futures_util::future::join_all((0..16).map(|_| shop.order(&app))).await;
        for healthy in &some {
            app.until(healthy, "accepted").await;
            app.cancel(healthy).await.expect(200);
        }
        assert!(tries.elapsed() < Duration::from_mins(1), "it is tried again and again");
    }
    assert_eq!(app.look(&refused).await["status"], "pending");
    hand.does("DROP INDEX nobody_orders_777");
    app.until(&refused, "accepted").await;
    for order in [&ordinary, &first, &refused] {
        app.cancel(order).await.expect(200);
    }
}

#[tokio::test]
async fn an_order_whose_own_append_is_refused_rests_and_goes_on() {
    let app = TestApp::with(&["--payment-delay", "0s", "--grace", "10m"]).await;
    let shop = shop(&app, 20).await;
    let first = shop.order(&app).await;
    app.until(&first, "accepted").await;
    let mut hand = Hand::on(&app);
    hand.does("CREATE UNIQUE INDEX one_accepted ON orders (customer_id) WHERE status = 'accepted'");
    let second = shop.order(&app).await;
    eventually("its verdict is refused, and refused again", async || {
        assert_eq!(app.look(&second).await["status"], "pending");
        (metric(&app, "plaza_appends_refused_total").await >= 4.0).then_some(())
    })
    .await;
    hand.does("DROP INDEX one_accepted");
    app.until(&second, "accepted").await;
    for order in [&first, &second] {
        app.cancel(order).await.expect(200);
    }
    eventually("nothing is silent or late", async || {
        let status = app.get("/status").await.expect(200);
        (status["silent"] == 0 && status["timers_late_ms"] == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_journal_that_stands_still_for_longer_than_the_grace_rejects_nobody() {
    let app = TestApp::with(&["--payment-delay", "500ms", "--grace", "2s"]).await;
    let shop = shop(&app, 1_000).await;
    let orders = [shop.order(&app).await, shop.order(&app).await, shop.order(&app).await];
    let mut hand = Hand::on(&app);
    hand.locks("events");
    let time_is_up = Instant::now() + Duration::from_secs(6);
    eventually("every confirmation is overdue by more than the grace", async || {
        (Instant::now() > time_is_up).then_some(())
    })
    .await;
    assert_eq!(app.get("//readyz").await.status, 503);
    hand.does("ROLLBACK");
    for order in &orders {
        app.until(order, "accepted").await;
        app.cancel(order).await.expect(200);
    }
    app.audit().await;
}

#[tokio::test]
async fn a_refusal_waits_for_the_change_it_rests_on() {
    let mut app = TestApp::with(&["--payment-delay", "10m", "--grace", "10m"]).await;
    let shop = shop(&app, 60_000).await;
    let order = shop.order(&app).await;
    let basket = id(&app.post("/baskets", &json!({})).await.expect(201));
    let item = format!("/baskets/{basket}/items/{}", shop.product);
    send(app.request(Method::PUT, &item).json(&json!({"quantity": 1}))).await.expect(200);
    let mut hand = Hand::on(&app);
    hand.locks("events");
    let hangs_up = async |method: Method, path: &str, body: serde_json::Value| {
        let request = app.request(method, path).json(&body);
        let answer = tokio::time::timeout(Duration::from_secs(1), send(request)).await;
        assert!(answer.is_err(), "{path} is answered before anything is on disk: {}", answer.unwrap().text);
    };
    // The first of each is decided and not written; what follows is refused because of it, and a crash undoes it.
    hangs_up(Method::POST, &format!("/orders/{order}/cancel"), json!({})).await;
    hangs_up(Method::POST, &format!("/orders/{order}/pay"), json!({})).await;
    hangs_up(Method::DELETE, &item, json!({})).await;
    let checkout = json!({"customer_id": shop.customer, "payment_id": shop.payment});
    hangs_up(Method::POST, &format!("/baskets/{basket}/checkout"), checkout).await;
    let store = format!("/stores/{}", shop.store);
    hangs_up(Method::DELETE, &format!("{store}/participation"), json!({})).await;
    let nobody_sells_it = order_of(&shop.customer, &shop.payment, &[(&shop.product, 1)]);
    hangs_up(Method::POST, "/orders", nobody_sells_it).await;
    hangs_up(Method::DELETE, &store, json!({})).await;
    hangs_up(Method::PATCH, &store, json!({})).await;
    hangs_up(Method::DELETE, &store, json!({})).await;
    app.kill9();
    hand.does("ROLLBACK");
    app.restart().await;
    assert_eq!(app.get(&format!("/orders/{order}")).await.expect(200)["status"], "pending");
    assert_eq!(app.get(&format!("/stores/{}", shop.store)).await.expect(200)["participating"], true);
    app.may_leave_orders();
}
