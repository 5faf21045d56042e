//! Killed at random moments, again and again: what was acknowledged is there, and every order has one outcome.
//!
//! Clients keep their own log of acknowledged answers. A request without an answer is sent again under the same
//! idempotency key until there is one, so at the end the mall must hold exactly what the clients logged: nothing lost,
//! nothing twice. `PLAZA_TEST_CRASHES` sets the number of kills (50), `PLAZA_TEST_CRASH_SEED` the moments.

use crate::app::{TestApp, eur, eventually, id, order, text};
use crate::dice::Dice;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// Clients at work at the same time.
const CLIENTS: u64 = 6;

/// What a client was told about an order.
#[derive(Clone, Debug)]
struct Logged {
    status: String,
    total: Value,
    items: Value,
}

/// What the clients share with the task that kills the server.
pub struct World {
    http: Client,
    /// Where the server is; empty while it is dead.
    url: RefCell<String>,
    /// No new orders; what was begun is finished.
    closing: Cell<bool>,
    products: RefCell<Vec<String>>,
    log: RefCell<BTreeMap<String, Logged>>,
    payments: RefCell<BTreeMap<String, String>>,
    resent: Cell<u32>,
}

impl World {
    /// Sends a request until it is answered, over as many crashes as it takes.
    async fn call(&self, method: Method, path: &str, key: &str, body: &Value) -> (u16, Value) {
        eventually(&format!("an answer to {method} {path}"), async || {
            let url = self.url.borrow().clone();
            if url.is_empty() {
                return None;
            }
            let request = self.http.request(method.clone(), format!("{url}/api/v1{path}"));
            let answer = request.header("idempotency-key", key).json(body).send().await.ok();
            let status = answer.as_ref().map_or(503, |answer| answer.status().as_u16());
            let body = match answer {
                Some(answer) if status != 503 => answer.text().await.ok(),
                _ => None,
            };
            if body.is_none() {
                self.resent.set(self.resent.get() + 1);
            }
            body.map(|body| (status, serde_json::from_str(&body).unwrap()))
        })
        .await
    }

    /// A later answer about an order must be a possible continuation of the earlier ones.
    fn acknowledge(&self, seen: &Value) {
        let (order, status) = (id(seen), text(&seen["status"]));
        let now = Logged { status: status.clone(), total: seen["total"].clone(), items: seen["items"].clone() };
        if let Some(before) = self.log.borrow_mut().insert(order.clone(), now.clone()) {
            check(&order, &before, &now);
        }
    }
}

fn rank(status: &str) -> u8 {
    match status {
        "pending" => 0,
        "accepted" => 1,
        "paid" => 2,
        _ => 3,
    }
}

/// Fails unless an order that was `before` can be `now`.
fn check(order: &str, before: &Logged, now: &Logged) {
    let (was, is) = (rank(&before.status), rank(&now.status));
    assert!(is >= was, "order {order} went back from {} to {}", before.status, now.status);
    assert!(is > was || before.status == now.status, "order {order} was {}, is {}", before.status, now.status);
    assert!(
        before.status != "paid" || now.status == "delivered" || is == was,
        "order {order} was paid, is {}",
        now.status
    );
    assert_eq!((&before.total, &before.items), (&now.total, &now.items), "order {order} has changed");
}

/// One client: orders, looks, pays, cancels, walks away; all of it logged.
async fn shop(world: Rc<World>, number: u64, seed: u64) {
    let (mut dice, mut turn) = (Dice(seed ^ number), 0_u64);
    let (_, customer) =
        world.call(Method::POST, "/customers", &format!("c{number}"), &json!({"name": "C", "phone": "1"})).await;
    let customer = id(&customer);
    while !world.closing.get() {
        turn += 1;
        let key = |step: &str| format!("{number}-{turn}-{step}");
        let amount = if dice.below(8) == 0 { 150 } else { 100_000 };
        let payment = json!({"customer_id": customer, "amount": eur(amount)});
        let (status, payment) = world.call(Method::POST, "/payments", &key("payment"), &payment).await;
        assert_eq!(status, 201, "{payment}");
        let payment = id(&payment);
        world.payments.borrow_mut().insert(payment.clone(), customer.clone());
        let products = world.products.borrow().clone();
        let pick = |dice: &mut Dice| products[usize::try_from(dice.below(products.len() as u64)).unwrap()].clone();
        let (first, second) = (pick(&mut dice), pick(&mut dice));
        let lines = [(first.as_str(), 1), (second.as_str(), 2)];
        let body = order(&customer, &payment, &lines[..=usize::try_from(dice.below(2)).unwrap()]);
        let placed = if dice.below(3) == 0 {
            check_out(&world, &body, &key).await
        } else {
            world.call(Method::POST, "/orders", &key("order"), &body).await
        };
        let (status, placed) = placed;
        assert_eq!(status, 201, "{placed}");
        world.acknowledge(&placed);
        if dice.below(4) != 0 {
            settle(&world, &id(&placed), dice.below(10), &key("end")).await;
        }
    }
}

/// Orders through a basket, which the checkout empties in the same transaction.
async fn check_out(world: &World, wanted: &Value, key: &impl Fn(&str) -> String) -> (u16, Value) {
    let (_, basket) = world.call(Method::POST, "/baskets", &key("basket"), &json!({})).await;
    let basket = format!("/baskets/{}", id(&basket));
    for item in wanted["items"].as_array().unwrap() {
        let path = format!("{basket}/items/{}", text(&item["product_id"]));
        let quantity = json!({"quantity": item["quantity"]});
        let (status, filled) = world.call(Method::PUT, &path, &key("item"), &quantity).await;
        assert_eq!(status, 200, "{filled}");
    }
    let who = json!({"customer_id": wanted["customer_id"], "payment_id": wanted["payment_id"]});
    let placed = world.call(Method::POST, &format!("{basket}/checkout"), &key("order"), &who).await;
    let (_, left) = world.call(Method::GET, &basket, &key("basket"), &json!({})).await;
    assert_eq!(left["items"], json!([]), "the checkout {placed:?} left something in the basket");
    placed
}

