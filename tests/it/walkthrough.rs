//! The walkthrough of the mall, as a person would do it: from an empty mall to a delivered order, and every way an
//! order can end otherwise.

use crate::app::{TestApp, eur, eventually, id, order, send, text};
use reqwest::Method;
use serde_json::{Value, json};

/// A mall with one store, one product of 1999 cents (10 pieces), a customer and an authorization.
struct Shop {
    app: TestApp,
    store: String,
    product: String,
    customer: String,
    payment: String,
}

async fn shop(authorized: i64) -> Shop {
    shop_with(&[], authorized).await
}

async fn shop_with(settings: &[&str], authorized: i64) -> Shop {
    let app = TestApp::with(settings).await;
    let store = app.store(None).await;
    let product = app.product(&store, 1_999, 10).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, authorized).await;
    Shop { app, store, product, customer, payment }
}

impl Shop {
    async fn order(&self, quantity: u32) -> String {
        id(&self.app.order(&self.customer, &self.payment, &[(&self.product, quantity)]).await)
    }

    async fn stock(&self) -> (i64, i64) {
        let product = self.app.get(&format!("/products/{}", self.product)).await.expect(200);
        (product["stock"].as_i64().unwrap(), product["reserved"].as_i64().unwrap())
    }

    /// Available, held and captured.
    async fn money(&self) -> (i64, i64, i64) {
        let payment = self.app.get(&format!("/payments/{}", self.payment)).await.expect(200);
        let amount = |name: &str| payment[name]["amount_minor"].as_i64().unwrap();
        (amount("available"), amount("held"), amount("captured"))
    }

    async fn all_undone(&self, order: &str) {
        eventually("everything is undone", async || {
            let compensation = self.app.look(order).await["compensation"].clone();
            (compensation == "done" || compensation == "none").then_some(())
        })
        .await;
    }
}

/// Milliseconds of an RFC 3339 time within its day.
fn millis(time: &Value) -> i64 {
    let time = text(time);
    let clock = time.split_once('T').unwrap().1.trim_end_matches('Z');
    let mut parts = clock.split(':');
    let mut part = || parts.next().unwrap().parse::<f64>().unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a day")]
    let millis = ((part() * 60.0 + part()) * 60_000.0 + part() * 1_000.0).round() as i64;
    millis
}

/// From `earlier` to `later`, over midnight too.
fn millis_between(earlier: &Value, later: &Value) -> i64 {
    (millis(later) - millis(earlier)).rem_euclid(86_400_000)
}

async fn event_times(app: &TestApp, order: &str) -> Vec<(String, Value)> {
    let events = app.all(&format!("/orders/{order}/events")).await;
    events.iter().map(|event| (text(&event["type"]), event["time"].clone())).collect()
}

#[tokio::test]
async fn a_person_opens_a_store_shops_and_is_served() {
    let app = TestApp::start().await;
    let store = app.post("/stores", &json!({"name": "Blue Bottle", "location": "Berlin"})).await.expect(201);
    assert_eq!((&store["participating"], &store["confirmation_delay_ms"]), (&json!(false), &json!(900)));
    let store = id(&store);
    let coffee = json!({"name": "Coffee", "sku": "C-1", "price": eur(1_250), "stock": 7});
    let coffee = id(&app.post(&format!("/stores/{store}/products"), &coffee).await.expect(201));
    let in_catalogue = async || app.get("/products").await.expect(200)["items"].as_array().unwrap().len();
    assert_eq!(in_catalogue().await, 0, "the store does not participate yet");
    let participation = format!("/stores/{store}/participation");
    app.put(&participation, &json!({})).await.expect(200);
    assert_eq!(in_catalogue().await, 1);
    app.delete(&participation).await.expect(200);
    assert_eq!(in_catalogue().await, 0);
    app.put(&participation, &json!({})).await.expect(200);

    let basket = id(&app.post("/baskets", &json!({})).await.expect(201));
    let filled = app.put(&format!("/baskets/{basket}/items/{coffee}"), &json!({"quantity": 2})).await.expect(200);
    assert_eq!(filled["total"], eur(2_500));
    assert_eq!(filled["items"][0]["available"], 7);
    let customer = app.customer().await;
    let payment = app.payment(&customer, 3_000).await;
    let checkout = json!({"customer_id": customer, "payment_id": payment});
    let order = app.post(&format!("/baskets/{basket}/checkout"), &checkout).await.expect(201);
    assert_eq!((&order["status"], &order["payment_status"]), (&json!("pending"), &json!("pending")));
    assert_eq!(app.get(&format!("/baskets/{basket}")).await.expect(200)["items"], json!([]));
    app.post(&format!("/baskets/{basket}/checkout"), &checkout).await.refused(422, "empty_basket");

    let order = id(&order);
    let accepted = app.until(&order, "accepted").await;
    assert_eq!(accepted["allowed_actions"], json!(["pay", "cancel"]));
    assert_eq!(app.get(&format!("/products/{coffee}")).await.expect(200)["reserved"], 2);
    let paid = app.pay(&order).await.expect(200);
    assert_eq!(paid["status"], "delivered", "{paid}");
    assert_eq!((&paid["payment_status"], &paid["delivery_status"]), (&json!("captured"), &json!("delivered")));
    let product = app.get(&format!("/products/{coffee}")).await.expect(200);
    assert_eq!((&product["stock"], &product["reserved"]), (&json!(5), &json!(0)));
    let payment = app.get(&format!("/payments/{payment}")).await.expect(200);
    assert_eq!((&payment["captured"], &payment["available"]), (&eur(2_500), &eur(500)));
    app.audit().await;
}

