//! Moving a mall of any size between databases: everything it holds, as lines of JSON.
//!
//! The first line says what journal it is, then follows one row a line (`records`), and the last line says how many
//! rows and events there were, so that a file that was cut short is noticed. Neither side holds more
//! than a batch of rows in memory. An export is one unchanging state of the database, so a running mall can be exported
//! too; an import is one transaction into an empty database, and its hash chain is checked on the way.

mod export;
mod format;
mod import;
mod records;

pub use export::export;
pub use format::Moved;
pub use import::{ImportError, import};
