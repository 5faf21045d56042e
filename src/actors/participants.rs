//! Whom a saga asks: the stores and the bank.

use super::backstage::Backstage;
use super::directory::{Directory, Quarters};
use super::payment::PaymentActor;
use super::store::StoreActor;
use std::sync::Arc;

/// The participants of orders, and what they share.
pub struct Participants {
    backstage: Arc<Backstage>,
    stores: Directory<StoreActor>,
    payments: Directory<PaymentActor>,
}

impl Participants {
    /// Participants that live in `quarters`; none is awake.
    #[must_use]
    pub fn new(backstage: Arc<Backstage>, quarters: &Arc<Quarters>) -> Self {
        let stores = Directory::new(quarters, backstage.clone());
        let payments = Directory::new(quarters, backstage.clone());
        Self { backstage, stores, payments }
    }

    /// What all share.
    #[must_use]
    pub const fn backstage(&self) -> &Arc<Backstage> {
        &self.backstage
    }

    /// The awake stores.
    #[must_use]
    pub const fn stores(&self) -> &Directory<StoreActor> {
        &self.stores
    }

    /// The awake payments.
    #[must_use]
    pub const fn payments(&self) -> &Directory<PaymentActor> {
        &self.payments
    }
}
