//! One connection type for both databases, made by diesel.

/// A connection to either database. Everything that reads goes through it; the journal's writer takes it apart once a
/// group and uses the engine's own.
pub use either::AnyConnection as Connection;

/// The database of boxed queries.
pub type Backend = <Connection as diesel::Connection>::Backend;

/// Loads the rows of a query by the connection of the engine itself. Through the common one every value of a row is
/// wrapped on its way, which is most of the work of reading a journal.
macro_rules! load_by_engine {
    ($query:expr, $conn:expr) => {
        match $conn {
            $crate::db::connection::Connection::Sqlite(conn) => $query.load(conn),
            $crate::db::connection::Connection::Postgres(conn) => $query.load(conn),
        }
    };
}
pub(crate) use load_by_engine;

mod either {
    #![allow(missing_docs, clippy::pedantic, reason = "most of this module is what the derive writes")]

    #[derive(diesel::MultiConnection)]
    pub enum AnyConnection {
        /// An SQLite file, or a database in memory.
        Sqlite(diesel::SqliteConnection),
        /// A session of a PostgreSQL server.
        Postgres(diesel::PgConnection),
    }
}
