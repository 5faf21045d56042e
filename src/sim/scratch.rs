//! A directory for files that are gone afterwards.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Those that are there, for an end at which nothing is dropped.
static THERE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Removes all that are there, for a process that ends at once.
pub fn remove_all() {
    for path in std::mem::take(&mut *THERE.lock().unwrap_or_else(PoisonError::into_inner)) {
        let _ = std::fs::remove_dir_all(path);
    }
}

/// A directory that is removed when it is dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new one, among the system's temporary files.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new() -> io::Result<Self> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let path = loop {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("plaza-world-{}-{number}", std::process::id()));
            match std::fs::create_dir(&path) {
                // Of a process that was killed, and had the same number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => break made.map(|()| path)?,
            }
        };
        THERE.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever cleans up the system's directory.
        let _ = std::fs::remove_dir_all(&self.0);
        THERE.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}
