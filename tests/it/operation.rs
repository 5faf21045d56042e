//! Running it: one process a directory, refusals with a remedy, orderly stops, overdue work, and who may do what.

use crate::app::{NOBODY, TestApp, eventually, id, plaza, send, terminate, verify};
use plaza::http::door::roles::{Access, ROUTES};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;
use std::time::Instant;

const SECRET: &str = "a-secret-of-the-administrator";

/// Starts a server that must refuse; answers what it said.
fn refusal(storage: &[String], settings: &[&str]) -> String {
    let listen: &[&str] = if settings.contains(&"--listen") { &[] } else { &["--listen", "127.0.0.1:0"] };
    let Output { status, stdout, stderr } = plaza().args(listen).args(storage).args(settings).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(!status.success() && stdout.is_empty(), "it started: {}", String::from_utf8_lossy(&stdout));
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// The setting of a data directory.
fn in_directory(dir: &Path) -> [String; 2] {
    ["--data-dir".to_owned(), dir.display().to_string()]
}

#[tokio::test]
async fn a_second_process_is_refused() {
    let app = TestApp::start().await;
    let storage = app.storage();
    let said = refusal(&storage, &[]);
    assert!(said.contains("another plaza") && said.contains(&storage[0]), "{said}");
    let verified = plaza().arg("verify").args(&storage).output().unwrap();
    assert!(!verified.status.success(), "verify must not run beside the mall");
    app.store(None).await;
}

#[test]
fn a_foreign_file_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("plaza.db");
    let text = "a letter to my aunt, not a database\n".repeat(100);
    std::fs::write(&file, &text).unwrap();
    let said = refusal(&in_directory(dir.path()), &[]);
    assert!(said.contains("not a Plaza database") && said.contains("--data-dir"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "the file and the lock, no more");
}

/// A data directory of a mall that has stopped, with some events.
async fn stopped_mall() -> tempfile::TempDir {
    let mut app = TestApp::embedded(&["--payment-delay", "10ms", "--store-delay", "10ms"]).await;
    let store = app.store(None).await;
    for _ in 0..50 {
        app.product(&store, 100, 10).await;
    }
    assert!(app.stop().success());
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(app.data_dir()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    copy
}

#[tokio::test]
async fn a_damaged_file_is_refused_with_a_remedy() {
    let dir = stopped_mall().await;
    let file = dir.path().join("plaza.db");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let said = refusal(&in_directory(dir.path()), &[]);
    assert!(said.contains("plaza.db") && said.contains("backup"), "{said}");

    let mut damaged = whole.clone();
    // The payload of an event, somewhere in the middle of the journal.
    let name = b"\"name\":\"Thing\"";
    let at = damaged.windows(name.len()).rposition(|window| window == name).unwrap();
    damaged[at + 8..at + 13].copy_from_slice(b"Thief");
    std::fs::write(&file, damaged).unwrap();
    let said = refusal(&in_directory(dir.path()), &[]);
    assert!(said.contains("damaged") && said.contains("backup") && said.contains("plaza verify"), "{said}");
    let verified = plaza().args(["verify", "--data-dir"]).arg(dir.path()).output().unwrap();
    assert_eq!(verified.status.code(), Some(1), "{}", String::from_utf8_lossy(&verified.stdout));

    std::fs::write(&file, whole).unwrap();
    verify(&in_directory(dir.path()));
}

#[tokio::test]
async fn a_mall_keeps_its_currency() {
    let dir = stopped_mall().await;
    let said = refusal(&in_directory(dir.path()), &["--currency", "USD"]);
    assert!(said.contains("PLAZA_CURRENCY") && said.contains("EUR"), "{said}");
}

#[test]
fn bad_settings_are_named() {
    let dir = tempfile::tempdir().unwrap();
    for (settings, named) in [
        (&["--listen", "0.0.0.0:0"][..], "PLAZA_LISTEN"),
        (&["--admin-token-file", "/nowhere/token"], "PLAZA_ADMIN_TOKEN_FILE"),
        (&["--admin-token", "0123456789abcdef", "--admin-token-file", "/nowhere/token"], "not both"),
        (&["--listen", "here"], "--listen"),
        (&["--admin-token", "short"], "PLAZA_ADMIN_TOKEN"),
        (&["--payment-delay", "5"], "--payment-delay"),
        (&["--store-delay=-1s"], "--store-delay"),
        (&["--store-delay", "25h"], "PLAZA_STORE_DELAY"),
        (&["--currency", "euro"], "--currency"),
        (&["--speed", "0"], "--speed"),
        (&["--database-url", "mysql://x"], "PLAZA_DATABASE_URL"),
        (&["--nats-url", "http://x"], "PLAZA_NATS_URL"),
        (&["--log", "=="], "PLAZA_LOG"),
        (&["--colour", "red"], "--colour"),
    ] {
        let said = refusal(&in_directory(&dir.path().join("data")), settings);
        assert!(said.contains(named), "{settings:?}: {said}");
    }
    let said = plaza().env("PLAZA_GRACE", "soon").args(["--data-dir"]).arg(dir.path()).output().unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("--grace"), "{said}");
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let said = refusal(&in_directory(&file), &[]);
    assert!(said.contains("--data-dir"), "{said}");
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let app = TestApp::start().await;
    let dir = tempfile::tempdir().unwrap();
    let taken = app.url().strip_prefix("http://").unwrap();
    let output = plaza().args(["--listen", taken, "--data-dir"]).arg(dir.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("PLAZA_LISTEN") && said.contains(taken), "{said}");
}

#[tokio::test]
async fn a_stop_answers_what_is_in_flight_and_loses_nothing() {
    let mut app = TestApp::with(&["--payment-delay", "20ms", "--store-delay", "40ms"]).await;
    let store = app.store(None).await;
    let product = app.product(&store, 100, 10_000).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, 1_000_000).await;
    let submit = async || {
        let mut acknowledged = Vec::new();
        loop {
            let request = app.request(Method::POST, "/orders");
            let answer = request.json(&crate::app::order(&customer, &payment, &[(&product, 1)])).send().await;
            match answer {
                Ok(answer) if answer.status() == 201 => acknowledged.push(id(&answer.json().await.unwrap())),
                // Refused while stopping, or no longer listening.
                Ok(answer) => assert_eq!(answer.status(), 503),
                Err(_) => return acknowledged,
            }
            if acknowledged.len() == 20 {
                terminate(app.child());
            }
        }
    };
    let acknowledged: Vec<String> = futures_util::future::join_all([submit(), submit(), submit()]).await.concat();
    assert!(app.stop().success());
    app.restart().await;
    for order in &acknowledged {
        app.until(order, "accepted").await;
    }
    assert_eq!(app.all("/orders").await.len(), acknowledged.len(), "what was not answered was not done");
    app.may_leave_orders();
}

