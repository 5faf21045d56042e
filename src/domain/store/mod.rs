//! A store and its products: names, prices, participation, and the stock that orders reserve, release and ship.
//!
//! One store is one consistency boundary: checking and reserving everything an order wants from it is one decision, so
//! the last piece is sold once. A reservation belongs to one order; repeating a reserve, release or ship changes
//! nothing.

mod command;
mod decide;
mod edit;
pub mod event;
mod evolve;
mod state;

pub use command::{
    CONFIRMATION_DELAY_MS_MAX, DESCRIPTION_MAX, LOCATION_MAX, NAME_MAX, ProductEdit, SKU_MAX, StoreCommand, StoreEdit,
    StoreError,
};
pub use state::{ProductState, StoreState};

#[cfg(test)]
mod tests;
