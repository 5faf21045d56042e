//! A journal that cannot write says so within three seconds, waits, and loses nothing.

use crate::app::{TestApp, eventually, id, order};
use diesel::connection::SimpleConnection;
use plaza::db::place::Place;
use plaza::db::pool::open_writer;
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_file_that_another_process_holds_is_waited_for() {
    let mut app = TestApp::embedded(&["--payment-delay", "10ms", "--store-delay", "20ms"]).await;
    let store = app.store(None).await;
    let product = app.product(&store, 100, 100).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, 10_000).await;
    let mut other = open_writer(&Place::File(app.data_dir().join("plaza.db"))).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let locked = Instant::now();
    eventually("it says that it is not ready", async || (app.get("//readyz").await.status == 503).then_some(())).await;
    assert!(locked.elapsed() < Duration::from_secs(4), "it took {:?} to say so", locked.elapsed());
    assert_eq!(app.get("//livez").await.status, 200);
    app.get(&format!("/products/{product}")).await.expect(200);
    let body = order(&customer, &payment, &[(&product, 1)]);
    let request = app.request(Method::POST, "/orders").json(&body);
    // Longer than SQLite itself waits for a lock.
    let waiting = tokio::spawn(crate::app::send(request));
    eventually("SQLite's own patience is over", async || {
        (locked.elapsed() > Duration::from_millis(6_500)).then_some(())
    })
    .await;
    assert!(app.ended().is_none(), "the mall ended: {}", app.logged());
    other.batch_execute("ROLLBACK").unwrap();
    drop(other);
    eventually("it is ready again", async || (app.get("//readyz").await.status == 200).then_some(())).await;
    let answer = waiting.await.unwrap();
    if answer.status == 201 {
        app.until(&id(&answer.json()), "accepted").await;
    } else {
        answer.refused(503, "no_answer");
    }
    app.post("/orders", &json!({})).await.refused(422, "validation_failed");
    let other = id(&app.order(&customer, &payment, &[(&product, 1)]).await);
    app.until(&other, "accepted").await;
    app.audit().await;
    app.may_leave_orders();
}
