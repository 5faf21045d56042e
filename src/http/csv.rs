//! CSV of whole lists (RFC 4180), read page by page and streamed, so that memory stays bounded.
//!
//! A cell that a spreadsheet would take for a formula gets a leading apostrophe (OWASP, CSV injection).

use super::State;
use super::caller::Caller;
use crate::actors::ports::{OrderFilter, Page, PageRequest, ProductFilter, ProductView, ReadError};
use crate::domain::money::Money;
use crate::domain::order::OrderState;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream;
use serde::Deserialize;
use std::fmt::Display;
use std::fmt::Write as _;
use utoipa::ToSchema;

/// Rows read at a time.
const PAGE: usize = 500;

/// The form of a list.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JSON, page by page.
    Json,
    /// CSV, all rows.
    Csv,
}

/// Whether the caller wants CSV; `format` in the query decides before the `Accept` header.
#[must_use]
pub fn is_wanted(caller: &Caller, format: Option<Format>) -> bool {
    format.map_or_else(
        || caller.preferred(&["application/json", "text/csv"]) == "text/csv",
        |format| format == Format::Csv,
    )
}

/// One row under construction.
#[derive(Default)]
struct Row(String);

impl Row {
    fn cell(&mut self, value: impl Display) -> &mut Self {
        let value = value.to_string();
        if !self.0.is_empty() {
            self.0.push(',');
        }
        let is_formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let quoted = is_formula || value.contains([',', '"', '\n', '\r']);
        if !quoted {
            self.0.push_str(&value);
            return self;
        }
        let guard = if is_formula { "'" } else { "" };
        // Writing to a string does not fail.
        let _ = write!(self.0, "\"{guard}{}\"", value.replace('"', "\"\""));
        self
    }

    fn money(&mut self, money: Money) -> &mut Self {
        self.cell(money.amount_minor).cell(money.currency)
    }

    fn end(&mut self) {
        self.0.push_str("\r\n");
    }
}

const ORDERS: &str = "id,created_at,updated_at,status,payment_status,delivery_status,compensation,reasons,customer_id,\
                      payment_id,total_minor,currency,pieces,items,pay_by,version\r\n";

fn order(order: &OrderState, text: &mut String) {
    let reasons: Vec<_> = order.reasons.iter().map(|reason| reason.as_str()).collect();
    let lines = order.lines.iter().map(|line| format!("{}x {}", line.quantity, line.product_name));
    let mut row = Row::default();
    row.cell(order.id).cell(order.created_at).cell(order.updated_at).cell(order.status);
    row.cell(order.payment.status).cell(order.delivery_status()).cell(order.compensation()).cell(reasons.join(" "));
    row.cell(order.customer_id).cell(order.payment_id).money(order.total);
    row.cell(order.lines.iter().map(|line| u64::from(line.quantity)).sum::<u64>());
    row.cell(lines.collect::<Vec<_>>().join("; "));
    row.cell(order.pay_by.map(|by| by.to_string()).unwrap_or_default()).cell(order.version).end();
    text.push_str(&row.0);
}

const PRODUCTS: &str = "id,store_id,store_name,sku,name,description,price_minor,currency,stock,reserved,version,\
                        created_at\r\n";

fn product(view: &ProductView, text: &mut String) {
    let product = &view.product;
    let mut row = Row::default();
    row.cell(product.id).cell(view.store_id).cell(&view.store_name).cell(&product.sku).cell(&product.name);
    row.cell(&product.description).money(product.price).cell(product.stock.available()).cell(product.stock.reserved);
    row.cell(product.version).cell(product.created_at).end();
    text.push_str(&row.0);
}

/// Every order of a filter.
#[must_use]
pub fn orders(state: State, filter: OrderFilter) -> HttpResponse {
    export("orders.csv", ORDERS, order, async move |page| state.reads.orders(filter.clone(), page).await)
}

/// Every product of a filter.
#[must_use]
pub fn products(state: State, filter: ProductFilter) -> HttpResponse {
    export("products.csv", PRODUCTS, product, async move |page| state.reads.products(filter.clone(), page).await)
}

/// Streams a list: its heading, then its rows a page at a time.
fn export<T: 'static>(
    name: &str,
    heading: &'static str,
    row: fn(&T, &mut String),
    read: impl AsyncFn(PageRequest) -> Result<Page<T>, ReadError> + 'static,
) -> HttpResponse {
    enum Next {
        Start,
        After(String),
        End,
    }
    let pages = stream::unfold((Next::Start, read), move |(next, read)| async move {
        let (mut text, cursor) = match next {
            Next::Start => (heading.to_owned(), None),
            Next::After(cursor) => (String::new(), Some(cursor)),
            Next::End => return None,
        };
        let page = match read(PageRequest { limit: PAGE, cursor }).await {
            Ok(page) => page,
            Err(error) => {
                tracing::error!(%error, "an export broke off");
                return Some((Err(error), (Next::End, read)));
            }
        };
        page.items.iter().for_each(|item| row(item, &mut text));
        let next = page.next_cursor.map_or(Next::End, Next::After);
        Some((Ok(Bytes::from(text)), (next, read)))
    });
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(Box::pin(pages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formula_safe() {
        for (value, cell) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "\"'=1+1\""),
            ("@cmd", "\"'@cmd\""),
            ("-1", "\"'-1\""),
            ("\tx", "\"'\tx\""),
        ] {
            let mut row = Row::default();
            row.cell(value);
            assert_eq!(row.0, cell);
        }
    }

    #[test]
    fn an_empty_first_cell_keeps_its_place() {
        let mut row = Row::default();
        row.cell("x").cell("").cell("y").end();
        assert_eq!(row.0, "x,,y\r\n");
    }
}
