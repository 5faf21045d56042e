//! Lists: pages, filters, sorting, CSV; and single resources with their versions.

use crate::app::{TestApp, eur, id, send, text};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

fn names(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| text(&item["name"])).collect()
}

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(id).collect()
}

/// A mall with one store that sells these: name, price, stock.
async fn shelf(products: &[(&str, i64, i64)]) -> (TestApp, String) {
    let app = TestApp::with(&["--payment-delay", "10ms", "--store-delay", "20ms"]).await;
    let store = app.store(None).await;
    for (name, price, stock) in products {
        let product = json!({"name": name, "price": eur(*price), "stock": stock});
        app.post(&format!("/stores/{store}/products"), &product).await.expect(201);
    }
    (app, store)
}

#[tokio::test]
async fn pages_are_newest_first_without_gap_or_repeat() {
    let (app, _) =
        shelf(&[("a", 3, 1), ("b", 1, 2), ("c", 2, 3), ("d", 1, 4), ("e", 9, 5), ("f", 1, 6), ("g", 4, 7)]).await;
    let (mut seen, mut cursor, mut sizes) = (Vec::new(), String::new(), Vec::new());
    loop {
        let page = app.get(&format!("/products?limit=3{cursor}")).await.expect(200);
        let items = page["items"].as_array().unwrap();
        sizes.push(items.len());
        seen.extend(names(items));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["g", "f", "e", "d", "c", "b", "a"]);
    assert_eq!(sizes, [3, 3, 1]);
    let first = app.get("/products?limit=3").await.expect(200);
    let cursor = text(&first["next_cursor"]);
    app.get(&format!("/products?sort=price&cursor={cursor}")).await.refused(400, "invalid_cursor");
}

#[tokio::test]
async fn products_are_sorted_and_searched() {
    let (app, store) = shelf(&[("Ähre", 300, 5), ("Brot 50%", 100, 9), ("cake", 200, 1), ("Dill_x", 100, 0)]).await;
    let sorted = async |sort: &str| names(&app.all(&format!("/products?sort={sort}")).await);
    assert_eq!(sorted("-price").await[0], "Ähre");
    assert_eq!(sorted("price").await.last().unwrap(), "Ähre");
    assert_eq!(sorted("stock").await, ["Dill_x", "cake", "Ähre", "Brot 50%"]);
    assert_eq!(sorted("-stock").await, ["Brot 50%", "Ähre", "cake", "Dill_x"]);
    let found = async |q: &str| {
        let request = app.request(Method::GET, &format!("/products?q={q}&store_id={store}"));
        names(send(request).await.expect(200)["items"].as_array().unwrap())
    };
    assert_eq!(found("%C3%A4HR").await, ["Ähre"], "any case, beyond ASCII");
    assert_eq!(found("%25").await, ["Brot 50%"], "wildcards are taken literally");
    assert_eq!(found("_").await, ["Dill_x"]);
    assert_eq!(found("nothing").await, Vec::<String>::new());
}

