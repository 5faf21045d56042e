//! Stores and a bank served from outside over a real nats-server: late, twice, never, nonsense; Plaza or the broker
//! killed in between. Every order has its one right outcome.

use crate::app::{Database, TestApp, eventually, id};
use crate::engines::{NatsOptions, NatsServer};
use async_nats::jetstream::{self, consumer};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

async fn mall(settings: &[&str]) -> TestApp {
    let nats = NatsServer::start(&NatsOptions { sync_always: true, ..NatsOptions::default() });
    TestApp::on(Database::Sqlite, Some(nats), settings).await
}

/// A participating store served from outside, with one product.
pub async fn outside_store(app: &TestApp, stock: i64) -> (String, String) {
    let store = app.store(None).await;
    app.patch(&format!("/stores/{store}"), &json!({"fulfilment": "external"})).await.expect(200);
    let product = app.product(&store, 100, stock).await;
    (store, product)
}

/// What an outside service does at the broker.
struct Outside(jetstream::Context);

impl Outside {
    async fn of(app: &mut TestApp) -> Self {
        let client = async_nats::connect(app.nats().url()).await.unwrap();
        Self(jetstream::new(client))
    }

    /// Waits for a request about an order.
    async fn asked(&self, order: &str, subject: &str) -> Value {
        eventually(&format!("a request on {subject}"), async || {
            let stream = self.0.get_stream("PLAZA_REQUESTS").await.ok()?;
            let filter = consumer::pull::OrderedConfig { filter_subject: subject.to_owned(), ..Default::default() };
            let mut messages = stream.create_consumer(filter).await.ok()?.messages().await.ok()?;
            while let Ok(Some(Ok(message))) = tokio::time::timeout(Duration::from_millis(300), messages.next()).await {
                let headers = message.headers.clone().unwrap_or_default();
                let request: Value = serde_json::from_slice(&message.payload).unwrap();
                if request["order_id"] == order {
                    assert_eq!(headers.get("ce-subject").unwrap().as_str(), format!("order/{order}"));
                    assert_eq!(headers.get("ce-id").unwrap(), headers.get("Nats-Msg-Id").unwrap());
                    assert_eq!(headers.get("Plaza-Speed").unwrap().as_str(), "1");
                    return Some(request);
                }
            }
            None
        })
        .await
    }

    async fn says(&self, subject: &str, body: &str) {
        eventually("the broker takes a message", async || {
            self.0.publish(subject.to_owned(), body.to_owned().into()).await.ok()?.await.ok()
        })
        .await;
    }

    async fn store(&self, store: &str, verb: &str, order: &str, rest: &str) {
        self.says(&format!("plaza.cmd.store.{store}.{verb}"), &format!("{{\"order_id\":\"{order}\"{rest}}}")).await;
    }

    async fn bank(&self, verb: &str, order: &str, rest: &str) {
        self.says(&format!("plaza.cmd.bank.{verb}"), &format!("{{\"order_id\":\"{order}\"{rest}}}")).await;
    }

    /// Waits until Plaza has acknowledged everything that was said.
    async fn heard(&self) {
        eventually("every answer is acknowledged", async || {
            let stream = self.0.get_stream("PLAZA_COMMANDS").await.ok()?;
            let mut consumer: consumer::Consumer<consumer::pull::Config> = stream.get_consumer("plaza").await.ok()?;
            let info = consumer.info().await.ok()?;
            (info.num_pending == 0 && info.num_ack_pending == 0).then_some(())
        })
        .await;
    }
}

async fn shopper(app: &TestApp) -> (String, String) {
    let customer = app.customer().await;
    let payment = app.payment(&customer, 100_000).await;
    (customer, payment)
}

