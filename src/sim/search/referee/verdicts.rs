//! What the bank and the stores may say to an order, and what follows of it.

use super::orders::Of;
use super::{Course, Referee};
use crate::domain::ids::{OrderId, ProductId, StoreId};
use crate::domain::money::Money;
use crate::domain::order::event::{LineDropped, StoreRejected};
use crate::domain::order::{OnShortage, Reason};
use crate::domain::participant::Participant;
use std::collections::BTreeSet;

impl Course {
    /// Pieces of a product that a store was to serve.
    fn wanted(&self, store: StoreId, product: ProductId) -> i64 {
        let lines = self.submitted.lines.iter().filter(|line| (line.store_id, line.product_id) == (store, product));
        lines.map(|line| i64::from(line.quantity)).sum()
    }

    /// Whether Plaza itself confirms for a participant.
    pub(super) fn is_inside(&self, who: Participant) -> bool {
        match who {
            Participant::Bank => self.submitted.payment_provider.is_internal(),
            Participant::Store(store) => {
                self.submitted.stores.iter().any(|asked| asked.store_id == store && asked.fulfilment.is_internal())
            }
        }
    }

    /// Everybody who is asked to confirm.
    pub(super) fn participants(&self) -> impl Iterator<Item = Participant> {
        let stores = self.submitted.stores.iter().map(|asked| Participant::Store(asked.store_id));
        stores.chain([Participant::Bank])
    }

    /// Stores that have not refused.
    fn kept(&self) -> impl Iterator<Item = Participant> {
        let stores = self.submitted.stores.iter().map(|asked| Participant::Store(asked.store_id));
        stores.filter(|store| !self.refused.contains_key(store))
    }

    /// What the order costs without the lines of stores that refused, minor units.
    pub(super) fn kept_total(&self) -> i64 {
        let lines = self.submitted.lines.iter();
        let kept = lines.filter(|line| !self.refused.contains_key(&Participant::Store(line.store_id)));
        kept.map(|line| line.unit_price.amount_minor * i64::from(line.quantity)).sum()
    }

    /// Whether the order cannot be served by what is known: somebody who is needed has refused.
    pub(super) fn is_lost(&self) -> bool {
        let stores = self.refused.keys().any(|who| *who != Participant::Bank);
        self.refused.contains_key(&Participant::Bank)
            || (stores && (self.submitted.on_shortage == OnShortage::RejectAll || self.kept().next().is_none()))
    }

    /// Whether everybody who is needed has said yes.
    pub(super) fn is_agreed(&self) -> bool {
        !self.is_lost()
            && self.confirmed.contains(&Participant::Bank)
            && self.kept().all(|store| self.confirmed.contains(&store))
    }
}

impl Referee {
    pub(super) fn bank_confirms(&mut self, of: &Of, amount: Money) {
        self.confirms(of, Participant::Bank, "the bank's confirmation");
        self.holds(of.order, amount);
        let total = self.folds.orders.get(&of.order).map_or(of.submitted.total, |order| order.total);
        let asked_for = total.amount_minor..=of.submitted.total.amount_minor;
        if !asked_for.contains(&amount.amount_minor) {
            let said = format!("order {}: {amount} is held of {total}", of.order);
            self.finds("I5 the hold", "order", of.at, said);
        }
    }

    /// Notes how much is held by what the order knows.
    pub(super) fn holds(&mut self, order: OrderId, amount: Money) {
        if let Some(course) = self.orders.get_mut(&order) {
            course.held = amount.amount_minor;
        }
    }

    pub(super) fn store_confirms(&mut self, of: &Of, store: StoreId) {
        self.confirms(of, Participant::Store(store), "a store's confirmation");
    }

    fn confirms(&mut self, of: &Of, who: Participant, what: &str) {
        let Of { order, at, .. } = *of;
        self.is_the_first(of, who, false);
        let due = of.due_of(who);
        let Some(course) = self.orders.get_mut(&order) else { return };
        course.confirmed.insert(who);
        let (inside, said_yes) = (course.is_inside(who), course.received.contains(&who));
        if inside {
            self.is_on_time(order, what, due, at, self.written_ms());
            self.is_due(of, who, due);
        } else if !said_yes {
            let said = format!("order {order} was confirmed for {who:?}, whose service never said so");
            self.finds("outside services decide", "order", at, said);
        }
    }

    fn is_due(&mut self, of: &Of, who: Participant, due: crate::domain::time::Timestamp) {
        if of.at < due {
            let said = format!("order {} heard {who:?} at {}, due at {due}", of.order, of.at);
            self.finds("not before it is due", "order", of.at, said);
        }
    }

    /// Whether a verdict is of somebody who was asked and has not given one: but a store that closes takes back its yes.
    fn is_the_first(&mut self, of: &Of, who: Participant, closes: bool) {
        let Some(course) = self.orders.get(&of.order) else { return };
        let asked = course.participants().any(|asked| asked == who);
        let has = course.refused.contains_key(&who) || (course.confirmed.contains(&who) && !closes);
        if !asked {
            self.finds("asked", "order", of.at, format!("order {} never asked {who:?}", of.order));
        }
        if has {
            let said = format!("order {} has two verdicts of {who:?}", of.order);
            self.finds("one verdict each", "order", of.at, said);
        }
    }