#[tokio::test]
async fn orders_are_filtered_by_everything_they_have() {
    let (app, store) = shelf(&[("tea", 100, 3)]).await;
    let tea = id(&app.all("/products").await[0]);
    let other_store = app.store(None).await;
    let cup = app.product(&other_store, 50, 10).await;
    let (ada, bob) = (app.customer().await, app.customer().await);
    let (rich, poor) = (app.payment(&ada, 10_000).await, app.payment(&bob, 10).await);
    let served = id(&app.order(&ada, &rich, &[(&tea, 1), (&cup, 1)]).await);
    app.until(&served, "accepted").await;
    app.pay(&served).await.expect(200);
    let broke = id(&app.order(&bob, &poor, &[(&cup, 1)]).await);
    app.until(&broke, "rejected").await;
    let greedy = id(&app.order(&ada, &rich, &[(&tea, 5)]).await);
    app.until(&greedy, "rejected").await;
    let called_off = id(&app.order(&ada, &rich, &[(&cup, 1)]).await);
    app.cancel(&called_off).await.expect(200);

    let found = async |query: &str| ids(&app.all(&format!("/orders?{query}")).await);
    let newest_first = [&called_off, &greedy, &broke, &served].map(Clone::clone);
    assert_eq!(found("").await, newest_first);
    assert_eq!(found("sort=created_at").await, newest_first.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(found("status=delivered").await, [served.as_str()]);
    assert_eq!(found("status=rejected").await, [greedy.clone(), broke.clone()]);
    assert_eq!(found("reason=OUT_OF_STOCK").await, [greedy.as_str()]);
    assert_eq!(found("reason=NOT_ENOUGH_MONEY").await, [broke.as_str()]);
    assert_eq!(found(&format!("customer_id={bob}")).await, [broke.as_str()]);
    assert_eq!(found(&format!("store_id={store}")).await, [greedy.clone(), served.clone()]);
    assert_eq!(found(&format!("store_id={other_store}&customer_id={ada}")).await, [called_off.clone(), served.clone()]);
    assert!(found(&format!("q={}", &broke[..18])).await.contains(&broke));
    let made = text(&app.look(&greedy).await["created_at"]);
    assert_eq!(found(&format!("created_after={made}")).await, [called_off.clone(), greedy.clone()]);
    assert_eq!(found(&format!("created_before={made}")).await, [broke.clone(), served.clone()]);

    app.post("/orders/archive", &json!({"ids": [served, broke]})).await.expect(200);
    assert_eq!(found("").await, [called_off, greedy]);
    assert_eq!(found("archived=true").await, [broke, served.clone()]);
    assert_eq!(app.look(&served).await["status"], "delivered", "an archived order can still be read");
    let customers = app.all("/customers").await;
    let ada = customers.iter().find(|customer| customer["id"] == *ada).unwrap();
    assert_eq!((&ada["order_count"], &ada["captured"]), (&json!(3), &eur(150)));
}

#[tokio::test]
async fn orders_are_listed_by_when_they_were_submitted_though_their_ids_are_made_before() {
    let (app, store) = shelf(&[("tea", 100, 1_000)]).await;
    let tea = id(&app.all("/products").await[0]);
    let customer = app.customer().await;
    let payment = app.payment(&customer, 100_000).await;
    let submit = async || app.order(&customer, &payment, &[(&tea, 1)]).await;
    let orders = join_all((0..160).map(|_| submit())).await;
    for order in &orders {
        app.until(&id(order), "accepted").await;
    }

    let key = |order: &Value| (text(&order["created_at"]), id(order));
    let keys = async |query: &str| {
        let (mut keys, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = app.get(&format!("/orders?limit=7&{query}{cursor}")).await.expect(200);
            keys.extend(page["items"].as_array().unwrap().iter().map(key));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return keys,
            }
        }
    };
    for filter in ["q=", "status=accepted", &format!("customer_id={customer}"), &format!("store_id={store}")] {
        let oldest = keys(&format!("{filter}&sort=created_at")).await;
        assert!(oldest.len() == 160 && oldest.is_sorted(), "{filter}: {oldest:?}");
        for newest in [filter.to_owned(), format!("{filter}&sort=-created_at")] {
            assert!(keys(&newest).await.iter().rev().eq(&oldest), "{newest}");
        }
        let (from, _) = &oldest[50];
        let later = keys(&format!("{filter}&sort=created_at&created_after={from}")).await;
        assert!(later.iter().eq(oldest.iter().filter(|(at, _)| at >= from)), "{filter}");
    }
    for order in &orders {
        app.cancel(&id(order)).await.expect(200);
    }
}

