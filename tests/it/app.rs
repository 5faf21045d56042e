//! The real server for a test: the binary on a free port with a data directory of its own.
//!
//! When it is dropped, nothing may be left behind: no permit is held, no saga is open unless the test said so, the
//! process ends cleanly on SIGTERM, and `plaza verify` finds nothing.
//!
//! The same suite runs on every combination of engines: `PLAZA_TEST_DATABASE` is `sqlite` (the default) or `postgres`,
//! `PLAZA_TEST_BUS` is `memory` (the default) or `jetstream`. With JetStream, what is in the stream at the end has to
//! equal the journal.

pub use crate::answer::{Answer, NOBODY, eur, id, order, send, text};
use crate::engines::{NatsOptions, NatsServer, shared_database};
use crate::stream;
pub use crate::wait::{DEADLINE, eventually, eventually_blocking};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use tempfile::TempDir;

/// Delays short enough for tests and far enough apart to tell the bank's verdict from the stores'.
const DELAYS: [&str; 4] = ["--payment-delay", "300ms", "--store-delay", "900ms"];

/// The `plaza` command, with none of the settings of this process's environment.
pub fn plaza() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plaza"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PLAZA_")) {
        command.env_remove(name);
    }
    command
}

/// Whether an environment variable asks for an engine other than the embedded one.
fn asks_for(variable: &str, engine: &str, embedded: &str) -> bool {
    match std::env::var(variable).as_deref() {
        Ok(asked) if asked == engine => true,
        Ok(asked) if asked == embedded => false,
        Err(std::env::VarError::NotPresent) => false,
        other => panic!("{variable} is {other:?}; it can be {embedded} or {engine}"),
    }
}

/// Where a mall keeps its journal.
pub enum Database {
    /// An SQLite file in the data directory.
    Sqlite,
    /// The database at this address.
    Postgres(String),
}

/// A running server.
pub struct TestApp {
    settings: Vec<String>,
    dir: TempDir,
    database: Database,
    nats: Option<NatsServer>,
    child: Option<Child>,
    url: String,
    http: Client,
    token: Option<String>,
    may_leave_orders: bool,
}

impl TestApp {
    /// A server with short delays.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// A server with short delays and further settings, which win, on the engines the environment asks for.
    pub async fn with(settings: &[&str]) -> Self {
        let postgres = asks_for("PLAZA_TEST_DATABASE", "postgres", "sqlite");
        let database = if postgres { Database::Postgres(shared_database()) } else { Database::Sqlite };
        let jetstream = asks_for("PLAZA_TEST_BUS", "jetstream", "memory");
        Self::on(database, jetstream.then(|| NatsServer::start(&NatsOptions::default())), settings).await
    }

    /// A server on SQLite and the in-process bus, for tests of files.
    pub async fn embedded(settings: &[&str]) -> Self {
        Self::on(Database::Sqlite, None, settings).await
    }

    /// A server on these engines.
    pub async fn on(database: Database, nats: Option<NatsServer>, settings: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut given: Vec<String> = settings.iter().map(ToString::to_string).collect();
        for pair in DELAYS.chunks(2).filter(|pair| !settings.contains(&pair[0])) {
            given.extend(pair.iter().map(ToString::to_string));
        }
        let http = Client::builder().no_proxy().timeout(DEADLINE * 2).build().unwrap();
        let mut app = Self {
            settings: given,
            dir,
            database,
            nats,
            child: None,
            url: String::new(),
            http,
            token: None,
            may_leave_orders: false,
        };
        app.launch().await;
        app
    }

    /// The settings that say where the journal is.
    pub fn storage(&self) -> Vec<String> {
        match &self.database {
            Database::Sqlite => vec!["--data-dir".to_owned(), self.data_dir().display().to_string()],
            Database::Postgres(url) => vec!["--database-url".to_owned(), url.clone()],
        }
    }

