//! What whoever runs a mall does over REST: opens stores, fills shelves, or takes what there is; has the bank and stores
//! behave otherwise, and as before; and reads the books.

use super::error::LiveError;
use crate::db::reads::totals::Totals;
use crate::domain::ids::{CustomerId, ProductId, StoreId};
use crate::domain::order::OrderStatus;
use crate::domain::participant::{Fulfilment, Participant};
use crate::domain::personality::Personality;
use crate::domain::store::NAME_MAX;
use crate::domain::time::Timestamp;
use crate::sim::door::rest::RestDoor;
use crate::sim::door::rest::bodies::{Order, Payment, Product, Store};
use crate::sim::door::rest::client::{CallError, Client};
use crate::sim::door::shelf::{Item, Shelf};
use crate::sim::run::finish::Books;
use crate::sim::run::report::JournalEnd;
use crate::sim::run::stock::{LOCATION, ProductPlan, StorePlan};
use awc::http::Method;
use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How many products are put on shelves at a time: each has its time, also behind a limit of requests.
const AT_ONCE: usize = 64;
/// The most of a whole number that JSON readers agree on.
const WHOLE_MAX: u64 = (1 << 53) - 1;

/// Whoever runs the mall.
pub struct Staff<'a> {
    /// Asks the mall.
    pub client: &'a Client,
    /// Starts the keys of this run.
    pub name: &'a str,
    /// The mall's currency.
    pub currency: &'a str,
}

#[derive(Deserialize)]
struct Made<I> {
    id: I,
}

/// How somebody behaves.
#[derive(Deserialize)]
pub struct Behaves {
    /// Who.
    pub participant: Participant,
    /// How.
    pub personality: Personality,
}

#[derive(Deserialize)]
struct All {
    items: Vec<Behaves>,
}

#[derive(Deserialize)]
struct Audit {
    position: u64,
    invariants: Vec<Invariant>,
}

#[derive(Deserialize)]
struct Invariant {
    id: String,
    violations: Vec<String>,
}

