//! Many at once: stock is sold once, and a retried request has one effect.

use crate::app::{TestApp, eventually, id, order, send};
use crate::dice::Dice;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Customers that order at the same time, each again and again.
const CUSTOMERS: u64 = 48;
/// Orders of each.
const ORDERS: u64 = 25;
/// Pieces in stock, over three stores.
const STOCK: [i64; 3] = [34, 33, 33];

struct Market {
    app: TestApp,
    products: Vec<String>,
    outcomes: RefCell<BTreeMap<&'static str, u32>>,
}

impl Market {
    async fn open() -> Rc<Self> {
        let app = TestApp::with(&["--payment-delay", "20ms"]).await;
        let mut products = Vec::new();
        for (stock, delay_ms) in STOCK.into_iter().zip([30, 60, 90]) {
            let store = app.store(Some(delay_ms)).await;
            products.push(app.product(&store, 100, stock).await);
        }
        Rc::new(Self { app, products, outcomes: RefCell::default() })
    }

    fn count(&self, outcome: &'static str) {
        *self.outcomes.borrow_mut().entry(outcome).or_default() += 1;
    }

    /// One customer: orders one product or two, and pays, cancels early or late, or walks away.
    async fn shop(self: Rc<Self>, seed: u64) {
        let mut dice = Dice(seed);
        let customer = self.app.customer().await;
        let payment = self.app.payment(&customer, 1_000_000).await;
        for _ in 0..ORDERS {
            let first = usize::try_from(dice.below(3)).unwrap();
            let mut lines = vec![(self.products[first].as_str(), 1)];
            if dice.below(3) == 0 {
                lines.push((self.products[(first + 1) % 3].as_str(), 1));
            }
            let impatient = dice.below(5) == 0;
            let wait = if impatient { "wait=0" } else { "wait=10" };
            let request = self.app.request(Method::POST, "/orders").header("prefer", wait);
            let placed = send(request.json(&order(&customer, &payment, &lines))).await.expect(201);
            self.decide(&id(&placed), &placed["status"], impatient, dice.below(10)).await;
        }
    }

    async fn decide(&self, order: &str, status: &Value, impatient: bool, mood: u64) {
        if impatient {
            // It may have been rejected meanwhile; then there is nothing to cancel.
            let answer = self.app.cancel(order).await;
            assert!([200, 409].contains(&answer.status), "{}", answer.text);
            return self.count(if answer.status == 200 { "cancelled" } else { "rejected" });
        }
        match status.as_str().unwrap() {
            "rejected" => self.count("rejected"),
            "accepted" if mood < 5 => {
                assert_eq!(self.app.pay(order).await.expect(200)["status"], "delivered");
                self.count("delivered");
            }
            "accepted" if mood < 8 => {
                self.app.cancel(order).await.expect(200);
                self.count("cancelled");
            }
            "accepted" => self.count("left"),
            other => panic!("{order} is {other} after its verdict"),
        }
    }
}

#[tokio::test]
async fn a_hundred_pieces_are_sold_once_to_a_thousand_orders() {
    let market = Market::open().await;
    let set = tokio::task::LocalSet::new();
    let customers = (0..CUSTOMERS).map(|seed| set.spawn_local(market.clone().shop(seed)));
    let customers: Vec<_> = customers.collect();
    set.run_until(async { join_all(customers).await.into_iter().for_each(|done| done.unwrap()) }).await;
    let market = Rc::try_unwrap(market).ok().unwrap();
    println!("{:?}", market.outcomes.borrow());

    let app = &market.app;
    for left in app.all("/orders?status=accepted").await {
        app.cancel(&id(&left)).await.expect(200);
    }
    eventually("every order has its outcome, and everything is undone", async || {
        let orders = app.all("/orders").await;
        assert_eq!(orders.len() as u64, CUSTOMERS * ORDERS);
        let is_open = |order: &Value| {
            order["compensation"] == "pending"
                || ["pending", "accepted", "paid"].contains(&order["status"].as_str().unwrap())
        };
        (!orders.iter().any(is_open)).then_some(())
    })
    .await;

    let delivered = app.all("/orders?status=delivered").await;
    let lines = || delivered.iter().flat_map(|order| order["items"].as_array().unwrap());
    for (product, stock) in market.products.iter().zip(STOCK) {
        let now = app.get(&format!("/products/{product}")).await.expect(200);
        let sold: i64 =
            lines().filter(|line| line["product_id"] == **product).map(|line| line["quantity"].as_i64().unwrap()).sum();
        assert_eq!(now["reserved"], 0);
        assert_eq!(now["stock"], stock - sold, "{product} was sold {sold} times");
        assert!(sold <= stock, "{sold} of {stock} were sold");
    }
    let sum = |name: &str, payments: &[Value]| {
        payments.iter().map(|payment| payment[name]["amount_minor"].as_i64().unwrap()).sum::<i64>()
    };
    let payments = app.all("/payments").await;
    let owed: i64 = delivered.iter().map(|order| order["total"]["amount_minor"].as_i64().unwrap()).sum();
    assert_eq!((sum("captured", &payments), sum("held", &payments)), (owed, 0));
    assert!(!delivered.is_empty() && delivered.len() < 101);
    app.audit().await;
}

