//! Files of SQLite: how their connections are opened and set; the twin of `session`.

use super::error::{DbError, DbErrorKind};
use super::sql;
use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

/// Settings of the one connection that writes.
///
/// The time-out comes first: switching to WAL needs a lock. FULL makes a commit survive a power cut. A checkpoint every
/// 4000 pages (16 MB) keeps the log short, and what it grew to in a burst is given back beyond 64 MB.
const WRITER: &str = "PRAGMA busy_timeout = 5000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA wal_autocheckpoint = 4000;
PRAGMA journal_size_limit = 67108864;
PRAGMA temp_store = MEMORY;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;";

/// Settings of a connection that reads: 8 MB of pages of its own; the rest is mapped, which all connections share.
const READER: &str = "PRAGMA busy_timeout = 5000;
PRAGMA query_only = ON;
PRAGMA foreign_keys = ON;
PRAGMA temp_store = MEMORY;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA cache_size = -8000;
PRAGMA mmap_size = 268435456;";

/// Opens a database to write, and makes its file when there is none.
///
/// # Errors
/// [`DbErrorKind::Unavailable`] when it cannot be opened or a setting is refused; [`DbErrorKind::Busy`] when another
/// process holds the file.
pub fn open_writer(path: &str) -> Result<SqliteConnection, DbError> {
    open(path, WRITER)
}

/// Opens a database to read.
///
/// # Errors
/// As [`open_writer`].
pub fn open_reader(path: &str) -> Result<SqliteConnection, DbError> {
    open(path, READER)
}

fn open(path: &str, settings: &str) -> Result<SqliteConnection, DbError> {
    let conn = SqliteConnection::establish(path);
    let mut conn =
        conn.map_err(|error| DbError::because(DbErrorKind::Unavailable, format!("cannot open {path}"), error))?;
    conn.batch_execute(settings)?;
    sql::register(&mut conn)?;
    Ok(conn)
}
