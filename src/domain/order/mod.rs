//! The order and its saga, pure: what it is, what may happen to it, and what it wants done next.
//!
//! An order is submitted with a price snapshot and a due time for every confirmation; it waits for one verdict of the
//! bank and one of each store; it is accepted, paid and delivered, or rejected, cancelled or expired. `decide` turns a
//! command into events, `evolve` applies an event, and `work` says which participants are to be asked at a moment.
//!
//! Whatever must be undone or carried through elsewhere is an [`Obligation`] in the state, recorded with the change
//! that causes it and kept until acknowledged; the status never waits for it.

mod answer;
mod decide;
pub mod event;
mod evolve;
mod leg;
mod obligation;
pub mod request;
mod state;
mod words;
mod work;

pub use answer::{Answer, AnswerError, Stocked};
pub use decide::{CANCEL_REASON_MAX, Decision, OrderCommand, OrderError, OrderPolicy, Submission};
pub use leg::{PaymentLeg, StoreAsked, StoreLeg};
pub use obligation::{Duty, Obligation};
pub use request::{BankPart, ConfirmLines, HoldMoney, MoneyPart, Request, StorePart};
pub use state::OrderState;
pub use words::{
    CancelledBy, Compensation, DeliveryStatus, OnShortage, OrderAction, OrderPaymentStatus, OrderStatus, Reason,
};
pub use work::Work;

#[cfg(test)]
mod tests;
