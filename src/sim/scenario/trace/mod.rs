//! Orders of a file in place of drawn shoppers: CSV, a line of an order a row.
//!
//! `order,at,customer,store,sku,quantity,unit_price_minor`. Rows of an order stand together, orders are in the order of
//! their times. The file is read twice: once to check it and to know what the mall has to sell, and once while its orders
//! come, so that no more of it than its customers and products is held in memory.

mod rows;

pub use rows::TraceError;

use crate::domain::inventory::STOCK_MAX;
use crate::domain::line::LINES_MAX;
use crate::domain::order::OnShortage;
use crate::domain::time::Timestamp;
use crate::sim::shopping::errand::{Act, After, Deed, Errand, Funds, Wanted};
use rows::{Row, Rows};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A product of a trace: what has one store, SKU and price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceProduct {
    /// Its SKU.
    pub sku: String,
    /// Its price, minor units.
    pub price: i64,
    /// Pieces that are ordered of it.
    pub pieces: i64,
}

/// What all orders of a trace add up to, and what a mall has to end with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TraceTotals {
    /// Orders.
    pub orders: u64,
    /// Those of them that cost nothing.
    pub free_orders: u64,
    /// Their lines.
    pub lines: u64,
    /// Customers.
    pub customers: u64,
    /// Pieces.
    pub pieces: u64,
    /// Minor units.
    pub amount: u64,
}

/// A trace that was read through and is sound.
#[derive(Clone, Debug)]
pub struct Trace {
    path: PathBuf,
    limit: u64,
    /// Its stores, in the order in which they appear, with their products.
    pub stores: Vec<(String, Vec<TraceProduct>)>,
    products: BTreeMap<(u32, String, i64), u32>,
    store_numbers: BTreeMap<String, u32>,
    customers: BTreeMap<String, u64>,
    /// What it adds up to.
    pub totals: TraceTotals,
    /// When its first order came.
    pub first: Timestamp,
    /// When its last order came.
    pub last: Timestamp,
}

impl Trace {
    /// Reads a trace through, or its first `limit` orders.
    ///
    /// # Errors
    /// The file cannot be read, or a row of it is wrong.
    pub fn survey(path: &Path, limit: Option<u64>) -> Result<Self, TraceError> {
        let mut trace = Self {
            path: path.to_owned(),
            limit: limit.unwrap_or(u64::MAX),
            stores: Vec::new(),
            products: BTreeMap::new(),
            store_numbers: BTreeMap::new(),
            customers: BTreeMap::new(),
            totals: TraceTotals::default(),
            first: Timestamp(0),
            last: Timestamp(0),
        };
        let mut rows = Rows::open(path)?;
        let mut seen = BTreeSet::new();
        // The order under way: its name, customer, time, lines, and what it costs.
        let mut order: Option<(String, String, Timestamp, usize, i64)> = None;
        while let Some(row) = rows.next()? {
            let wrong = |column: usize, said: String| {
                Err(TraceError::Row { path: path.display().to_string(), line: row.line, column, said })
            };
            match &mut order {
                Some((name, customer, at, lines, _)) if *name == row.order => {
                    if *customer != row.customer {
                        return wrong(row.column(2), format!("order {name} belongs to customer {customer}"));
                    }
                    if *at != row.at {
                        return wrong(row.column(1), format!("order {name} came at {at}"));
                    }
                    *lines += 1;
                    if *lines > LINES_MAX {
                        return wrong(1, format!("order {name} has more than {LINES_MAX} lines"));
                    }
                }
                before => {
                    if let Some((_, _, at, _, cost)) = before {
                        if *at > row.at {
                            return wrong(
                                row.column(1),
                                format!("orders must be in the order of their times; the one before came at {at}"),
                            );
                        }
                        trace.totals.free_orders += u64::from(*cost == 0);
                    }
                    if !seen.insert(row.order.clone().into_owned()) {
                        return wrong(1, format!("the rows of order {} do not stand together", row.order));
                    }
                    if trace.totals.orders == trace.limit {
                        *before = None;
                        break;
                    }
                    if trace.totals.orders == 0 {
                        trace.first = row.at;
                    }
                    trace.totals.orders += 1;
                    trace.last = row.at;
                    *before = Some((row.order.clone().into_owned(), row.customer.clone().into_owned(), row.at, 1, 0));
                }
            }
            trace.totals.lines += 1;
            let pieces = trace.take(&row);
            if pieces > STOCK_MAX {
                return wrong(row.column(5), format!("more than {STOCK_MAX} pieces of a product are ordered"));
            }
            if let Some((.., cost)) = &mut order {
                *cost += row.price * i64::from(row.quantity);
            }
        }
        if let Some((.., cost)) = order {
            trace.totals.free_orders += u64::from(cost == 0);
        }
        if trace.totals.orders == 0 {
            let said = "there is no order in it".to_owned();
            return Err(TraceError::Row { path: path.display().to_string(), line: 2, column: 1, said });
        }
        trace.totals.customers = trace.customers.len() as u64;
        Ok(trace)
    }

