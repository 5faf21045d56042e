//! CSV of whole lists (RFC 4180), read page by page and streamed, so that memory stays bounded.
//!
//! Texts are quoted, so that any separator may stand in them. What a spreadsheet would take for a formula gets an apostrophe
//! before it (OWASP, CSV injection), also where a spreadsheet that parts by semicolons or tabs would begin a cell; whoever
//! reads the file back takes one apostrophe away at the same places.

use super::caller::Caller;
use crate::domain::money::Money;
use crate::ports::reads::{Page, PageRequest, ReadError};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream;
use serde::Deserialize;
use std::fmt::{Display, Write as _};
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
pub struct Row(String);

impl Row {
    /// An id, a number, a time or a word of ours: nothing in it needs quotes.
    pub fn cell(&mut self, value: impl Display) -> &mut Self {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        // Writing to a string does not fail.
        let _ = write!(self.0, "{value}");
        self
    }

    /// What somebody typed.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.cell(format_args!("\"{}\"", guarded(value).replace('"', "\"\"")))
    }

    /// An amount, and its currency.
    pub fn money(&mut self, money: Money) -> &mut Self {
        self.cell(money.amount_minor).cell(money.currency)
    }

    /// Ends the row.
    pub fn end(&mut self) -> String {
        self.0.push_str("\r\n");
        std::mem::take(&mut self.0)
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

/// Says that the caller's `Accept` chose between this answer and CSV.
#[must_use]
pub fn negotiated(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(header::VARY, header::HeaderValue::from_static("Accept"));
    answer
}

impl Csv {
    /// Streams a list as the file `name`: its heading, then its rows a page at a time.
    pub fn export<T: 'static>(
        self,
        name: &str,
        heading: &'static str,
        row: fn(&T) -> String,
        read: impl AsyncFn(PageRequest) -> Result<Page<T>, ReadError> + 'static,
    ) -> HttpResponse {
        enum Next {
            Start,
            After(String),
            End,
        }
        let pages = stream::unfold((Next::Start, read), move |(next, read)| async move {
            let (mut text, cursor) = match next {
                Next::Start => (format!("{}{heading}", if self.bom { BOM } else { "" }), None),
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
            text.extend(page.items.iter().map(row));
            let next = page.next_cursor.map_or(Next::End, Next::After);
            Some((Ok(Bytes::from(text)), (next, read)))
        });
        let mut answer = HttpResponse::Ok();
        answer
            .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
        negotiated(answer.streaming(Box::pin(pages)))
    }
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
    fn an_empty_cell_keeps_its_place() {
        let mut row = Row::default();
        assert_eq!(row.cell("x").text("").cell("y").end(), "x,\"\",y\r\n");
    }
}
