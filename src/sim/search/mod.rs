//! The search for defects: a seed writes a plan, a plan is run in a world, and what must hold is checked on the way.
//!
//! * [`plan`]: shoppers and [`fault`]s with their times, written out; [`draw`] writes one from a seed;
//! * [`faults`], [`outside`] and [`run`]: carry a plan out;
//! * [`referee`]: what every commit has to obey; [`checks`]: what has to hold at deaths and at the end;
//! * [`shrink`]: the smallest plan that still fails, [`story`]: told in the field's words;
//! * [`campaign`]: many seeds on several threads.

mod bounds;
pub mod campaign;
pub mod checks;
pub mod draw;
pub mod fault;
pub mod faults;
pub mod finding;
pub mod outside;
pub mod plan;
pub mod referee;
pub mod run;
pub mod shrink;
pub mod story;
pub mod words;
