//! An experiment: a scenario is run with several values, each several times, over the same shoppers.
//!
//! Run *n* of every variant draws from the same seed, so the same shoppers come at the same times and want the same
//! (*common random numbers*): what differs between variants is what was varied, and differences are taken run by run.
//!
//! * [`plan`]: what is varied, how often, and what is asked;
//! * [`run`]: carries it out on several threads;
//! * [`measured`], [`interval`], [`question`], [`answer`] and [`report`]: what was seen, how well it is known, and what follows;
//! * [`words`]: how it is said.

pub mod answer;
pub mod interval;
pub mod measured;
pub mod plan;
pub mod question;
pub mod report;
pub mod run;
pub mod words;
