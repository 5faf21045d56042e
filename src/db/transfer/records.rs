//! Rows on the move: every table as one record a row, and how it is read from and written to either database.
//!
//! Field names are the column names; bytes are written in hexadecimal. The order of [`Record`] is the order of an
//! export: rows come after the rows they refer to.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::schema::{
    baskets, consumers, customers, events, holds, idempotency, order_stores, orders, payments, products, reservations,
    stores,
};
use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// What reads a table row by row, in the order of its key, without holding it in memory.
type Visitor<'a> = &'a mut dyn FnMut(Record) -> Result<(), DbError>;

/// Declares a table: its record, in the order of its key.
macro_rules! records {
    ($($(#[$doc:meta])* $table:ident $record:ident by ($($key:ident),+) { $($(#[$with:meta])? $field:ident: $type:ty,)* })*) => {
        /// A row of any table.
        #[derive(Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Record {
            $($(#[$doc])* $record($record),)*
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Queryable, Selectable, Insertable, Serialize, Deserialize)]
            #[diesel(table_name = $table, treat_none_as_default_value = false)]
            #[serde(deny_unknown_fields)]
            pub struct $record { $($(#[$with])? pub $field: $type,)* }

            impl $record {
                fn read(conn: &mut Connection, visit: Visitor<'_>) -> Result<(), DbError> {
                    match conn {
                        Connection::Sqlite(conn) => {
                            let query = $table::table.select(Self::as_select()).order(($($table::$key,)+));
                            for row in query.load_iter::<Self, DefaultLoadingMode>(conn)? {
                                visit(Record::$record(row?))?;
                            }
                        }
                        Connection::Postgres(conn) => {
                            let query = $table::table.select(Self::as_select()).order(($($table::$key,)+));
                            for row in query.load_iter::<Self, PgRowByRowLoadingMode>(conn)? {
                                visit(Record::$record(row?))?;
                            }
                        }
                    }
                    Ok(())
                }

                fn write(conn: &mut Connection, rows: &[Self]) -> QueryResult<()> {
                    match conn {
                        Connection::Sqlite(conn) => {
                            // One row a statement, whose prepared form diesel keeps.
                            for row in rows {
                                diesel::insert_into($table::table).values(row).execute(conn)?;
                            }
                        }
                        Connection::Postgres(conn) => {
                            diesel::copy_from($table::table).from_insertable(rows).execute(conn)?;
                        }
                    }
                    Ok(())
                }
            }
        )*

        /// Reads every row of every table.
        ///
        /// # Errors
        /// The database failed, or what `visit` answers.
        pub fn read_all(conn: &mut Connection, visit: Visitor<'_>) -> Result<(), DbError> {
            $($record::read(conn, visit)?;)*
            Ok(())
        }

        /// Rows that wait to be written together.
        #[derive(Debug, Default)]
        pub struct Batch { rows: usize, $($table: Vec<$record>,)* }

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
                $(if !self.$table.is_empty() {
                    $record::write(conn, &self.$table)?;
                    self.$table.clear();
                })*
                self.rows = 0;
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
    /// An event of the journal.
    events Event by (position) {
        position: i64,
        stream: String,
        stream_id: String,
        version: i64,
        name: String,
        payload: String,
        occurred_at: i64,
        correlation_id: String,
        causation_id: String,
        #[serde(with = "hex")] hash: Vec<u8>,
    }
    /// A store.
    stores Store by (id) {
        id: String,
        name: String,
        location: String,
        participating: bool,
        confirmation_delay_ms: i64,
        fulfilment: String,
        archived: bool,
        version: i64,
        created_at: i64,
    }
    /// A product.
    products Product by (id) {
        id: String,
        store_id: String,
        sku: String,
        name: String,
        description: String,
        price: i64,
        on_hand: i64,
        reserved: i64,
        archived: bool,
        version: i64,
        created_at: i64,
    }
    /// A customer, with the hash of its access token.
    customers Customer by (id) {
        id: String,
        name: String,
        phone: String,
        #[serde(with = "hex")] token_hash: Vec<u8>,
        version: i64,
        created_at: i64,
    }
    /// An authorization.
    payments Payment by (id) {
        id: String,
        customer_id: String,
        status: String,
        authorized: i64,
        available: i64,
        held: i64,
        captured: i64,
        refunded: i64,
        version: i64,
        created_at: i64,
    }
    /// A basket.
    baskets Basket by (id) {
        id: String,
        customer_id: Option<String>,
        items: String,
        pieces: i64,
        version: i64,
        created_at: i64,
        updated_at: i64,
    }
    /// An order.
    orders Order by (id) {
        id: String,
        customer_id: String,
        payment_id: String,
        status: String,
        reasons: String,
        archived: bool,
        next_due_at: Option<i64>,
        total: i64,
        version: i64,
        created_at: i64,
        updated_at: i64,
        body: String,
    }
    /// A store an order asked, and when; the oldest format leaves that to the order.
    order_stores OrderStore by (store_id, created_at, order_id) {
        store_id: String,
        #[serde(default = "not_said")] created_at: i64,
        order_id: String,
    }
    /// A hold on an authorization.
    holds Hold by (order_id) {
        order_id: String,
        payment_id: String,
        amount: i64,
        status: String,
    }
    /// A reservation at a store.
    reservations Reservation by (order_id, store_id) {
        order_id: String,
        store_id: String,
        lines: String,
        status: String,
    }
    /// How far a consumer of the journal is.
    consumers Consumer by (name) {
        name: String,
        position: i64,
    }
    /// A remembered reply.
    idempotency Reply by (key) {
        #[serde(with = "hex")] key: Vec<u8>,
        #[serde(with = "hex")] request_hash: Vec<u8>,
        status: i32,
        version: Option<i64>,
        location: Option<String>,
        #[serde(with = "hex")] body: Vec<u8>,
        created_at: i64,
    }
}

/// The time in a row that says none.
pub const NOT_SAID: i64 = i64::MIN;

const fn not_said() -> i64 {
    NOT_SAID
}

/// Bytes as hexadecimal text.
pub mod hex {
    use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes bytes.
    ///
    /// # Errors
    /// What the serializer says.
    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&HEXLOWER.encode(bytes))
    }

    /// Reads bytes.
    ///
    /// # Errors
    /// The text has an odd length, or something else than hexadecimal digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes());
        bytes.map_err(|_| D::Error::custom("bytes are written as pairs of hexadecimal digits"))
    }
}
