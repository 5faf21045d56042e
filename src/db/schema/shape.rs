//! What is known of a table beside its rows: the names statements are put together from.

use super::column::Column;

/// The names statements are put together from.
pub struct Shape {
    /// The table.
    pub table: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
    /// Its primary key.
    pub key: &'static [&'static str],
    /// Columns that change when there is a row of the key already; none where that is refused.
    pub changing: &'static [&'static str],
}

/// A row of a table.
pub trait Stored {
    /// The names of the table.
    const SHAPE: &'static Shape;

    /// Rows, column by column.
    fn columns(rows: &[Self]) -> Vec<Column<'_>>
    where
        Self: Sized;
}