/// Waits for the verdict, then pays or cancels; or cancels at once.
async fn settle(world: &World, order: &str, mood: u64, key: &str) {
    let mut action = "cancel";
    if mood < 8 {
        let path = format!("/orders/{order}");
        let seen = eventually("a verdict", async || {
            let (_, seen) = world.call(Method::GET, &path, key, &json!({})).await;
            world.acknowledge(&seen);
            (seen["status"] != "pending").then_some(seen)
        })
        .await;
        action = if mood < 6 { "pay" } else { "cancel" };
        if seen["status"] != "accepted" {
            return;
        }
    }
    let (status, done) = world.call(Method::POST, &format!("/orders/{order}/{action}"), key, &json!({})).await;
    match status {
        200 => world.acknowledge(&done),
        // It was rejected in the meantime.
        409 => assert_eq!(done["code"], "order_state", "{done}"),
        _ => panic!("{action} of {order} was answered {status}: {done}"),
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_happens_twice() {
    let (crashes, seed) = (setting("PLAZA_TEST_CRASHES", 50), setting("PLAZA_TEST_CRASH_SEED", 20_261_122));
    println!("{crashes} crashes, PLAZA_TEST_CRASH_SEED={seed}");
    let app = TestApp::with(&["--payment-delay", "60ms"]).await;
    survive(app, seed, async |world, app| {
        let mut dice = Dice(seed);
        for _ in 0..crashes {
            // The moment of the kill is the input of this test, not something it waits for.
            tokio::time::sleep(Duration::from_millis(50 + dice.below(400))).await;
            world.url.borrow_mut().clear();
            app.kill9();
            app.restart().await;
            *world.url.borrow_mut() = app.url().to_owned();
        }
    })
    .await;
}

/// Lets clients work while `strike` does its worst, and holds the mall against their log afterwards.
pub async fn survive(mut app: TestApp, seed: u64, strike: impl AsyncFnOnce(&World, &mut TestApp)) {
    let mut products = Vec::new();
    for (delay_ms, stock) in [(40, 100_000), (120, 100_000), (250, 60)] {
        let store = app.store(Some(delay_ms)).await;
        products.push((app.product(&store, 100, stock).await, stock));
    }
    let world = Rc::new(World {
        http: Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap(),
        url: RefCell::new(app.url().to_owned()),
        closing: Cell::new(false),
        products: RefCell::new(products.iter().map(|(product, _)| product.clone()).collect()),
        log: RefCell::default(),
        payments: RefCell::default(),
        resent: Cell::new(0),
    });
    let set = tokio::task::LocalSet::new();
    let clients: Vec<_> = (0..CLIENTS).map(|number| set.spawn_local(shop(world.clone(), number, seed))).collect();
    set.run_until(async {
        strike(&world, &mut app).await;
        world.closing.set(true);
        for client in clients {
            client.await.unwrap();
        }
    })
    .await;
    hold_against_the_log(&app, &world, &products).await;
}

/// The mall holds what the clients logged: all of it, and nothing else.
async fn hold_against_the_log(app: &TestApp, world: &World, products: &[(String, i64)]) {
    eventually("every verdict is in", async || app.all("/orders?status=pending").await.is_empty().then_some(())).await;
    for left in app.all("/orders?status=accepted").await {
        app.cancel(&id(&left)).await.expect(200);
    }
    eventually("everything is undone", async || {
        let orders = app.all("/orders").await;
        (!orders.iter().any(|order| order["compensation"] == "pending" || order["status"] == "paid")).then_some(())
    })
    .await;
    let orders = app.all("/orders").await;
    let log = world.log.borrow().clone();
    println!(
        "{} orders, {} payments, {} requests sent again",
        log.len(),
        world.payments.borrow().len(),
        world.resent.get()
    );
    assert_eq!(orders.len(), log.len(), "as many orders as were acknowledged: none lost, none twice");
    for order in &orders {
        let now =
            Logged { status: text(&order["status"]), total: order["total"].clone(), items: order["items"].clone() };
        let before = log.get(&id(order)).unwrap_or_else(|| panic!("nobody was told of order {order}"));
        check(&id(order), before, &now);
    }
    let payments = app.all("/payments").await;
    assert_eq!(payments.len(), world.payments.borrow().len());
    let delivered = || orders.iter().filter(|order| order["status"] == "delivered");
    let owed: i64 = delivered().map(|order| order["total"]["amount_minor"].as_i64().unwrap()).sum();
    let sum = |name: &str| payments.iter().map(|payment| payment[name]["amount_minor"].as_i64().unwrap()).sum::<i64>();
    assert_eq!((sum("captured"), sum("held")), (owed, 0));
    for (product, stock) in products {
        let lines = delivered().flat_map(|order| order["items"].as_array().unwrap());
        let sold: i64 =
            lines.filter(|line| line["product_id"] == **product).map(|line| line["quantity"].as_i64().unwrap()).sum();
        let now = app.get(&format!("/products/{product}")).await.expect(200);
        assert_eq!((now["stock"].as_i64(), now["reserved"].as_i64()), (Some(stock - sold), Some(0)));
    }
    assert!(delivered().next().is_some(), "some orders were delivered between the crashes");
    app.audit().await;
}
