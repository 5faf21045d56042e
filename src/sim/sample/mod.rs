//! Drawing numbers from distributions, out of streams of [`Chance`](super::chance::Chance).
//!
//! Only `+ - * /`, comparison, square roots and `libm` are used: they are the same on every machine, and one digit that is
//! not changes a journal. Sources of the models and of their parameters are in `docs/SIMULATION.md`.
//!
//! * [`numbers`]: the distributions;
//! * [`rate`]: how many shoppers come at a time of a scenario;
//! * [`arrivals`]: when they come;
//! * [`returning`]: when a customer comes again.

pub mod arrivals;
pub mod numbers;
pub mod rate;
pub mod returning;
