//! The queries: one file per resource, plain functions over a connection.
//!
//! Lists are paged by key, never by OFFSET: a page costs the same at the front and far back. Searches in texts are
//! case-insensitive and look at every row of the table; every other list walks an index. Nothing here asks once per row.

pub mod baskets;
pub mod customers;
pub mod events;
pub mod idempotency;
pub mod log;
pub mod orders;
pub mod payments;
pub mod products;
pub mod stores;
#[cfg(test)]
mod tests;
pub mod tokens;

use super::pool::Connection;

/// The database of boxed queries.
type Backend = <Connection as diesel::Connection>::Backend;

/// Ids as the database holds them.
fn texts<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