impl Staff<'_> {
    async fn make<I: serde::de::DeserializeOwned>(&self, path: &str, key: &str, body: &Value) -> Result<I, CallError> {
        let key = format!("{}-{key}", self.name);
        let reply = self.client.insist(Method::POST, path, Some(&key), body.to_string().into_bytes()).await?;
        self.client.read::<Made<I>>(&reply).map(|made| made.id)
    }

    /// Opens stores and fills their shelves. Where they are not the mall's first, their names say of which run they are.
    ///
    /// # Errors
    /// The mall refuses something.
    pub async fn fill(
        &self,
        plans: &[StorePlan],
        delay_ms: u64,
        is_first: bool,
        goods: &Shelf,
    ) -> Result<(), LiveError> {
        for (number, plan) in plans.iter().enumerate() {
            let name = if is_first { plan.name.clone() } else { format!("{} {}", self.name, plan.name) };
            // Of a long one the end is cut off: what stores are called may be the same.
            let name: String = name.chars().take(NAME_MAX).collect();
            let body = json!({"name": name, "location": LOCATION, "confirmation_delay_ms": delay_ms});
            let id: StoreId = self.make("/stores", &format!("store-{number}"), &body).await?;
            let place = goods.open(id);
            let products: Vec<(usize, &ProductPlan)> = plan.products.iter().enumerate().collect();
            for some in products.chunks(AT_ONCE) {
                let put = some.iter().map(|(at, product)| self.put(id, number, *at, product));
                for ((_, product), made) in some.iter().zip(join_all(put).await) {
                    goods.put(place, Item { id: made?, price: product.price });
                }
            }
            self.client.insist(Method::PUT, &format!("/stores/{id}/participation"), None, Vec::new()).await?;
        }
        Ok(())
    }

    async fn put(&self, store: StoreId, number: usize, at: usize, plan: &ProductPlan) -> Result<ProductId, CallError> {
        let ProductPlan { sku, price, stock } = plan;
        let price = json!({"amount_minor": price, "currency": self.currency});
        let body = json!({"sku": sku, "name": sku, "price": price, "stock": stock});
        self.make(&format!("/stores/{store}/products"), &format!("product-{number}-{at}"), &body).await
    }

    /// The mall's stores, oldest first.
    ///
    /// # Errors
    /// The mall does not answer.
    pub async fn stores(&self) -> Result<Vec<Store>, CallError> {
        let mut stores: Vec<Store> = self.client.list("/stores", |_| true).await?;
        stores.reverse();
        Ok(stores)
    }

    /// Takes what stores sell that take part and are served by Plaza itself.
    ///
    /// # Errors
    /// The mall does not answer.
    pub async fn adopt(&self, stores: &[Store], goods: &Shelf) -> Result<(), CallError> {
        for store in stores.iter().filter(|store| store.participating && store.fulfilment == Fulfilment::Internal) {
            let products = self.products(store.id).await?;
            if products.is_empty() {
                continue;
            }
            let number = goods.open(store.id);
            for product in products.iter().rev() {
                goods.put(number, Item { id: product.id, price: product.price.amount_minor });
            }
        }
        Ok(())
    }

    /// What a store sells, newest first.
    ///
    /// # Errors
    /// The mall does not answer.
    pub async fn products(&self, store: StoreId) -> Result<Vec<Product>, CallError> {
        self.client.list(&format!("/stores/{store}/products"), |_| true).await
    }

    /// How those behave who do not behave as Plaza itself does.
    ///
    /// # Errors
    /// The mall does not answer.
    pub async fn personalities(&self) -> Result<Vec<Behaves>, CallError> {
        self.client.get("/personalities").await.map(|all: All| all.items)
    }

    /// How somebody behaves now, as it can be set again.
    ///
    /// # Errors
    /// The mall does not answer.
    pub async fn personality(&self, of: Participant) -> Result<Value, CallError> {
        self.client.get(&address(of)).await
    }

    /// Has somebody behave so.
    ///
    /// # Errors
    /// The mall refuses.
    pub async fn behave(&self, participant: Participant, personality: &Personality) -> Result<(), CallError> {
        let personality = Personality { seed: personality.seed & WHOLE_MAX, ..personality.clone() };
        self.set(participant, &json!(personality)).await
    }

    /// Has somebody behave as it was read.
    ///
    /// # Errors
    /// The mall refuses.
    pub async fn set(&self, participant: Participant, personality: &Value) -> Result<(), CallError> {
        let body = personality.to_string().into_bytes();
        self.client.insist(Method::PUT, &address(participant), None, body).await.map(drop)
    }

    /// What the books of a running mall say of this run: its customers' orders since the opening, what its stores have, and
    /// its authorizations where they are asked for; and of the whole mall, whether every invariant holds.
    ///
    /// # Errors
    /// The mall does not answer.
    pub async fn books(
        &self,
        door: &RestDoor,
        goods: &Shelf,
        opening: Timestamp,
        with_payments: bool,
    ) -> Result<Books, CallError> {
        let since = Timestamp(opening.0 - 1_000_000);
        let mut all: Vec<Order> = Vec::new();
        for archived in [false, true] {
            let path = format!("/orders?created_after={since}&archived={archived}");
            all.extend(self.client.list::<Order>(&path, |_| true).await?);
        }
        let customers: BTreeSet<CustomerId> = door.customers().borrow().keys().copied().collect();
        let ours: Vec<&Order> = all.iter().filter(|order| customers.contains(&order.customer_id)).collect();
        let mut sums = Totals::default();
        let mut served = BTreeSet::new();
        for order in ours.iter().filter(|order| order.status == OrderStatus::Delivered) {
            let amount = order.total.amount_minor;
            sums.delivered += 1;
            sums.delivered_free += u64::from(amount == 0);
            sums.sold += amount;
            served.insert(order.customer_id);
        }
        sums.customers = served.len() as u64;
        for store in (0..).map_while(|number| goods.store(number)) {
            let products = match self.products(store).await {
                // It was closed meanwhile, and its shelves are gone.
                Err(CallError::Refused { status: 404, .. }) => continue,
                products => products?,
            };
            for product in products {
                sums.on_hand += product.stock + product.reserved;
                sums.reserved += product.reserved;
            }
        }
        if with_payments {
            let ours = door.payments();
            // Newest first.
            let payments: Vec<Payment> =
                self.client.list("/payments", |payment: &Payment| payment.created_at >= since).await?;
            for payment in payments.iter().filter(|payment| ours.contains(&payment.id)) {
                sums.authorized += payment.authorized.amount_minor;
                sums.held += payment.held.amount_minor;
                sums.captured += payment.captured.amount_minor;
                sums.refunded += payment.refunded.amount_minor;
            }
        }
        let audit: Audit = self.client.get("/audit").await?;
        let broken = audit.invariants.into_iter().flat_map(|invariant| {
            let id = invariant.id;
            invariant.violations.into_iter().map(move |said| format!("{id}: {said}"))
        });
        Ok(Books {
            orders: ours.iter().map(|order| (order.id, order.head())).collect(),
            sums,
            problems: broken.collect(),
            journal: JournalEnd { position: audit.position, head: None },
        })
    }
}

/// Where it is said how somebody behaves.
fn address(participant: Participant) -> String {
    match participant {
        Participant::Bank => "/bank/personality".to_owned(),
        Participant::Store(store) => format!("/stores/{store}/personality"),
    }
}
