//! Shoppers: what one sets out to do, and how it goes about it, whoever carries it out and whatever answers it.
//!
//! * [`errand`]: what a shopper wants, written out, so that nothing is left to chance when it runs;
//! * [`call`]: what it asks of a mall, and what it is answered;
//! * [`shopper`]: the behaviour, a pure state machine: an answer in, the next step out.

pub mod call;
pub mod errand;
pub mod shopper;
