//! The journal's statements on PostgreSQL: one a table, whatever the size of the group.

use super::columns::{Column, Rows};
use crate::db::journal::changes::last_changes;
use crate::db::journal::group::{FORGET_MAX, Group};
use crate::db::journal::rows::{
    BasketRow, CustomerRow, OrderRow, PaymentRow, ProductRow, ReplyRow, StoreRow, TokenRow, signed,
};
use crate::domain::ids::StoreId;
use crate::domain::time::Timestamp;
use crate::ports::changes::{Change, Cursor, HoldChange, OrderChange, ReservationChange};
use crate::ports::journal::{Append, RecordedEvent};
use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, QueryResult, RunQueryDsl};

macro_rules! column {
    ($kind:ident, $rows:expr, $row:ident => $value:expr) => {
        Column::$kind($rows.iter().map(|$row| $value).collect())
    };
}

/// Writes everything of a group but the counter, and answers how many replies were forgotten.
pub fn write(conn: &mut PgConnection, group: &Group<'_>) -> QueryResult<usize> {
    write_events(conn, group.events)?;
    write_changes(conn, &last_changes(group.appends()))?;
    write_order_stores(conn, group.appends())?;
    write_replies(conn, group.appends())?;
    group.forget_before.map_or(Ok(0), |before| forget_replies(conn, before))
}

/// Asks for everything that writing takes, and writes nothing: the tables are locked as inserts and updates would.
pub fn rehearse(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(
        "LOCK TABLE events, stores, products, customers, payments, baskets, orders, order_stores, holds, reservations, \
         consumers, idempotency, tokens IN ROW EXCLUSIVE MODE",
    )
}

/// Sends rows, unless there are none: then the round trip is saved.
fn send<'a>(conn: &mut PgConnection, count: usize, rows: impl FnOnce() -> Rows<'a>) -> QueryResult<()> {
    if count > 0 { rows().execute(conn).map(drop) } else { Ok(()) }
}

fn write_events(conn: &mut PgConnection, recorded: &[(RecordedEvent, [u8; 32])]) -> QueryResult<()> {
    let ids: Vec<(String, String)> =
        recorded.iter().map(|(event, _)| (event.stream_id.to_string(), event.correlation_id.to_string())).collect();
    let rows = || Rows {
        into: "INSERT INTO events (position, stream, stream_id, version, name, payload, occurred_at, correlation_id, \
               causation_id, hash)",
        columns: vec![
            column!(BigInts, recorded, row => signed(row.0.position)),
            column!(Texts, recorded, row => row.0.stream.as_str()),
            column!(Texts, ids, row => row.0.as_str()),
            column!(BigInts, recorded, row => signed(row.0.version)),
            column!(Texts, recorded, row => row.0.name.as_ref()),
            column!(Texts, recorded, row => row.0.payload.as_str()),
            column!(BigInts, recorded, row => row.0.occurred_at.0),
            column!(Texts, ids, row => row.1.as_str()),
            column!(Texts, recorded, row => row.0.causation_id.as_ref()),
            column!(Bytes, recorded, row => row.1.as_slice()),
        ],
        on_conflict: "",
    };
    send(conn, recorded.len(), rows)
}

