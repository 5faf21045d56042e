//! Files that are removed, replaced, written over, cut and shared: found, told, and nothing acknowledged is lost in silence.

use crate::app::{TestApp, id, order, plaza};
use crate::dice::Dice;
use crate::wait::{eventually, eventually_blocking};
use diesel::connection::SimpleConnection;
use diesel::{QueryableByName, RunQueryDsl};
use plaza::db::open::open_to_read;
use plaza::db::place::Place;
use plaza::db::pool::open_writer;
use plaza::db::verify::verify;
use std::fs;
use std::path::Path;
use std::process::Output;

/// What a process ends with whose journal went back or was replaced, and one whose files are gone or held by another.
const WENT_BACK: Option<i32> = Some(5);
const GONE: Option<i32> = Some(6);

/// A mall that is buying, and the orders it acknowledged.
struct Busy {
    app: TestApp,
    order: serde_json::Value,
    acknowledged: Vec<String>,
}

impl Busy {
    async fn start() -> Self {
        let mut app = TestApp::embedded(&["--payment-delay", "20ms", "--store-delay", "50ms"]).await;
        app.may_leave_orders();
        let (store, customer) = (app.store(Some(50)).await, app.customer().await);
        let product = app.product(&store, 100, 1_000_000).await;
        let payment = app.payment(&customer, 1_000_000_000).await;
        let order = order(&customer, &payment, &[(&product, 1)]);
        let mut busy = Self { app, order, acknowledged: Vec::new() };
        busy.buy(20).await;
        busy
    }

    async fn buy(&mut self, orders: usize) {
        for _ in 0..orders {
            let placed = self.app.post("/orders", &self.order).await.expect(201);
            self.acknowledged.push(id(&placed));
        }
    }

    /// Goes on buying until nobody answers any more; answers with what the process ended.
    async fn until_it_ends(&mut self) -> Option<i32> {
        let ended = eventually("the mall ends", async || {
            let request = self.app.request(reqwest::Method::POST, "/orders").json(&self.order);
            if let Ok(answer) = request.send().await {
                let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
                if status == 201 {
                    self.acknowledged.push(id(&serde_json::from_str(&text).unwrap()));
                } else {
                    assert_eq!(status, 503, "{text}");
                }
            }
            self.app.ended()
        });
        ended.await.code()
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.app.data_dir().join(name)
    }

    /// Folds the log into the file, as the mall does now and then.
    fn fold(&self) {
        let mut conn = open_writer(&Place::File(self.file("plaza.db"))).unwrap();
        conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    }

    /// Starts the mall again, which has everything that it acknowledged.
    async fn has_everything(mut self) {
        self.app.restart().await;
        for order in &self.acknowledged {
            self.app.look(order).await;
        }
        self.app.audit().await;
    }
}

/// What a command says of a data directory: its exit code, and all its words.
fn said(command: &str, directory: &Path, further: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } =
        plaza().args([command, "--data-dir"]).arg(directory).args(further).output().unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

/// What a start of a mall says. One that is not refused ends with its input, which is empty.
fn refused(directory: &Path, further: &[&str]) -> (Option<i32>, String) {
    said("serve", directory, &[&["--listen", "127.0.0.1:0", "--ends-with-stdin"], further].concat())
}

/// Every value of every table, as text, but for when a migration ran, which nobody is told.
fn dump(file: &Path) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text)]
        line: String,
    }
    let mut conn = open_writer(&Place::File(file.to_owned())).unwrap();
    let tables = "SELECT t.name || ' ' || group_concat('quote(' || c.name || ')', '||'',''||') AS line
        FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name <> 'run_on' GROUP BY t.name";
    let tables: Vec<Line> = diesel::sql_query(tables).load(&mut conn).unwrap();
    let rows = tables.iter().flat_map(|table| {
        let (name, values) = table.line.split_once(' ').unwrap();
        let query = format!("SELECT {values} AS line FROM \"{name}\" ORDER BY 1");
        diesel::sql_query(query).load::<Line>(&mut conn).unwrap()
    });
    rows.map(|row| row.line).collect()
}

