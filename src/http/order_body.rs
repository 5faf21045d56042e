//! An order as the API shows it.

use super::door::csv::Row;
use super::door::values::{Money, Time};
use super::door::words::{
    Compensation, DeliveryStatus, OrderAction, OrderPaymentStatus, OrderStatus, Reason, ShortagePolicy,
};
use crate::domain::line::OrderLine;
use crate::domain::order::{CancelledBy, OrderState, StoreLeg};
use crate::domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// One store's part of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderStore<'a> {
    /// The store.
    store_id: Uuid,
    /// Its name when it was ordered.
    store_name: &'a str,
    /// How far it is.
    status: DeliveryStatus,
    /// When its confirmation is due.
    #[schema(inline)]
    due_at: Time,
}

impl<'a> From<&'a StoreLeg> for OrderStore<'a> {
    fn from(leg: &'a StoreLeg) -> Self {
        let StoreLeg { store_id, store_name, status, due_at, .. } = leg;
        Self { store_id: store_id.0, store_name, status: DeliveryStatus(*status), due_at: Time(*due_at) }
    }
}

/// One line of an order, with the price of the moment it was ordered.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderItem<'a> {
    /// The product.
    product_id: Uuid,
    /// The store that sells it.
    store_id: Uuid,
    /// The store's name when it was ordered.
    store_name: &'a str,
    /// The stock keeping unit when it was ordered.
    sku: &'a str,
    /// The product's name when it was ordered.
    product_name: &'a str,
    /// The price of one piece when it was ordered.
    unit_price: Money,
    /// Pieces.
    quantity: u32,
    /// Price times quantity.
    line_total: Money,
}

impl<'a> From<&'a OrderLine> for OrderItem<'a> {
    fn from(line: &'a OrderLine) -> Self {
        Self {
            product_id: line.product_id.0,
            store_id: line.store_id.0,
            store_name: &line.store_name,
            sku: &line.sku,
            product_name: &line.product_name,
            unit_price: line.unit_price.into(),
            quantity: line.quantity,
            line_total: line.line_total().into(),
        }
    }
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Order<'a> {
    /// The order.
    id: Uuid,
    /// Who ordered.
    customer_id: Uuid,
    /// The authorization the order draws on.
    payment_id: Uuid,
    /// Where in its life the order is.
    status: OrderStatus,
    /// How far the bank is.
    payment_status: OrderPaymentStatus,
    /// How far the stores are: the least advanced, or what ended the order.
    delivery_status: DeliveryStatus,
    /// How far undoing is.
    compensation: Compensation,
    /// What shall happen when a store cannot serve.
    on_shortage: ShortagePolicy,
    /// Why the order was rejected.
    reasons: Vec<Reason>,
    /// Each store's part.
    stores: Vec<OrderStore<'a>>,
    /// When the bank's confirmation is due.
    #[schema(inline)]
    payment_due_at: Time,
    /// The lines that are (still) ordered.
    items: Vec<OrderItem<'a>>,
    /// The sum of the lines.
    total: Money,
    /// Until when an accepted order may be paid.
    #[schema(inline)]
    pay_by: Option<Time>,
    /// Who cancelled: `customer`, `admin` or `system`.
    cancelled_by: Option<&'static str>,
    /// Why it was cancelled.
    cancel_reason: Option<&'a str>,
    /// What may be done with the order now.
    allowed_actions: Vec<OrderAction>,
    /// Whether it is hidden from the lists.
    archived: bool,
    /// Number of events of the order, for `If-Match`.
    version: u64,
    /// When it was submitted.
    #[schema(inline)]
    created_at: Time,
    /// When it last changed.
    #[schema(inline)]
    updated_at: Time,
}

impl<'a> Order<'a> {
    /// An order as it is shown at `now`, which decides what may be done with it.
    #[must_use]
    pub fn of(order: &'a OrderState, now: Timestamp) -> Self {
        Self {
            id: order.id.0,
            customer_id: order.customer_id.0,
            payment_id: order.payment_id.0,
            status: OrderStatus(order.status),
            payment_status: OrderPaymentStatus(order.payment.status),
            delivery_status: DeliveryStatus(order.delivery_status()),
            compensation: Compensation(order.compensation()),
            on_shortage: ShortagePolicy(order.on_shortage),
            reasons: order.reasons.iter().copied().map(Reason).collect(),
            stores: order.stores.iter().map(OrderStore::from).collect(),
            payment_due_at: Time(order.payment.due_at),
            items: order.lines.iter().map(OrderItem::from).collect(),
            total: order.total.into(),
            pay_by: order.pay_by.map(Time),
            cancelled_by: order.cancelled_by.map(CancelledBy::as_str),
            cancel_reason: order.cancel_reason.as_deref(),
            allowed_actions: order.allowed_actions(now).into_iter().map(OrderAction).collect(),
            archived: order.archived,
            version: order.version,
            created_at: Time(order.created_at),
            updated_at: Time(order.updated_at),
        }
    }
}

/// The columns of orders in CSV.
pub const COLUMNS: &str = "id,created_at,updated_at,status,payment_status,delivery_status,compensation,reasons,\
                           customer_id,payment_id,total_minor,currency,pieces,items,pay_by,version\r\n";

/// An order as a row of CSV.
#[must_use]
pub fn row(order: &OrderState) -> String {
    let reasons: Vec<_> = order.reasons.iter().map(|reason| reason.as_str()).collect();
    let lines = order.lines.iter().map(|line| format!("{}x {}", line.quantity, line.product_name));
    let mut row = Row::default();
    row.cell(order.id).cell(order.created_at).cell(order.updated_at).cell(order.status);
    row.cell(order.payment.status).cell(order.delivery_status()).cell(order.compensation()).cell(reasons.join(" "));
    row.cell(order.customer_id).cell(order.payment_id).money(order.total);
    row.cell(order.lines.iter().map(|line| u64::from(line.quantity)).sum::<u64>());
    row.text(&lines.collect::<Vec<_>>().join("; "));
    row.cell(order.pay_by.map(|by| by.to_string()).unwrap_or_default()).cell(order.version).end()
}
