//! What outside services heard and said.

use crate::domain::ids::OrderId;
use crate::domain::order::{Reason, Request};
use crate::domain::participant::Participant;
use std::collections::{BTreeMap, BTreeSet};

/// What outside services heard and said.
#[derive(Default)]
pub(super) struct Services {
    /// What each was asked or told about an order, by name.
    told: BTreeSet<(Participant, OrderId, &'static str)>,
    /// What each said, in the order of saying.
    said: BTreeMap<(Participant, OrderId), Vec<Said>>,
}

/// What an outside service said about an order.
struct Said {
    /// Why it refuses, if it does.
    no: Option<Reason>,
    /// Whether the mall took it.
    is_taken: bool,
}

impl Services {
    /// Whether a service gave that reason to refuse.
    pub(super) fn said_no(&self, who: Participant, order: OrderId, reason: Reason) -> bool {
        self.said.get(&(who, order)).is_some_and(|said| said.iter().any(|said| said.no == Some(reason)))
    }

    /// Notes what a service is asked or told.
    pub(super) fn hears(&mut self, request: &Request) {
        self.told.insert((request.to(), order_of(request), name_of(request)));
    }

    /// Whether a service was ever asked or told so.
    pub(super) fn heard(&self, who: Participant, order: OrderId, what: &'static str) -> bool {
        self.told.contains(&(who, order, what))
    }

    /// Notes that a service begins to answer: that it refuses for a reason, or agrees. Answers which of its answers about
    /// the order that is.
    pub(super) fn says(&mut self, who: Participant, order: OrderId, refuses: Option<Reason>) -> usize {
        let said = self.said.entry((who, order)).or_default();
        said.push(Said { no: refuses, is_taken: false });
        said.len() - 1
    }

    /// Notes that one of its answers was taken.
    pub(super) fn took(&mut self, who: Participant, order: OrderId, which: usize) {
        if let Some(said) = self.said.get_mut(&(who, order)).and_then(|said| said.get_mut(which)) {
            said.is_taken = true;
        }
    }

    /// Whether a service said yes, and no taken answer of it said no before.
    pub(super) fn agreed_first(&self, who: Participant, order: OrderId) -> bool {
        let said = self.said.get(&(who, order)).map(Vec::as_slice).unwrap_or_default();
        let yes = said.iter().position(|said| said.no.is_none());
        yes.is_some_and(|yes| !said[..yes].iter().any(|said| said.no.is_some() && said.is_taken))
    }
}

const fn name_of(request: &Request) -> &'static str {
    match request {
        Request::Confirm(_) => "confirm",
        Request::Hold(_) => "hold",
        Request::Lower(_) => "lower",
        Request::Void(_) => "void",
        Request::Capture(_) => "capture",
        Request::Release(_) => "release",
        Request::Ship(_) => "ship",
    }
}

/// The order it is about.
pub(super) const fn order_of(request: &Request) -> OrderId {
    match request {
        Request::Confirm(asked) => asked.order_id,
        Request::Hold(asked) => asked.order_id,
        Request::Lower(part) | Request::Capture(part) => part.order_id,
        Request::Void(part) => part.order_id,
        Request::Release(part) | Request::Ship(part) => part.order_id,
    }
}
