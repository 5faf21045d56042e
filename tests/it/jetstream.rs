//! The relay to NATS JetStream, on real servers: the stream equals the journal, whatever it starts from.

use crate::app::{TestApp, eventually};
use crate::engines::{NatsOptions, NatsServer, free_port};
use crate::stream::{Asked, told};
use async_nats::jetstream::{self, stream};
use serde_json::{Value, json};
use std::path::Path;

/// A mall that relays to `nats`.
pub async fn relaying(nats: &NatsServer) -> TestApp {
    TestApp::embedded(&["--nats-url", &nats.url()]).await
}

pub async fn bus(app: &TestApp) -> Value {
    app.get("/status").await.expect(200)["bus"].clone()
}

pub fn asked(app: &TestApp) -> Asked<'_> {
    Asked { url: app.url(), token: None }
}

/// The stream of `app` at `nats` equals its journal.
pub async fn equal(app: &TestApp, nats: &NatsServer) {
    asked(app).equals_the_stream(app.client(), &nats.url()).await;
}

/// Some events.
pub async fn customers(app: &TestApp, count: usize) {
    for _ in 0..count {
        app.customer().await;
    }
}

pub async fn context(nats: &NatsServer) -> jetstream::Context {
    jetstream::new(async_nats::connect(nats.url()).await.unwrap())
}

/// A stream that is fit, except for what the test changes. It takes no batches.
pub fn config() -> stream::Config {
    stream::Config { name: "PLAZA_EVENTS".to_owned(), subjects: vec!["plaza.evt.>".to_owned()], ..Default::default() }
}

async fn until_halted(app: &TestApp, reason: &str) -> Value {
    eventually(&format!("the relay halts because {reason}"), async || {
        let bus = bus(app).await;
        let is_told = bus["reason"].as_str().is_some_and(|told| told.contains(reason));
        (bus["state"] == "halted" && is_told).then_some(bus)
    })
    .await
}

#[tokio::test]
async fn an_order_becomes_messages_in_binary_mode() {
    let nats = NatsServer::start(&NatsOptions::default());
    let app = TestApp::embedded(&["--nats-url", &nats.url(), "--nats-sync-always"]).await;
    let store = app.store(None).await;
    let (product, customer) = (app.product(&store, 100, 9).await, app.customer().await);
    let payment = app.payment(&customer, 1_000).await;
    let order = crate::app::id(&app.order(&customer, &payment, &[(&product, 2)]).await);
    app.until(&order, "accepted").await;
    app.cancel(&order).await.expect(200);
    equal(&app, &nats).await;
    let stream = context(&nats).await.get_stream("PLAZA_EVENTS").await.unwrap();
    let found = stream.get_last_raw_message_by_subject(&format!("plaza.evt.order.submitted.{order}")).await.unwrap();
    let event = app.get(&format!("/orders/{order}/events")).await.expect(200)["items"][0].clone();
    for (name, value) in event.as_object().unwrap().iter().filter(|(name, _)| *name != "data") {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        assert_eq!(found.headers.get(format!("ce-{name}").as_str()).unwrap().as_str(), text, "{name}");
    }
    assert_eq!(found.headers.get("Content-Type").unwrap().as_str(), "application/json");
    assert_eq!(found.headers.get("Nats-Msg-Id").unwrap().as_str(), event["id"]);
    assert_eq!(serde_json::from_slice::<Value>(&found.payload).unwrap(), event["data"]);
    // A sequence of the stream is a position of the journal.
    assert_eq!(found.sequence.to_string(), event["sequence"].as_str().unwrap());
    let status = app.get("/status").await.expect(200);
    assert_eq!((&status["mode"]["bus"], &status["bus"]["durable"]), (&json!("jetstream"), &json!(true)), "{status}");
    let metrics = app.get("//metrics").await.text;
    for metric in ["plaza_bus_lag 0", "plaza_bus_state 0", "plaza_bus_refilled_total 0", "plaza_bus_reconnects_total 0"]
    {
        assert!(metrics.contains(metric), "{metric}: {metrics}");
    }
}

#[tokio::test]
async fn a_broker_that_comes_later_gets_everything() {
    let port = free_port();
    let mut app = TestApp::embedded(&["--nats-url", &format!("nats://127.0.0.1:{port}")]).await;
    customers(&app, 30).await;
    let waiting = bus(&app).await;
    assert_eq!(
        (&waiting["state"], &waiting["lag"], &waiting["durable"]),
        (&json!("connecting"), &json!(30), &json!(false))
    );
    let nats = NatsServer::start_on(port, &NatsOptions::default());
    equal(&app, &nats).await;
    // A mall that is stopped hands on the rest; one that starts again goes on where the stream ends.
    customers(&app, 5).await;
    app.stop();
    assert_eq!(told(&nats.url()).await.len(), 35);
    app.restart().await;
    customers(&app, 1).await;
    equal(&app, &nats).await;
}

#[tokio::test]
async fn a_server_without_batches_gets_one_message_after_the_other() {
    let nats = NatsServer::start(&NatsOptions { sync_always: true, ..NatsOptions::default() });
    context(&nats).await.create_stream(config()).await.unwrap();
    let app = relaying(&nats).await;
    customers(&app, 300).await;
    equal(&app, &nats).await;
    let info = context(&nats).await.get_stream("PLAZA_EVENTS").await.unwrap().cached_info().clone();
    assert!(!info.config.allow_atomic_publish, "the operator's stream is left as it is");
}

