//! Connections: one writer, a pool of readers, and a shared database in memory for deterministic tests.

use super::error::{DbError, DbErrorKind};
use super::place::Place;
use super::{dialect, session};
use diesel::Connection as _;
use diesel::prelude::*;
use std::time::Duration;

/// The connection type of the whole of `db`, to either database.
pub type Connection = super::connection::AnyConnection;

/// Connections that can only read. Clones share them.
pub type Readers = r2d2::Pool<Manager>;

/// How long a query waits for a connection. Longer only moves the queue from the caller into the process.
pub const BUSY_AFTER: Duration = Duration::from_secs(2);

/// Opens the connection that writes, and with it the database; makes the file when there is none.
///
/// # Errors
/// [`DbErrorKind::Unavailable`] when the database can not be opened or a setting is refused; [`DbErrorKind::Busy`] when
/// another process holds the file.
pub fn open_writer(place: &Place) -> Result<Connection, DbError> {
    match place {
        Place::File(path) => open_file(&path.to_string_lossy(), dialect::make_writer),
        // There is no WAL in memory: a read during an open write transaction is refused as busy, so writer and readers
        // have to run on one thread, in turns.
        Place::Memory(name) => open_file(&format!("file:{name}?mode=memory&cache=shared"), dialect::make_writer),
        Place::Server(url) => session::open_writer(url).map(Connection::Postgres),
    }
}

/// Opens a connection that reads a database that exists and is migrated.
///
/// A database in memory lives as long as one connection to it; writer and inline read model each take one and see each
/// other's commits.
///
/// # Errors
/// [`DbErrorKind::Unavailable`] when the database can not be opened or a setting is refused.
pub fn open_reader(place: &Place) -> Result<Connection, DbError> {
    match place {
        Place::File(path) => open_file(&path.to_string_lossy(), dialect::make_reader),
        Place::Memory(_) => open_writer(place),
        Place::Server(url) => session::open_reader(url).map(Connection::Postgres),
    }
}

/// Opens a pool of `size` connections that read.
///
/// # Errors
/// As [`open_reader`].
pub fn open_readers(place: &Place, size: u32) -> Result<Readers, DbError> {
    Readers::builder()
        .max_size(size)
        .connection_timeout(BUSY_AFTER)
        // A server may have ended the session while it lay in the pool; a file can not go away.
        .test_on_check_out(matches!(place, Place::Server(_)))
        .build(Manager(place.clone()))
        .map_err(|error| DbError::because(DbErrorKind::Unavailable, format!("can not open {place} to read"), error))
}

/// Makes connections that read for the pool. diesel's own manager would ask both engines what they think of an address.
#[derive(Debug)]
pub struct Manager(Place);

impl r2d2::ManageConnection for Manager {
    type Connection = Connection;
    type Error = DbError;

    fn connect(&self) -> Result<Connection, DbError> {
        open_reader(&self.0)
    }

    fn is_valid(&self, conn: &mut Connection) -> Result<(), DbError> {
        Ok(diesel::r2d2::R2D2Connection::ping(conn)?)
    }

    fn has_broken(&self, conn: &mut Connection) -> bool {
        // Also after a query that panicked: its transaction is still open.
        std::thread::panicking() || diesel::r2d2::R2D2Connection::is_broken(conn)
    }
}

fn open_file(
    path: &str,
    settings: impl FnOnce(&mut SqliteConnection) -> QueryResult<()>,
) -> Result<Connection, DbError> {
    let conn = SqliteConnection::establish(path);
    let mut conn =
        conn.map_err(|error| DbError::because(DbErrorKind::Unavailable, format!("can not open {path}"), error))?;
    settings(&mut conn)?;
    Ok(Connection::Sqlite(conn))
}
