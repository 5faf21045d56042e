//! PostgreSQL at its worst: sessions ended, the server stopped, commits whose answer never comes. Nothing acknowledged
//! is lost, nothing happens twice, and what Plaza says about it reveals no password.

use crate::app::{Database, TestApp, eventually, id, order, plaza, text};
use crate::crash::survive;
use crate::engines::{Postgres, WriteLock, psql};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const SEED: u64 = 20_261_122;

/// A mall on a database of this server, at an address that may lead over a proxy.
async fn mall(url: String) -> TestApp {
    TestApp::on(Database::Postgres(url), None, &["--payment-delay", "60ms"]).await
}

/// What `/readyz` answers.
async fn ready(app: &TestApp, status: u16) {
    eventually(&format!("/readyz answers {status}"), async || {
        (app.get("//readyz").await.status == status).then_some(())
    })
    .await;
}

#[tokio::test]
async fn ended_sessions_lose_nothing() {
    let server = Postgres::start();
    let app = mall(server.create_database()).await;
    survive(app, SEED, async |_, app| {
        for _ in 0..40 {
            // The moment is the input of this test, not something it waits for.
            tokio::time::sleep(Duration::from_millis(100)).await;
            server.terminate_backends();
        }
        ready(app, 200).await;
        assert!(app.logged().contains("a commit was interrupted"), "no session was ended in the middle of a commit");
    })
    .await;
}

