//! Orders counted by spans of time: the same as the journal says, whatever happens to the mall.

use crate::app::{TestApp, eventually, id, order, text};
use serde_json::{Value, json};

const QUICK: [&str; 6] = ["--payment-delay", "50ms", "--store-delay", "100ms", "--shipping-delay", "0s"];

/// What is counted, once everything is that is in the journal.
async fn counted(app: &TestApp, query: &str) -> Value {
    let head = app.get("/status").await.expect(200)["head_position"].as_u64();
    eventually("everything is counted", async || {
        let statistics = app.get(&format!("/statistics{query}")).await.expect(200);
        (statistics["position"].as_u64() >= head).then_some(statistics)
    })
    .await
}

/// The same, of the events of the journal.
async fn of_events(app: &TestApp, kind: &str) -> u64 {
    app.all(&format!("/events?type=plaza.order.{kind}.v1")).await.len() as u64
}

async fn agrees(app: &TestApp) -> Value {
    let statistics = counted(app, "?window=10m&step=1s").await;
    for kind in ["submitted", "accepted", "rejected", "cancelled", "expired", "delivered"] {
        let events = of_events(app, kind).await;
        assert_eq!(statistics["total"][kind].as_u64(), Some(events), "{kind}: {statistics}");
        let buckets = statistics["buckets"].as_array().unwrap();
        let sum: u64 = buckets.iter().filter_map(|bucket| bucket[kind].as_u64()).sum();
        assert_eq!(sum, events, "{kind}: {statistics}");
    }
    statistics
}

#[tokio::test]
async fn orders_are_counted_as_the_journal_has_them_also_after_crashes_and_in_a_copy() {
    let mut app = TestApp::with(&QUICK).await;
    let nothing = counted(&app, "").await;
    assert_eq!((nothing["step_ms"].as_u64(), nothing["buckets"].as_array().map(Vec::len)), (Some(60_000), Some(30)));
    let (store, customer) = (app.store(Some(100)).await, app.customer().await);
    let (product, dear) = (app.product(&store, 100, 10).await, app.product(&store, 5_000, 10).await);
    let payment = app.payment(&customer, 1_000).await;
    let place =
        async |product: &str| id(&app.post("/orders", &order(&customer, &payment, &[(product, 1)])).await.expect(201));
    let (paid, called_off, poor, open) =
        (place(&product).await, place(&product).await, place(&dear).await, place(&product).await);
    for accepted in [&paid, &called_off, &open] {
        app.until(accepted, "accepted").await;
    }
    app.until(&poor, "rejected").await;
    app.pay(&paid).await.expect(200);
    app.until(&paid, "delivered").await;
    app.cancel(&called_off).await.expect(200);
    let before = agrees(&app).await;
    assert_eq!(before["total"]["rejected_by"], json!({"NOT_ENOUGH_MONEY": 1}));
    assert_eq!(before["now"], json!({"pending": 0, "accepted": 1, "paid": 0}));
    let begins = text(&counted(&app, "?step=1h&window=1h").await["buckets"][0]["at"]);
    assert!(begins.ends_with(":00:00.000000Z"), "{begins}");
    // Nothing was saved yet, or all of it was: neither is counted twice.
    app.kill9();
    app.restart().await;
    assert_eq!(agrees(&app).await["total"], before["total"]);
    assert!(app.stop().success());
    app.restart().await;
    app.cancel(&open).await.expect(200);
    app.kill9();
    app.restart().await;
    assert_eq!(agrees(&app).await["total"]["cancelled"], 2);
}

#[tokio::test]
async fn what_cannot_be_told_is_refused_by_its_name() {
    let app = TestApp::with(&QUICK).await;
    for (query, pointer) in [
        ("?step=0s", "?step"),
        ("?step=500ms", "?step"),
        ("?step=2d", "?step"),
        ("?step=1", "?step"),
        ("?window=1001s&step=1s", "?window"),
        ("?window=", "?window"),
        ("?windo=1m", "?windo"),
    ] {
        let problem = app.get(&format!("/statistics{query}")).await.refused(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{query}: {problem}");
    }
    let days = app.get("/statistics?window=1000d&step=1d").await.expect(200);
    assert_eq!(days["buckets"].as_array().map(Vec::len), Some(1_000));
}