#[tokio::test]
async fn an_order_can_be_seen_as_it_was() {
    let (app, _) = shelf(&[("tea", 100, 3)]).await;
    let tea = id(&app.all("/products").await[0]);
    let customer = app.customer().await;
    let payment = app.payment(&customer, 1_000).await;
    let order = id(&app.order(&customer, &payment, &[(&tea, 1)]).await);
    app.until(&order, "accepted").await;
    let paid = app.pay(&order).await.expect(200);
    let version = paid["version"].as_u64().unwrap();
    let events = app.all(&format!("/orders/{order}/events")).await;
    assert!(events.len() as u64 >= version, "{events:?}");
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event["streamversion"], index + 1);
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["subject"], format!("order/{order}"));
    }
    let first = app.get(&format!("/orders/{order}?at_version=1")).await.expect(200);
    assert_eq!((&first["status"], &first["version"]), (&json!("pending"), &json!(1)));
    app.get(&format!("/orders/{order}?at_version=0")).await.refused(422, "validation_failed");
    app.get(&format!("/orders/{order}?at_version=99")).await.refused(422, "validation_failed");
}

#[tokio::test]
async fn a_change_can_insist_on_the_version_it_saw() {
    let (app, store) = shelf(&[("tea", 100, 3)]).await;
    let tea = id(&app.all("/products").await[0]);
    for path in [format!("/products/{tea}"), format!("/stores/{store}")] {
        let tag = app.get(&path).await.header("etag").to_owned();
        let edit = async |tag: &str, name: &str| {
            send(app.request(Method::PATCH, &path).header("if-match", tag).json(&json!({"name": name}))).await
        };
        let edited = edit(&tag, "First").await;
        let next = edited.header("etag").to_owned();
        assert_ne!(next, tag);
        let version = edited.expect(200)["version"].clone();
        assert_eq!(next, format!("\"v{version}\""));
        edit(&tag, "Second").await.refused(412, "version_mismatch");
        assert_eq!(app.get(&path).await.expect(200)["name"], "First");
        edit(&next, "Second").await.expect(200);
        edit("*", "Third").await.expect(200);
    }
    let stale = app.request(Method::DELETE, &format!("/products/{tea}")).header("if-match", "\"v1\"");
    send(stale).await.refused(412, "version_mismatch");
}

#[tokio::test]
async fn lists_can_be_exported_as_csv() {
    let (app, store) = shelf(&[("=1+1", 100, 3), ("say \"hi\", twice", 200, 4), ("tea", 300, 5)]).await;
    let by_parameter = app.get("/products?format=csv").await;
    let by_header = send(app.request(Method::GET, "/products?limit=1").header("accept", "text/csv")).await;
    assert_eq!(by_parameter.text, by_header.text, "an export holds all rows, whatever the page");
    assert_eq!(by_parameter.header("content-type"), "text/csv; charset=utf-8");
    assert!(by_parameter.header("content-disposition").starts_with("attachment; filename="));
    let lines: Vec<_> = by_parameter.text.split("\r\n").collect();
    assert!(lines[0].starts_with("id,store_id,store_name,sku,name,"), "{}", lines[0]);
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(by_parameter.text.contains("\"'=1+1\""), "{}", by_parameter.text);
    assert!(by_parameter.text.contains("\"say \"\"hi\"\", twice\""), "{}", by_parameter.text);
    let marked = app.get("/products?format=csv&bom=true").await.text;
    assert_eq!(marked.strip_prefix('\u{feff}'), Some(by_parameter.text.as_str()), "for spreadsheets");
    assert!(app.get("/orders?format=csv&bom=true").await.text.starts_with("\u{feff}id,"));
    let of_store = app.get(&format!("/stores/{store}/products?format=csv")).await;
    assert_eq!(of_store.text.lines().count(), 4);

    let customer = app.customer().await;
    let payment = app.payment(&customer, 1_000).await;
    let tea = id(&app.all("/products?q=tea").await[0]);
    let order = id(&app.order(&customer, &payment, &[(&tea, 2)]).await);
    app.until(&order, "accepted").await;
    app.cancel(&order).await.expect(200);
    let orders = app.get("/orders?format=csv&status=cancelled").await.text;
    let row: Vec<_> = orders.lines().nth(1).unwrap().split(',').collect();
    assert_eq!((row[0], row[3]), (order.as_str(), "cancelled"), "{orders}");
    assert_eq!(app.get("/orders?format=csv&status=expired").await.text.lines().count(), 1);
}

