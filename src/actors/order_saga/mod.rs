//! The order saga: the actor that sees one order through.

mod handlers;
mod messages;
mod request;
mod saga;
mod waiters;
mod work;

pub use messages::{AwaitVerdict, Command, Notify, Submit, TimerDue};
pub use saga::OrderSaga;
