//! `/orders`: submit, list, read, pay, cancel, archive.

use super::bulk::{self, Archived, Ids};
use super::door::caller::Caller;
use super::door::codes::Code;
use super::door::csv::{self, Format};
use super::door::fields::Object;
use super::door::json::{Json, NoBody, RequestBody};
use super::door::problem::ApiError;
use super::door::query::{self, Query};
use super::door::reply::{Answer, no_content, ok, rendered, shown, unremembered};
use super::door::values::{List, Money, MoneyIn, Quantity};
use super::door::words::{OrderStatus, Reason, ShortagePolicy};
use super::order_body::{self, Order};
use super::state::State;
use super::submit::{after_submit, submitted};
use crate::actors::counter::{LineRequest, PlaceOrder};
use crate::actors::error::MallError;
use crate::actors::principal::Principal;
use crate::domain::ids::{CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::line::{LINES_MAX, QUANTITY_MAX};
use crate::domain::order::{CancelledBy, OnShortage, OrderCommand, OrderState};
use crate::domain::personality::Draw;
use crate::domain::time::Timestamp;
use crate::ports::reads::orders::OrderFilter;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// One line of an order to place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrderItem {
    /// The product.
    product_id: Uuid,
    /// Pieces.
    #[schema(value_type = i32, minimum = 1, maximum = 10_000)]
    quantity: Quantity,
}

/// An order to place. Prices come from the catalogue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// Who orders.
    customer_id: Uuid,
    /// The authorization to draw on.
    payment_id: Uuid,
    /// What is wanted, 1 to 100 lines.
    #[schema(value_type = Vec<NewOrderItem>, min_items = 1, max_items = 100)]
    items: Vec<Object<NewOrderItem>>,
    /// What shall happen when a store cannot serve; `reject_all` when absent.
    on_shortage: Option<ShortagePolicy>,
    /// What the customer was shown as the total: another one is refused with 409 and the total as it is now.
    #[schema(value_type = Option<Money>)]
    expected_total: Option<MoneyIn>,
}

impl RequestBody for NewOrder {}

/// Why an order is called off.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelOrder {
    /// Why, in the words of whoever cancels.
    #[schema(max_length = 200)]
    reason: Option<String>,
}

impl RequestBody for CancelOrder {
    fn empty() -> Option<Self> {
        Some(Self::default())
    }
}

/// How orders are sorted.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum OrderSort {
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

/// Which orders are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// Only of this customer.
    customer_id: Option<Uuid>,
    /// Only in this status.
    status: Option<OrderStatus>,
    /// Only with lines of this store.
    store_id: Option<Uuid>,
    /// Only rejected for this reason.
    reason: Option<Reason>,
    /// The start of an order or customer id.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Submitted at or after this time, RFC 3339.
    #[serde(default, deserialize_with = "query::time")]
    #[param(value_type = Option<String>, format = DateTime)]
    created_after: Option<Timestamp>,
    /// Submitted before this time, RFC 3339.
    #[serde(default, deserialize_with = "query::time")]
    #[param(value_type = Option<String>, format = DateTime)]
    created_before: Option<Timestamp>,
    /// The archived orders instead of the others.
    archived: Option<bool>,
    /// The order of the list; `-created_at` when absent.
    #[param(inline)]
    sort: Option<OrderSort>,
    /// `csv` for all rows as CSV.
    #[param(inline)]
    format: Option<Format>,
    /// Whether the CSV begins with a byte order mark, as spreadsheets want it.
    bom: Option<bool>,
    /// The most items, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Which version of an order is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VersionQuery {
    /// The order as it was at this version of its stream.
    #[param(minimum = 1)]
    at_version: Option<u64>,
}

/// Submit an order.
///
/// Answers once the order is durable. `Prefer: wait=10` answers when it is no longer pending, at most 10 s later.
#[utoipa::path(post, path = "/api/v1/orders", tag = "orders", request_body = NewOrder, responses((status = 201, body = Order)))]
pub async fn place_order(state: State, caller: Caller, body: Json<NewOrder>) -> Answer {
    let Json { value: new, raw } = body;
    let customer_id = CustomerId(new.customer_id);
    caller.check_named(customer_id)?;
    if !(1..=LINES_MAX).contains(&new.items.len()) {
        return Err(ApiError::invalid("/items", "out_of_range", format!("an order has 1 to {LINES_MAX} lines")));
    }
    let wanted = new.items.iter().map(|Object(item)| LineRequest {
        product_id: ProductId(item.product_id),
        quantity: u32::try_from(item.quantity.0).unwrap_or(QUANTITY_MAX),
    });
    let expected_total = new.expected_total.map(|total| state.amount(total, "/expected_total")).transpose()?;
    let order = PlaceOrder {
        customer_id,
        payment_id: PaymentId(new.payment_id),
        lines: wanted.collect(),
        on_shortage: new.on_shortage.map_or(OnShortage::RejectAll, |policy| policy.0),
        expected_total,
        draw: caller.idempotency_key()?.map(Draw::of_key),
    };
    let given = caller.once(&state, &raw, async |ticket| {
        let responder = ticket.responder(|order: &OrderState| submitted(order));
        Ok(state.mall.place_order(order, responder, caller.admit(&state)?).await?)
    });
    after_submit(&state, &caller, given.await?).await
}

/// List orders.
#[utoipa::path(get, path = "/api/v1/orders", tag = "orders", params(OrderQuery),
    responses((status = 200, content((List<Order> = "application/json"), (String = "text/csv")))))]