#[tokio::test]
async fn the_bank_and_the_store_confirm_at_their_own_times() {
    let shop = shop(5_000).await;
    let order = shop.order(1).await;
    shop.app.until(&order, "accepted").await;
    let seen = shop.app.get(&format!("/orders/{order}?at_version=2")).await.expect(200);
    assert_eq!((&seen["payment_status"], &seen["status"]), (&json!("confirmed"), &json!("pending")), "{seen}");
    assert_eq!(millis_between(&seen["created_at"], &seen["payment_due_at"]), 300);
    assert_eq!(millis_between(&seen["created_at"], &seen["stores"][0]["due_at"]), 900);
    let times = event_times(&shop.app, &order).await;
    let names: Vec<_> = times.iter().map(|(name, _)| name.trim_start_matches("plaza.order.")).collect();
    assert_eq!(names, ["submitted.v1", "payment_confirmed.v1", "store_confirmed.v1", "accepted.v1"]);
    for (index, due) in [(1, 300), (2, 900)] {
        let after = millis_between(&times[0].1, &times[index].1);
        assert!((due..due + 2_000).contains(&after), "{} came after {after} ms", times[index].0);
    }
    let metrics = shop.app.get("//metrics").await;
    assert!(metrics.text.contains("plaza_orders_total{status=\"accepted\"} 1\n"), "{}", metrics.text);
    shop.app.cancel(&order).await.expect(200);
}

#[tokio::test]
async fn a_cancelled_order_gives_stock_and_money_back() {
    let shop = shop(5_000).await;
    let order = shop.order(2).await;
    shop.app.until(&order, "accepted").await;
    assert_eq!((shop.stock().await, shop.money().await), ((8, 2), (1_002, 3_998, 0)));
    let cancelled = shop.app.post(&format!("/orders/{order}/cancel"), &json!({"reason": "too slow"})).await.expect(200);
    assert_eq!((&cancelled["status"], &cancelled["cancel_reason"]), (&json!("cancelled"), &json!("too slow")));
    shop.all_undone(&order).await;
    assert_eq!((shop.stock().await, shop.money().await), ((10, 0), (5_000, 0, 0)));
    let again = shop.app.cancel(&order).await.expect(200);
    assert_eq!((&again["status"], &again["cancel_reason"]), (&json!("cancelled"), &json!("too slow")));
    shop.app.pay(&order).await.refused(409, "order_state");
}

#[tokio::test]
async fn a_pending_order_can_be_cancelled_and_not_paid() {
    let shop = shop(5_000).await;
    let order = shop.order(2).await;
    shop.app.pay(&order).await.refused(409, "order_state");
    assert_eq!(shop.app.cancel(&order).await.expect(200)["status"], "cancelled");
    shop.all_undone(&order).await;
    assert_eq!((shop.stock().await, shop.money().await), ((10, 0), (5_000, 0, 0)));
}

#[tokio::test]
async fn a_delivered_order_can_be_neither_cancelled_nor_paid_again() {
    let shop = shop(5_000).await;
    let order = shop.order(1).await;
    shop.app.until(&order, "accepted").await;
    shop.app.pay(&order).await.expect(200);
    shop.app.cancel(&order).await.refused(409, "order_state");
    shop.app.pay(&order).await.refused(409, "order_state");
    assert_eq!(shop.money().await, (3_001, 0, 1_999));
}

