//! The examples that are not written in Rust, run for real: an outside store, and a consumer that keeps revenue. Both
//! are killed and started again while orders go through.
//!
//! They need a Python with nats-py, named in `PLAZA_TEST_PYTHON` (default `python3`).

use crate::app::{Database, TestApp, eventually, eventually_blocking, id};
use crate::engines::{NatsOptions, NatsServer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A Python that has nats-py.
fn python() -> String {
    let python = std::env::var("PLAZA_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import nats"]).stderr(Stdio::null()).status();
    assert!(
        found.is_ok_and(|found| found.success()),
        "{python} has no nats-py: `python3 -m venv venv && venv/bin/pip install nats-py`, and name venv/bin/python in PLAZA_TEST_PYTHON"
    );
    python
}

/// A running example; killed when dropped.
struct Example {
    file: &'static str,
    args: Vec<String>,
    dir: TempDir,
    child: Option<Child>,
}

impl Example {
    fn start(file: &'static str, args: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let args = args.iter().map(ToString::to_string).collect();
        let mut example = Self { file, args, dir, child: None };
        example.restart();
        example
    }

    fn command(&self) -> Command {
        let mut command = Command::new(python());
        let file = format!("{}/examples/{}", env!("CARGO_MANIFEST_DIR"), self.file);
        command.arg(file).current_dir(self.dir.path()).env_remove("PLAZA_ADMIN_TOKEN");
        command
    }

    fn restart(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.dir.path().join("log")).unwrap();
        let started = self.command().args(&self.args).stdout(log.try_clone().unwrap()).stderr(log).spawn();
        self.child = Some(started.unwrap());
    }

    fn kill9(&mut self) {
        let mut child = self.child.take().expect("the example runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// What it prints with one more argument.
    fn asked(&self, arg: &str) -> Value {
        let output = self.command().arg(arg).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill9();
        }
        if std::thread::panicking() {
            eprintln!("{} said:\n{}", self.file, self.said());
        }
    }
}

/// Revenue per store as REST has it: the lines of orders that were paid.
async fn revenue(app: &TestApp) -> BTreeMap<String, i64> {
    let mut revenue = BTreeMap::new();
    for order in app.all("/orders").await {
        if order["payment_status"] != "captured" {
            continue;
        }
        for item in order["items"].as_array().unwrap() {
            let amount = item["line_total"]["amount_minor"].as_i64().unwrap();
            *revenue.entry(item["store_id"].as_str().unwrap().to_owned()).or_default() += amount;
        }
    }
    revenue
}

fn summed(report: &Value) -> BTreeMap<String, i64> {
    let stores = report["stores"].as_object().unwrap().iter();
    stores.map(|(store, sum)| (store.clone(), sum["amount_minor"].as_i64().unwrap())).collect()
}

