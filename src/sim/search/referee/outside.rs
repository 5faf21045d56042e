//! Whether outside services are asked and told what is so, and whether their answers count.

use super::Referee;
use super::orders::Of;
use super::services::order_of;
use crate::domain::ids::{OrderId, ProductId};
use crate::domain::money::Money;
use crate::domain::order::{DeliveryStatus, OrderState, OrderStatus, Reason, Request};
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;

impl Referee {
    /// Hears what an outside service is asked or told.
    pub fn told(&mut self, request: &Request, now: Timestamp) {
        let (who, order) = (request.to(), order_of(request));
        let Some(course) = self.orders.get(&order) else {
            return self.finds("no answer before its commit", "order", now, format!("no order leads to {request:?}"));
        };
        let submitted = course.submitted.clone();
        let is = self.folds.orders.get(&order);
        let total = is.map_or(0, |order| order.total.amount_minor);
        let is_sold = is.is_some_and(|order| matches!(order.status, OrderStatus::Paid | OrderStatus::Delivered));
        let is_off = is.is_some_and(|order| order.is_terminal() && order.status != OrderStatus::Delivered);
        let is_right = match request {
            Request::Confirm(asked) => {
                let part = submitted.lines.iter().filter(|line| Participant::Store(line.store_id) == who);
                let wanted = part.map(|line| (line.product_id, line.quantity, line.unit_price));
                let lines = asked.lines.iter().map(|line| (line.product_id, line.quantity, line.unit_price));
                asked.answer_by == submitted.confirm_by
                    && lines.collect::<Vec<(ProductId, u32, Money)>>() == wanted.collect::<Vec<_>>()
            }
            Request::Hold(asked) => {
                (asked.payment_id, asked.customer_id, asked.amount, asked.answer_by)
                    == (submitted.payment_id, submitted.customer_id, submitted.total, submitted.confirm_by)
            }
            Request::Lower(part) => (total..submitted.total.amount_minor).contains(&part.amount.amount_minor),
            Request::Capture(part) => is_sold && part.amount.amount_minor == total,
            Request::Ship(_) => is_sold,
            Request::Void(_) => is_off,
            Request::Release(_) => is_off || course.refused.contains_key(&who),
        };
        if course.is_inside(who) || !is_right {
            let said = format!("order {order} of {} at {total}: {request:?}", submitted.total);
            self.finds("outside services are told what is so", "order", now, said);
        }
        self.services.hears(request);
    }

    /// Hears that an outside service begins to answer: that it refuses for a reason, or else agrees. Answers which
    /// of its answers about the order that is.
    pub fn says(&mut self, who: Participant, order: OrderId, refuses: Option<Reason>) -> usize {
        self.services.says(who, order, refuses)
    }

    /// Hears that an answer was taken: it counts from here on, unless one counted before, or the order has ended.
    pub fn took(&mut self, who: Participant, order: OrderId, which: usize, now: Timestamp) {
        self.services.took(who, order, which);
        let Some(course) = self.orders.get(&order) else { return };
        let counts = course.received.contains(&who) || course.refused.contains_key(&who) || course.ended.is_some();
        if !counts {
            let said = format!("an answer of {who:?} about order {order} was taken, and is not in the journal");
            self.finds("no answer before its commit", "order", now, said);
        }
    }

    /// The order notes that an outside service has agreed.
    pub(super) fn service_agrees(&mut self, of: &Of, who: Participant) {
        let first = self.services.agreed_first(who, of.order);
        let Some(course) = self.orders.get_mut(&of.order) else { return };
        let again = !course.received.insert(who) || course.refused.contains_key(&who);
        if again || !first {
            let said = format!("order {} has a yes of {who:?}: its first {first}, once more {again}", of.order);
            self.finds("outside services decide", "order", of.at, said);
        }
    }

    /// What outside services have to have been told by the end.
    pub(super) fn everybody_was_told(&mut self, now: Timestamp) {
        let missing = self.folds.orders.values().find_map(|order| {
            let owed = self.owed(order).into_iter();
            let missing = owed.filter(|(who, what)| !self.services.heard(*who, order.id, what));
            missing
                .map(|(who, what)| format!("{who:?} never heard of order {}, {}: {what}", order.id, order.status))
                .next()
        });
        if let Some(said) = missing {
            self.finds("every request is made", "order", now, said);
        }
    }

    fn owed(&self, order: &OrderState) -> Vec<(Participant, &'static str)> {
        let Some(course) = self.orders.get(&order.id) else { return Vec::new() };
        let mut owed = Vec::new();
        let sold = order.status == OrderStatus::Delivered;
        // Whoever said no has nothing to give back.
        let promised = |who| course.received.contains(&who) || !course.refused.contains_key(&who);
        if !course.is_inside(Participant::Bank) {
            owed.push((Participant::Bank, "hold"));
            if sold {
                owed.push((Participant::Bank, "capture"));
                let lowered = order.total.amount_minor < course.submitted.total.amount_minor;
                owed.extend(lowered.then_some((Participant::Bank, "lower")));
            } else if promised(Participant::Bank) {
                owed.push((Participant::Bank, "void"));
            }
        }
        for leg in order.stores.iter().filter(|leg| !leg.fulfilment.is_internal()) {
            let who = Participant::Store(leg.store_id);
            owed.push((who, "confirm"));
            if sold && matches!(leg.status, DeliveryStatus::Shipped | DeliveryStatus::Delivered) {
                owed.push((who, "ship"));
            } else if promised(who) {
                owed.push((who, "release"));
            }
        }
        owed
    }
}
