//! What stores and the bank may do for orders: once each, and of what they have.

use super::Referee;
use crate::domain::event::{MallEvent, PaymentEvent, StoreEvent};
use crate::domain::ids::{OrderId, PaymentId, StoreId};
use crate::domain::inventory::StockLine;
use crate::domain::participant::Participant;
use crate::domain::personality::Personality;
use crate::domain::time::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;

impl Referee {
    pub(super) fn check_stock(&mut self, store: StoreId, event: &StoreEvent, at: Timestamp) {
        for product in self.books.store(event, self.heard_us) {
            let stock = self.folds.stores.get(&store).and_then(|store| store.products.get(&product));
            let differs = stock.and_then(|has| self.books.differs(product, has.stock));
            if let Some(said) = differs {
                self.finds("I3 the books of stock", "store", at, said);
            }
        }
    }

    fn effect(&mut self, of: Uuid, order: OrderId, kind: &'static str, at: Timestamp) {
        if !self.effects.insert((of, order, kind)) {
            self.finds("I12 one effect", "order", at, format!("{of} has {kind} for order {order} more than once"));
        }
    }

    pub(super) fn judge_store(
        &mut self,
        store: StoreId,
        event: &StoreEvent,
        at: Timestamp,
        touched: &mut BTreeSet<OrderId>,
    ) {
        match event {
            StoreEvent::ProductAdded(added) => {
                self.prices.entry(added.product_id).or_default().push((added.price.amount_minor, self.heard_us));
            }
            StoreEvent::ProductEdited(edited) => {
                self.prices.entry(edited.product_id).or_default().push((edited.price.amount_minor, self.heard_us));
            }
            StoreEvent::ClosingStarted(_) => _ = self.closing.insert(store),
            StoreEvent::Archived(_) => {
                if !self.closing.contains(&store) {
                    self.finds("a store closes before it is gone", "store", at, format!("store {store}"));
                }
                self.closed.insert(store);
            }
            StoreEvent::ProductArchived(archived) => _ = self.archived.insert(archived.product_id),
            StoreEvent::StockReserved(moved) => {
                touched.insert(moved.order_id);
                self.effect(store.0, moved.order_id, "reserved", at);
                self.judge_reservation(store, moved.order_id, &moved.lines, at);
                self.judge_fate(Participant::Store(store), moved.order_id, at);
            }
            StoreEvent::StockReleased(moved) => {
                touched.insert(moved.order_id);
                self.effect(store.0, moved.order_id, "released", at);
            }
            StoreEvent::StockShipped(moved) => {
                touched.insert(moved.order_id);
                self.effect(store.0, moved.order_id, "shipped", at);
            }
            _ => {}
        }
    }

    fn judge_reservation(&mut self, store: StoreId, order: OrderId, lines: &[StockLine], at: Timestamp) {
        if let Some(line) = lines.iter().find(|line| self.archived.contains(&line.product_id)) {
            let said = format!("{} was reserved for order {order}, and is archived", line.product_id);
            self.finds("no sale of an archived product", "store", at, said);
        }
        if self.closing.contains(&store) {
            let said = format!("store {store} reserved for order {order}, and was closing");
            self.finds("I14 no sale of a closed store", "store", at, said);
        }
    }

    pub(super) fn judge_payment(
        &mut self,
        payment: PaymentId,
        event: &PaymentEvent,
        at: Timestamp,
        touched: &mut BTreeSet<OrderId>,
    ) {
        self.books.payment(payment, event);
        let has = self.folds.payments.get(&payment);
        if let Some(said) = has.and_then(|has| self.books.disagrees(has)) {
            self.finds("I4 the books of money", "payment", at, said);
        }
        let (order, kind) = match event {
            PaymentEvent::Held(held) => {
                self.judge_fate(Participant::Bank, held.order_id, at);
                (held.order_id, "held")
            }
            PaymentEvent::HoldVoided(voided) => (voided.order_id, "voided"),
            PaymentEvent::Captured(captured) => (captured.order_id, "captured"),
            PaymentEvent::HoldLowered(lowered) => {
                touched.insert(lowered.order_id);
                return;
            }
            PaymentEvent::Authorized(_) | PaymentEvent::Voided(_) => return,
        };
        touched.insert(order);
        self.effect(payment.0, order, kind, at);
    }

    pub(super) fn judge_mall(&mut self, event: MallEvent) {
        let heard_us = self.heard_us;
        match event {
            MallEvent::PersonalitySet(set) => {
                self.characters.insert(set.participant);
                self.behaves.entry(set.participant).or_default().push((Box::new(set.personality), heard_us));
            }
            MallEvent::PersonalityReset(reset) => {
                self.behaves.entry(reset.participant).or_default().push((Box::new(Personality::default()), heard_us));
            }
            MallEvent::ClockSet(set) => self.speeds.push((set.speed, heard_us)),
        }
    }
}