#[tokio::test]
async fn one_key_is_one_order_however_often_it_is_sent() {
    let mut app = TestApp::with(&["--payment-delay", "20ms", "--store-delay", "40ms"]).await;
    let store = app.store(None).await;
    let product = app.product(&store, 100, 100).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, 1_000).await;
    let submit = async |app: &TestApp, quantity| {
        let request = app.request(Method::POST, "/orders").header("idempotency-key", "key-1");
        send(request.json(&order(&customer, &payment, &[(&product, quantity)]))).await
    };
    let answers = join_all((0..10).map(|_| submit(&app, 1))).await;
    let replayed = answers.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count();
    assert_eq!(replayed, 9);
    let bodies: Vec<_> = answers.into_iter().map(|answer| answer.expect(201)).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    submit(&app, 2).await.refused(422, "idempotency_key_reused");
    let other_path = app.request(Method::POST, "/payments").header("idempotency-key", "key-1");
    send(other_path.json(&json!({"customer_id": customer, "amount": crate::app::eur(1)})))
        .await
        .refused(422, "idempotency_key_reused");

    app.kill9();
    app.restart().await;
    assert_eq!(submit(&app, 1).await.expect(201), bodies[0]);
    assert_eq!(app.all("/orders").await.len(), 1);
    let order = id(&bodies[0]);
    app.until(&order, "accepted").await;
    let pay = async || {
        let request = app.request(Method::POST, &format!("/orders/{order}/pay"));
        send(request.header("idempotency-key", "key-2").json(&json!({}))).await
    };
    let paid = join_all((0..10).map(|_| pay())).await;
    let first = paid[0].json();
    assert!(paid.into_iter().all(|answer| answer.expect(200) == first));
    let payment = app.get(&format!("/payments/{payment}")).await.expect(200);
    assert_eq!(payment["captured"], crate::app::eur(100));
}

#[tokio::test]
async fn a_customer_registered_twice_under_one_key_is_one_customer() {
    let app = TestApp::start().await;
    let register = async || {
        let request = app.request(Method::POST, "/customers").header("idempotency-key", "reg-1");
        send(request.json(&json!({"name": "Ada", "phone": "1"}))).await.expect(201)
    };
    let (mut first, second) = (register().await, register().await);
    let token = first.as_object_mut().unwrap().remove("access_token").unwrap();
    assert!(token.as_str().unwrap().len() > 40);
    assert_eq!(first, second, "the token is shown once: another caller may know the key");
    assert_eq!(app.all("/customers").await.len(), 1);
}

#[tokio::test]
async fn a_full_mall_refuses_with_retry_after_and_stays_consistent() {
    let app = TestApp::with(&["--admission-limit", "1", "--payment-delay", "10ms", "--store-delay", "10ms"]).await;
    let nothing = json!({});
    let answers = join_all((0..64).map(|_| app.post("/baskets", &nothing))).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert!(!made.is_empty());
    for answer in refused {
        assert_eq!(answer.header("retry-after"), "1");
        answer.refused(503, "busy");
    }
    let head = app.get("/status").await.expect(200)["head_position"].clone();
    assert_eq!(head, made.len(), "a refused request left something behind");
}

#[tokio::test]
async fn a_caller_that_hangs_up_and_tries_again_gets_one_order() {
    let mut app = TestApp::start().await;
    app.may_leave_orders();
    let store = app.store(None).await;
    let product = app.product(&store, 1, 1_000).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, 1_000).await;
    let body = order(&customer, &payment, &[(&product, 1)]).to_string();
    let address = app.url().trim_start_matches("http://").to_owned();
    for attempt in 0..60 {
        let head = format!(
            "POST /api/v1/orders HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Idempotency-Key: hang-up-{attempt}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut line = tokio::net::TcpStream::connect(&address).await.unwrap();
        line.set_zero_linger().unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut line, (head + &body).as_bytes()).await.unwrap();
        // Resets the connection while the request is at every stage, from not read yet to committed.
        let sent = std::time::Instant::now();
        while sent.elapsed() < std::time::Duration::from_micros(100 * attempt) {}
        drop(line);
        let request = app.request(Method::POST, "/orders").header("idempotency-key", format!("hang-up-{attempt}"));
        let request = request.header("content-type", "application/json").body(body.clone());
        send(request).await.expect(201);
    }
    assert_eq!(app.all("/orders").await.len(), 60);
    assert!(!app.logged().contains("refused a commit"), "{}", app.logged());
}