async fn names(app: &TestApp, order: &str) -> Vec<String> {
    let events = app.get(&format!("/orders/{order}/events")).await.expect(200);
    events["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_outside_store_and_bank_answer_twice_contradict_themselves_and_are_told_the_rest() {
    let mut app = mall(&["--payment-provider", "external"]).await;
    let outside = Outside::of(&mut app).await;
    let (store, product) = outside_store(&app, 10).await;
    let (customer, payment) = shopper(&app).await;
    let order = id(&app.order(&customer, &payment, &[(&product, 3)]).await);
    let asked = outside.asked(&order, &format!("plaza.req.store.{store}.confirm")).await;
    assert_eq!((&asked["lines"][0]["product_id"], &asked["lines"][0]["quantity"]), (&json!(product), &json!(3)));
    assert_eq!(asked["answer_by"], app.look(&order).await["stores"][0]["due_at"]);
    assert_eq!(outside.asked(&order, "plaza.req.bank.hold").await["amount"]["amount_minor"], 300);
    for _ in 0..2 {
        outside.store(&store, "confirm", &order, "").await;
        outside.bank("confirm", &order, "").await;
    }
    outside.store(&store, "reject", &order, r#","reason":"OUT_OF_STOCK""#).await;
    outside.bank("reject", &order, r#","reason":"NOT_ENOUGH_MONEY""#).await;
    app.until(&order, "accepted").await;
    outside.heard().await;
    app.pay(&order).await.expect(200);
    app.until(&order, "delivered").await;
    outside.asked(&order, &format!("plaza.req.store.{store}.ship")).await;
    assert_eq!(outside.asked(&order, "plaza.req.bank.capture").await["amount"]["amount_minor"], 300);
    let refused = id(&app.order(&customer, &payment, &[(&product, 1)]).await);
    outside.store(&store, "reject", &refused, r#","reason":"STORE_CLOSED""#).await;
    let seen = app.until(&refused, "rejected").await;
    assert_eq!(seen["reasons"], json!(["STORE_CLOSED"]));
    outside.asked(&refused, "plaza.req.bank.void").await;
    assert_eq!(app.get("/status").await.expect(200)["bus"]["dead_letters"], json!({"count": 0}));
    app.audit().await;
}

#[tokio::test]
async fn silence_times_out_and_late_answers_are_noted_once() {
    let mut app = mall(&["--store-delay", "100ms", "--payment-delay", "100ms", "--grace", "3s"]).await;
    let outside = Outside::of(&mut app).await;
    let (store, product) = outside_store(&app, 10).await;
    let (customer, payment) = shopper(&app).await;
    let order = id(&app.order(&customer, &payment, &[(&product, 1)]).await);
    let seen = app.until(&order, "rejected").await;
    assert_eq!(seen["reasons"], json!(["CONFIRMATION_TIMEOUT"]));
    outside.asked(&order, &format!("plaza.req.store.{store}.release")).await;
    for verb in ["confirm", "confirm", "confirm"] {
        outside.store(&store, verb, &order, "").await;
    }
    outside.heard().await;
    let noted = names(&app, &order).await;
    let count = noted.iter().filter(|name| *name == "plaza.order.confirmation_ignored.v1").count();
    assert_eq!(count, 1, "{noted:?}");
    assert_eq!(app.look(&order).await["status"], "rejected");
    app.audit().await;
}

#[tokio::test]
async fn nonsense_is_kept_as_dead_letters_with_the_reason() {
    let mut app = mall(&[]).await;
    let outside = Outside::of(&mut app).await;
    let (store, product) = outside_store(&app, 10).await;
    let (customer, payment) = shopper(&app).await;
    let order = id(&app.order(&customer, &payment, &[(&product, 1)]).await);
    outside.asked(&order, &format!("plaza.req.store.{store}.confirm")).await;
    let long = format!("{}{{\"order_id\":\"{order}\"}}", " ".repeat(70_000));
    let confirm = format!("plaza.cmd.store.{store}.confirm");
    let unknown = format!(r#"{{"order_id":"{customer}"}}"#);
    let strange = [
        (confirm.as_str(), "hello\nworld"),
        (&confirm, &unknown),
        (&confirm, &long),
        ("plaza.cmd.post.office", "{}"),
        ("plaza.cmd.bank.confirm", &format!(r#"{{"order_id":"{order}"}}"#)),
    ];
    for (count, (subject, body)) in (1_u64..).zip(strange) {
        outside.says(subject, body).await;
        let letters = eventually("the dead letter is shown", async || {
            let status = app.get("/status").await.expect(200);
            let letters = status["bus"]["dead_letters"].clone();
            (letters["count"] == count).then_some(letters)
        })
        .await;
        assert_eq!(letters["last"]["subject"], subject);
        assert!(letters["last"]["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{letters}");
        let stream = outside.0.get_stream("PLAZA_DLQ").await.unwrap();
        let kept = stream.get_last_raw_message_by_subject(&format!("plaza.dlq.{subject}")).await.unwrap();
        let (cut, whole) = (kept.headers.get("Plaza-Cut-From"), body.len());
        assert!(body.as_bytes().starts_with(&kept.payload), "the body is kept as it came");
        assert_eq!(kept.payload.len(), whole.min(64 * 1024), "as far as it fits");
        assert_eq!(cut.map(|cut| cut.as_str().to_owned()), (whole > 64 * 1024).then(|| whole.to_string()));
        assert_eq!(kept.headers.get("Plaza-Reason").unwrap().as_str(), letters["last"]["reason"]);
    }
    let metrics = app.get("//metrics").await.text;
    assert!(metrics.contains("plaza_bus_dead_letters_total 5"), "{metrics}");
    // The queue is not held up.
    outside.store(&store, "confirm", &order, "").await;
    app.until(&order, "accepted").await;
    app.cancel(&order).await.expect(200);
    outside.asked(&order, &format!("plaza.req.store.{store}.release")).await;
    outside.heard().await;
    // What is counted is what the broker keeps.
    app.kill9();
    app.restart().await;
    eventually("the dead letters are counted again", async || {
        let status = app.get("/status").await.expect(200);
        (status["bus"]["dead_letters"]["count"] == 5).then_some(())
    })
    .await;
    app.audit().await;
}

#[tokio::test]
async fn answers_wait_for_a_mall_that_was_killed() {
    let mut app = mall(&["--payment-provider", "external"]).await;
    let outside = Outside::of(&mut app).await;
    let (store, product) = outside_store(&app, 10).await;
    let (customer, payment) = shopper(&app).await;
    let mut orders = Vec::new();
    for _ in 0..5 {
        orders.push(id(&app.order(&customer, &payment, &[(&product, 1)]).await));
        // At once: the request may not have left yet.
        app.kill9();
        for order in &orders {
            outside.says(&format!("plaza.cmd.store.{store}.confirm"), &format!(r#"{{"order_id":"{order}"}}"#)).await;
            outside.bank("confirm", order, "").await;
        }
        app.restart().await;
    }
    for order in &orders {
        app.until(order, "accepted").await;
        outside.asked(order, &format!("plaza.req.store.{store}.confirm")).await;
        assert_eq!(app.pay(order).await.status, 200);
        app.until(order, "delivered").await;
    }
    outside.heard().await;
    app.audit().await;
}

#[tokio::test]
async fn requests_and_answers_survive_a_broker_that_is_killed_and_one_that_lost_everything() {
    let mut app = mall(&[]).await;
    let outside = Outside::of(&mut app).await;
    let (store, product) = outside_store(&app, 10).await;
    let (customer, payment) = shopper(&app).await;
    let confirm = format!("plaza.req.store.{store}.confirm");
    for round in 0..4 {
        if round == 3 {
            app.nats().wipe();
        } else {
            app.nats().kill9();
        }
        let order = id(&app.order(&customer, &payment, &[(&product, 1)]).await);
        app.nats().restart();
        outside.asked(&order, &confirm).await;
        if round == 1 {
            app.nats().kill9();
            app.nats().restart();
        }
        outside.store(&store, "confirm", &order, "").await;
        app.until(&order, "accepted").await;
        app.cancel(&order).await.expect(200);
        outside.asked(&order, &format!("plaza.req.store.{store}.release")).await;
    }
    // The streams and the consumer are deleted while the mall uses them.
    for stream in ["PLAZA_COMMANDS", "PLAZA_REQUESTS", "PLAZA_DLQ"] {
        outside.0.delete_stream(stream).await.unwrap();
    }
    let order = id(&app.order(&customer, &payment, &[(&product, 1)]).await);
    outside.asked(&order, &confirm).await;
    outside.store(&store, "confirm", &order, "").await;
    app.until(&order, "accepted").await;
    app.cancel(&order).await.expect(200);
    app.audit().await;
}

#[tokio::test]
async fn a_flood_of_messages_as_large_as_the_broker_takes_stops_no_answer() {
    // The answers fit into their stream, whatever the disk has left.
    let options = NatsOptions {
        max_file_store: "1GB".to_owned(),
        config: "max_payload: 131072".to_owned(),
        ..NatsOptions::default()
    };
    let nats = NatsServer::start(&options);
    let mut app = TestApp::on(Database::Sqlite, Some(nats), &["--store-delay", "20s", "--grace", "60s"]).await;
    let outside = Outside::of(&mut app).await;
    let (store, product) = outside_store(&app, 10).await;
    let (customer, payment) = shopper(&app).await;
    let order = id(&app.order(&customer, &payment, &[(&product, 1)]).await);
    outside.asked(&order, &format!("plaza.req.store.{store}.confirm")).await;
    // More than may be in hand, and none with room for another header.
    let flood = 300;
    let large = "x".repeat(131_072);
    for _ in 0..flood {
        outside.says("plaza.cmd.store.x.confirm", &large).await;
    }
    outside.says(&format!("plaza.cmd.{}", "long".repeat(900)), "{}").await;
    outside.store(&store, "confirm", &order, "").await;
    app.until(&order, "accepted").await;
    outside.heard().await;
    eventually("every dead letter is counted", async || {
        let status = app.get("/status").await.expect(200);
        (status["bus"]["dead_letters"]["count"] == flood + 1).then_some(())
    })
    .await;
    let metrics = app.get("//metrics").await.text;
    assert!(metrics.contains(&format!("plaza_bus_dead_letters_total {}", flood + 1)), "{metrics}");
    app.cancel(&order).await.expect(200);
    app.audit().await;
}

#[tokio::test]
async fn answers_with_the_same_id_from_two_stores_both_count() {
    let mut app = mall(&[]).await;
    let outside = Outside::of(&mut app).await;
    let ((one, first), (two, second)) = (outside_store(&app, 10).await, outside_store(&app, 10).await);
    let (customer, payment) = shopper(&app).await;
    let order = id(&app.order(&customer, &payment, &[(&first, 1), (&second, 1)]).await);
    for store in [&one, &two] {
        outside.asked(&order, &format!("plaza.req.store.{store}.confirm")).await;
    }
    let stream = outside.0.get_stream("PLAZA_COMMANDS").await.unwrap();
    assert_eq!(stream.cached_info().config.duplicate_window, Duration::from_millis(100));
    let body = format!("{{\"order_id\":\"{order}\"}}");
    for store in [&one, &two] {
        // The broker forgets an id after a moment.
        eventually("the broker takes it for a new message", async || {
            let message = jetstream::message::PublishMessage::build().message_id(&order).payload(body.clone().into());
            let subject = format!("plaza.cmd.store.{store}.confirm");
            let ack = outside.0.send_publish(subject, message).await.ok()?.await.ok()?;
            (!ack.duplicate).then_some(())
        })
        .await;
    }
    app.until(&order, "accepted").await;
    app.cancel(&order).await.expect(200);
    app.audit().await;
}

#[tokio::test]
async fn a_flood_leaves_room_for_events_and_a_full_broker_is_told() {
    let small = NatsOptions { max_file_store: "30MB".to_owned(), ..NatsOptions::default() };
    let mut app = TestApp::on(Database::Sqlite, Some(NatsServer::start(&small)), &[]).await;
    let (outside, nats) = (Outside::of(&mut app).await, app.nats().url());
    for name in ["PLAZA_REQUESTS", "PLAZA_COMMANDS", "PLAZA_DLQ"] {
        let size = eventually("the stream is made", async || {
            Some(outside.0.get_stream(name).await.ok()?.cached_info().config.max_bytes)
        })
        .await;
        assert_eq!(size, 8 * 1024 * 1024, "{name}");
    }
    let large = "x".repeat(1_000_000);
    for _ in 0..40 {
        outside.says("plaza.cmd.bank.confirm", &large).await;
    }
    app.customer().await;
    crate::jetstream::asked(&app).equals_the_stream(app.client(), &nats).await;
    // Somebody else fills what is left.
    let fill = jetstream::stream::Config { name: "FILL".into(), subjects: vec!["fill".into()], ..Default::default() };
    outside.0.create_stream(fill).await.unwrap();
    eventually("the broker is full", async || outside.0.publish("fill", large.clone().into()).await.ok()?.await.err())
        .await;
    app.customer().await;
    eventually("the relay says why it waits", async || {
        let bus = crate::jetstream::bus(&app).await;
        let told = bus["last_error"].as_str().is_some_and(|error| error.contains("resource"));
        (told && bus["state"] == "catching_up").then_some(())
    })
    .await;
    outside.0.delete_stream("FILL").await.unwrap();
    crate::jetstream::asked(&app).equals_the_stream(app.client(), &nats).await;
    app.audit().await;
}