#[tokio::test]
async fn too_little_money_rejects_at_the_banks_time() {
    let shop = shop(1_998).await;
    let order = shop.order(1).await;
    let rejected = shop.app.until(&order, "rejected").await;
    assert_eq!(rejected["reasons"], json!(["NOT_ENOUGH_MONEY"]));
    assert_eq!(rejected["payment_status"], "not_enough_money");
    let times = event_times(&shop.app, &order).await;
    let after = millis_between(&times[0].1, &times[1].1);
    assert!((300..900).contains(&after), "rejected after {after} ms, not at the bank's 300 ms");
    assert_eq!(shop.stock().await, (10, 0));
}

#[tokio::test]
async fn more_than_the_stock_rejects_at_the_stores_time_and_voids_the_hold() {
    let shop = shop(100_000).await;
    let order = shop.order(11).await;
    let rejected = shop.app.until(&order, "rejected").await;
    assert_eq!(rejected["reasons"], json!(["OUT_OF_STOCK"]));
    assert_eq!(rejected["delivery_status"], "out_of_stock");
    let times = event_times(&shop.app, &order).await;
    let rejected_at = &times.iter().find(|(name, _)| name.contains("store_rejected")).unwrap().1;
    assert!(millis_between(&times[0].1, rejected_at) >= 900);
    shop.all_undone(&order).await;
    assert_eq!((shop.stock().await, shop.money().await), ((10, 0), (100_000, 0, 0)));
}

#[tokio::test]
async fn stock_set_to_zero_before_the_store_confirms_rejects() {
    let shop = shop(5_000).await;
    let order = shop.order(1).await;
    shop.app.patch(&format!("/products/{}", shop.product), &json!({"stock": 0})).await.expect(200);
    assert_eq!(shop.app.until(&order, "rejected").await["reasons"], json!(["OUT_OF_STOCK"]));
    shop.all_undone(&order).await;
    assert_eq!((shop.stock().await, shop.money().await), ((0, 0), (5_000, 0, 0)));
}

#[tokio::test]
async fn two_stores_confirm_separately() {
    let shop = shop(10_000).await;
    let late_store = shop.app.store(Some(1_500)).await;
    let late = shop.app.product(&late_store, 500, 3).await;
    let placed = shop.app.order(&shop.customer, &shop.payment, &[(&shop.product, 1), (&late, 2)]).await;
    let order = id(&placed);
    let accepted = shop.app.until(&order, "accepted").await;
    assert_eq!(accepted["total"], eur(2_999));
    let times = event_times(&shop.app, &order).await;
    let confirmed: Vec<_> = times.iter().filter(|(name, _)| name.contains("store_confirmed")).collect();
    let after: Vec<_> = confirmed.iter().map(|(_, at)| millis_between(&times[0].1, at)).collect();
    assert!(after.len() == 2 && after[0] >= 900 && after[1] >= 1_500 && after[1] - after[0] >= 400, "{after:?}");
    let between = shop.app.get(&format!("/orders/{order}?at_version=3")).await.expect(200);
    let statuses: Vec<_> = between["stores"].as_array().unwrap().iter().map(|store| text(&store["status"])).collect();
    assert!(statuses.contains(&"confirmed".to_owned()) && statuses.contains(&"pending".to_owned()), "{between}");
    shop.app.pay(&order).await.expect(200);
}

#[tokio::test]
async fn money_is_spent_once() {
    let shop = shop(3_000).await;
    let first = shop.order(1).await;
    shop.app.until(&first, "accepted").await;
    let second = shop.order(1).await;
    assert_eq!(shop.app.until(&second, "rejected").await["reasons"], json!(["NOT_ENOUGH_MONEY"]));
    shop.app.pay(&first).await.expect(200);
    assert_eq!(shop.money().await, (1_001, 0, 1_999));
}

#[tokio::test]
async fn what_is_available_is_kept_when_the_customer_wants_so() {
    let shop = shop(10_000).await;
    let short_store = shop.app.store(Some(100)).await;
    let short = shop.app.product(&short_store, 700, 1).await;
    let mut wanted = order(&shop.customer, &shop.payment, &[(&shop.product, 1), (&short, 2)]);
    wanted["on_shortage"] = "accept_available".into();
    let order = id(&shop.app.post("/orders", &wanted).await.expect(201));
    let accepted = shop.app.until(&order, "accepted").await;
    assert_eq!(accepted["total"], eur(1_999));
    assert_eq!(accepted["items"].as_array().unwrap().len(), 1);
    let paid = shop.app.pay(&order).await.expect(200);
    assert_eq!(paid["status"], "delivered");
    eventually("the hold is settled", async || (shop.money().await == (8_001, 0, 1_999)).then_some(())).await;
}

