//! Plaza.
pub mod domain;
