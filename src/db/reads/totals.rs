//! What a whole mall adds up to: orders, money and stock, for whoever compares.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::schema::{orders, payments, products};
use crate::db::sql::capped_sum;
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// What a mall adds up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Delivered orders.
    pub delivered: u64,
    /// Those of them that cost nothing.
    pub delivered_free: u64,
    /// Customers with a delivered order.
    pub customers: u64,
    /// What was delivered cost, minor units.
    pub sold: i64,
    /// Pieces in the stores, reserved ones included.
    pub on_hand: i64,
    /// Pieces put aside for orders.
    pub reserved: i64,
    /// Minor units of all authorizations.
    pub authorized: i64,
    /// Minor units held for orders.
    pub held: i64,
    /// Minor units that are the mall's.
    pub captured: i64,
    /// Minor units that were given back.
    pub refunded: i64,
}

/// What the mall adds up to now.
///
/// # Errors
/// The database failed.
pub fn totals(conn: &mut Connection) -> Result<Totals, DbError> {
    let delivered = || orders::table.filter(orders::status.eq("delivered"));
    let sum = |column| capped_sum(conn, column);
    let stock = products::table.select((sum("on_hand"), sum("reserved")));
    let money = payments::table.select((sum("authorized"), sum("held"), sum("captured"), sum("refunded")));
    let sold = delivered().select(sum("total"));
    let count: i64 = delivered().select(count_star()).get_result(conn)?;
    let free: i64 = delivered().filter(orders::total.eq(0)).select(count_star()).get_result(conn)?;
    let customers: i64 = delivered().select(sql::<BigInt>("COUNT(DISTINCT orders.customer_id)")).get_result(conn)?;
    let sold = sold.get_result::<i64>(conn)?;
    let (on_hand, reserved) = stock.get_result::<(i64, i64)>(conn)?;
    let (authorized, held, captured, refunded) = money.get_result::<(i64, i64, i64, i64)>(conn)?;
    Ok(Totals {
        delivered: count.unsigned_abs(),
        delivered_free: free.unsigned_abs(),
        customers: customers.unsigned_abs(),
        sold,
        on_hand,
        reserved,
        authorized,
        held,
        captured,
        refunded,
    })
}
