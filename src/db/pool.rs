//! Connections: one writer, a pool of readers, and a shared database in memory for deterministic tests.

use super::dialect;
use super::error::{DbError, DbErrorKind};
use diesel::Connection as _;
use std::time::Duration;

/// The connection type of the whole of `db`, to either database.
pub type Connection = super::connection::AnyConnection;

/// Connections that can only read. Clones share them.
pub type Readers = r2d2::Pool<Manager>;

/// How long a query waits for a connection. Longer only moves the queue from the caller into the process.
pub const BUSY_AFTER: Duration = Duration::from_secs(2);

/// Opens the connection that writes, and with it the file; makes the file when there is none.
///
/// # Errors
/// [`DbErrorKind::Unavailable`] when the file can not be opened or a setting is refused; [`DbErrorKind::Busy`] when
/// another process holds it.
pub fn open_writer(path: &str) -> Result<Connection, DbError> {
    let mut conn = establish(path)?;
    dialect::make_writer(&mut conn)?;
    Ok(conn)
}

/// Opens a connection to the database in memory of that name, which lives as long as one connection to it.
///
/// Writer and inline read model each take one and see each other's commits. There is no WAL in memory: a read during
/// an open write transaction is refused as busy, so both have to run on one thread, in turns.
///
/// # Errors
/// As [`open_writer`].
pub fn open_memory(name: &str) -> Result<Connection, DbError> {
    open_writer(&format!("file:{name}?mode=memory&cache=shared"))
}

/// Opens `size` connections that read the file at `path`, which has to exist and be migrated.
///
/// # Errors
/// [`DbErrorKind::Unavailable`] when the file can not be opened or a setting is refused.
pub fn open_readers(path: &str, size: u32) -> Result<Readers, DbError> {
    Readers::builder()
        .max_size(size)
        .connection_timeout(BUSY_AFTER)
        // A SQLite connection does not break while it lies in the pool.
        .test_on_check_out(false)
        .build(Manager { path: path.to_owned() })
        .map_err(|error| DbError::because(DbErrorKind::Unavailable, format!("can not open {path} to read"), error))
}

/// Makes connections that read for the pool. diesel's own manager would ask both engines what they think of an address.
#[derive(Debug)]
pub struct Manager {
    path: String,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Connection;
    type Error = DbError;

    fn connect(&self) -> Result<Connection, DbError> {
        let mut conn = establish(&self.path)?;
        dialect::make_reader(&mut conn)?;
        Ok(conn)
    }

    fn is_valid(&self, _conn: &mut Connection) -> Result<(), DbError> {
        Ok(())
    }

    fn has_broken(&self, conn: &mut Connection) -> bool {
        // Also after a query that panicked: its transaction is still open.
        std::thread::panicking() || diesel::r2d2::R2D2Connection::is_broken(conn)
    }
}

fn establish(path: &str) -> Result<Connection, DbError> {
    diesel::SqliteConnection::establish(path)
        .map(Connection::Sqlite)
        .map_err(|error| DbError::because(DbErrorKind::Unavailable, format!("can not open {path}"), error))
}
