//! Watches the files of a running mall. A file that is removed goes on being written to by whoever has it open, and what is
//! acknowledged meanwhile is gone with the process; one that is replaced or written over is no longer what was opened.
//!
//! So the mall ends, within a second, and says why. What was acknowledged is still there for this process when a file was
//! only removed: it is saved under another name.

use super::connection::Connection;
use super::error::{DbError, DbErrorKind};
use super::journal::availability::Availability;
use super::reads::log;
use super::{file, integrity};
use diesel::SqliteConnection;
use diesel::connection::SimpleConnection as _;
use std::collections::VecDeque;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// How often it looks.
const LOOKS: Duration = Duration::from_millis(250);
/// How far apart the events are that it remembers, and how many it does: an hour and more of them.
const APART: Duration = Duration::from_secs(1);
const KNOWN: usize = 4_096;
/// How many of them, the newest first at growing distances, are looked up when the file was written to.
const LOOKED_UP: u32 = 12;
/// How long it waits for a commit that is under way.
const COMMIT: Duration = Duration::from_secs(2);
/// What is saved of a mall that lost its file.
const RESCUED: &str = "plaza.rescued.db";
/// What a process ends with: its files are others, or gone.
const REPLACED: i32 = 5;
const VANISHED: i32 = 6;
/// Checked, and found wrong.
const DAMAGED: i32 = 1;

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
enum Loss {
    /// There is none of that name any more.
    Vanished(PathBuf),
    /// There is another of that name.
    Replaced(PathBuf),
    /// It does not hold any more what was written.
    Overwritten(PathBuf),
}

/// Which file it is.
type Identity = (u64, u64);

fn identity(known: &Metadata) -> Identity {
    (known.dev(), known.ino())
}

/// Where what is saved of a mall that lost its file was written, if anything is there.
#[must_use]
pub fn rescued(database: &Path) -> Option<PathBuf> {
    Some(database.with_file_name(RESCUED)).filter(|path| path.exists())
}

/// The files of a running mall.
struct Files {
    database: PathBuf,
    /// The database, its log and the index of that, as far as they have been seen.
    known: [(PathBuf, Option<Identity>); 3],
    /// When the database was written to last, and how long it was.
    written: Option<(i64, i64, u64)>,
    /// Events that were there, and their hashes.
    events: VecDeque<(u64, Vec<u8>)>,
    noted: Option<Instant>,
    /// Its own way into the files as they were opened.
    conn: Connection,
}

