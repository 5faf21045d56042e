//! One process a mall: the lock file of a directory, the advisory lock of a server.

use super::error::OpenError;
use crate::db::connection::Connection;
use crate::db::place::Place;
use crate::db::session;
use std::fs::{File, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

/// How long a start waits for a session of a process that has just died to end on the server.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// The name of the lock file beside it.
const LOCK_FILE: &str = "plaza.lock";

/// Holds the data directory for this process until dropped: by the directory itself, which nobody can remove under it
/// unseen, and by the lock file, which is all that older versions look at.
#[derive(Debug)]
pub struct DirectoryLock {
    #[allow(dead_code, reason = "the lock is held as long as the directory is open")]
    directory: File,
    #[allow(dead_code, reason = "the lock is held as long as the file is open")]
    file: File,
}

/// Takes the directory of a file for this process, and makes it if need be. A database on a server is taken by the
/// session that writes; there is nothing to hold then.
///
/// # Errors
/// [`OpenError::Directory`]; [`OpenError::Locked`] when another process has it; [`OpenError::Linked`] when another may have
/// it under another name.
pub fn lock(place: &Place) -> Result<Option<DirectoryLock>, OpenError> {
    let Place::File(path) = place else { return Ok(None) };
    let directory = path.parent().unwrap_or(Path::new("."));
    let unusable = |source| OpenError::Directory { path: directory.to_owned(), source };
    std::fs::create_dir_all(directory).map_err(unusable)?;
    let taken = |file: File| match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(place.clone())),
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    };
    let options = File::options().create(true).write(true).truncate(false).open(directory.join(LOCK_FILE));
    let file = taken(options.map_err(unusable)?)?;
    let directory = taken(File::open(directory).map_err(unusable)?)?;
    if std::fs::metadata(path).is_ok_and(|known| known.nlink() > 1) {
        return Err(OpenError::Linked(place.clone()));
    }
    Ok(Some(DirectoryLock { directory, file }))
}

/// Takes a database on a server for this process. One that was killed a moment ago may still be on its way out.
///
/// # Errors
/// [`OpenError::Locked`] when another process has it.
pub fn take(conn: &mut Connection, place: &Place) -> Result<(), OpenError> {
    let Connection::Postgres(session) = conn else { return Ok(()) };
    let started = Instant::now();
    loop {
        let taken = session::take_mall(session);
        match taken.map_err(|error| OpenError::Database { place: place.clone(), source: error.into() })? {
            true => return Ok(()),
            false if started.elapsed() >= LOCK_PATIENCE => return Err(OpenError::Locked(place.clone())),
            false => std::thread::park_timeout(LOCK_PATIENCE / 40),
        }
    }
}
