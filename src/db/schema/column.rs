//! Columns of many rows as PostgreSQL takes them: an array each, so that one statement of an unchanging text writes any
//! number of rows, and the server prepares it once.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text};
use std::borrow::Cow;

/// The values of one column, one a row.
pub enum Column<'a> {
    /// `INTEGER`.
    Integers(Vec<i32>),
    /// `BIGINT`.
    BigInts(Vec<i64>),
    /// `BIGINT`, or nothing.
    MaybeBigInts(Vec<Option<i64>>),
    /// `BOOLEAN`.
    Bools(Vec<bool>),
    /// `TEXT`.
    Texts(Vec<&'a str>),
    /// `TEXT`, or nothing.
    MaybeTexts(Vec<Option<&'a str>>),
    /// `BYTEA`.
    Bytes(Vec<&'a [u8]>),
    /// `BYTEA`, or nothing.
    MaybeBytes(Vec<Option<&'a [u8]>>),
}

impl Column<'_> {
    /// Makes the array a parameter of a statement.
    ///
    /// # Errors
    /// diesel refused.
    pub fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Self::Integers(values) => out.push_bind_param::<Array<Integer>, _>(values),
            Self::BigInts(values) => out.push_bind_param::<Array<BigInt>, _>(values),
            Self::MaybeBigInts(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values),
            Self::Bools(values) => out.push_bind_param::<Array<Bool>, _>(values),
            Self::Texts(values) => out.push_bind_param::<Array<Text>, _>(values),
            Self::MaybeTexts(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values),
            Self::Bytes(values) => out.push_bind_param::<Array<Binary>, _>(values),
            Self::MaybeBytes(values) => out.push_bind_param::<Array<Nullable<Binary>>, _>(values),
        }
    }
}

/// What a field of a row holds.
pub trait Value {
    /// The values of this field in every row.
    fn column<'a>(values: impl Iterator<Item = &'a Self>) -> Column<'a>
    where
        Self: 'a;
}

macro_rules! values {
    ($($value:ty => $column:ident by $get:expr;)*) => {
        $(impl Value for $value {
            fn column<'a>(values: impl Iterator<Item = &'a Self>) -> Column<'a> where Self: 'a {
                Column::$column(values.map($get).collect())
            }
        })*
    };
}

values! {
    i32 => Integers by |value| *value;
    i64 => BigInts by |value| *value;
    Option<i64> => MaybeBigInts by |value| *value;
    bool => Bools by |value| *value;
    Cow<'_, str> => Texts by |value| &**value;
    Option<Cow<'_, str>> => MaybeTexts by |value| value.as_deref();
    Cow<'_, [u8]> => Bytes by |value| &**value;
    Option<Cow<'_, [u8]>> => MaybeBytes by |value| value.as_deref();
}
