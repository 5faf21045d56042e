//! Plaza.
pub mod actors;
pub mod db;
pub mod domain;
pub mod telemetry;
