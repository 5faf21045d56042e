//! `plaza export` and `plaza import`: a mall as a file, between directories, machines and databases.

use super::interrupt::on_a_line;
use super::storage::{ExportSettings, ImportSettings};
use crate::db::open;
use crate::db::transfer::{Moved, export, import};
use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io;
use std::io::{BufReader, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Writes everything a mall holds as lines of JSON. The mall may be running.
///
/// # Errors
/// There is no mall, it cannot be read, or the file exists already or cannot be written.
pub fn run_export(settings: &ExportSettings) -> Result<()> {
    if settings.guest {
        // It is whole or of no use: whoever asks it to come to its end waits.
        let _ = on_a_line();
    }
    let place = settings.storage.place()?;
    let mut conn = open::open_to_read(&place)?;
    open::refuse_other_version(&mut conn, &place)?;
    let bar = progress_bar()?;
    let mut tell = |rows, events| tell(&bar, rows, events);
    let moved = if is_standard(&settings.output) {
        export(&mut conn, &mut BufWriter::new(io::stdout().lock()), &mut tell)?
    } else {
        let path = settings.output.display();
        let file = create_private(&settings.output).with_context(|| format!("{path} cannot be made"))?;
        let mut file = BufWriter::new(file);
        let moved = export(&mut conn, &mut file, &mut tell)?;
        file.get_ref().sync_all().with_context(|| format!("{path} could not be written to the disk"))?;
        moved
    };
    bar.finish_and_clear();
    report("exported", moved);
    Ok(())
}

/// Reads a mall into an empty database.
///
/// # Errors
/// The file is not a whole and untouched export, the database is not empty, or it cannot be written.
pub fn run_import(settings: &ImportSettings) -> Result<()> {
    let place = settings.storage.place()?;
    let input: Box<dyn io::Read> = if is_standard(&settings.input) {
        Box::new(io::stdin().lock())
    } else {
        let path = settings.input.display();
        Box::new(File::open(&settings.input).with_context(|| format!("{path} cannot be read"))?)
    };
    let _lock = open::lock(&place)?;
    let mut conn = open::open_to_fill(&place)?;
    let bar = progress_bar()?;
    let moved = import(&mut conn, &mut BufReader::new(input), |rows, events| tell(&bar, rows, events))?;
    bar.finish_and_clear();
    report("imported", moved);
    eprintln!("`plaza verify` checks that everything in it holds");
    Ok(())
}

/// Makes a file that only its owner may read: an export holds names, phone numbers and hashes of access tokens.
fn create_private(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn progress_bar() -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{pos} rows, {len} of them events  {per_sec}  {elapsed}")?;
    Ok(ProgressBar::no_length().with_style(style))
}

fn tell(bar: &ProgressBar, rows: u64, events: u64) {
    bar.set_length(events);
    bar.set_position(rows);
}

/// On standard error: standard output may be the export.
fn report(done: &str, moved: Moved) {
    eprintln!("{done} {} events and {} rows of state", moved.events, moved.rows - moved.events);
}
