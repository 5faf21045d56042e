//! One connection type for both databases, made by diesel.

/// A connection to either database. Everything that reads goes through it; the journal's writer takes it apart once a
/// group and uses the engine's own.
pub use either::AnyConnection as Connection;

/// The database of boxed queries.
pub type Backend = <Connection as diesel::Connection>::Backend;

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