/// Single bits, anywhere in the file: either nothing of it is another than before, or it is found.
#[tokio::test]
async fn no_flipped_bit_is_passed() {
    let mut busy = Busy::start().await;
    for order in &busy.acknowledged {
        busy.app.until(order, "accepted").await;
        busy.app
            .request(reqwest::Method::POST, &format!("/orders/{order}/pay"))
            .header("Idempotency-Key", order)
            .send()
            .await
            .unwrap();
    }
    busy.app.post("/tokens", &serde_json::json!({"name": "desk", "role": "admin"})).await.expect(201);
    busy.app.stop();
    let (whole, before) = (fs::read(busy.file("plaza.db")).unwrap(), dump(&busy.file("plaza.db")));
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("plaza.db");
    let mut chance = Dice(16);
    let (mut found, flips) = (0, 300);
    for _ in 0..flips {
        let (place, bit) = (usize::try_from(chance.below(whole.len() as u64)).unwrap(), chance.below(8));
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << bit;
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(elsewhere.path().join(format!("plaza.db{end}")));
        }
        fs::write(&file, &flipped).unwrap();
        let verified = open_to_read(&Place::File(file.clone())).map(|mut conn| verify(&mut conn, |_, _| {}));
        if verified.is_ok_and(|report| report.is_ok_and(|report| report.is_clean())) {
            let other: Vec<String> = dump(&file).into_iter().filter(|line| !before.contains(line)).collect();
            assert!(other.is_empty(), "bit {bit} of byte {place}: all is said to be well, and there is {other:?}");
        } else {
            found += 1;
        }
    }
    assert!(found > flips / 3, "{found} were found");
}

/// An index that lost an entry: a list would be shorter, and nobody would know.
#[tokio::test]
async fn a_mall_whose_index_is_damaged_is_not_served() {
    let mut busy = Busy::start().await;
    busy.app.stop();
    let whole = ["plaza.db", "plaza.head"].map(|name| (busy.file(name), fs::read(busy.file(name)).unwrap()));
    let mut conn = open_writer(&Place::File(busy.file("plaza.db"))).unwrap();
    let cut = "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name = 'orders_by_customer'; \
        PRAGMA writable_schema = OFF; PRAGMA wal_checkpoint(TRUNCATE)";
    conn.batch_execute(cut).unwrap();
    drop(conn);
    let (code, words) = refused(&busy.app.data_dir(), &[]);
    assert!(code == Some(1) && words.contains("damaged") && words.contains("--accept-loss"), "{code:?} {words}");
    let (code, words) = said("verify", &busy.app.data_dir(), &[]);
    assert!(code == Some(1) && words.contains("PROBLEM"), "{words}");
    let (code, words) = refused(&busy.app.data_dir(), &["--accept-loss"]);
    assert!(code == Some(0) && words.contains("which is accepted"), "{words}");
    for (path, bytes) in &whole {
        fs::write(path, bytes).unwrap();
    }
}

#[tokio::test]
async fn a_file_that_is_removed_under_the_mall_ends_it_and_what_was_acknowledged_is_saved() {
    for names in [&["plaza.db", "plaza.db-wal", "plaza.db-shm"][..], &["plaza.db-wal"], &["plaza.db"]] {
        let mut busy = Busy::start().await;
        for name in names {
            fs::remove_file(busy.file(name)).unwrap();
        }
        assert_eq!(busy.until_it_ends().await, GONE, "{names:?}: {}", busy.app.logged());
        assert!(busy.app.logged().contains("was removed under the running mall"), "{}", busy.app.logged());
        if names != ["plaza.db-wal"] {
            let (code, said) = refused(&busy.app.data_dir(), &[]);
            assert_eq!(code, WENT_BACK, "{said}");
            assert!(said.contains("plaza.rescued.db"), "{said}");
        }
        let _ = (fs::remove_file(busy.file("plaza.db-wal")), fs::remove_file(busy.file("plaza.db-shm")));
        fs::rename(busy.file("plaza.rescued.db"), busy.file("plaza.db")).unwrap();
        busy.has_everything().await;
    }
}

