//! Bad input: each kind gets its problem with the field named, and nothing of it is stored.

use crate::app::{Answer, NOBODY, TestApp, eur, id, send};
use reqwest::{Method, Url};
use serde_json::{Value, json};

/// The resources that the requests of a table name.
struct Given {
    app: TestApp,
    store: String,
    product: String,
    customer: String,
    payment: String,
    basket: String,
}

async fn given() -> Given {
    let app = TestApp::start().await;
    let store = app.store(None).await;
    let product = app.product(&store, 100, 10).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, 1_000).await;
    let basket = id(&app.post("/baskets", &json!({})).await.expect(201));
    Given { app, store, product, customer, payment, basket }
}

impl Given {
    async fn head(&self) -> Value {
        self.app.get("/status").await.expect(200)["head_position"].clone()
    }

    async fn send(&self, method: Method, path: &str, body: &str) -> Answer {
        let request = self.app.request(method, path).header("content-type", "application/json");
        send(request.body(body.to_owned())).await
    }

    /// Sends every row and checks status, code and pointer; nothing may be stored by any.
    async fn refuses(&self, rows: &[(Method, String, String, u16, &str, &str)]) {
        let head = self.head().await;
        for (method, path, body, status, code, pointer) in rows {
            let answer = self.send(method.clone(), path, body).await;
            assert_eq!(answer.status, *status, "{method} {path} {body}: {}", answer.text);
            let problem = answer.refused(*status, code);
            let named = problem["errors"][0]["pointer"].as_str();
            assert_eq!(named.unwrap_or("none"), *pointer, "{method} {path} {body}: {problem}");
            assert_eq!(self.head().await, head, "{method} {path} {body} was stored");
        }
    }
}

const INVALID: &str = "validation_failed";

