//! What the mall needs of the outside and what crosses that line, as traits and types: time, the journal, the read
//! model, the live feed, outside participants.
//!
//! The actors use them; `db`, `bus` and `system` implement them; `app` chooses. Neither side knows the other.

pub mod backoff;
pub mod bus_health;
pub mod changes;
pub mod feed;
pub mod journal;
pub mod mall;
pub mod outside;
pub mod reads;
pub mod reply;
pub mod stop;
pub mod time;
pub mod witness;
