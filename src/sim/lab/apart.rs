//! A simulation in a mall of its own, in virtual time: this program as another process, which takes what this one leaves over.

use super::record::{json, page, scenario};
use super::running::{Running, Wheel};
use crate::sim::run::picture::Picture;
use crate::sim::run::point::Point;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::PoisonError;

/// What a process says last is kept where it fails: so many lines.
const LINES: usize = 5;
/// The exit codes of a run that has a report.
const REPORTED: [i32; 3] = [0, 1, 11];

/// Where this mall is kept, for simulations that begin as a copy of it.
#[derive(Clone, Debug)]
pub enum Source {
    /// In a data directory.
    Directory(PathBuf),
    /// In a database of a server, at this address.
    Server(SecretString),
}

/// What another process is asked.
#[derive(Clone, Debug)]
pub struct Apart {
    /// A shipped scenario, or none: that in the directory.
    pub shipped: Option<&'static str>,
    /// Values that count in place of the scenario's.
    pub set: Vec<String>,
    /// What everything is drawn from.
    pub seed: u64,
    /// How often each variant is run.
    pub replications: Option<u32>,
    /// The mall it begins as a copy of.
    pub source: Option<Source>,
}

/// How far an experiment is.
#[derive(Deserialize)]
struct Runs {
    ended: u32,
    of: u32,
}

impl Apart {
    /// Carries it out in a directory, and leaves the reports there; answers why it could not be.
    ///
    /// # Errors
    /// The system gives no process.
    pub fn carry_out(&self, running: &Running, directory: &Path) -> io::Result<Result<(), String>> {
        // What runs, also where another version has taken its place on the disk.
        let running_one = PathBuf::from("/proc/self/exe");
        let program = if running_one.exists() { running_one } else { std::env::current_exe()? };
        let export = directory.join("begins-as.jsonl");
        let begins_as = match &self.source {
            None => None,
            Some(Source::Directory(data)) => Some(data.clone()),
            Some(Source::Server(url)) => {
                let mut command = command(&program);
                command
                    .arg("export")
                    .arg("--guest")
                    .arg("--output")
                    .arg(&export)
                    .env("PLAZA_DATABASE_URL", url.expose_secret());
                let (status, said) = run(command, running)?;
                if !status.success() {
                    let _ = std::fs::remove_file(export);
                    return Ok(Err(said));
                }
                Some(export.clone())
            }
        };
        let mut command = command(&program);
        command.arg("simulate").args(["--virtual", "--guest", "--seed", &self.seed.to_string()]);
        command.arg("--json").arg(json(directory)).arg("--html").arg(page(directory));
        command.args(self.set.iter().map(|set| format!("--set={set}")));
        command.args(self.replications.map(|often| format!("--replications={often}")));
        if let Some(begins_as) = begins_as {
            command.arg("--start-from").arg(begins_as);
        }
        if let Some(name) = self.shipped {
            command.arg(name);
        } else {
            command.arg(scenario(directory));
        }
        let (status, said) = run(command, running)?;
        // It is large, and nobody asks for it again.
        let _ = std::fs::remove_file(export);
        Ok(if status.code().is_some_and(|code| REPORTED.contains(&code)) { Ok(()) } else { Err(said) })
    }
}

/// This program, which is told nothing that this process was told, and of no signal that is for this one.
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PLAZA_")) {
        command.env_remove(name);
    }
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Runs a process to its end, and takes on how far it is; answers what it said last.
fn run(mut command: Command, running: &Running) -> io::Result<(ExitStatus, String)> {
    let mut child = command.spawn()?;
    let errors = child.stderr.take();
    steer(running, &mut child);
    let mut last: Vec<String> = Vec::new();
    for line in errors.into_iter().flat_map(|errors| BufReader::new(errors).lines().map_while(Result::ok)) {
        if let Ok(point) = serde_json::from_str::<Point>(&line) {
            running.point(&point);
        } else if let Ok(picture) = serde_json::from_str::<Picture>(&line) {
            running.show(&picture);
        } else if let Ok(Runs { ended, of }) = serde_json::from_str::<Runs>(&line) {
            running.change(|record| record.progress = f64::from(ended) / f64::from(of.max(1)));
        } else if !line.trim().is_empty() {
            last.push(line);
            last.drain(..last.len().saturating_sub(LINES));
        }
    }
    let status = child.wait()?;
    Ok((status, if last.is_empty() { status.to_string() } else { last.join("\n") }))
}

/// From now on it hears what is asked of the simulation, and what was asked before.
fn steer(running: &Running, child: &mut Child) {
    let Wheel::There(input) = &running.wheel else { return };
    *input.lock().unwrap_or_else(PoisonError::into_inner) = child.stdin.take();
    if running.end.is_stopped() {
        kill(running);
    } else if running.stop.is_stopped() {
        stop(running);
    }
}

/// Has the process come to its end and say what it found.
pub fn stop(running: &Running) {
    if let Wheel::There(input) = &running.wheel
        && let Some(input) = &mut *input.lock().unwrap_or_else(PoisonError::into_inner)
    {
        // One that has ended hears nothing.
        let _ = input.write_all(b"stop\n");
    }
}

/// Ends the process at once.
pub fn kill(running: &Running) {
    if let Wheel::There(input) = &running.wheel {
        drop(input.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
