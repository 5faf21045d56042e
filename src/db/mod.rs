//! The database: the journal's writer, the queries, migrations.
pub mod chain;
pub mod journal;
pub mod pool;
pub mod queries;
pub mod schema;
