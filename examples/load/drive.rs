//! Closed loops: every connection sends its next request when the last is answered.

use crate::Load;
use crate::client::{Connection, Target};
use crate::mall::{Stocking, id, stock_up};
use crate::metrics::{Scrape, cpu_seconds, resident};
use anyhow::{Context, Result, bail, ensure};
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::spawn_local;
use tokio::time::sleep;

/// How often the server is asked how far it is. Often enough to measure a run to a few per mille, rarely enough to cost
/// nothing.
const LOOK: Duration = Duration::from_millis(200);
/// How long a server may make no progress before the run is given up.
const STUCK: Duration = Duration::from_secs(30);
/// How long a refused connection waits; the server says a second, which would empty a closed loop.
const REFUSED_WAIT: Duration = Duration::from_millis(20);

/// When loops end: at a time, or when so many requests were taken.
struct Budget {
    until: Option<Instant>,
    left: Cell<u64>,
    enough: Cell<bool>,
}

impl Budget {
    fn time(seconds: u64) -> Rc<Self> {
        let until = Some(Instant::now() + Duration::from_secs(seconds));
        Rc::new(Self { until, left: Cell::new(u64::MAX), enough: Cell::new(false) })
    }

    fn count(count: u64) -> Rc<Self> {
        Rc::new(Self { until: None, left: Cell::new(count), enough: Cell::new(false) })
    }

    fn take(&self) -> bool {
        let go = !self.enough.get() && self.left.get() > 0 && self.until.is_none_or(|until| Instant::now() < until);
        if go {
            self.left.set(self.left.get() - 1);
        }
        go
    }
}

/// What all loops together measured.
pub struct Tally {
    latency: RefCell<Histogram<u64>>,
    answered: Cell<u64>,
    refused: Cell<u64>,
}

impl Tally {
    pub fn new() -> Result<Rc<Self>> {
        let latency = RefCell::new(Histogram::new_with_bounds(1, 60_000_000, 3)?);
        Ok(Rc::new(Self { latency, answered: Cell::new(0), refused: Cell::new(0) }))
    }

