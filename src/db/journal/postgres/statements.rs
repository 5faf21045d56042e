//! The journal's statements on PostgreSQL: one a table, whatever the size of the group.

use crate::db::journal::changes::{last_changes, submitted_to};
use crate::db::journal::group::{FORGET_MAX, Group};
use crate::db::rows::EventIds;
use crate::db::schema::column::Column;
use crate::db::schema::shape::{Shape, Stored};
use crate::db::schema::{
    BasketRow, ConsumerRow, CustomerRow, EventRow, HoldRow, OrderRow, OrderStoreRow, PaymentRow, ProductRow, ReplyRow,
    ReservationRow, StatisticsRow, StoreRow, TokenRow,
};
use crate::domain::time::Timestamp;
use crate::ports::changes::Change;
use crate::ports::journal::RecordedEvent;
use diesel::connection::SimpleConnection;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::Error as DieselError;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, QueryResult, RunQueryDsl};

/// Writes everything of a group but the counter, and answers how many replies were forgotten.
pub fn write(conn: &mut PgConnection, group: &Group<'_>) -> QueryResult<usize> {
    write_events(conn, group.events)?;
    write_changes(conn, &last_changes(group.appends()))?;
    let asked: Vec<OrderStoreRow<'_>> = submitted_to(group.appends()).collect();
    send(conn, &asked)?;
    let replies = group.appends().filter_map(|append| append.idempotency.as_ref());
    let replies: Vec<ReplyRow<'_>> = replies.map(|told| ReplyRow::from(&told.record)).collect();
    send(conn, &replies)?;
    group.forget_before.map_or(Ok(0), |before| forget_replies(conn, before))
}

/// Asks for everything that writing takes, and writes nothing: the tables are locked as inserts and updates would.
pub fn rehearse(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(
        "LOCK TABLE events, stores, products, customers, payments, baskets, orders, order_stores, holds, reservations, \
         consumers, idempotency, tokens, statistics IN ROW EXCLUSIVE MODE",
    )
}

fn write_events(conn: &mut PgConnection, recorded: &[(RecordedEvent, [u8; 32])]) -> QueryResult<()> {
    let mut ids = vec![EventIds::default(); recorded.len()];
    let events = recorded.iter().zip(&mut ids).map(|((event, hash), ids)| EventRow::new(event, hash, ids));
    send(conn, &events.collect::<Vec<_>>())
}

/// The rows of a group, table by table.
#[derive(Default)]
struct Tables<'a> {
    stores: Vec<StoreRow<'a>>,
    customers: Vec<CustomerRow<'a>>,
    products: Vec<ProductRow<'a>>,
    payments: Vec<PaymentRow<'a>>,
    baskets: Vec<BasketRow<'a>>,
    orders: Vec<OrderRow<'a>>,
    holds: Vec<HoldRow<'a>>,
    reservations: Vec<ReservationRow<'a>>,
    consumers: Vec<ConsumerRow<'a>>,
    tokens: Vec<TokenRow<'a>>,
    statistics: Vec<StatisticsRow<'a>>,
}

impl<'a> Tables<'a> {
    fn add(&mut self, change: &'a Change) {
        match change {
            Change::Store(store) => self.stores.push(StoreRow::from(store)),
            Change::Customer(customer, token_hash) => self.customers.push(CustomerRow::new(customer, token_hash)),
            Change::Product(store_id, product) => self.products.push(ProductRow::new(*store_id, product)),
            Change::Payment(payment) => self.payments.push(PaymentRow::from(payment)),
            Change::Basket(basket) => self.baskets.push(BasketRow::from(basket)),
            Change::Order(order) => self.orders.push(OrderRow::from(&**order)),
            Change::Hold(hold) => self.holds.push(HoldRow::from(hold)),
            Change::Reservation(reservation) => self.reservations.push(ReservationRow::from(reservation)),
            Change::Cursor(cursor) => self.consumers.push(ConsumerRow::from(cursor)),
            Change::Token(token) => self.tokens.push(TokenRow::from(token)),
            Change::Statistics(span) => self.statistics.push(StatisticsRow::from(span)),
        }
    }
}

/// Writes rows after the rows they refer to.
fn write_changes(conn: &mut PgConnection, changes: &[&Change]) -> QueryResult<()> {
    let mut tables = Tables::default();
    for change in changes {
        tables.add(change);
    }
    send(conn, &tables.stores)?;
    send(conn, &tables.customers)?;
    send(conn, &tables.products)?;
    send(conn, &tables.payments)?;
    send(conn, &tables.baskets)?;
    send(conn, &tables.orders)?;
    send(conn, &tables.holds)?;
    send(conn, &tables.reservations)?;
    send(conn, &tables.consumers)?;
    send(conn, &tables.tokens)?;
    send(conn, &tables.statistics)
}

/// Sends rows, unless there are none: then the round trip is saved.
fn send<R: Stored>(conn: &mut PgConnection, rows: &[R]) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let written = Rows { shape: R::SHAPE, columns: R::columns(rows) }.execute(conn)?;
    // A row that a trigger left out is missing, though nobody refused it.
    if written < rows.len() { Err(DieselError::NotFound) } else { Ok(()) }
}

/// Rows of a table on their way.
struct Rows<'a> {
    shape: &'static Shape,
    columns: Vec<Column<'a>>,
}

impl QueryFragment<Pg> for Rows<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Shape { table, columns, key, changing } = self.shape;
        out.push_sql("INSERT INTO ");
        out.push_sql(table);
        out.push_sql(" (");
        out.push_sql(&columns.join(", "));
        out.push_sql(") SELECT * FROM unnest(");
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push_sql(", ");
            }
            column.bind(&mut out)?;
        }
        out.push_sql(") ");
        if !changing.is_empty() {
            let set: Vec<String> = changing.iter().map(|column| format!("{column} = excluded.{column}")).collect();
            out.push_sql(&format!("ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), set.join(", ")));
        }
        Ok(())
    }
}

impl QueryId for Rows<'_> {
    type QueryId = ();

    // The text tells the statements apart.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for Rows<'_> {}

/// Drops some remembered replies made before `before`, so few that nobody waits for it. Answers how many.
fn forget_replies(conn: &mut PgConnection, before: Timestamp) -> QueryResult<usize> {
    let some = "DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE created_at < $1 LIMIT $2)";
    diesel::sql_query(some).bind::<BigInt, _>(before.0).bind::<BigInt, _>(FORGET_MAX).execute(conn)
}
