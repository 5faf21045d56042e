//! What clients send means what it says: weights, entity tags, searches, names, encodings, totals.

use crate::app::{TestApp, eur, id, send, text};
use crate::doors::Wire;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_sent_is_what_the_weights_ask_for() {
    let app = TestApp::start().await;
    app.store(None).await;
    let kind = async |path: &str, accept: &str| {
        let answer = send(app.request(Method::GET, path).header("accept", accept)).await;
        assert_eq!(answer.status, 200);
        text(&Value::from(answer.header("content-type").split(';').next().unwrap()))
    };
    for (accept, sent) in [
        ("application/json, text/csv;q=0", "application/json"),
        ("application/json;q=0.9, text/csv;q=0.2", "application/json"),
        ("text/csv;q=0.3, application/json;q=0.2", "text/csv"),
        ("text/*", "text/csv"),
        ("*/*", "application/json"),
    ] {
        assert_eq!(kind("/orders", accept).await, sent, "{accept}");
        assert_eq!(kind("/products", accept).await, sent, "{accept}");
        let chosen = send(app.request(Method::GET, "/orders").header("accept", accept)).await;
        assert_eq!(chosen.header("vary"), "Accept", "{accept}");
    }
    let classic = "application/vnd.google.protobuf;q=0.7,text/plain;version=0.0.4;q=0.3";
    assert_eq!(kind("//metrics", classic).await, "text/plain");
    assert_eq!(kind("//metrics", "*/*").await, "application/openmetrics-text");
    let metrics = send(app.request(Method::GET, "//metrics").header("accept", "text/plain")).await.text;
    assert!(metrics.contains("# TYPE plaza_events_total counter\n") && metrics.contains("\nplaza_events_total "));
    assert!(!metrics.contains("# EOF") && !metrics.contains("# UNIT"), "{metrics}");
}

#[tokio::test]
async fn entity_tags_are_lists_and_known_answers_are_not_sent_again() {
    let app = TestApp::start().await;
    let store = app.store(None).await;
    let product = app.product(&store, 100, 5).await;
    let path = format!("/stores/{store}");
    let version = app.get(&path).await.expect(200)["version"].as_u64().unwrap();
    let edit = async |tags: &str, name: &str| {
        send(app.request(Method::PATCH, &path).header("if-match", tags).json(&json!({"name": name}))).await
    };
    edit("\"zzz\"", "a").await.refused(412, "version_mismatch");
    edit(&format!("W/\"v{version}\""), "a").await.refused(412, "version_mismatch");
    edit("v1", "a").await.refused(400, "invalid_header");
    edit(&format!("\"v999\", \"v{version}\""), "b").await.expect(200);
    edit(&format!("\"v{version}\""), "c").await.refused(412, "version_mismatch");
    edit("*", "d").await.expect(200);
    for known in ["*", "\"v1\""] {
        let change = app.request(Method::PATCH, &path).header("if-none-match", known).json(&json!({"name": "e"}));
        send(change).await.refused(400, "invalid_header");
    }
    for path in [path.clone(), format!("/products/{product}")] {
        let tag = app.get(&path).await.header("etag").to_owned();
        let again = async |known: &str| send(app.request(Method::GET, &path).header("if-none-match", known)).await;
        for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
            let answer = again(&known).await;
            assert_eq!(
                (answer.status, answer.text.as_str(), answer.header("etag")),
                (304, "", &*tag),
                "{path} {known}"
            );
        }
        assert_eq!(again("\"x\"").await.status, 200);
    }
    // What a product shows is more than its own changes.
    let tag = app.get(&format!("/products/{product}")).await.header("etag").to_owned();
    edit("*", "renamed").await.expect(200);
    let renamed = send(app.request(Method::GET, &format!("/products/{product}")).header("if-none-match", &tag)).await;
    assert_eq!(renamed.expect(200)["store_name"], "renamed");
}

