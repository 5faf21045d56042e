//! Where the mall of a run is kept, and what it begins as.

use super::error::RunError;
use crate::db::connection::Connection;
use crate::db::open::{self, DirectoryLock};
use crate::db::place::Place;
use crate::db::{copy, transfer};
use crate::sim::scratch::Scratch;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where the mall of a run is to be kept, and what it is to begin as.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    /// The directory its journal is kept in; in memory when there is none.
    pub on_disk: Option<PathBuf>,
    /// The data directory or export of the mall it begins as; empty when there is none.
    pub start_from: Option<PathBuf>,
}

/// The place of a run, ready to be opened.
pub struct Prepared {
    /// Where; a fresh mall in memory when there is none.
    pub place: Option<Place>,
    /// The directory is this process's for as long.
    _lock: Option<DirectoryLock>,
    /// A database in memory is there for as long.
    _keeper: Option<Connection>,
}

impl Ground {
    /// Makes the place, and copies into it what the run begins as.
    ///
    /// # Errors
    /// The directory is not empty; there is no mall to begin as, or it cannot be read.
    pub fn prepare(&self) -> Result<Prepared, RunError> {
        let (mut place, mut lock, mut keeper) = (None, None, None);
        if let Some(directory) = &self.on_disk {
            let is_taken = std::fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some());
            if is_taken || directory.is_file() {
                return Err(RunError::NotEmpty(directory.display().to_string()));
            }
            let there = Place::in_directory(directory);
            lock = open::lock(&there)?;
            place = Some(there);
        }
        if let Some(from) = &self.start_from {
            let source = Source::of(from)?;
            let there = place.get_or_insert_with(|| Place::Memory(name()));
            keeper = source.copy_to(there)?;
        }
        Ok(Prepared { place, _lock: lock, _keeper: keeper })
    }
}

/// A name of a database in memory that no other in this process has.
fn name() -> String {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    format!("plaza-run-{}", RUNS.fetch_add(1, Ordering::Relaxed))
}

/// What a run begins as.
enum Source {
    /// The database of a data directory.
    Directory(PathBuf),
    /// An export.
    Export(PathBuf),
}

impl Source {
    fn of(path: &Path) -> Result<Self, RunError> {
        match Place::in_directory(path) {
            Place::File(file) if file.is_file() => Ok(Self::Directory(file)),
            _ if path.is_file() => Ok(Self::Export(path.to_owned())),
            _ => Err(RunError::NoSuchMall(path.display().to_string())),
        }
    }

    /// Copies it; a place in memory is there for as long as the answer is open.
    fn copy_to(&self, place: &Place) -> Result<Option<Connection>, RunError> {
        match (self, place) {
            (Self::Directory(file), Place::File(to)) => {
                copy::copy(file, to)?;
                Ok(None)
            }
            (Self::Directory(file), Place::Memory(name)) => {
                let made = |source| RunError::File { path: std::env::temp_dir().display().to_string(), source };
                let between = Scratch::new().map_err(made)?;
                let there = between.path().join("plaza.db");
                copy::copy(file, &there)?;
                Ok(Some(copy::into_memory(&there, name)?))
            }
            (Self::Export(file), _) => {
                let unreadable = |source| RunError::File { path: file.display().to_string(), source };
                let mut lines = BufReader::new(File::open(file).map_err(unreadable)?);
                let mut conn = open::open_to_fill(place)?;
                transfer::import(&mut conn, &mut lines, |_rows, _events| {})?;
                Ok(Some(conn))
            }
            (Self::Directory(_), Place::Server(_)) => Err(RunError::NoSuchMall(place.to_string())),
        }
    }
}
