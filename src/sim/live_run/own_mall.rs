//! A mall of a run's own: this program as another process, on a free port and with a data directory of its own, which can be
//! killed and started again, and is gone with the run.

use super::error::LiveError;
use crate::db::open;
use crate::db::place::Place;
use crate::db::reads::{orders::heads, totals::totals};
use crate::db::verify::verify;
use crate::sim::run::finish::Books;
use crate::sim::run::report::JournalEnd;
use crate::sim::scenario::model::MallPlan;
use crate::sim::scratch::Scratch;
use data_encoding::HEXLOWER;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How long a mall may take to start, and to end in order.
const STARTS_WITHIN: Duration = Duration::from_mins(2);
const ENDS_WITHIN: Duration = Duration::from_mins(1);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(20);
/// What a mall says when it can be asked.
const OPEN: &str = "Plaza is open at ";

/// A mall of a run's own. It ends when it is dropped.
pub struct OwnMall {
    program: PathBuf,
    arguments: Vec<String>,
    directory: Scratch,
    child: Arc<Mutex<Option<Child>>>,
}

impl OwnMall {
    /// A mall with the delays and deadlines of a scenario, not started yet.
    ///
    /// # Errors
    /// The system gives no place for it.
    pub fn new(plan: &MallPlan) -> Result<Self, LiveError> {
        let failed = |source| LiveError::System { what: "a directory for a mall could not be made", source };
        let program = std::env::current_exe().map_err(failed)?;
        let directory = Scratch::new().map_err(failed)?;
        let data = directory.path().join("data").display().to_string();
        let ms = |delay: u64| format!("{delay}ms");
        let policy = plan.policy();
        let arguments = [
            ("--data-dir", data),
            ("--store-delay", ms(plan.store_delay.ms())),
            ("--payment-delay", ms(policy.payment_delay_ms)),
            ("--grace", ms(policy.grace_ms)),
            ("--pay-deadline", ms(policy.pay_deadline_ms)),
            ("--shipping-delay", ms(policy.shipping_delay_ms)),
            ("--speed", policy.speed.to_string()),
            ("--log", "warn".to_owned()),
        ];
        let arguments = arguments.into_iter().flat_map(|(name, value)| [name.to_owned(), value]);
        let arguments = ["serve".to_owned(), "--ends-with-stdin".to_owned()].into_iter().chain(arguments).collect();
        Ok(Self { program, arguments, directory, child: Arc::default() })
    }

    /// Starts it at an address, `127.0.0.1:0` for any free one; answers its URL.
    ///
    /// # Errors
    /// It does not start; what it said is in the error.
    pub async fn start(&self, listen: &str) -> Result<String, LiveError> {
        let log = self.directory.path().join("log");
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).args(["--listen", listen]).stdin(Stdio::piped()).stdout(Stdio::piped());
        // Nothing of what this process was told is meant for it; and Ctrl-C is for this process alone.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PLAZA_")) {
            command.env_remove(name);
        }
        command.process_group(0);
        let child = self.child.clone();
        let waited = tokio::task::spawn_blocking(move || {
            let failed = |source| LiveError::System { what: "a mall could not be started", source };
            let errors = File::options().create(true).append(true).open(&log).map_err(failed)?;
            let mut started = command.stderr(errors).spawn().map_err(failed)?;
            let output = started.stdout.take();
            *child.lock().unwrap_or_else(PoisonError::into_inner) = Some(started);
            let mut lines = output.into_iter().flat_map(|output| BufReader::new(output).lines().map_while(Result::ok));
            let url = lines.find_map(|line| line.strip_prefix(OPEN).map(str::to_owned));
            url.ok_or_else(|| LiveError::NoStart(std::fs::read_to_string(&log).unwrap_or_default()))
        });
        match timeout(STARTS_WITHIN, waited).await {
            Ok(started) => {
                started.unwrap_or_else(|_| Err(LiveError::NoStart("its start failed in a panic".to_owned())))
            }
            Err(_) => Err(LiveError::NoStart("it did not say that it was open".to_owned())),
        }
    }

    /// Kills it, as a power cut would.
    pub fn kill(&self) {
        if let Some(mut child) = self.child.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Ends it in order, and reads its books: the whole journal is verified.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn books(&self, progress: impl Fn()) -> Result<Books, LiveError> {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut child) = child {
            // It ends with its standard input, or is killed where it does not.
            drop(child.stdin.take());
            let began = Instant::now();
            while child.try_wait().is_ok_and(|ended| ended.is_none()) && began.elapsed() < ENDS_WITHIN {
                sleep(LOOK).await;
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        let place = Place::in_directory(&self.directory.path().join("data"));
        let mut conn = open::open_to_read(&place)?;
        let verified = verify(&mut conn, |_, _| progress())?;
        let tail = open::tail(&mut conn, &place)?;
        Ok(Books {
            orders: heads(&mut conn)?,
            sums: totals(&mut conn)?,
            problems: verified.into_problems(),
            journal: JournalEnd { position: tail.position, head: Some(HEXLOWER.encode(&tail.hash)) },
        })
    }
}

impl Drop for OwnMall {
    fn drop(&mut self) {
        self.kill();
    }
}