/// The rows of a group, table by table.
#[derive(Default)]
struct Tables<'a> {
    stores: Vec<StoreRow<'a>>,
    customers: Vec<CustomerRow<'a>>,
    products: Vec<ProductRow<'a>>,
    payments: Vec<PaymentRow>,
    baskets: Vec<BasketRow>,
    orders: Vec<(String, &'a OrderChange)>,
    holds: Vec<(String, String, &'a HoldChange)>,
    reservations: Vec<(String, String, String, &'a ReservationChange)>,
    cursors: Vec<&'a Cursor>,
    tokens: Vec<TokenRow<'a>>,
}

impl<'a> Tables<'a> {
    fn add(&mut self, change: &'a Change) {
        match change {
            Change::Store(store) => self.stores.push(StoreRow::from(store)),
            Change::Customer(customer, token_hash) => self.customers.push(CustomerRow::new(customer, token_hash)),
            Change::Product(store_id, product) => self.products.push(ProductRow::new(*store_id, product)),
            Change::Payment(payment) => self.payments.push(PaymentRow::from(payment)),
            Change::Basket(basket) => self.baskets.push(BasketRow::from(basket)),
            Change::Order(order) => self.orders.push((order.id.to_string(), order)),
            Change::Hold(hold) => self.holds.push((hold.order_id.to_string(), hold.payment_id.to_string(), hold)),
            Change::Reservation(change) => {
                let lines = serde_json::to_string(&change.lines).expect("stock lines hold only ids and integers");
                self.reservations.push((change.order_id.to_string(), change.store_id.to_string(), lines, change));
            }
            Change::Cursor(cursor) => self.cursors.push(cursor),
            Change::Token(token) => self.tokens.push(TokenRow::from(token)),
        }
    }
}

/// Rows come after the rows they refer to.
fn write_changes(conn: &mut PgConnection, changes: &[&Change]) -> QueryResult<()> {
    let mut tables = Tables::default();
    for change in changes {
        tables.add(change);
    }
    send(conn, tables.stores.len(), || stores(&tables.stores))?;
    send(conn, tables.customers.len(), || customers(&tables.customers))?;
    send(conn, tables.products.len(), || products(&tables.products))?;
    send(conn, tables.payments.len(), || payments(&tables.payments))?;
    send(conn, tables.baskets.len(), || baskets(&tables.baskets))?;
    let rows: Vec<OrderRow<'_>> = tables.orders.iter().map(|(id, order)| OrderRow::new(id, order)).collect();
    send(conn, rows.len(), || orders(&rows))?;
    send(conn, tables.holds.len(), || holds(&tables.holds))?;
    send(conn, tables.reservations.len(), || reservations(&tables.reservations))?;
    send(conn, tables.cursors.len(), || cursors(&tables.cursors))?;
    send(conn, tables.tokens.len(), || tokens(&tables.tokens))
}

fn stores<'a>(rows: &'a [StoreRow<'_>]) -> Rows<'a> {
    Rows {
        into: "INSERT INTO stores (id, name, location, participating, confirmation_delay_ms, fulfilment, archived, version, \
               created_at)",
        columns: vec![
            column!(Texts, rows, row => row.id.as_str()),
            column!(Texts, rows, row => row.name),
            column!(Texts, rows, row => row.location),
            column!(Bools, rows, row => row.participating),
            column!(BigInts, rows, row => row.confirmation_delay_ms),
            column!(Texts, rows, row => row.fulfilment),
            column!(Bools, rows, row => row.archived),
            column!(BigInts, rows, row => row.version),
            column!(BigInts, rows, row => row.created_at),
        ],
        on_conflict: "ON CONFLICT (id) DO UPDATE SET name = excluded.name, location = excluded.location, \
                      participating = excluded.participating, confirmation_delay_ms = excluded.confirmation_delay_ms, \
                      fulfilment = excluded.fulfilment, archived = excluded.archived, version = excluded.version",
    }
}

fn customers<'a>(rows: &'a [CustomerRow<'_>]) -> Rows<'a> {
    Rows {
        into: "INSERT INTO customers (id, name, phone, token_hash, version, created_at)",
        columns: vec![
            column!(Texts, rows, row => row.id.as_str()),
            column!(Texts, rows, row => row.name),
            column!(Texts, rows, row => row.phone),
            column!(Bytes, rows, row => row.token_hash),
            column!(BigInts, rows, row => row.version),
            column!(BigInts, rows, row => row.created_at),
        ],
        on_conflict: "",
    }
}

fn products<'a>(rows: &'a [ProductRow<'_>]) -> Rows<'a> {
    Rows {
        into: "INSERT INTO products (id, store_id, sku, name, description, price, on_hand, reserved, archived, version, \
               created_at)",
        columns: vec![
            column!(Texts, rows, row => row.id.as_str()),
            column!(Texts, rows, row => row.store_id.as_str()),
            column!(Texts, rows, row => row.sku),
            column!(Texts, rows, row => row.name),
            column!(Texts, rows, row => row.description),
            column!(BigInts, rows, row => row.price),
            column!(BigInts, rows, row => row.on_hand),
            column!(BigInts, rows, row => row.reserved),
            column!(Bools, rows, row => row.archived),
            column!(BigInts, rows, row => row.version),
            column!(BigInts, rows, row => row.created_at),
        ],
        on_conflict: "ON CONFLICT (id) DO UPDATE SET sku = excluded.sku, name = excluded.name, \
                      description = excluded.description, price = excluded.price, on_hand = excluded.on_hand, \
                      reserved = excluded.reserved, archived = excluded.archived, version = excluded.version",
    }
}

fn payments(rows: &[PaymentRow]) -> Rows<'_> {
    Rows {
        into: "INSERT INTO payments (id, customer_id, status, authorized, available, held, captured, refunded, version, \
               created_at)",
        columns: vec![
            column!(Texts, rows, row => row.id.as_str()),
            column!(Texts, rows, row => row.customer_id.as_str()),
            column!(Texts, rows, row => row.status),
            column!(BigInts, rows, row => row.authorized),
            column!(BigInts, rows, row => row.available),
            column!(BigInts, rows, row => row.held),
            column!(BigInts, rows, row => row.captured),
            column!(BigInts, rows, row => row.refunded),
            column!(BigInts, rows, row => row.version),
            column!(BigInts, rows, row => row.created_at),
        ],
        on_conflict: "ON CONFLICT (id) DO UPDATE SET status = excluded.status, authorized = excluded.authorized, \
                      available = excluded.available, held = excluded.held, captured = excluded.captured, \
                      refunded = excluded.refunded, version = excluded.version",
    }
}

fn baskets(rows: &[BasketRow]) -> Rows<'_> {
    Rows {
        into: "INSERT INTO baskets (id, customer_id, items, pieces, version, created_at, updated_at)",
        columns: vec![
            column!(Texts, rows, row => row.id.as_str()),
            column!(MaybeTexts, rows, row => row.customer_id.as_deref()),
            column!(Texts, rows, row => row.items.as_str()),
            column!(BigInts, rows, row => row.pieces),
            column!(BigInts, rows, row => row.version),
            column!(BigInts, rows, row => row.created_at),
            column!(BigInts, rows, row => row.updated_at),
        ],
        on_conflict: "ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id, items = excluded.items, \
                      pieces = excluded.pieces, version = excluded.version, updated_at = excluded.updated_at",
    }
}

fn orders<'a>(rows: &'a [OrderRow<'_>]) -> Rows<'a> {
    Rows {
        into: "INSERT INTO orders (id, customer_id, payment_id, status, reasons, archived, next_due_at, total, version, \
               created_at, updated_at, body)",
        columns: vec![
            column!(Texts, rows, row => row.id),
            column!(Texts, rows, row => row.customer_id.as_str()),
            column!(Texts, rows, row => row.payment_id.as_str()),
            column!(Texts, rows, row => row.progress.status),
            column!(Texts, rows, row => row.progress.reasons),
            column!(Bools, rows, row => row.progress.archived),
            column!(MaybeBigInts, rows, row => row.progress.next_due_at),
            column!(BigInts, rows, row => row.progress.total),
            column!(BigInts, rows, row => row.progress.version),
            column!(BigInts, rows, row => row.created_at),
            column!(BigInts, rows, row => row.progress.updated_at),
            column!(Texts, rows, row => row.progress.body),
        ],
        on_conflict: "ON CONFLICT (id) DO UPDATE SET status = excluded.status, reasons = excluded.reasons, \
                      archived = excluded.archived, next_due_at = excluded.next_due_at, total = excluded.total, \
                      version = excluded.version, updated_at = excluded.updated_at, body = excluded.body",
    }
}

fn holds<'a>(rows: &'a [(String, String, &HoldChange)]) -> Rows<'a> {
    Rows {
        into: "INSERT INTO holds (order_id, payment_id, amount, status)",
        columns: vec![
            column!(Texts, rows, row => row.0.as_str()),
            column!(Texts, rows, row => row.1.as_str()),
            column!(BigInts, rows, row => row.2.amount),
            column!(Texts, rows, row => row.2.status),
        ],
        on_conflict: "ON CONFLICT (order_id) DO UPDATE SET amount = excluded.amount, status = excluded.status",
    }
}

fn reservations<'a>(rows: &'a [(String, String, String, &ReservationChange)]) -> Rows<'a> {
    Rows {
        into: "INSERT INTO reservations (order_id, store_id, lines, status)",
        columns: vec![
            column!(Texts, rows, row => row.0.as_str()),
            column!(Texts, rows, row => row.1.as_str()),
            column!(Texts, rows, row => row.2.as_str()),
            column!(Texts, rows, row => row.3.status),
        ],
        on_conflict: "ON CONFLICT (order_id, store_id) DO UPDATE SET status = excluded.status",
    }
}

