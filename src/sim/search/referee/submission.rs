//! What a new order may say, by the terms of the mall, its prices and what was asked for.

use super::{Course, Referee};
use crate::domain::ids::{CustomerId, OrderId, PaymentId, ProductId};
use crate::domain::order::OnShortage;
use crate::domain::order::event::Submitted;
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What somebody asked to be ordered.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Who.
    pub customer: Option<CustomerId>,
    /// The authorization it shall draw on.
    pub payment: PaymentId,
    /// What shall happen when a store is short.
    pub on_shortage: OnShortage,
    /// Pieces by product; none where it is what was in a basket.
    pub pieces: Option<BTreeMap<ProductId, i64>>,
}

impl Referee {
    pub(super) fn judge_submission(&mut self, order: OrderId, submitted: &Submitted, at: Timestamp) {
        *self.drawn_on.entry(submitted.payment_id).or_default() += 1;
        let sum: i64 = submitted.lines.iter().map(|line| line.unit_price.amount_minor * i64::from(line.quantity)).sum();
        if sum != submitted.total.amount_minor {
            let said = format!("order {order}: the total is {}, its lines cost {sum}", submitted.total);
            self.finds("I11 the total", "order", at, said);
        }
        for line in &submitted.lines {
            if !self.has_price(line.product_id, line.unit_price.amount_minor) {
                let said = format!("order {order}: {} is not the price of {}", line.unit_price, line.product_id);
                self.finds("the price", "order", at, said);
            }
        }
        let customer = submitted.customer_id;
        let (money, other) = (self.books.owner(submitted.payment_id), self.books.was_of_another(order, customer));
        if money != Some(customer) || other {
            let said = format!("order {order} of {customer} draws on money of {money:?}; another's basket: {other}");
            self.finds("nobody acts for another", "order", at, said);
        }
        self.judge_times(order, submitted, at);
        if let Some(said) = self.books.is_not_what_was_in_the_basket(order, &submitted.lines) {
            self.finds("checkout takes the basket", "order", at, said);
        }
        let heard_us = self.heard_us;
        self.orders.insert(order, Course::new(Arc::new(submitted.clone()), at, heard_us));
    }

    /// When everybody is to answer, and until when that is waited for.
    fn judge_times(&mut self, order: OrderId, submitted: &Submitted, at: Timestamp) {
        let delays = submitted.stores.iter().map(|asked| {
            let delay = self.folds.stores.get(&asked.store_id).map_or(0, |store| store.confirmation_delay_ms);
            (Participant::Store(asked.store_id), asked.fulfilment, delay, asked.due_at)
        });
        let bank =
            (Participant::Bank, submitted.payment_provider, self.terms.payment_delay_ms, submitted.payment_due_at);
        let asked: Vec<_> = delays.chain([bank]).collect();
        let longest = asked.iter().map(|(.., delay, _)| *delay).max().unwrap_or_default();
        let confirm_by = at.plus_millis(longest).plus_millis(self.terms.grace_ms);
        if submitted.confirm_by != confirm_by {
            let said = format!("order {order} of {at} times out at {}, not at {confirm_by}", submitted.confirm_by);
            self.finds("the time-out", "order", at, said);
        }
        for (who, served_by, delay, due_at) in asked {
            // Whoever is served from outside has until the time-out.
            let due = if served_by.is_internal() { at.plus_millis(delay) } else { confirm_by };
            let takes_its_time =
                self.behaves.get(&who).is_some_and(|had| had.iter().any(|(how, _)| how.delay.is_some()));
            if due_at != due && !takes_its_time {
                let said = format!("order {order} of {at} hears {who:?} at {due_at}, not at {due}");
                self.finds("the delay of a confirmation", "order", at, said);
            }
        }
    }

    /// Whether a product has, or had not long before, such a price.
    fn has_price(&self, product: ProductId, price: i64) -> bool {
        let prices = self.prices.get(&product).map(Vec::as_slice).unwrap_or_default();
        prices.iter().enumerate().any(|(at, (is, _))| {
            let replaced = prices.get(at + 1).map(|(_, heard_us)| *heard_us);
            *is == price && replaced.is_none_or(|replaced| self.heard_us <= replaced + super::QUOTED_US)
        })
    }

    /// Holds an order against what was asked for, once it is answered with.
    pub fn is_as_asked(&mut self, order: OrderId, wish: &Wish, now: Timestamp) {
        let Some(course) = self.orders.get(&order) else { return };
        let submitted = course.submitted.clone();
        let mut pieces = BTreeMap::new();
        for line in &submitted.lines {
            *pieces.entry(line.product_id).or_default() += i64::from(line.quantity);
        }
        let is = (Some(submitted.customer_id), submitted.payment_id, submitted.on_shortage);
        let same = is == (wish.customer, wish.payment, wish.on_shortage);
        if !same || wish.pieces.as_ref().is_some_and(|wanted| *wanted != pieces) {
            let said = format!("order {order} is {is:?} of {pieces:?}, and asked for was {wish:?}");
            self.finds("an order is what was asked for", "order", now, said);
        }
    }
}
