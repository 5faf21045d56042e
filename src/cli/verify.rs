//! `plaza verify`: walks a journal and says whether everything in it holds.

use super::storage::StorageSettings;
use crate::db::error::DbErrorKind;
use crate::db::open;
use crate::db::verify::{VerifyReport, verify};
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

const DAMAGED: &str = "the journal is damaged: restore a backup";
/// Problems shown; the count says how many there are.
const SHOWN: usize = 50;

/// Checks a journal and prints what was found. Answers whether everything holds.
///
/// # Errors
/// There is no journal, another process has the file open, or it cannot be read at all.
pub fn run(storage: &StorageSettings) -> Result<bool> {
    let place = storage.place()?;
    let (mut conn, _lock) = (open::open_to_read(&place)?, open::lock(&place)?);
    open::take(&mut conn, &place)?;
    open::refuse_other_version(&mut conn, &place)?;
    let bar = ProgressBar::no_length()
        .with_style(ProgressStyle::with_template("{pos}/{len} events  {bar:30}  {per_sec}  {eta} left")?);
    let verified = verify(&mut conn, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    let mut report = match verified {
        Err(error) if error.kind() == DbErrorKind::Corrupt => {
            bar.finish_and_clear();
            println!("  PROBLEM {:#}", anyhow::Error::from(error));
            println!("{DAMAGED}");
            return Ok(false);
        }
        verified => verified?,
    };
    if let Some(missing) = open::missing(&mut conn, &place)? {
        report.problems.push(format!("the journal went back: {missing}"));
    }
    bar.finish_and_clear();
    print(&report);
    Ok(report.is_clean())
}

fn print(report: &VerifyReport) {
    println!("{} events in {} streams, head at position {}", report.events, report.streams, report.head);
    for invariant in &report.audit.invariants {
        let mark = if invariant.violations.is_empty() { "ok    " } else { "BROKEN" };
        println!("  {mark} {:4} {} ({} checked)", invariant.id, invariant.name, invariant.checked);
        for violation in &invariant.violations {
            println!("         {violation}");
        }
    }
    for problem in report.problems.iter().take(SHOWN) {
        println!("  PROBLEM {problem}");
    }
    println!("{}", if report.is_clean() { "everything holds" } else { DAMAGED });
}
