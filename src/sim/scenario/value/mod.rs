//! The values of a scenario: most may be written in short, as a text or number, or in full, as a table.

mod drawn;
mod goods;
mod plain;
mod short;

pub use drawn::{Count, Process, Time, Width};
pub use goods::{Popularity, Price, Stock};
pub use plain::{Number, Settle, Share, Span, WarmUp};
pub use short::Several;
