//! `/baskets`: what a shopper wants, with today's prices and what is left of each product.
//!
//! A basket goes by its unguessable id until it belongs to a customer, then by that customer.

use super::door::caller::Caller;
use super::door::codes::Code;
use super::door::etags::{tag_of, version_of};
use super::door::json::{Json, NoBody, RequestBody};
use super::door::problem::ApiError;
use super::door::reply::{Answer, no_content, rendered, shown, to_json, unremembered};
use super::door::values::{Money, MoneyIn, Quantity};
use super::door::words::ShortagePolicy;
use super::order_body::Order;
use super::state::State;
use super::submit::{after_submit, submitted};
use crate::actors::counter::PlaceOrder;
use crate::actors::error::MallError;
use crate::actors::versions::Versions;
use crate::domain::basket::{self, BasketCommand, BasketState};
use crate::domain::ids::{BasketId, CustomerId, PaymentId, ProductId};
use crate::domain::line::QUANTITY_MAX;
use crate::domain::money;
use crate::domain::order::{OnShortage, OrderState};
use crate::domain::personality::Draw;
use crate::ports::reads::products::ProductView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The quantity of a product in a basket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemQuantity {
    /// Pieces; may be more than there are: stock is checked when the store confirms.
    #[schema(value_type = i32, minimum = 1, maximum = 10_000)]
    quantity: Quantity,
}

impl RequestBody for ItemQuantity {}

/// The customer a basket shall belong to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BasketOwner {
    /// The customer.
    customer_id: Uuid,
}

impl RequestBody for BasketOwner {}

/// How a basket becomes an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkout {
    /// Who orders.
    customer_id: Uuid,
    /// The authorization to draw on.
    payment_id: Uuid,
    /// What shall happen when a store cannot serve; `reject_all` when absent.
    on_shortage: Option<ShortagePolicy>,
    /// What the customer was shown as the total: another one is refused with 409 and the total as it is now.
    #[schema(value_type = Option<Money>)]
    expected_total: Option<MoneyIn>,
}

impl RequestBody for Checkout {}

/// One product in a basket.
#[derive(Debug, Serialize, ToSchema)]
pub struct BasketItem<'a> {
    /// The product.
    product_id: Uuid,
    /// The store that sells it.
    store_id: Uuid,
    /// What the store is called.
    store_name: &'a str,
    /// What the product is called.
    product_name: &'a str,
    /// Today's price of one piece.
    unit_price: Money,
    /// Pieces.
    quantity: u32,
    /// Price times quantity.
    line_total: Money,
    /// Pieces the store could promise now; 0 when the product cannot be ordered any more.
    available: i64,
}

/// A basket.
#[derive(Debug, Serialize, ToSchema)]
pub struct Basket<'a> {
    /// The basket.
    id: Uuid,
    /// Who it belongs to, once known.
    customer_id: Option<Uuid>,
    /// What is in it, in the order it was put in.
    items: Vec<BasketItem<'a>>,
    /// The sum of the lines at today's prices.
    total: Money,
    /// Number of changes. The entity tag changes with prices as well.
    version: u64,
}

impl<'a> Basket<'a> {
    fn of(basket: &BasketState, views: &'a [ProductView], currency: money::Currency) -> Self {
        let items: Vec<_> = basket.items.iter().filter_map(|item| BasketItem::of(item, views)).collect();
        let lines = items.iter().map(|item| item.line_total.amount_minor.0);
        let total = lines.fold(0, i64::saturating_add).min(money::AMOUNT_MINOR_MAX);
        Self {
            id: basket.id.0,
            customer_id: basket.customer_id.map(|id| id.0),
            items,
            total: Money::of(total, currency),
            version: basket.version,
        }
    }
}

