//! Plaza.
pub mod actors;
pub mod bus;
pub mod db;
pub mod domain;
pub mod sim;
pub mod system;
pub mod telemetry;
