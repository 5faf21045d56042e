//! CSV of whole lists (RFC 4180), read page by page and streamed, so that memory stays bounded.
//!
//! Texts are quoted, so that any separator may stand in them. What a spreadsheet would take for a formula gets an apostrophe
//! before it (OWASP, CSV injection), also where a spreadsheet that parts by semicolons or tabs would begin a cell; whoever
//! reads the file back takes one apostrophe away at the same places.

use super::State;
use super::caller::Caller;
use crate::domain::money::Money;
use crate::domain::order::OrderState;
use crate::ports::reads::orders::OrderFilter;
use crate::ports::reads::products::{ProductFilter, ProductView};
use crate::ports::reads::{Page, PageRequest, ReadError};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream;
use serde::Deserialize;
use std::fmt::Display;
use std::fmt::Write as _;
use utoipa::ToSchema;

/// Tells spreadsheets that the file is UTF-8; other programs want none.
const BOM: &str = "\u{feff}";
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

/// A list as CSV.
#[derive(Clone, Copy)]
pub struct Csv {
    /// Whether it begins with a byte order mark.
    bom: bool,
}

/// The CSV the caller wants, if any; `format` in the query decides before the `Accept` header.
#[must_use]
pub fn asked(caller: &Caller, format: Option<Format>, bom: Option<bool>) -> Option<Csv> {
    let accepted = || caller.preferred(&["application/json", "text/csv"]) == "text/csv";
    let is_wanted = format.map_or_else(accepted, |format| format == Format::Csv);
    is_wanted.then_some(Csv { bom: bom.unwrap_or(false) })
}

/// One row under construction.
#[derive(Default)]
struct Row(String);

impl Row {
    /// An id, a number, a time or a word of ours: nothing in it needs quotes.
    fn cell(&mut self, value: impl Display) -> &mut Self {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        // Writing to a string does not fail.
        let _ = write!(self.0, "{value}");
        self
    }

    /// What somebody typed.
    fn text(&mut self, value: &str) -> &mut Self {
        self.cell(format_args!("\"{}\"", guarded(value).replace('"', "\"\"")))
    }

    fn money(&mut self, money: Money) -> &mut Self {
        self.cell(money.amount_minor).cell(money.currency)
    }

    fn end(&mut self) {
        self.0.push_str("\r\n");
    }
}

/// What a cell may begin with and still be a formula: a quoted cell, or one with an apostrophe of its own.
const QUOTES: [char; 2] = ['\'', '"'];

/// The text with an apostrophe wherever a cell could begin, now or in another spreadsheet, and a formula with it. One more
/// before those that are there, so that taking one away gives the text again.
fn guarded(text: &str) -> String {
    let mut guarded = String::with_capacity(text.len());
    let mut begins = true;
    for (at, c) in text.char_indices() {
        if begins && text[at..].trim_start_matches(QUOTES).starts_with(['=', '+', '-', '@', '\t', '\r']) {
            guarded.push('\'');
        }
        guarded.push(c);
        begins = matches!(c, ';' | '\t' | '\n' | '\r');
    }
    guarded
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
    row.text(&lines.collect::<Vec<_>>().join("; "));
    row.cell(order.pay_by.map(|by| by.to_string()).unwrap_or_default()).cell(order.version).end();
    text.push_str(&row.0);
}

const PRODUCTS: &str = "id,store_id,store_name,sku,name,description,price_minor,currency,stock,reserved,version,\
                        created_at\r\n";

fn product(view: &ProductView, text: &mut String) {
    let product = &view.product;
    let mut row = Row::default();
    row.cell(product.id).cell(view.store_id).text(&view.store_name).text(&product.sku).text(&product.name);
    row.text(&product.description).money(product.price).cell(product.stock.available()).cell(product.stock.reserved);
    row.cell(product.version).cell(product.created_at).end();
    text.push_str(&row.0);
}

/// The example in the document: the heading of that route's list, and a row.
#[must_use]
pub fn example(path: &str) -> String {
    if path.ends_with("/products") { [PRODUCTS, PRODUCT].concat() } else { [ORDERS, ORDER].concat() }
}