fn cursors<'a>(rows: &'a [&Cursor]) -> Rows<'a> {
    Rows {
        into: "INSERT INTO consumers (name, position)",
        columns: vec![column!(Texts, rows, row => row.consumer), column!(BigInts, rows, row => signed(row.position))],
        on_conflict: "ON CONFLICT (name) DO UPDATE SET position = excluded.position",
    }
}

fn tokens<'a>(rows: &'a [TokenRow<'_>]) -> Rows<'a> {
    Rows {
        into: "INSERT INTO tokens (token_hash, name, role, created_at, revoked_at)",
        columns: vec![
            column!(Bytes, rows, row => row.token_hash),
            column!(Texts, rows, row => row.name),
            column!(Texts, rows, row => row.role),
            column!(BigInts, rows, row => row.created_at),
            column!(MaybeBigInts, rows, row => row.revoked_at),
        ],
        on_conflict: "ON CONFLICT (token_hash) DO UPDATE SET revoked_at = excluded.revoked_at",
    }
}

/// Which stores an order was submitted to; in the append of the submission, which may not be the order's last in a group.
fn write_order_stores<'a>(conn: &mut PgConnection, appends: impl Iterator<Item = &'a Append>) -> QueryResult<()> {
    let mut asked = Vec::new();
    for change in appends.flat_map(|append| &append.changes) {
        if let Change::Order(order) = change {
            let of = |store: &StoreId| (store.to_string(), order.created_at.0, order.id.to_string());
            asked.extend(order.new_stores.iter().map(of));
        }
    }
    let rows = || Rows {
        into: "INSERT INTO order_stores (store_id, created_at, order_id)",
        columns: vec![
            column!(Texts, asked, row => row.0.as_str()),
            column!(BigInts, asked, row => row.1),
            column!(Texts, asked, row => row.2.as_str()),
        ],
        on_conflict: "",
    };
    send(conn, asked.len(), rows)
}