impl<'a> BasketItem<'a> {
    fn of(item: &basket::BasketItem, views: &'a [ProductView]) -> Option<Self> {
        let view = views.iter().find(|view| view.product.id == item.product_id)?;
        let product = &view.product;
        let price = product.price;
        // Checkout refuses a total that is too large; a basket only shows the largest amount there is.
        let line_total = price.checked_mul(item.quantity);
        let line_total = line_total.unwrap_or(money::Money::new(money::AMOUNT_MINOR_MAX, price.currency));
        let can_be_ordered = view.store_participating && !product.archived;
        Some(Self {
            product_id: product.id.0,
            store_id: view.store_id.0,
            store_name: &view.store_name,
            product_name: &product.name,
            unit_price: price.into(),
            quantity: item.quantity,
            line_total: line_total.into(),
            available: if can_be_ordered { product.stock.available() } else { 0 },
        })
    }
}

/// Make a basket.
#[utoipa::path(post, path = "/api/v1/baskets", tag = "baskets", responses((status = 201, body = Basket)))]
pub async fn create_basket(state: State, caller: Caller, body: NoBody) -> Answer {
    let currency = state.mall.currency();
    let given = caller.once(&state, &body.raw, async |ticket| {
        let responder = ticket.responder(move |basket: &BasketState| {
            let location = format!("/api/v1/baskets/{}", basket.id);
            rendered(201, Some(basket.version), Some(location), &Basket::of(basket, &[], currency))
        });
        Ok(state.mall.create_basket(responder, caller.admit(&state)?).await?)
    });
    Ok(given.await?.into())
}

/// Read a basket, with today's prices.
#[utoipa::path(get, path = "/api/v1/baskets/{id}", tag = "baskets", responses((status = 200, body = Basket)))]
pub async fn get_basket(state: State, caller: Caller) -> Answer {
    show(&state, &find(&state, &caller, caller.id("id")?).await?).await
}

async fn find(state: &State, caller: &Caller, id: BasketId) -> Result<BasketState, ApiError> {
    let basket = state.reads.basket(id).await?.ok_or(MallError::NoSuchBasket(id))?;
    if let Some(owner) = basket.customer_id {
        caller.check_sees(owner, Code::UnknownBasket)?;
    }
    Ok(basket)
}

async fn show(state: &State, basket: &BasketState) -> Answer {
    let views = priced(state, basket).await?;
    Ok(shown(basket.version, &Basket::of(basket, &views, state.mall.currency())))
}

async fn priced(state: &State, basket: &BasketState) -> Result<Vec<ProductView>, ApiError> {
    let ids = basket.items.iter().map(|item| item.product_id).collect();
    Ok(state.reads.products_by_id(ids).await?)
}

/// The versions the caller insists on. An entity tag with another day's prices is nobody's.
async fn expected(state: &State, caller: &Caller, id: BasketId) -> Result<Option<Versions>, ApiError> {
    let Some(tags) = caller.expected_tags()? else { return Ok(None) };
    let is_shown = |tag: &String| tag.contains('.');
    let (shown, plain): (Vec<_>, Vec<_>) = tags.into_iter().partition(is_shown);
    let mut versions: Vec<u64> = plain.iter().filter_map(|tag| version_of(tag)).collect();
    if !shown.is_empty() {
        let basket = find(state, caller, id).await?;
        let views = priced(state, &basket).await?;
        let current = tag_of(basket.version, &to_json(&Basket::of(&basket, &views, state.mall.currency())));
        versions.extend(shown.contains(&current).then_some(basket.version));
    }
    Ok(Some(versions.into_iter().collect()))
}

/// Set the quantity of a product in a basket.
#[utoipa::path(put, path = "/api/v1/baskets/{id}/items/{product_id}", tag = "baskets", request_body = ItemQuantity, responses((status = 200, body = Basket)))]
pub async fn set_basket_item(state: State, caller: Caller, body: Json<ItemQuantity>) -> Answer {
    let product_id: ProductId = caller.id("product_id")?;
    let basket_id = caller.id("id")?;
    find(&state, &caller, basket_id).await?;
    let view = state.reads.product(product_id).await?.ok_or(MallError::NoSuchProduct(product_id))?;
    if !view.store_participating {
        return Err(ApiError::new(Code::StoreNotParticipating, "the product cannot be ordered now"));
    }
    let quantity = u32::try_from(body.value.quantity.0).unwrap_or(QUANTITY_MAX);
    let item = basket::BasketItem { product_id, store_id: view.store_id, quantity };
    shop(&state, &caller, basket_id, BasketCommand::SetItem(item)).await
}

