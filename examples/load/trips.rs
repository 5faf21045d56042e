//! Whole shopping trips, as people make them: closed loops of six requests.

use crate::Load;
use crate::client::{Connection, Target};
use crate::drive::{Tally, allowed, as_f64, prepare, report};
use crate::mall::id;
use crate::metrics::cpu_seconds;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::spawn_local;
use tokio::time::sleep;

/// How long after a verdict is due somebody pays, and tries again.
const LATER: Duration = Duration::from_millis(100);

/// How often a shopper thinks on a trip.
const THINKS: u64 = 4;

/// Makes whole shopping trips, each connection one after the other, and measures for a time once all have come.
pub async fn drive(load: &Load, seconds: u64, pid: Option<u32>) -> Result<()> {
    let (_, target, bodies) = prepare(load, 4).await?;
    // What is bought is the first line of a prepared order; who buys it is new each time.
    let items = bodies.iter().map(|body| Ok(serde_json::from_str::<Value>(body)?["items"][0].clone()));
    let items: Rc<[Value]> = items.collect::<Result<_>>()?;
    let (requests, submits) = (Tally::new()?, Tally::new()?);
    // They come one after the other: who comes at once orders at once for ever.
    let coming = Duration::from_millis(1_000 + load.delay_ms + THINKS * load.think_ms);
    let comes = |number: usize| anyhow::Ok(coming * u32::try_from(number)? / u32::try_from(load.connections)?);
    let counts_from = Instant::now() + coming;
    let until = counts_from + Duration::from_secs(seconds);
    let mut tasks = Vec::new();
    for number in 0..load.connections {
        let (target, items, comes) = (target.clone(), items.clone(), comes(number)?);
        let (requests, submits) = (requests.clone(), submits.clone());
        let (verdict, think) = (Duration::from_millis(load.delay_ms), Duration::from_millis(load.think_ms));
        tasks.push(spawn_local(async move {
            sleep(comes).await;
            let conn = Connection::open(target.addr).await?;
            let mut shopper = Shopper { conn, target, requests, submits, verdict, think, counts_from, number, keys: 0 };
            let (mut turn, mut trips) = (number * 31, 0_u64);
            while Instant::now() < until {
                turn += 1;
                shopper.trip(&items[turn % items.len()]).await?;
                trips += u64::from((counts_from..until).contains(&Instant::now()));
            }
            anyhow::Ok(trips)
        }));
    }
    sleep(coming).await;
    let cpu_before = pid.map(cpu_seconds).transpose()?;
    let mut trips = 0;
    for task in tasks {
        trips += task.await??;
    }
    let trips = as_f64(trips);
    let cpu = match (cpu_before, pid) {
        (Some(before), Some(pid)) => (cpu_seconds(pid)? - before) * 1_000_000.0 / trips,
        _ => 0.0,
    };
    report(
        "shoppers",
        &[
            ("trips_per_s", trips / as_f64(seconds)),
            ("trips", trips),
            ("request_p50_ms", requests.quantile_ms(0.50)),
            ("request_p99_ms", requests.quantile_ms(0.99)),
            ("submit_p99_ms", submits.quantile_ms(0.99)),
            ("server_cpu_us_per_trip", cpu),
        ],
    );
    Ok(())
}

/// Who makes shopping trips over one connection.
struct Shopper {
    conn: Connection,
    target: Target,
    /// How long the answers to all its requests took.
    requests: Rc<Tally>,
    /// Those to its orders.
    submits: Rc<Tally>,
    /// How long after its order the verdict is due.
    verdict: Duration,
    /// How long they think before each step but the first.
    think: Duration,
    /// From when on answers count.
    counts_from: Instant,
    number: usize,
    keys: u64,
}

impl Shopper {
    /// From registering to having paid, which is tried again until the verdict is there.
    async fn trip(&mut self, item: &Value) -> Result<()> {
        let customer = self.made("/api/v1/customers", &json!({"name": "Load", "phone": "+1 555"})).await?;
        sleep(self.think).await;
        let money = json!({"amount_minor": 1_000_000, "currency": "EUR"});
        let payment = self.made("/api/v1/payments", &json!({"customer_id": customer, "amount": money})).await?;
        sleep(self.think).await;
        let basket = self.made("/api/v1/baskets", &Value::Null).await?;
        let product = item["product_id"].as_str().context("an item without a product")?;
        let line = format!("/api/v1/baskets/{basket}/items/{product}");
        // Sent again it does the same: it has no key, as that of a simulated shopper has none.
        let line = self.target.request("PUT", &line, "", &json!({"quantity": item["quantity"]}).to_string());
        sleep(self.think).await;
        self.timed(&line).await?.context("the basket is not open")?;
        let order = json!({"customer_id": customer, "payment_id": payment});
        let checkout = self.request(&format!("/api/v1/baskets/{basket}/checkout"), &order);
        sleep(self.think).await;
        let started = Instant::now();
        let order = id(&self.timed(&checkout).await?.context("the basket cannot be checked out")?)?;
        if started >= self.counts_from {
            self.submits.answered(started.elapsed());
        }
        sleep(self.verdict + LATER).await;
        loop {
            let pay = self.request(&format!("/api/v1/orders/{order}/pay"), &Value::Null);
            if self.timed(&pay).await?.is_some() {
                return Ok(());
            }
            sleep(LATER).await;
        }
    }

    async fn made(&mut self, path: &str, body: &Value) -> Result<String> {
        let request = self.request(path, body);
        id(&self.timed(&request).await?.context("nothing can be made")?)
    }

    /// The answer to a request, unless a state does not allow it (409).
    async fn timed(&mut self, request: &[u8]) -> Result<Option<Value>> {
        let started = Instant::now();
        let answer = allowed(&mut self.conn, request).await?;
        if started >= self.counts_from {
            self.requests.answered(started.elapsed());
        }
        Ok(answer)
    }

    /// Under a key of its own.
    fn request(&mut self, path: &str, body: &Value) -> Vec<u8> {
        self.keys += 1;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let key = format!("load-{}-{}-{}", std::process::id(), self.number, self.keys);
        self.target.request("POST", path, &format!("Idempotency-Key: {key}\r\n"), &body)
    }
}