#[tokio::test]
async fn a_file_that_is_replaced_under_the_mall_ends_it_and_is_not_opened_as_if_nothing_were_missing() {
    let mut busy = Busy::start().await;
    busy.fold();
    let (old, renamed) = (fs::read(busy.file("plaza.db")).unwrap(), busy.file("old.db"));
    fs::write(&renamed, &old).unwrap();
    busy.buy(50).await;
    busy.fold();
    fs::rename(&renamed, busy.file("plaza.db")).unwrap();
    assert_eq!(busy.until_it_ends().await, WENT_BACK, "{}", busy.app.logged());
    let _ = (fs::remove_file(busy.file("plaza.db-wal")), fs::remove_file(busy.file("plaza.db-shm")));
    let (code, words) = refused(&busy.app.data_dir(), &[]);
    assert!(code == WENT_BACK && words.contains("are missing") && words.contains("--accept-loss"), "{words}");
    let (code, words) = said("verify", &busy.app.data_dir(), &[]);
    assert!(code == Some(1) && words.contains("are missing"), "{words}");
    fs::rename(busy.file("plaza.rescued.db"), busy.file("plaza.db")).unwrap();
    busy.has_everything().await;
}

#[tokio::test]
async fn a_backup_that_is_copied_over_the_file_of_a_running_mall_ends_it() {
    let mut busy = Busy::start().await;
    busy.fold();
    let old = fs::read(busy.file("plaza.db")).unwrap();
    // It looks once a second which event is the newest.
    let began = std::time::Instant::now();
    while began.elapsed() < std::time::Duration::from_millis(2_500) {
        busy.buy(10).await;
    }
    busy.fold();
    fs::write(busy.file("plaza.db"), &old).unwrap();
    assert_eq!(busy.until_it_ends().await, WENT_BACK, "{}", busy.app.logged());
    // Whoever finds it first, the journal or who watches.
    let logged = busy.app.logged();
    assert!(logged.contains("written over by somebody else") || logged.contains("somebody wrote over it"), "{logged}");
    let (code, words) = refused(&busy.app.data_dir(), &[]);
    assert!(code == WENT_BACK || words.contains("damaged") || words.contains("could not be read"), "{code:?} {words}");
    // Without the log of what came after it, the backup is whole, and older.
    for name in ["plaza.db-wal", "plaza.db-shm"] {
        let _ = fs::remove_file(busy.file(name));
    }
    fs::write(busy.file("plaza.db"), &old).unwrap();
    let (code, words) = refused(&busy.app.data_dir(), &[]);
    assert!(code == WENT_BACK && words.contains("are missing"), "{words}");
    let (code, words) = refused(&busy.app.data_dir(), &["--accept-loss"]);
    assert!(code == Some(0) && words.contains("which is accepted"), "{words}");
}

