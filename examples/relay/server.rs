//! A nats-server of this run's own.

use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A running server; ends with this value.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub url: String,
    _dir: TempDir,
}

impl Server {
    /// Starts one with an empty store below `dir`.
    pub fn start(program: &Path, dir: &Path, sync_always: bool) -> Result<Self> {
        let dir = tempfile::tempdir_in(dir)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let sync = if sync_always { "sync_interval: always" } else { "" };
        let store = std::path::absolute(dir.path())?.join("store");
        let config =
            format!("listen: \"127.0.0.1:{port}\"\njetstream {{ store_dir: \"{}\"\n {sync} }}\n", store.display());
        let file = dir.path().join("nats.conf");
        std::fs::write(&file, config)?;
        let child = Command::new(program)
            .arg("--config")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let server = Self { child, url: format!("nats://127.0.0.1:{port}"), _dir: dir };
        let started = Instant::now();
        while !greets(port) {
            ensure!(started.elapsed() < Duration::from_secs(10), "nats-server does not answer");
            std::thread::yield_now();
        }
        Ok(server)
    }
}

fn greets(port: u16) -> bool {
    let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let mut greeting = String::new();
    BufReader::new(stream).read_line(&mut greeting).is_ok() && greeting.starts_with("INFO ")
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; there is nobody left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
