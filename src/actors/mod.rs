//! The mall at work: actors that decide, timers that wake them, and the ports they write and read through.
//!
//! Start with [`mall`], the door `http` uses; then [`order_saga`], the longest-lived conversation; [`store`], [`basket`]
//! and [`payment`] are asked by it. [`directory`] wakes actors and lets them sleep, [`timers`] tells sagas when they are
//! due, [`ports`] is all they know of the outside ([`bus_health`] among it).

pub mod admission;
pub mod ask;
pub mod basket;
pub mod directory;
pub mod error;
pub mod idempotency;
pub mod mall;
pub mod order_saga;
pub mod outside;
pub mod payment;
pub mod principal;
pub mod store;
pub mod timers;
pub mod tokens;
pub mod troubles;
pub mod versions;
