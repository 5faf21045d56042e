//! The mall at work: actors that decide, and timers that wake them.
//!
//! A stack; each storey knows those below it, and what happens above it reaches it as a message:
//!
//! * [`mall`], the door, and [`basket`];
//! * [`counter`], where orders are placed;
//! * [`order_saga`], which sees an order through;
//! * [`participants`], whom it asks: [`store`] and [`payment`];
//! * [`directory`], which wakes actors and passivates them;
//! * [`backstage`], what all share: ports, terms, [`timers`], [`personalities`], and [`troubles`], who is left alone
//!   for a while.
//!
//! Beside it: [`admission`] lets requests in, [`idempotency`] answers retried ones, [`principal`] and [`tokens`] say
//! who asks.

pub mod admission;
pub mod ask;
pub mod backstage;
pub mod basket;
pub mod clock;
pub mod counter;
pub mod directory;
pub mod error;
pub mod idempotency;
pub mod mall;
pub mod order_saga;
pub mod participants;
pub mod payment;
pub mod personalities;
pub mod presence;
pub mod principal;
pub mod store;
pub mod timers;
pub mod tokens;
pub mod troubles;
pub mod versions;
