//! Tokens of the staff: made, used, listed, revoked; on a stopped mall and on a running one.

use super::raw::Wire;
use super::spelling::SECRET;
use crate::app::{TestApp, plaza, send, text};
use crate::events::Listener;
use reqwest::Method;
use serde_json::json;
use std::process::Output;

/// What a `plaza token` command printed.
fn token(arguments: &[&str], storage: &[String], secret: Option<&str>) -> Output {
    let mut command = plaza();
    command.arg("token").args(arguments).args(storage);
    if let Some(secret) = secret {
        command.env("PLAZA_ADMIN_TOKEN", secret);
    }
    command.output().unwrap()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap().trim().to_owned()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test]
async fn a_token_made_on_a_stopped_mall_closes_it() {
    let mut app = TestApp::start().await;
    let store = app.store(None).await;
    assert_eq!(app.get("/whoami").await.expect(200)["role"], "open");
    assert!(app.stop().success());
    let storage = app.storage();
    let secret = printed(&token(&["create", "ann"], &storage, None));
    assert!(secret.starts_with("plz_adm_") && secret.len() == 72, "{secret}");
    let reader = printed(&token(&["create", "prometheus", "--read-only"], &storage, None));
    let twice = refused(&token(&["create", "ann"], &storage, None));
    assert!(twice.contains("ann"), "{twice}");
    let bad = refused(&token(&["create", "a b"], &storage, None));
    assert!(bad.contains("letters"), "{bad}");
    app.restart().await;
    app.get("/customers").await.refused(401, "unauthorized");
    assert_eq!(
        app.get("/whoami").await.expect(200),
        json!({"closed": true, "role": "anonymous", "name": null, "customer_id": null})
    );
    app.authenticate(&reader);
    app.get("/customers").await.expect(200);
    assert_eq!(app.get("//metrics").await.status, 200);
    app.delete(&format!("/stores/{store}")).await.refused(403, "forbidden");
    app.get("/tokens").await.refused(403, "forbidden");
    app.authenticate(&secret);
    assert_eq!(
        app.get("/whoami").await.expect(200),
        json!({"closed": true, "role": "admin", "name": "ann", "customer_id": null})
    );
    app.delete(&format!("/stores/{store}")).await.expect(204);
    // Beside a running mall the database is not touched.
    let said = refused(&token(&["create", "bob"], &storage, None));
    assert!(said.contains("--target"), "{said}");
    assert!(!app.logged().contains(&secret) && !app.logged().contains(&reader), "a secret is in the log");
    let listed = printed(&token(&["list"], &storage, None));
    assert!(listed.contains("prometheus") && listed.contains("reader") && !listed.contains(&secret[8..]), "{listed}");
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_once_and_its_stream_ends() {
    let mut app = TestApp::with(&["--admin-token", SECRET]).await;
    app.authenticate(SECRET);
    let url = app.url().to_owned();
    let target = ["--target", &url];
    let secret = printed(&token(&[&["create", "ann"], &target[..]].concat(), &[], Some(SECRET)));
    let unknown = refused(&token(&[&["create", "bob"], &target[..]].concat(), &[], None));
    assert!(unknown.contains("asks who you are"), "{unknown}");
    let wrong = refused(&token(&[&["create", "bob"], &target[..]].concat(), &[], Some("of-another-mall-1234")));
    assert!(wrong.contains("does not know the token"), "{wrong}");
    let reader = printed(&token(&[&["create", "eye", "--read-only"], &target[..]].concat(), &[], Some(SECRET)));
    let too_little = refused(&token(&[&["create", "bob"], &target[..]].concat(), &[], Some(&reader)));
    assert!(too_little.contains("not an administrator's"), "{too_little}");
    let client = app.client().clone();
    let as_ann = async |method: Method, path: &str| {
        send(client.request(method, format!("{url}/api/v1{path}")).bearer_auth(&secret)).await
    };
    as_ann(Method::GET, "/customers").await.expect(200);
    app.authenticate(&secret);
    let mut stream = Listener::connect(&app, "", None).await;
    app.authenticate(SECRET);
    let listed = printed(&token(&[&["list"], &target[..]].concat(), &[], Some(SECRET)));
    assert!(listed.contains("ann") && listed.contains("in use"), "{listed}");
    assert!(token(&[&["revoke", "ann"], &target[..]].concat(), &[], Some(SECRET)).status.success());
    as_ann(Method::GET, "/customers").await.refused(401, "unauthorized");
    as_ann(Method::POST, "/demo").await.refused(401, "unauthorized");
    while stream.next().await.is_some() {}
    let again = refused(&token(&[&["revoke", "ann"], &target[..]].concat(), &[], Some(SECRET)));
    assert!(again.contains("no token in use is called ann"), "{again}");
    // The name may be given again; the old secret stays what it is.
    let renewed = printed(&token(&[&["create", "ann"], &target[..]].concat(), &[], Some(SECRET)));
    assert_ne!(renewed, secret);
    as_ann(Method::GET, "/customers").await.refused(401, "unauthorized");
    let tokens = app.get("/tokens").await.expect(200);
    assert_eq!(tokens["items"].as_array().unwrap().len(), 3, "{tokens}");
    app.kill9();
    app.restart().await;
    app.authenticate(&renewed);
    app.get("/customers").await.expect(200);
    app.authenticate(SECRET);
}

#[tokio::test]
async fn the_first_token_closes_a_running_mall() {
    let mut app = TestApp::start().await;
    let reader = json!({"name": "ann", "role": "reader"});
    assert_eq!(app.post("/tokens", &reader).await.refused(422, "validation_failed")["errors"][0]["pointer"], "/role");
    let request = || app.request(Method::POST, "/tokens").header("idempotency-key", "k").json(&json!({"name": "ann"}));
    let made = send(request()).await.expect(201);
    let secret = text(&made["token"]);
    app.get("/customers").await.refused(401, "unauthorized");
    app.post("/tokens", &json!({"name": "bob"})).await.refused(401, "unauthorized");
    app.authenticate(&secret);
    let request = || app.request(Method::POST, "/tokens").header("idempotency-key", "k").json(&json!({"name": "bob"}));
    let (one, again) = (send(request()).await.expect(201), send(request()).await.expect(201));
    assert_eq!(one, again, "who proves to be the same caller gets the same answer");
    app.post("/tokens", &json!({"name": "bob"})).await.refused(409, "token_taken");
    app.post("/tokens", &json!({"name": "..", "role": "admin"})).await.refused(422, "validation_failed");
    app.post("/tokens", &json!({"name": "carl", "role": "root"})).await.refused(422, "validation_failed");
    app.delete("/tokens/nobody").await.refused(404, "unknown_token");
    app.delete("/tokens/bob").await.expect(204);
    app.delete("/tokens/ann").await.expect(204);
    assert_eq!(app.get("/whoami").await.expect(200)["role"], "open", "a mall without a token is open");
}

/// Begins a request that changes something, of each kind, and lets it wait for its body.
fn begun(url: &str, store: &str, headers: &str) -> Vec<(Wire, &'static str)> {
    let requests = [
        ("PATCH", format!("/api/v1/stores/{store}"), "{\"location\":\"moved\"}"),
        ("POST", "/api/v1/tokens".to_owned(), "{\"name\":\"eve\"}"),
        ("POST", "/api/v1/stores".to_owned(), "{\"name\":\"late\",\"location\":\"b\"}"),
        ("POST", "/api/v1/baskets".to_owned(), "{}"),
        ("POST", "/api/v1/demo".to_owned(), "{}"),
    ];
    let begin = |(method, path, body): (_, String, &'static str)| {
        let mut wire = Wire::to(url);
        wire.begin(method, &path, headers, body.len());
        (wire, body)
    };
    requests.into_iter().map(begin).collect()
}

#[tokio::test]
async fn what_was_begun_before_a_token_was_revoked_is_not_carried_out_after_it() {
    let mut app = TestApp::start().await;
    let store = app.store(None).await;
    // In an open mall everybody may do everything: until it is closed, and again once a token is revoked.
    let (url, of_store) = (app.url().to_owned(), store.clone());
    let open = tokio::task::spawn_blocking(move || begun(&url, &of_store, "")).await.unwrap();
    let (admin, ann) = {
        let made = app.post("/tokens", &json!({"name": "admin"})).await.expect(201);
        app.authenticate(&text(&made["token"]));
        (text(&made["token"]), text(&app.post("/tokens", &json!({"name": "ann"})).await.expect(201)["token"]))
    };
    let (url, of_store, key) = (app.url().to_owned(), store.clone(), "Idempotency-Key: k");
    let anns = tokio::task::spawn_blocking(move || {
        let bearer = format!("Authorization: Bearer {ann}\r\n");
        let mut begun = begun(&url, &of_store, &bearer);
        // An answer given before is not given again either: it holds a secret.
        let (body, mut first) = ("{\"name\":\"carl\"}", Wire::to(&url));
        let keyed = format!("{bearer}{key}\r\n");
        assert_eq!(first.ask("POST", "/api/v1/tokens", &keyed, body).status, 201);
        first.begin("POST", "/api/v1/tokens", &keyed, body.len());
        begun.push((first, body));
        begun
    });
    let anns = anns.await.unwrap();
    // A later request was answered, so the heads before it have been read.
    app.get("/whoami").await.expect(200);
    app.delete("/tokens/ann").await.expect(204);
    let answers = tokio::task::spawn_blocking(move || {
        let finish = |(mut wire, body): (Wire, &str)| wire.finish(body);
        open.into_iter().chain(anns).map(finish).map(|answer| (answer.status, answer.body)).collect::<Vec<_>>()
    });
    for (status, body) in answers.await.unwrap() {
        assert_eq!(status, 401, "{body}");
        assert!(!body.contains("plz_"), "{body}");
    }
    assert_eq!(app.get(&format!("/stores/{store}")).await.expect(200)["location"], "Here");
    let names: Vec<_> = {
        let tokens = app.get("/tokens").await.expect(200);
        tokens["items"].as_array().unwrap().iter().map(|token| text(&token["name"])).collect()
    };
    assert_eq!(names, ["carl", "ann", "admin"]);
    // A request with two tokens counts as one without.
    let url = app.url().to_owned();
    let twice = format!("Authorization: Bearer {admin}\r\nAuthorization: Bearer x\r\n");
    let ask = move || Wire::to(&url).ask("GET", "/api/v1/customers", &twice, "").status;
    assert_eq!(tokio::task::spawn_blocking(ask).await.unwrap(), 401);
}

#[tokio::test]
async fn readers_are_not_left_alone() {
    let mut app = TestApp::start().await;
    let secret = text(&app.post("/tokens", &json!({"name": "ann"})).await.expect(201)["token"]);
    app.authenticate(&secret);
    app.post("/tokens", &json!({"name": "prometheus", "role": "reader"})).await.expect(201);
    app.delete("/tokens/ann").await.refused(409, "last_token");
    app.delete("/tokens/prometheus").await.expect(204);
    app.delete("/tokens/ann").await.expect(204);
}

#[tokio::test]
async fn a_tokens_secret_is_no_setting() {
    let mut app = TestApp::start().await;
    assert!(app.stop().success());
    let storage = app.storage();
    let serve = |secret: &str| {
        let arguments = ["serve", "--listen", "127.0.0.1:0"];
        plaza().args(arguments).args(&storage).env("PLAZA_ADMIN_TOKEN", secret).output().unwrap()
    };
    let secret = printed(&token(&["create", "ann"], &storage, None));
    assert!(refused(&serve(&secret)).contains("PLAZA_ADMIN_TOKEN: is the secret of the token ann"));
    // What was revoked by its name would come back by the setting.
    let revoked = token(&["revoke", "ann"], &storage, None);
    assert!(revoked.status.success() && String::from_utf8_lossy(&revoked.stderr).contains("it was the last"));
    assert!(refused(&serve(&secret)).contains("PLAZA_ADMIN_TOKEN: is the secret of the token ann"));
    app.restart().await;
    let customer = app.post("/customers", &json!({"name": "A", "phone": "1"})).await.expect(201);
    assert!(app.stop().success());
    assert!(refused(&serve(&text(&customer["access_token"]))).contains("PLAZA_ADMIN_TOKEN: is the access token"));
    app.restart().await;
}

#[test]
fn a_mall_is_founded_with_a_word_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let storage = ["--data-dir".to_owned(), dir.path().join("new").display().to_string()];
    let is_there = || dir.path().join("new/plaza.db").exists();
    for arguments in [&["revoke", "ann"][..], &["list"]] {
        let said = refused(&token(arguments, &storage, None));
        assert!(said.contains("new") && !is_there(), "{said}");
    }
    let open = plaza().args(["serve", "--listen", "0.0.0.0:0"]).args(&storage).output().unwrap();
    assert!(refused(&open).contains("PLAZA_LISTEN") && !is_there(), "a mall that may not be served is not founded");
    let made = token(&["create", "ann", "--currency", "JPY"], &storage, None);
    printed(&made);
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    assert!(said.contains("founding one, in JPY") && is_there(), "{said}");
    assert!(token(&["create", "bob"], &storage, None).stderr.is_empty());
}
