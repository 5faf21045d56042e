//! Strangers never share an account, and a command is checked where it is carried out.

use super::raw::Wire;
use super::spelling::SECRET;
use crate::app::{TestApp, id, plaza, text};
use serde_json::json;

/// Registers under a key as somebody.
fn register(wire: &mut Wire, token: Option<&str>, key: &str) -> (u16, serde_json::Value) {
    let bearer = token.map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
    let headers = format!("{bearer}Idempotency-Key: {key}\r\n");
    let answer = wire.ask("POST", "/api/v1/customers", &headers, "{\"name\":\"Ana\",\"phone\":\"1\"}");
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

#[tokio::test]
async fn strangers_with_one_key_do_not_share_a_secret() {
    for settings in [&["--admin-token", SECRET][..], &[]] {
        let mut app = TestApp::with(settings).await;
        if !settings.is_empty() {
            app.authenticate(SECRET);
        }
        let url = app.url().to_owned();
        let closed = !settings.is_empty();
        let ask = move || {
            let mut wire = Wire::to(&url);
            let ((first, one), (second, other)) = (register(&mut wire, None, "k"), register(&mut wire, None, "k"));
            assert_eq!((first, second), (201, 201));
            assert_eq!(one["id"], other["id"], "a retry registers nobody twice");
            assert!(one["access_token"].is_string() && other.get("access_token").is_none(), "{one} {other}");
            if !closed {
                return;
            }
            // Who proves to be the same caller gets the same answer; another one gets an account of its own.
            let (_, one) = register(&mut wire, Some(SECRET), "k");
            let (_, again) = register(&mut wire, Some(SECRET), "k");
            assert_eq!(one, again);
            let token = text(&one["access_token"]);
            let (_, theirs) = register(&mut wire, Some(&token), "k");
            assert_ne!(theirs["id"], one["id"]);
            assert!(theirs["access_token"].is_string());
        };
        tokio::task::spawn_blocking(ask).await.unwrap();
    }
}

#[tokio::test]
async fn a_basket_is_its_customers_from_the_moment_it_has_one() {
    let mut app = TestApp::with(&["--admin-token", SECRET]).await;
    app.authenticate(SECRET);
    let store = app.store(None).await;
    let product = app.product(&store, 100, 100).await;
    let customer = app.customer().await;
    let item = |basket: &str| format!("/api/v1/baskets/{basket}/items/{product}");
    for round in 0..40 {
        let basket = id(&app.post("/baskets", &json!({})).await.expect(201));
        let (url, path) = (app.url().to_owned(), item(&basket));
        // A stranger who knows the basket's id races its owner.
        let stranger = tokio::task::spawn_blocking(move || {
            let mut wire = Wire::to(&url);
            (0..20).map(|_| wire.ask("PUT", &path, "", "{\"quantity\":7}").status).collect::<Vec<_>>()
        });
        let claimed =
            app.put(&format!("/baskets/{basket}/customer"), &json!({"customer_id": customer})).await.expect(200);
        let statuses = stranger.await.unwrap();
        let after = statuses.iter().skip_while(|status| **status == 200);
        assert!(after.clone().all(|status| *status == 404), "round {round}: {statuses:?}");
        // Nothing of the stranger's was taken after the owner's answer.
        let version = app.get(&format!("/baskets/{basket}")).await.expect(200)["version"].as_u64().unwrap();
        assert_eq!(version, claimed["version"].as_u64().unwrap(), "{statuses:?}");
    }
}

#[test]
fn a_misspelled_setting_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    for (name, meant) in [("PLAZA_ADMIN_TOKN", "PLAZA_ADMIN_TOKEN"), ("PLAZA_DATABSE_URL", "PLAZA_DATABASE_URL")] {
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["verify"], &["token", "list"]] {
            let run = plaza().env(name, "x").args(command).arg("--data-dir").arg(dir.path()).output().unwrap();
            let said = String::from_utf8(run.stderr).unwrap();
            assert_eq!(run.status.code(), Some(2), "{said}");
            assert!(run.stdout.is_empty() && said.contains(name) && said.contains(meant), "{said}");
        }
    }
    let foreign = plaza().env("PLAZA_TEST_X", "1").env("PLAZA_SERVICE_HOST", "h").arg("openapi").output().unwrap();
    assert!(foreign.status.success());
}