const PRODUCT: &str = "019ab3c1-6f70-7a95-8d28-9e0f1a2b3c20,019ab3c1-6f70-7a95-8d28-9e0f1a2b3c10,\"Quay Street Tea\",\
                       \"TEA-1\",\"Breakfast Blend\",\"250 g, loose\",1250,EUR,40,2,3,2026-11-22T10:00:00Z\r\n";
const ORDER: &str = "019ab3c1-6f70-7a95-8d28-9e0f1a2b3c60,2026-11-22T10:02:00Z,2026-11-22T10:02:20Z,accepted,authorized,\
                     not_started,none,,019ab3c1-6f70-7a95-8d28-9e0f1a2b3c30,019ab3c1-6f70-7a95-8d28-9e0f1a2b3c50,2500,EUR,\
                     2,\"2 x Breakfast Blend\",2026-11-22T10:32:20Z,7\r\n";

impl Csv {
    /// Every order of a filter.
    #[must_use]
    pub fn orders(self, state: State, filter: OrderFilter) -> HttpResponse {
        export("orders.csv", ORDERS, self.bom, order, async move |page| state.reads.orders(filter.clone(), page).await)
    }

    /// Every product of a filter.
    #[must_use]
    pub fn products(self, state: State, filter: ProductFilter) -> HttpResponse {
        export("products.csv", PRODUCTS, self.bom, product, async move |page| {
            state.reads.products(filter.clone(), page).await
        })
    }
}

/// Says that the caller's `Accept` chose between this answer and CSV.
#[must_use]
pub fn negotiated(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(header::VARY, header::HeaderValue::from_static("Accept"));
    answer
}

/// Streams a list: its heading, then its rows a page at a time.
fn export<T: 'static>(
    name: &str,
    heading: &'static str,
    bom: bool,
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
            Next::Start => (format!("{}{heading}", if bom { BOM } else { "" }), None),
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
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    negotiated(answer.streaming(Box::pin(pages)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a spreadsheet's file is read back.
    fn unguarded(text: &str) -> String {
        let (mut plain, mut begins) = (String::new(), true);
        for (at, c) in text.char_indices() {
            let is_guard = begins && c == '\'' && {
                let formula = text[at..].trim_start_matches(QUOTES);
                formula.starts_with(['=', '+', '-', '@', '\t', '\r'])
            };
            if !is_guard {
                plain.push(c);
            }
            begins = matches!(c, ';' | '\t' | '\n' | '\r');
        }
        plain
    }

    #[test]
    fn texts_are_quoted_formula_safe_and_come_back() {
        for (value, cell) in [
            ("plain", "\"plain\""),
            ("", "\"\""),
            ("a,b;c", "\"a,b;c\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "\"'=1+1\""),
            ("'=1", "\"''=1\""),
            ("@cmd", "\"'@cmd\""),
            ("-1", "\"'-1\""),
            ("a;=1", "\"a;'=1\""),
            ("a;\"=1\"", "\"a;'\"\"=1\"\"\""),
            ("'\"=1", "\"''\"\"=1\""),
            ("a\t+1", "\"a\t'+1\""),
            ("a\n=1", "\"a\n'=1\""),
            ("it's = 1", "\"it's = 1\""),
        ] {
            let mut row = Row::default();
            row.text(value);
            assert_eq!(row.0, cell);
            assert_eq!(unguarded(&guarded(value)), value);
        }
    }

    #[test]
    fn the_examples_have_a_cell_for_every_column() {
        for path in ["/api/v1/products", "/api/v1/orders"] {
            let example = example(path);
            let cells: Vec<usize> =
                example.lines().map(|line| line.replace(", loose", "").split(',').count()).collect();
            assert!(cells.len() == 2 && cells[0] == cells[1], "{example}");
        }
    }

    #[test]
    fn an_empty_cell_keeps_its_place() {
        let mut row = Row::default();
        row.cell("x").text("").cell("y").end();
        assert_eq!(row.0, "x,\"\",y\r\n");
    }
}
