//! Copying the mall of a data directory without touching it: neither its file, nor its log, nor its lock.
//!
//! A connection would not do: the last one that closes folds the log into the file, and even one that only reads notes
//! where it reads. So the files themselves are read, which is sound under a mall that runs as long as nothing of the
//! log was folded meanwhile: the file is read before and after the log, and both times has to hold the same, and the log
//! has to be the same one. Then the file has everything that was folded before, the log everything since, and what was
//! being written at its end fails its checksum and is left out, as after a power cut.

use super::connection::Connection;
use super::error::{DbError, DbErrorKind};
use super::place::Place;
use super::{file, pool};
use blake3::Hasher;
use diesel::connection::SimpleConnection as _;
use std::fs::File;
use std::io;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// How often a mall that folds its log while it is read is read again.
const TRIES: usize = 20;
/// What tells one log from the next: its header, with the salts that are drawn whenever it begins anew.
const LOG_HEADER: u64 = 32;

/// Copies the database of `from`, a file of SQLite with its log, to `to`, where there is nothing yet.
///
/// # Errors
/// A file cannot be read or written, or the mall is busy with folding its log again and again.
pub fn copy(from: &Path, to: &Path) -> Result<(), DbError> {
    for _ in 0..TRIES {
        let failed = |error: io::Error| {
            DbError::because(DbErrorKind::Unavailable, format!("{} cannot be copied: {error}", from.display()), error)
        };
        if attempt(from, to).map_err(failed)? {
            return Ok(());
        }
    }
    Err(DbError::new(DbErrorKind::Busy, format!("{} changes while it is copied; export it instead", from.display())))
}

fn attempt(from: &Path, to: &Path) -> io::Result<bool> {
    let (log, log_to) = (beside(from), beside(to));
    let before = log_header(&log)?;
    let first = hashed(from, Some(to))?;
    match before {
        Some(_) => drop(hashed(&log, Some(&log_to))?),
        None if log_to.exists() => std::fs::remove_file(&log_to)?,
        None => {}
    }
    Ok(hashed(from, None)? == first && log_header(&log)? == before)
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// The header of a log; `None` where there is no log, or nothing in it.
fn log_header(log: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut header = Vec::new();
    match File::open(log) {
        Ok(file) => file.take(LOG_HEADER).read_to_end(&mut header)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok((!header.is_empty()).then_some(header))
}

/// Reads a file through, and writes it down.
fn hashed(file: &Path, to: Option<&Path>) -> io::Result<[u8; 32]> {
    let (mut from, mut to) = (File::open(file)?, to.map(File::create).transpose()?);
    let (mut hash, mut buffer) = (Hasher::new(), vec![0; 1 << 16]);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok(*hash.finalize().as_bytes());
        }
        hash.update(&buffer[..read]);
        if let Some(to) = &mut to {
            to.write_all(&buffer[..read])?;
        }
    }
}

/// Copies the database of a file into memory, under `name`; it is there for as long as the answer is open.
///
/// # Errors
/// The file cannot be read, or there is something of that name already.
pub fn into_memory(file: &Path, name: &str) -> Result<Connection, DbError> {
    let keeper = pool::open_writer(&Place::Memory(name.to_owned()))?;
    let mut conn = pool::open_writer(&Place::File(file.to_owned()))?;
    // Names of databases in memory are made here, of letters, digits and hyphens.
    conn.batch_execute(&format!("VACUUM INTO '{}'", file::in_memory(name)))?;
    Ok(keeper)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::open::{self, Birth, Loss};
    use crate::db::reads;
    use crate::db::testbed::uuid;
    use crate::domain::time::Timestamp;

    #[test]
    fn an_open_mall_is_copied_with_its_log_and_is_not_touched() {
        let dir = tempfile::tempdir().unwrap();
        let (file, to) = (dir.path().join("plaza.db"), dir.path().join("copy.db"));
        let birth = Birth { log_id: uuid(5), currency: "CHF".parse().unwrap(), at: Timestamp(1) };
        let opened = open::open(&Place::File(file.clone()), birth, Loss::Refused).unwrap();
        let bytes = || [file.clone(), beside(&file)].map(|file| std::fs::read(file).unwrap());
        let before = bytes();
        assert!(!before[1].is_empty(), "what was written is in the log");
        copy(&file, &to).unwrap();
        assert_eq!(bytes(), before);
        let mut memory = into_memory(&to, "copied-into-memory").unwrap();
        assert_eq!(reads::log::identity(&mut memory).unwrap().log_id, uuid(5));
        drop(opened);
    }

    #[test]
    fn what_is_not_there_is_not_copied() {
        let dir = tempfile::tempdir().unwrap();
        let error = copy(&dir.path().join("plaza.db"), &dir.path().join("copy.db")).unwrap_err();
        assert!(error.to_string().contains("plaza.db cannot be copied"), "{error}");
    }
}
