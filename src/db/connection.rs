//! One connection type for both databases, made by diesel.

/// A connection to either database. Everything that reads goes through it; the journal's writer takes it apart once a
/// group and uses the engine's own.
pub use either::AnyConnection as Connection;

/// The database of boxed queries.
pub type Backend = <Connection as diesel::Connection>::Backend;

/// Asks by the connection of the engine itself: `by_engine!(conn => query.load(conn))`. Through the common one every value
/// is wrapped on its way there and back, which is most of the work of reading a row by its key, or a journal.
macro_rules! by_engine {
    ($conn:ident => $asked:expr) => {
        match &mut *$conn {
            $crate::db::connection::Connection::Sqlite($conn) => $asked,
            $crate::db::connection::Connection::Postgres($conn) => $asked,
        }
    };
}
pub(crate) use by_engine;

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