    pub fn answered(&self, took: Duration) {
        self.answered.set(self.answered.get() + 1);
        self.latency.borrow_mut().saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    pub fn quantile_ms(&self, quantile: f64) -> f64 {
        as_f64(self.latency.borrow().value_at_quantile(quantile)) / 1_000.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and microseconds of a run fit into 2^53")]
pub const fn as_f64(count: u64) -> f64 {
    count as f64
}

/// Sends `requests` in turns over all connections until the budget is used up.
async fn loops(load: &Load, requests: Vec<Vec<u8>>, budget: &Rc<Budget>, expect: u16, keys: bool) -> Result<Rc<Tally>> {
    let (requests, tally) = (Rc::new(requests), Tally::new()?);
    let mut tasks = Vec::new();
    for number in 0..load.connections {
        let mut conn = Connection::open(load.addr).await?;
        let (requests, tally, budget) = (requests.clone(), tally.clone(), budget.clone());
        tasks.push(spawn_local(async move {
            let mut turn = number * 31;
            while budget.take() {
                turn += 1;
                let request = &requests[turn % requests.len()];
                let keyed = keys.then(|| with_key(request, number, turn));
                let started = Instant::now();
                while !once(&mut conn, keyed.as_ref().unwrap_or(request), expect, &tally).await? {
                    sleep(REFUSED_WAIT).await;
                }
                tally.answered(started.elapsed());
            }
            anyhow::Ok(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(tally)
}

async fn once(conn: &mut Connection, request: &[u8], expect: u16, tally: &Tally) -> Result<bool> {
    let answer = conn.send(request).await?;
    if answer.status == 503 {
        tally.refused.set(tally.refused.get() + 1);
        return Ok(false);
    }
    ensure!(answer.status == expect, "the server answered {}: {}", answer.status, String::from_utf8_lossy(answer.body));
    Ok(true)
}

/// The request with its own idempotency key, put behind the request line.
fn with_key(request: &[u8], connection: usize, turn: usize) -> Vec<u8> {
    let line = request.windows(2).position(|two| two == b"\r\n").map_or(0, |at| at + 2);
    let header = format!("Idempotency-Key: load-{}-{connection}-{turn}\r\n", std::process::id());
    [&request[..line], header.as_bytes(), &request[line..]].concat()
}

pub async fn prepare(load: &Load, products: usize) -> Result<(Connection, Target, Vec<String>)> {
    let target = load.target();
    let mut conn = Connection::open(load.addr).await?;
    let Load { stores, customers, delay_ms, .. } = *load;
    let orders = stock_up(&mut conn, &target, &Stocking { stores, products, customers, delay_ms }).await?;
    Ok((conn, target, orders))
}

fn submissions(target: &Target, bodies: &[String], headers: &str) -> Vec<Vec<u8>> {
    bodies.iter().map(|body| target.request("POST", "/api/v1/orders", headers, body)).collect()
}

/// Submits for a time, then waits until every order is accepted.
pub async fn throughput(load: &Load, seconds: u64, pid: Option<u32>, keys: bool) -> Result<()> {
    let (mut conn, target, bodies) = prepare(load, 4).await?;
    let before = Scrape::of(&mut conn, &target).await?;
    let cpu_before = pid.map(cpu_seconds).transpose()?;
    let started = Instant::now();
    let tally = loops(load, submissions(&target, &bodies, ""), &Budget::time(seconds), 201, keys).await?;
    let submitting = started.elapsed();
    // The server would have closed a connection that was idle all the while.
    conn = Connection::open(load.addr).await?;
    let goal = as_f64(tally.answered.get());
    let complete = |scrape: &Scrape| scrape.orders("accepted") - before.orders("accepted");
    let after = wait_for(&mut conn, &target, LOOK / 10, goal, complete).await?;
    let took = started.elapsed();
    let rejected = after.orders("rejected") - before.orders("rejected");
    ensure!(rejected == 0.0, "{rejected} orders were rejected; the load was meant to be served");
    let per_order_us = match (cpu_before, pid) {
        (Some(before), Some(pid)) => (cpu_seconds(pid)? - before) * 1_000_000.0 / goal,
        _ => 0.0,
    };
    report(
        "throughput",
        &[
            ("complete_orders_per_s", goal / took.as_secs_f64()),
            ("submitted_per_s", goal / submitting.as_secs_f64()),
            ("orders", goal),
            ("submit_p50_ms", tally.quantile_ms(0.50)),
            ("submit_p99_ms", tally.quantile_ms(0.99)),
            ("submit_max_ms", tally.quantile_ms(1.0)),
            ("settle_lateness_p50_ms_below", after.quantile_ms(&before, "plaza_settle_lateness_seconds", 0.50)),
            ("settle_lateness_p99_ms_below", after.quantile_ms(&before, "plaza_settle_lateness_seconds", 0.99)),
            ("drain_s", took.saturating_sub(submitting).as_secs_f64()),
            ("appends_per_commit", after.mean(&before, "plaza_commit_batch_appends")),
            ("commit_mean_ms", after.mean(&before, "plaza_commit_seconds") * 1_000.0),
            ("events_per_order", (after.events() - before.events()) / goal),
            ("server_cpu_us_per_order", per_order_us),
            ("refused_503", as_f64(tally.refused.get())),
        ],
    );
    Ok(())
}

/// Submits orders that stay pending, and divides what the server grew by their number.
pub async fn pending(load: &Load, orders: u64, pid: u32) -> Result<()> {
    let (_, target, bodies) = prepare(load, 4).await?;
    // A first few thousand bring every buffer, connection and page cache to its working size.
    let requests = submissions(&target, &bodies, "");
    loops(load, requests.clone(), &Budget::count(orders / 50), 201, false).await?;
    let (rss_before, anon_before) = resident(pid)?;
    let started = Instant::now();
    let tally = loops(load, requests, &Budget::count(orders), 201, false).await?;
    let took = started.elapsed();
    // The server would have closed a connection that was idle all the while.
    let mut conn = Connection::open(load.addr).await?;
    let settled = Scrape::of(&mut conn, &target).await?;
    let (rss, anon) = resident(pid)?;
    let per_order = |after: u64, before: u64| (as_f64(after) - as_f64(before)) / as_f64(orders);
    report(
        "pending",
        &[
            ("orders", as_f64(orders)),
            ("submitted_per_s", as_f64(orders) / took.as_secs_f64()),
            ("submit_p99_ms", tally.quantile_ms(0.99)),
            ("already_accepted", settled.orders("accepted")),
            ("rss_before_mib", as_f64(rss_before) / 1_048_576.0),
            ("rss_after_mib", as_f64(rss) / 1_048_576.0),
            ("rss_bytes_per_pending_order", per_order(rss, rss_before)),
            ("anon_bytes_per_pending_order", per_order(anon, anon_before)),
        ],
    );
    Ok(())
}

/// Takes orders to delivered until the journal has grown to a size.
pub async fn fill(load: &Load, events: u64) -> Result<()> {
    let (mut conn, target, bodies) = prepare(load, 4).await?;
    let budget = Budget::count(u64::MAX);
    let delivered = Rc::new(Cell::new(0_u64));
    let requests = Rc::new(submissions(&target, &bodies, "Prefer: wait=10\r\n"));
    let started = Instant::now();
    let mut tasks = Vec::new();
    for number in 0..load.connections {
        let (budget, delivered, requests) = (budget.clone(), delivered.clone(), requests.clone());
        let (target, mut conn) = (target.clone(), Connection::open(load.addr).await?);
        tasks.push(spawn_local(async move {
            let mut turn = number * 31;
            while budget.take() {
                turn += 1;
                deliver(&mut conn, &target, &requests[turn % requests.len()]).await?;
                delivered.set(delivered.get() + 1);
            }
            anyhow::Ok(())
        }));
    }
    let enough = |scrape: &Scrape| scrape.events();
    let grown = wait_for(&mut conn, &target, LOOK, as_f64(events), enough).await;
    budget.enough.set(true);
    for task in tasks {
        task.await??;
    }
    let took = started.elapsed();
    report(
        "fill",
        &[
            ("events", grown?.events()),
            ("delivered", as_f64(delivered.get())),
            ("delivered_per_s", as_f64(delivered.get()) / took.as_secs_f64()),
        ],
    );
    Ok(())
}

/// Sends an order until the mall takes it, and pays it.
async fn deliver(conn: &mut Connection, target: &Target, request: &[u8]) -> Result<()> {
    let order = id(&taken(conn, request).await?)?;
    taken(conn, &target.request("POST", &format!("/api/v1/orders/{order}/pay"), "", "")).await?;
    Ok(())
}

/// Sends a request until the mall is not too busy for it.
async fn taken(conn: &mut Connection, request: &[u8]) -> Result<Value> {
    allowed(conn, request).await?.context("the state of what was asked for does not allow it")
}

/// Sends a request until the mall is not too busy for it; nothing is answered where a state does not allow it (409).
pub async fn allowed(conn: &mut Connection, request: &[u8]) -> Result<Option<Value>> {
    loop {
        let answer = conn.send(request).await?;
        match answer.status {
            503 => sleep(REFUSED_WAIT).await,
            409 => return Ok(None),
            _ => return answer.json().map(Some),
        }
    }
}

/// Drives an echo route with the body of an order.
pub async fn echo(load: &Load, seconds: u64) -> Result<()> {
    let id = "01a204260000700080000000000000aa";
    let body = json!({"customer_id": id, "payment_id": id, "items": [{"product_id": id, "quantity": 1}]}).to_string();
    let requests = vec![load.target().request("POST", "/echo", "", &body)];
    let started = Instant::now();
    let tally = loops(load, requests, &Budget::time(seconds), 200, false).await?;
    report(
        "echo",
        &[
            ("requests_per_s", as_f64(tally.answered.get()) / started.elapsed().as_secs_f64()),
            ("p50_ms", tally.quantile_ms(0.50)),
            ("p99_ms", tally.quantile_ms(0.99)),
        ],
    );
    Ok(())
}

/// Asks for the metrics until `value` reaches `goal`.
async fn wait_for(
    conn: &mut Connection,
    target: &Target,
    every: Duration,
    goal: f64,
    value: impl Fn(&Scrape) -> f64,
) -> Result<Scrape> {
    let (mut best, mut moved) = (f64::MIN, Instant::now());
    loop {
        let scrape = Scrape::of(conn, target).await?;
        let now = value(&scrape);
        if now >= goal {
            return Ok(scrape);
        }
        if now > best {
            (best, moved) = (now, Instant::now());
        }
        if moved.elapsed() > STUCK {
            bail!("the server is stuck at {now} of {goal}");
        }
        sleep(every).await;
    }
}

/// Prints a table for people and a line of JSON for scripts.
pub fn report(mode: &str, rows: &[(&str, f64)]) {
    let mut line = json!({"mode": mode});
    for (name, value) in rows {
        eprintln!("  {name:<30} {value:>14.2}");
        line[*name] = json!((value * 1_000.0).round() / 1_000.0);
    }
    println!("{line}");
}
