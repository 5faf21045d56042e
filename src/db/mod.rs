//! The database: the journal's writer, the queries, migrations. The only place with diesel.
//!
//! Start with [`journal`], the way in: one writer, on either engine. [`reads`] is the way out; `schema` declares the
//! tables once for both. [`open`] makes, checks and locks a database; `audit`, [`verify`] and [`transfer`] read all of
//! it.

pub mod audit;
pub mod chain;
pub mod connection;
pub mod copy;
pub mod error;
mod file;
mod guards;
mod integrity;
pub mod journal;
pub mod lookout;
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
