//! Moving: a mall is exported and imported between databases, and is the same mall afterwards.

use crate::app::{Database, TestApp, eventually, id, plaza};
use crate::engines::Postgres;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

/// Runs `plaza export` or `plaza import` on a file.
fn transfer(command: &str, storage: &[String], option: &str, file: &Path) -> Output {
    plaza().arg(command).args(storage).arg(option).arg(file).output().unwrap()
}

fn export(storage: &[String], file: &Path) {
    let done = transfer("export", storage, "--output", file);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    // It holds names, phone numbers and hashes of access tokens.
    let mode = std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600, "only its owner may read an export");
}

/// Imports, and answers what was said and whether it worked.
fn import(storage: &[String], file: &Path) -> (bool, String) {
    let done = transfer("import", storage, "--input", file);
    (done.status.success(), String::from_utf8(done.stderr).unwrap())
}

/// Something of everything: orders that were delivered, rejected and cancelled, a full basket, and one that waits.
async fn trade(app: &TestApp) -> String {
    let (quick, slow) = (app.store(Some(50)).await, app.store(Some(3_000)).await);
    let (bread, cake) = (app.product(&quick, 250, 10).await, app.product(&slow, 900, 5).await);
    let customer = app.customer().await;
    let payment = app.payment(&customer, 100_000).await;
    let bought = id(&app.order(&customer, &payment, &[(&bread, 2)]).await);
    app.until(&bought, "accepted").await;
    app.pay(&bought).await.expect(200);
    let missed = id(&app.order(&customer, &payment, &[(&bread, 100)]).await);
    app.until(&missed, "rejected").await;
    let regretted = id(&app.order(&customer, &payment, &[(&bread, 1)]).await);
    app.cancel(&regretted).await.expect(200);
    let basket = id(&app.post("/baskets", &json!({})).await.expect(201));
    app.put(&format!("/baskets/{basket}/items/{bread}"), &json!({"quantity": 3})).await.expect(200);
    app.delete(&format!("/products/{bread}")).await.expect(204);
    id(&app.order(&customer, &payment, &[(&cake, 1)]).await)
}

async fn everything(app: &TestApp) -> Vec<Value> {
    let mut all = Vec::new();
    for list in ["/stores", "/products", "/orders", "/payments", "/customers", "/events"] {
        all.extend(app.all(list).await);
    }
    all
}

#[tokio::test]
async fn a_mall_is_the_same_after_moving_to_postgres_and_back() {
    let mut here = TestApp::embedded(&[]).await;
    let waiting = trade(&here).await;
    let files = tempfile::tempdir().unwrap();
    let file = |name: &str| -> PathBuf { files.path().join(name) };
    // A running mall can be exported: what is in the file is one moment of it.
    export(&here.storage(), &file("running"));
    assert!(here.stop().success());
    export(&here.storage(), &file("sqlite"));

    let server = Postgres::start();
    let there = ["--database-url".to_owned(), server.create_database()];
    assert!(import(&there, &file("sqlite")).0);
    export(&there, &file("postgres"));
    let directory = ["--data-dir".to_owned(), file("data").display().to_string()];
    assert!(import(&directory, &file("postgres")).0);
    export(&directory, &file("back"));
    let bytes = |name: &str| std::fs::read(file(name)).unwrap();
    assert_eq!(bytes("sqlite"), bytes("postgres"), "positions, hashes and rows are the same in PostgreSQL");
    assert_eq!(bytes("sqlite"), bytes("back"), "and the same again in SQLite");

    here.restart().await;
    here.until(&waiting, "accepted").await;
    here.cancel(&waiting).await.expect(200);
    let there = TestApp::on(Database::Postgres(there[1].clone()), None, &[]).await;
    // The order that waited when the mall moved is confirmed where the mall is now.
    there.until(&waiting, "accepted").await;
    there.cancel(&waiting).await.expect(200);
    for app in [&here, &there] {
        eventually("everything is settled", async || {
            (app.look(&waiting).await["compensation"] == "done").then_some(())
        })
        .await;
        app.audit().await;
    }
    let moved = String::from_utf8(bytes("sqlite")).unwrap().matches("{\"row\":{\"event\":").count();
    let strip = |mut item: Value| {
        // What happened after the move happened at two times, and in two orders.
        for field in ["updated_at", "last_activity_at", "pay_by"] {
            item.as_object_mut().unwrap().remove(field);
        }
        let is_later = item["sequence"].as_str().is_some_and(|at| at.parse::<usize>().unwrap() > moved);
        (!is_later).then_some(item)
    };
    let seen = [everything(&here).await, everything(&there).await];
    let [here, there] = seen.map(|all| all.into_iter().filter_map(strip).collect::<Vec<_>>());
    assert_eq!(here.len(), there.len());
    for (here, there) in here.iter().zip(&there) {
        assert_eq!(here, there);
    }
}

