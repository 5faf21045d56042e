//! Why a mall could not be opened, and what to do about it.

use crate::db::error::DbError;
use crate::db::place::Place;
use crate::domain::money::Currency;
use std::error::Error as StdError;
use std::path::PathBuf;

/// Why a mall could not be opened. Every text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory cannot be used.
    #[error(
        "the data directory {path} cannot be used: {source}; choose another with --data-dir or mend its permissions"
    )]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database server does not answer.
    #[error("PLAZA_DATABASE_URL: {place} cannot be reached ({}); start the server, or mend the address", describe(.source))]
    Unreachable {
        /// The database.
        place: Place,
        /// What the connection said.
        source: DbError,
    },
    /// Another process has the mall open.
    #[error("another plaza has {0} open; stop it first, or {elsewhere}", elsewhere = .0.elsewhere())]
    Locked(Place),
    /// The file has several names.
    #[error(
        "{0} has several names (hard links), and its log would lie beside one of them only; remove the others, or copy it"
    )]
    Linked(Place),
    /// It is not a Plaza database.
    #[error("{0} is not a Plaza database, and not empty; {elsewhere}", elsewhere = .0.elsewhere())]
    Foreign(Place),
    /// The database does not hold Unicode.
    #[error("{place} is encoded in {encoding}; Plaza needs a database made with ENCODING 'UTF8'")]
    Encoding {
        /// The database.
        place: Place,
        /// Its encoding.
        encoding: String,
    },
    /// The database was written by a newer Plaza.
    #[error("{place} was written by a newer Plaza (it knows migration {migration}); use that version")]
    Newer {
        /// The database.
        place: Place,
        /// A migration this build does not have.
        migration: String,
    },
    /// The database was written by an older Plaza, and not brought up to date.
    #[error(
        "{place} was written by an older Plaza (before migration {migration}); start it once, which brings it up to date, or use \
         that version"
    )]
    Older {
        /// The database.
        place: Place,
        /// The first migration it does not have.
        migration: String,
    },
    /// The mall was founded with another currency.
    #[error("PLAZA_CURRENCY is {asked}, but this mall trades in {founded}; its currency cannot be changed")]
    Currency {
        /// The setting.
        asked: Currency,
        /// The journal's.
        founded: Currency,
    },
    /// There is no journal to check.
    #[error("there is no journal at {0}; name its directory with --data-dir, or its database with --database-url")]
    Missing(Place),
    /// The journal is damaged.
    #[error(
        "{place} is damaged: {what}; restore a backup, see what is left with `plaza verify` and `plaza export`, or open it as \
         it is with --accept-loss"
    )]
    Damaged {
        /// The database.
        place: Place,
        /// What is wrong.
        what: String,
    },
    /// The journal is older than it was, or another one.
    #[error(
        "{place} went back: {what}; restore what is newer, or open it as it is with --accept-loss, which deletes nothing{rescued}"
    )]
    WentBack {
        /// The database.
        place: Place,
        /// What is missing.
        what: String,
        /// Where what is missing may be, as the end of a sentence.
        rescued: String,
    },
    /// A migration failed.
    #[error("the tables of {place} could not be brought up to date; {}", remedy(&.source.to_string(), "restore a backup, or report this"))]
    Migration {
        /// The database.
        place: Place,
        /// What the database said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The database failed.
    #[error("{place} could not be read ({}); {}", describe(.source), remedy(&describe(.source), "check its disk, and the room on it; then start again, or restore a backup"))]
    Database {
        /// The database.
        place: Place,
        /// What the database said.
        source: DbError,
    },
}

impl OpenError {
    /// What a process ends with that cannot open its mall.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Damaged { .. } => 1,
            Self::WentBack { .. } => 5,
            Self::Locked(_) | Self::Linked(_) => 6,
            _ => 2,
        }
    }
}

/// What to do about what the database said: some of it passes, and a backup is no help.
fn remedy(said: &str, otherwise: &'static str) -> &'static str {
    if said.contains("locked") {
        "another process holds it: end that (a backup, an open shell), and start again"
    } else if said.contains("disk is full") || said.contains("No space left") {
        "nothing is lost: make room on its disk, and start again"
    } else {
        otherwise
    }
}

fn describe(error: &DbError) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}
