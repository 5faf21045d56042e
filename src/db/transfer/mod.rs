//! Moving a mall of any size between databases: everything it holds, as lines of JSON.
//!
//! The first line says what journal it is, then follows one row a line (`records`), and the last line says how many
//! rows and events there were, so that a file that was cut short is noticed. Neither side holds more
//! than a batch of rows in memory. An export is one unchanging state of the database, so a running mall can be exported
//! too; an import is one transaction into an empty database, and its hash chain is checked on the way.

mod export;
mod import;
mod records;

pub use export::export;
pub use import::{ImportError, import};

use serde::{Deserialize, Serialize};

/// The version of the format: changed when a reader of this one could not understand it.
const FORMAT: u32 = 2;
/// The oldest one that is still read: in it the stores of an order do not say when it was submitted.
const OLDEST: u32 = 1;

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    plaza_export: u32,
    log_id: String,
    currency: String,
    created_at: i64,
    /// Events that follow.
    events: u64,
}

/// The last line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    /// Rows before this line, of all tables.
    rows: u64,
    /// Events among them.
    events: u64,
}

/// A line after the first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// A row.
    Row(records::Record),
    /// The last line.
    End(End),
}

/// How much was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Rows of all tables.
    pub rows: u64,
    /// Events among them.
    pub events: u64,
}
