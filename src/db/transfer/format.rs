//! The lines of an export.

use super::records::Record;
use serde::{Deserialize, Serialize};

/// The version of the format: changed when a reader of this one could not understand it.
pub const FORMAT: u32 = 2;
/// The oldest one that is still read: in it the stores of an order do not say when it was submitted.
pub const OLDEST: u32 = 1;

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`] of whoever wrote it.
    pub plaza_export: u32,
    /// The identity of the journal.
    pub log_id: String,
    /// What it trades in.
    pub currency: String,
    /// When it was founded, microseconds.
    pub created_at: i64,
    /// Events that follow.
    pub events: u64,
}

/// The last line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Rows before this line, of all tables.
    pub rows: u64,
    /// Events among them.
    pub events: u64,
}

/// A line after the first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// A row.
    Row(Record),
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
