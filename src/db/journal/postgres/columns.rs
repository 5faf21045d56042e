//! Rows for PostgreSQL, column by column: one statement writes any number of them, and its text is always the same, so
//! the server prepares it once.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text};

/// The values of one column, one a row.
pub enum Column<'a> {
    Integers(Vec<i32>),
    BigInts(Vec<i64>),
    MaybeBigInts(Vec<Option<i64>>),
    Bools(Vec<bool>),
    Texts(Vec<&'a str>),
    MaybeTexts(Vec<Option<&'a str>>),
    Bytes(Vec<&'a [u8]>),
}

impl Column<'_> {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Self::Integers(values) => out.push_bind_param::<Array<Integer>, _>(values),
            Self::BigInts(values) => out.push_bind_param::<Array<BigInt>, _>(values),
            Self::MaybeBigInts(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values),
            Self::Bools(values) => out.push_bind_param::<Array<Bool>, _>(values),
            Self::Texts(values) => out.push_bind_param::<Array<Text>, _>(values),
            Self::MaybeTexts(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values),
            Self::Bytes(values) => out.push_bind_param::<Array<Binary>, _>(values),
        }
    }
}

/// `INSERT INTO … SELECT * FROM unnest(columns) …`: what comes before the SELECT, the columns, and what comes after.
pub struct Rows<'a> {
    pub into: &'static str,
    pub columns: Vec<Column<'a>>,
    pub on_conflict: &'static str,
}

impl QueryFragment<Pg> for Rows<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.into);
        out.push_sql(" SELECT * FROM unnest(");
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push_sql(", ");
            }
            column.bind(&mut out)?;
        }
        out.push_sql(") ");
        out.push_sql(self.on_conflict);
        Ok(())
    }
}

impl QueryId for Rows<'_> {
    type QueryId = ();

    // The text tells the statements apart.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for Rows<'_> {}
