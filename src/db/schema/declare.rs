//! How a table is declared: once, with its columns in their order, for all who read, write, move and compare its rows.

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

        impl $crate::db::schema::shape::Stored for $row<'_> {
            const SHAPE: &'static $crate::db::schema::shape::Shape = &$crate::db::schema::shape::Shape {
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
    (@upsert $table:ident $row:ident $key:tt $columns:tt) => {
        stored!(@kept Upsert $row $columns);
        impl $row<'_> {
            /// Inserts the row, or changes the one of its key.
            ///
            /// # Errors
            /// The database refused.
            pub fn upsert(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
                diesel::RunQueryDsl::execute($crate::db::schema::kept::Upsert(self), conn)
            }
        }
    };
    (@update $table:ident $row:ident $key:tt $columns:tt) => {
        stored!(@kept Update $row $columns);
        impl $row<'_> {
            /// Changes the row of this key, and answers how many there were.
            ///
            /// # Errors
            /// The database refused.
            pub fn update(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
                diesel::RunQueryDsl::execute($crate::db::schema::kept::Update(self), conn)
            }
        }
    };
    (@kept $statement:ident $row:ident {
        $($(#[$with:meta])* $field:ident: $sql:ident $(<$inner:ident>)? $(=> $change:ident)?,)*
    }) => {
        impl diesel::query_builder::QueryId for $crate::db::schema::kept::$statement<'_, $row<'_>> {
            type QueryId = $crate::db::schema::kept::$statement<'static, $row<'static>>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl $crate::db::schema::kept::Bound for $row<'_> {
            fn bind<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::sqlite::Sqlite>,
                mut wants: impl FnMut(
                    &'static str,
                    &mut diesel::query_builder::AstPass<'_, 'b, diesel::sqlite::Sqlite>,
                ) -> bool,
            ) -> diesel::QueryResult<()> {
                $(if wants(stringify!($field), &mut out) {
                    out.push_bind_param::<diesel::sql_types::$sql $(<diesel::sql_types::$inner>)?, _>(&self.$field)?;
                })*
                Ok(())
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
