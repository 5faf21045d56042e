//! Plaza: an event-driven e-commerce mall in one process.
//!
//! A reading guide. [`domain`] is the rules, pure: start with `domain::order`. [`actors`] is the mall at work: start with
//! `actors::mall`, then `actors::order_saga`. [`db`] keeps the journal and answers queries, [`bus`] hands events on,
//! [`http`] is the door, [`sim`] runs the whole mall in virtual time. [`app`] is the only file that sees every layer.
//!
//! Arrows point one way: `domain` <- `actors` <- `http`, `sim`; `db` and `bus` implement the ports of
//! `actors::ports`.

pub mod actors;
pub mod app;
pub mod bus;
pub mod check;
pub mod config;
pub mod db;
pub mod domain;
pub mod environment;
pub mod http;
pub mod sim;
pub mod system;
pub mod telemetry;
pub mod token;
pub mod transfer;
