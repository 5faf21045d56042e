//! The event stream as others see it: names, envelopes, and the buses that carry them.
//!
//! [`subject`] is the one table of wire names, [`schemas`] says what is in a payload, [`asyncapi`] describes all of it,
//! [`envelope`] makes `CloudEvents` of journal rows, [`memory`] is the in-process bus.
//!
//! The way to NATS JetStream: [`address`] reads the settings, [`jetstream`] is the connection, [`stream`] the stream
//! with its checks, [`publish`] puts events into it, [`relay`] decides what comes next, [`health`] tells how it goes,
//! and [`bridge`] is the thread all of it runs on.
//!
//! Outside services: [`consumer`] follows the journal under a durable name, [`requests`] makes requests of it, [`answers`]
//! reads what comes back. [`outside`] is the way there and back over NATS, [`memory_outside`] within the process;
//! [`dead_letter`] keeps what makes no sense.

pub mod address;
pub mod answers;
pub mod asyncapi;
pub mod bridge;
pub mod consumer;
pub mod dead_letter;
pub mod envelope;
pub mod health;
pub mod jetstream;
pub mod memory;
pub mod memory_outside;
pub mod outside;
pub mod publish;
pub mod relay;
pub mod requests;
pub mod schemas;
pub mod stream;
pub mod subject;
