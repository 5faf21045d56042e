//! The way to NATS: [`address`] says where the broker is and who we are, [`jetstream`] is the connection, [`health`]
//! tells how it goes. The relay and the outside services use it alike.

pub mod address;
pub mod health;
pub mod jetstream;
