//! A directory for files that are gone afterwards.

use std::collections::BTreeSet;
use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once, PoisonError};

/// Those that are there, for an end at which nothing is dropped.
static THERE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Removes all that are there, for a process that ends at once.
pub fn remove_all() {
    for path in std::mem::take(&mut *THERE.lock().unwrap_or_else(PoisonError::into_inner)) {
        let _ = std::fs::remove_dir_all(path);
    }
}

/// The name every one begins with.
const NAME: &str = "plaza-world-";
/// The file that is locked as long as its process lives.
const LOCK: &str = "alive.lock";

/// A directory that is removed when it is dropped; of a process that was killed, by the next that makes one.
pub struct Scratch {
    path: PathBuf,
    _alive: File,
}

impl Scratch {
    /// A new one, among the system's temporary files.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new() -> io::Result<Self> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        static TIDY: Once = Once::new();
        TIDY.call_once(remove_dead);
        let path = loop {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("{NAME}{}-{number}", std::process::id()));
            // A copy of a mall may be in it.
            match DirBuilder::new().mode(0o700).create(&path) {
                // Of a process that was killed, and had the same number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => break made.map(|()| path)?,
            }
        };
        THERE.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        // Under another name until it is locked: whoever finds it takes it for that of a dead process otherwise.
        let (between, lock) = (path.join("alive.new"), path.join(LOCK));
        let alive = File::create(&between)?;
        alive.try_lock().map_err(io::Error::from)?;
        std::fs::rename(between, lock)?;
        Ok(Self { path, _alive: alive })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Removes those of processes that were killed. What cannot be looked into is somebody else's.
fn remove_dead() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(NAME)) {
        let lock = File::options().write(true).open(entry.path().join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever cleans up the system's directory.
        let _ = std::fs::remove_dir_all(&self.path);
        THERE.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_of_the_dead_are_removed_and_those_of_the_living_stay() {
        let (ours, dead) = (Scratch::new().unwrap(), Scratch::new().unwrap());
        let left = std::env::temp_dir().join(format!("{NAME}dead-{}", std::process::id()));
        std::fs::create_dir(&left).unwrap();
        File::create(left.join(LOCK)).unwrap();
        drop(dead);
        remove_dead();
        assert!(ours.path().exists() && !left.exists());
    }
}
