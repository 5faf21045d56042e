//! The read side: one file of queries a resource, plain functions over a connection, and the read model that runs them.
//!
//! Lists are paged by key, never by OFFSET. Stores, customers, payments, orders, events and the newest products are
//! read along an index, so that a page costs the same at the front and far back; what no index narrows (a search in
//! texts or ids, names of events, reasons of a customer's orders) is checked row by row on the way. Products by name,
//! price or stock are sorted for every page, and the tokens of the staff are listed whole. Nothing here asks once per
//! row. One row by its key is asked for without LIMIT: SQLite plans a statement anew whenever a value is bound to its
//! LIMIT.

pub mod baskets;
mod cursor;
pub mod customers;
pub mod events;
pub mod idempotency;
pub mod log;
pub mod orders;
pub mod payments;
pub mod products;
mod read_model;
pub mod statistics;
pub mod stores;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod totals;

pub use read_model::{Gate, SqlReadModel};
