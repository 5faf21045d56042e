//! Connections by place: one writer, a pool of readers, and a shared database in memory for deterministic tests.

use super::connection::Connection;
use super::error::{DbError, DbErrorKind};
use super::place::Place;
use super::{file, session};
use std::time::Duration;

/// Connections that can only read. Clones share them.
pub type Readers = r2d2::Pool<Manager>;

/// How long a query waits for a connection. Longer only moves the queue from the caller into the process.
pub const BUSY_AFTER: Duration = Duration::from_secs(2);

/// Opens the connection that writes, and with it the database; makes the file when there is none.
///
/// # Errors
/// [`DbErrorKind::Unavailable`] when the database cannot be opened or a setting is refused; [`DbErrorKind::Busy`] when
/// another process holds the file.
pub fn open_writer(place: &Place) -> Result<Connection, DbError> {
    match place {
        Place::File(path) => file::open_writer(&path.to_string_lossy()).map(Connection::Sqlite),
        Place::Scratch(path) => file::open_scratch(&path.to_string_lossy()).map(Connection::Sqlite),
        // There is no WAL in memory: a read during an open write transaction is refused as busy, so writer and readers
        // have to run on one thread, in turns.
        Place::Memory(name) => file::open_in_memory(name).map(Connection::Sqlite),
        Place::Server(url) => session::open_writer(url).map(Connection::Postgres),
    }
}

/// Opens a connection that reads a database that exists and is migrated.
///
/// A database in memory lives as long as one connection to it; writer and inline read model each take one and see each
/// other's commits.
///
/// # Errors
/// [`DbErrorKind::Unavailable`] when the database cannot be opened or a setting is refused.
pub fn open_reader(place: &Place) -> Result<Connection, DbError> {
    match place {
        Place::File(path) | Place::Scratch(path) => file::open_reader(&path.to_string_lossy()).map(Connection::Sqlite),
        Place::Memory(_) => open_writer(place),
        Place::Server(url) => session::open_reader(url).map(Connection::Postgres),
    }
}

/// The same; rows whose order no query asks for come the other way round, where the engine can be asked to.
///
/// # Errors
/// As [`open_reader`].
pub fn open_reversed_reader(place: &Place) -> Result<Connection, DbError> {
    let mut conn = open_reader(place)?;
    if let Connection::Sqlite(conn) = &mut conn {
        file::reverse_unordered(conn)?;
    }
    Ok(conn)
}

/// Opens a pool of `size` connections that read.
///
/// # Errors
/// As [`open_reader`].
pub fn open_readers(place: &Place, size: u32) -> Result<Readers, DbError> {
    Readers::builder()
        .max_size(size)
        .connection_timeout(BUSY_AFTER)
        // A server may have ended the session while it lay in the pool; a file cannot go away.
        .test_on_check_out(matches!(place, Place::Server(_)))
        .build(Manager(place.clone()))
        .map_err(|error| DbError::because(DbErrorKind::Unavailable, format!("cannot open {place} to read"), error))
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
