//! What rows say: domain states and views made of them, and rows made of what the journal is given, side by side.
//!
//! A row that does not convert was damaged or written by a newer build: it is corrupt, and the error names table and
//! id. Amounts are minor units; their currency is the mall's, which only the table `log` knows.

mod basket;
mod customer;
mod event;
mod log;
mod order;
mod origin;
mod payment;
mod reply;
pub mod seal;
mod statistics;
mod store;
mod token;

pub use basket::pieces;
pub use event::EventIds;
pub use order::order;
pub use origin::{Origin, signed};
