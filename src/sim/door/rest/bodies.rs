//! What shoppers ask of a running mall, and what it answers, as JSON.

use super::client::Reply;
use crate::db::reads::orders::Head;
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::money::Money;
use crate::domain::order::{OnShortage, OrderStatus};
use crate::domain::time::{Rfc3339, Timestamp};
use crate::sim::door::shelf::Shelf;
use crate::sim::shopping::call::{Answer, Ask, Call, Seen};
use awc::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Method, path below `/api/v1` and body of what is asked; `None` when it names what is not on the shelf.
#[must_use]
pub fn request(call: &Call, shelf: &Shelf, currency: &str) -> Option<(Method, String, Vec<u8>)> {
    let customer = call.customer;
    let money = |amount: &i64| json!({"amount_minor": amount, "currency": currency});
    let at = |path: &str, body: serde_json::Value| Some((Method::POST, path.to_owned(), body.to_string().into_bytes()));
    match &call.ask {
        Ask::Register { name } => at("/customers", json!({"name": name, "phone": "555"})),
        Ask::Authorize { amount } => at("/payments", json!({"customer_id": customer, "amount": money(amount)})),
        Ask::MakeBasket => Some((Method::POST, "/baskets".to_owned(), Vec::new())),
        Ask::Put { basket, wanted } => {
            let product = shelf.item(*wanted)?.id;
            let body = json!({"quantity": wanted.quantity}).to_string().into_bytes();
            Some((Method::PUT, format!("/baskets/{basket}/items/{product}"), body))
        }
        Ask::Checkout { basket, payment, on_shortage, expected } => {
            let order = NewOrder {
                customer_id: customer,
                payment_id: *payment,
                items: None,
                on_shortage: *on_shortage,
                expected_total: expected.as_ref().map(money),
            };
            let body = serde_json::to_vec(&order).ok()?;
            Some((Method::POST, format!("/baskets/{basket}/checkout"), body))
        }
        Ask::Submit { lines, payment, on_shortage, expected } => {
            let item = |wanted| Some(NewItem { product_id: shelf.item(wanted)?.id, quantity: wanted.quantity });
            let order = NewOrder {
                customer_id: customer,
                payment_id: *payment,
                items: Some(lines.iter().copied().map(item).collect::<Option<_>>()?),
                on_shortage: *on_shortage,
                expected_total: expected.as_ref().map(money),
            };
            Some((Method::POST, "/orders".to_owned(), serde_json::to_vec(&order).ok()?))
        }
        Ask::Pay(order) => Some((Method::POST, format!("/orders/{order}/pay"), Vec::new())),
        Ask::Cancel(order) => Some((Method::POST, format!("/orders/{order}/cancel"), Vec::new())),
        Ask::Void(payment) => Some((Method::POST, format!("/payments/{payment}/void"), Vec::new())),
    }
}

#[derive(Serialize)]
struct NewOrder {
    customer_id: Option<CustomerId>,
    payment_id: PaymentId,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<NewItem>>,
    on_shortage: OnShortage,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_total: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct NewItem {
    product_id: ProductId,
    quantity: u32,
}

/// An answer, and the secret that came with it.
pub struct Shown {
    /// The answer.
    pub answer: Answer,
    /// What whoever was registered shows from now on.
    pub secret: Option<String>,
}

impl From<Answer> for Shown {
    fn from(answer: Answer) -> Self {
        Self { answer, secret: None }
    }
}

/// What was answered.
#[must_use]
pub fn answer(ask: &Ask, reply: &Reply) -> Shown {
    match reply.status.as_u16() {
        200..300 => {}
        // It was not read, or not looked at: it has had no effect, and may be sent again.
        408 | 429 => return Answer::Busy.into(),
        // Busy is certainly without effect; of the others nobody knows.
        503 if reply.problem().code == "busy" => return Answer::Busy.into(),
        400..500 => return Answer::Refused { code: reply.problem().code }.into(),
        _ => return Answer::Unknown.into(),
    }
    let shown = match ask {
        Ask::Register { .. } => read(reply)
            .map(|Registered { id, access_token }| Shown { answer: Answer::Customer(id), secret: access_token }),
        Ask::Authorize { .. } => read(reply).map(|Made { id }| Answer::Payment(id).into()),
        Ask::MakeBasket => read(reply).map(|Made::<BasketId> { id }| Answer::Basket(id).into()),
        Ask::Put { .. } | Ask::Void(_) => Some(Answer::Done.into()),
        Ask::Checkout { .. } | Ask::Submit { .. } | Ask::Pay(_) | Ask::Cancel(_) => {
            read(reply).map(|order: Order| Answer::Order(Box::new(order.seen())).into())
        }
    };
    shown.unwrap_or_else(|| Answer::Unknown.into())
}

fn read<'a, T: Deserialize<'a>>(reply: &'a Reply) -> Option<T> {
    serde_json::from_slice(&reply.body).ok()
}

#[derive(Deserialize)]
struct Made<I = PaymentId> {
    id: I,
}

#[derive(Deserialize)]
struct Registered {
    id: CustomerId,
    access_token: Option<String>,
}

/// An order, as far as whoever ordered reads it.
#[derive(Debug, Deserialize)]
pub struct Order {
    /// The order.
    pub id: OrderId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// Events in its stream.
    pub version: u64,
    /// Where in its life it is.
    pub status: OrderStatus,
    /// What it costs.
    pub total: Money,
    #[serde(with = "Rfc3339")]
    payment_due_at: Timestamp,
    stores: Vec<Leg>,
    #[serde(default)]
    pay_by: Option<Moment>,
}

#[derive(Debug, Deserialize)]
struct Leg {
    #[serde(with = "Rfc3339")]
    due_at: Timestamp,
}

#[derive(Debug, Deserialize)]
struct Moment(#[serde(with = "Rfc3339")] Timestamp);

impl Order {
    /// As books know it.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head { version: self.version, status: self.status, total: self.total.amount_minor }
    }

    fn seen(self) -> Seen {
        let due = self.stores.iter().map(|leg| leg.due_at).chain([self.payment_due_at]).max().unwrap_or_default();
        Seen {
            id: self.id,
            version: self.version,
            status: self.status,
            total: self.total.amount_minor,
            due,
            pay_by: self.pay_by.map(|moment| moment.0),
        }
    }
}

/// An authorization, as books show it.
#[derive(Debug, Deserialize)]
pub struct Payment {
    /// The authorization.
    pub id: PaymentId,
    /// All of it.
    pub authorized: Money,
    /// What is held for orders.
    pub held: Money,
    /// What is the mall's.
    pub captured: Money,
    /// What was given back of that.
    pub refunded: Money,
    /// When it was made.
    #[serde(with = "Rfc3339")]
    pub created_at: Timestamp,
}

/// A store of a list.
#[derive(Debug, Deserialize)]
pub struct Store {
    /// The store.
    pub id: StoreId,
    /// Its name.
    pub name: String,
    /// Whether it takes part.
    pub participating: bool,
    /// Who confirms for it.
    pub fulfilment: crate::domain::participant::Fulfilment,
}

/// A product of a list.
#[derive(Debug, Deserialize)]
pub struct Product {
    /// The product.
    pub id: ProductId,
    /// Its SKU.
    pub sku: String,
    /// What it costs.
    pub price: Money,
    /// Pieces that nobody ordered.
    pub stock: i64,
    /// Pieces that orders hold.
    pub reserved: i64,
}
