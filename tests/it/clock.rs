//! The mall's clock over REST: what it answers, what it refuses, and what of it survives.

use crate::app::{TestApp, eventually, id, order, send, text, verify};
use crate::refused::{Hand, Shop, shop};
use plaza::domain::time::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

fn at(value: &Value) -> Timestamp {
    Timestamp::parse_rfc3339(&text(value)).unwrap()
}

async fn clock(app: &TestApp) -> Value {
    app.get("/clock").await.expect(200)
}

async fn turn(app: &TestApp, speed: f64) -> Value {
    app.patch("/clock", &json!({"speed": speed})).await.expect(200)
}

/// Advances, and waits for the end.
async fn advance(app: &TestApp, until: Value) -> Value {
    let request = app.request(Method::POST, "/clock/advance").header("prefer", "wait=50").json(&until);
    send(request).await.expect(200)
}

async fn orders(app: &TestApp, shop: &Shop, count: usize) -> Vec<String> {
    let mut placed = Vec::new();
    while placed.len() < count {
        let some = (0..25.min(count - placed.len())).map(|_| shop.order(app));
        placed.extend(futures_util::future::join_all(some).await);
    }
    placed
}

/// The times of an order's events by name.
async fn story(app: &TestApp, order: &str) -> Vec<(String, Timestamp)> {
    let events = app.get(&format!("/orders/{order}/events?limit=200")).await.expect(200);
    let items = events["items"].as_array().unwrap();
    items.iter().map(|event| (text(&event["type"]), at(&event["time"]))).collect()
}

#[tokio::test]
async fn it_is_the_wall_clock_until_somebody_sets_it() {
    let app = TestApp::with(&[]).await;
    let answer = app.get("/clock").await;
    assert_eq!(answer.header("etag"), "\"v0\"");
    let plain = answer.expect(200);
    for (field, value) in [
        ("speed", json!(1)),
        ("status", json!("running")),
        ("target", Value::Null),
        ("stalled", Value::Null),
        ("next_due_at", Value::Null),
        ("version", json!(0)),
        ("offset_ms", json!(0)),
    ] {
        assert_eq!(plain[field], value, "{field}");
    }
    // Setting what is so already is no event.
    assert_eq!(turn(&app, 1.0).await["version"], 0);
    let paused = turn(&app, 0.0).await;
    assert_eq!((&paused["status"], &paused["version"]), (&json!("paused"), &json!(1)));
    assert_eq!(clock(&app).await["now"], paused["now"]);
    let stale = app.request(Method::PATCH, "/clock").header("if-match", "\"v0\"").json(&json!({"speed": 5}));
    send(stale).await.refused(412, "version_mismatch");
    let fresh = app.request(Method::PATCH, "/clock").header("if-match", "\"v1\"").json(&json!({"speed": 0.25}));
    assert_eq!(send(fresh).await.expect(200)["speed"], 0.25);
    let events = app.get("/events?type=mall.clock_set&limit=10").await.expect(200);
    let last = &events["items"].as_array().unwrap()[1];
    assert_eq!(
        (&last["data"]["speed"], &last["subject"]),
        (&json!(0.25), &json!(format!("mall/{}", last_stream(last))))
    );
    for (body, pointer) in [
        (json!({"speed": 1_000.5}), "/speed"),
        (json!({"speed": -1}), "/speed"),
        (json!({"speed": 0.0001}), "/speed"),
        (json!({"speed": "fast"}), "/speed"),
        (json!({}), "/speed"),
        (json!({"speed": 1, "now": "2026-11-22T10:00:00Z"}), ""),
    ] {
        let problem = app.patch("/clock", &body).await.refused(422, "validation_failed");
        assert!(text(&problem["errors"][0]["pointer"]).starts_with(pointer), "{body}: {problem}");
    }
    for (body, code, pointer) in [
        (json!({"to": "2020-01-01T00:00:00Z"}), "clock_backwards", "/to"),
        (json!({"by": "401d"}), "validation_failed", "/by"),
        (json!({"to": "2099-01-01T00:00:00Z"}), "validation_failed", "/to"),
        (json!({"by": "10"}), "validation_failed", "/by"),
        (json!({"by": "-10m"}), "validation_failed", "/by"),
        (json!({"next": 0}), "validation_failed", "/next"),
        (json!({"next": 1_001}), "validation_failed", "/next"),
        (json!({}), "validation_failed", ""),
        (json!({"by": "1s", "next": 1}), "validation_failed", ""),
    ] {
        let problem = app.post("/clock/advance", &body).await.refused(422, code);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
    }
    assert_eq!(clock(&app).await["version"], 2, "a refusal changes nothing");
    app.audit().await;
}

