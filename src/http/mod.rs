//! The outside door: REST, live events, Swagger, the interface.
//!
//! The only place with actix-web. Handlers ask the mall or its read model and answer; they know neither the database nor
//! the bus. One file per resource; [`door`] is what they share and what every request passes before it reaches one.
//! `routes` says which handler serves what, `server` runs it, `openapi` documents it.

mod asyncapi;
mod audit;
mod baskets;
mod bulk;
mod clock;
mod customers;
mod demo;
pub mod door;
mod event_body;
mod events;
mod headers;
mod health;
mod metrics;
pub mod openapi;
mod order_body;
mod orders;
mod payments;
mod personalities;
mod personality_body;
mod product_body;
mod products;
mod routes;
mod server;
mod shelf;
mod simulation_body;
mod simulation_request;
mod simulations;
mod sse;
mod state;
mod statistics;
mod status;
mod stores;
mod submit;
mod swagger;
mod tokens;
mod ui;

pub use server::server;
pub use state::{Behind, HttpSettings, HttpState};
