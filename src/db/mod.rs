//! The database: the journal's writer, the queries, migrations. The only place with diesel.
pub mod audit;
pub mod chain;
pub mod connection;
pub mod error;
mod file;
mod guards;
pub mod journal;
pub mod open;
pub mod place;
pub mod pool;
pub mod reads;
mod rows;
pub mod schema;
mod session;
mod sql;
mod tenant;
#[cfg(test)]
mod testbed;
pub mod transfer;
pub mod verify;
