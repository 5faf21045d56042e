//! Where the mall of a run is kept, and what it begins as.

use super::error::RunError;
use crate::db::connection::Connection;
use crate::db::open::{self, DirectoryLock};
use crate::db::place::Place;
use crate::db::{copy, transfer};
use crate::sim::scratch::Scratch;
use crate::sim::shopping::errand::Errand;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest journal that is kept in memory, bytes as estimated: SQLite takes two gigabytes there at the most.
const IN_MEMORY_MAX: u64 = 1_500_000_000;
/// What an order leaves in a journal, bytes: so much for itself, and so much for each of its lines. Estimated: a file of
/// 7 200 orders of `day`, 2.4 lines each, has 76 MB.
const ORDER_BYTES: u64 = 9_500;
const LINE_BYTES: u64 = 1_200;

/// How much a run is going to write.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extent {
    orders: u64,
    lines: u64,
}

impl Extent {
    /// Of orders with so many lines in all.
    #[must_use]
    pub const fn of(orders: u64, lines: u64) -> Self {
        Self { orders, lines }
    }

    /// Of shoppers as they come, counted until nobody would keep their journal in memory.
    pub fn of_shoppers(errands: impl IntoIterator<Item = Errand>) -> Self {
        let mut extent = Self::default();
        for errand in errands {
            extent.orders += 1;
            extent.lines += errand.lines.len() as u64;
            if extent.bytes() > IN_MEMORY_MAX {
                break;
            }
        }
        extent
    }

    const fn bytes(self) -> u64 {
        self.orders * ORDER_BYTES + self.lines * LINE_BYTES
    }
}

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
    /// What is kept among the temporary files because it is too long for the memory is there for as long.
    scratch: Option<Scratch>,
    /// The directory is this process's for as long.
    _lock: Option<DirectoryLock>,
    /// A database in memory is there for as long.
    _keeper: Option<Connection>,
}

impl Prepared {
    /// Whether the journal is among the temporary files.
    #[must_use]
    pub const fn is_among_temporary_files(&self) -> bool {
        self.scratch.is_some()
    }
}

impl Ground {
    /// Makes the place, and copies into it what the run begins as. A journal that is going to be too long for the memory
    /// is kept among the temporary files, and is gone with the answer.
    ///
    /// # Errors
    /// The directory is not empty; there is no mall to begin as, or it cannot be read.
    pub fn prepare(&self, extent: Extent) -> Result<Prepared, RunError> {
        let (mut place, mut lock, mut keeper, mut scratch) = (None, None, None, None);
        if let Some(directory) = &self.on_disk {
            if directory.is_file() {
                return Err(RunError::NoDirectory(directory.display().to_string()));
            }
            if std::fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some()) {
                return Err(RunError::NotEmpty(directory.display().to_string()));
            }
            let there = Place::in_directory(directory);
            lock = open::lock(&there)?;
            place = Some(there);
        }
        let source = self.start_from.as_deref().map(Source::of).transpose()?;
        let before = source.as_ref().map_or(0, Source::bytes);
        if place.is_none() && before.saturating_add(extent.bytes()) > IN_MEMORY_MAX {
            let made = Scratch::new().map_err(no_scratch)?;
            place = Some(Place::Scratch(made.path().join("plaza.db")));
            scratch = Some(made);
        }
        if let Some(source) = source {
            let there = place.get_or_insert_with(|| Place::Memory(name()));
            keeper = source.copy_to(there).map_err(|error| error.of_beginning(self.start_from.as_deref()))?;
        }
        Ok(Prepared { place, scratch, _lock: lock, _keeper: keeper })
    }
}

fn no_scratch(source: std::io::Error) -> RunError {
    RunError::File { path: std::env::temp_dir().display().to_string(), source }
}

/// A name of a database in memory that no other in this process has.
fn name() -> String {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    format!("plaza-run-{}", RUNS.fetch_add(1, Ordering::Relaxed))
}

/// The log of a database, which holds what is not in its file yet.
fn log_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
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
            Place::File(file) if file.metadata().is_ok_and(|known| known.is_file() && known.len() > 0) => {
                Ok(Self::Directory(file))
            }
            _ if path.is_file() => Ok(Self::Export(path.to_owned())),
            _ => Err(RunError::NoSuchMall(path.display().to_string())),
        }
    }

    /// How long it is, bytes; an export is no shorter than the journal it becomes.
    fn bytes(&self) -> u64 {
        let (Self::Directory(file) | Self::Export(file)) = self;
        // What cannot be looked at cannot be copied either, which is told then.
        let length = |file: &Path| file.metadata().map_or(0, |known| known.len());
        length(file) + length(&log_of(file))
    }

    /// Copies it; a place in memory is there for as long as the answer is open.
    fn copy_to(&self, place: &Place) -> Result<Option<Connection>, RunError> {
        match (self, place) {
            (Self::Directory(file), Place::File(to) | Place::Scratch(to)) => {
                copy::copy(file, to)?;
                Ok(None)
            }
            (Self::Directory(file), Place::Memory(name)) => {
                let between = Scratch::new().map_err(no_scratch)?;
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