    /// The name of the database in `/status`.
    pub fn database(&self) -> &'static str {
        match self.database {
            Database::Sqlite => "sqlite",
            Database::Postgres(_) => "postgres",
        }
    }

    /// The nats-server events are relayed to.
    #[allow(dead_code, reason = "for tests of what happens when it fails")]
    pub fn nats(&mut self) -> &mut NatsServer {
        self.nats.as_mut().expect("this server was started with JetStream")
    }

    async fn launch(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.log()).unwrap();
        let bus = self.nats.iter().flat_map(|nats| ["--nats-url".to_owned(), nats.url()]);
        let mut child = plaza()
            .args(["--listen", "127.0.0.1:0"])
            .args(self.storage())
            .args(bus)
            .args(&self.settings)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.by_ref().map_while(Result::ok).find_map(|line| Some(line.split_once("open at ")?.1.to_owned()));
        // The pipe stays open: a server that writes to a closed one would fail.
        std::thread::spawn(move || lines.for_each(drop));
        self.child = Some(child);
        self.url = url.unwrap_or_else(|| panic!("the server did not start: {}", self.logged()));
        eventually("the server is ready", async || {
            self.http.get(format!("{}/readyz", self.url)).send().await.ok().filter(|answer| answer.status() == 200)
        })
        .await;
    }

    /// Kills the server as a power cut would.
    pub fn kill9(&mut self) {
        let mut child = self.child.take().expect("the server runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Starts the server again on the same data, after [`TestApp::kill9`] or [`TestApp::stop`].
    pub async fn restart(&mut self) {
        self.launch().await;
    }

    /// Stops the server in order, and answers how it ended.
    pub fn stop(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("the server runs");
        terminate(&child);
        eventually_blocking("the server ends on SIGTERM", || child.try_wait().unwrap())
    }

    /// How the server ended by itself; `None` while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let ended = self.child.as_mut().expect("the server runs").try_wait().unwrap();
        if ended.is_some() {
            self.child = None;
        }
        ended
    }

    /// The process id of the server.
    pub fn child(&self) -> &Child {
        self.child.as_ref().expect("the server runs")
    }

    /// The data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("server.log")
    }

    /// What the server wrote to its log.
    pub fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Where the server is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The client requests are sent with.
    pub fn client(&self) -> &Client {
        &self.http
    }

    /// Sends this token with every request from now on.
    pub fn authenticate(&mut self, token: &str) {
        self.token = Some(token.to_owned());
    }

    /// The test ends with orders that are not settled.
    pub fn may_leave_orders(&mut self) {
        self.may_leave_orders = true;
    }

    /// A request; paths are below `/api/v1` unless they start with `//`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path =
            path.strip_prefix('/').filter(|rest| rest.starts_with('/')).map_or(format!("/api/v1{path}"), str::to_owned);
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    /// Every item of a list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}{joint}limit=200{cursor}")).await.expect(200);
            items.extend(page["items"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// A participating store; `None` for the mall's own delay.
    pub async fn store(&self, delay_ms: Option<u64>) -> String {
        let mut store = json!({"name": "Store", "location": "Here"});
        if let Some(delay_ms) = delay_ms {
            store["confirmation_delay_ms"] = delay_ms.into();
        }
        let store = id(&self.post("/stores", &store).await.expect(201));
        self.put(&format!("/stores/{store}/participation"), &json!({})).await.expect(200);
        store
    }

    pub async fn product(&self, store: &str, price: i64, stock: i64) -> String {
        let product = json!({"name": "Thing", "price": eur(price), "stock": stock});
        id(&self.post(&format!("/stores/{store}/products"), &product).await.expect(201))
    }

    pub async fn customer(&self) -> String {
        id(&self.post("/customers", &json!({"name": "Ada", "phone": "+49 30 1"})).await.expect(201))
    }

    pub async fn payment(&self, customer: &str, amount: i64) -> String {
        let payment = json!({"customer_id": customer, "amount": eur(amount)});
        id(&self.post("/payments", &payment).await.expect(201))
    }

    /// Submits an order.
    pub async fn order(&self, customer: &str, payment: &str, lines: &[(&str, u32)]) -> Value {
        self.post("/orders", &order(customer, payment, lines)).await.expect(201)
    }

    pub async fn look(&self, order: &str) -> Value {
        self.get(&format!("/orders/{order}")).await.expect(200)
    }

    /// The order once it has this status; it must not end in another.
    pub async fn until(&self, order: &str, status: &str) -> Value {
        eventually(&format!("order {order} is {status}"), async || {
            let seen = self.look(order).await;
            let is_terminal =
                ["delivered", "rejected", "cancelled", "expired"].contains(&seen["status"].as_str().unwrap());
            assert!(!is_terminal || seen["status"] == status, "wanted {status}: {seen}");
            (seen["status"] == status).then_some(seen)
        })
        .await
    }

    pub async fn pay(&self, order: &str) -> Answer {
        self.post(&format!("/orders/{order}/pay"), &json!({})).await
    }

    pub async fn cancel(&self, order: &str) -> Answer {
        self.post(&format!("/orders/{order}/cancel"), &json!({})).await
    }

    /// Fails unless every invariant holds.
    pub async fn audit(&self) {
        let audit = self.get("/audit").await.expect(200);
        assert_eq!(audit["ok"], true, "{audit:#}");
        assert_eq!(audit["invariants"].as_array().unwrap().len(), 15, "{audit:#}");
    }

    /// Fails unless the stream equals the journal.
    fn compare_stream(&mut self) {
        let Some(nats) = &self.nats else { return };
        let compare = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            // A client of its own: the test's is bound to the test's runtime.
            let http = Client::builder().no_proxy().timeout(DEADLINE).build().unwrap();
            let (url, token) = (self.url.as_str(), self.token.as_deref());
            runtime.block_on(stream::equals_the_journal(&http, url, token, &nats.url()));
        };
        // Dropping happens inside the test's runtime, which cannot be blocked on.
        if std::thread::scope(|scope| scope.spawn(compare).join()).is_err() {
            self.kill9();
            panic!("the stream does not equal the journal; the server's log:\n{}", last_lines(&self.logged(), 40));
        }
    }

    /// What `GET /status` says, asked without a runtime; `None` while the server does not answer.
    fn status(&self) -> Option<Value> {
        let addr = self.url.strip_prefix("http://")?;
        let mut stream = TcpStream::connect(addr).ok()?;
        let token = self.token.as_ref().map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
        write!(stream, "GET /api/v1/status HTTP/1.1\r\nHost: {addr}\r\n{token}Connection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if std::thread::panicking() {
            if let Some(child) = &mut self.child {
                // The test has failed already; all that matters now is to leave no process behind.
                let _ = child.kill();
                let _ = child.wait();
            }
            return eprintln!("the server's log:\n{}", last_lines(&self.logged(), 40));
        }
        if self.child.is_some() {
            eventually_blocking("no permit is held", || {
                self.status().filter(|status| status["queue"]["admitted"] == 0)
            });
            if !self.may_leave_orders {
                let open = |status: &Value| status["pending_sagas"] == 0;
                eventually_blocking("no order is left open", || self.status().filter(open));
            }
            self.compare_stream();
            let ended = self.stop();
            assert!(ended.success(), "the server ended with {ended}: {}", self.logged());
        }
        verify(&self.storage());
    }
}

/// Fails unless `plaza verify` finds nothing.
pub fn verify(storage: &[String]) {
    let verified = plaza().arg("verify").args(storage).output().unwrap();
    let (found, error) = (String::from_utf8_lossy(&verified.stdout), String::from_utf8_lossy(&verified.stderr));
    assert!(verified.status.success(), "{found}\n{error}");
}

/// Asks a process to end.
pub fn terminate(child: &Child) {
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