fn price(amount: &str) -> String {
    format!(r#"{{"name":"Tea","price":{{"amount_minor":{amount},"currency":"EUR"}},"stock":1}}"#)
}

#[tokio::test]
async fn stores_and_products_name_the_bad_field() {
    let given = given().await;
    let stores = || "/stores".to_owned();
    let products = || format!("/stores/{}/products", given.store);
    let product = || format!("/products/{}", given.product);
    let store = |name: &str, location: &str| json!({"name": name, "location": location}).to_string();
    let stocked =
        |stock: &str| format!(r#"{{"name":"Tea","price":{{"amount_minor":1,"currency":"EUR"}},"stock":{stock}}}"#);
    let mut rows = vec![
        (Method::POST, stores(), store("", "Here"), 422, INVALID, "/name"),
        (Method::POST, stores(), store(" \t ", "Here"), 422, INVALID, "/name"),
        (Method::POST, stores(), store(&"n".repeat(121), "Here"), 422, INVALID, "/name"),
        (Method::POST, stores(), store("a\u{0}b", "Here"), 422, INVALID, "/name"),
        (Method::POST, stores(), store("Name", "  "), 422, INVALID, "/location"),
        (Method::POST, stores(), json!({"name": "Name"}).to_string(), 422, INVALID, "/location"),
        (Method::POST, stores(), json!({"name": 5, "location": "Here"}).to_string(), 422, INVALID, "/name"),
        (
            Method::POST,
            stores(),
            json!({"name": "N", "location": "H", "open": true}).to_string(),
            422,
            INVALID,
            "/open",
        ),
        (
            Method::POST,
            stores(),
            json!({"name": "N", "location": "H", "fulfilment": "magic"}).to_string(),
            422,
            INVALID,
            "/fulfilment",
        ),
        (Method::POST, stores(), r#"{"name":"N","name":"M","location":"H"}"#.to_owned(), 422, INVALID, "/name"),
        (Method::PATCH, format!("/stores/{}", given.store), json!({"name": ""}).to_string(), 422, INVALID, "/name"),
        (Method::PATCH, format!("/stores/{}", given.store), json!({"name": null}).to_string(), 422, INVALID, "/name"),
        (Method::POST, products(), json!({"name": "Tea", "stock": 1}).to_string(), 422, INVALID, "/price"),
        (
            Method::POST,
            products(),
            json!({"name": " ", "price": eur(1), "stock": 1}).to_string(),
            422,
            INVALID,
            "/name",
        ),
        (
            Method::POST,
            products(),
            json!({"name": "T", "sku": " ", "price": eur(1), "stock": 1}).to_string(),
            422,
            INVALID,
            "/sku",
        ),
        (
            Method::POST,
            products(),
            json!({"name": "T", "price": {"amount_minor": 1, "currency": "USD"}, "stock": 1}).to_string(),
            422,
            INVALID,
            "/price/currency",
        ),
        (
            Method::POST,
            products(),
            json!({"name": "T", "price": {"amount_minor": 1, "currency": "euro"}, "stock": 1}).to_string(),
            422,
            INVALID,
            "/price/currency",
        ),
        (Method::POST, products(), json!({"name": "T", "price": 5, "stock": 1}).to_string(), 422, INVALID, "/price"),
        (Method::PATCH, product(), json!({"price": eur(-1)}).to_string(), 422, INVALID, "/price/amount_minor"),
        (Method::PATCH, product(), json!({"stock": -1}).to_string(), 422, INVALID, "/stock"),
        (Method::PATCH, product(), json!({"reserved": 0}).to_string(), 422, INVALID, "/reserved"),
    ];
    for bad in ["-1", "1.5", "1e3000", "9007199254740992", "99999999999999999999", "\"1\"", "null", "true"] {
        rows.push((Method::POST, products(), price(bad), 422, INVALID, "/price/amount_minor"));
        rows.push((Method::POST, products(), stocked(bad), 422, INVALID, "/stock"));
    }
    for bad in ["-1", "0.5", "86400001", "\"5s\""] {
        let body = format!(r#"{{"name":"N","location":"H","confirmation_delay_ms":{bad}}}"#);
        rows.push((Method::POST, stores(), body, 422, INVALID, "/confirmation_delay_ms"));
    }
    given.refuses(&rows).await;
}

#[tokio::test]
async fn orders_baskets_and_payments_name_the_bad_field() {
    let given = given().await;
    let Given { product, customer, payment, basket, .. } = &given;
    let orders = || "/orders".to_owned();
    let item = || format!("/baskets/{basket}/items/{product}");
    let checkout = || format!("/baskets/{basket}/checkout");
    let order = |customer: &str, payment: &str, product: &str, quantity: &str| {
        format!(
            r#"{{"customer_id":"{customer}","payment_id":"{payment}","items":[{{"product_id":"{product}","quantity":{quantity}}}]}}"#
        )
    };
    let items = |items: Value| json!({"customer_id": customer, "payment_id": payment, "items": items}).to_string();
    let line = json!({"product_id": product, "quantity": 1});
    let amount = |amount: &str, currency: &str| {
        format!(r#"{{"customer_id":"{customer}","amount":{{"amount_minor":{amount},"currency":"{currency}"}}}}"#)
    };
    let stranger = given.app.customer().await;
    let mut rows = vec![
        (Method::POST, orders(), items(json!([])), 422, INVALID, "/items"),
        (Method::POST, orders(), items(json!(vec![line.clone(); 101])), 422, INVALID, "/items"),
        (Method::POST, orders(), items(json!([[product, 1]])), 422, INVALID, "/items/0"),
        (
            Method::POST,
            orders(),
            items(json!([{"product_id": product, "quantity": 1, "unit_price": eur(1)}])),
            422,
            INVALID,
            "/items/0/unit_price",
        ),
        (Method::POST, orders(), order(NOBODY, payment, product, "1"), 422, INVALID, "/customer_id"),
        (Method::POST, orders(), order(customer, NOBODY, product, "1"), 422, INVALID, "/payment_id"),
        (Method::POST, orders(), order(&stranger, payment, product, "1"), 422, INVALID, "/payment_id"),
        (Method::POST, orders(), order(customer, payment, NOBODY, "1"), 422, INVALID, "/items/0/product_id"),
        (Method::POST, orders(), order(customer, payment, "socks", "1"), 422, INVALID, "/items/0/product_id"),
        (
            Method::POST,
            orders(),
            json!({"customer_id": customer, "payment_id": payment}).to_string(),
            422,
            INVALID,
            "/items",
        ),
        (
            Method::POST,
            orders(),
            json!({"customer_id": customer, "payment_id": payment, "items": [line], "on_shortage": "hope"}).to_string(),
            422,
            INVALID,
            "/on_shortage",
        ),
        (
            Method::POST,
            checkout(),
            json!({"customer_id": customer, "payment_id": payment}).to_string(),
            422,
            "empty_basket",
            "none",
        ),
        (
            Method::PUT,
            format!("/baskets/{basket}/items/{NOBODY}"),
            json!({"quantity": 1}).to_string(),
            404,
            "unknown_product",
            "none",
        ),
        (
            Method::PUT,
            format!("/baskets/{NOBODY}/items/{product}"),
            json!({"quantity": 1}).to_string(),
            404,
            "unknown_basket",
            "none",
        ),
        (Method::POST, "/customers".to_owned(), json!({"name": " ", "phone": "1"}).to_string(), 422, INVALID, "/name"),
        (
            Method::POST,
            "/customers".to_owned(),
            json!({"name": "Ada", "phone": ""}).to_string(),
            422,
            INVALID,
            "/phone",
        ),
        (
            Method::POST,
            "/customers".to_owned(),
            json!({"name": "Ada", "phone": "1", "vip": 1}).to_string(),
            422,
            INVALID,
            "/vip",
        ),
        (Method::POST, "/payments".to_owned(), amount("1", "USD"), 422, INVALID, "/amount/currency"),
        (
            Method::POST,
            "/payments".to_owned(),
            json!({"customer_id": NOBODY, "amount": eur(1)}).to_string(),
            422,
            INVALID,
            "/customer_id",
        ),
        (
            Method::POST,
            "/payments".to_owned(),
            json!({"customer_id": "me", "amount": eur(1)}).to_string(),
            422,
            INVALID,
            "/customer_id",
        ),
        (Method::POST, format!("/orders/{NOBODY}/pay"), "{}".to_owned(), 404, "unknown_order", "none"),
        (Method::POST, format!("/orders/{NOBODY}/cancel"), "{}".to_owned(), 404, "unknown_order", "none"),
        (Method::POST, "/orders/me/pay".to_owned(), "{}".to_owned(), 400, "invalid_id", "none"),
        (
            Method::POST,
            "/orders/archive".to_owned(),
            json!({"ids": [NOBODY]}).to_string(),
            404,
            "unknown_order",
            "/ids/0",
        ),
    ];
    for bad in ["0", "-1", "1.5", "10001", "99999999999999999999", "\"2\"", "null"] {
        rows.push((Method::POST, orders(), order(customer, payment, product, bad), 422, INVALID, "/items/0/quantity"));
        rows.push((Method::PUT, item(), format!(r#"{{"quantity":{bad}}}"#), 422, INVALID, "/quantity"));
    }
    for bad in ["-1", "0.01", "9007199254740992", "99999999999999999999", "\"5\""] {
        rows.push((Method::POST, "/payments".to_owned(), amount(bad, "EUR"), 422, INVALID, "/amount/amount_minor"));
    }
    given.refuses(&rows).await;
}

#[tokio::test]
async fn an_order_may_not_cost_more_than_there_is() {
    let given = given().await;
    let dear = given.app.product(&given.store, 9_007_199_254_740_991, 10).await;
    let body = crate::app::order(&given.customer, &given.payment, &[(&dear, 2)]).to_string();
    given.refuses(&[(Method::POST, "/orders".to_owned(), body, 422, INVALID, "/items")]).await;
}

#[tokio::test]
async fn zero_is_a_price_and_an_amount() {
    let given = given().await;
    given.app.product(&given.store, 0, 0).await;
    given.app.payment(&given.customer, 0).await;
}

#[tokio::test]
async fn what_is_not_json_is_refused_as_such() {
    let given = given().await;
    let malformed = [
        "",
        "{",
        "{\"name\":}",
        "{\"name\":\"N\",}",
        "{\"name\":\"N\",\"location\":\"H\"} x",
        "\u{feff}{}",
        "{\"name\":\"\\ud800\"}",
        "nul",
    ];
    let rows: Vec<_> = malformed
        .iter()
        .map(|body| (Method::POST, "/stores".to_owned(), (*body).to_owned(), 400, "malformed_json", "none"))
        .collect();
    given.refuses(&rows).await;
    let wrong_shape = ["[]", "null", "5", "\"x\""];
    let rows: Vec<_> = wrong_shape
        .iter()
        .map(|body| (Method::POST, "/stores".to_owned(), (*body).to_owned(), 422, INVALID, ""))
        .collect();
    given.refuses(&rows).await;
}

#[tokio::test]
async fn bodies_must_be_json_and_small() {
    let given = given().await;
    let head = given.head().await;
    let store = json!({"name": "N", "location": "H"}).to_string();
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/xml")] {
        let mut request = given.app.request(Method::POST, "/stores").body(store.clone());
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        send(request).await.refused(415, "unsupported_media_type");
    }
    let long = format!(r#"{{"name":"N","location":"{}"}}"#, "x".repeat(64 * 1_024));
    given.send(Method::POST, "/stores", &long).await.refused(413, "body_too_large");
    let padded = format!(r#"{{"name":"N","location":"H"{}}}"#, " ".repeat(60 * 1_024));
    assert_eq!(given.head().await, head);
    given.send(Method::POST, "/stores", &padded).await.expect(201);
}

#[tokio::test]
async fn paths_methods_and_parameters_are_checked() {
    let given = given().await;
    given.app.get("/nothing").await.refused(404, "not_found");
    given.app.delete("/customers").await.refused(405, "method_not_allowed");
    for (path, code) in [
        (format!("/stores/{NOBODY}"), "unknown_store"),
        (format!("/products/{NOBODY}"), "unknown_product"),
        (format!("/customers/{NOBODY}"), "unknown_customer"),
        (format!("/payments/{NOBODY}"), "unknown_payment"),
        (format!("/baskets/{NOBODY}"), "unknown_basket"),
        (format!("/orders/{NOBODY}"), "unknown_order"),
        (format!("/orders/{NOBODY}/events"), "unknown_order"),
    ] {
        given.app.get(&path).await.refused(404, code);
    }
    given.app.get("/stores/1").await.refused(400, "invalid_id");
    for (query, parameter) in [
        ("limit=0", "?limit"),
        ("limit=201", "?limit"),
        ("limit=-1", "?limit"),
        ("limit=x", "?limit"),
        ("status=lost", "?status"),
        ("reason=LAZY", "?reason"),
        ("created_after=yesterday", "?created_after"),
        ("archived=maybe", "?archived"),
        ("store_id=7", "?store_id"),
        ("colour=red", "?colour"),
        ("limit=1&limit=2", "?limit"),
    ] {
        let problem = given.app.get(&format!("/orders?{query}")).await.refused(422, INVALID);
        assert_eq!(problem["errors"][0]["pointer"], parameter, "{query}: {problem}");
    }
    given.app.get("/orders?cursor=abc").await.refused(400, "invalid_cursor");
}

#[tokio::test]
async fn wrong_versions_change_nothing() {
    let given = given().await;
    let head = given.head().await;
    let product = format!("/products/{}", given.product);
    let edit = async |tag: &str| {
        let request = given.app.request(Method::PATCH, &product).header("if-match", tag);
        send(request.json(&json!({"name": "Other"}))).await
    };
    edit("\"v99\"").await.refused(412, "version_mismatch");
    edit("W/\"v1\"").await.refused(412, "version_mismatch");
    edit("1").await.refused(400, "invalid_header");
    edit("\"latest\"").await.refused(412, "version_mismatch");
    assert_eq!(given.head().await, head);
    let key = given.app.request(Method::POST, "/stores").header("idempotency-key", "a b");
    send(key.json(&json!({"name": "N", "location": "H"}))).await.refused(400, "invalid_header");
    assert_eq!(given.head().await, head);
}

#[tokio::test]
async fn a_sku_is_unique_within_its_store() {
    let given = given().await;
    let tea = json!({"name": "Tea", "sku": "T-1", "price": eur(1), "stock": 1});
    let products = format!("/stores/{}/products", given.store);
    let first = id(&given.app.post(&products, &tea).await.expect(201));
    let problem = given.app.post(&products, &tea).await.refused(409, "sku_taken");
    assert_eq!(problem["errors"][0]["pointer"], "/sku");
    given.app.patch(&format!("/products/{}", given.product), &json!({"sku": "T-1"})).await.refused(409, "sku_taken");
    let other = given.app.store(None).await;
    given.app.post(&format!("/stores/{other}/products"), &tea).await.expect(201);
    given.app.delete(&format!("/products/{first}")).await.expect(204);
    given.app.post(&products, &tea).await.expect(201);
}

#[tokio::test]
async fn answers_carry_the_headers_that_keep_browsers_safe() {
    let app = TestApp::start().await;
    for path in ["/api/v1/stores", "/api/v1/nothing", "/livez", "/", "/swagger/"] {
        let answer = send(app.client().get(Url::parse(app.url()).unwrap().join(path).unwrap())).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
    let page = app.get("//").await;
    assert!(page.header("content-security-policy").contains("default-src 'none'"), "{:?}", page.headers);
}