#[tokio::test]
async fn free_items_need_no_money() {
    let shop = shop(0).await;
    let free = shop.app.product(&shop.store, 0, 1).await;
    let order = id(&shop.app.order(&shop.customer, &shop.payment, &[(&free, 1)]).await);
    shop.app.until(&order, "accepted").await;
    assert_eq!(shop.app.pay(&order).await.expect(200)["status"], "delivered");
    assert_eq!(shop.money().await, (0, 0, 0));
}

#[tokio::test]
async fn an_order_nobody_pays_expires() {
    let settings = ["--pay-deadline", "200ms", "--payment-delay", "50ms", "--store-delay", "100ms"];
    let shop = shop_with(&settings, 5_000).await;
    let order = shop.order(1).await;
    eventually("the order expires", async || (shop.app.look(&order).await["status"] == "expired").then_some(())).await;
    shop.all_undone(&order).await;
    assert_eq!((shop.stock().await, shop.money().await), ((10, 0), (5_000, 0, 0)));
    shop.app.pay(&order).await.refused(409, "order_state");
    shop.app.cancel(&order).await.refused(409, "order_state");
}

#[tokio::test]
async fn a_store_or_product_that_goes_away_rejects_what_waits_for_it() {
    let shop = shop(100_000).await;
    let other_store = shop.app.store(None).await;
    let other = shop.app.product(&other_store, 5, 5).await;
    let of_product = shop.order(1).await;
    let of_store = id(&shop.app.order(&shop.customer, &shop.payment, &[(&other, 1)]).await);
    shop.app.delete(&format!("/products/{}", shop.product)).await.expect(204);
    shop.app.delete(&format!("/stores/{other_store}")).await.expect(204);
    assert_eq!(shop.app.until(&of_store, "rejected").await["reasons"], json!(["STORE_CLOSED"]));
    assert_eq!(shop.app.until(&of_product, "rejected").await["reasons"], json!(["PRODUCT_UNAVAILABLE"]));
    shop.all_undone(&of_product).await;
    shop.all_undone(&of_store).await;
    assert_eq!(shop.money().await, (100_000, 0, 0));
    shop.app.get(&format!("/stores/{other_store}")).await.refused(404, "unknown_store");
    shop.app.get(&format!("/products/{other}")).await.refused(404, "unknown_product");
}

#[tokio::test]
async fn an_order_keeps_the_price_of_its_submission() {
    let shop = shop(5_000).await;
    let order = shop.order(1).await;
    shop.app.patch(&format!("/products/{}", shop.product), &json!({"price": eur(9_999)})).await.expect(200);
    assert_eq!(shop.app.until(&order, "accepted").await["total"], eur(1_999));
    shop.app.pay(&order).await.expect(200);
    assert_eq!(shop.money().await, (3_001, 0, 1_999));
}

#[tokio::test]
async fn a_submission_can_wait_for_its_verdict() {
    let shop = shop(5_000).await;
    let request = shop.app.request(Method::POST, "/orders").header("prefer", "wait=10");
    let answer = send(request.json(&order(&shop.customer, &shop.payment, &[(&shop.product, 1)]))).await;
    assert_eq!(answer.header("preference-applied"), "wait=10");
    let location = answer.header("location").to_owned();
    let placed = answer.expect(201);
    assert_eq!(location, format!("/api/v1/orders/{}", id(&placed)));
    assert_eq!(placed["status"], "accepted");
    shop.app.cancel(&id(&placed)).await.expect(200);
}

#[tokio::test]
async fn the_demo_fills_an_empty_mall_once() {
    let app = TestApp::start().await;
    app.post("/demo", &json!({})).await;
    let stores = app.all("/stores?participating=true").await;
    let products = app.all("/products").await;
    assert!(stores.len() >= 3 && products.len() >= 24, "{} stores, {} products", stores.len(), products.len());
    let mut delays: Vec<_> = stores.iter().map(|store| store["confirmation_delay_ms"].as_u64().unwrap()).collect();
    delays.sort_unstable();
    delays.dedup();
    assert!(delays.len() > 1, "the stores differ in their delays");
    app.post("/demo", &json!({})).await.refused(409, "mall_not_empty");
}
