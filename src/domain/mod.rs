//! The rules of the mall, pure: no actors, no database, no clock, no randomness, no IO.
//!
//! Each aggregate is a module with its state, its commands, its `decide` (state + command -> events or a refusal)
//! and its `evolve` (state + event -> state). Time and ids are arguments. Start with [`order`], the saga's heart;
//! [`event`] holds the one table of journal names, [`upcast`] reads what older builds wrote.

pub mod basket;
pub mod clock;
pub mod customer;
pub mod event;
pub mod ids;
pub mod inventory;
pub mod line;
pub mod money;
pub mod order;
pub mod participant;
pub mod payment;
pub mod personality;
pub mod store;
pub mod text;
pub mod time;
pub mod upcast;
pub mod words;

#[cfg(test)]
mod laws;