#[tokio::test]
async fn a_baskets_entity_tag_changes_with_its_prices() {
    let app = TestApp::start().await;
    let store = app.store(None).await;
    let product = app.product(&store, 100, 5).await;
    let basket = id(&app.post("/baskets", &json!({})).await.expect(201));
    let (path, item) = (format!("/baskets/{basket}"), format!("/baskets/{basket}/items/{product}"));
    app.put(&item, &json!({"quantity": 1})).await.expect(200);
    let cheap = app.get(&path).await.header("etag").to_owned();
    let put = async |tag: &str| {
        send(app.request(Method::PUT, &item).header("if-match", tag).json(&json!({"quantity": 2}))).await
    };
    app.patch(&format!("/products/{product}"), &json!({"price": eur(9_900)})).await.expect(200);
    let dear = app.get(&path).await;
    assert_ne!(dear.header("etag"), cheap);
    let dear = dear.header("etag").to_owned();
    put(&cheap).await.refused(412, "version_mismatch");
    put(&format!("{cheap}, {dear}")).await.expect(200);
    put(&dear).await.refused(412, "version_mismatch");
    put("\"v2\"").await.refused(412, "version_mismatch");
    put("\"v3\"").await.expect(200);
}

#[tokio::test]
async fn the_total_a_customer_saw_is_the_total_that_is_ordered() {
    let mut app = TestApp::start().await;
    app.may_leave_orders();
    let store = app.store(None).await;
    let product = app.product(&store, 100, 50).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, 100_000).await;
    let basket = id(&app.post("/baskets", &json!({})).await.expect(201));
    app.put(&format!("/baskets/{basket}/items/{product}"), &json!({"quantity": 2})).await.expect(200);
    app.patch(&format!("/products/{product}"), &json!({"price": eur(150)})).await.expect(200);
    let order = json!({"customer_id": customer, "payment_id": payment});
    let with = |body: &Value, total: Value| {
        let mut body = body.clone();
        body["expected_total"] = total;
        body
    };
    let checkout = format!("/baskets/{basket}/checkout");
    let mut lines = order.clone();
    lines["items"] = json!([{"product_id": product, "quantity": 2}]);
    for (path, body) in [(checkout.as_str(), &order), ("/orders", &lines)] {
        let refused = app.post(path, &with(body, eur(200))).await.refused(409, "total_changed");
        assert_eq!((&refused["total"], &refused["errors"][0]["pointer"]), (&eur(300), &json!("/expected_total")));
        let foreign = json!({"amount_minor": 300, "currency": "JPY"});
        let refused = app.post(path, &with(body, foreign)).await.refused(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], "/expected_total/currency");
    }
    assert_eq!(app.get(&format!("/baskets/{basket}")).await.expect(200)["total"], eur(300), "it was not emptied");
    for (path, body) in [(checkout.as_str(), &order), ("/orders", &lines)] {
        assert_eq!(app.post(path, &with(body, eur(300))).await.expect(201)["total"], eur(300));
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn searches_fold_case_and_are_bounded() {
    let app = TestApp::start().await;
    let store = app.store(None).await;
    for name in ["Παπουσια παπους", "Straße 7", "ﬁg ſet 10 µF", "ᾳ և ŉ"] {
        let product = json!({"name": name, "price": eur(1), "stock": 1});
        app.post(&format!("/stores/{store}/products"), &product).await.expect(201);
    }
    for q in [
        "παπουσ",
        "ΠΑΠΟΥΣ",
        "ΠΑΠΟΥΣΙΑ",
        "παπους",
        "STRASSE",
        "straße",
        "STRAẞE",
        "FIG SET",
        "fig",
        "10 ΜF",
        "10 μf",
        "ΑΙ ԵՒ ʼN",
    ] {
        let found = app.get(&format!("/products?q={}", encoded(q))).await.expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{q}");
    }
    for path in ["/products", "/stores", "/customers", "/orders", &format!("/stores/{store}/products")] {
        for (length, status) in [(200, 200), (201, 422), (6_000, 422)] {
            let answer = app.get(&format!("{path}?q={}", "x".repeat(length))).await;
            assert_eq!(answer.status, status, "{path} {length}");
        }
    }
}

#[tokio::test]
async fn names_can_be_seen() {
    let app = TestApp::start().await;
    for name in ["\u{200b}", "\u{2060}\u{feff}", "\u{ad}", "\u{3164}", "\u{2800}", "\u{202e}", "abc\u{202e}cba"] {
        let refused =
            app.post("/customers", &json!({"name": name, "phone": "1"})).await.refused(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], "/name", "{name:?}");
        let store = json!({"name": name, "location": "A"});
        app.post("/stores", &store).await.refused(422, "validation_failed");
    }
    app.post("/customers", &json!({"name": "می\u{200c}خواهم", "phone": "1"})).await.expect(201);
}

