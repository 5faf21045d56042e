//! What SQLite says of its own file: its pages, its indexes against the rows they are of, its constraints. A server keeps
//! checksums of its own.

use super::connection::Connection;
use super::error::{DbError, DbErrorKind};
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::path::Path;

/// Up to what size a file is checked before it is served, bytes: half a second, where the disk has been read already. One
/// that is larger is checked while it is served.
const WHOLE_MAX: u64 = 128 << 20;

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// Has the database check its file.
///
/// # Errors
/// [`DbErrorKind::Corrupt`] when it is damaged: whatever would be read of it then comes as it likes, and may never end.
pub fn check(conn: &mut Connection) -> Result<(), DbError> {
    let Connection::Sqlite(conn) = conn else { return Ok(()) };
    let said: Vec<Said> = diesel::sql_query("PRAGMA integrity_check(10)").load(conn)?;
    let wrong: Vec<String> = said.into_iter().map(|row| row.integrity_check).filter(|said| said != "ok").collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(DbError::new(DbErrorKind::Corrupt, format!("the file is damaged: {}", wrong.join("; "))))
}

/// Whether the check of a file is waited for before it is served.
#[must_use]
pub fn is_waited_for(database: &Path) -> bool {
    std::fs::metadata(database).is_ok_and(|known| known.len() <= WHOLE_MAX)
}
