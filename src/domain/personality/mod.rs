//! How a participant behaves: how long it takes to answer, how often it refuses or says nothing, when it is out.
//!
//! A personality changes what really happens and fakes nothing: an order that is held waits, one that is refused is
//! rejected by the rules every refusal follows. Only confirmations have a fate; what an order owes its participants is
//! carried out whatever their personality.

mod behaviour;
mod decimal;
mod delay;
mod error;
pub mod event;
mod fate;
mod known;

pub use behaviour::{OUTAGES_MAX, Outage, OutageMode, Personality, Refusal, Refuse, Share};
pub use decimal::Decimal;
pub use delay::{DELAY_MS_MAX, Delay, Distribution, POINTS_MAX, Spread};
pub use error::PersonalityError;
pub use fate::{Draw, Fate, Manner};
pub use known::{Known, Personalities};

#[cfg(test)]
mod tests;