#[tokio::test]
async fn bodies_are_read_as_they_are_declared() {
    let app = TestApp::start().await;
    let gzip = app.request(Method::POST, "/baskets").header("content-encoding", "gzip").body(vec![0x1f, 0x8b, 8, 0]);
    let refused = send(gzip).await;
    assert_eq!(refused.header("accept-encoding"), "identity");
    refused.refused(415, "unsupported_encoding");
    let plain = app.request(Method::POST, "/baskets").header("content-encoding", "identity").json(&json!({}));
    send(plain).await.expect(201);
    for coding in ["Identity", "identity, identity", ""] {
        let plain = app.request(Method::POST, "/baskets").header("content-encoding", coding).json(&json!({}));
        send(plain).await.expect(201);
    }
    for coding in ["identity, gzip", "br"] {
        let coded = app.request(Method::POST, "/baskets").header("content-encoding", coding).json(&json!({}));
        send(coded).await.refused(415, "unsupported_encoding");
    }
    let twice = app.request(Method::POST, "/baskets").header("idempotency-key", "a").header("idempotency-key", "b");
    send(twice.json(&json!({}))).await.refused(400, "invalid_header");
    let store = app.store(None).await;
    let products = format!("/stores/{store}/products");
    let whole = r#"{"name": "A", "price": {"amount_minor": 1e2, "currency": "EUR"}, "stock": 5.0}"#;
    let request = app.request(Method::POST, &products).header("content-type", "application/json");
    let made = send(request.body(whole)).await.expect(201);
    assert_eq!((&made["stock"], &made["price"]), (&json!(5), &eur(100)));
    for part in ["5.5", "-1.0", "1e300", "9007199254740993.0"] {
        let body = format!(r#"{{"name": "A", "price": {{"amount_minor": 1, "currency": "EUR"}}, "stock": {part}}}"#);
        let request = app.request(Method::POST, &products).header("content-type", "application/json");
        send(request.body(body)).await.refused(422, "validation_failed");
    }
}

#[tokio::test]
async fn http_1_0_gets_no_chunks() {
    let app = TestApp::start().await;
    app.product(&app.store(None).await, 100, 5).await;
    let url = app.url().to_owned();
    let ask = move || {
        for path in ["/api/v1/products?format=csv", "/api/v1/orders?format=csv"] {
            let said = Wire::to(&url).say(&format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n"));
            let (head, body) = said.split_once("\r\n\r\n").unwrap();
            assert!(!head.to_ascii_lowercase().contains("transfer-encoding"), "{head}");
            assert!(body.starts_with("id,") && body.ends_with("\r\n") && !body.ends_with("0\r\n\r\n"), "{body}");
        }
    };
    tokio::task::spawn_blocking(ask).await.unwrap();
}

#[tokio::test]
async fn pages_of_other_sites_read_what_they_need() {
    let app = TestApp::with(&["--cors-origins", "http://shop.example"]).await;
    let asked = app.request(Method::GET, "/stores").header("origin", "http://shop.example");
    let exposed = send(asked).await.header("access-control-expose-headers").to_ascii_lowercase();
    for name in [
        "etag",
        "location",
        "retry-after",
        "x-request-id",
        "idempotency-replayed",
        "content-disposition",
        "preference-applied",
    ] {
        assert!(exposed.contains(name), "{name}: {exposed}");
    }
}

#[tokio::test]
async fn the_documents_examples_are_taken_as_they_stand_in_any_currency() {
    let app = TestApp::with(&["--currency", "KWD"]).await;
    let document: Value = serde_json::from_str(&app.get("//openapi.json").await.text).unwrap();
    let example = |route: &str| {
        document["paths"][format!("/api/v1{route}")]["post"]["requestBody"]["content"]["application/json"]["example"]
            .clone()
    };
    let store = id(&app.post("/stores", &example("/stores")).await.expect(201));
    let product = app.post(&format!("/stores/{store}/products"), &example("/stores/{id}/products")).await.expect(201);
    assert_eq!(product["price"]["currency"], "KWD");
    let customer = id(&app.post("/customers", &example("/customers")).await.expect(201));
    let mut payment = example("/payments");
    payment["customer_id"] = customer.into();
    app.post("/payments", &payment).await.expect(201);
    let open = &document["paths"]["/api/v1/baskets/{id}"]["get"]["security"];
    assert_eq!(*open, json!([{}, {"bearer": []}]), "a customer's basket is answered to its customer alone");
}
