//! Every stream folded in memory, checked after every event for what must never be wrong.

use crate::domain::basket::BasketState;
use crate::domain::customer::CustomerState;
use crate::domain::event::{
    BasketEvent, CustomerEvent, DomainEvent, MallEvent, OrderEvent, PaymentEvent, StoreEvent, StreamKind,
};
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, StoreId};
use crate::domain::inventory::StockLine;
use crate::domain::money::Currency;
use crate::domain::order::OrderState;
use crate::domain::payment::PaymentState;
use crate::domain::store::StoreState;
use crate::domain::time::Timestamp;
use crate::domain::upcast;
use crate::ports::reads::LogIdentity;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A hold by its order: authorization, amount in minor units, and `held`, `captured` or `voided`.
pub type Hold = (PaymentId, i64, &'static str);
/// What a reservation puts aside, and `reserved`, `released` or `shipped`.
pub type Reservation = (Vec<StockLine>, &'static str);

/// Which rows of `order_stores` there are, without keeping them: two tallies agree when their rows do, in any order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub(crate) rows: u64,
    sum: u128,
}

impl Tally {
    pub(crate) fn add(&mut self, store_id: &str, created_at: i64, order_id: &str) {
        let hash = blake3::hash(format!("{store_id} {created_at} {order_id}").as_bytes());
        let (half, _) = hash.as_bytes().split_at(size_of::<u128>());
        self.sum = half.iter().fold(0, |sum, byte| sum << 8 | u128::from(*byte)).wrapping_add(self.sum);
        self.rows += 1;
    }
}

/// What the events say.
pub struct Folds {
    currency: Currency,
    log_id: Uuid,
    /// What the mall's clock was last set to.
    clock: Option<Timestamp>,
    versions: BTreeMap<Uuid, u64>,
    pub(crate) stores: BTreeMap<StoreId, StoreState>,
    pub(crate) customers: BTreeMap<CustomerId, CustomerState>,
    pub(crate) payments: BTreeMap<PaymentId, PaymentState>,
    /// What the live holds of an authorization add up to.
    live: BTreeMap<PaymentId, i64>,
    pub(crate) baskets: BTreeMap<BasketId, BasketState>,
    pub(crate) orders: BTreeMap<OrderId, OrderState>,
    pub(crate) holds: BTreeMap<OrderId, Hold>,
    pub(crate) reservations: BTreeMap<(OrderId, StoreId), Reservation>,
    /// The stores the orders asked.
    pub(crate) asked: Tally,
    /// Settled orders that changed since they were last looked at.
    pub(crate) ended: Vec<OrderId>,
    /// Orders compared and forgotten.
    pub(crate) compared: BTreeMap<OrderId, u64>,
}

impl Folds {
    /// Nothing yet, of the journal with this identity.
    #[must_use]
    pub fn new(LogIdentity { currency, log_id, .. }: &LogIdentity) -> Self {
        Self {
            currency: *currency,
            log_id: *log_id,
            clock: None,
            versions: BTreeMap::new(),
            stores: BTreeMap::new(),
            customers: BTreeMap::new(),
            payments: BTreeMap::new(),
            live: BTreeMap::new(),
            baskets: BTreeMap::new(),
            orders: BTreeMap::new(),
            holds: BTreeMap::new(),
            reservations: BTreeMap::new(),
            asked: Tally::default(),
            ended: Vec::new(),
            compared: BTreeMap::new(),
        }
    }

    /// Number of streams.
    pub(crate) fn streams(&self) -> u64 {
        self.versions.len() as u64
    }

    /// Applies one event.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn apply(
        &mut self,
        kind: StreamKind,
        id: Uuid,
        version: u64,
        name: &str,
        payload: &str,
        at: Timestamp,
    ) -> Result<(), String> {
        let before = self.versions.insert(id, version).unwrap_or(0);
        match kind {
            StreamKind::Store => self.store(StoreId(id), &decode(name, payload)?, at),
            StreamKind::Basket => {
                let basket = self.baskets.entry(BasketId(id)).or_insert_with(|| BasketState::blank(BasketId(id)));
                basket.evolve(&decode::<BasketEvent>(name, payload)?, at);
                Ok(())
            }
            StreamKind::Customer => {
                let customer = CustomerState::born(CustomerId(id), &decode::<CustomerEvent>(name, payload)?, at);
                self.customers.insert(CustomerId(id), customer);
                Ok(())
            }
            StreamKind::Payment => self.payment(PaymentId(id), &decode(name, payload)?, at),
            StreamKind::Order => self.order(OrderId(id), &decode(name, payload)?, at),
            StreamKind::Mall => self.mall(id, &decode(name, payload)?),
        }?;
        if version == before + 1 { Ok(()) } else { Err(format!("version {version} follows {before}")) }
    }

    /// The mall's own stream is the journal's, and its time never runs backwards.
    fn mall(&mut self, id: Uuid, event: &MallEvent) -> Result<(), String> {
        if id != self.log_id {
            return Err(format!("the mall's stream is {}", self.log_id));
        }
        let set = match event {
            MallEvent::ClockSet(set) => set,
            MallEvent::PersonalitySet(set) => return set.personality.check().map_err(|error| error.to_string()),
            MallEvent::PersonalityReset(_) => return Ok(()),
        };
        let before = self.clock.replace(set.mall_time).unwrap_or(set.mall_time);
        if set.mall_time < before { Err(format!("the mall's clock was set back from {before}")) } else { Ok(()) }
    }

    /// Stock is sound after every event (I1, I2 by construction of the fold).
    fn store(&mut self, id: StoreId, event: &StoreEvent, at: Timestamp) -> Result<(), String> {
        let store = self.stores.entry(id).or_insert_with(|| StoreState::blank(id));
        store.evolve(event, at);
        let touched = store.touched_by(event);
        let unsound = touched.iter().find(|id| store.products.get(*id).is_none_or(|product| !product.stock.is_sound()));
        let (order_id, reservation) = match event {
            StoreEvent::StockReserved(moved) => (moved.order_id, (moved.lines.clone(), "reserved")),
            StoreEvent::StockReleased(moved) => (moved.order_id, (moved.lines.clone(), "released")),
            StoreEvent::StockShipped(moved) => (moved.order_id, (moved.lines.clone(), "shipped")),
            _ => return unsound.map_or(Ok(()), |id| Err(format!("the stock of product {id} is unsound"))),
        };
        let ends = reservation.1 != "reserved";
        let before = self.reservations.insert((order_id, id), reservation);
        if let Some(product) = unsound {
            return Err(format!("the stock of product {product} is unsound"));
        }
        if ends != before.is_some_and(|(_, status)| status == "reserved") {
            return Err(format!("there is no live reservation of order {order_id} to end, or one too many"));
        }
        Ok(())
    }

    /// Money is conserved at every position: only this authorization changed, and it adds up, so the sum over all does.
    fn payment(&mut self, id: PaymentId, event: &PaymentEvent, at: Timestamp) -> Result<(), String> {
        let payment = self.payments.entry(id).or_insert_with(|| PaymentState::blank(id, self.currency));
        let (order_id, hold) = match event {
            PaymentEvent::Held(held) => (held.order_id, (id, held.amount.amount_minor, "held")),
            PaymentEvent::HoldLowered(lowered) => (lowered.order_id, (id, lowered.amount.amount_minor, "held")),
            PaymentEvent::HoldVoided(voided) => (voided.order_id, (id, voided.amount.amount_minor, "voided")),
            PaymentEvent::Captured(captured) => (captured.order_id, (id, captured.amount.amount_minor, "captured")),
            PaymentEvent::Authorized(_) | PaymentEvent::Voided(_) => {
                payment.evolve(event, at);
                return sound(payment.is_sound());
            }
        };
        // An authorization may have a million holds, so their sum is kept: one event changes one of them.
        let of_order = |payment: &PaymentState| payment.holds.get(&order_id).copied().unwrap_or(0);
        let before = of_order(payment);
        payment.evolve(event, at);
        let live = self.live.entry(id).or_default();
        *live += of_order(payment) - before;
        self.holds.insert(order_id, hold);
        sound(payment.is_sound_with(*live))
    }

    fn order(&mut self, id: OrderId, event: &OrderEvent, at: Timestamp) -> Result<(), String> {
        if let Some(version) = self.compared.get(&id) {
            return Err(format!("the order's row is at version {version} and was settled"));
        }
        match (self.orders.get_mut(&id), event) {
            (Some(order), event) => order.evolve(event, at),
            (None, OrderEvent::Submitted(submitted)) => {
                let order = OrderState::born(id, submitted, at);
                for leg in &order.stores {
                    self.asked.add(&leg.store_id.to_string(), at.0, &id.to_string());
                }
                self.orders.insert(id, order);
            }
            (None, _) => return Err("the order was never submitted".to_owned()),
        }
        if self.orders.get(&id).is_some_and(OrderState::is_settled) {
            self.ended.push(id);
        }
        Ok(())
    }
}

