//! The database: the journal's writer, the queries, migrations. The only place with diesel.
pub mod audit;
pub mod chain;
pub mod connection;
mod cursor;
mod dialect;
pub mod error;
pub mod journal;
pub mod open;
pub mod place;
pub mod pool;
pub mod queries;
pub mod read_model;
mod rows;
pub mod schema;
mod session;
#[cfg(test)]
mod testbed;
pub mod transfer;
pub mod verify;