#[tokio::test]
async fn what_fell_due_while_the_server_was_dead_is_made_up_for_within_a_second() {
    let mut app = TestApp::with(&["--payment-delay", "100ms", "--store-delay", "300ms", "--pay-deadline", "30m"]).await;
    let store = app.store(None).await;
    let product = app.product(&store, 100, 10_000).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, 1_000_000).await;
    let mut orders = Vec::new();
    for _ in 0..100 {
        orders.push(id(&app.order(&customer, &payment, &[(&product, 1)]).await));
    }
    let submitted = Instant::now();
    app.kill9();
    eventually("every confirmation is overdue", async || (submitted.elapsed().as_millis() > 400).then_some(())).await;
    app.restart().await;
    let ready = Instant::now();
    for order in &orders {
        app.until(order, "accepted").await;
    }
    assert!(ready.elapsed().as_millis() < 1_000, "the overdue confirmations took {:?}", ready.elapsed());
    app.may_leave_orders();
}

#[tokio::test]
async fn a_peer_that_asks_too_often_is_slowed_down() {
    let app = TestApp::with(&["--rate-limit", "50"]).await;
    let answers = futures_util::future::join_all((0..200).map(|_| app.get("/stores"))).await;
    let (served, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert!(!served.is_empty() && !refused.is_empty(), "{} of 200 were served", served.len());
    for answer in refused {
        assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds >= 1));
        answer.refused(429, "rate_limited");
    }
    eventually("the peer is served again", async || (app.get("/stores").await.status == 200).then_some(())).await;
}

#[tokio::test]
async fn probes_say_what_they_mean() {
    let app = TestApp::start().await;
    assert_eq!(app.get("//livez").await.status, 200);
    assert_eq!(app.get("//readyz").await.status, 200);
    let metrics = app.get("//metrics").await;
    assert!(
        metrics.header("content-type").starts_with("application/openmetrics-text")
            || metrics.header("content-type").starts_with("text/plain")
    );
    for name in [
        "plaza_orders",
        "plaza_settle_lateness_seconds",
        "plaza_commit_batch_appends",
        "plaza_commit_seconds",
        "plaza_refusals",
    ] {
        assert!(metrics.text.contains(name), "no {name} in {}", metrics.text);
    }
    let status = app.get("/status").await.expect(200);
    assert_eq!(
        (&status["mode"]["database"], &status["settings"]["payment_delay_ms"]),
        (&json!(app.database()), &json!(300))
    );
    assert_eq!(status["clock"], json!({"ahead_of_wall_ms": 0, "last_step_ms": null, "speed": 1, "speed": 1}));
    app.audit().await;
}

