//! A person in a virtual mall: opens stores, registers, authorizes, orders, and looks.

use plaza::actors::admission::Admitted;
use plaza::actors::counter::{LineRequest, PlaceOrder};
use plaza::actors::error::MallError;
use plaza::actors::principal::Principal;
use plaza::db::verify::verify;
use plaza::domain::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use plaza::domain::inventory::Stock;
use plaza::domain::money::Money;
use plaza::domain::order::{OnShortage, OrderCommand, OrderPolicy, OrderState};
use plaza::domain::participant::Fulfilment;
use plaza::domain::payment::PaymentState;
use plaza::domain::store::{ProductEdit, StoreCommand, StoreEdit};
use plaza::ports::journal::Cause;
use plaza::ports::reply::{Reply, Responder};
use plaza::sim::world::{Options, World};
use std::time::Duration;
use uuid::Uuid;

pub const SECOND: Duration = Duration::from_secs(1);

pub const fn policy() -> OrderPolicy {
    OrderPolicy {
        payment_delay_ms: 5_000,
        grace_ms: 30_000,
        pay_deadline_ms: 1_800_000,
        shipping_delay_ms: 0,
        speed: 1,
        payment_provider: Fulfilment::Internal,
    }
}

pub fn eur(amount: i64) -> Money {
    Money::new(amount, "EUR".parse().unwrap())
}

/// Runs `story` in a new mall and checks the whole journal at its end.
pub fn in_a_mall<F: Future<Output = Shopper>>(policy: OrderPolicy, story: impl FnOnce(Shopper) -> F) {
    in_a_world(Options::new(7, policy), story);
}

/// The same in a mall that is made with `options`.
pub fn in_a_world<F: Future<Output = Shopper>>(options: Options, story: impl FnOnce(Shopper) -> F) {
    plaza::sim::world::run(async {
        let world = World::open(options).await.unwrap();
        let shopper = story(Shopper { world }).await;
        shopper.settle().await;
        let report = shopper.world.look(|conn| verify(conn, |_, _| {})).unwrap();
        assert!(report.is_clean(), "{report:#?}");
    });
}

/// A responder that keeps the id of what was made.
fn made<S: 'static>(id: fn(&S) -> Uuid) -> Responder<S> {
    Responder::new(None, move |state| Reply {
        status: 201,
        version: None,
        location: None,
        body: id(state).into_bytes().to_vec(),
    })
}

fn id(reply: &Reply) -> Uuid {
    Uuid::from_slice(&reply.body).unwrap()
}

pub struct Shopper {
    pub world: World,
}

impl Shopper {
    pub fn admitted(&self) -> Admitted {
        let cause = Cause { correlation_id: Uuid::nil(), causation_id: "test".into() };
        self.world.mall().admit(cause, Principal::Open).unwrap()
    }

    /// A participating store with its own delay.
    pub async fn store(&self, delay_ms: u64) -> StoreId {
        let edit = StoreEdit {
            name: Some("Store".into()),
            location: Some("Here".into()),
            confirmation_delay_ms: Some(delay_ms),
            fulfilment: None,
        };
        let mall = self.world.mall();
        let reply = mall.create_store(edit, made(|store| store.id.0), self.admitted()).await.unwrap();
        let store = StoreId(id(&reply));
        self.administer(store, StoreCommand::Participate(true)).await.unwrap();
        store
    }

    pub async fn administer(&self, store: StoreId, command: StoreCommand) -> Result<Reply, MallError> {
        self.world.mall().administer(store, command, None, made(|store| store.id.0), self.admitted()).await
    }

    pub async fn product(&self, store: StoreId, price: i64, stock: i64) -> ProductId {
        let product = ProductId(self.world.mall().entropy().uuid());
        let edit = ProductEdit {
            name: Some("Thing".into()),
            price: Some(eur(price)),
            stock: Some(stock),
            ..ProductEdit::default()
        };
        self.administer(store, StoreCommand::AddProduct(product, edit)).await.unwrap();
        product
    }

    pub async fn set_stock(&self, store: StoreId, product: ProductId, stock: i64) {
        let edit = ProductEdit { stock: Some(stock), ..ProductEdit::default() };
        self.administer(store, StoreCommand::EditProduct(product, edit)).await.unwrap();
    }

    pub async fn customer(&self) -> CustomerId {
        let mall = self.world.mall();
        let token = mall.entropy().secret();
        let reply = mall
            .register_customer("Ana", "555", &token, made(|customer| customer.id.0), self.admitted())
            .await
            .unwrap();
        CustomerId(id(&reply))
    }

    pub async fn authorize(&self, customer: CustomerId, amount: i64) -> PaymentId {
        let mall = self.world.mall();
        let reply =
            mall.authorize_payment(customer, eur(amount), made(|payment| payment.id.0), self.admitted()).await.unwrap();
        PaymentId(id(&reply))
    }

    pub async fn order(&self, customer: CustomerId, payment: PaymentId, lines: &[(ProductId, u32)]) -> OrderId {
        self.try_order(customer, payment, lines, OnShortage::RejectAll).await.unwrap()
    }

    pub async fn try_order(
        &self,
        customer_id: CustomerId,
        payment_id: PaymentId,
        lines: &[(ProductId, u32)],
        on_shortage: OnShortage,
    ) -> Result<OrderId, MallError> {
        let lines =
            lines.iter().map(|(product_id, quantity)| LineRequest { product_id: *product_id, quantity: *quantity });
        let order = PlaceOrder {
            customer_id,
            payment_id,
            lines: lines.collect(),
            on_shortage,
            expected_total: None,
            draw: None,
        };
        let reply = self.world.mall().place_order(order, made(|order| order.id.0), self.admitted()).await?;
        Ok(OrderId(id(&reply)))
    }

    pub async fn command(&self, order: OrderId, command: OrderCommand) -> Result<Reply, MallError> {
        self.world.mall().command_order(order, command, None, made(|order| order.id.0), self.admitted()).await
    }

    /// Lets virtual time pass, and everything due in it happen.
    pub async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
        self.settle().await;
    }

    /// Lets everything happen that can happen now.
    pub async fn settle(&self) {
        self.world.settle().await;
    }

    pub async fn look(&self, order: OrderId) -> OrderState {
        self.world.mall().reads().order(order).await.unwrap().unwrap()
    }

    pub async fn stock(&self, product: ProductId) -> Stock {
        self.world.mall().reads().products_by_id(vec![product]).await.unwrap()[0].product.stock
    }

    pub async fn payment(&self, payment: PaymentId) -> PaymentState {
        self.world.mall().reads().payment(payment).await.unwrap().unwrap()
    }

    /// A power cut, and a start from what is on disk after `down`.
    pub async fn crash(self, down: Duration) -> Self {
        self.world.crash(down).await.unwrap();
        self
    }
}