fn sound(is_sound: bool) -> Result<(), String> {
    if is_sound { Ok(()) } else { Err("the amounts no longer add up".to_owned()) }
}

fn decode<E: DomainEvent>(name: &str, payload: &str) -> Result<E, String> {
    upcast::decode::<E>(name, payload).map_err(|error| match std::error::Error::source(&error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Money;
    use crate::domain::payment::event::{Authorized, Held, HoldVoided};

    #[test]
    fn a_hold_given_back_by_another_amount_is_noticed_at_its_event() {
        let currency: Currency = "EUR".parse().unwrap();
        let money = |amount| Money::new(amount, currency);
        let payment = PaymentId(Uuid::from_u128(1));
        let order = |n| OrderId(Uuid::from_u128(n));
        let mut folds = Folds::new(&LogIdentity { log_id: Uuid::from_u128(7), currency });
        let mut apply = |event| folds.payment(payment, &event, Timestamp(0));
        let customer_id = CustomerId(Uuid::from_u128(9));
        apply(PaymentEvent::Authorized(Authorized { customer_id, amount: money(100) })).unwrap();
        apply(PaymentEvent::Held(Held { order_id: order(2), amount: money(30) })).unwrap();
        apply(PaymentEvent::Held(Held { order_id: order(3), amount: money(20) })).unwrap();
        apply(PaymentEvent::HoldVoided(HoldVoided { order_id: order(2), amount: money(30) })).unwrap();
        let wrong = PaymentEvent::HoldVoided(HoldVoided { order_id: order(3), amount: money(19) });
        assert_eq!(apply(wrong).unwrap_err(), "the amounts no longer add up");
    }
}
