//! Plaza.
pub mod actors;
pub mod bus;
pub mod db;
pub mod domain;
pub mod http;
pub mod sim;
pub mod telemetry;
