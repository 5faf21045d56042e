//! The rows of a trace: CSV, each sound by itself, or refused by line and column.

use crate::domain::line::{LINES_MAX, QUANTITY_MAX};
use crate::domain::money::AMOUNT_MINOR_MAX;
use crate::domain::store::{NAME_MAX, SKU_MAX};
use crate::domain::time::Timestamp;
use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// The columns.
pub const COLUMNS: [&str; 7] = ["order", "at", "customer", "store", "sku", "quantity", "unit_price_minor"];

/// Why a trace cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The file cannot be read.
    #[error("{path} cannot be read")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// A row is wrong.
    #[error("{path}:{line}:{column}: {said}")]
    Row {
        /// The file.
        path: String,
        /// Its line, from 1.
        line: u64,
        /// The place in it, in characters from 1.
        column: usize,
        /// What is wrong, and what would be right.
        said: String,
    },
}

/// A row that is sound by itself.
pub struct Row<'a> {
    /// Its line, from 1.
    pub line: u64,
    /// The order.
    pub order: Cow<'a, str>,
    /// When it came.
    pub at: Timestamp,
    /// Who ordered.
    pub customer: Cow<'a, str>,
    /// The store.
    pub store: Cow<'a, str>,
    /// The stock keeping unit.
    pub sku: Cow<'a, str>,
    /// Pieces.
    pub quantity: u32,
    /// Of one piece, minor units.
    pub price: i64,
}

/// The rows of a file.
pub struct Rows {
    path: PathBuf,
    file: BufReader<File>,
    text: String,
    line: u64,
}

impl Rows {
    /// Opens a file and reads its first line.
    ///
    /// # Errors
    /// It cannot be read, or is no trace.
    pub fn open(path: &Path) -> Result<Self, TraceError> {
        let unreadable = |source| TraceError::File { path: path.display().to_string(), source };
        let file = BufReader::new(File::open(path).map_err(unreadable)?);
        let mut rows = Self { path: path.to_owned(), file, text: String::new(), line: 0 };
        rows.read_line()?;
        if rows.text.trim_start_matches('\u{feff}') != COLUMNS.join(",") {
            return Err(rows.wrong(1, format!("the first line must be {}", COLUMNS.join(","))));
        }
        Ok(rows)
    }

    /// Reads a line, without its end; answers whether there was one.
    fn read_line(&mut self) -> Result<bool, TraceError> {
        self.text.clear();
        self.line += 1;
        let read = self.file.read_line(&mut self.text);
        let read = read.map_err(|source| TraceError::File { path: self.path.display().to_string(), source })?;
        self.text.truncate(self.text.trim_end_matches(['\n', '\r']).len());
        Ok(read > 0)
    }

    fn wrong(&self, column: usize, said: String) -> TraceError {
        TraceError::Row { path: self.path.display().to_string(), line: self.line, column, said }
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// It cannot be read, or is wrong.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, TraceError> {
        loop {
            if !self.read_line()? {
                return Ok(None);
            }
            if !self.text.is_empty() {
                break;
            }
        }
        row(&self.text, self.line).map(Some).map_err(|(column, said)| self.wrong(column, said))
    }
}

impl Row<'_> {
    /// The place of a field, in characters from 1, as it is written without quotes.
    #[must_use]
    pub fn column(&self, field: usize) -> usize {
        let written = [&*self.order, "2026-01-01T00:00:00Z", &*self.customer, &*self.store, &*self.sku];
        written.iter().take(field).map(|text| text.chars().count() + 1).sum::<usize>() + 1
    }
}

/// Times of orders: a mall opens a while before the first, and what it has promised is due after the last.
const FIRST: Timestamp = Timestamp(86_400_000_000);
const LAST: Timestamp = Timestamp(221_845_392_000_000_000);

fn row(text: &str, line: u64) -> Result<Row<'_>, (usize, String)> {
    let fields = fields(text)?;
    let found = fields.len();
    let Ok([order, at, customer, store, sku, quantity, price]) = <[Field<'_>; 7]>::try_from(fields) else {
        return Err((1, format!("a row has 7 fields, {}, and not {found}", COLUMNS.join(","))));
    };
    let named = |(column, text): Field<'_>, name: &str, most: usize| {
        if text.trim().is_empty() || text.chars().count() > most || text.trim() != text {
            return Err((column, format!("`{text}` is no {name}: 1 to {most} characters, without blanks around them")));
        }
        Ok(())
    };
    for (field, name, most) in
        [(&order, "order", 64), (&customer, "customer", 64), (&store, "store", NAME_MAX), (&sku, "sku", SKU_MAX)]
    {
        named(field.clone(), name, most)?;
    }
    let time = Timestamp::parse_rfc3339(&at.1);
    let time = time.map_err(|_| (at.0, format!("`{}` is no time like 1997-01-01T00:40:00Z", at.1)))?;
    if !(FIRST..LAST).contains(&time) {
        return Err((at.0, format!("`{}` is not between {FIRST} and {LAST}, where a mall keeps its time", at.1)));
    }
    let pieces = quantity.1.parse::<u32>().ok().filter(|pieces| (1..=QUANTITY_MAX).contains(pieces));
    let pieces = pieces.ok_or_else(|| (quantity.0, format!("`{}` is no quantity: 1 to {QUANTITY_MAX}", quantity.1)))?;
    // A total has to fit into an amount.
    let most = AMOUNT_MINOR_MAX / i64::from(QUANTITY_MAX) / i64::try_from(LINES_MAX).unwrap_or(i64::MAX);
    let cents = price.1.parse::<i64>().ok().filter(|cents| (0..=most).contains(cents));
    let cents = cents.ok_or_else(|| (price.0, format!("`{}` is no price in minor units: 0 to {most}", price.1)))?;
    Ok(Row {
        line,
        order: order.1,
        at: time,
        customer: customer.1,
        store: store.1,
        sku: sku.1,
        quantity: pieces,
        price: cents,
    })
}

/// A field, and its place.
type Field<'a> = (usize, Cow<'a, str>);

/// The fields of a line with their places, in characters from 1; in quotes where one holds a comma (RFC 4180).
fn fields(text: &str) -> Result<Vec<Field<'_>>, (usize, String)> {
    let mut fields = Vec::with_capacity(COLUMNS.len());
    let (mut rest, mut column) = (text, 1);
    loop {
        let (field, written) = match rest.strip_prefix('"') {
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (Cow::Borrowed(&rest[..end]), end)
            }
            Some(quoted) => {
                let mut end = 0;
                loop {
                    let quote = quoted[end..].find('"').ok_or_else(|| (column, "a quote is not closed".to_owned()))?;
                    end += quote + 1;
                    if !quoted[end..].starts_with('"') {
                        break;
                    }
                    end += 1;
                }
                (Cow::Owned(quoted[..end - 1].replace("\"\"", "\"")), end + 1)
            }
        };
        fields.push((column, field));
        column += rest[..written].chars().count() + 1;
        match rest[written..].strip_prefix(',') {
            Some(after) => rest = after,
            None if rest.len() == written => return Ok(fields),
            None => return Err((column - 1, "behind a quote comes a comma".to_owned())),
        }
    }
}