impl Files {
    fn open(database: &Path) -> Result<Self, DbError> {
        let conn = file::open_reader(&database.to_string_lossy())?;
        let beside = |end: &str| {
            let mut name = database.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        let mut files = Self {
            database: database.to_owned(),
            known: [database.to_owned(), beside("-wal"), beside("-shm")].map(|path| (path, None)),
            written: None,
            events: VecDeque::new(),
            noted: None,
            conn: Connection::Sqlite(conn),
        };
        // The index is made with the first query.
        files.note();
        files.look();
        Ok(files)
    }

    /// Remembers the newest event now and then.
    fn note(&mut self) {
        if self.noted.is_some_and(|noted| noted.elapsed() < APART) {
            return;
        }
        self.noted = Some(Instant::now());
        // What cannot be read now may be read later.
        let Ok(position) = log::end(&mut self.conn) else { return };
        if self.events.back().is_some_and(|(known, _)| *known >= position) {
            return;
        }
        if let Ok(Some(hash)) = log::hash_at(&mut self.conn, position) {
            if self.events.len() == KNOWN {
                self.events.pop_front();
            }
            self.events.push_back((position, hash));
        }
    }

    /// Looks whether the files are still those that were opened.
    fn look(&mut self) -> Option<Loss> {
        for (path, known) in &mut self.known {
            match (std::fs::metadata(&*path), *known) {
                (Ok(now), None) => *known = Some(identity(&now)),
                (Ok(now), Some(before)) if identity(&now) != before => return Some(Loss::Replaced(path.clone())),
                (Err(error), Some(_)) if error.kind() == io::ErrorKind::NotFound => {
                    return Some(Loss::Vanished(path.clone()));
                }
                (Ok(_) | Err(_), _) => {}
            }
        }
        let now = std::fs::metadata(&self.database).ok()?;
        let written = Some((now.mtime(), now.mtime_nsec(), now.size()));
        if std::mem::replace(&mut self.written, written) == written {
            return None;
        }
        // Mostly it is the mall itself, which folds its log in.
        (!self.holds_what_was_written()).then(|| Loss::Overwritten(self.database.clone()))
    }

    /// Whether events that were written are still there for somebody who opens the file anew. What cannot be asked now, for
    /// example because the file is locked, is no sign.
    fn holds_what_was_written(&self) -> bool {
        let fresh = match file::open_reader(&self.database.to_string_lossy()) {
            Ok(fresh) => fresh,
            Err(error) => return error.kind() != DbErrorKind::Corrupt,
        };
        let mut fresh = Connection::Sqlite(fresh);
        let back = (0..LOOKED_UP).map_while(|doubled| self.events.len().checked_sub(1 << doubled));
        let oldest = self.events.front();
        back.filter_map(|place| self.events.get(place)).chain(oldest).all(|(position, hash)| {
            match log::hash_at(&mut fresh, *position) {
                Ok(found) => found.as_ref() == Some(hash),
                Err(error) => error.kind() != DbErrorKind::Corrupt,
            }
        })
    }

    /// Writes everything down that this process can still read, under another name.
    fn rescue(&mut self) -> Result<PathBuf, DbError> {
        let Connection::Sqlite(conn) = &mut self.conn else {
            return Err(DbError::new(DbErrorKind::Unavailable, "it is no file"));
        };
        let path = self.database.with_file_name(RESCUED);
        save(conn, &path)?;
        Ok(path)
    }
}

fn save(conn: &mut SqliteConnection, path: &Path) -> Result<(), DbError> {
    let name = path.to_string_lossy().replace('\'', "''");
    Ok(conn.batch_execute(&format!("PRAGMA query_only = OFF; VACUUM INTO '{name}'"))?)
}

/// Watches the files of a running mall from a thread of its own until the process ends, and ends it when they are no longer
/// what was opened; before that nothing more is committed.
///
/// # Errors
/// The file cannot be read, or there is no thread to be had.
pub fn watch(database: &Path, availability: Availability) -> Result<(), DbError> {
    let mut files = Files::open(database)?;
    if !integrity::is_waited_for(database) {
        check_meanwhile(database, availability.clone())?;
    }
    let began = std::thread::Builder::new().name("plaza-watch".to_owned()).spawn(move || {
        let loss = loop {
            std::thread::park_timeout(LOOKS);
            if availability.is_closing() {
                return;
            }
            if let Some(loss) = files.look() {
                break loss;
            }
            files.note();
        };
        availability.shut(COMMIT);
        end(&mut files, &loss)
    });
    began.map(drop).map_err(nobody)
}

fn nobody(error: io::Error) -> DbError {
    DbError::because(DbErrorKind::Unavailable, "nobody watches the file", error)
}

/// Checks a file that is too large to be waited for, once, while it is served; one that is damaged is not served on.
fn check_meanwhile(database: &Path, availability: Availability) -> Result<(), DbError> {
    let mut conn = Connection::Sqlite(file::open_reader(&database.to_string_lossy())?);
    let began = std::thread::Builder::new().name("plaza-check".to_owned()).spawn(move || {
        let began = Instant::now();
        match integrity::check(&mut conn) {
            Ok(()) => tracing::info!(took_ms = began.elapsed().as_millis(), "the file was checked, and is sound"),
            Err(error) if error.kind() == DbErrorKind::Corrupt => {
                availability.shut(COMMIT);
                tracing::error!(%error, "the mall ends, for it would serve what is wrong; restore a backup");
                std::process::exit(DAMAGED)
            }
            Err(error) => tracing::warn!(%error, "the file could not be checked"),
        }
    });
    began.map(drop).map_err(nobody)
}

fn end(files: &mut Files, loss: &Loss) -> ! {
    let (code, path, what) = match loss {
        Loss::Vanished(path) => (VANISHED, path, "was removed"),
        Loss::Replaced(path) => (REPLACED, path, "was replaced by another file"),
        Loss::Overwritten(path) => (REPLACED, path, "was written over by somebody else"),
    };
    let path = path.display();
    // Nothing can be saved of a file that holds something else.
    let saved = if matches!(loss, Loss::Overwritten(_)) { None } else { Some(files.rescue()) };
    match saved {
        Some(Ok(saved)) => tracing::error!(
            "{path} {what} under the running mall, which ends; everything that was acknowledged is in {}: give it the name \
             plaza.db, remove what else is named plaza.db, and start again",
            saved.display()
        ),
        Some(Err(error)) => tracing::error!(
            %error,
            "{path} {what} under the running mall, which ends, and nothing could be saved; if it was moved, start the mall \
             where it is now, or else restore a backup"
        ),
        None => tracing::error!("{path} {what} under the running mall, which ends; restore a backup"),
    }
    std::process::exit(code)
}
