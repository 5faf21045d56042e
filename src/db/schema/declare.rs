//! How a table is declared: once, with its columns in their order, for all who read, write, move and compare its rows.

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

/// Declares a table for diesel and the type of its rows, which borrows when it is written and owns when it was read.
///
/// `=> changes` marks the columns that are written again when the row is there already. What does so on SQLite is named
/// behind the key: `upsert` (insert or change) and `update` (change what is there).
macro_rules! stored {
    ($(#[$doc:meta])* $table:ident $row:ident by $key:tt $columns:tt) => {
        stored!(@table [$(#[$doc])*] $table $row $key $columns);
    };
    ($(#[$doc:meta])* $table:ident $row:ident by $key:tt, $write:ident $columns:tt) => {
        stored!(@table [$(#[$doc])*] $table $row $key $columns);
        stored!(@$write $table $row $key $columns);
    };
    (@table [$(#[$doc:meta])*] $table:ident $row:ident ($($key:ident),+) {
        $($(#[$with:meta])* $field:ident: $sql:ident $(<$inner:ident>)? $(=> $change:ident)?,)*
    }) => {
        diesel::table! {
            $table ($($key),+) { $($field -> $sql $(<$inner>)?,)* }
        }

        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, diesel::Queryable, diesel::Selectable, diesel::Insertable,
            serde::Serialize, serde::Deserialize,
        )]
        #[diesel(table_name = $table, treat_none_as_default_value = false)]
        #[serde(deny_unknown_fields)]
        pub struct $row<'a> {
            $($(#[$with])* pub $field: stored!(@type 'a $sql $(<$inner>)?),)*
        }

        impl $crate::db::schema::declare::Stored for $row<'_> {
            const SHAPE: &'static $crate::db::schema::declare::Shape = &$crate::db::schema::declare::Shape {
                table: stringify!($table),
                columns: &[$(stringify!($field)),*],
                key: &[$(stringify!($key)),+],
                changing: &[$($(stored!(@$change stringify!($field)),)?)*],
            };

            fn columns(rows: &[Self]) -> Vec<$crate::db::schema::column::Column<'_>> {
                vec![$($crate::db::schema::column::Value::column(rows.iter().map(|row| &row.$field)),)*]
            }
        }
    };
    (@upsert $table:ident $row:ident ($($key:ident),+) {
        $($(#[$with:meta])* $field:ident: $sql:ident $(<$inner:ident>)? $(=> $change:ident)?,)*
    }) => {
        impl $row<'_> {
            /// Inserts the row, or changes the one of its key.
            ///
            /// # Errors
            /// The database refused.
            pub fn upsert(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
                use diesel::{ExpressionMethods as _, RunQueryDsl as _};
                let change = ($($(stored!(@$change $table::$field.eq(&self.$field)),)?)*);
                diesel::insert_into($table::table)
                    .values(self)
                    .on_conflict(($($table::$key),+))
                    .do_update()
                    .set(change)
                    .execute(conn)
            }
        }
    };
    (@update $table:ident $row:ident ($key:ident) {
        $($(#[$with:meta])* $field:ident: $sql:ident $(<$inner:ident>)? $(=> $change:ident)?,)*
    }) => {
        impl $row<'_> {
            /// Changes the row of this key, and answers how many there were.
            ///
            /// # Errors
            /// The database refused.
            pub fn update(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
                use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _};
                let change = ($($(stored!(@$change $table::$field.eq(&self.$field)),)?)*);
                diesel::update($table::table.filter($table::$key.eq(&self.$key))).set(change).execute(conn)
            }
        }
    };
    (@changes $expression:expr) => { $expression };
    (@type $a:lifetime Text) => { std::borrow::Cow<$a, str> };
    (@type $a:lifetime Binary) => { std::borrow::Cow<$a, [u8]> };
    (@type $a:lifetime Bool) => { bool };
    (@type $a:lifetime Integer) => { i32 };
    (@type $a:lifetime BigInt) => { i64 };
    (@type $a:lifetime Nullable<$inner:ident>) => { Option<stored!(@type $a $inner)> };
}

pub(super) use stored;