/// A request to a route with ids that nothing has; `own` is a customer that does exist.
async fn probe(app: &TestApp, method: &str, path: &str, own: &str, token: Option<&str>) -> u16 {
    let path = path.replace("/customers/{id}", &format!("/customers/{own}")).replace("{file:.*}", "");
    let mut path = path.replace("{id}", NOBODY).replace("{product_id}", NOBODY).replace("{name}", "nobody");
    if path == "/api/v1/events" {
        path = format!("{path}?stream_id={own}");
    }
    let mut request = app.client().request(method.parse().unwrap(), format!("{}{path}", app.url()));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let body = if path.ends_with("/demo") { json!({"not": "a body"}) } else { json!({}) };
    request = if method == "GET" { request } else { request.json(&body) };
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn every_route_asks_for_its_role() {
    let mut app = TestApp::with(&["--admin-token", SECRET]).await;
    let customer = app.post("/customers", &json!({"name": "Ada", "phone": "1"})).await.expect(201);
    let (own, token) = (id(&customer), customer["access_token"].as_str().unwrap().to_owned());
    let document = app.get("//openapi.json").await.expect(200);
    let mut walked = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            let route = ROUTES.iter().find(|route| route.path == path && route.method == method);
            let access = route.unwrap_or_else(|| panic!("{method} {path} has no role")).access;
            let mut status = Vec::new();
            for who in [None, Some("plz_cus_wrong"), Some(&*token), Some(SECRET)] {
                status.push(probe(&app, &method, path, &own, who).await);
            }
            let denied: Vec<_> = status.iter().map(|status| [401, 403].contains(status)).collect();
            let expected = match access {
                Access::Public => [false, false, false, false],
                Access::Customer => [true, true, false, false],
                Access::Reader | Access::Admin => [true, true, true, false],
            };
            assert_eq!(denied, expected, "{method} {path} answered {status:?}");
            assert!(
                !matches!(access, Access::Reader | Access::Admin) || status[2] == 403,
                "{method} {path}: a known token is forbidden, not unknown"
            );
            walked += 1;
        }
    }
    assert!(walked > 40, "only {walked} routes are documented");
    app.authenticate(SECRET);
}

#[tokio::test]
async fn a_customer_sees_and_spends_only_its_own() {
    let mut app = TestApp::with(&["--admin-token", SECRET, "--payment-delay", "10ms", "--store-delay", "20ms"]).await;
    app.authenticate(SECRET);
    let store = app.store(None).await;
    let product = app.product(&store, 100, 10).await;
    let register = async || {
        let made = app.post("/customers", &json!({"name": "Ada", "phone": "1"})).await.expect(201);
        (id(&made), made["access_token"].as_str().unwrap().to_owned())
    };
    let ((ada, adas), (bob, bobs)) = (register().await, register().await);
    let payment = app.payment(&ada, 1_000).await;
    let order = id(&app.order(&ada, &payment, &[(&product, 1)]).await);
    app.until(&order, "accepted").await;
    let as_who = async |token: &str, method: Method, path: &str, body: Value| {
        let request = app.client().request(method, format!("{}/api/v1{path}", app.url())).bearer_auth(token);
        send(request.json(&body)).await
    };
    let none = json!({});
    as_who(&bobs, Method::GET, &format!("/orders/{order}"), none.clone()).await.refused(404, "unknown_order");
    as_who(&bobs, Method::POST, &format!("/orders/{order}/pay"), none.clone()).await.refused(404, "unknown_order");
    as_who(&bobs, Method::POST, &format!("/orders/{order}/cancel"), none.clone()).await.refused(404, "unknown_order");
    as_who(&bobs, Method::GET, &format!("/payments/{payment}"), none.clone()).await.refused(404, "unknown_payment");
    as_who(&bobs, Method::POST, &format!("/payments/{payment}/void"), none.clone())
        .await
        .refused(404, "unknown_payment");
    as_who(&bobs, Method::GET, &format!("/customers/{ada}"), none.clone()).await.refused(404, "unknown_customer");
    let theft = crate::app::order(&ada, &payment, &[(&product, 1)]);
    as_who(&bobs, Method::POST, "/orders", theft).await.refused(422, "validation_failed");
    let theft = crate::app::order(&bob, &payment, &[(&product, 1)]);
    as_who(&bobs, Method::POST, "/orders", theft).await.refused(422, "validation_failed");
    assert_eq!(as_who(&bobs, Method::GET, "/orders", none.clone()).await.expect(200)["items"], json!([]));
    assert_eq!(as_who(&adas, Method::GET, "/orders", none.clone()).await.expect(200)["items"][0]["id"], *order);
    let paid = as_who(&adas, Method::POST, &format!("/orders/{order}/pay"), none).await.expect(200);
    assert_eq!(paid["status"], "delivered");
    assert!(!app.logged().contains(SECRET) && !app.logged().contains(&adas), "a token is in the log");
}