/// Take a product out of a basket.
#[utoipa::path(delete, path = "/api/v1/baskets/{id}/items/{product_id}", tag = "baskets", responses((status = 200, body = Basket)))]
pub async fn remove_basket_item(state: State, caller: Caller) -> Answer {
    let product_id = caller.id("product_id")?;
    let basket_id = caller.id("id")?;
    shop(&state, &caller, basket_id, BasketCommand::RemoveItem(product_id)).await
}

/// Take everything out of a basket.
#[utoipa::path(delete, path = "/api/v1/baskets/{id}/items", tag = "baskets", responses((status = 200, body = Basket)))]
pub async fn clear_basket(state: State, caller: Caller) -> Answer {
    shop(&state, &caller, caller.id("id")?, BasketCommand::Clear).await
}

/// Give a basket to a customer; from then on it goes by that customer instead of by its id.
#[utoipa::path(put, path = "/api/v1/baskets/{id}/customer", tag = "baskets", request_body = BasketOwner, responses((status = 200, body = Basket)))]
pub async fn claim_basket(state: State, caller: Caller, body: Json<BasketOwner>) -> Answer {
    let basket_id = caller.id("id")?;
    let customer_id = CustomerId(body.value.customer_id);
    caller.check_named(customer_id)?;
    find(&state, &caller, basket_id).await?;
    if state.reads.customer(customer_id).await?.is_none() {
        let detail = format!("there is no customer {customer_id}");
        return Err(ApiError::invalid("/customer_id", "unknown_customer", detail));
    }
    shop(&state, &caller, basket_id, BasketCommand::Claim(customer_id)).await
}

async fn shop(state: &State, caller: &Caller, id: BasketId, command: BasketCommand) -> Answer {
    let expect = expected(state, caller, id).await?;
    let responder = unremembered(|_: &BasketState| no_content());
    state.mall.shop(id, command, expect, responder, caller.admit(state)?).await?;
    let basket = state.reads.basket(id).await?.ok_or(MallError::NoSuchBasket(id))?;
    show(state, &basket).await
}

/// Make an order of a basket and empty it.
///
/// `Prefer: wait=10` answers when the order is no longer pending, at most 10 s later.
#[utoipa::path(post, path = "/api/v1/baskets/{id}/checkout", tag = "baskets", request_body = Checkout, responses((status = 201, body = Order)))]
pub async fn checkout_basket(state: State, caller: Caller, body: Json<Checkout>) -> Answer {
    let Json { value: checkout, raw } = body;
    let basket_id = caller.id("id")?;
    let customer_id = CustomerId(checkout.customer_id);
    caller.check_named(customer_id)?;
    let expect = expected(&state, &caller, basket_id).await?;
    let expected_total = checkout.expected_total.map(|total| state.amount(total, "/expected_total")).transpose()?;
    let order = PlaceOrder {
        customer_id,
        payment_id: PaymentId(checkout.payment_id),
        lines: Vec::new(),
        on_shortage: checkout.on_shortage.map_or(OnShortage::RejectAll, |policy| policy.0),
        expected_total,
        draw: caller.idempotency_key()?.map(Draw::of_key),
    };
    let given = caller.once(&state, &raw, async |ticket| {
        let responder = ticket.responder(|order: &OrderState| submitted(order));
        Ok(state.mall.checkout(basket_id, order, expect, responder, caller.admit(&state)?).await?)
    });
    after_submit(&state, &caller, given.await?).await
}
