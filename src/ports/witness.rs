//! Who looks on while the mall works: a world, which writes down what happens, so that two runs can be compared, and has
//! things go wrong that in a server go wrong by themselves.

use crate::domain::ids::OrderId;
use crate::domain::order::Work;
use std::time::Duration;

/// A kind of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actors {
    /// Stores.
    Store,
    /// Authorizations.
    Payment,
    /// Baskets.
    Basket,
    /// Order sagas.
    Order,
}

/// What is seen.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// An actor looks at its state, to decide or to answer: its turn, or a part of it.
    Turn {
        /// Of which kind it is.
        of: Actors,
    },
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

/// What befalls a question on its way to a participant, or an answer on its way back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mishap {
    /// It takes so long.
    pub late: Duration,
    /// It never arrives.
    pub lost: bool,
}

impl Mishap {
    /// Passes as much time as it takes. Answers whether it arrives.
    pub async fn suffer(self) -> bool {
        if !self.late.is_zero() {
            tokio::time::sleep(self.late).await;
        }
        !self.lost
    }
}

/// Looks on.
pub trait Witness: Send + Sync {
    /// Sees a moment, which takes no time. The witness of a world may have the actor whose turn it is fail, by a panic.
    fn saw(&self, moment: Moment);

    /// What befalls a question ([`Moment::Asked`]) or an answer ([`Moment::Answered`]): nothing, but in a world.
    fn befalls(&self, _moment: Moment) -> Option<Mishap> {
        None
    }
}

/// Nobody: the server's.
pub struct Nobody;

impl Witness for Nobody {
    fn saw(&self, _moment: Moment) {}
}