#[tokio::test]
async fn baskets_outlive_the_server_and_know_their_customer() {
    let (mut app, store) = shelf(&[("tea", 100, 3)]).await;
    let tea = id(&app.all("/products").await[0]);
    let basket = id(&app.post("/baskets", &json!({})).await.expect(201));
    let item = format!("/baskets/{basket}/items/{tea}");
    let filled = app.put(&item, &json!({"quantity": 9})).await.expect(200);
    assert_eq!((&filled["items"][0]["quantity"], &filled["items"][0]["available"]), (&json!(9), &json!(3)));
    app.kill9();
    app.restart().await;
    let kept = app.get(&format!("/baskets/{basket}")).await.expect(200);
    assert_eq!((&kept["items"], &kept["total"]), (&filled["items"], &eur(900)));
    let (ada, bob) = (app.customer().await, app.customer().await);
    app.put(&format!("/baskets/{basket}/customer"), &json!({"customer_id": ada})).await.expect(200);
    app.put(&format!("/baskets/{basket}/customer"), &json!({"customer_id": bob})).await.refused(409, "basket_taken");
    assert_eq!(app.delete(&item).await.expect(200)["items"], json!([]));
    app.delete(&item).await.refused(404, "unknown_item");
    app.delete(&format!("/stores/{store}/participation")).await.expect(200);
    app.put(&item, &json!({"quantity": 1})).await.refused(409, "store_not_participating");
}

#[tokio::test]
async fn products_are_archived_one_by_one_in_bulk_and_all() {
    let (app, store) = shelf(&[("a", 1, 1), ("b", 1, 1), ("c", 1, 1), ("d", 1, 1)]).await;
    let products = ids(&app.all("/products").await);
    app.delete(&format!("/products/{}", products[0])).await.expect(204);
    app.delete(&format!("/products/{}", products[0])).await.refused(404, "unknown_product");
    let missing = json!({"ids": [products[1], crate::app::NOBODY]});
    app.post("/products/archive", &missing).await.refused(404, "unknown_product");
    assert_eq!(app.all("/products").await.len(), 3, "nothing happens when one is unknown");
    let archived = app.post("/products/archive", &json!({"ids": [products[1], products[1]]})).await.expect(200);
    assert_eq!(archived["archived"], 1);
    assert_eq!(app.delete(&format!("/stores/{store}/products")).await.expect(200)["archived"], 2);
    assert_eq!(app.get(&format!("/stores/{store}")).await.expect(200)["product_count"], 0);
}

#[tokio::test]
async fn a_payment_can_be_voided_down_to_what_is_held() {
    let (app, _) = shelf(&[("tea", 100, 3)]).await;
    let tea = id(&app.all("/products").await[0]);
    let customer = app.customer().await;
    let payment = app.payment(&customer, 1_000).await;
    let order = id(&app.order(&customer, &payment, &[(&tea, 1)]).await);
    app.until(&order, "accepted").await;
    let voided = app.post(&format!("/payments/{payment}/void"), &json!({})).await.expect(200);
    assert_eq!((&voided["available"], &voided["held"], &voided["authorized"]), (&eur(0), &eur(100), &eur(100)));
    app.pay(&order).await.expect(200);
    let late = id(&app.order(&customer, &payment, &[(&tea, 1)]).await);
    assert_eq!(app.until(&late, "rejected").await["reasons"], json!(["NOT_ENOUGH_MONEY"]));
}
