//! Doors that stay locked: who may do what however it is asked, and one caller that cannot starve the rest.

mod access;
mod origin;
mod raw;
mod spelling;
mod starving;
mod stuck;
mod tokens;

pub use raw::Wire;