#[tokio::test]
async fn a_server_that_stops_at_once_loses_nothing() {
    let mut server = Postgres::start();
    let app = mall(server.create_database()).await;
    survive(app, SEED, async |_, app| {
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            server.stop_immediate();
            ready(app, 503).await;
            let refused = app.get("/orders").await;
            assert_eq!((refused.status, refused.header("retry-after").is_empty()), (503, false));
            server.restart();
            ready(app, 200).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_commit_without_an_answer_is_found_out_about() {
    let server = Postgres::start();
    let url = server.create_database();
    let proxy = Proxy::start(&url);
    let app = mall(proxy.url.clone()).await;
    survive(app, SEED, async |_, _| {
        proxy.cuts.armed.store(true, Ordering::Release);
        eventually("enough commits were cut off", async || {
            let (kept, lost) = proxy.cuts.made();
            (kept >= 15 && lost >= 15).then_some(())
        })
        .await;
        proxy.cuts.armed.store(false, Ordering::Release);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_takes_no_writes_makes_the_mall_not_ready_and_loses_nothing() {
    let server = Postgres::start();
    let url = server.create_database();
    let app = mall(url.clone()).await;
    survive(app, SEED, async |_, app| {
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let lock = WriteLock::take(&url);
            ready(app, 503).await;
            stays_unready(app).await;
            drop(lock);
            ready(app, 200).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_frozen_server_makes_the_mall_not_ready_and_loses_nothing() {
    let server = Postgres::start();
    let app = mall(server.create_database()).await;
    survive(app, SEED, async |_, app| {
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            server.freeze();
            ready(app, 503).await;
            stays_unready(app).await;
            server.thaw();
            ready(app, 200).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_idle_mall_notices_that_nothing_can_be_written() {
    let server = Postgres::start();
    let url = server.create_database();
    let app = mall(url.clone()).await;
    let lock = WriteLock::take(&url);
    ready(&app, 503).await;
    drop(lock);
    ready(&app, 200).await;
    server.freeze();
    ready(&app, 503).await;
    server.thaw();
    ready(&app, 200).await;
}

/// Successful reads between failed tries to write do not make the mall ready.
async fn stays_unready(app: &TestApp) {
    for _ in 0..60 {
        assert_eq!(app.get("//readyz").await.status, 503);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_mall_ends_in_time_though_nothing_can_be_written() {
    let server = Postgres::start();
    let url = server.create_database();
    ends_in_time(&server, &url, || WriteLock::take(&url), drop).await;
}

#[tokio::test]
async fn a_mall_ends_in_time_though_its_server_is_frozen() {
    let server = Postgres::start();
    let url = server.create_database();
    ends_in_time(&server, &url, || server.freeze(), |()| server.thaw()).await;
}

/// With requests waiting for a failed server, the mall ends within 20 s; what was acknowledged is there afterwards.
async fn ends_in_time<T>(server: &Postgres, url: &str, strike: impl FnOnce() -> T, relent: impl FnOnce(T)) {
    let mut app = mall(url.to_owned()).await;
    app.may_leave_orders();
    let store = app.store(Some(20)).await;
    let (product, customer) = (app.product(&store, 100, 1_000).await, app.customer().await);
    let payment = app.payment(&customer, 100_000).await;
    let mut acknowledged = Vec::new();
    for _ in 0..20 {
        acknowledged.push(id(&app.order(&customer, &payment, &[(&product, 1)]).await));
    }
    let struck = strike();
    let waiting: Vec<_> = (0..6)
        .map(|_| app.request(reqwest::Method::POST, "/orders").json(&order(&customer, &payment, &[(&product, 1)])))
        .map(|request| tokio::spawn(request.send()))
        .collect();
    ready(&app, 503).await;
    let started = Instant::now();
    let ended = app.stop();
    let took = started.elapsed();
    println!("it took {took:?} to end");
    assert_eq!(ended.code(), Some(4), "{}", app.logged());
    assert!(app.logged().contains("the mall is to end and its database does not let it"));
    for request in waiting {
        let answered = request.await.unwrap().map_or(503, |answer| answer.status().as_u16());
        assert_eq!(answered, 503, "nothing was acknowledged that may not have been written");
    }
    relent(struck);
    server.forgets_plaza();
    app.restart().await;
    let orders: Vec<String> = app.all("/orders").await.iter().map(|order| text(&order["id"])).collect();
    assert!(acknowledged.iter().all(|order| orders.contains(order)));
    app.audit().await;
}

/// Cuts sessions of the writer at their commits: every fifth, in turns after the server has committed and before it has
/// heard of it.
#[derive(Default)]
struct Cuts {
    armed: AtomicBool,
    commits: AtomicU64,
    kept: AtomicU64,
    lost: AtomicU64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    None,
    BeforeTheServer,
    BeforeTheAnswer,
}

impl Cuts {
    fn made(&self) -> (u64, u64) {
        (self.kept.load(Ordering::Acquire), self.lost.load(Ordering::Acquire))
    }

    fn next(&self) -> Cut {
        if !self.armed.load(Ordering::Acquire) {
            return Cut::None;
        }
        match self.commits.fetch_add(1, Ordering::AcqRel) % 10 {
            4 => Cut::BeforeTheServer,
            9 => Cut::BeforeTheAnswer,
            _ => Cut::None,
        }
    }
}

/// A way to the server that can be cut.
struct Proxy {
    url: String,
    cuts: Arc<Cuts>,
}

impl Proxy {
    fn start(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (before, rest) = url.split_once('@').unwrap();
        let (server, database) = rest.split_once('/').unwrap();
        let url = format!("{before}@{}/{database}", listener.local_addr().unwrap());
        let (server, cuts) = (server.to_owned(), Arc::new(Cuts::default()));
        let shared = cuts.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else { continue };
                connect(&client, &server, &shared);
            }
        });
        Self { url, cuts }
    }
}

/// Passes bytes both ways until one side hangs up or the session is cut.
fn connect(client: &TcpStream, server: &TcpStream, cuts: &Arc<Cuts>) {
    let silent = Arc::new(AtomicBool::new(false));
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (shared, silenced) = (cuts.clone(), silent.clone());
    std::thread::spawn(move || {
        let (mut buffer, mut writes) = (vec![0; 65_536], false);
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let said = &buffer[..count];
            writes |= holds(said, b"UPDATE \"log_head\"");
            let cut = if writes && holds(said, b"COMMIT\0") { shared.next() } else { Cut::None };
            if cut == Cut::BeforeTheServer {
                shared.lost.fetch_add(1, Ordering::AcqRel);
                break;
            }
            silenced.store(cut == Cut::BeforeTheAnswer, Ordering::Release);
            if to.write_all(said).is_err() {
                break;
            }
        }
        hang_up(&from, &to);
    });
    let (mut from, mut to, cuts) = (server.try_clone().unwrap(), client.try_clone().unwrap(), cuts.clone());
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if silent.load(Ordering::Acquire) {
                cuts.kept.fetch_add(1, Ordering::AcqRel);
                break;
            }
            if to.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        hang_up(&from, &to);
    });
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn hang_up(one: &TcpStream, other: &TcpStream) {
    for stream in [one, other] {
        // The other side may have done so already.
        let _ = stream.shutdown(Shutdown::Both);
    }
}

/// What a mall says that does not start with these settings.
fn refusal(settings: &[&str], environment: &[(&str, &str)]) -> String {
    let output = plaza()
        .args(["--listen", "127.0.0.1:0"])
        .args(settings)
        .envs(environment.iter().copied())
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && output.stdout.is_empty(), "it started: {said}");
    said
}

#[test]
fn a_database_that_can_not_be_used_is_named_without_its_password() {
    let nowhere = "postgres://mall:hush-hush@127.0.0.1:1/mall";
    for (settings, environment, named) in [
        (vec!["--database-url", nowhere], vec![], "postgres://mall@127.0.0.1:1/mall cannot be reached"),
        (vec![], vec![("PLAZA_DATABASE_URL", nowhere)], "PLAZA_DATABASE_URL"),
        (vec!["--database-url", "postgres://mall:hush-hush@[bad/mall"], vec![], "PLAZA_DATABASE_URL"),
        (vec!["--database-url", "mysql://mall:hush-hush@db/mall"], vec![], "PLAZA_DATABASE_URL: must be postgres://"),
        (vec!["--help"], vec![("PLAZA_DATABASE_URL", nowhere)], ""),
    ] {
        let said = if settings == ["--help"] {
            let help = plaza().args(&settings).envs(environment).output().unwrap();
            String::from_utf8(help.stdout).unwrap()
        } else {
            refusal(&settings, &environment)
        };
        assert!(said.contains(named) && !said.contains("hush-hush"), "{said}");
    }
    let verified = plaza().args(["verify", "--database-url", nowhere]).output().unwrap();
    assert_eq!(verified.status.code(), Some(2), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[cfg(not(feature = "postgres-tls"))]
#[test]
fn a_build_without_encryption_refuses_to_go_without() {
    let demanded = "postgres://mall@127.0.0.1:1/mall?sslmode=verify-full";
    let open = "postgres://mall@127.0.0.1:1/mall";
    for said in
        [refusal(&["--database-url", demanded], &[]), refusal(&["--database-url", open], &[("PGSSLMODE", "require")])]
    {
        assert!(said.contains("PLAZA_DATABASE_URL") && said.contains("postgres-tls"), "{said}");
    }
}

#[tokio::test]
async fn databases_of_others_and_damaged_ones_are_refused() {
    let server = Postgres::start();
    let sql = |url: &str, statements: &str| {
        let done = psql(url, statements);
        (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let foreign = server.create_database();
    assert!(sql(&foreign, "CREATE TABLE letters (to_whom TEXT)").0);
    let said = refusal(&["--database-url", &foreign], &[]);
    assert!(said.contains("not a Plaza database") && said.contains("--database-url"), "{said}");
    assert!(!sql(&foreign, "SELECT * FROM log").0, "nothing was made in it");

    let ours = server.create_database();
    let mut app = mall(ours.clone()).await;
    app.customer().await;
    assert_eq!(app.get("/status").await.expect(200)["mode"]["database"], "postgres");
    assert!(!app.data_dir().exists(), "with a server there is no data directory");
    for change in ["UPDATE events SET name = 'x'", "DELETE FROM events", "TRUNCATE events"] {
        let (done, said) = sql(&ours, change);
        assert!(!done && said.contains("append-only"), "{change}: {said}");
    }
    assert!(app.stop().success());
    let said = refusal(&["--database-url", &ours, "--currency", "USD"], &[]);
    assert!(said.contains("PLAZA_CURRENCY"), "{said}");
    for (harm, mend, told) in [
        ("UPDATE log_head SET position = position + 1", "UPDATE log_head SET position = position - 1", "is damaged"),
        (
            "INSERT INTO __diesel_schema_migrations VALUES ('99990101000000')",
            "DELETE FROM __diesel_schema_migrations WHERE version = '99990101000000'",
            "newer Plaza",
        ),
    ] {
        assert!(sql(&ours, harm).0);
        let said = refusal(&["--database-url", &ours], &[]);
        assert!(said.contains(told), "{said}");
        assert!(sql(&ours, mend).0);
    }
}

#[tokio::test]
async fn a_mall_whose_journal_somebody_else_writes_ends() {
    let server = Postgres::start();
    let url = server.create_database();
    let mut app = mall(url.clone()).await;
    app.customer().await;
    assert!(psql(&url, "UPDATE log_head SET epoch = epoch + 1").status.success());
    let status = eventually("the mall ends", async || app.ended()).await;
    assert_eq!(status.code(), Some(3), "{}", app.logged());
    assert!(app.logged().contains("another process writes this journal"), "{}", app.logged());
}
