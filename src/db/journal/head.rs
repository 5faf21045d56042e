//! The end of a journal, remembered beside its file: a journal that went back is not taken for the whole.
//!
//! It is written after every commit, and never before: what it names was acknowledged and is on the disk. Nothing waits
//! for it to be there itself, so after a power cut it may be older than the journal, which is no harm.

use super::group::Tail;
use data_encoding::HEXLOWER;
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Its name, in the data directory.
const FILE: &str = "plaza.head";
/// What a line begins with: what it is, and the version of its format.
const MARK: &str = "plaza-head 1";

/// Where a journal ended when it was written last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which journal.
    pub log_id: Uuid,
    /// Its end.
    pub tail: Tail,
}

impl Head {
    /// A line that is always as long: it is written over the one before, in one piece.
    fn line(&self) -> String {
        let Self { log_id, tail: Tail { position, hash } } = self;
        let said = format!("{MARK} {log_id} {position:020} {}", HEXLOWER.encode(hash));
        let check = check(&said);
        format!("{said} {check}\n")
    }

    fn parse(text: &str) -> Option<Self> {
        let (said, checked) = text.strip_suffix('\n')?.rsplit_once(' ')?;
        let mut words = said.strip_prefix(MARK)?.split_ascii_whitespace();
        let log_id = words.next()?.parse().ok()?;
        let position = words.next()?.parse().ok()?;
        let hash = HEXLOWER.decode(words.next()?.as_bytes()).ok()?.try_into().ok()?;
        (check(said) == checked).then_some(Self { log_id, tail: Tail { position, hash } })
    }
}

fn check(said: &str) -> String {
    HEXLOWER.encode(&blake3::hash(said.as_bytes()).as_bytes()[..8])
}

/// What is remembered of the journal in a file of that name; nothing where that is not known.
#[must_use]
pub fn remembered(database: &Path) -> Option<Head> {
    let path = beside(database);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(path = %path.display(), %error, "whether the journal went back is not known");
            }
            return None;
        }
    };
    let head = Head::parse(&text);
    if head.is_none() {
        tracing::warn!(path = %path.display(), "it is damaged; whether the journal went back is not known");
    }
    head
}

fn beside(database: &Path) -> PathBuf {
    database.with_file_name(FILE)
}

/// Remembers where a journal ends, commit by commit.
#[derive(Debug)]
pub struct HeadFile {
    path: PathBuf,
    head: Head,
    /// None where it cannot be written.
    file: Option<File>,
}

impl HeadFile {
    /// Remembers the end of the journal in a file of that name from now on. A disk that has no room for it is no reason not
    /// to serve.
    #[must_use]
    pub fn begin(database: &Path, head: Head) -> Self {
        let mut file = Self { path: beside(database), head, file: None };
        file.write();
        file
    }

    /// The journal ends there now.
    pub fn note(&mut self, tail: Tail) {
        if tail.position != self.head.tail.position {
            self.head.tail = tail;
            self.write();
        }
    }

    /// What is written is on the disk when this is over.
    pub fn close(self) {
        if let Some(file) = self.file {
            // Without it the memory may be older than the journal.
            let _ = file.sync_data();
        }
    }

    fn write(&mut self) {
        let had = self.file.take();
        // One that somebody has removed is made again.
        let open = had.filter(|file| file.metadata().is_ok_and(|known| known.nlink() > 0));
        let written =
            open.map_or_else(|| File::options().create(true).truncate(false).write(true).open(&self.path), Ok);
        let written = written.and_then(|file| {
            file.write_all_at(self.head.line().as_bytes(), 0)?;
            Ok(file)
        });
        match written {
            Ok(file) => self.file = Some(file),
            Err(error) => {
                tracing::debug!(path = %self.path.display(), %error, "the end of the journal is not remembered");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(position: u64) -> Head {
        Head { log_id: Uuid::from_u128(7), tail: Tail { position, hash: [9; 32] } }
    }

    #[test]
    fn what_is_noted_is_remembered_and_damage_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("plaza.db");
        assert_eq!(remembered(&database), None);
        let mut file = HeadFile::begin(&database, head(3));
        file.note(head(12).tail);
        assert_eq!(remembered(&database), Some(head(12)));
        // Removed under a running mall it is made again.
        std::fs::remove_file(beside(&database)).unwrap();
        file.note(head(13).tail);
        assert_eq!(remembered(&database), Some(head(13)));
        let line = std::fs::read(beside(&database)).unwrap();
        for place in 0..line.len() {
            let mut other = line.clone();
            other[place] ^= 1;
            std::fs::write(beside(&database), &other).unwrap();
            assert_eq!(remembered(&database), None, "byte {place}");
        }
        std::fs::write(beside(&database), &line[..40]).unwrap();
        assert_eq!(remembered(&database), None);
    }
}