    pub(super) fn bank_refuses(&mut self, of: &Of, reason: Reason) {
        self.saw(format!("the bank refused: {reason}"));
        self.refuses(of, Participant::Bank, reason);
        let Of { order, at, ref submitted, .. } = *of;
        let payment = self.folds.payments.get(&submitted.payment_id);
        let alone = self.drawn_on.get(&submitted.payment_id) == Some(&1);
        // What is there can only have become less since the bank looked.
        let there = payment.map_or(0, |payment| payment.available);
        let by_the_books = self.by_the_books(of, Participant::Bank, reason);
        if by_the_books && reason == Reason::NotEnoughMoney && alone && there >= submitted.total.amount_minor {
            let said = format!("order {order} of {} was refused, and {there} are there", submitted.total);
            self.finds("no lack of money", "order", at, said);
        }
        if by_the_books && !matches!(reason, Reason::NotEnoughMoney | Reason::ServiceFailed) {
            let said = format!("order {order} was refused by the bank for {reason}");
            self.finds("no refusal without a cause", "order", at, said);
        }
    }

    /// Notes a refusal, which nobody gives early, and nobody fails who never was to.
    fn refuses(&mut self, of: &Of, who: Participant, reason: Reason) {
        let order = of.order;
        self.is_the_first(of, who, reason == Reason::StoreClosed);
        let Some(course) = self.orders.get_mut(&order) else { return };
        course.refused.insert(who, reason);
        course.confirmed.remove(&who);
        let inside = course.is_inside(who);
        let due = of.due_of(who);
        // Who closes, or sells a product no more, need not be asked.
        if inside && matches!(reason, Reason::OutOfStock | Reason::NotEnoughMoney) {
            self.is_due(of, who, due);
        }
        self.judge_refusal(of, who, reason);
    }

    /// Whether it is Plaza's own books that refuse: for whoever is inside, and once an outside service has said yes.
    fn by_the_books(&self, of: &Of, who: Participant, reason: Reason) -> bool {
        let Some(course) = self.orders.get(&of.order) else { return false };
        course.is_inside(who) || course.received.contains(&who) || !self.services.said_no(who, of.order, reason)
    }

    pub(super) fn store_refuses(&mut self, of: &Of, rejected: &StoreRejected) {
        let (store, reason) = (rejected.store_id, rejected.reason);
        self.saw(format!("a store refused: {reason}"));
        self.refuses(of, Participant::Store(store), reason);
        let Of { order, at, .. } = *of;
        let by_the_books = self.by_the_books(of, Participant::Store(store), reason);
        let Some(course) = self.orders.get(&order) else { return };
        let wrong = rejected.lines.iter().find(|short| short.requested != course.wanted(store, short.product_id));
        let said = wrong.map(|short| format!("order {order} does not want what it was refused: {short:?}"));
        let said = said.or_else(|| if by_the_books { self.is_not_short(course, rejected) } else { None });
        if let Some(said) = said {
            self.finds("no shortage", "order", at, said);
        }
        let has_cause = match reason {
            Reason::OutOfStock => !by_the_books || !rejected.lines.is_empty(),
            Reason::StoreClosed => self.closing.contains(&store),
            Reason::ProductUnavailable => {
                let lines = of.submitted.lines.iter().filter(|line| line.store_id == store);
                lines.map(|line| line.product_id).any(|product| self.archived.contains(&product))
            }
            // Judged with those of the bank.
            Reason::ServiceFailed => true,
            _ => false,
        };
        if !has_cause {
            let said = format!("order {order} was refused by store {store} for {reason}");
            self.finds("no refusal without a cause", "order", at, said);
        }
    }

    /// What a store says it is short of, and was not at any time since the order was placed; or does not say.
    fn is_not_short(&self, course: &Course, rejected: &StoreRejected) -> Option<String> {
        if rejected.reason != Reason::OutOfStock {
            return None;
        }
        let mut short = BTreeSet::new();
        for line in &rejected.lines {
            short.insert(line.product_id);
            let was = self.books.available_since(line.product_id, course.heard_us);
            if line.available >= line.requested || !was.contains(&line.available) {
                return Some(format!("{line:?}, and since the order was placed there were {was:?}"));
            }
        }
        let lines = course.submitted.lines.iter().filter(|line| line.store_id == rejected.store_id);
        let named = lines.map(|line| line.product_id).filter(|product| !short.contains(product));
        let missed = named.into_iter().find_map(|product| {
            let wanted = course.wanted(rejected.store_id, product);
            let was = self.books.available_since(product, course.heard_us);
            was.iter().all(|available| *available < wanted).then(|| format!("{product}, of which there were {was:?}"))
        });
        missed.map(|missed| format!("the store does not say that it is short of {missed}"))
    }

    /// A line falls only for a store that refused, of an order that takes what there is, and wholly.
    pub(super) fn drops(&mut self, of: &Of, dropped: &LineDropped) {
        self.saw("a line was dropped".to_owned());
        let Some(course) = self.orders.get_mut(&of.order) else { return };
        let wanted = course.wanted(dropped.store_id, dropped.product_id);
        let refused = course.refused.contains_key(&Participant::Store(dropped.store_id));
        let again = !course.dropped.insert((dropped.store_id, dropped.product_id));
        let takes_less = of.submitted.on_shortage == OnShortage::AcceptAvailable;
        if again || !refused || !takes_less || i64::from(dropped.quantity) != wanted {
            let said = format!("order {} drops {dropped:?} of {wanted}", of.order);
            self.finds("a line falls with its store", "order", of.at, said);
        }
    }
}