fn last_stream(event: &Value) -> String {
    text(&event["subject"]).rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_advance_gives_each_order_what_waiting_gives() {
    let mut app = TestApp::with(&["--payment-delay", "5s", "--grace", "30s", "--pay-deadline", "30m"]).await;
    let (near, far) = (shop(&app, 7_000).await, shop(&app, 40_000).await);
    turn(&app, 0.0).await;
    let placed = [orders(&app, &near, 60).await, orders(&app, &far, 60).await];
    let begun = at(&app.look(&placed[0][0]).await["created_at"]);
    let next = clock(&app).await;
    assert_eq!(at(&next["next_due_at"]), begun.plus_millis(5_000), "{next}");
    assert_eq!(at(&advance(&app, json!({"next": 1})).await["now"]), begun.plus_millis(5_000));
    let there = advance(&app, json!({"by": "10m"})).await;
    assert_eq!((at(&there["now"]), &there["status"]), (begun.plus_millis(605_000), &json!("paused")));
    assert!(there["offset_ms"].as_i64().unwrap() > 590_000);
    for (orders, verdict) in [(&placed[0], 7_000), (&placed[1], 40_000)] {
        for order in orders {
            let happened = story(&app, order).await;
            let accepted = happened.iter().find(|(name, _)| name.contains("order.accepted"));
            assert_eq!(accepted.map(|(_, at)| *at), Some(begun.plus_millis(verdict)), "{happened:?}");
        }
    }
    let paid = &placed[0][0];
    app.pay(paid).await.expect(200);
    // Whoever sends it again under its key advances once.
    let keyed =
        || app.request(Method::POST, "/clock/advance").header("idempotency-key", "once").json(&json!({"by": "1h"}));
    send(keyed()).await.expect(202);
    let again = send(keyed()).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    eventually("it is through", async || (clock(&app).await["status"] == "paused").then_some(())).await;
    let end = clock(&app).await;
    assert_eq!(at(&end["now"]), begun.plus_millis(4_205_000));
    for order in placed.iter().flatten().filter(|order| *order != paid) {
        let seen = app.look(order).await;
        let due = if placed[0].contains(order) { 1_807_000 } else { 1_840_000 };
        assert_eq!((&seen["status"], at(&seen["updated_at"])), (&json!("expired"), begun.plus_millis(due)));
    }
    assert_eq!(app.look(paid).await["status"], "delivered");
    app.audit().await;
    app.stop();
    verify(&app.storage());
}

#[tokio::test]
async fn a_restart_goes_on_with_the_clock_and_nothing_is_early_or_twice() {
    let mut app = TestApp::with(&["--payment-delay", "5s", "--grace", "30s", "--pay-deadline", "30m"]).await;
    let shop = shop(&app, 7_000).await;
    let placed = orders(&app, &shop, 40).await;
    let paused = turn(&app, 0.0).await;
    app.kill9();
    app.restart().await;
    let after = clock(&app).await;
    assert_eq!((&after["now"], &after["speed"], &after["version"]), (&paused["now"], &json!(0), &json!(1)));
    for order in &placed {
        assert_eq!(app.look(order).await["status"], "pending");
    }
    // In the middle of an advance.
    turn(&app, 100.0).await;
    app.post("/clock/advance", &json!({"by": "20m"})).await.expect(202);
    app.kill9();
    app.restart().await;
    let after = clock(&app).await;
    assert_eq!((&after["status"], &after["speed"]), (&json!("running"), &json!(100)));
    assert!(at(&after["now"]) >= at(&paused["now"]), "{after}");
    advance(&app, json!({"by": "1h"})).await;
    for order in &placed {
        let happened = story(&app, order).await;
        let times: Vec<Timestamp> = happened.iter().map(|(_, at)| *at).collect();
        assert!(times.is_sorted(), "{happened:?}");
        for (name, delay) in
            [("order.payment_confirmed", 5_000), ("order.accepted", 7_000), ("order.expired", 1_807_000)]
        {
            let seen: Vec<_> = happened.iter().filter(|(seen, _)| seen.contains(name)).collect();
            assert_eq!(seen.len(), 1, "{name}: {happened:?}");
            assert!(seen[0].1 >= times[0].plus_millis(delay), "{name} is early: {happened:?}");
        }
    }
    app.audit().await;
    app.stop();
    verify(&app.storage());
}

#[tokio::test]
async fn an_instant_that_does_not_come_to_rest_is_named_and_can_be_left() {
    let mut app = TestApp::with(&["--payment-delay", "5s", "--grace", "30s", "--pay-deadline", "30m"]).await;
    let shop = shop(&app, 7_000).await;
    turn(&app, 0.0).await;
    let order = shop.order(&app).await;
    app.kill9();
    let mut hand = Hand::on(&app);
    hand.does(&format!("UPDATE stores SET fulfilment = 'nobody' WHERE id = '{}'", shop.store));
    app.restart().await;
    app.post("/clock/advance", &json!({"by": "1h"})).await.expect(202);
    app.post("/clock/advance", &json!({"by": "1h"})).await.refused(409, "clock_advancing");
    app.patch("/clock", &json!({"speed": 2})).await.refused(409, "clock_advancing");
    let stalled = eventually("it is said what stalls it", async || {
        let seen = clock(&app).await;
        (seen["status"] == "stalled").then_some(seen)
    })
    .await;
    assert_eq!(stalled["stalled"], json!({"order_id": order, "participant": shop.store}));
    let left = app.delete("/clock/advance").await.expect(200);
    assert_eq!((&left["status"], &left["target"]), (&json!("paused"), &Value::Null));
    assert_eq!(at(&left["now"]), at(&app.look(&order).await["created_at"]).plus_millis(7_000));
    hand.does(&format!("UPDATE stores SET fulfilment = 'internal' WHERE id = '{}'", shop.store));
    advance(&app, json!({"by": "1m"})).await;
    assert_eq!(app.look(&order).await["status"], "accepted");
    assert_eq!(app.delete("/clock/advance").await.expect(200)["status"], "paused", "nothing to stop is no error");
    app.may_leave_orders();
}

#[tokio::test]
async fn people_are_served_while_the_clock_is_advanced() {
    let app = TestApp::with(&["--payment-delay", "1s", "--grace", "30s", "--pay-deadline", "10m"]).await;
    let shop = shop(&app, 2_000).await;
    turn(&app, 0.0).await;
    let placed = orders(&app, &shop, 200).await;
    app.post("/clock/advance", &json!({"by": "5m"})).await.expect(202);
    let more = orders(&app, &shop, 50).await;
    let body = order(&shop.customer, &shop.payment, &[(&shop.product, 1)]);
    let last = id(&app.post("/orders", &body).await.expect(201));
    eventually("it is through", async || (clock(&app).await["status"] == "paused").then_some(())).await;
    advance(&app, json!({"by": "1m"})).await;
    for order in placed.iter().chain(&more).chain([&last]) {
        assert_eq!(app.look(order).await["status"], "accepted");
        app.cancel(order).await.expect(200);
    }
    app.audit().await;
}

#[tokio::test]
async fn a_first_advance_that_is_cut_short_leaves_the_wall_clock_where_it_is() {
    let mut app = TestApp::with(&["--payment-delay", "5s", "--grace", "30s", "--pay-deadline", "20d"]).await;
    let shop = shop(&app, 7_000).await;
    let body = order(&shop.customer, &shop.payment, &[(&shop.product, 1)]);
    let keyed = async |app: &TestApp| {
        send(app.request(Method::POST, "/orders").header("idempotency-key", "once").json(&body)).await.expect(201)
    };
    let first = keyed(&app).await;
    orders(&app, &shop, 300).await;
    app.post("/clock/advance", &json!({"by": "60d"})).await.expect(202);
    eventually("orders run out, twenty days ahead", async || {
        (clock(&app).await["offset_ms"].as_i64().unwrap() > 10 * 86_400_000).then_some(())
    })
    .await;
    app.kill9();
    app.restart().await;
    let after = clock(&app).await;
    assert!(after["offset_ms"].as_i64().unwrap() > 10 * 86_400_000, "{after}");
    let wall = at(&after["wall"]).micros_since(Timestamp(chrono::Utc::now().timestamp_micros() - 60_000_000));
    assert!(wall < 120_000_000, "the wall clock is moved: {after}");
    // What was answered a moment ago is remembered, however far the mall's time has come.
    assert_eq!(id(&keyed(&app).await), id(&first));
    assert_eq!(app.all("/orders").await.len(), 301);
    advance(&app, json!({"by": "30d"})).await;
    assert_eq!(app.get("/status").await.expect(200)["orders"]["expired"], 301);
    app.audit().await;
    app.stop();
    verify(&app.storage());
}

#[tokio::test]
async fn a_speed_that_cannot_be_written_is_neither_shown_nor_kept() {
    let app = TestApp::with(&[]).await;
    let mut hand = Hand::on(&app);
    hand.locks("events");
    let waits =
        tokio::time::timeout(std::time::Duration::from_secs(1), app.patch("/clock", &json!({"speed": 1_000}))).await;
    assert!(waits.is_err(), "{}", waits.unwrap().text);
    let seen = clock(&app).await;
    assert_eq!((&seen["speed"], &seen["version"]), (&json!(1), &json!(0)));
    assert!(seen["offset_ms"].as_i64().unwrap() <= 0, "{seen}");
    hand.does("ROLLBACK");
    eventually("it is written, and so it runs", async || (clock(&app).await["speed"] == 1_000).then_some(())).await;
}
