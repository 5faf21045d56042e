//! Money, times, quantities and lists as the API writes them.

use super::fields::{Object, Whole};
use crate::domain::line::QUANTITY_MAX;
use crate::domain::money::{self, AMOUNT_MINOR_MAX, Currency};
use crate::domain::time::Timestamp;
use crate::ports::reads::Page;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// An amount of minor units.
type Amount = Whole<0, AMOUNT_MINOR_MAX>;

/// An amount of money in minor units (cents) of the mall's one currency.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units, for example cents: 1999 is 19.99 EUR.
    #[schema(value_type = i64, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub amount_minor: Amount,
    /// ISO 4217 code, for example `EUR`.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$")]
    pub currency: Currency,
}

/// Money in a request.
pub type MoneyIn = Object<Money>;

impl From<money::Money> for Money {
    fn from(money: money::Money) -> Self {
        Self { amount_minor: Whole(money.amount_minor), currency: money.currency }
    }
}

impl Money {
    /// An amount of minor units.
    #[must_use]
    pub const fn of(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor: Whole(amount_minor), currency }
    }
}

/// A point in time, RFC 3339 in UTC.
#[derive(Clone, Copy, Debug)]
pub struct Time(pub Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        let doc = "A point in time, RFC 3339 in UTC.";
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).description(Some(doc)).into()
    }
}

impl ToSchema for Time {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Time")
    }
}

/// Part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// Pass it as `cursor` to get the next part; null on the last.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A page, each item as `view` shows it.
    pub fn of<S>(page: Page<S>, view: impl FnMut(S) -> T) -> Self {
        Self { items: page.items.into_iter().map(view).collect(), next_cursor: page.next_cursor }
    }
}

/// How many pieces of a product.
pub type Quantity = Whole<1, { QUANTITY_MAX as i64 }>;