#[tokio::test]
async fn an_export_that_is_not_whole_and_untouched_is_refused_and_nothing_is_written() {
    let mut app = TestApp::with(&[]).await;
    let waiting = trade(&app).await;
    app.cancel(&waiting).await.expect(200);
    eventually("it is undone", async || (app.look(&waiting).await["compensation"] != "pending").then_some(())).await;
    assert!(app.stop().success());
    let files = tempfile::tempdir().unwrap();
    let whole = files.path().join("whole");
    export(&app.storage(), &whole);
    let text = std::fs::read_to_string(&whole).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let target = ["--data-dir".to_owned(), files.path().join("data").display().to_string()];
    let refused = |text: String, said: &str| {
        let file = files.path().join("changed");
        std::fs::write(&file, text).unwrap();
        let (done, says) = import(&target, &file);
        assert!(!done && says.contains(said), "{said}: {says}");
    };
    refused(lines[..lines.len() - 1].join("\n"), "not whole");
    refused(lines[..20].join("\n"), "not whole");
    refused([&lines[..5], &lines[6..]].concat().join("\n"), "does not match its hash");
    refused(text.replacen("\\\"name\\\":\\\"Thing\\\"", "\\\"name\\\":\\\"Thief\\\"", 1), "does not match its hash");
    refused(text.replacen("{\"plaza_export\":2", "{\"plaza_export\":3", 1), "format 3");
    let untimed = |line: &&str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if let Some(asked) = line.pointer_mut("/row/order_store") {
            asked.as_object_mut().unwrap().remove("created_at");
        }
        line.to_string()
    };
    refused(lines.iter().map(untimed).collect::<Vec<_>>().join("\n"), "when the order was submitted");
    refused("a letter to my aunt".to_owned(), "not an export");
    refused(String::new(), "not an export");
    refused(text.replacen("\"row\"", "\"raw\"", 1), "line 2");

    assert!(import(&target, &whole).0, "after all these refusals the place is still empty");
    let (again, says) = import(&target, &whole);
    assert!(!again && says.contains("there is a mall already"), "{says}");
    let (beside, says) = (transfer("export", &target, "--output", &whole), "File exists");
    assert!(!beside.status.success() && String::from_utf8_lossy(&beside.stderr).contains(says));
}

#[tokio::test]
async fn an_export_of_the_oldest_format_is_still_read() {
    let mut app = TestApp::with(&[]).await;
    trade(&app).await;
    assert!(app.stop().success());
    let files = tempfile::tempdir().unwrap();
    let file = |name: &str| -> PathBuf { files.path().join(name) };
    export(&app.storage(), &file("new"));
    let new = std::fs::read_to_string(file("new")).unwrap();
    let older = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if let Some(format) = line.get_mut("plaza_export") {
            *format = json!(1);
        }
        if let Some(asked) = line.pointer_mut("/row/order_store") {
            assert!(asked.as_object_mut().unwrap().remove("created_at").is_some());
        }
        line.to_string()
    };
    let old: Vec<String> = new.lines().map(older).collect();
    std::fs::write(file("old"), old.join("\n")).unwrap();
    let target = ["--data-dir".to_owned(), file("data").display().to_string()];
    let (done, says) = import(&target, &file("old"));
    assert!(done, "{says}");
    export(&target, &file("again"));
    assert_eq!(std::fs::read_to_string(file("again")).unwrap(), new);
}
