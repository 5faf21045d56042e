//! Plaza: an event-driven e-commerce mall in one process.
//!
//! A reading guide. [`domain`] is the rules, pure: start with `domain::order`. [`actors`] is the mall at work: start
//! with `actors::mall`, then `actors::order_saga`. [`db`] keeps the journal and answers queries, [`bus`] hands events
//! on,
//! [`http`] is the door, [`sim`] runs the whole mall in virtual time. [`app`] is the only file that sees every layer.
//!
//! Arrows point one way: `domain` <- `ports` <- `actors` <- `http`, `sim`; `db`, `bus` and `system` implement the ports
//! and know no actor. [`cli`] is what people type; nothing but `main` and `app` knows it.

pub mod actors;
pub mod app;
pub mod bus;
pub mod cli;
pub mod db;
pub mod domain;
pub mod http;
pub mod log_limit;
pub mod metrics;
pub mod ports;
pub mod sim;
pub mod system;
