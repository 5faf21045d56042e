//! What a process ends with (the README has the table).

use crate::db::open::OpenError;

/// The settings, or a database that cannot be used.
const USAGE: u8 = 2;

/// What a command ends with that failed.
#[must_use]
pub fn code(error: &anyhow::Error) -> u8 {
    error.chain().find_map(|cause| cause.downcast_ref::<OpenError>()).map_or(USAGE, OpenError::exit_code)
}
