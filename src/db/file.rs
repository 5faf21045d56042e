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

/// What is otherwise in a file that nobody needs after its process.
const SCRATCH: &str = "PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -64000;";

/// Settings of a connection that reads: 8 MB of pages of its own.
///
/// The file is not mapped: a reader of a log that has grown gives its whole map back before it reads, and every page it
/// then looks at is a fault, which costs more than reading it.
const READER: &str = "PRAGMA busy_timeout = 5000;
PRAGMA query_only = ON;
PRAGMA foreign_keys = ON;
PRAGMA temp_store = MEMORY;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA cache_size = -8000;";

/// The address of a database in memory, which lives as long as one connection to it.
///
/// It is kept by the `memdb` file system of SQLite and not in a shared cache: there every commit that moved a page looks
/// through the whole database (`pcache1Truncate`), which takes longer with every order. Here it looks through the 2 MB of
/// pages that a connection keeps.
#[must_use]
pub fn in_memory(name: &str) -> String {
    format!("file:/{name}?vfs=memdb")
}

/// Opens a database in memory, to read and to write.
///
/// # Errors
/// As [`open_writer`].
pub fn open_in_memory(name: &str) -> Result<SqliteConnection, DbError> {
    open(&in_memory(name), WRITER)
}

/// Opens a database to write, and makes its file when there is none.
///
/// # Errors
/// [`DbErrorKind::Unavailable`] when it cannot be opened or a setting is refused; [`DbErrorKind::Busy`] when another
/// process holds the file.
pub fn open_writer(path: &str) -> Result<SqliteConnection, DbError> {
    open(path, WRITER)
}

/// Opens a file to write that nobody needs after this process: commits go to the file itself and wait for no disk, and what
/// undoes them is kept in memory. As in memory, a read during an open write transaction is refused as busy.
///
/// # Errors
/// As [`open_writer`].
pub fn open_scratch(path: &str) -> Result<SqliteConnection, DbError> {
    let mut conn = open(path, WRITER)?;
    conn.batch_execute(SCRATCH)?;
    Ok(conn)
}

/// Opens a database to read.
///
/// # Errors
/// As [`open_writer`].
pub fn open_reader(path: &str) -> Result<SqliteConnection, DbError> {
    open(path, READER)
}

/// Has rows whose order no query asks for come the other way round from now on: what depends on it shows.
///
/// # Errors
/// The setting is refused.
pub fn reverse_unordered(conn: &mut SqliteConnection) -> Result<(), DbError> {
    Ok(conn.batch_execute("PRAGMA reverse_unordered_selects = ON;")?)
}

fn open(path: &str, settings: &str) -> Result<SqliteConnection, DbError> {
    let conn = SqliteConnection::establish(path);
    let mut conn =
        conn.map_err(|error| DbError::because(DbErrorKind::Unavailable, format!("cannot open {path}"), error))?;
    conn.batch_execute(settings)?;
    sql::register(&mut conn)?;
    Ok(conn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::sql_types::Text;

    #[derive(QueryableByName)]
    struct Compiled {
        #[diesel(sql_type = Text)]
        compile_options: String,
    }

    /// They come from `.cargo/config.toml`, which a build elsewhere may not read.
    #[test]
    fn sqlite_is_compiled_without_the_locks_that_nobody_needs() {
        let mut conn = open_in_memory("compiled").unwrap();
        let options: Vec<Compiled> = diesel::sql_query("PRAGMA compile_options").load(&mut conn).unwrap();
        for option in ["THREADSAFE=2", "OMIT_SHARED_CACHE", "DEFAULT_MEMSTATUS=0"] {
            assert!(options.iter().any(|compiled| compiled.compile_options == option), "{option} is missing");
        }
        assert!(options.iter().all(|compiled| compiled.compile_options != "ENABLE_MEMORY_MANAGEMENT"));
    }
}
