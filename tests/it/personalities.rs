//! Personalities over REST: what is taken and refused, what the journal says of it, and what survives.

use crate::app::{TestApp, eventually, send, text, verify};
use crate::refused::{metric, shop};
use plaza::domain::time::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

fn at(value: &Value) -> Timestamp {
    Timestamp::parse_rfc3339(&text(value)).unwrap()
}

/// Everything a personality can have.
fn odd() -> Value {
    json!({
        "delay": { "distribution": "lognormal", "median_ms": 400, "p99_ms": 2_000, "min_ms": 20, "max_ms": 12_000 },
        "refuse": { "share": 0.02, "reason": "SERVICE_FAILED" }, "silent": { "share": 0.005 },
        "lose_answer": { "share": 0.01 }, "repeat_answer": { "share": 0.02 },
        "outages": [{ "from": "2026-11-22T10:00:00.000000Z", "until": "2026-11-22T10:10:00.000000Z", "mode": "hold" }],
        "seed": 7,
    })
}

fn plain() -> Value {
    json!({
        "delay": null, "refuse": null, "silent": null, "lose_answer": null, "repeat_answer": null, "outages": [],
        "seed": 0,
    })
}

#[tokio::test]
async fn a_personality_is_set_whole_read_back_and_taken_back() {
    let mut app = TestApp::with(&[]).await;
    let store = app.store(Some(50)).await;
    let of_store = format!("/stores/{store}/personality");
    for path in [&of_store[..], "/bank/personality"] {
        let answer = app.get(path).await;
        assert_eq!(answer.header("etag"), "\"v0\"", "{path}");
        assert_eq!(answer.expect(200), plain(), "{path}");
    }
    let set = app.put(&of_store, &odd()).await;
    assert_eq!(set.header("etag"), "\"v1\"");
    assert_eq!(set.expect(200), odd());
    assert_eq!(app.get(&of_store).await.expect(200), odd());
    // The same again is no event; what is left out is plain again.
    assert_eq!(app.put(&of_store, &odd()).await.header("etag"), "\"v1\"");
    let fixed = json!({ "delay": { "distribution": "fixed", "ms": 5 } });
    assert_eq!(app.put("/bank/personality", &fixed).await.header("etag"), "\"v2\"");
    let shown = app.get("/bank/personality").await.expect(200);
    assert_eq!((&shown["delay"], &shown["seed"]), (&fixed["delay"], &json!(0)));

    let put = |version: &str| app.request(Method::PUT, &of_store).header("if-match", version).json(&fixed);
    send(put("\"v2\"")).await.refused(412, "version_mismatch");
    assert_eq!(send(put("\"v1\"")).await.header("etag"), "\"v3\"");

    let all = app.get("/personalities").await.expect(200);
    let who: Vec<_> = all["items"].as_array().unwrap().iter().map(|item| item["participant"].clone()).collect();
    assert_eq!(who, [json!({ "kind": "bank" }), json!({ "kind": "store", "id": store })]);
    assert_eq!((&all["items"][1]["version"], &all["next_cursor"]), (&json!(3), &Value::Null));

    let events = app.get("/events?type=mall.personality_set&limit=10").await.expect(200);
    let events = events["items"].as_array().unwrap();
    assert_eq!(events.len(), 3);
    assert_eq!(events[0]["data"]["participant"], json!({ "kind": "store", "id": store }));
    assert_eq!(events[0]["data"]["personality"], odd());

    app.kill9();
    app.restart().await;
    assert_eq!(app.get("/personalities").await.expect(200), all, "a crash forgets nobody");
    assert!(send(app.request(Method::DELETE, &of_store)).await.text.is_empty());
    assert_eq!(app.get(&of_store).await.expect(200), plain());
    send(app.request(Method::DELETE, &of_store)).await.expect(204);
    send(app.request(Method::DELETE, "/personalities")).await.expect(204);
    assert_eq!(app.get("/personalities").await.expect(200)["items"], json!([]));
    assert_eq!(
        app.get("/events?type=mall.personality_reset&limit=10").await.expect(200)["items"].as_array().unwrap().len(),
        2
    );
    // Behaving as Plaza itself is having no personality.
    assert_eq!(app.put(&of_store, &json!({})).await.header("etag"), "\"v0\"");
    assert_eq!(app.get("/personalities").await.expect(200)["items"], json!([]));
    // The clock goes on in the same stream.
    assert_eq!(app.patch("/clock", &json!({ "speed": 2 })).await.expect(200)["version"], 6);
    app.kill9();
    app.restart().await;
    assert_eq!(app.get("/clock").await.expect(200)["speed"], 2);
    app.audit().await;
    app.stop();
    verify(&app.storage());
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_its_place() {
    let app = TestApp::with(&[]).await;
    let delay = |delay: Value| json!({ "delay": delay });
    for (body, pointer, code) in [
        (delay(json!({ "distribution": "normal" })), "/delay/distribution", "invalid_value"),
        (delay(json!({})), "/delay/distribution", "missing_field"),
        (delay(json!([])), "/delay", "invalid_type"),
        (delay(json!({ "distribution": "fixed" })), "/delay/ms", "missing_field"),
        (delay(json!({ "distribution": "fixed", "ms": -1 })), "/delay/ms", "out_of_range"),
        (delay(json!({ "distribution": "fixed", "ms": 1, "mean_ms": 2 })), "/delay/mean_ms", "unknown_field"),
        (delay(json!({ "distribution": "uniform", "min_ms": 1 })), "/delay/max_ms", "out_of_range"),
        (delay(json!({ "distribution": "uniform", "min_ms": 2, "max_ms": 1 })), "/delay/max_ms", "out_of_range"),
        (delay(json!({ "distribution": "lognormal", "median_ms": 5 })), "/delay/p99_ms", "missing_field"),
        (
            delay(json!({ "distribution": "lognormal", "median_ms": 5, "sigma": 1, "p99_ms": 9 })),
            "/delay/sigma",
            "invalid_value",
        ),
        (delay(json!({ "distribution": "lognormal", "median_ms": 0, "sigma": 1 })), "/delay/median_ms", "out_of_range"),
        (delay(json!({ "distribution": "pareto", "alpha": 2 })), "/delay/min_ms", "out_of_range"),
        (
            delay(json!({ "distribution": "quantiles", "points": [[0.5, 9], [0.4, 10]] })),
            "/delay/points/1/0",
            "out_of_range",
        ),
        (delay(json!({ "distribution": "quantiles", "points": [[0.5]] })), "/delay/points/0", "invalid_value"),
        (delay(json!({ "distribution": "quantiles", "points": [[0.5, 5, 9]] })), "/delay/points/0", "invalid_value"),
        (delay(json!({ "distribution": "quantiles", "points": [[0.5, "9"]] })), "/delay/points/0/1", "invalid_type"),
        (json!({ "refuse": { "share": 1.5 } }), "/refuse/share", "invalid_value"),
        (json!({ "refuse": { "share": -0.5 } }), "/refuse/share", "invalid_value"),
        (json!({ "refuse": { "share": 0.1, "reason": "OUT_OF_STOCK" } }), "/refuse/reason", "invalid_value"),
        (json!({ "refuse": { "share": 0.6 }, "silent": { "share": 0.6 } }), "/silent/share", "out_of_range"),
        (json!({ "silent": 0.1 }), "/silent", "invalid_type"),
        (
            json!({ "outages": [{ "from": "soon", "until": "later", "mode": "hold" }] }),
            "/outages/0/from",
            "invalid_value",
        ),
        (
            json!({ "outages": [{ "from": "2026-11-22T10:00:00Z", "until": "2026-11-22T10:00:00Z", "mode": "hold" }] }),
            "/outages/0/until",
            "out_of_range",
        ),
        (json!({ "seed": -1 }), "/seed", "out_of_range"),
        (json!({ "sead": 1 }), "/sead", "unknown_field"),
    ] {
        let problem = app.put("/bank/personality", &body).await.refused(422, "validation_failed");
        let said = &problem["errors"][0];
        assert_eq!(
            (text(&said["pointer"]).as_str(), text(&said["code"]).as_str()),
            (pointer, code),
            "{body}: {problem}"
        );
    }
    let bank = json!({ "kind": "bank" });
    for (body, pointer) in [
        (json!({ "participant": bank, "for": "0s" }), "/for"),
        (json!({ "participant": bank, "for": "10" }), "/for"),
        (json!({ "participant": bank, "for": "401d" }), "/for"),
        (json!({ "participant": bank }), "/for"),
        (json!({ "participant": { "kind": "bank", "id": Uuid::nil() }, "for": "1s" }), "/participant/id"),
        (json!({ "participant": { "kind": "store" }, "for": "1s" }), "/participant/id"),
        (json!({ "participant": { "kind": "shop" }, "for": "1s" }), "/participant/kind"),
        (json!({ "participant": bank, "for": "1s", "mode": "away" }), "/mode"),
    ] {
        let problem = app.post("/outages", &body).await.refused(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
    }
    let nobody = Uuid::now_v7();
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let request = app.request(method.clone(), &format!("/stores/{nobody}/personality"));
        let request = if method == Method::PUT { request.json(&json!({})) } else { request };
        send(request).await.refused(404, "unknown_store");
    }
    let unknown = json!({ "participant": { "kind": "store", "id": nobody }, "for": "1s" });
    app.post("/outages", &unknown).await.refused(404, "unknown_store");
    let outside = app.store(None).await;
    app.patch(&format!("/stores/{outside}"), &json!({ "fulfilment": "external" })).await.expect(200);
    app.put(&format!("/stores/{outside}/personality"), &json!({})).await.refused(409, "external_participant");
    let unknown = json!({ "participant": { "kind": "store", "id": outside }, "for": "1s" });
    app.post("/outages", &unknown).await.refused(409, "external_participant");
    assert_eq!(app.get("/personalities").await.expect(200)["items"], json!([]), "a refusal changes nothing");
}

#[tokio::test]
async fn an_outage_is_added_once_a_key_and_holds_the_orders() {
    let mut app = TestApp::with(&["--payment-delay", "100ms", "--grace", "1h"]).await;
    let shop = shop(&app, 50).await;
    let keyed = || {
        let body = json!({ "participant": { "kind": "bank" }, "for": "1h" });
        app.request(Method::POST, "/outages").header("idempotency-key", "once").json(&body)
    };
    let made = send(keyed()).await.expect(201);
    let outages = &made["personality"]["outages"];
    assert_eq!(at(&outages[0]["until"]), at(&outages[0]["from"]).plus_millis(3_600_000));
    assert_eq!((&outages[0]["mode"], &made["version"]), (&json!("hold"), &json!(1)));
    let again = send(keyed()).await;
    assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", made.clone()));
    let order = shop.order(&app).await;
    eventually("the store has answered, and the bank is withheld", async || {
        (metric(&app, "plaza_orders_withheld").await > 0.0 && app.look(&order).await["version"] == 2).then_some(())
    })
    .await;
    app.kill9();
    app.restart().await;
    eventually("the order waits again", async || (metric(&app, "plaza_orders_withheld").await > 0.0).then_some(()))
        .await;
    assert_eq!(app.look(&order).await["status"], "pending");
    // An advance goes to where the answer is given.
    let there = app.request(Method::POST, "/clock/advance").header("prefer", "wait=30").json(&json!({ "next": 1 }));
    let passed = at(&send(there).await.expect(200)["now"]).micros_since(at(&outages[0]["until"]));
    assert!(passed < 10_000_000, "the clock runs on from there: {passed} us");
    assert_eq!(app.until(&order, "accepted").await["version"], 4);
    // A silent bank, and one call that ends everything odd.
    let silent = json!({ "participant": { "kind": "bank" }, "for": "1h", "mode": "silent" });
    assert_eq!(app.post("/outages", &silent).await.expect(201)["personality"]["outages"].as_array().unwrap().len(), 2);
    let order = shop.order(&app).await;
    eventually("it is withheld", async || (metric(&app, "plaza_orders_withheld").await > 0.0).then_some(())).await;
    app.delete("/personalities").await.expect(204);
    app.until(&order, "accepted").await;
    app.audit().await;
    app.stop();
    verify(&app.storage());
}

/// Shoppers that name themselves by their keys have their luck, whoever else shops.
#[tokio::test]
async fn the_same_key_has_the_same_fate_in_another_mall() {
    let mut fates = Vec::new();
    for skipped in [None, Some(16)] {
        let mut app = TestApp::with(&["--payment-delay", "10ms", "--grace", "2s"]).await;
        let shop = shop(&app, 20).await;
        let odd = json!({
            "delay": { "distribution": "uniform", "min_ms": 10, "max_ms": 300 },
            "refuse": { "share": 0.3, "reason": "SERVICE_FAILED" }, "silent": { "share": 0.1 }, "seed": 11,
        });
        app.put("/bank/personality", &odd).await.expect(200);
        let body = crate::app::order(&shop.customer, &shop.payment, &[(&shop.product, 1)]);
        let mut placed = Vec::new();
        for number in (0..40).filter(|number| skipped != Some(*number)) {
            let key = format!("run-1-shopper-{number}");
            let order = send(app.request(Method::POST, "/orders").header("idempotency-key", &key).json(&body)).await;
            placed.push((number, order.expect(201)));
        }
        let mut ends = Vec::new();
        for (number, order) in placed {
            let events = app.get(&format!("/orders/{}/events?limit=1", text(&order["id"]))).await.expect(200);
            let end = eventually("it has ended", async || {
                let seen = app.look(&text(&order["id"])).await;
                (seen["status"] != "pending").then_some(seen)
            })
            .await;
            let delay = at(&order["payment_due_at"]).micros_since(at(&order["created_at"]));
            ends.push((
                number,
                events["items"][0]["data"]["draw"].clone(),
                delay,
                end["status"].clone(),
                end["reasons"].clone(),
            ));
        }
        if skipped.is_none() {
            ends.remove(16);
        }
        let failed = ends.iter().filter(|(.., reasons)| reasons == &json!(["SERVICE_FAILED"])).count();
        assert!((4..25).contains(&failed), "{failed} of 39 refused: {ends:?}");
        fates.push(ends);
        app.audit().await;
        app.may_leave_orders();
    }
    assert_eq!(fates[0], fates[1]);
}
