//! Why a run over REST could not be made.

use crate::db::error::DbError;
use crate::db::open::OpenError;
use crate::sim::door::rest::client::CallError;
use crate::sim::run::faults::NoSuchStore;
use crate::sim::scenario::trace::TraceError;

/// Why a run over REST could not be made, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The mall does not answer, or refuses what a run needs.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The mall's time is not real time.
    #[error(
        "the mall's clock runs {0} times as fast as real time, in which shoppers come and think; set it to 1 (PATCH /api/v1/clock)"
    )]
    AnotherTime(f64),
    /// The mall's stores are not the scenario's.
    #[error("--exact-mall: {0}")]
    Another(String),
    /// The mall sells nothing that shoppers can order.
    #[error("no store of this mall that takes part has a product and is served by Plaza itself")]
    NothingToSell,
    /// A store is named that the mall does not have.
    #[error(transparent)]
    NoSuchStore(#[from] NoSuchStore),
    /// The trace is wrong.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A mall of the run's own could not be started.
    #[error("a mall could not be started: {0}")]
    NoStart(String),
    /// A file cannot be made, or a process not be started.
    #[error("{what}")]
    System {
        /// What was to be done.
        what: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// The journal of a mall of the run's own could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The journal of a mall of the run's own could not be read.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl LiveError {
    /// Whether it is the mall that cannot be used, rather than what was asked for.
    #[must_use]
    pub const fn is_of_the_mall(&self) -> bool {
        !matches!(self, Self::NoSuchStore(_) | Self::Trace(_))
    }
}
