//! A disk that is full: what has not been written waits, reads go on, and nothing acknowledged is missing.

use super::{Hand, Shop, metric, shop};
use crate::app::{Database, TestApp, eventually, eventually_blocking, id, order, plaza, send, terminate};
use crate::engines::{Postgres, free_port, owner};
use diesel::connection::SimpleConnection;
use reqwest::Method;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long a basket is waited for that may never be made.
const PATIENCE: Duration = Duration::from_secs(1);

/// A small file system in memory, mounted over a directory.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn over(dir: &Path, size: &str) -> Self {
        let options = format!("size={size},mode=0700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "plaza-test"]).arg(dir).status();
        assert!(
            mounted.is_ok_and(|status| status.success()),
            "no file system in memory could be mounted: run the tests as a user who may (root), or on another machine"
        );
        Self(dir.to_owned())
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let mut ballast = std::fs::File::create(self.ballast()).unwrap();
        for piece in [65_536, 4_096, 1] {
            while ballast.write_all(&vec![0; piece]).is_ok() {}
        }
    }

    /// Gives it back.
    fn free(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // At once from here, in truth when the last file is closed.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Orders until the disk is full, and answers what the orders became that were under way then.
async fn orders_through(app: &TestApp, shop: &Shop, disk: &SmallDisk) -> Vec<String> {
    let body = order(&shop.customer, &shop.payment, &[(&shop.product, 1)]);
    let submit = |key: usize| {
        let request = app.request(Method::POST, "/orders").header("idempotency-key", format!("key-{key}"));
        send(request.json(&body))
    };
    disk.fill();
    let submits = (0..400).map(|key| async move {
        let given = submit(key).await;
        (key, given)
    });
    let (given, ()) = tokio::join!(futures_util::future::join_all(submits), async {
        eventually("it is said that the journal cannot write", async || {
            (app.get("//readyz").await.status == 503).then_some(())
        })
        .await;
        // Whoever only reads is served as ever.
        app.get("/orders").await.expect(200);
        app.get(&format!("/stores/{}", shop.store)).await.expect(200);
        disk.free();
    });
    let mut orders = Vec::new();
    for (key, answer) in given {
        let answer = if answer.status == 503 { submit(key).await } else { answer };
        orders.push(id(&answer.expect(201)));
    }
    eventually("the journal can write again", async || (app.get("//readyz").await.status == 200).then_some(())).await;
    orders
}

async fn holds(app: &TestApp, shop: &Shop, orders: &[String]) {
    for order in orders {
        app.until(order, "accepted").await;
        app.cancel(order).await.expect(200);
    }
    eventually("everything is back on the shelf", async || {
        let product = app.get(&format!("/products/{}", shop.product)).await.expect(200);
        (product["reserved"] == 0 && product["stock"] == 10_000).then_some(())
    })
    .await;
    let all = app.all("/orders").await;
    assert_eq!(all.len(), orders.len(), "no order more, and none less");
    app.audit().await;
}

#[tokio::test]
async fn a_full_disk_is_waited_for_and_no_process_ends() {
    let mut app = TestApp::embedded(&["--payment-delay", "10ms", "--grace", "10m"]).await;
    app.kill9();
    let disk = SmallDisk::over(&app.data_dir(), "64m");
    app.restart().await;
    let shop = shop(&app, 20).await;
    let orders = orders_through(&app, &shop, &disk).await;
    assert_eq!(app.ended(), None, "{}", app.logged());
    assert!(app.logged().contains("the journal waits until it can"), "{}", app.logged());
    holds(&app, &shop, &orders).await;
    // A start on a full disk serves who reads, and whoever writes once there is room.
    app.kill9();
    disk.fill();
    app.restart().await;
    assert_eq!(app.all("/orders").await.len(), orders.len());
    // There is room in the log that is not in use.
    eventually("it is noticed that the disk is full", async || {
        let some = (0..100).map(|_| app.request(Method::POST, "/baskets").json(&json!({})).timeout(PATIENCE).send());
        futures_util::future::join_all(some).await;
        (app.get("//readyz").await.status == 503).then_some(())
    })
    .await;
    app.get("/orders").await.expect(200);
    disk.free();
    eventually("the journal can write again", async || (app.get("//readyz").await.status == 200).then_some(())).await;
    app.post("/baskets", &json!({})).await.expect(201);
    app.stop();
}

#[tokio::test]
async fn a_full_table_space_is_waited_for() {
    let server = Postgres::start();
    let place = server.dir().join("small");
    std::fs::create_dir(&place).unwrap();
    let disk = SmallDisk::over(&place, "16m");
    if let Some((uid, gid)) = owner() {
        std::os::unix::fs::chown(&place, Some(uid), Some(gid)).unwrap();
    }
    let database = Database::Postgres(server.create_database());
    let mut app = TestApp::on(database, None, &["--payment-delay", "10ms", "--grace", "10m"]).await;
    let shop = shop(&app, 20).await;
    let mut hand = Hand::on(&app);
    hand.does(&format!("CREATE TABLESPACE small LOCATION '{}'", place.display()));
    hand.does("ALTER TABLE orders SET TABLESPACE small");
    let orders = orders_through(&app, &shop, &disk).await;
    assert!(metric(&app, "plaza_appends_refused_total").await < 1.0);
    holds(&app, &shop, &orders).await;
    app.stop();
}

#[tokio::test]
async fn a_log_that_cannot_be_written_ends_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let listen = format!("127.0.0.1:{}", free_port());
    let mut server = plaza()
        .args(["--listen", &listen, "--log", "debug", "--data-dir"])
        .arg(dir.path())
        .stdout(full())
        .stderr(full())
        .spawn()
        .unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let ready = async |status: u16| {
        let answer = http.get(format!("http://{listen}/readyz")).send().await.ok()?;
        (answer.status() == status).then_some(())
    };
    eventually("it serves", async || ready(200).await).await;
    // The writer complains, on a thread whose panic would end the process.
    let mut lock = plaza::db::pool::open_writer(&plaza::db::place::Place::File(dir.path().join("plaza.db"))).unwrap();
    lock.batch_execute("BEGIN IMMEDIATE").unwrap();
    eventually("the journal waits", async || ready(503).await).await;
    lock.batch_execute("ROLLBACK").unwrap();
    eventually("it goes on", async || ready(200).await).await;
    terminate(&server);
    let ended = eventually_blocking("the server ends", || server.try_wait().unwrap());
    assert!(ended.success(), "{ended}");
}
