//! Rows on the move: how every table that is exported is read from and written to either database.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::schema::{
    BasketRow, ConsumerRow, CustomerRow, EventRow, HoldRow, OrderRow, OrderStoreRow, PaymentRow, ProductRow, ReplyRow,
    ReservationRow, StatisticsRow, StoreRow, baskets, consumers, customers, events, holds, idempotency, order_stores,
    orders, payments, products, reservations, statistics, stores,
};
use diesel::Table as _;
use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// What reads a table row by row, in the order of its key, without holding it in memory.
type Visitor<'a> = &'a mut dyn FnMut(Record) -> Result<(), DbError>;

/// Names the tables in the order of an export: rows come after the rows they refer to.
macro_rules! records {
    ($($record:ident: $row:ident of $table:ident,)*) => {
        /// A row of any table.
        #[derive(Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Record {
            $(#[doc = concat!("A row of `", stringify!($table), "`.")] $record($row<'static>),)*
        }

        /// Reads every row of every table.
        ///
        /// # Errors
        /// The database failed, or what `visit` answers.
        pub fn read_all(conn: &mut Connection, visit: Visitor<'_>) -> Result<(), DbError> {
            $({
                match conn {
                    Connection::Sqlite(conn) => {
                        let query = $table::table.select($row::as_select()).order($table::table.primary_key());
                        for row in query.load_iter::<$row<'static>, DefaultLoadingMode>(conn)? {
                            visit(Record::$record(row?))?;
                        }
                    }
                    Connection::Postgres(conn) => {
                        let query = $table::table.select($row::as_select()).order($table::table.primary_key());
                        for row in query.load_iter::<$row<'static>, PgRowByRowLoadingMode>(conn)? {
                            visit(Record::$record(row?))?;
                        }
                    }
                }
            })*
            Ok(())
        }

        /// Rows that wait to be written together.
        #[derive(Debug, Default)]
        pub struct Batch { rows: usize, $($table: Vec<$row<'static>>,)* }

        impl Batch {
            /// Adds a row, and answers how many wait.
            pub fn push(&mut self, record: Record) -> usize {
                match record { $(Record::$record(row) => self.$table.push(row),)* }
                self.rows += 1;
                self.rows
            }

            /// Writes what waits.
            ///
            /// # Errors
            /// The database refused a row.
            pub fn write(&mut self, conn: &mut Connection) -> QueryResult<()> {
                self.rows = 0;
                $(if !self.$table.is_empty() {
                    match conn {
                        Connection::Sqlite(conn) => {
                            // One row a statement, whose prepared form diesel keeps.
                            for row in &self.$table {
                                diesel::insert_into($table::table).values(row).execute(conn)?;
                            }
                        }
                        Connection::Postgres(conn) => {
                            diesel::copy_from($table::table).from_insertable(&self.$table).execute(conn)?;
                        }
                    }
                    self.$table.clear();
                })*
                Ok(())
            }
        }

        /// Whether no table holds a row.
        ///
        /// # Errors
        /// The database failed.
        pub fn all_empty(conn: &mut Connection) -> QueryResult<bool> {
            $(if $table::table.count().get_result::<i64>(conn)? > 0 {
                return Ok(false);
            })*
            Ok(true)
        }
    };
}

records! {
    Event: EventRow of events,
    Store: StoreRow of stores,
    Product: ProductRow of products,
    Customer: CustomerRow of customers,
    Payment: PaymentRow of payments,
    Basket: BasketRow of baskets,
    Order: OrderRow of orders,
    OrderStore: OrderStoreRow of order_stores,
    Hold: HoldRow of holds,
    Reservation: ReservationRow of reservations,
    Consumer: ConsumerRow of consumers,
    Reply: ReplyRow of idempotency,
    Statistics: StatisticsRow of statistics,
}