fn write_replies<'a>(conn: &mut PgConnection, appends: impl Iterator<Item = &'a Append>) -> QueryResult<()> {
    let replies: Vec<ReplyRow<'_>> =
        appends.filter_map(|append| append.idempotency.as_ref()).map(|told| ReplyRow::from(&told.record)).collect();
    let rows = || Rows {
        into: "INSERT INTO idempotency (key, request_hash, status, version, location, body, created_at)",
        columns: vec![
            column!(Bytes, replies, row => row.key),
            column!(Bytes, replies, row => row.request_hash),
            column!(Integers, replies, row => row.status),
            column!(MaybeBigInts, replies, row => row.version),
            column!(MaybeTexts, replies, row => row.location),
            column!(Bytes, replies, row => row.body),
            column!(BigInts, replies, row => row.created_at),
        ],
        on_conflict: "",
    };
    send(conn, replies.len(), rows)
}

/// Drops some remembered replies made before `before`, so few that nobody waits for it. Answers how many.
fn forget_replies(conn: &mut PgConnection, before: Timestamp) -> QueryResult<usize> {
    let some = "DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE created_at < $1 LIMIT $2)";
    diesel::sql_query(some).bind::<BigInt, _>(before.0).bind::<BigInt, _>(FORGET_MAX).execute(conn)
}
