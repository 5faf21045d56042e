//! Why a virtual run could not be made.

use crate::actors::error::MallError;
use crate::db::error::DbError;
use crate::db::open::OpenError;
use crate::db::transfer::ImportError;
use crate::ports::reads::ReadError;
use crate::sim::run::faults::NoSuchStore;
use crate::sim::scenario::trace::TraceError;
use std::path::Path;

/// Why a run could not be made, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The directory the mall is to be kept in holds something.
    #[error("--on-disk {0} is not empty; name a directory that is, or is not there yet")]
    NotEmpty(String),
    /// The directory the mall is to be kept in is a file.
    #[error("--on-disk {0} is a file; name a directory that is empty, or is not there yet")]
    NoDirectory(String),
    /// What the mall is to begin as cannot be read, or is no mall.
    #[error("--start-from {path}: {why}")]
    NoBeginning {
        /// The data directory or export.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// What the mall is to begin as cannot be found.
    #[error("--start-from {0}: there is neither a data directory with a plaza.db nor an export of that name")]
    NoSuchMall(String),
    /// The mall that the run begins as sells nothing that shoppers can order.
    #[error("--start-from: no store of this mall that takes part has a product and is served by Plaza itself")]
    NothingToSell,
    /// A store is named that the mall does not have.
    #[error(transparent)]
    NoSuchStore(#[from] NoSuchStore),
    /// A file cannot be read or made.
    #[error("{path}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The mall could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The export cannot be read.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The mall refused something.
    #[error("the mall refused")]
    Mall(#[from] MallError),
    /// A query failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The trace is wrong.
    #[error(transparent)]
    Trace(#[from] TraceError),
}

impl RunError {
    /// The same of what the mall of a run begins as, where there is such a thing.
    pub(super) fn of_beginning(self, path: Option<&Path>) -> Self {
        let Some(path) = path else { return self };
        let why = match self {
            Self::Open(OpenError::Foreign(_)) => "this is the database of something else".to_owned(),
            Self::Open(error) => error.to_string(),
            Self::Database(error) => format!("this is no mall that can be read: {error}"),
            Self::Import(error) => error.to_string(),
            other => return other,
        };
        Self::NoBeginning { path: path.display().to_string(), why }
    }
}
