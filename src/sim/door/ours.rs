//! Which of a mall's events are of a run's own customers.

use crate::domain::ids::CustomerId;
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Orders and authorizations of a run's customers that have not ended.
#[derive(Debug, Default)]
pub struct Ours(RefCell<BTreeSet<Uuid>>);

/// Whose something is.
#[derive(Deserialize)]
struct Of {
    customer_id: CustomerId,
}

impl Ours {
    /// Whether an event is of one of the customers that `knows` says are the run's; how somebody behaves concerns all.
    pub fn takes(&self, name: &str, stream: Uuid, payload: &str, knows: impl Fn(CustomerId) -> bool) -> bool {
        let mut ours = self.0.borrow_mut();
        if matches!(name, "order.submitted" | "payment.authorized") {
            let of: Result<Of, _> = serde_json::from_str(payload);
            if of.is_ok_and(|of| knows(of.customer_id)) {
                ours.insert(stream);
            }
        }
        let is_last = matches!(
            name,
            "order.rejected" | "order.cancelled" | "order.expired" | "order.delivered" | "payment.authorized"
        );
        let is_ours = if is_last { ours.remove(&stream) } else { ours.contains(&stream) };
        is_ours || name == "mall.personality_set"
    }
}
