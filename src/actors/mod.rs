//! The mall at work: actors that decide, timers that wake them, and the ports they write and read through.
pub mod error;
pub mod idempotency;
pub mod ports;
