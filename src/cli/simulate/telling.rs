//! What was found is told: printed, as JSON, as a page, and against an earlier report.

use super::exit::code_of;
use super::settings::ScenarioSettings;
use super::{experiment, output};
use crate::sim::baseline::{Baseline, Earlier, Told};
use crate::sim::experiment::report::ExperimentReport;
use crate::sim::page;
use crate::sim::page::frame::Repeat;
use crate::sim::run::report::Report;
use crate::sim::scenario::document::Document;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::fs::File;
use std::io;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// How what is found is told.
pub struct Telling<'a> {
    settings: &'a ScenarioSettings,
    /// The scenario.
    pub document: &'a Document,
    earlier: Option<Earlier>,
    /// Files that were made to see whether they can be; they go when nothing is told.
    made: Vec<PathBuf>,
}

impl<'a> Telling<'a> {
    /// As the settings say. Before anything is run, it is looked whether it can be compared, and written.
    ///
    /// # Errors
    /// The earlier report is none, or a file cannot be written.
    pub fn of(settings: &'a ScenarioSettings, document: &'a Document) -> Result<Self> {
        let is_experiment = settings.makes_many(document);
        let earlier = settings.baseline.as_ref().map(|path| Earlier::read(path, is_experiment)).transpose()?;
        let files = settings.html.iter().chain(&settings.json);
        if let Some(html) =
            settings.html.as_ref().filter(|html| html.as_os_str() == "-" || settings.json.as_ref() == Some(html))
        {
            bail!("--html {}: a page needs a file of its own", html.display());
        }
        let mut telling = Self { settings, document, earlier, made: Vec::new() };
        for path in files.filter(|path| !settings.check && path.as_os_str() != "-") {
            // What is there stays there until there is something to take its place.
            let is_new = !path.exists();
            let opened = File::options().create(true).append(true).open(path);
            opened.with_context(|| format!("{} cannot be written", path.display()))?;
            telling.made.extend(is_new.then(|| path.clone()));
        }
        Ok(telling)
    }

    /// Tells what a run found; answers the exit code.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn run(&self, report: &Report) -> Result<u8> {
        self.tell(report, output::print, page::run::page_of)?;
        Ok(code_of(report.verdict))
    }

    /// Tells what an experiment found, if any run of it came to its end; answers the exit code.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn experiment(&self, report: &ExperimentReport) -> Result<u8> {
        if !report.is_empty() {
            self.tell(report, experiment::print, page::experiment::page_of)?;
        }
        Ok(code_of(report.verdict))
    }

    /// Writes what was found as a page and as JSON where that is asked for, and prints it unless that went to standard
    /// output.
    ///
    /// # Errors
    /// It cannot be written.
    fn tell<R: Serialize>(
        &self,
        report: &R,
        print: impl FnOnce(&R),
        page: impl FnOnce(&R, Option<&Baseline>, &Repeat<'_>) -> String,
    ) -> Result<()> {
        let baseline = self.earlier.as_ref().map(|earlier| earlier.compared(report));
        if let Some(path) = &self.settings.html {
            let (command, scenario) = (command(), self.document.text());
            let repeat = Repeat { command: &command, scenario: &scenario, title: &self.document.scenario.title };
            std::fs::write(path, page(report, baseline.as_ref(), &repeat))
                .with_context(|| format!("{} cannot be written", path.display()))?;
        }
        let print = |report: &R| {
            print(report);
            baseline.iter().for_each(output::print_baseline);
        };
        let told = Told { report, baseline: baseline.as_ref() };
        let Some(path) = &self.settings.json else {
            print(report);
            return Ok(());
        };
        if path.as_os_str() == "-" {
            write_json(&told, &mut io::stdout().lock())?;
        } else {
            let made = || format!("{} cannot be written", path.display());
            write_json(&told, &mut BufWriter::new(File::create(path).with_context(made)?)).with_context(made)?;
            print(report);
        }
        Ok(())
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        for path in &self.made {
            if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
                _ = std::fs::remove_file(path);
            }
        }
    }
}

/// The command that was given, as a shell takes it, without its secrets and without whose guest it is.
fn command() -> String {
    said(std::env::args().skip(1))
}

fn said(args: impl Iterator<Item = String>) -> String {
    let plain =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=:,+%@".contains(c));
    let quoted = |text: String| if plain(&text) { text } else { format!("'{}'", text.replace('\'', "'\\''")) };
    let mut is_secret = false;
    let told = args.map(|arg| match (std::mem::take(&mut is_secret), arg.as_str()) {
        (true, _) => "…".to_owned(),
        (_, "--admin-token") => {
            is_secret = true;
            arg
        }
        (_, text) if text.starts_with("--admin-token=") => "--admin-token=…".to_owned(),
        _ => quoted(arg),
    });
    let told = told.filter(|told| told != "--guest");
    std::iter::once("plaza".to_owned()).chain(told).collect::<Vec<_>>().join(" ")
}

fn write_json(report: &impl Serialize, to: &mut impl Write) -> Result<()> {
    serde_json::to_writer_pretty(&mut *to, report)?;
    writeln!(to)?;
    to.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn a_report_tells_how_to_repeat_it_and_no_secret() {
        let told = |args: &[&str]| said(args.iter().map(|arg| (*arg).to_owned()));
        let secret = "0123456789abcdef-secret";
        for args in [
            vec!["--admin-token", secret, "--json", "a b"],
            vec![&format!("--admin-token={secret}")[..], "--json", "a b"],
        ] {
            let told = told(&args);
            assert!(!told.contains("secret") && told.ends_with(" --json 'a b'"), "{told}");
        }
        assert_eq!(told(&["simulate", "it's"]), "plaza simulate 'it'\\''s'");
    }
}