#[tokio::test]
async fn the_examples_serve_a_store_and_keep_revenue_through_restarts() {
    let nats = NatsServer::start(&NatsOptions { sync_always: true, ..NatsOptions::default() });
    let broker = nats.url();
    let mut app =
        TestApp::on(Database::Sqlite, Some(nats), &["--payment-delay", "50ms", "--store-delay", "100ms"]).await;
    let mut store = Example::start("external_store.py", &["--nats", &broker, "--api", app.url(), "--stock", "6"]);
    let mut analytics = Example::start("analytics_consumer.py", &["--nats", &broker]);
    let outside = eventually_blocking("the example opens a store", || {
        store.said().lines().find_map(|line| Some(line.strip_prefix("opened store ")?.to_owned()))
    });
    assert_eq!(app.get(&format!("/stores/{outside}")).await.expect(200)["fulfilment"], "external");
    let products = app.all(&format!("/stores/{outside}/products")).await;
    let robot = products.iter().find(|product| product["name"] == "Tin robot").map(id).unwrap();
    let lantern = products.iter().find(|product| product["name"] == "Paper lantern").map(id).unwrap();
    let inside = app.store(None).await;
    let thing = app.product(&inside, 70, 1_000).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, 1_000_000).await;
    // More in Plaza's books than on the example's shelf: only the example can refuse.
    app.patch(&format!("/products/{robot}"), &json!({"stock": 100})).await.expect(200);

    let mut ended = BTreeMap::<String, u32>::new();
    for round in 0..4 {
        let mut orders = Vec::new();
        for number in 0..5_u32 {
            let mut body = crate::app::order(&customer, &payment, &[(&robot, 1), (&thing, 1 + number)]);
            if number % 2 == 1 {
                body["on_shortage"] = json!("accept_available");
            }
            orders.push(id(&app.post("/orders", &body).await.expect(201)));
            if number == 2 && round % 2 == 0 {
                store.kill9();
                store.restart();
                analytics.kill9();
                analytics.restart();
            }
            if number == 2 && round == 1 {
                app.nats().kill9();
                app.nats().restart();
            }
        }
        for (index, order) in orders.iter().enumerate() {
            let seen = eventually("the order has its verdict", async || {
                let seen = app.look(order).await;
                (seen["status"] != "pending").then_some(seen)
            })
            .await;
            if seen["status"] == "accepted" && index == 4 {
                app.cancel(order).await.expect(200);
            } else if seen["status"] == "accepted" {
                app.pay(order).await.expect(200);
            } else {
                assert_eq!(seen["reasons"], json!(["OUT_OF_STOCK"]), "{seen}");
            }
            *ended.entry(app.look(order).await["status"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert!(ended["rejected"] > 0 && ended["delivered"] > 0 && ended["cancelled"] > 0, "{ended:?}");
    // Everything the broker had is gone; Plaza fills the events in again, and the sums must not see them twice.
    app.nats().wipe();
    app.nats().restart();
    let one = id(&app.order(&customer, &payment, &[(&lantern, 2)]).await);
    app.until(&one, "accepted").await;
    app.pay(&one).await.expect(200);

    let expected = revenue(&app).await;
    // Six robots on the shelf, two lanterns: no more was ever sold.
    assert!(expected[&outside] <= 6 * 3_400 + 2 * 1_250, "{expected:?}");
    analytics.kill9();
    analytics.restart();
    let head = app.get("/status").await.expect(200)["head_position"].clone();
    let report = eventually("the sums include everything", async || {
        let report = analytics.asked("--report");
        (report["position"] == head).then_some(report)
    })
    .await;
    assert_eq!(summed(&report), expected);
    // Everything the shelf holds for nobody is given back in the end.
    eventually_blocking("all releases are heard", || {
        let script = "import sqlite3; print(sqlite3.connect('external-store.sqlite').execute('SELECT COUNT(*) FROM reserved').fetchone()[0])";
        let counted = Command::new(python()).args(["-c", script]).current_dir(store.dir.path()).output().unwrap();
        (counted.stdout == b"0\n").then_some(())
    });
    app.audit().await;
}

#[tokio::test]
async fn a_stream_without_its_oldest_events_is_not_summed_and_the_reason_is_said_once() {
    let nats = NatsServer::start(&NatsOptions { sync_always: true, ..NatsOptions::default() });
    let broker = nats.url();
    let app = TestApp::on(Database::Sqlite, Some(nats), &[]).await;
    for _ in 0..5 {
        app.store(None).await;
    }
    let client = async_nats::connect(&broker).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    let stream = eventually("the stream has the events", async || {
        let mut stream = jetstream.get_stream("PLAZA_EVENTS").await.ok()?;
        (stream.info().await.ok()?.state.last_sequence >= 5).then_some(stream)
    })
    .await;
    // Too little room for all of them: the broker drops the oldest.
    let last = stream.cached_info().state.last_sequence;
    let config = async_nats::jetstream::stream::Config { max_messages: 2, ..stream.cached_info().config.clone() };
    jetstream.update_stream(config).await.unwrap();
    let mut analytics = Example::start("analytics_consumer.py", &["--nats", &broker]);
    let ended = eventually_blocking("the example ends", || analytics.child.as_mut().unwrap().try_wait().unwrap());
    assert_eq!(ended.code(), Some(1), "{}", analytics.said());
    let reason = format!("the stream PLAZA_EVENTS begins with event {}, but the sums need event 1", last - 1);
    assert_eq!(analytics.said().matches(&reason).count(), 1, "{}", analytics.said());
    // What it advises helps: Plaza fills the stream again, and the example reads it from the first event.
    jetstream.delete_stream("PLAZA_EVENTS").await.unwrap();
    // A relay at rest notices with the next event.
    app.store(None).await;
    let head = app.get("/status").await.expect(200)["head_position"].clone();
    eventually("the stream begins with the first event", async || {
        let mut stream = jetstream.get_stream("PLAZA_EVENTS").await.ok()?;
        let state = &stream.info().await.ok()?.state;
        (state.first_sequence == 1 && head == state.last_sequence).then_some(())
    })
    .await;
    analytics.restart();
    eventually("the example has read everything", async || {
        (analytics.asked("--report")["position"] == head).then_some(())
    })
    .await;
}
