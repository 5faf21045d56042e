//! The live event stream: nothing is lost or repeated, whatever happens to the connection or the server.

use crate::app::{DEADLINE, TestApp, eur, eventually, id, order, send, text};
use crate::refused::{Hand, metric};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// A client of the stream.
pub struct Listener {
    headers: HeaderMap,
    bytes: BoxStream<'static, Option<Vec<u8>>>,
    unread: String,
    said: String,
}

impl Listener {
    pub async fn connect(app: &TestApp, query: &str, last_event_id: Option<u64>) -> Self {
        let mut request = app.request(Method::GET, &format!("/events/stream?{query}"));
        if let Some(position) = last_event_id {
            request = request.header("last-event-id", position.to_string());
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let headers = answer.headers().clone();
        let bytes = answer.bytes_stream().map(|piece| piece.ok().map(|piece| piece.to_vec())).boxed();
        Self { headers, bytes, unread: String::new(), said: String::new() }
    }

    /// The next event with its position; `None` when the connection ended.
    pub async fn next(&mut self) -> Option<(u64, Value)> {
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.unread = rest;
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                if let (Some(id), Some(data)) = (field("id: "), field("data: ")) {
                    return Some((id.parse().unwrap(), serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let piece = tokio::time::timeout(DEADLINE, self.bytes.next()).await.expect("an event within the deadline");
            let piece = String::from_utf8(piece??).unwrap();
            self.said.push_str(&piece);
            self.unread.push_str(&piece);
        }
    }

    /// Events until one of this type.
    async fn until(&mut self, kind: &str) -> Vec<(u64, Value)> {
        let mut seen = Vec::new();
        loop {
            let event = self.next().await.expect("the stream goes on");
            let found = event.1["type"] == kind;
            seen.push(event);
            if found {
                return seen;
            }
        }
    }
}

struct Shop {
    app: TestApp,
    store: String,
    product: String,
    customer: String,
    payment: String,
}

async fn shop() -> Shop {
    let app = TestApp::with(&["--payment-delay", "20ms", "--store-delay", "40ms"]).await;
    let store = app.store(None).await;
    let product = app.product(&store, 100, 100_000).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, 1_000_000).await;
    Shop { app, store, product, customer, payment }
}

impl Shop {
    async fn order(&self) -> String {
        id(&self.app.order(&self.customer, &self.payment, &[(&self.product, 1)]).await)
    }

    /// Takes an order to delivered.
    async fn sell(&self) -> String {
        let order = self.order().await;
        self.app.until(&order, "accepted").await;
        self.app.pay(&order).await.expect(200);
        order
    }
}

#[tokio::test]
async fn a_listener_sees_every_event_once_over_a_crash() {
    let mut shop = shop().await;
    let mut seen: Vec<(u64, Value)> = Vec::new();
    for round in 0..3 {
        let last = seen.last().map(|(position, _)| *position);
        let mut listener = Listener::connect(&shop.app, "after=0", last).await;
        let order = shop.order().await;
        // Read on to somewhere within the order's life, while more is committed.
        for _ in 0..4 + round {
            seen.push(listener.next().await.unwrap());
        }
        shop.sell().await;
        shop.app.kill9();
        // What is still in the connection counts; then it ends.
        while let Some(event) = listener.next().await {
            seen.push(event);
        }
        shop.app.restart().await;
        shop.app.until(&order, "accepted").await;
        shop.app.pay(&order).await.expect(200);
    }
    let head = shop.app.get("/status").await.expect(200)["head_position"].as_u64().unwrap();
    let mut listener = Listener::connect(&shop.app, "", seen.last().map(|(position, _)| *position)).await;
    while seen.last().unwrap().0 < head {
        seen.push(listener.next().await.unwrap());
    }
    let positions: Vec<_> = seen.iter().map(|(position, _)| *position).collect();
    assert_eq!(positions, (1..=head).collect::<Vec<_>>(), "every position once, in order");
    let listed = shop.app.all("/events").await;
    let streamed: Vec<_> = seen.into_iter().map(|(_, event)| event).collect();
    assert_eq!(streamed, listed, "the stream and the list say the same");
}

#[tokio::test]
async fn a_commit_and_a_page_of_large_events_are_sent_piece_by_piece() {
    const ORDERS: usize = 32;
    let mut shop = shop().await;
    // Names as long as they can be: so many orders are more than a page of events and more than may wait for a client.
    let name = "a".repeat(120);
    let path = format!("/stores/{}/products", shop.store);
    let made = (0..100).map(|number| {
        let body = json!({ "name": name, "sku": format!("{number:0>64}"), "price": eur(1), "stock": 1_000 });
        send(shop.app.request(Method::POST, &path).json(&body))
    });
    let made = futures_util::future::join_all(made).await;
    let products: Vec<String> = made.into_iter().map(|answer| id(&answer.expect(201))).collect();
    let lines: Vec<_> = products.iter().map(|product| (product.as_str(), 1)).collect();
    let body = order(&shop.customer, &shop.payment, &lines);
    let mut everything = Listener::connect(&shop.app, "", None).await;
    let mut submissions = Listener::connect(&shop.app, "type=order.submitted", None).await;
    // What waits behind one that waits for the lock is one commit.
    let mut hand = Hand::on(&shop.app);
    hand.locks("events");
    let first = tokio::spawn(send(shop.app.request(Method::POST, "/baskets").json(&json!({}))));
    eventually("the first one waits", async || {
        (shop.app.get("/status").await.expect(200)["queue"]["admitted"] == 1).then_some(())
    })
    .await;
    let asked = (0..ORDERS).map(|_| send(shop.app.request(Method::POST, "/orders").json(&body)));
    let unlock = eventually("all others wait", async || {
        (metric(&shop.app, "plaza_writer_queue_depth").await >= 32.0).then(|| hand.does("COMMIT"))
    });
    let (answers, ()) = futures_util::future::join(futures_util::future::join_all(asked), unlock).await;
    let mut orders: Vec<_> = answers.into_iter().map(|answer| id(&answer.expect(201))).collect();
    orders.sort();
    for listener in [&mut everything, &mut submissions] {
        let mut seen: Vec<(u64, String)> = Vec::new();
        while seen.len() < ORDERS {
            let (position, event) = listener.next().await.expect("nobody is cut off");
            if event["type"] == "plaza.order.submitted.v1" {
                seen.push((position, text(&event["subject"]).rsplit('/').next().unwrap().to_owned()));
            }
        }
        assert!(seen.is_sorted_by(|one, next| one.0 < next.0), "{seen:?}");
        let mut named: Vec<_> = seen.into_iter().map(|(_, order)| order).collect();
        named.sort();
        assert_eq!(named, orders);
    }
    first.await.unwrap().expect(201);
    let first = shop.app.get("/events?type=order.submitted&limit=200").await;
    assert!(first.text.len() < 1_200_000, "{} bytes", first.text.len());
    assert!(text(&first.expect(200)["next_cursor"]).parse::<u64>().is_ok(), "there are more");
    assert_eq!(shop.app.all("/events?type=order.submitted").await.len(), ORDERS);
    for order in orders {
        shop.app.cancel(&order).await.expect(200);
    }
    shop.app.stop();
}

#[tokio::test]
async fn a_stream_starts_now_unless_told_and_says_what_it_is() {
    let shop = shop().await;
    let mut listener = Listener::connect(&shop.app, "", None).await;
    assert_eq!(listener.headers["content-type"], "text/event-stream");
    assert!(listener.headers["cache-control"].to_str().unwrap().contains("no-cache"));
    assert_eq!(listener.headers["x-accel-buffering"], "no");
    let head = shop.app.get("/status").await.expect(200)["head_position"].as_u64().unwrap();
    let order = shop.sell().await;
    let events = listener.until("plaza.order.delivered.v1").await;
    assert_eq!(events[0].0, head + 1);
    assert!(listener.said.starts_with("retry: "), "{}", listener.said);
    let (_, submitted) = &events[0];
    assert_eq!(submitted["type"], "plaza.order.submitted.v1");
    assert_eq!(submitted["subject"], format!("order/{order}"));
    assert_eq!(submitted["sequence"], (head + 1).to_string());
    assert_eq!(submitted["correlationid"], order.as_str());
    assert!(text(&submitted["id"]).ends_with(&format!("-{}", head + 1)));
}

#[tokio::test]
async fn streams_are_filtered_by_order_customer_store_and_type() {
    let shop = shop().await;
    let stranger = shop.app.customer().await;
    let strangers_payment = shop.app.payment(&stranger, 1_000).await;
    let other_store = shop.app.store(None).await;
    let other = shop.app.product(&other_store, 5, 5).await;
    let head = shop.app.get("/status").await.expect(200)["head_position"].as_u64().unwrap();
    let noise = id(&shop.app.order(&stranger, &strangers_payment, &[(&other, 1)]).await);
    let order = shop.order().await;
    shop.app.until(&order, "accepted").await;
    shop.app.until(&noise, "accepted").await;
    shop.app.pay(&noise).await.expect(200);
    shop.app.pay(&order).await.expect(200);
    let end = "plaza.order.delivered.v1";
    let (customer, store, payment) = (&shop.customer, &shop.store, &shop.payment);
    let subjects = async |query: String| {
        let mut listener = Listener::connect(&shop.app, &format!("after={head}&{query}"), None).await;
        let events = listener.until(end).await;
        events.into_iter().map(|(_, event)| text(&event["subject"])).collect::<Vec<_>>()
    };
    let own = |subject: &String| *subject == format!("order/{order}") || *subject == format!("payment/{payment}");
    assert!(subjects(format!("order_id={order}")).await.iter().all(|subject| *subject == format!("order/{order}")));
    let of_customer = subjects(format!("customer_id={customer}")).await;
    assert!(
        of_customer.iter().all(own) && of_customer.iter().any(|subject| subject.starts_with("payment/")),
        "{of_customer:?}"
    );
    let led_to = subjects(format!("correlation_id={order}")).await;
    assert!(led_to.iter().all(|subject| own(subject) || *subject == format!("store/{store}")), "{led_to:?}");
    assert!(led_to.contains(&format!("store/{store}")), "what its store reserved is part of its story: {led_to:?}");
    let of_type = subjects(format!("type=order.submitted,{end}")).await;
    assert_eq!(of_type.len(), 3, "{of_type:?}");
    // The store's events end before the order's last one, which names no store.
    let mut listener = Listener::connect(&shop.app, &format!("after={head}&store_id={store}"), None).await;
    let events = listener.until("plaza.store.stock_shipped.v1").await;
    let foreign = |event: &Value| {
        text(&event["subject"]) == format!("order/{noise}") || text(&event["subject"]) == format!("store/{other_store}")
    };
    assert!(!events.iter().any(|(_, event)| foreign(event)), "{events:?}");
}

#[tokio::test]
async fn events_are_listed_both_ways_and_by_type() {
    let shop = shop().await;
    let order = shop.sell().await;
    let of_type = shop.app.all("/events?type=plaza.order.submitted.v1").await;
    assert_eq!(of_type.len(), 1);
    assert_eq!(of_type[0]["data"]["customer_id"], shop.customer.as_str());
    let of_order = shop.app.all(&format!("/events?stream_id={order}")).await;
    assert_eq!(of_order, shop.app.all(&format!("/orders/{order}/events")).await);
    let two = shop.app.all("/events?type=order.submitted,%20plaza.order.accepted.v1").await;
    assert_eq!(two.iter().map(|event| text(&event["subject"])).collect::<Vec<_>>(), vec![format!("order/{order}"); 2]);
    let led_to = shop.app.all(&format!("/events?correlation_id={order}")).await;
    let said = |event: &Value| text(&event["correlationid"]) == order;
    let everything = shop.app.all("/events").await;
    assert_eq!(led_to, everything.iter().filter(|event| said(event)).cloned().collect::<Vec<_>>());
    let kinds = ["order/", "payment/", "store/"];
    let is_told = |kind: &str| led_to.iter().any(|event| text(&event["subject"]).starts_with(kind));
    assert!(kinds.into_iter().all(is_told), "{led_to:?}");
    let back = shop.app.get(&format!("/events?correlation_id={order}&order=desc&limit=2")).await.expect(200);
    assert_eq!(back["items"][0], *led_to.last().unwrap());
    let behind = format!("/events?correlation_id={order}&order=desc&cursor={}", text(&back["next_cursor"]));
    assert_eq!(shop.app.get(&behind).await.expect(200)["items"][0], led_to[led_to.len() - 3]);
    shop.app.get("/events?correlation_id=x").await.refused(422, "validation_failed");
    let newest = shop.app.get("/events?order=desc&limit=1").await.expect(200)["items"][0].clone();
    let all = shop.app.all("/events").await;
    assert_eq!(newest, *all.last().unwrap());
    let after = shop.app.get("/events?after=2&limit=1").await.expect(200);
    assert_eq!(after["items"][0]["sequence"], "3");
}

#[tokio::test]
async fn a_listener_that_leaves_gives_its_place_back() {
    let shop = shop().await;
    let clients = async || {
        let metrics = shop.app.get("//metrics").await.text;
        let line = metrics.lines().find_map(|line| line.strip_prefix("plaza_sse_clients "));
        line.map(|count| count.parse::<i64>().unwrap()).unwrap()
    };
    let listeners = [Listener::connect(&shop.app, "", None).await, Listener::connect(&shop.app, "", None).await];
    assert_eq!(clients().await, 2);
    drop(listeners);
    // A connection is known to be gone when something is sent to it: an event, or the heartbeat.
    eventually("both places are free", async || {
        shop.app.store(None).await;
        (clients().await == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_customers_stream_misses_no_order_that_is_placed_while_it_opens() {
    let app = TestApp::start().await;
    let product = app.product(&app.store(None).await, 100, 10_000).await;
    for round in 0..25 {
        let customer = app.customer().await;
        let payment = app.payment(&customer, 1_000).await;
        let query = format!("customer_id={customer}");
        let open = futures_util::future::join_all((0..8).map(|_| Listener::connect(&app, &query, None)));
        let lines = [(product.as_str(), 1)];
        let (mut listeners, order) = tokio::join!(open, app.order(&customer, &payment, &lines));
        app.until(&id(&order), "accepted").await;
        for listener in &mut listeners {
            let seen = listener.until("plaza.order.accepted.v1").await;
            assert!(seen.iter().all(|(position, _)| *position > 0), "round {round}");
        }
        app.cancel(&id(&order)).await.expect(200);
    }
}
