//! The event stream as others see it: names, envelopes, and the buses that carry them.
//!
//! [`subject`] is the one table of wire names, [`schemas`] says what is in a payload, [`asyncapi`]
//! describes all of it, [`envelope`] makes `CloudEvents` of
//! journal rows, [`memory`] is the
//! in-process bus.

pub mod asyncapi;
pub mod envelope;
pub mod memory;
pub mod schemas;
pub mod subject;
