//! Ctrl-C: what runs comes to its end and says what it found; a second one ends the process.

use crate::ports::stop::Stop;
use crate::sim::scratch;
use std::process::exit;
use tokio::signal::ctrl_c;

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
            if ctrl_c().await.is_ok() {
                eprintln!("\nending; once more ends at once");
                given.stop();
                if ctrl_c().await.is_ok() {
                    scratch::remove_all();
                    exit(INTERRUPTED);
                }
            }
        });
    };
    // Without it Ctrl-C does what it does to any process.
    let _ = std::thread::Builder::new().name("plaza-signals".to_owned()).spawn(listen);
    stop
}