    /// Notes what a row asks for; answers how many pieces of its product are ordered so far.
    fn take(&mut self, row: &Row<'_>) -> i64 {
        let customers = self.customers.len() as u64;
        self.customers.entry(row.customer.clone().into_owned()).or_insert(customers);
        let next = u32::try_from(self.stores.len()).unwrap_or(u32::MAX);
        let store = *self.store_numbers.entry(row.store.clone().into_owned()).or_insert_with(|| {
            self.stores.push((row.store.clone().into_owned(), Vec::new()));
            next
        });
        let products = &mut self.stores[store as usize].1;
        let next = u32::try_from(products.len()).unwrap_or(u32::MAX);
        let number = *self.products.entry((store, row.sku.clone().into_owned(), row.price)).or_insert_with(|| {
            products.push(TraceProduct { sku: row.sku.clone().into_owned(), price: row.price, pieces: 0 });
            next
        });
        let product = &mut products[number as usize];
        product.pieces += i64::from(row.quantity);
        self.totals.pieces += u64::from(row.quantity);
        self.totals.amount += row.price.unsigned_abs() * u64::from(row.quantity);
        product.pieces
    }

    /// Its orders, as errands that count from the first of them.
    ///
    /// # Errors
    /// The file cannot be read any more.
    pub fn errands(&self) -> Result<TraceErrands<'_>, TraceError> {
        Ok(TraceErrands { trace: self, rows: Rows::open(&self.path)?, next: None, order: String::new(), sent: 0 })
    }
}

/// The orders of a trace, one after the other.
pub struct TraceErrands<'a> {
    trace: &'a Trace,
    rows: Rows,
    /// The errand that the newest row begins.
    next: Option<Errand>,
    /// The order it is of.
    order: String,
    sent: u64,
}

impl TraceErrands<'_> {
    /// The next order. The trace was read through before: what is wrong now has changed since.
    fn read(&mut self) -> Result<Option<Errand>, TraceError> {
        if self.sent >= self.trace.limit {
            return Ok(None);
        }
        while let Some(row) = self.rows.next()? {
            let trace = self.trace;
            let place = trace.store_numbers.get(&*row.store).and_then(|store| {
                let product = trace.products.get(&(*store, row.sku.clone().into_owned(), row.price))?;
                Some((*store, *product))
            });
            let (Some((store, product)), Some(customer)) = (place, trace.customers.get(&*row.customer)) else {
                // A product or customer that came after the last order that was asked for.
                break;
            };
            let line = Wanted { store, product, quantity: row.quantity };
            match &mut self.next {
                Some(errand) if self.order == row.order => errand.lines.push(line),
                next => {
                    let fresh = Errand {
                        number: self.sent + u64::from(next.is_some()),
                        at_ms: row.at.micros_since(trace.first) / 1_000,
                        customer: Some(*customer),
                        lines: vec![line],
                        funds: Funds::Enough,
                        on_shortage: OnShortage::RejectAll,
                        basket: false,
                        expects: false,
                        think_ms: 0,
                        manner: None,
                        then: vec![Act { what: Deed::Pay, after: After::Acceptance, ms: 0, again: false }],
                    };
                    self.order.clear();
                    self.order.push_str(&row.order);
                    if let Some(done) = next.replace(fresh) {
                        self.sent += 1;
                        return Ok(Some(done));
                    }
                }
            }
        }
        let last = self.next.take();
        self.sent += u64::from(last.is_some());
        Ok(last)
    }
}