#[tokio::test]
async fn unfit_streams_halt_the_relay_until_they_are_gone() {
    let nats = NatsServer::start(&NatsOptions::default());
    let jetstream = context(&nats).await;
    jetstream.create_stream(stream::Config { storage: stream::StorageType::Memory, ..config() }).await.unwrap();
    let app = relaying(&nats).await;
    customers(&app, 3).await;
    let halted = until_halted(&app, "in memory").await;
    assert_eq!(halted["lag"], 3);
    jetstream.delete_stream("PLAZA_EVENTS").await.unwrap();
    let workqueue = stream::Config { retention: stream::RetentionPolicy::WorkQueue, ..config() };
    jetstream.create_stream(workqueue).await.unwrap();
    until_halted(&app, "when they are consumed").await;
    jetstream.delete_stream("PLAZA_EVENTS").await.unwrap();
    equal(&app, &nats).await;
    assert_eq!(bus(&app).await["reason"], Value::Null);
}

#[tokio::test]
async fn a_stream_of_somebody_else_halts_the_relay() {
    let nats = NatsServer::start(&NatsOptions::default());
    let other = relaying(&nats).await;
    customers(&other, 2).await;
    equal(&other, &nats).await;
    let app = relaying(&nats).await;
    customers(&app, 5).await;
    until_halted(&app, "belongs to another journal").await;
    // The other mall is not disturbed, until somebody writes what no relay wrote.
    customers(&other, 2).await;
    equal(&other, &nats).await;
    let jetstream = context(&nats).await;
    jetstream.publish("plaza.evt.order.submitted.x", "{}".into()).await.unwrap().await.unwrap();
    customers(&other, 1).await;
    until_halted(&other, "no relay wrote").await;
    jetstream.delete_stream("PLAZA_EVENTS").await.unwrap();
    eventually("one of the two takes the stream", async || {
        let (one, two) = (bus(&app).await, bus(&other).await);
        (one["state"] == "ok" || two["state"] == "ok").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_stream_ahead_of_the_journal_halts_the_relay_for_good() {
    let nats = NatsServer::start(&NatsOptions::default());
    let mut app = relaying(&nats).await;
    customers(&app, 5).await;
    app.stop();
    let (data, copy) = (app.data_dir(), tempfile::tempdir().unwrap());
    copy_files(&data, copy.path());
    app.restart().await;
    customers(&app, 10).await;
    equal(&app, &nats).await;
    app.kill9();
    std::fs::remove_dir_all(&data).unwrap();
    copy_files(copy.path(), &data);
    app.restart().await;
    until_halted(&app, "restored from an older copy").await;
    // Orders go on, and the journal overtakes the stream with other events: they are not mistaken for its own.
    customers(&app, 20).await;
    let still = until_halted(&app, "another one there").await;
    assert_eq!(still["relayed_position"], 0);
    assert_eq!(told(&nats.url()).await.len(), 15);
    context(&nats).await.delete_stream("PLAZA_EVENTS").await.unwrap();
    equal(&app, &nats).await;
}

fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[tokio::test]
async fn a_stream_that_forgets_old_events_goes_on() {
    let nats = NatsServer::start(&NatsOptions::default());
    let short = stream::Config { max_messages: 10, ..config() };
    context(&nats).await.create_stream(short).await.unwrap();
    let mut app = relaying(&nats).await;
    customers(&app, 40).await;
    let up_to_date = async || (bus(&app).await["lag"] == 0).then_some(());
    eventually("everything is relayed", up_to_date).await;
    app.stop();
    app.restart().await;
    customers(&app, 3).await;
    eventually("everything is relayed again", async || (bus(&app).await["lag"] == 0).then_some(())).await;
    let told = told(&nats.url()).await;
    assert_eq!(told.len(), 10);
    assert!(told.last().unwrap().id.ends_with("-43"), "{told:?}");
}

#[tokio::test]
async fn logins_are_used_and_never_shown() {
    let users = "authorization { users: [ { user: \"mall\", password: \"s3cret word\" } ] }\n".to_owned();
    let nats = NatsServer::start(&NatsOptions { config: users, ..NatsOptions::default() });
    let address = |login: &str| nats.url().replace("nats://", &format!("nats://{login}@"));
    let app = TestApp::embedded(&["--nats-url", &address("mall:s3cret%20word"), "--log", "debug"]).await;
    customers(&app, 2).await;
    eventually("it may publish", async || (bus(&app).await["lag"] == 0).then_some(())).await;
    assert!(!app.logged().contains("s3cret"), "a secret is in the log");
    let stranger = TestApp::embedded(&["--nats-url", &address("mall:wrong")]).await;
    customers(&stranger, 1).await;
    let told = eventually("the refusal is told", async || {
        let bus = bus(&stranger).await;
        bus["last_error"].as_str().is_some_and(|error| error.contains("authorization")).then_some(bus)
    })
    .await;
    assert_eq!((&told["state"], &told["lag"]), (&json!("connecting"), &json!(1)));
}
