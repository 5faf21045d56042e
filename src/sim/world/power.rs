//! A power cut in the middle of a commit: what of it the disk has.
//!
//! A database on disk writes a transaction behind its log and syncs it before the commit is done. When the power goes before
//! that, any beginning of what was written since the last sync may be there. So the files are kept as they were before the
//! commit, and the log as it is after it, cut at a place in between: the next life starts from those.

use crate::sim::chance::Chance;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The files of a database, and what a power cut leaves of them.
pub struct Power {
    database: PathBuf,
    state: Mutex<State>,
}

struct State {
    chance: Chance,
    /// The log as it was before the commit at which the power goes.
    before: Option<Vec<u8>>,
    /// Whether the power has gone, and the files are to be put in place.
    is_cut: bool,
}

/// A file beside the database.
fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// A file that may not be there.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    }
}

impl Power {
    /// The power of the machine with this database, whose cuts are drawn from `chance`.
    #[must_use]
    pub const fn of(database: PathBuf, chance: Chance) -> Self {
        Self { database, state: Mutex::new(State { chance, before: None, is_cut: false }) }
    }

    /// Keeps what is on disk: the power goes at the commit that comes now.
    ///
    /// # Errors
    /// The files cannot be copied.
    pub fn keep(&self) -> io::Result<()> {
        fs::copy(&self.database, beside(&self.database, "-kept"))?;
        let before = read(&beside(&self.database, "-wal"))?;
        self.state.lock().unwrap_or_else(PoisonError::into_inner).before = Some(before);
        Ok(())
    }

    /// The power is gone: of what was written since the disk was kept it has a beginning.
    ///
    /// # Errors
    /// The files cannot be copied.
    pub fn cut(&self) -> io::Result<()> {
        self.cut_within(Chance::below)
    }

    /// The power is gone, and the disk has forgotten all that was written since it was kept, synced or not.
    ///
    /// # Errors
    /// The files cannot be copied.
    pub fn cut_at_once(&self) -> io::Result<()> {
        self.cut_within(|_, _| 0)
    }

    fn cut_within(&self, at: impl FnOnce(&mut Chance, u64) -> u64) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = state.before.take() else { return Ok(()) };
        let after = read(&beside(&self.database, "-wal"))?;
        // A log that begins anew was synced into the database, and is cut before it begins.
        let grows = after.len() > before.len() && after.starts_with(&before);
        let log = if grows {
            let torn = at(&mut state.chance, (after.len() - before.len()) as u64);
            &after[..before.len() + usize::try_from(torn).unwrap_or_default()]
        } else {
            &before[..]
        };
        fs::write(beside(&self.database, "-kept-wal"), log)?;
        state.is_cut = true;
        Ok(())
    }

    /// Puts in place what the disk has, if the power was cut. Whoever still has the old files open has them for themselves.
    ///
    /// # Errors
    /// The files cannot be moved.
    pub fn restore(&self) -> io::Result<bool> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::take(&mut state.is_cut) {
            return Ok(false);
        }
        for end in ["-shm", "-wal"] {
            match fs::remove_file(beside(&self.database, end)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::rename(beside(&self.database, "-kept"), &self.database)?;
        fs::rename(beside(&self.database, "-kept-wal"), beside(&self.database, "-wal"))?;
        Ok(true)
    }
}