pub async fn list_orders(state: State, caller: Caller, query: Query<OrderQuery>) -> Answer {
    let query = query.0;
    let filter = OrderFilter {
        customer_id: caller.limit_to(query.customer_id)?,
        status: query.status.map(|status| status.0),
        store_id: query.store_id.map(StoreId),
        reason: query.reason.map(|reason| reason.0),
        q: query::search(query.q)?,
        created_after: query.created_after,
        created_before: query.created_before,
        archived: query.archived.unwrap_or(false),
        oldest_first: matches!(query.sort, Some(OrderSort::Oldest)),
    };
    let page = query::page(query.limit, query.cursor)?;
    if let Some(csv) = csv::asked(&caller, query.format, query.bom) {
        let read = async move |page| state.reads.orders(filter.clone(), page).await;
        return Ok(csv.export("orders.csv", order_body::COLUMNS, order_body::row, read));
    }
    let page = state.reads.orders(filter, page).await?;
    let now = state.mall.clock().now();
    let items = page.items.iter().map(|order| Order::of(order, now)).collect();
    Ok(csv::negotiated(ok(None, &List { items, next_cursor: page.next_cursor })))
}

/// Read an order, now or as it was at a version.
#[utoipa::path(get, path = "/api/v1/orders/{id}", tag = "orders", params(VersionQuery), responses((status = 200, body = Order)))]
pub async fn get_order(state: State, caller: Caller, query: Query<VersionQuery>) -> Answer {
    let id: OrderId = caller.id("id")?;
    let order = find(&state, &caller, id).await?;
    let order = match query.0.at_version {
        None => order,
        Some(version) if (1..=order.version).contains(&version) => {
            state.reads.order_at(id, version).await?.ok_or(MallError::NoSuchOrder(id))?
        }
        Some(_) => {
            let detail = format!("the order has versions 1 to {}", order.version);
            return Err(ApiError::invalid("?at_version", "out_of_range", detail));
        }
    };
    let now = state.mall.clock().now();
    Ok(shown(order.version, &Order::of(&order, now)))
}

/// An order the caller may see.
///
/// # Errors
/// 404 when there is none, or it is somebody else's.
pub(super) async fn find(state: &State, caller: &Caller, id: OrderId) -> Result<OrderState, ApiError> {
    let order = state.reads.order(id).await?.ok_or(MallError::NoSuchOrder(id))?;
    caller.check_sees(order.customer_id, Code::UnknownOrder)?;
    Ok(order)
}

/// Cancel an order.
///
/// Stock and money go back. Cancelling a cancelled order changes nothing.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancel", tag = "orders", request_body = Option<CancelOrder>, responses((status = 200, body = Order)))]
pub async fn cancel_order(state: State, caller: Caller, body: Json<CancelOrder>) -> Answer {
    let by = match caller.principal() {
        Principal::Admin(_) => CancelledBy::Admin,
        Principal::Open | Principal::Anonymous | Principal::Customer(_) | Principal::Reader(_) => CancelledBy::Customer,
    };
    command(&state, &caller, &body.raw, OrderCommand::Cancel { by, reason: body.value.reason }).await
}

/// Pay for an accepted order: captures the hold.
#[utoipa::path(post, path = "/api/v1/orders/{id}/pay", tag = "orders", responses((status = 200, body = Order)))]
pub async fn pay_order(state: State, caller: Caller, body: NoBody) -> Answer {
    command(&state, &caller, &body.raw, OrderCommand::Pay).await
}

async fn command(state: &State, caller: &Caller, raw: &[u8], command: OrderCommand) -> Answer {
    let id: OrderId = caller.id("id")?;
    let expect = caller.expected_versions()?;
    let now = state.mall.clock().now();
    let given = caller.once(state, raw, async |ticket| {
        let responder = ticket
            .responder(move |order: &OrderState| rendered(200, Some(order.version), None, &Order::of(order, now)));
        Ok(state.mall.command_order(id, command, expect, responder, caller.admit(state)?).await?)
    });
    Ok(given.await?.into())
}

/// Hide several orders from the lists; their events stay.
///
/// Nothing happens when one of them is unknown.
#[utoipa::path(post, path = "/api/v1/orders/archive", tag = "orders", request_body = Ids, responses((status = 200, body = Archived)))]
pub async fn archive_orders(state: State, caller: Caller, body: Json<Ids>) -> Answer {
    let Json { value: ids, raw } = body;
    let ids: Vec<OrderId> = ids.distinct()?.into_iter().map(OrderId).collect();
    let given = caller.once(&state, &raw, async |ticket| {
        let ids = visible(&state, &ids).await?;
        let archived = ids.len() as u64;
        for id in ids {
            let responder = unremembered(|_: &OrderState| no_content());
            let admitted = ticket.step(caller.admit(&state)?);
            state.mall.command_order(id, OrderCommand::Archive, None, responder, admitted).await?;
        }
        ticket.commit(&state, rendered(200, None, None, &Archived { archived })).await
    });
    Ok(given.await?.into())
}

/// The orders of `ids` that are not archived yet, each once.
async fn visible(state: &State, ids: &[OrderId]) -> Result<Vec<OrderId>, ApiError> {
    let (mut visible, mut unknown) = (Vec::new(), Vec::new());
    for (index, id) in ids.iter().enumerate() {
        match state.reads.order(*id).await? {
            Some(order) if order.archived || visible.contains(id) => {}
            Some(_) => visible.push(*id),
            None => unknown.push(bulk::unknown(index, Code::UnknownOrder, format!("there is no order {id}"))),
        }
    }
    if unknown.is_empty() {
        return Ok(visible);
    }
    Err(ApiError::new(Code::UnknownOrder, "some orders do not exist").with_errors(unknown))
}
