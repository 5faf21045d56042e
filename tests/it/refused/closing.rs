//! A store that closes, and whoever closes it fails or dies on the way.

use super::{Hand, shop};
use crate::app::{TestApp, eventually, order, send, text};
use reqwest::Method;
use serde_json::{Value, json};

async fn names(app: &TestApp, stream_id: &str) -> Vec<String> {
    let events = app.get(&format!("/events?stream_id={stream_id}&limit=200")).await.expect(200);
    events["items"].as_array().unwrap().iter().map(|event| text(&event["type"])).collect()
}

fn told(order: &Value) -> (&Value, &Value) {
    (&order["status"], &order["reasons"])
}

#[tokio::test]
async fn a_closing_that_was_begun_is_ended_by_the_next_start() {
    let mut app = TestApp::with(&["--payment-delay", "10m", "--grace", "10m"]).await;
    let shop = shop(&app, 20).await;
    let [first, second] = [shop.order(&app).await, shop.order(&app).await];
    for order in [&first, &second] {
        eventually("the store has put its goods aside", async || {
            (app.look(order).await["stores"][0]["status"] == "confirmed").then_some(())
        })
        .await;
    }
    // One of the orders cannot be told: nobody can read it.
    app.kill9();
    let mut hand = Hand::on(&app);
    hand.does(&format!("UPDATE orders SET body = '?' || body WHERE id = '{second}'"));
    app.restart().await;
    let store = format!("/stores/{}", shop.store);
    app.delete(&store).await.refused(503, "busy");
    let begun = names(&app, &shop.store).await;
    assert!(begun.iter().any(|name| name.contains("closing_started")), "{begun:?}");
    assert!(!begun.iter().any(|name| name.contains("archived")), "{begun:?}");

    // From here on it is closed for everybody, whoever dies.
    for _ in 0..2 {
        app.get(&store).await.refused(404, "unknown_store");
        assert!(app.all("/stores").await.is_empty());
        app.put(&format!("{store}/participation"), &json!({})).await.refused(404, "unknown_store");
        let body = order(&shop.customer, &shop.payment, &[(&shop.product, 1)]);
        app.post("/orders", &body).await.refused(422, "validation_failed");
        app.kill9();
        app.restart().await;
    }
    app.kill9();
    hand.does(&format!("UPDATE orders SET body = substr(body, 2) WHERE id = '{second}'"));
    app.restart().await;
    for order in [&first, &second] {
        let order = app.until(order, "rejected").await;
        assert_eq!(told(&order), (&json!("rejected"), &json!(["STORE_CLOSED"])));
    }
    eventually("the store is archived", async || {
        names(&app, &shop.store).await.iter().any(|name| name.contains("store.archived")).then_some(())
    })
    .await;
    app.delete(&store).await.refused(404, "unknown_store");
    app.audit().await;
    app.stop();
}

#[tokio::test]
async fn two_administrators_close_one_store() {
    let app = TestApp::with(&["--payment-delay", "10m"]).await;
    let shop = shop(&app, 20).await;
    let mut orders = Vec::new();
    for _ in 0..20 {
        orders.push(shop.order(&app).await);
    }
    let store = format!("/stores/{}", shop.store);
    let both = tokio::join!(app.delete(&store), app.delete(&store));
    // The second finds the store closing, or closed.
    let answered = [both.0.status, both.1.status];
    assert!(answered.contains(&204) && answered.iter().all(|status| [204, 404].contains(status)), "{answered:?}");
    for order in &orders {
        let order = app.until(order, "rejected").await;
        assert_eq!(order["reasons"], json!(["STORE_CLOSED"]));
    }
    let seen = names(&app, &shop.store).await;
    for once in ["closing_started", "store.archived"] {
        assert_eq!(seen.iter().filter(|name| name.contains(once)).count(), 1, "{seen:?}");
    }
    app.audit().await;
}

#[tokio::test]
async fn a_huge_shelf_is_cleared_in_parts() {
    let app = TestApp::start().await;
    let store = app.store(None).await;
    let mut products = Vec::new();
    while products.len() < 1_100 {
        let some = (0..50).map(|_| app.product(&store, 100, 1));
        products.extend(futures_util::future::join_all(some).await);
    }
    let at = app.get(&format!("/stores/{store}")).await.expect(200)["version"].clone();
    let shelf = format!("/stores/{store}/products");
    let stale = send(app.request(Method::DELETE, &shelf).header("if-match", "\"v1\"")).await;
    stale.refused(412, "version_mismatch");
    let exact = format!("\"v{at}\"");
    let cleared = send(app.request(Method::DELETE, &shelf).header("if-match", exact)).await;
    assert_eq!(cleared.expect(200), json!({"archived": 1_100}));
    assert!(app.all(&shelf).await.is_empty());
    assert_eq!(app.delete(&shelf).await.expect(200), json!({"archived": 0}));
    app.audit().await;
}
