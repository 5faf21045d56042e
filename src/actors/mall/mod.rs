//! The door of the mall: what `http`, `sim` and outside services may ask for. Nobody below knows it.

mod closings;
mod door;
mod due;
mod orders;
mod outside;
mod shoppers;
mod stores;

pub use door::{Mall, MallParts};
