//! The event stream as others see it: names, envelopes, and the buses that carry them.
//!
//! [`subject`] is the one table of wire names, [`schemas`] says what is in a payload, [`asyncapi`] describes all of it,
//! [`envelope`] makes `CloudEvents` of journal rows. [`memory`] is the in-process bus, which keeps the newest
//! commits in a [`ring`], and [`consumer`] follows the journal under a durable name.
//!
//! Over NATS: [`broker`] is the connection, [`relay`] copies the journal into a stream, [`bridge`] is the thread all of
//! it runs on. [`outside`] is the way to outside services and back, over the broker or within the process.

pub mod asyncapi;
pub mod bridge;
pub mod broker;
pub mod consumer;
pub mod envelope;
pub mod memory;
pub mod outside;
pub mod relay;
pub mod ring;
pub mod schemas;
pub mod statistics;
pub mod subject;
