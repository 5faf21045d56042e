//! Ctrl-C: what runs comes to its end and says what it found; a second one ends the process.

use crate::ports::stop::Stop;
use crate::sim::scratch;
use futures_util::future::select_all;
use std::io::BufRead;
use std::process::exit;
use tokio::signal::unix::{SignalKind, signal};

/// How a process ends that a signal ended, as shells say it.
const INTERRUPTED: i32 = 130;

/// Given with the first Ctrl-C; the second one ends the process. Where nobody can listen, as without threads left, Ctrl-C
/// ends it at once, as usual.
#[must_use]
pub fn on_ctrl_c() -> Stop {
    let stop = Stop::default();
    let given = stop.clone();
    let listen = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
            let signals: Result<Vec<_>, _> = kinds.into_iter().map(signal).collect();
            let Ok(mut signals) = signals else { return };
            for is_first in [true, false] {
                let given_one = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
                let _ = select_all(given_one).await;
                if is_first {
                    eprintln!("\nending; once more ends at once");
                    given.stop();
                }
            }
            scratch::remove_all();
            exit(INTERRUPTED);
        });
    };
    // Without it Ctrl-C does what it does to any process.
    let _ = std::thread::Builder::new().name("plaza-signals".to_owned()).spawn(listen);
    stop
}

/// Given with a line of standard input; where that ends, so does the process, at once.
#[must_use]
pub fn on_a_line() -> Stop {
    let stop = Stop::default();
    let given = stop.clone();
    let listen = move || {
        std::io::stdin().lock().lines().map_while(Result::ok).for_each(|_| given.stop());
        scratch::remove_all();
        exit(INTERRUPTED);
    };
    // Without it it ends when it is done.
    let _ = std::thread::Builder::new().name("plaza-stdin".to_owned()).spawn(listen);
    stop
}
