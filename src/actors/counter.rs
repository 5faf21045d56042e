//! Where orders are placed: priced, and handed to a saga of their own.
//!
//! Quotes come from the stores, ownership from the payment. Baskets and single orders come to the same counter.

use super::admission::Admitted;
use super::ask::ask;
use super::backstage::Backstage;
use super::directory::{Directory, Quarters};
use super::error::{MallError, SubmissionError};
use super::order_saga::{OrderSaga, Submit};
use super::participants::Participants;
use super::payment::GetOwner;
use super::store::{GetQuote, Quote};
use crate::domain::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::line::OrderLine;
use crate::domain::money::Money;
use crate::domain::order::{OnShortage, OrderState, Submission};
use crate::domain::personality::Draw;
use crate::ports::journal::Append;
use crate::ports::reply::{Reply, Responder};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// One line of an order to be priced.
#[derive(Clone, Copy, Debug)]
pub struct LineRequest {
    /// The product.
    pub product_id: ProductId,
    /// Pieces.
    pub quantity: u32,
}

/// An order to be placed.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// Who orders.
    pub customer_id: CustomerId,
    /// The authorization to draw on.
    pub payment_id: PaymentId,
    /// What is wanted.
    pub lines: Vec<LineRequest>,
    /// What shall happen when a store is short.
    pub on_shortage: OnShortage,
    /// What the customer was shown as the total.
    pub expected_total: Option<Money>,
    /// What the order's fates are drawn from, if not its id.
    pub draw: Option<Draw>,
}

/// Where orders are placed.
pub struct Counter {
    participants: Arc<Participants>,
    orders: Directory<OrderSaga>,
    /// Which store sells a product; never changes, so it is never dropped.
    sold_by: RwLock<BTreeMap<ProductId, StoreId>>,
}

impl Counter {
    /// A counter whose sagas live in `quarters`; none is awake.
    #[must_use]
    pub fn new(participants: Arc<Participants>, quarters: &Arc<Quarters>) -> Self {
        let orders = Directory::new(quarters, participants.clone());
        Self { participants, orders, sold_by: RwLock::default() }
    }

    /// What all share.
    #[must_use]
    pub fn backstage(&self) -> &Arc<Backstage> {
        self.participants.backstage()
    }

    /// The stores and the bank.
    #[must_use]
    pub const fn participants(&self) -> &Arc<Participants> {
        &self.participants
    }

    /// The awake sagas.
    #[must_use]
    pub const fn orders(&self) -> &Directory<OrderSaga> {
        &self.orders
    }

    /// Has a saga of its own submit an order that was priced; `companion` is committed with it.
    ///
    /// # Errors
    /// [`MallError::Order`] names the line.
    pub async fn open(
        &self,
        order_id: OrderId,
        submission: Submission,
        companion: Append,
        responder: Responder<OrderState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let saga = self.orders.create(order_id)?;
        let Admitted { cause, permit, .. } = by.about(order_id);
        ask(saga.addr(), Submit { submission, companion, responder, cause, permit }).await
    }

    /// Prices an order: today's prices from its stores, and a payment that is the customer's.
    ///
    /// # Errors
    /// [`MallError::Submission`] names what cannot be ordered or paid with.
    pub async fn price(&self, order: PlaceOrder) -> Result<Submission, MallError> {
        let PlaceOrder { customer_id, payment_id, lines: wanted, on_shortage, expected_total, draw } = order;
        self.check_payment(customer_id, payment_id).await?;
        let mut by_store: Vec<(StoreId, Vec<usize>)> = Vec::new();
        for (line, item) in wanted.iter().enumerate() {
            let product_id = item.product_id;
            let unknown = SubmissionError::UnknownProduct { line, product_id };
            let store_id = self.store_of(product_id).await?.ok_or(unknown)?;
            match by_store.iter_mut().find(|(known, _)| *known == store_id) {
                Some((_, lines)) => lines.push(line),
                None => by_store.push((store_id, vec![line])),
            }
        }
        let mut lines: Vec<Option<OrderLine>> = vec![None; wanted.len()];
        let mut stores = Vec::with_capacity(by_store.len());
        for (store_id, indices) in by_store {
            let products = indices.iter().map(|line| wanted[*line].product_id).collect();
            let quote = self.participants.stores().learn(store_id, GetQuote { products }).await;
            let quote = quote.map_err(|error| unknown_store_is_unknown_product(error, &indices, &wanted))?;
            stores.push((store_id, quote.fulfilment, quote.confirmation_delay_ms));
            quoted_lines(store_id, &quote, &indices, &wanted, &mut lines)?;
        }
        let lines = lines.into_iter().flatten().collect();
        let drawn = Vec::new();
        Ok(Submission { customer_id, payment_id, on_shortage, lines, expected_total, stores, draw, drawn })
    }

    async fn check_payment(&self, customer_id: CustomerId, payment_id: PaymentId) -> Result<(), MallError> {
        match self.participants.payments().learn(payment_id, GetOwner).await {
            Ok(owner) if owner == customer_id => Ok(()),
            Ok(_) => match self.backstage().reads().customer(customer_id).await? {
                Some(_) => Err(SubmissionError::PaymentNotYours(payment_id).into()),
                None => Err(SubmissionError::UnknownCustomer(customer_id).into()),
            },
            Err(MallError::NoSuchPayment(_)) => match self.backstage().reads().customer(customer_id).await? {
                Some(_) => Err(SubmissionError::UnknownPayment(payment_id).into()),
                None => Err(SubmissionError::UnknownCustomer(customer_id).into()),
            },
            Err(failed) => Err(failed),
        }
    }

    /// The store that sells a product.
    ///
    /// # Errors
    /// The read model could not answer.
    pub async fn store_of(&self, product_id: ProductId) -> Result<Option<StoreId>, MallError> {
        let known = self.sold_by.read().unwrap_or_else(PoisonError::into_inner).get(&product_id).copied();
        if known.is_some() {
            return Ok(known);
        }
        let found = self.backstage().reads().store_of_product(product_id).await?;
        if let Some(store_id) = found {
            self.sold_by.write().unwrap_or_else(PoisonError::into_inner).insert(product_id, store_id);
        }
        Ok(found)
    }
}

fn quoted_lines(
    store_id: StoreId,
    quote: &Quote,
    indices: &[usize],
    wanted: &[LineRequest],
    lines: &mut [Option<OrderLine>],
) -> Result<(), SubmissionError> {
    for (line, product) in indices.iter().copied().zip(&quote.products) {
        let LineRequest { product_id, quantity } = wanted[line];
        let product = product.as_ref().ok_or(SubmissionError::UnknownProduct { line, product_id })?;
        if !quote.participating {
            return Err(SubmissionError::StoreNotParticipating { line, product_id });
        }
        lines[line] = Some(OrderLine {
            product_id,
            store_id,
            store_name: quote.store_name.clone(),
            sku: product.sku.clone(),
            product_name: product.name.clone(),
            unit_price: product.price,
            quantity,
        });
    }
    Ok(())
}

fn unknown_store_is_unknown_product(error: MallError, indices: &[usize], wanted: &[LineRequest]) -> MallError {
    match (error, indices.first()) {
        (MallError::NoSuchStore(_), Some(line)) => {
            SubmissionError::UnknownProduct { line: *line, product_id: wanted[*line].product_id }.into()
        }
        (error, _) => error,
    }
}