#[tokio::test]
async fn a_log_that_was_cut_after_a_kill_is_told_and_only_opened_when_the_loss_is_accepted() {
    let mut busy = Busy::start().await;
    busy.fold();
    busy.buy(30).await;
    busy.app.kill9();
    let (log, whole) = (busy.file("plaza.db-wal"), fs::read(busy.file("plaza.db-wal")).unwrap());
    for cut in [0, whole.len() / 3, whole.len() / 10 * 9] {
        fs::write(&log, &whole[..cut]).unwrap();
        let (code, words) = refused(&busy.app.data_dir(), &[]);
        assert!(code == WENT_BACK && words.contains("are missing"), "cut at {cut}: {words}");
        let (code, words) = said("verify", &busy.app.data_dir(), &[]);
        assert!(code == Some(1) && words.contains("are missing"), "cut at {cut}: {words}");
        let _ = fs::remove_file(busy.file("plaza.db-shm"));
    }
    // With all of it nothing is missing, and a start that refused has changed nothing.
    fs::write(&log, &whole).unwrap();
    busy.app.restart().await;
    for order in &busy.acknowledged {
        busy.app.look(order).await;
    }
    busy.app.stop();
    // A backup is opened when that is said, once.
    let older = busy.file("plaza.head");
    let line = fs::read_to_string(&older).unwrap();
    assert!(line.starts_with("plaza-head 1 "), "{line}");
    fs::remove_file(busy.file("plaza.db")).unwrap();
    let (code, words) = refused(&busy.app.data_dir(), &[]);
    assert!(code == WENT_BACK && words.contains("its file is gone"), "{words}");
    assert!(!busy.file("plaza.db").exists(), "nothing is founded in its place");
    let mut accepting = plaza();
    accepting.args(["--listen", "127.0.0.1:0", "--accept-loss", "--data-dir"]).arg(busy.app.data_dir());
    let mut child = accepting.stderr(std::process::Stdio::piped()).spawn().unwrap();
    eventually_blocking("it is founded anew", || busy.file("plaza.db").exists().then_some(()));
    eventually_blocking("its end is remembered", || {
        (fs::read_to_string(&older).ok().as_deref() != Some(line.as_str())).then_some(())
    });
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("which is accepted"), "{told}");
}

#[tokio::test]
async fn a_second_process_finds_the_mall_held_whatever_it_is_called() {
    let app = TestApp::embedded(&[]).await;
    let directory = app.data_dir();
    fs::remove_file(directory.join("plaza.lock")).unwrap();
    let (code, words) = refused(&directory, &[]);
    assert!(code == GONE && words.contains("another plaza"), "{words}");
    let elsewhere = tempfile::tempdir().unwrap();
    let (link, beside) = (elsewhere.path().join("link"), elsewhere.path().join("beside"));
    std::os::unix::fs::symlink(&directory, &link).unwrap();
    let (code, words) = refused(&link, &[]);
    assert!(code == GONE && words.contains("another plaza"), "{words}");
    fs::create_dir(&beside).unwrap();
    fs::hard_link(directory.join("plaza.db"), beside.join("plaza.db")).unwrap();
    let (code, words) = refused(&beside, &[]);
    assert!(code == GONE && words.contains("several names"), "{words}");
    app.audit().await;
}

/// As the version before seals left it.
#[tokio::test]
async fn a_mall_of_an_older_version_is_read_once_it_is_brought_up_to_date() {
    let mut busy = Busy::start().await;
    busy.app.stop();
    let mut conn = open_writer(&Place::File(busy.file("plaza.db"))).unwrap();
    for table in ["log", "consumers", "tokens", "statistics", "idempotency", "customers"] {
        conn.batch_execute(&format!("ALTER TABLE {table} DROP COLUMN seal")).unwrap();
    }
    conn.batch_execute("DELETE FROM __diesel_schema_migrations WHERE version = '20261128000003'").unwrap();
    drop(conn);
    for command in ["verify", "export"] {
        let (code, words) = said(command, &busy.app.data_dir(), &[]);
        assert!(code == Some(2) && words.contains("older Plaza") && words.contains("start it once"), "{words}");
    }
    // A journal that went back is not brought up to date before it is refused.
    let (old, head) = (fs::read(busy.file("plaza.db")).unwrap(), fs::read(busy.file("plaza.head")).unwrap());
    busy.app.restart().await;
    busy.buy(3).await;
    busy.app.stop();
    fs::write(busy.file("plaza.db"), &old).unwrap();
    let (code, words) = refused(&busy.app.data_dir(), &[]);
    assert!(code == WENT_BACK && words.contains("are missing") && !words.contains("brought up to date"), "{words}");
    fs::write(busy.file("plaza.head"), head).unwrap();
    busy.app.restart().await;
    let logged = busy.app.logged();
    assert!(logged.contains("are brought up to date") && logged.contains("migrations=1 took_ms="), "{logged}");
    busy.buy(3).await;
}