impl Iterator for TraceErrands<'_> {
    type Item = Result<Errand, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::rows::COLUMNS;
    use super::*;

    fn written(rows: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("{}\n{rows}", COLUMNS.join(","))).unwrap();
        file
    }

    #[test]
    fn a_trace_is_surveyed_and_its_orders_come_as_errands() {
        let file = written(
            "1,1997-01-01T00:40:00Z,a,North,x,1,100\n1,1997-01-01T00:40:00Z,a,\"South, \"\"old\"\"\",x,2,100\n\
             2,1997-01-01T00:41:00Z,b,North,x,1,120\r\n3,1997-01-02T00:41:00Z,a,North,x,3,0\n",
        );
        let trace = Trace::survey(file.path(), None).unwrap();
        let totals = TraceTotals { orders: 3, free_orders: 1, lines: 4, customers: 2, pieces: 7, amount: 420 };
        assert_eq!(trace.totals, totals);
        assert_eq!(trace.stores[1].0, "South, \"old\"");
        assert_eq!(trace.stores[0].1.len(), 3, "one for each price");
        let errands: Vec<Errand> = trace.errands().unwrap().map(Result::unwrap).collect();
        assert_eq!(errands.iter().map(|errand| errand.number).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(errands.iter().map(|errand| errand.at_ms).collect::<Vec<_>>(), [0, 60_000, 86_460_000]);
        assert_eq!(errands.iter().map(Errand::customer).collect::<Vec<_>>(), [0, 1, 0]);
        assert_eq!(errands[0].lines[1], Wanted { store: 1, product: 0, quantity: 2 });
        let first = Trace::survey(file.path(), Some(1)).unwrap();
        assert_eq!((first.totals.orders, first.totals.amount, first.totals.free_orders), (1, 300, 0));
        assert_eq!(first.errands().unwrap().count(), 1);
    }

    #[test]
    fn a_wrong_row_is_named_by_line_and_column() {
        let good = "1,1997-01-01T00:40:00Z,a,North,x,1,100\n";
        for (rows, place, said) in [
            ("1,1997-01-01,a,North,x,1,100", ":2:3", "no time"),
            ("1,1997-01-01T00:40:00Z,a,North,x,0,100", ":2:34", "no quantity"),
            ("1,1997-01-01T00:40:00Z,a,North,x,1,1.00", ":2:36", "no price"),
            ("1,1997-01-01T00:40:00Z,a,North,x,1", ":2:1", "7 fields"),
            ("1,1997-01-01T00:40:00Z,,North,x,1,1", ":2:24", "no customer"),
            ("1,1997-01-01T00:40:00Z,a,\"North,x,1,1", ":2:26", "not closed"),
            (&format!("{good}1,1997-01-01T00:40:00Z,b,North,x,1,1"), ":3:24", "belongs to customer a"),
            (&format!("{good}1,1997-01-01T00:40:01Z,a,North,x,1,1"), ":3:3", "came at"),
            (&format!("{good}2,1996-01-01T00:40:01Z,a,North,x,1,1"), ":3:3", "order of their times"),
            (&format!("{good}2,1997-01-01T00:40:00Z,a,North,x,1,1\n{good}"), ":4:1", "stand together"),
            ("", ":2:1", "no order"),
        ] {
            let error = Trace::survey(written(rows).path(), None).unwrap_err().to_string();
            assert!(error.contains(place) && error.contains(said), "{rows}: {error}");
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "order,at\n").unwrap();
        let error = Trace::survey(file.path(), None).unwrap_err().to_string();
        assert!(error.contains(":1:1: the first line must be"), "{error}");
        assert!(Trace::survey(Path::new("/nowhere"), None).unwrap_err().to_string().contains("/nowhere"));
    }
}
