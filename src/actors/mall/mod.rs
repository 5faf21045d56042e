//! The door of the mall: what `http`, `sim` and outside services may ask for. Nobody below knows it.

mod clock;
mod closings;
mod door;
mod due;
mod orders;
mod outside;
pub mod personalities;
mod shoppers;
mod stores;
pub mod timekeeper;

pub use door::{Mall, MallParts};
pub use due::TIMERS_AT_WORK;
