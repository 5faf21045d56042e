//! Scenarios: what shoppers do in a mall, what goes wrong meanwhile, and what is to hold, written as a TOML file.
//!
//! * [`model`]: what a scenario says, with its defaults;
//! * [`value`]: the values it says it in: times, shares, prices, distributions;
//! * [`document`]: reading it from TOML; what is wrong is said with line and column;
//! * [`threshold`]: what is to hold;
//! * [`spelling`]: names that are wrong, and the ones that were meant;
//! * [`errands`]: the shoppers of a scenario and a seed, one after the other;
//! * [`trace`]: shoppers of a file of orders;
//! * [`shipped`]: the scenarios that are part of the program.
//!
//! Nothing here knows how a scenario is carried out: in virtual time that is `sim::virtual_run`.

pub mod document;
pub mod errands;
pub mod model;
pub mod shipped;
pub mod spelling;
pub mod threshold;
pub mod trace;
pub mod value;
