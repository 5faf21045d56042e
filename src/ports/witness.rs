//! Who looks on while the mall works: a world, which writes down what happens, so that two runs can be compared.

use crate::domain::ids::OrderId;
use crate::domain::order::Work;

/// What is seen.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// An order is told that it is due.
    Told {
        /// The order.
        order_id: OrderId,
    },
    /// An order asks a participant.
    Asked {
        /// The order.
        order_id: OrderId,
        /// For what.
        work: Work,
    },
    /// An order has its answer, or knows that none comes.
    Answered {
        /// The order.
        order_id: OrderId,
        /// What it had asked for.
        work: Work,
        /// Whether there was an answer.
        well: bool,
    },
}

/// Looks on.
pub trait Witness: Send + Sync {
    /// Sees a moment. It changes nothing, and takes no time.
    fn saw(&self, moment: Moment);
}

/// Nobody: the server's.
pub struct Nobody;

impl Witness for Nobody {
    fn saw(&self, _moment: Moment) {}
}
